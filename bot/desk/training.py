"""Six guided exercises on invented people, where the simulator is on: prepared by the real code, checked by the account's own records."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from aiohttp import web

from bot.channels.simulator import Simulator
from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CHANNELS, CLOCK, LEDGER
from bot.web.leap import leap
from conversations.messages import Inbound, Words
from conversations.text import Text, _
from outreach import training
from outreach.invented import Voice
from outreach.staff import Person

HERE = "/desk/formation"
_SILENCE = timedelta(seconds=61)


class Exercise(NamedTuple):
    """One exercise: its name, three lines of what to do, and the page where it is done."""

    title: Text
    lines: tuple[Text, Text, Text]
    place: str


EXERCISES: dict[str, Exercise] = {
    "page": Exercise(
        _("Accept ten texts on one page"),
        (
            _("Read the ten short texts on one screen."),
            _("Take out what you want to read more closely."),
            _("Accept the rest with one key, and look where you can undo it."),
        ),
        "/desk/contributions/page",
    ),
    "hide": Exercise(
        _("Hide a telephone number"),
        (
            _("Open the text that holds a number: it is marked in the list."),
            _("Confirm what is to be hidden, look at the difference."),
            _("Publish it with these words hidden."),
        ),
        "/desk/contributions",
    ),
    "refuse": Exercise(
        _("Refuse with a reason, and see the appeal"),
        (
            _("Open the insult and refuse it, with the reason that fits."),
            _("Come back here and let its author contest."),
            _("See it among the appeals: another account decides it, never yours."),
        ),
        "/desk/contributions",
    ),
    "group": Exercise(
        _("Group copies"),
        (
            _("Open one of the five texts that say the same."),
            _("Group it with the others: one public text, five authors told."),
            _("Look at the public page: it says how many sent it."),
        ),
        "/desk/contributions",
    ),
    "question": Exercise(
        _("Answer a question"),
        (
            _("Open the question among the messages, and take it."),
            _("Answer in two plain sentences, or with a model answer."),
            _("The answer leaves on the phone it came from."),
        ),
        "/desk/messages",
    ),
    "campaign": Exercise(
        _("Prepare a campaign"),
        (
            _("Choose what, whom and which words; read the preview."),
            _("Send it to your own phone: one of the simulator will do."),
            _("Ask a second person to approve it. Nothing leaves without her."),
        ),
        "/desk/campagnes/nouvelle",
    ),
}


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/formation."""
    ledger = request.app[LEDGER]
    return desk_page(
        request,
        person,
        "training.html",
        here=HERE,
        exercises=EXERCISES,
        rights=training.RIGHTS,
        progress=await ledger.read(training.progress, person.actor),
        contests=await ledger.read(training.to_contest, person.actor) if _invents(request) else "",
        invents=_invents(request),
        prepared=request.query.get("pret", ""),
    )


async def prepare(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/formation/{name}: invented people write what it needs; `suite`: the one who was refused contests."""
    form = await form_of(request, person)
    exercise = request.match_info["name"]
    if exercise not in EXERCISES or not _invents(request):
        raise web.HTTPNotFound
    if not person.may(training.RIGHTS[exercise]):
        raise Problem(403)
    ledger = request.app[LEDGER]
    if form["suite"]:
        if phone := await ledger.read(training.to_contest, person.actor):
            await _say(request, [(phone, "RECOURS")])
    else:
        await _write(request, await ledger.read(training.voices, exercise))
    raise web.HTTPSeeOther(f"{HERE}?pret={exercise}#{exercise}")


def _invents(request: web.Request) -> bool:
    """Whether people may be invented here: never beside real ones."""
    return isinstance(request.app[CHANNELS].get(training.SIMULATOR), Simulator)


async def _write(request: web.Request, people: Sequence[Voice]) -> None:
    """What they say, a silence, their answers: through the same door as anybody's message."""
    await _say(request, [(one.address, f"{one.keyword} {one.messages[0]}".strip()) for one in people])
    await leap(request.app, _SILENCE)
    await _say(request, [(one.address, one.answer) for one in people])
    await _say(request, [(one.address, one.opt_in) for one in people if one.opt_in])


async def _say(request: web.Request, lines: Iterable[tuple[str, str]]) -> None:
    simulator = request.app[CHANNELS].get(training.SIMULATOR)
    if not isinstance(simulator, Simulator):
        raise web.HTTPNotFound
    for address, text in lines:
        what = Words(text, message=secrets.token_hex(6))
        inbound = Inbound(simulator.name, simulator.account, secrets.token_hex(12), "sms", address, what, request.app[CLOCK].now())
        await request.app[LEDGER].receive(inbound)
