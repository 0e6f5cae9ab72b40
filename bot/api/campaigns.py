"""Campaigns for programs: write, preview, try, submit, approve, pause, resume, cancel; stop everything."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from gettext import NullTranslations

import msgspec
from aiohttp import web

from bot.api.doors import answer, body, limit, wrong_cursor
from bot.web import announcing
from bot.web.errors import Fault, Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from conversations.text import render
from outreach import campaigns, inbox
from outreach.campaigns import Draft, Preview, Refused, View
from outreach.staff import Holder

_ENGLISH = NullTranslations()
_NOT_FOUND = frozenset({"unknown", "unknown_process"})
_WRITE = "campaigns.write"


class Campaign(msgspec.Struct, frozen=True):
    """One campaign as the API gives it: where it stands, what it says, and how many messages are in which state."""

    id: str
    state: str
    why: str
    draft: Draft
    tested: bool
    approved: bool
    people: int
    counts: dict[str, int]
    created_at: datetime
    starts_at: datetime | None
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None


class Campaigns(msgspec.Struct, frozen=True):
    """A page of campaigns, the newest first."""

    items: tuple[Campaign, ...]
    next: str | None


class Alone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`alone`: without a second person, which only an audience below fifty may."""

    alone: bool = False


class Tried(msgspec.Struct, frozen=True):
    """What each reader would get, byte for byte; `messages` how many of them went to the caller's own phone."""

    frames: tuple[campaigns.Frame, ...]
    messages: int


class Stopped(msgspec.Struct, frozen=True):
    """How many campaigns were stopped."""

    stopped: int


def refused(why: Refused) -> Problem:
    """A refusal with everything there is to mend."""
    faults = [Fault(fault.field, render(announcing.said(fault), _ENGLISH)) for fault in why.faults]
    status = 404 if why.code in _NOT_FOUND else 403 if why.code == "beyond" else 422 if faults else 409
    said = announcing.refusal(why)
    return Problem(status, said, errors=faults or [Fault(why.code, render(said, _ENGLISH))])


async def _shown(request: web.Request, view: View) -> Campaign:
    found = (await request.app[LEDGER].read(campaigns.results, view.id, request.app[CLOCK].now())).total
    names = ("planned", "skipped", "sent", "delivered", "answered", "contributed", "signed_up", "came", "stopped", "failed", "unknown")
    return Campaign(
        view.id,
        view.state,
        view.why,
        view.draft,
        view.tested,
        view.approved,
        view.people,
        {name: getattr(found, name) for name in names},
        view.created_at,
        view.starts_at,
        view.started_at,
        view.ends_at,
        view.ended_at,
    )


def _aware(request: web.Request, draft: Draft) -> Draft:
    """An hour written without a zone is the city's."""
    if draft.at is None or draft.at.tzinfo is not None:
        return draft
    return msgspec.structs.replace(draft, at=draft.at.replace(tzinfo=request.app[HOUSE].timezone))


async def _wanted(request: web.Request, holder: Holder) -> Draft:
    draft = _aware(request, await body(request, Draft))
    if not holder.may(_WRITE, draft.process):
        raise Problem(403, f"this token's role has not the right {_WRITE} for {draft.process}")
    return draft


async def create(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/campaigns."""
    draft = await _wanted(request, holder)
    try:
        view = await request.app[LEDGER].write(
            campaigns.create, request.app[CLOCK].now(), draft, holder.actor, within=holder.within(_WRITE)
        )
    except Refused as why:
        raise refused(why) from None
    return answer(await _shown(request, view), 201)


async def change(request: web.Request, holder: Holder) -> web.Response:
    """PUT /api/v1/campaigns/{campaign}: what was approved is not any more."""
    draft = await _wanted(request, holder)
    try:
        view = await request.app[LEDGER].write(
            campaigns.change, request.app[CLOCK].now(), request.match_info["campaign"], draft, holder.actor, within=holder.within(_WRITE)
        )
    except Refused as why:
        raise refused(why) from None
    return answer(await _shown(request, view))


async def listing(request: web.Request, holder: Holder) -> web.Response:
    """GET /api/v1/campaigns?cursor=&limit=."""
    try:
        found = await request.app[LEDGER].read(
            campaigns.listing, within=holder.within(_WRITE), cursor=request.query.get("cursor", ""), limit=limit(request)
        )
    except ValueError:
        raise wrong_cursor() from None
    return answer(Campaigns(tuple([await _shown(request, view) for view in found.items]), found.next))


async def get(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/campaigns/{campaign}."""
    return answer(await _shown(request, await _view(request)))


async def _view(request: web.Request) -> View:
    try:
        return await request.app[LEDGER].read(campaigns.get, request.match_info["campaign"])
    except Refused as why:
        raise refused(why) from None


async def _within_rights(request: web.Request, holder: Holder) -> View:
    """The campaign, if all whom it is for are people of this token's projects: of others nothing is counted here."""
    view = await _view(request)
    try:
        campaigns.keep_within(view.draft, holder.within(_WRITE))
    except Refused as why:
        raise refused(why) from None
    return view


async def preview(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/campaigns/{campaign}/preview."""
    view = await _within_rights(request, holder)
    found: Preview = await request.app[LEDGER].read(campaigns.look, view.draft, request.app[CLOCK].now(), view.id)
    return answer(found)


async def test(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/campaigns/{campaign}/test: to the phone that this token's holder has shown to be theirs, if any."""
    view, ledger, now = await _within_rights(request, holder), request.app[LEDGER], request.app[CLOCK].now()
    seen: Preview = await ledger.read(campaigns.look, view.draft, now, view.id)
    if not seen.frames:
        raise refused(Refused("faults", seen.faults))
    try:
        sent = await ledger.write(inbox.try_out, now, view.id, holder.actor)
    except Refused as why:
        raise refused(why) from None
    return answer(Tried(seen.frames, sent))


async def submit(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/campaigns/{campaign}/submit: 422 with what is to mend, 409 when it was never tried."""
    alone = (await body(request, Alone)).alone if request.can_read_body else False
    return await _moved(request, holder, campaigns.submit, alone=alone, within=holder.within(_WRITE))


def moves(verb: Callable[..., View], right: str = "") -> Callable[[web.Request, Holder], Awaitable[web.Response]]:
    """The handler of a move that takes nothing but its name; with `right`, its audience must lie where the token has that right."""

    async def handler(request: web.Request, holder: Holder) -> web.Response:
        return await _moved(request, holder, verb, **({"within": holder.within(right)} if right else {}))

    handler.__name__ = verb.__name__
    handler.__doc__ = f"POST /api/v1/campaigns/{{campaign}}/{verb.__name__}."
    return handler


async def _moved(request: web.Request, holder: Holder, verb: Callable[..., View], **more: object) -> web.Response:
    try:
        view = await request.app[LEDGER].write(verb, request.app[CLOCK].now(), request.match_info["campaign"], holder.actor, **more)
    except Refused as why:
        raise refused(why) from None
    return answer(await _shown(request, view))


async def stop(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/stop-everything."""
    return answer(Stopped(await request.app[LEDGER].write(campaigns.stop_everything, request.app[CLOCK].now(), holder.actor)))
