"""What may be sent unasked: STOP and the way back, a pause, one purpose or another; and discretion on a shared screen."""

from datetime import timedelta
from typing import Final

from conversations.doubts import CONSENTS
from conversations.effects import ComeBack, EndPause, GiveConsent, LetSleep, Pause, Stop, WithdrawConsent
from conversations.facts import Seat
from conversations.messages import Choice, Say
from conversations.outcomes import Paused, Stopped
from conversations.phrases import NOTHING, besides, city, day
from conversations.steps import Asked
from conversations.talk import Flow, Talk
from conversations.text import Text, Value, _

PAUSE: Final = 30
"""Days."""
LIVES: Final = timedelta(hours=1)
"""What was asked for by a word does not stand long in the way of a digit that is meant for something else."""

flow = Flow("preferences")


@flow.keyword("STOP")
def stop(talk: Talk, _argument: str) -> None:
    """Nothing unasked any more; a draft is kept its seven days, without a nudge (journeys 7)."""
    talk.do(Stop(), LetSleep("nudge"))
    for asked in talk.open():
        if asked.kind in CONSENTS and any(digit for digit, _key in asked.choices):  # a card keeps what it offers besides
            talk.close(asked.kind, asked.about)
    if talk.step == "gathering":
        talk.do(LetSleep("gathered"))
        talk.go("contribute", "confirm")


@flow.outcome(Stopped)
def stopped(talk: Talk, _outcome: Stopped) -> None:
    """x7: one confirmation, then silence until the person writes something else."""
    if talk.memory.get("stopped"):
        return
    talk.memory["stopped"] = True
    if talk.facts.places:
        _stopped_with_a_seat(talk, talk.facts.places[0])
        return
    if talk.facts.seats:
        _stopped_while_waiting(talk)
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


def _stopped_while_waiting(talk: Talk) -> None:
    """A place that becomes free goes to who may be told of it."""
    talk.say(
        talk.either(
            _(
                "{city}: done, no more SMS: if a place becomes free, it is not offered to you. Your views stay (erase: ERASE). "
                "Come back: RESUME",
                city=city(talk),
            ),
            _(
                "{city}: done, no more messages: if a place becomes free, it is not offered to you. Your views stay; to erase them: "
                "/forget. To come back: /resume",
                city=city(talk),
            ),
        )
    )


@flow.keyword("REPRENDRE")
def come_back(talk: Talk, _argument: str) -> None:
    """The end of a STOP or of a pause, by the person's own word; somebody who never stopped is welcomed."""
    if talk.facts.paused_until:
        talk.do(EndPause())
        if not talk.facts.stopped:
            talk.say(_("Noted, the pause is over."))
            return
    if not talk.facts.stopped:
        talk.enter("welcome:arrive")
        return
    text = talk.either(
        _("Noted: an SMS when there is a workshop (4 a month at most). End: STOP"),
        _("Noted: a message when there is a workshop (4 a month at most). To end: /stop"),
    )
    talk.do(ComeBack(talk.shown(Say(text))))
    talk.say(text)


@flow.door("since_stop")
def since_stop(talk: Talk) -> None:
    """Nothing is sent unasked, whatever was asked before; and the way back."""
    talk.say(
        talk.either(
            _("{city}: since your STOP nothing is sent to you unless you write. Come back: RESUME", city=city(talk)),
            _("Since your /stop nothing is sent to you unless you write. To come back: /resume"),
        )
    )


@flow.keyword("REGLAGES")
def settings(talk: Talk, _argument: str) -> None:
    """What is sent unasked, purpose by purpose, and how to change each."""
    if talk.facts.stopped:
        since_stop(talk)
        return
    for same in ("subscribe:receipt", "subscribe:workshop") if talk.sms else ():
        talk.close(same, answered=True)  # the same matter: their digits would stand in the way
    until = talk.facts.paused_until
    lead = (
        _("pause until {day}, nothing is sent to you unless you write.", day=day(talk, until))
        if until
        else _("without your asking we send you {things}.", things=_sent(talk))
    )
    talk.ask(
        "preferences:settings",
        talk.either(
            _("{city}: {lead} To change: {choices}. Nothing at all: STOP", city=city(talk), lead=lead),
            _("{city}: {lead}\nNothing at all: /stop", city=city(talk), lead=lead),
        ),
        _changes(talk),
        until=talk.facts.now + LIVES,
        consent=True,
    )


def _sent(talk: Talk) -> Text:
    """What this person gets, in a row."""
    told = _("what becomes of your views")
    things = (("workshops", _("the dates of workshops")), ("news", _("news of the projects")), ("follow_up", _("when a promise is kept")))
    for purpose, more in things:
        if purpose in talk.facts.consents:
            told = _("{things}, {more}", things=told, more=more)
    return told


def _changes(talk: Talk) -> tuple[Choice, ...]:
    """What can be changed; an opt-in says in full what it opens, since its words are the proof (GDPR-03)."""
    agreed = talk.facts.consents
    workshops = (
        Choice("workshops_off", _("no more dates of workshops"))
        if "workshops" in agreed
        else Choice(
            "workshops_on",
            talk.either(_("be told of the workshops (4 SMS a month at most)"), _("be told of the workshops (4 messages a month at most)")),
        )
    )
    news = (
        Choice("news_off", _("no more news of the projects"))
        if "news" in agreed
        else Choice("news_on", _("get news of the projects (4 a month at most in all)"))
    )
    rest = Choice("go_on", _("end the pause")) if talk.facts.paused_until else Choice("pause", _("nothing for 30 days"))
    promises = (Choice("promises_off", _("no more news of promises")),) if "follow_up" in agreed else ()
    choices = tuple(Choice(one.key, one.label, str(place), place) for place, one in enumerate((workshops, *promises, rest, news), 1))
    return (*choices, Choice("keep", _("change nothing"), "N", len(choices) + 1, hidden=True))


@flow.question(
    "settings",
    lambda talk, asked: _("for what is sent to you"),  # noqa: ARG005 - every question has the same shape
    pause="pause|une pause|faire une pause|30 jours|a pause|30 days",
    keep="non|non merci|rien|no|no thanks|nothing",
)
def changed(talk: Talk, asked: Asked, key: str) -> None:
    """One thing is changed, and said in words; the word again changes another."""
    talk.close("preferences:settings", answered=True)
    again = talk.either(_("To change again: SETTINGS"), _("To change again: /settings"))
    match key:
        case "workshops_on":
            talk.do(GiveConsent("workshops", asked.words, "settings"))
            talk.say(
                talk.either(
                    _("Noted: an SMS when there is a workshop (4 a month at most). End: STOP"),
                    _("Noted: a message when there is a workshop (4 a month at most). To end: /stop"),
                )
            )
        case "workshops_off":
            talk.do(WithdrawConsent("workshops"))
            seats = besides(talk.facts.places, _("Your place stays."))
            talk.say(
                _("Noted, no more dates of workshops.{seats} What becomes of your views is still sent. {again}", seats=seats, again=again)
            )
        case "news_on":
            talk.do(GiveConsent("news", asked.words, "settings"))
            talk.say(
                talk.either(
                    _("Noted: an SMS when a project has news (4 a month at most in all). End: STOP"),
                    _("Noted: a message when a project has news (4 a month at most in all). To end: /stop"),
                )
            )
        case "news_off":
            talk.do(WithdrawConsent("news"))
            talk.say(_("Noted, no more news of the projects. What becomes of your views is still sent. {again}", again=again))
        case "promises_off":
            talk.do(WithdrawConsent("follow_up"))
            talk.say(_("Noted, no more news of promises. What becomes of your views is still sent. {again}", again=again))
        case "keep":
            talk.say(_("Noted: nothing is changed."))
        case "pause":
            talk.do(Pause(PAUSE), LetSleep("nudge"))
        case _:
            talk.do(EndPause())
            talk.say(_("Noted, the pause is over."))


@flow.outcome(Paused)
def paused(talk: Talk, outcome: Paused) -> None:
    """Until when, what comes all the same, and the way back."""
    seat = next(iter(talk.facts.seats), None)
    unless = (
        _(", unless the workshop of {day} changes", day=day(talk, seat.workshop.starts_at.date()))
        if seat and seat.workshop.starts_at.date() <= outcome.until
        else NOTHING
    )
    values: dict[str, Value] = {"city": city(talk), "day": day(talk, outcome.until), "unless": unless}
    talk.say(
        talk.either(
            _("{city}: pause until {day}, no SMS{unless}. If you write, we answer. Come back before: RESUME", **values),
            _("{city}: pause until {day}, no messages{unless}. If you write, we answer. To come back before: /resume", **values),
        )
    )


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
