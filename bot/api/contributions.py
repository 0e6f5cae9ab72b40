"""Contributions for programs: list, read, claim, decide; a decision of the API takes effect at once."""

from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from bot.api.doors import answer, body, limit, wrong_cursor
from bot.web.errors import Fault, Problem
from bot.web.keys import CLOCK, LEDGER
from outreach.contributions import STATES, decisions, queue
from outreach.contributions.decisions import Decision, DecisionRefused
from outreach.contributions.items import Item
from outreach.contributions.queue import WAITING, ClaimedByOther, NoItem
from outreach.references import read_ref
from outreach.staff import Holder

_AT_ONCE = timedelta()
_STATUSES = {"unknown": 404, "invalid": 422, "conflict": 409}


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a decision; a mistyped field is told, for it takes effect at once.

    `with` is a reference (group) or a slug (move); `fact` is what the reason rests on.
    """

    decision: str
    reason: str = ""
    fact: str = ""
    text: str = ""
    with_: str = msgspec.field(default="", name="with")
    note: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What became of it, and since when."""

    ref: str
    state: str
    effective_at: datetime


def _ref(request: web.Request) -> str:
    ref = read_ref(request.match_info["ref"])
    if ref is None:
        raise _unknown()
    return ref


def _unknown() -> Problem:
    return Problem(404, "no contribution has this reference")


def _claimed() -> Problem:
    return Problem(409, "somebody else is reading this contribution", errors=[Fault("ref", "claimed by another: try again in ten minutes")])


async def listing(request: web.Request, holder: Holder) -> web.Response:
    """GET /api/v1/contributions?state=&process=&cursor=&limit=."""
    state, process, cursor = (request.query.get(name) or None for name in ("state", "process", "cursor"))
    if state and state not in {WAITING, *STATES}:
        raise Problem(422, "no such state", errors=[Fault("state", f"one of {', '.join((WAITING, *STATES))}")])
    try:
        within = holder.within("contributions.read")
        found = await request.app[LEDGER].read(
            queue.listing, request.app[CLOCK].now(), state, process, cursor, limit(request), within=within
        )
    except ValueError:
        raise wrong_cursor() from None
    return answer(found)


async def get(request: web.Request, holder: Holder) -> web.Response:
    """GET /api/v1/contributions/{ref}: opening one is written down (SEC-06)."""
    try:
        item: Item = await request.app[LEDGER].write(queue.get, request.app[CLOCK].now(), _ref(request), holder.actor)
    except NoItem:
        raise _unknown() from None
    return answer(item)


async def claim(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/contributions/{ref}/claim: for ten minutes; 409 when another has it."""
    try:
        item: Item = await request.app[LEDGER].write(queue.claim, request.app[CLOCK].now(), _ref(request), holder.actor)
    except NoItem:
        raise _unknown() from None
    except ClaimedByOther:
        raise _claimed() from None
    return answer(item)


async def decide(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/contributions/{ref}/decision: 422 for an unknown reason names the allowed ones."""
    wanted = await body(request, Wanted)
    decision = Decision(
        kind=wanted.decision, reason=wanted.reason, fact=wanted.fact, text=wanted.text, with_=wanted.with_, note=wanted.note
    )
    try:
        made = await request.app[LEDGER].write(
            decisions.decide, request.app[CLOCK].now(), _ref(request), holder.actor, decision, delay=_AT_ONCE
        )
    except ClaimedByOther:
        raise _claimed() from None
    except DecisionRefused as refused:
        raise Problem(_STATUSES[refused.kind], refused.message, errors=[Fault(refused.field, refused.message)]) from None
    return answer(Taken(made.ref, made.state, made.effective_at))
