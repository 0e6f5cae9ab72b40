"""Each author learns what became of their words: the response, a date that moved or passed, a commitment kept; and who must act."""

from outreach.loop.board import Project, Step, board
from outreach.loop.foreseeing import Message, Messages, Page, messages, page
from outreach.loop.publishing import Reach, move_promise, publish, reach, settle, tell_lateness, unfinished
from outreach.loop.telling import tell

__all__ = [
    "Message",
    "Messages",
    "Page",
    "Project",
    "Reach",
    "Step",
    "board",
    "messages",
    "move_promise",
    "page",
    "publish",
    "reach",
    "settle",
    "tell",
    "tell_lateness",
    "unfinished",
]
