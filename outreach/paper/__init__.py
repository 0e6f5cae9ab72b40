"""Contributions collected by others on paper: entered, looked at twice, followed with the slip's number and code (LINK-10, INC-05)."""

from outreach.paper.checking import Left, Waiting, check, discard, follow, how_many, waiting
from outreach.paper.sheets import Alike, Entered, Kept, Near, PaperRefused, Sheet, Typed, enter, get, kept, listing
from outreach.paper.slips import Answer, Drawn, Wish, draw, lend, use

__all__ = [
    "Alike",
    "Answer",
    "Drawn",
    "Entered",
    "Kept",
    "Left",
    "Near",
    "PaperRefused",
    "Sheet",
    "Typed",
    "Waiting",
    "Wish",
    "check",
    "discard",
    "draw",
    "enter",
    "follow",
    "get",
    "how_many",
    "kept",
    "lend",
    "listing",
    "use",
    "waiting",
]
