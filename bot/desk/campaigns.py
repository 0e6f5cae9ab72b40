"""Campaigns in five minutes: what, whom, which words, when; looked at byte for byte, tried, approved, watched."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec
from aiohttp import web

from bot.desk import announce
from bot.desk.cells import cell_words
from bot.desk.doors import desk_page, form_of
from bot.desk.previews import PREVIEWS
from bot.desk.words import money_words
from bot.web import announcing
from bot.web.errors import Problem
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import campaigns, inbox, processes
from outreach.campaigns import Draft, Refused, Results, View
from outreach.smallcells import column
from outreach.spreadsheets import for_people
from outreach.staff import Person

LIST = "/desk/campagnes"
_EMPTY = Form({})
SAID: dict[str, Text] = {
    "essai": _("It went to your phone, in each language. Nothing else left."),
    "soumise": _("A second person has to read it now."),
    "approuvee": _("Approved. It leaves at its hour; it can be paused at any time."),
    "pause": _("Paused: nothing more leaves. Who was told is not told again."),
    "reprise": _("It goes on where it stopped."),
    "annulee": _("Cancelled for good."),
    "arret": _("Everything is stopped."),
}
COLUMNS: dict[str, Text] = {
    "people": _("meant"),
    "sent": _("sent"),
    "delivered": _("arrived"),
    "answered": _("answered"),
    "contributed": _("contributed"),
    "signed_up": _("signed up"),
    "came": _("came"),
    "volunteers": _("volunteers"),
    "stopped": _("said STOP"),
    "failed": _("refused by the operator"),
    "unknown": _("nobody knows"),
    "dropped": _("held back"),
    "skipped": _("left out"),
    "planned": _("still to come"),
    "parts": _("SMS parts"),
}
"""The figures of the results, in the order of a person's way."""


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/campagnes: what runs, what waits for me, what was; the red button."""
    within = person.within("campaigns.write")
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    try:
        found = await ledger.read(campaigns.listing, within=within, cursor=request.query.get("suite", ""))
    except ValueError:
        raise web.HTTPNotFound from None
    return desk_page(
        request,
        person,
        "campaigns.html",
        views=found.items,
        next=found.next,
        titles={one.slug: one.document.title for one in await ledger.read(processes.listing, public=False)},
        kinds=announcing.KINDS,
        states=announcing.STATES,
        live=await ledger.read(campaigns.are_live),
        may_stop=within is None,
        reachable=await ledger.read(campaigns.reachable),
        purse=await ledger.read(campaigns.purse, now),
        money=lambda euros: money_words(request, euros),
        said=_said(request, request.query.get("dit", "")),
    )


async def new(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/campagnes/nouvelle?modele= or ?copie=: a form that is filled in already."""
    offered = await announce.choices(request, person, request.app[CLOCK].now())
    if copied := request.query.get("copie", ""):
        view = await _view(request, copied)
        if not person.may("campaigns.write", view.process):
            raise Problem(403)
        draft = msgspec.structs.replace(view.draft, at=None)
    else:
        kind = request.query.get("modele", "workshop")
        if kind not in announce.KINDS:
            raise web.HTTPNotFound
        draft = announce.blank(kind, request.app[HOUSE], offered)
    return _form(request, person, draft, f"{LIST}/nouvelle", offered)


def _form(
    request: web.Request, person: Person, draft: Draft, action: str, offered: dict[str, object], *, refused: Refused | None = None
) -> web.Response:
    return desk_page(
        request,
        person,
        "announce.html",
        status=_status(refused, 422) if refused else 200,
        draft=announce.shown(draft, request.app[HOUSE], language_of(request)),
        blanks=announcing.BLANKS,
        action=action,
        refused=_words(request, announcing.refusal(refused)) if refused else "",
        faults=refused.faults if refused else (),
        told=announcing.said,
        kinds=announcing.KINDS,
        networks=announcing.NETWORKS,
        ages=announcing.AGES,
        **offered,
    )


async def create(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/campagnes/nouvelle."""
    return await _write(request, person, f"{LIST}/nouvelle", campaigns.create)


async def edit(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/campagnes/{campaign}/modifier."""
    view, now = await _view(request), request.app[CLOCK].now()
    draft = msgspec.structs.replace(view.draft, at=None) if campaigns.is_far(view.draft, now) else view.draft
    return _form(request, person, draft, f"{LIST}/{view.id}/modifier", await announce.choices(request, person, now))


async def change(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/campagnes/{campaign}/modifier: what was tried and approved is not any more."""
    subject = request.match_info["campaign"]
    return await _write(request, person, f"{LIST}/{subject}/modifier", campaigns.change, subject)


async def _write(request: web.Request, person: Person, action: str, verb: Callable[..., View], *of: str) -> web.StreamResponse:
    form, now = await form_of(request, person), request.app[CLOCK].now()
    try:
        draft = announce.read(form, request.app[HOUSE], language_of(request))
    except (ValueError, msgspec.ValidationError):
        raise Problem(422, _("This form can't be read: load the page again.")) from None
    if not person.may("campaigns.write", draft.process):
        raise Problem(403)
    try:
        view = await request.app[LEDGER].write(verb, now, *of, draft, person.actor, within=person.within("campaigns.write"))
    except Refused as why:
        return _form(request, person, draft, action, await announce.choices(request, person, now), refused=why)
    raise web.HTTPSeeOther(f"{LIST}/{view.id}")


def _status(why: Refused, usual: int) -> int:
    return 403 if why.code == "beyond" else usual


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/campagnes/{campaign}: the preview before it leaves, the results afterwards."""
    return await _show(request, person)


def _places(request: web.Request, found: Results | None) -> list[tuple[str, str, str]]:
    """Where those who were told first wrote from: name, told, came; small figures hidden."""
    if found is None or not any(one.name for one in found.places):
        return []
    told, came = (column([getattr(one, name) for one in found.places]).cells for name in ("people", "came"))
    return [(one.name, _words(request, cell_words(told[at])), _words(request, cell_words(came[at]))) for at, one in enumerate(found.places)]


async def _show(request: web.Request, person: Person, *, refused: Refused | None = None, code: str = "") -> web.Response:
    ledger, now, view = request.app[LEDGER], request.app[CLOCK].now(), await _view(request)
    began, reach = view.started_at is not None, person.within("campaigns.write")
    found = await ledger.read(campaigns.lately, view.id, now) if began else None
    return desk_page(
        request,
        person,
        "campaign.html",
        status=_status(refused, 409) if refused else 200,
        view=view,
        preview=await request.app[PREVIEWS].look(request, view) if not began else None,
        beyond="" if campaigns.lies_within(view.draft.audience, reach) else _words(request, announcing.REFUSED["beyond"]),
        results=found,
        places=_places(request, found),
        moment=lambda at: datetime.fromisoformat(at).astimezone(request.app[HOUSE].timezone),
        columns=COLUMNS,
        kinds=announcing.KINDS,
        states=announcing.STATES,
        paused=announcing.PAUSED,
        left_out=announcing.left_out,
        networks=announcing.NETWORKS,
        advise=announcing.advise,
        money=lambda euros: money_words(request, euros),
        told=announcing.said,
        mine=view.author == person.actor,
        approves=person.may("campaigns.approve", view.process),
        phone=await ledger.read(campaigns.phone, person.actor),
        code=code,
        number=request.app[HOUSE].city.sms_number,
        bot=request.app[HOUSE].city.telegram,
        small=campaigns.SMALL,
        may_stop=reach is None,
        refused=_words(request, announcing.refusal(refused)) if refused else "",
        faults=refused.faults if refused else (),
        said=_said(request, request.query.get("dit", "")),
    )


async def phone(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/campagnes/{campaign}/telephone: a code to send from one's own phone."""
    await form_of(request, person)
    code = await request.app[LEDGER].write(campaigns.new_code, request.app[CLOCK].now(), person.actor)
    return await _show(request, person, code=code)


async def test(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/campagnes/{campaign}/essai: to the phone of whoever presses, and to nobody else."""
    await form_of(request, person)
    ledger = request.app[LEDGER]
    try:
        if await ledger.read(campaigns.phone, person.actor) is None:
            raise Refused("no_phone")  # noqa: TRY301 - answered like what the office refuses
        view = await _view(request)
        campaigns.keep_within(view.draft, person.within("campaigns.write"))
        if (seen := await ledger.read(campaigns.look, view.draft, request.app[CLOCK].now())) and not seen.frames:
            raise Refused("faults", seen.faults)  # noqa: TRY301 - the same
        await ledger.write(inbox.try_out, request.app[CLOCK].now(), view.id, person.actor)
    except Refused as why:
        return await _show(request, person, refused=why)
    raise web.HTTPSeeOther(f"{LIST}/{view.id}?dit=essai")


def moves(
    verb: Callable[..., View], said: str, right: str = "", **fixed: bool
) -> Callable[[web.Request, Person], Awaitable[web.StreamResponse]]:
    """The handler of one button: submit, approve, pause, resume, cancel; with `right`, its audience must lie where the person has it."""

    async def handler(request: web.Request, person: Person) -> web.StreamResponse:
        await form_of(request, person)
        subject = request.match_info["campaign"]
        more = {"within": person.within(right)} if right else {}
        try:
            await request.app[LEDGER].write(verb, request.app[CLOCK].now(), subject, person.actor, **fixed, **more)
        except Refused as why:
            if why.code == "unknown":
                raise web.HTTPNotFound from None
            return await _show(request, person, refused=why)
        raise web.HTTPSeeOther(f"{LIST}/{subject}?dit={said}")

    handler.__doc__ = f"POST: {verb.__name__}."
    return handler


async def stop(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/campagnes/tout-arreter: the red button."""
    await form_of(request, person)
    await request.app[LEDGER].write(campaigns.stop_everything, request.app[CLOCK].now(), person.actor)
    raise web.HTTPSeeOther(f"{LIST}?dit=arret")


async def figures(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/campagnes/{campaign}/resultats.csv: every number of the page; a spreadsheet opens it as it is."""
    view = await _view(request)
    found = await request.app[LEDGER].read(campaigns.results, view.id, request.app[CLOCK].now())
    table: list[Sequence[object]] = [
        ("network", "language", *COLUMNS),
        *((row.network or "*", row.language or "*", *(getattr(row, name) for name in COLUMNS)) for row in (*found.rows, found.total)),
        (),
        *(("skipped", why, count) for why, count in found.skipped.items()),
        *(("hour", hour, count) for hour, count in found.hours.items()),
        *(("place", *row) for row in _places(request, found)),
        ("staff minutes", "", found.staff_minutes),
        ("euros", "", found.euros),
    ]
    headers = {"Content-Disposition": 'attachment; filename="campagne.csv"', "Cache-Control": "no-store"}
    return web.Response(body=for_people(table), content_type="text/csv", charset="utf-8", headers=headers)


async def _view(request: web.Request, subject: str = "") -> View:
    try:
        return await request.app[LEDGER].read(campaigns.get, subject or request.match_info["campaign"])
    except Refused:
        raise web.HTTPNotFound from None


def _said(request: web.Request, name: str) -> str:
    return _words(request, SAID[name]) if name in SAID else ""


def _words(request: web.Request, text: Text) -> str:
    return render(text, request.app[HOUSE].catalogues[language_of(request)])
