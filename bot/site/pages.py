"""Projects and their workshops: where each is, what it asks, what can change, what was said, what became of it."""

from datetime import datetime

from aiohttp import web

from bot.site import events, translated
from bot.site.timeline import timeline
from bot.site.views import coming, held, late_by, shown, steps, tells
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS
from bot.web.labels import DECISION
from bot.web.pages import environment, fresh, language_of, page
from outreach import answers, processes, record, rooms
from outreach.attendance import minutes
from outreach.contributions import copies
from outreach.processes import ProcessView, is_open, pilots
from outreach.record import log, story

_LATEST = 5
_OVER = "closed"
_NOBODY_YET = {"received": 0, "published": 0}


async def public_process(request: web.Request) -> ProcessView:
    """The process of the address, if the public may see it."""
    view = await request.app[LEDGER].read(processes.get, request.match_info["slug"])
    if view is None or view.opened_at is None:
        raise web.HTTPNotFound
    return view


async def home(request: web.Request) -> web.Response:
    """GET /."""
    today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
    views = [shown(view, today) for view in await request.app[LEDGER].read(processes.listing)]
    return fresh(
        request,
        page(
            request,
            "site/home.html",
            open=[view for view in views if view.asks],
            going_on=[view for view in views if not view.asks and view.state != _OVER],
            past=[view for view in views if view.state == _OVER],
        ),
    )


async def process(request: web.Request) -> web.Response:
    """GET /demarches/{slug}."""
    view = await public_process(request)
    book = await request.app[LEDGER].read(answers.book, view.slug, public=True, most=answers.NAMED)
    if book is None:
        raise web.HTTPNotFound
    return fresh(request, await shows(request, view, book))


async def shows(request: web.Request, view: ProcessView, book: answers.Book) -> web.Response:
    """The page of a process, as it is or as it will be."""
    ledger, now, zone = request.app[LEDGER], request.app[CLOCK].now(), request.app[HOUSE].timezone
    today, latest = now.astimezone(zone).date(), await ledger.read(record.latest, view.slug, _LATEST)
    return page(
        request,
        "site/process.html",
        process=shown(view, today),
        questions=[one for one in view.document.questions if is_open(one, today)][1:] if view.state == "open" else [],
        timeline=timeline(view, await ledger.read(processes.mandates, view.slug), now, zone, _tested_until(book)),
        steps=steps(view, _days(request, view, book)),
        book=book,
        late=late_by(view, today),
        tells=tells(book),
        proven=await _proven(request, view, book),
        decisions=DECISION,
        figures=await ledger.read(story.process, view.slug) or _NOBODY_YET,
        entries=latest,
        translations=await translated.of(request, latest),
        full=await is_full(request, view),
        burst=any(one.process == view.slug for one in await ledger.read(copies.bursts, now)),
        meetings=coming(view.document.workshops, now)[:3],
    )


async def _proven(request: web.Request, view: ProcessView, book: answers.Book) -> frozenset[str]:
    """Which points of the avis are under a signed checkpoint already, by their place on the page."""
    names = {f"{view.slug}#{one.anchor}": one.anchor for one in book.points}
    return frozenset(names[one] for one in await request.app[LEDGER].read(log.under, names)) if names else frozenset()


def _tested_until(book: answers.Book) -> datetime | None:
    """When its test ended, as the journal tells."""
    return next((one.at for one in book.journal if one.kind == "pilot_ended"), None)


async def is_full(request: web.Request, view: ProcessView) -> bool:
    """Whether it is a test that has all its people."""
    pilot = view.document.pilot
    return pilot is not None and view.slug in await request.app[LEDGER].read(pilots.full, {view.slug: pilot.people})


def _days(request: web.Request, view: ProcessView, book: answers.Book) -> dict[str, str]:
    """When each step took place, in words."""
    day = environment(language_of(request)).filters["day"]
    zone = request.app[HOUSE].timezone
    found = {one.kind: day(one.at.astimezone(zone)) for one in book.journal}
    if view.document.mandate.validated.on:
        found["mandate_validated"] = day(view.document.mandate.validated.on)
    if view.opened_at:
        found["open"] = day(view.opened_at.astimezone(zone))
    if view.closed_at:
        found["closed"] = day(view.closed_at.astimezone(zone))
    return found


async def workshops(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/ateliers."""
    view = await public_process(request)
    now, house = request.app[CLOCK].now(), request.app[HOUSE]
    today = now.astimezone(house.timezone).date()
    seats, next_ones = await request.app[LEDGER].read(rooms.seats, view.id), coming(view.document.workshops, now)
    address = f"{request.app[SETTINGS].public_url.rstrip('/')}/demarches/{view.slug}/ateliers"
    return fresh(
        request,
        page(
            request,
            "site/workshops.html",
            process=shown(view, today),
            coming=next_ones,
            seats=seats,
            events=events.as_json(next_ones, seats, address=address, city=house.city.name, language=language_of(request)),
            past=held(view.document.workshops, now),
            minutes=await request.app[LEDGER].read(minutes.public, view.slug),
        ),
    )
