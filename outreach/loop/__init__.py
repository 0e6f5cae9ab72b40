"""Each author learns what became of their words: the response, a date that moved or passed, a commitment kept; and who must act."""

from outreach.loop.board import Project, Step, board
from outreach.loop.foreseeing import HEARERS, Message, Messages, Page, hearers, messages, page
from outreach.loop.handing import Handing, handing
from outreach.loop.piles import PILES, piled
from outreach.loop.publishing import REACH, Reach, move_promise, publish, reach, reaches, settle, tell_lateness, unfinished
from outreach.loop.telling import tell

__all__ = [
    "HEARERS",
    "PILES",
    "REACH",
    "Handing",
    "Message",
    "Messages",
    "Page",
    "Project",
    "Reach",
    "Step",
    "board",
    "handing",
    "hearers",
    "messages",
    "move_promise",
    "page",
    "piled",
    "publish",
    "reach",
    "reaches",
    "settle",
    "tell",
    "tell_lateness",
    "unfinished",
]
