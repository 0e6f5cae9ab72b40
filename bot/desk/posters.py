"""Posters and flyers of a project: a sheet a place and language, as PDF."""

import asyncio
from datetime import datetime
from typing import NamedTuple

from aiohttp import web

from bot.desk.doors import desk_page
from bot.print import fonts
from bot.print.flyer import flyer
from bot.print.poster import MOST_LANGUAGES, SIZES, poster
from bot.print.words import Codes, Words, codes, words
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from conversations.facts import Entry
from conversations.text import _
from outreach import processes
from outreach.processes import ProcessView
from outreach.staff import Person

FLYER = "flyer"


class Place(NamedTuple):
    """One row of the page: an entry point, the languages its sheets can speak, and the one they should if its reader has signed."""

    entry: Entry
    languages: tuple[tuple[str, ...], ...]  # one language, or two together
    wanting: str


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/affiches."""
    view = await _view(request)
    house, now = request.app[HOUSE], request.app[CLOCK].now()
    try:
        found = await asyncio.to_thread(fonts.find)
    except fonts.NoFont:
        found = None
    return desk_page(
        request,
        person,
        "posters.html",
        process=view,
        places=[_place(entry, house.languages) for entry in view.entries if not entry.lent],
        lent=[entry for entry in view.entries if entry.lent],
        formats=("a4", "a3", FLYER),
        printable=found is not None,
        today=now.astimezone(house.timezone).date(),
    )


async def sheet(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/affiches/{place}.pdf?format=a4|a3|flyer&langues=fr,ar."""
    view = await _view(request)
    house = request.app[HOUSE]
    name = request.match_info["place"]
    entry = next((one for one in view.entries if one.id == name and not one.lent), None)
    kind = request.query.get("format", "a4")
    asked = (
        tuple(request.query.get("langues", "").split(",")) if request.query.get("langues") else _place(entry, house.languages).languages[0]
    )
    if entry is None or kind not in {*SIZES, FLYER} or len(asked) > MOST_LANGUAGES or not set(asked) <= set(house.languages):
        raise Problem(404)
    now = request.app[CLOCK].now()
    today = now.astimezone(house.timezone).date()
    sides = tuple(words(view.document, entry, house.city, one, house.catalogues[one], today) for one in dict.fromkeys(asked))
    try:
        made = await asyncio.to_thread(_made, house.city.name, sides, codes(house.city, entry), kind, now)
    except fonts.NoFont:
        raise Problem(503, _("No font for print is installed on this machine: pip install pymupdf-fonts")) from None
    return pdf(made, f"{view.slug}-{entry.id}-{'-'.join(asked)}-{kind}.pdf")


def _made(city: str, sides: tuple[Words, ...], content: Codes, kind: str, now: datetime) -> bytes:
    return flyer(city, sides, content, now) if kind == FLYER else poster(city, sides, content, kind, now)


def pdf(made: bytes, name: str) -> web.Response:
    """A PDF that a browser shows, and keeps under that name."""
    return web.Response(body=made, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _place(entry: Entry | None, offered: tuple[str, ...]) -> Place:
    """The entry's own language first, alone and beside the city's; then the others that are offered."""
    if entry is None:
        return Place(Entry("", ""), ((offered[0],),), "")
    own = entry.language if entry.language in offered else offered[0]
    alone = [(own,), *((one,) for one in offered if one != own)]
    pairs = [(offered[0], one) for one in offered[1:]]
    return Place(entry, (*alone, *pairs), entry.language if entry.language not in {"", *offered} else "")


async def _view(request: web.Request) -> ProcessView:
    view = await request.app[LEDGER].read(processes.get, request.match_info["slug"])
    if view is None:
        raise web.HTTPNotFound
    return view
