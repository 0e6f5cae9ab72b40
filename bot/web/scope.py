"""How far a right reaches: a role may be for some processes only, and then opens nothing of the others."""

from typing import Final, Literal, Protocol

from aiohttp import web

from bot.web.keys import LEDGER
from outreach import processes
from outreach.references import read_ref
from outreach.staff import Within

Of = Literal["", "city", "workshop", "ticket", "look", "sample"]
CITY: Final = "city"
"""What concerns no process in particular: only a right for the whole city opens it."""


class Bearer(Protocol):
    """A person or a program, with rights."""

    def may(self, right: str, slug: str = "") -> bool:
        """Whether they have it, for the process of that slug or, without one, anywhere."""
        ...

    def within(self, right: str) -> Within:
        """For which processes; None is the whole city."""
        ...


async def reaches(request: web.Request, bearer: Bearer, right: str, of: Of) -> bool:
    """Whether the right reaches what the address names: a process, or a thing of one.

    `of` is CITY, or whose number the address has: "workshop", "ticket", "look" or "sample"; a slug or a
    reference in it speaks for itself. A list names nothing: it leaves out by itself what is elsewhere. What does not exist is for
    the handler to say.
    """
    if not bearer.may(right):
        return False
    if bearer.within(right) is None:
        return True
    if of == CITY:
        return False
    named = request.match_info
    if "slug" in named:
        return bearer.may(right, named["slug"])
    if "campaign" in named:
        slug = await request.app[LEDGER].read(processes.process_of, "campaign", named["campaign"])
    elif "ref" in named:
        slug = await request.app[LEDGER].read(processes.process_of, "contribution", read_ref(named["ref"]) or "")
    elif of:
        slug = await request.app[LEDGER].read(processes.process_of, of, named["id"])
    else:
        return True
    return slug is None or (bool(slug) and bearer.may(right, slug))
