"""The dates of the workshops; no seat is held yet."""

from conversations.facts import Workshop
from conversations.messages import Choice
from conversations.phrases import city, moment, said_in
from conversations.talk import Flow, Talk
from conversations.text import Text, _, verbatim

MOST = 3

flow = Flow("workshops")


def coming(talk: Talk) -> list[Workshop]:
    """What is still to come, the next first."""
    every = (workshop for process in talk.facts.processes for workshop in process.workshops if workshop.starts_at > talk.facts.now)
    return sorted(every, key=lambda workshop: workshop.starts_at)


@flow.keyword("ATELIER")
def dates(talk: Talk, _argument: str) -> None:
    """When and where, three at most by SMS."""
    found = coming(talk)[: MOST if talk.sms else 10]
    if not found:
        talk.say(
            talk.either(
                _("{city}: no workshop has a date now. To be called: CALL", city=city(talk)),
                _("No workshop has a date now."),
            ),
            () if talk.sms else (Choice("APPEL", _("a person calls me back")),),
        )
        return
    lines = {f"w{place}": _line(talk, workshop) for place, workshop in enumerate(found)}
    listed = Text((" " if talk.sms else "\n").join(f"{{{name}}}" for name in lines), lines)
    talk.say(
        talk.either(
            _("{city}, workshops: {dates} Open to all, with no sign-up.", city=city(talk), dates=listed),
            _("The workshops:\n{dates}\nOpen to all, with no sign-up.", dates=listed),
        )
    )


def _line(talk: Talk, workshop: Workshop) -> Text:
    name = (workshop.sms_name if talk.sms else "") or said_in(talk, workshop.title)
    place = (workshop.place_sms if talk.sms else "") or workshop.place
    return _("{workshop}, {moment}, {place}.", workshop=verbatim(name), moment=moment(talk, workshop.starts_at), place=verbatim(place))


@flow.keyword("ANNULER", "PLACES")
def seats(talk: Talk, _argument: str) -> None:
    """Nothing to cancel, nothing to extend; but a call that was about to be asked for is cancelled."""
    if talk.flow == "human":
        talk.enter("human:no_call")
        return
    talk.say(
        talk.either(
            _("You hold no seat, there is nothing to change. The dates: WORKSHOP"),
            _("You hold no seat, there is nothing to change. The dates: /ateliers"),
        )
    )


@flow.keyword("BESOIN")
def needs(talk: Talk, _argument: str) -> None:
    """An interpreter, a ramp, child care: services, never disabilities (GDPR-22)."""
    talk.say(
        talk.either(
            _("An interpreter, a ramp, child care at a workshop: tell a person, send CALL."),
            _("An interpreter, a ramp, child care at a workshop: tell a person, send /call."),
        )
    )
