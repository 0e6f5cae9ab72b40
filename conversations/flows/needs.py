"""BESOIN: what somebody needs to take part, as services and never as disabilities, by a consent of its own (GDPR-22)."""

from typing import Final

from conversations import keywords
from conversations.effects import AskServices, Discard, LetSleep, WakeAfter
from conversations.facts import Seat
from conversations.keywords.services import services
from conversations.messages import Choice, Words
from conversations.phrases import moment
from conversations.steps import Asked
from conversations.talk import HEARS, Flow, Talk
from conversations.text import Text, _

WAITS: Final = 900
"""Seconds in which the next words are heard as a need."""
_SHORT: Final = 80  # letters: a longer text that names no service is not about needs
NAMES: Final[dict[str, Text]] = {
    "interpreter": _("interpreter"),
    "sign_language": _("sign language"),
    "ramp": _("step-free way in"),
    "childcare": _("child care"),
    "hearing_loop": _("hearing loop"),
    "large_print": _("large print"),
    "companion": _("somebody to come along"),
    "transport": _("a ride"),
}
"""What each service is called."""

flow = Flow("needs")


def _seat(talk: Talk) -> Seat | None:
    mine = [seat for seat in talk.facts.seats if seat.mode == "room"]
    return next((seat for seat in mine if seat.workshop.key == talk.memory.get("seat")), mine[0] if mine else None)


@flow.keyword("BESOIN")
def needs(talk: Talk, _argument: str) -> None:
    """Which service: in the person's own words, of which only the services are kept."""
    seat = _seat(talk)
    if seat is None:
        talk.say(
            talk.either(
                _("An interpreter, a ramp, child care at a workshop: tell a person, send CALL."),
                _("An interpreter, a ramp, child care at a workshop: tell a person, send /call."),
            )
        )
        return
    talk.go("needs", "words")
    talk.do(WakeAfter("needs", WAITS))
    when = moment(talk, seat.workshop.starts_at)
    talk.say(
        talk.either(
            _(
                "What do you need on {moment}? Write it: interpreter, sign language, ramp, child care, hearing loop, large print, "
                "somebody to come along, a ride. Nothing: NO",
                moment=when,
            ),
            _(
                "What do you need on {moment}? Write it: interpreter, sign language, ramp, child care, hearing loop, large print, "
                "somebody to come along, a ride. Nothing: “no”.",
                moment=when,
            ),
        )
    )


@flow.step("words")
def words(talk: Talk, said: Words) -> None:
    """The services that the words name; the words themselves are not kept."""
    asked_for = services(said.text)
    if keywords.no(said.text):
        _rest(talk)
        talk.say(_("Noted, nothing needed."))
    elif asked_for:
        _rest(talk)
        talk.do(Discard((said.message,) if said.message else ()))
        _ask(talk, asked_for)
    elif len(said.text) > _SHORT:
        _rest(talk)
        HEARS["words"](talk, said)
    else:
        talk.say(
            talk.either(
                _("I did not understand which service. Tell a person: CALL. Nothing: NO"),
                _("I did not understand which service. Tell a person: /call. Nothing: “no”."),
            )
        )


def _rest(talk: Talk) -> None:
    talk.rest()
    talk.do(LetSleep("needs"))


def _ask(talk: Talk, asked_for: tuple[str, ...]) -> None:
    named = Text(", ".join(f"{{{code}}}" for code in asked_for), {code: NAMES[code] for code in asked_for})
    talk.ask(
        "needs:agree",
        talk.either(
            _(
                "You need: {services}. May the team of the workshop read it, to prepare it? "
                "Nobody else sees it, it is erased 7 days afterwards. {choices}",
                services=named,
            ),
            _(
                "You need: {services}. May the team of the workshop read it, to prepare it? "
                "Nobody else sees it, it is erased 7 days afterwards.",
                services=named,
            ),
        ),
        (Choice("yes", _("yes"), "1", 0), Choice("no", _("no, keep nothing"), "2", 0)),
        about=",".join(asked_for),
        consent=True,
    )


@flow.question("agree", lambda talk, asked: _("for your need"))  # noqa: ARG005 - every question has the same shape
def agree(talk: Talk, asked: Asked, key: str) -> None:
    """Its own yes, kept word for word."""
    talk.close("needs:agree", answered=True)
    seat = _seat(talk)
    if key == "no" or seat is None:
        talk.say(_("Noted: nothing is kept."))
        return
    talk.do(AskServices(seat.workshop.key, tuple(asked.about.split(",")), asked.words))
    talk.say(
        talk.either(
            _("Noted, the team prepares it. If it can't, it calls you. Change it: NEED"),
            _("Noted, the team prepares it. If it can't, it writes to you. To change it: /need"),
        )
    )


@flow.silence("needs")
def silent(talk: Talk) -> None:
    """What is written later is something else."""
    if (talk.flow, talk.step) == ("needs", "words"):
        talk.rest()
