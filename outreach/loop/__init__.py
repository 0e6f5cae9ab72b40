"""Each author learns what became of their words: the response, a date that moved or passed, a commitment kept; and who must act."""

from outreach.loop.board import Project, Step, board
from outreach.loop.foreseeing import Message, Messages, Page, messages, page
from outreach.loop.publishing import REACH, Reach, move_promise, publish, reach, reaches, settle, tell_lateness, unfinished
from outreach.loop.telling import tell

__all__ = [
    "REACH",
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
    "reaches",
    "settle",
    "tell",
    "tell_lateness",
    "unfinished",
]
