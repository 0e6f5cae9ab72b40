"""A copy of everything at the counter: a code goes to the phone of who stands there, and what they read out opens the copy."""

import msgspec
from aiohttp import web

from bot.channels import numbers
from bot.desk.doors import desk_page, form_of
from bot.desk.rights import KINDS, NETWORKS, OUTCOMES
from bot.desk.words import ROLES
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS
from bot.web.labels import CONTRIBUTION
from bot.web.pages import language_of
from conversations.flows.needs import NAMES
from conversations.text import Text, _, render
from outreach.privacy import counter, export
from outreach.privacy.shape import Export
from outreach.references import read_ref
from outreach.staff import Person

_WHO = _("Write the number of a phone, or the eight digits of one of their views.")
_WRONG = _("This is not the code: look at the last message on the phone.")
_OVER = _("This code is no longer good. Have another one sent.")
_REGISTRATION: dict[str, Text] = {
    "confirmed": _("has a place"),
    "waiting": _("waits"),
    "offered": _("was offered a place"),
    "cancelled": _("left it"),
    "attended": _("came"),
    "absent": _("did not come"),
}


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/droits/copie: whose copy."""
    return _page(request, person)


async def ask(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/droits/copie: `qui`, a number or a reference. What follows is the same whether somebody is known by it or not."""
    form = await form_of(request, person)
    who = read_ref(form["qui"][:40]) or numbers.normalise(form["qui"][:40], request.app[SETTINGS].territory)
    if not who:
        return _page(request, person, status=422, fault=_WHO, typed=form["qui"])
    number = await request.app[LEDGER].write(counter.ask, request.app[CLOCK].now(), person.actor, who)
    raise web.HTTPSeeOther(f"/desk/droits/copie/{number}/code")


async def code(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/droits/copie/{id}/code: what the person reads out."""
    return _page(request, person, number=request.match_info["id"])


async def open_(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/droits/copie/{id}/code: `code`."""
    form, number = await form_of(request, person), request.match_info["id"]
    typed = "".join(form["code"].split())[:40]
    said = await request.app[LEDGER].write(counter.open_, request.app[CLOCK].now(), number, person.actor, typed)
    if said == "wrong":
        return _page(request, person, status=403, fault=_WRONG, number=number)
    if said == "over":
        return _page(request, person, status=403, fault=_OVER)
    raise web.HTTPSeeOther(f"/desk/droits/copie/{number}")


async def copy(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/droits/copie/{id}: everything, on a page to print."""
    return desk_page(
        request,
        person,
        "copy.html",
        copy=await _copy(request, person),
        number=request.match_info["id"],
        states=CONTRIBUTION,
        registrations=_REGISTRATION,
        needs=NAMES,
        roles=ROLES,
        kinds=KINDS,
        networks=NETWORKS,
        outcomes=OUTCOMES,
    )


async def file(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/droits/copie/{id}.json: the same in the published format (GDPR 20)."""
    made = await _copy(request, person)
    headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"'}
    return web.Response(body=msgspec.json.format(msgspec.json.encode(made), indent=2), content_type=export.TYPE, headers=headers)


async def _copy(request: web.Request, person: Person) -> Export:
    made: Export | None = await request.app[LEDGER].read(counter.copy, request.app[CLOCK].now(), request.match_info["id"], person.actor)
    if made is None:
        raise web.HTTPSeeOther("/desk/droits/copie")
    return made


def _page(
    request: web.Request, person: Person, *, status: int = 200, fault: Text | None = None, typed: str = "", number: str = ""
) -> web.Response:
    said = render(fault, request.app[HOUSE].catalogues[language_of(request)]) if fault else ""
    return desk_page(request, person, "counter.html", status=status, fault=said, typed=typed, number=number)
