"""Projects, what people said, workshops, and what became of one contribution."""

from aiohttp import web

from bot.site import events
from bot.site.views import Step, coming, held, shown, steps
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS
from bot.web.labels import CONTRIBUTION
from bot.web.pages import environment, fresh, language_of, page
from outreach import processes, record, rooms
from outreach.attendance import minutes
from outreach.contributions import copies
from outreach.processes import ProcessView
from outreach.record import story
from outreach.references import read_ref

_LATEST = 5
_PAGE = 30
_OVER = "closed"


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
            open=[view for view in views if view.state != _OVER],
            past=[view for view in views if view.state == _OVER],
        ),
    )


async def process(request: web.Request) -> web.Response:
    """GET /demarches/{slug}."""
    view = await public_process(request)
    ledger, now, zone = request.app[LEDGER], request.app[CLOCK].now(), request.app[HOUSE].timezone
    return fresh(
        request,
        page(
            request,
            "site/process.html",
            process=shown(view, now.astimezone(zone).date()),
            steps=steps(view, _days(request, view)),
            figures=await ledger.read(story.process, view.slug),
            entries=await ledger.read(record.latest, view.slug, _LATEST),
            burst=any(one.process == view.slug for one in await ledger.read(copies.bursts, now)),
            meetings=coming(view.document.workshops, now)[:3],
        ),
    )


def _days(request: web.Request, view: ProcessView) -> dict[str, str]:
    """When each step took place, in words."""
    day = environment(language_of(request)).filters["day"]
    zone = request.app[HOUSE].timezone
    found = {}
    if view.document.mandate.validated.on:
        found["mandate_validated"] = day(view.document.mandate.validated.on)
    if view.opened_at:
        found["open"] = day(view.opened_at.astimezone(zone))
    if view.closed_at:
        found["closed"] = day(view.closed_at.astimezone(zone))
    return found


async def contributions(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/contributions?cursor=: by date, never ranked (MOD-73)."""
    view = await public_process(request)
    ledger = request.app[LEDGER]
    cursor = request.query.get("cursor")
    try:
        found = await ledger.read(record.entries, view.slug, cursor=cursor, limit=_PAGE)
    except ValueError:
        raise web.HTTPNotFound from None
    today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
    return fresh(
        request,
        page(
            request,
            "site/contributions.html",
            process=shown(view, today),
            figures=await ledger.read(story.process, view.slug),
            entries=found.items if found else (),
            next=found.next if found else None,
            paged=bool(cursor),
        ),
    )


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


async def search(request: web.Request) -> web.Response:
    """GET /suivi?ref=: the number of a contribution, as people write it."""
    asked = request.query.get("ref", "")
    ref = read_ref(asked)
    if ref:
        language = request.query.get("lang", "")
        raise web.HTTPSeeOther(f"/suivi/{ref}{f'?lang={language}' if language in request.app[HOUSE].languages else ''}")
    return page(request, "site/search_page.html", status=404 if asked else 200, asked=asked[:20], wrong=bool(asked))


async def follow(request: web.Request) -> web.Response:
    """GET /suivi/{ref}: its state and dates, its text once it is published; never a reason."""
    asked = request.match_info["ref"]
    ref = read_ref(asked)
    found = await request.app[LEDGER].read(story.follow, ref) if ref else None
    if found is None:
        return page(request, "site/search_page.html", status=404, asked=asked[:20], wrong=True)
    if ref != asked:
        raise web.HTTPMovedPermanently(f"/suivi/{ref}")
    view = await request.app[LEDGER].read(processes.get, found.process)
    if view is None:
        raise web.HTTPNotFound
    day = environment(language_of(request)).filters["day"]
    last = len(found.steps) - 1
    way = [
        Step(CONTRIBUTION[one.state], "here" if place == last else "done", day(one.at.astimezone(request.app[HOUSE].timezone)))
        for place, one in enumerate(found.steps)
    ]
    return fresh(
        request,
        page(request, "site/follow.html", follow=found, process=view, entry=found.entry, label=CONTRIBUTION[found.state], steps=way),
    )
