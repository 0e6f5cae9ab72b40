"""The board of copies on other platforms: what waits, what stands there otherwise than we sent it, what a person must mend."""

from collections import defaultdict
from difflib import SequenceMatcher

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.platform_words import ours
from bot.web.errors import Problem
from bot.web.keys import CLOCK, LEDGER
from conversations.text import Text, _
from outreach import relays
from outreach.references import read_id
from outreach.staff import Person

_LINES = 30
BOARD = "/desk/versements"
STATES: dict[str, Text] = {
    "pending": _("waits"),
    "sending": _("on its way"),
    "to_reconcile": _("looked for first"),
    "with_a_human": _("with a person"),
    "confirmed": _("stands there"),
}
FILTERS: dict[str, Text] = {
    "with_a_human": _("With a person"),
    "late": _("Late withdrawals"),
    "altered": _("Altered there"),
    "to_reconcile": _("In doubt"),
    "pending": _("Waiting"),
    "confirmed": _("Confirmed"),
}
KINDS: dict[str, Text] = {
    "kinto": _("Kinto"),
    "webhooks": _("signed events"),
    "decidim": _("Decidim"),
    "openstad": _("OpenStad"),
    "adhocracy": _("adhocracy+"),
    "file-decidim": _("files for Decidim"),
    "file-cap": _("files for Cap Collectif"),
}
OUTCOMES: dict[str, Text] = {
    "there": _("read back there"),
    "gone": _("taken down there"),
    "retry": _("not written, tried again later"),
    "unclear": _("no clear answer"),
    "waits": _("taken, its confirmation is awaited"),
    "refused": _("refused"),
}


async def board(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/versements?etat=&plateforme=: the figures of every platform, then what a person may want to look at."""
    return await show(request, person)


async def show(request: web.Request, person: Person, *, status: int = 200, fault: Text | None = None, about: str = "") -> web.Response:
    """The board; `fault` beside the copy `about` when a form was not complete."""
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    state, where = request.query.get("etat", ""), request.query.get("plateforme", "")
    if state and state not in FILTERS:
        raise Problem(404)
    try:
        found = await ledger.read(
            relays.listing, now, state=state or "with_a_human", where=where, cursor=request.query.get("suite", ""), limit=_LINES
        )
    except ValueError:
        raise Problem(404) from None
    numbers: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for count in await ledger.read(relays.tally):
        name = "altered" if count.fidelity == "altered" else count.state
        numbers[count.target][name] = numbers[count.target].get(name, 0) + count.number
    return desk_page(
        request,
        person,
        "relays.html",
        status=status,
        targets=await ledger.read(relays.known),
        numbers=numbers,
        late=await ledger.read(relays.late, now),
        lines=[(line, difference(line.sent, line.seen)) for line in found.items],
        next=found.next,
        chosen=state or "with_a_human",
        where=where,
        states=STATES,
        filters=FILTERS,
        kinds=KINDS,
        ours=ours,
        by_hand=relays.BY_HAND,
        mends=person.may("relays.mend"),
        manages=person.may("targets.manage"),
        fault=fault,
        about=about,
    )


def difference(sent: str, seen: str) -> list[tuple[str, str]]:
    """What became of the words: ("same", …), ("gone", …), ("new", …), in their order; nothing when nothing differs."""
    if sent == seen:
        return []
    ours, theirs = sent.split(" "), seen.split(" ")
    parts: list[tuple[str, str]] = []
    for kind, left, right, low, high in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", " ".join(ours[left:right])))
        else:
            parts += [(name, words) for name, words in (("gone", " ".join(ours[left:right])), ("new", " ".join(theirs[low:high]))) if words]
    return parts


async def one(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/versements/{id}: one copy and its last tries."""
    ledger, number = request.app[LEDGER], read_id(request.match_info["id"])
    try:
        line = await ledger.read(relays.one, number, request.app[CLOCK].now())
    except relays.NoRelay:
        raise Problem(404) from None
    tries = await ledger.read(relays.tries, number)
    return desk_page(
        request, person, "relay.html", line=line, parts=difference(line.sent, line.seen), tries=tries, states=STATES, kinds=KINDS,
        ours=ours, outcomes=OUTCOMES, mends=person.may("relays.mend"),
    )  # fmt: skip


async def retry(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/versements/{id}/reprendre: send it again."""
    await form_of(request, person)
    return await _mend(request, person, "retry")


async def mark(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/versements/{id}/marquer: `note` says how the person knows that it is as it should be."""
    return await _mend(request, person, "mark")


async def explain(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/versements/{id}/expliquer: `note` beside it; nothing moves."""
    return await _mend(request, person, "explain")


async def _mend(request: web.Request, person: Person, how: str) -> web.StreamResponse:
    ledger, now, number = request.app[LEDGER], request.app[CLOCK].now(), read_id(request.match_info["id"])
    note = (await form_of(request, person))["note"]
    if how == "mark" and not note:
        return await show(request, person, status=422, fault=_("Write how you know."), about=request.match_info["id"])
    try:
        if how == "retry":
            await ledger.write(relays.retry, number, now, person.actor)
        else:
            await ledger.write(relays.mark if how == "mark" else relays.explain, number, note, now, person.actor)
    except relays.NoRelay:
        raise Problem(409) from None
    raise web.HTTPSeeOther(BOARD)


async def change(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/versements/plateformes/{name}: `state` active or paused."""
    form = await form_of(request, person)
    state = "paused" if form["state"] == "paused" else "active"
    try:
        await request.app[LEDGER].write(relays.change, request.app[CLOCK].now(), request.match_info["name"], state, person.actor)
    except relays.TargetTrouble:
        raise Problem(404) from None
    raise web.HTTPSeeOther(BOARD)
