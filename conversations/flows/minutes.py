"""The minutes of a workshop: sent to who came, with 72 hours to put them right; told to who could not come and asks."""

from typing import Final

from msgspec.structs import replace

from conversations import keywords
from conversations.effects import AskPerson, LetSleep, WakeAfter
from conversations.facts import Minutes
from conversations.messages import Choice, Words
from conversations.notices import MinutesReady
from conversations.phrases import city, day, moment, workshop_named
from conversations.steps import Asked
from conversations.talk import Flow, Talk
from conversations.text import Text, Value, _, verbatim

WAITS: Final = 900
"""Seconds in which the next words are heard as what is wrong in the minutes."""

flow = Flow("minutes")


def newest(talk: Talk) -> Minutes | None:
    """The minutes of the last workshop that this person signed up for, if there are any."""
    return max(talk.facts.minutes, key=lambda one: one.workshop.starts_at, default=None)


@flow.notice(MinutesReady)
def ready(talk: Talk, told: MinutesReady, late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """To who came: what was said there, and whether it is right."""
    minutes = Minutes(told.workshop, told.short, told.text, told.until, came=True)
    if not late:
        _ask(talk, minutes)
        return
    talk.memory["minutes"] = minutes.workshop.key
    talk.say(
        talk.either(
            _("{city}: {workshop} of {day}, in short: {short}. Something wrong? WORKSHOP, before {until}", **_values(talk, minutes)),
            _("{city}: {workshop} of {day}.\n{text}\nSomething wrong? /ateliers, before {until}", **_values(talk, minutes)),
        )
    )


@flow.door("tell")
def tell(talk: Talk, again: bool = False) -> None:  # noqa: FBT001, FBT002 - a door takes what it is given by place
    """ATELIER: the last minutes, once; with their question to who came and was not asked it. `again`: nothing else is to be told."""
    minutes = newest(talk)
    if minutes is None:
        return
    asked = any(asked.kind == "minutes:right" and asked.about == minutes.workshop.key for asked in talk.asked)
    if minutes.came and talk.facts.now < minutes.until and not asked:
        _ask(talk, minutes)
    elif again or talk.memory.get("minutes") != minutes.workshop.key:
        talk.memory["minutes"] = minutes.workshop.key
        talk.say(
            talk.either(
                _("{city}: {workshop} of {day}, in short: {short}.", **_values(talk, minutes)),
                _("{city}: {workshop} of {day}.\n{text}", **_values(talk, minutes)),
            )
        )


def _values(talk: Talk, minutes: Minutes) -> dict[str, Value]:
    return {
        "city": city(talk),
        "workshop": workshop_named(talk, minutes.workshop),
        "day": day(talk, minutes.workshop.starts_at.date()),
        "short": verbatim(minutes.short.rstrip(".")),
        "text": verbatim(minutes.text),
        "until": moment(talk, minutes.until),
    }


def _ask(talk: Talk, minutes: Minutes) -> None:
    talk.memory["minutes"] = minutes.workshop.key
    talk.ask(
        "minutes:right",
        talk.either(
            _("{city}: {workshop} of {day}, in short: {short}. Is it right? {choices} (before {until})", **_values(talk, minutes)),
            _("{city}: {workshop} of {day}.\n{text}\nIs it right? You can say so until {until}.", **_values(talk, minutes)),
        ),
        (Choice("yes", _("yes"), "1", 0), Choice("no", _("no, something is wrong"), "2", 0)),
        about=minutes.workshop.key,
        until=minutes.until,
    )


def _called(talk: Talk, asked: Asked) -> Text:
    workshop = next((one.workshop for one in talk.facts.minutes if one.workshop.key == asked.about), None)
    return _("for the minutes of {day}", day=day(talk, workshop.starts_at.date())) if workshop else _("for the minutes")


@flow.question("right", _called, no="une erreur|il y a une erreur|erreur|something is wrong|a mistake")
def right(talk: Talk, asked: Asked, key: str) -> None:
    """Yes is noted; no: what is wrong, in the person's own words."""
    talk.close("minutes:right", asked.about, answered=True)
    if key == "yes":
        talk.say(_("Thank you, noted."))
        return
    _listen(talk, asked.about)
    talk.say(
        talk.either(
            _("What is wrong, or missing? Write it here, the team reads it before it is public. Nothing: NO"),
            _("What is wrong, or missing? Write it here, the team reads it before it is public. Nothing: “no”."),
        )
    )


def _listen(talk: Talk, workshop: str) -> None:
    talk.go("minutes", "words")
    talk.memory["wrong"] = workshop
    talk.do(WakeAfter("minutes", WAITS))


@flow.late("right")
def late(talk: Talk, asked: Asked, key: str) -> None:
    """After the 72 hours they are public as they are; what is wrong still reaches a person, who answers."""
    talk.asked = [replace(one, closed=one.until, answered=True) if one.id == asked.id else one for one in talk.asked]
    if key == "yes":
        talk.say(_("Thank you, noted."))
        return
    _listen(talk, asked.about)
    nothing = talk.either(_("Nothing: NO"), _("Nothing: “no”."))
    talk.say(
        _(
            "The minutes are public since {day}. Something wrong? Write it here, a person reads it and answers. {nothing}",
            day=day(talk, asked.until.date()),
            nothing=nothing,
        )
    )


@flow.step("words")
def words(talk: Talk, said: Words) -> None:
    """A task for the team, which has the last word."""
    about = str(talk.memory.pop("wrong", ""))
    talk.rest()
    talk.do(LetSleep("minutes"))
    if keywords.no(said.text):
        talk.say(_("Noted: nothing is changed."))
    else:
        talk.do(AskPerson("correction", said.text, about.partition("/")[0], about))


@flow.silence("minutes")
def silent(talk: Talk) -> None:
    """What is written later is something else."""
    if (talk.flow, talk.step) == ("minutes", "words"):
        talk.memory.pop("wrong", None)
        talk.rest()
