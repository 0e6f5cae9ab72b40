"""The register of rights: what was asked and what came of it; an objection is decided, with a reason that its author reads."""

import csv as comma
import io

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import rights
from outreach.privacy import objections
from outreach.staff import Person

KINDS: dict[str, Text] = {
    "access": _("a copy of everything"),
    "erasure": _("erasure"),
    "objection": _("objection"),
    "correction": _("correction"),
    "withdrawal": _("consent withdrawn"),
}
OUTCOMES: dict[str, Text] = {
    "": _("waits"),
    "given": _("given"),
    "erased": _("everything erased"),
    "erased_one": _("one contribution erased"),
    "corrected": _("corrected"),
    "ended": _("one consent ended"),
    "stopped": _("nothing more is sent"),
    "granted": _("granted: all erased"),
    "refused": _("refused, with the reason"),
}
_MISSING = _("Write the reason: its author reads it.")
_LONGEST = 300  # letters: two SMS with what leads to them


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/droits."""
    return await _show(request, person)


async def _show(request: web.Request, person: Person, *, fault: str = "", about: str = "", status: int = 200) -> web.Response:
    ledger = request.app[LEDGER]
    tally = await ledger.read(rights.tally)
    return desk_page(
        request,
        person,
        "rights.html",
        status=status,
        requests=await ledger.read(rights.listing),
        tally=tally,
        most=max(tally.values(), default=0) or 1,
        kinds=KINDS,
        outcomes=OUTCOMES,
        longest=_LONGEST,
        fault=fault,
        about=about,
    )


async def csv(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/droits.csv: kind, network, days and outcome; nobody's (GDPR-47)."""
    out = io.StringIO(newline="")
    writer = comma.writer(out, lineterminator="\n")
    writer.writerow(["kind", "network", "opened", "due", "closed", "outcome"])
    for one in await request.app[LEDGER].read(rights.listing):
        closed = one.closed_at.date().isoformat() if one.closed_at else ""
        writer.writerow([one.kind, one.network, one.opened_at.date().isoformat(), one.due_at.date().isoformat(), closed, one.outcome])
    headers = {"Content-Disposition": 'attachment; filename="droits.csv"'}
    return web.Response(body=out.getvalue().encode(), content_type="text/csv", charset="utf-8", headers=headers)


async def decide(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/droits/{id}: `outcome` granted or refused, and the reason when it is refused."""
    form = await form_of(request, person)
    id_, reason = request.match_info["id"], form["reason"][:_LONGEST]
    outcome: objections.Outcome = "granted" if form["outcome"] == "granted" else "refused"
    if outcome == "refused" and not reason:
        fault = render(_MISSING, request.app[HOUSE].catalogues[language_of(request)])
        return await _show(request, person, fault=fault, about=id_, status=422)
    try:
        await request.app[LEDGER].write(objections.decide, request.app[CLOCK].now(), id_, outcome, reason, person.actor)
    except rights.NoRequest:
        raise Problem(409) from None
    raise web.HTTPSeeOther("/desk/droits")
