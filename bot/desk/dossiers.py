"""The duty to tell justice of a crime or an offence: two people ask for a dossier, then either of them takes it along."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CLOCK, LEDGER
from conversations.reasons import REASONS
from outreach import dossiers
from outreach.staff import Person


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contributions/{ref}/dossier: how far it is, what to do before anything else."""
    found = await request.app[LEDGER].read(dossiers.of, request.match_info["ref"])
    if found is None:
        raise web.HTTPNotFound
    return desk_page(request, person, "dossier.html", dossier=found, reasons=REASONS)


async def ask(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/{ref}/dossier: ask for it, or be the second who does."""
    await form_of(request, person)
    ref = request.match_info["ref"]
    try:
        await request.app[LEDGER].write(dossiers.ask, request.app[CLOCK].now(), ref, person.actor)
    except dossiers.NoDossier:
        raise Problem(409) from None
    raise web.HTTPSeeOther(f"/desk/contributions/{ref}/dossier")


async def fetch(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/{ref}/dossier.zip: the archive, for the two who asked; each time is written down."""
    await form_of(request, person)
    ref = request.match_info["ref"]
    try:
        packed = await request.app[LEDGER].write(dossiers.fetch, request.app[CLOCK].now(), ref, person.actor)
    except dossiers.NoDossier:
        raise Problem(403) from None
    headers = {"Content-Disposition": f'attachment; filename="dossier-{ref}.zip"'}
    return web.Response(body=packed, content_type="application/zip", headers=headers)
