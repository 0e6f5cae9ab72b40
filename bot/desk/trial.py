"""A project in test: the end of the test, a sheet for five people in a waiting room, and the project about this service."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.processes import refuse
from bot.web.keys import CLOCK, HOUSE, LEDGER
from outreach import documents, improvement, processes
from outreach.processes import Refused
from outreach.staff import Person

TESTERS = 5
"""People in a waiting room who are asked to try it."""


async def end(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/fin-du-test: everybody may write from now on."""
    await form_of(request, person)
    slug = request.match_info["slug"]
    try:
        await request.app[LEDGER].write(processes.end_pilot, request.app[CLOCK].now(), slug, person.actor)
    except Refused as refused:
        return await refuse(request, person, refused)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}?fait=ouverte")


async def sheet(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/fiche-de-test: one page to print, for ten minutes with five people."""
    view = await request.app[LEDGER].read(processes.get, request.match_info["slug"])
    if view is None:
        raise web.HTTPNotFound
    keyword = next((entry.keyword for entry in view.document.entry_points if entry.keyword), "")
    return desk_page(request, person, "trial.html", process=view, keyword=keyword, testers=TESTERS)


async def improve(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/ameliorer: the built-in project about this service; one that is there already is shown as it is."""
    await form_of(request, person)
    now, zone = request.app[CLOCK].now(), request.app[HOUSE].timezone
    there = await request.app[LEDGER].read(processes.get, improvement.SLUG)
    if there is None:
        text = improvement.document(now.astimezone(zone).date())
        await request.app[LEDGER].write(processes.put, now, documents.parse(text.encode(), yaml=True, zone=zone), person.actor)
    raise web.HTTPSeeOther(f"/desk/demarches/{improvement.SLUG}?fait={'pareil' if there else 'cree'}")
