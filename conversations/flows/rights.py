"""A copy of everything that is held, and the right to object."""

from conversations.effects import UseRight
from conversations.messages import DATA
from conversations.notices import CounterCode, RightAnswered
from conversations.outcomes import RightUsed
from conversations.phrases import besides, city, clock, day
from conversations.talk import Flow, Talk
from conversations.text import _, verbatim

flow = Flow("rights")


@flow.keyword("FICHIER")
def file(talk: Talk, _argument: str) -> None:
    """Everything as a file on Telegram; an SMS carries dates and states, never a text that a shared phone would show (GDPR-41)."""
    if talk.sms:
        phone = besides(talk.facts.city.phone, verbatim(talk.facts.city.phone))
        talk.say(
            _(
                "By SMS: the dates and states of your views, FOLLOW; what is kept, DATA. A copy of everything: come to the town hall with "
                "this phone, a code comes to it.{phone}",
                phone=phone,
            )
        )
        return
    talk.do(UseRight("access"))


@flow.keyword("OPPOSITION")
def object_(talk: Talk, _argument: str) -> None:
    """GDPR 21: what was given rests until a person has decided, and nothing unasked is sent."""
    talk.do(UseRight("objection"))


@flow.outcome(RightUsed)
def used(talk: Talk, outcome: RightUsed) -> None:
    """The file, or the day of the answer."""
    if outcome.kind == "access":
        if outcome.again:
            talk.say(_("Your file was sent three times today. Once more tomorrow, or at the town hall."))
        else:
            talk.attach(DATA, _("Everything that we hold about you, in a format that other services read (JSON)."))
        return
    talk.say(
        talk.either(
            _(
                "Noted: you object. Your views rest, nothing is sent to you. A person decides and writes to you before {day}. "
                "Everything erased at once: ERASE",
                day=day(talk, outcome.until),
            ),
            _(
                "Noted: you object. Your views rest, nothing is sent to you.\nA person decides and writes to you before {day}. "
                "Everything erased at once: /forget",
                day=day(talk, outcome.until),
            ),
        )
    )


@flow.notice(RightAnswered)
def answered(talk: Talk, told: RightAnswered, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """The person's words who decided."""
    talk.say(_("{city}, about your objection: {text}", city=city(talk), text=verbatim(told.text)))


@flow.notice(CounterCode)
def code(talk: Talk, told: CounterCode, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Asked for at a counter: who is not there must not give it away."""
    values = {"city": city(talk), "code": verbatim(told.code), "hour": clock(told.until)}
    talk.say(
        _(
            "{city}: your code is {code}, for the agent in front of you, until {hour}. With it you get a copy of all that we keep about "
            "you. You are at no counter? Tell it to nobody.",
            **values,
        )
    )


@flow.door("granted")
def granted(talk: Talk) -> None:
    """Nothing is left that could be answered."""
    talk.say(
        _(
            "{city}: your objection is granted. All that came from you is erased and taken back. Nobody writes to you again.",
            city=city(talk),
        )
    )
