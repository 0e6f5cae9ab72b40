"""What waits for a second person: decisions of colleagues, and public texts that somebody reported."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.queue import DECIDED, say
from bot.web.errors import Problem
from bot.web.keys import CLOCK, LEDGER
from conversations.reasons import REASONS
from outreach.contributions import blind, breaks, reports, second
from outreach.references import read_id
from outreach.staff import Person


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contributions/relecture: decisions to look at, reports to judge, and what colleagues thought of one's own."""
    ledger, within = request.app[LEDGER], person.within("contributions.decide")
    return desk_page(
        request,
        person,
        "looks.html",
        looks=await ledger.read(second.listing, person.actor, within=within),
        reported=await ledger.read(reports.listing, within=within),
        told=await ledger.read(second.told, person.actor),
        blind=await ledger.read(blind.waiting, request.app[CLOCK].now(), person.actor, within),
        figures=person.within("statistics.read") is None,
        reasons=REASONS,
        hard=breaks.REASONS,
        reportable=reports.REPORTABLE,
        decisions=DECIDED,
        said=say(request, request.query.get("dit", "")),
    )


async def look(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/relecture/{id}: `outcome` agreed or other, `note`."""
    form = await form_of(request, person)
    outcome = form["outcome"]
    if outcome not in {"agreed", "other"}:
        raise Problem(422)
    try:
        await request.app[LEDGER].write(
            second.look, request.app[CLOCK].now(), read_id(request.match_info["id"]), person.actor, outcome, form["note"]
        )
    except second.CannotLook:
        raise web.HTTPSeeOther("/desk/contributions/relecture?dit=looked") from None
    raise web.HTTPSeeOther("/desk/contributions/relecture")


async def judge(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/{ref}/signalement: `outcome` kept or hidden, `reason`."""
    form = await form_of(request, person)
    outcome = form["outcome"]
    if outcome not in {"kept", "hidden"}:
        raise Problem(422)
    try:
        await request.app[LEDGER].write(
            reports.judge, request.app[CLOCK].now(), request.match_info["ref"], person.actor, outcome, form["reason"]
        )
    except reports.CannotJudge:
        raise web.HTTPSeeOther("/desk/contributions/relecture?dit=looked") from None
    raise web.HTTPSeeOther("/desk/contributions/relecture")
