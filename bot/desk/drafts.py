"""A project's draft given to readers without an account: links, taken back, and what they wrote."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS
from bot.web.pages import language_of
from conversations.text import _, render
from outreach import drafts, processes
from outreach.drafts import DraftRefused, NoLink
from outreach.staff import Person


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/relecture."""
    return await _show(request, person)


async def _show(
    request: web.Request, person: Person, *, link: str = "", fault: str = "", label: str = "", status: int = 200
) -> web.Response:
    ledger, slug = request.app[LEDGER], request.match_info["slug"]
    view = await ledger.read(processes.get, slug)
    if view is None:
        raise web.HTTPNotFound
    return desk_page(
        request,
        person,
        "drafts.html",
        status=status,
        process=view,
        links=await ledger.read(drafts.links, slug),
        remarks=await ledger.read(drafts.remarks, slug),
        one_time=link,
        fault=fault,
        label=label,
        writes=person.may("processes.write", slug),
    )


async def invite(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/relecture: `label`, whom the link is for; the link is shown once."""
    form = await form_of(request, person)
    try:
        token = await request.app[LEDGER].write(
            drafts.invite, request.app[CLOCK].now(), request.match_info["slug"], form["label"], person.actor
        )
    except NoLink:
        raise web.HTTPNotFound from None
    except DraftRefused:
        fault = render(_("Write whom the link is for, in 80 letters at most."), request.app[HOUSE].catalogues[language_of(request)])
        return await _show(request, person, fault=fault, label=form["label"], status=422)
    return await _show(request, person, link=f"{request.app[SETTINGS].public_url}/relecture/{token}")


async def revoke(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/relecture/{link}/retirer."""
    await form_of(request, person)
    named = request.match_info
    await request.app[LEDGER].write(drafts.revoke, request.app[CLOCK].now(), named["slug"], named["link"], person.actor)
    raise web.HTTPSeeOther(f"/desk/demarches/{named['slug']}/relecture")
