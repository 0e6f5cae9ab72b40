"""STOP and what it stops, the way back, and discretion on a shared screen."""

from conversations.effects import ComeBack, LetSleep, Stop
from conversations.facts import Seat
from conversations.messages import Choice, Say
from conversations.outcomes import Stopped
from conversations.phrases import city, day
from conversations.talk import Flow, Talk
from conversations.text import _

flow = Flow("preferences")


@flow.keyword("STOP")
def stop(talk: Talk, _argument: str) -> None:
    """Nothing unasked any more; a draft is kept its seven days, without a nudge (journeys 7)."""
    talk.do(Stop(), LetSleep("nudge"))
    if talk.step == "gathering":
        talk.do(LetSleep("gathered"))
        talk.go("contribute", "confirm")


@flow.outcome(Stopped)
def stopped(talk: Talk, _outcome: Stopped) -> None:
    """x7: one confirmation, then silence until the person writes something else."""
    if talk.memory.get("stopped"):
        return
    talk.memory["stopped"] = True
    if talk.facts.seats:
        _stopped_with_a_seat(talk, talk.facts.seats[0])
        return
    talk.say(
        talk.either(
            _("{city}: done, no more SMS. Your views stay (erase: ERASE). Come back: RESUME", city=city(talk)),
            _("{city}: done, no more messages. Your views stay; to erase them: /forget. To come back: /resume", city=city(talk)),
        )
    )


def _stopped_with_a_seat(talk: Talk, seat: Seat) -> None:
    """x7: the place stays, and a cancellation is still told."""
    when = day(talk, seat.workshop.starts_at.date())
    talk.say(
        talk.either(
            _(
                "{city}: done, no more SMS, unless the workshop of {day} is cancelled. Your place stays, your views too (erase: ERASE). "
                "Come back: RESUME",
                city=city(talk),
                day=when,
            ),
            _(
                "{city}: done, no more messages, unless the workshop of {day} is cancelled. Your place stays, your views too "
                "(to erase: /forget). To come back: /resume",
                city=city(talk),
                day=when,
            ),
        )
    )


@flow.keyword("REPRENDRE")
def come_back(talk: Talk, _argument: str) -> None:
    """The end of a STOP, by the person's own word; somebody who never stopped is welcomed."""
    if not talk.facts.stopped:
        talk.enter("welcome:arrive")
        return
    text = talk.either(
        _("Noted: an SMS when there is a workshop (4 a month at most). End: STOP"),
        _("Noted: a message when there is a workshop (4 a month at most). To end: /stop"),
    )
    talk.do(ComeBack(talk.shown(Say(text))))
    talk.say(text)


@flow.keyword("DISCRET")
def discreet(talk: Talk, _argument: str) -> None:
    """Others read this screen: from now on only numbers, no quotes; the word once more ends it."""
    if talk.memory.pop("discreet", False):
        talk.say(_("Noted: our messages quote your first words again."))
        return
    talk.memory["discreet"] = True
    talk.say(
        _("Noted: our messages give only the number of your view, never its words."), () if talk.sms else (Choice("SUIVI", _("my views")),)
    )
