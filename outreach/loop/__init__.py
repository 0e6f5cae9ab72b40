"""Each author learns what became of their words: the response, a date that moved or passed, a commitment kept; once, in slices."""

from outreach.loop.publishing import REACH, Reach, move_promise, publish, reach, reaches, settle, tell_lateness, unfinished
from outreach.loop.telling import tell

__all__ = ["REACH", "Reach", "move_promise", "publish", "reach", "reaches", "settle", "tell", "tell_lateness", "unfinished"]
