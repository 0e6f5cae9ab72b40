"""The register of rights: what was asked and what came of it; an objection is decided, with a reason that its author reads."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, tzinfo

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import rights
from outreach.inbox import objections
from outreach.spreadsheets import for_programs
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
    "handed_over": _("handed over at the counter"),
    "erased": _("everything erased"),
    "erased_one": _("one contribution erased"),
    "corrected": _("corrected"),
    "too_late": _("too late: it was read; what is missing may be added"),
    "ended": _("one consent ended"),
    "stopped": _("nothing more is sent"),
    "granted": _("granted: all erased"),
    "refused": _("refused, with the reason"),
}
NETWORKS: dict[str, Text] = {"sms": _("SMS"), "telegram": _("Telegram"), "paper": _("Paper")}
_HEADS = b"kind,network,opened,due,closed,outcome,days\n"
_MISSING = _("Write the reason: its author reads it.")
_LONGEST = 300  # letters: two SMS with what leads to them


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/droits."""
    return await _show(request, person)


async def _show(request: web.Request, person: Person, *, fault: str = "", about: str = "", status: int = 200) -> web.Response:
    ledger = request.app[LEDGER]
    delays = await ledger.read(rights.delays, request.app[CLOCK].now())
    return desk_page(
        request,
        person,
        "rights.html",
        status=status,
        requests=await ledger.read(rights.listing),
        shown=rights.SHOWN,
        delays=delays,
        answered=sum(one.answered for one in delays),
        late=sum(one.late for one in delays),
        slowest=max((one.longest or 0 for one in delays), default=0),
        month=rights.A_MONTH,
        axis=max(rights.A_MONTH, *(max(one.longest or 0, one.oldest or 0) for one in delays)),
        kinds=KINDS,
        networks=NETWORKS,
        outcomes=OUTCOMES,
        longest=_LONGEST,
        fault=fault,
        about=about,
    )


async def csv(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/droits.csv: kind, network, days and outcome of every line, the oldest first; nobody's (GDPR-47)."""
    ledger, zone = request.app[LEDGER], request.app[HOUSE].timezone
    first = await ledger.read(rights.page)  # an overloaded service says so before the file has begun

    async def lines() -> AsyncIterator[bytes]:
        yield _HEADS
        page = first
        while page:
            yield _lines(page, zone)
            page = await ledger.read(rights.page, page[-1].id)

    headers = {"Content-Disposition": 'attachment; filename="droits.csv"'}
    return web.Response(body=lines(), content_type="text/csv", charset="utf-8", headers=headers)


def _lines(found: Sequence[rights.Request], zone: tzinfo) -> bytes:
    def day(at: datetime | None) -> date | None:
        return at.astimezone(zone).date() if at else None

    return for_programs(
        (one.kind, one.network, day(one.opened_at), day(one.due_at), day(one.closed_at), one.outcome, one.days) for one in found
    )


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
