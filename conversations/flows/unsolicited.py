"""Words that nobody asked for: kept, and offered as a contribution or a question to the city."""

from conversations.effects import AskPerson, Discard, WakeAfter
from conversations.facts import Process
from conversations.flows.draft import DAY, drop, gather, held, keep, quoted
from conversations.messages import Choice, Words
from conversations.phrases import city, named
from conversations.steps import Asked
from conversations.talk import Flow, Talk
from conversations.text import Text, _, verbatim

MOST = 3

flow = Flow("unsolicited")


@flow.step("kept")
def kept(talk: Talk, said: Words) -> None:
    """More of the same text."""
    draft = held(talk)
    if draft is None:
        talk.rest()
    elif draft.leaving:
        talk.enter("another:writes", said)
    else:
        gather(talk, draft, said)


@flow.door("offer")
def offer(talk: Talk, *, urgency: str = "reply") -> None:
    """x9: what is it? The text is kept meanwhile."""
    draft = held(talk)
    if draft is None or not draft.texts:
        talk.rest()
        return
    draft.process = ""
    draft.since = None
    keep(talk, draft)
    open_now = talk.writable()[:MOST]
    talk.ask(
        "unsolicited:kept",
        talk.either(
            _("{city}: it has arrived. Is it {choices}? Your text is kept, do not send it again.", city=city(talk)),
            _(
                "It has arrived: “{quote}”\nWhat is it? Your text is kept, do not send it again.",
                quote=quoted(talk, draft) or verbatim("…"),
            ),
        ),
        _choices(talk, open_now),
        about=",".join(process.slug for process in open_now),
        until=draft.dies(talk.facts.now),
        urgency=urgency,
    )
    talk.go("unsolicited", "kept")
    if not talk.facts.stopped and urgency == "reply" and not draft.leaving:
        talk.do(WakeAfter("nudge", DAY, decent=True))


def _choices(talk: Talk, open_now: list[Process]) -> tuple[Choice, ...]:
    question = Choice("question", _("a question to the City"), row=len(open_now))
    if not open_now:
        return (question, Choice("erase", _("nothing, erase it"), row=1))
    if len(open_now) == 1:
        return (Choice("view", _view(talk, 0, open_now[0])), question)
    return (*(Choice(f"p{place}", _view(talk, place, process), row=place) for place, process in enumerate(open_now)), question)


def _view(talk: Talk, place: int, process: Process) -> Text:
    return (
        _("a view on {process}", process=named(talk, process))
        if place == 0 or not talk.sms
        else _("on {process}", process=named(talk, process))
    )


@flow.door("nudge")
def nudge(talk: Talk) -> None:
    """Asked once more, next day."""
    offer(talk, urgency="notice")


@flow.question(
    "kept",
    lambda talk, asked: _("for the text that is kept"),  # noqa: ARG005 - every question has the same shape
    view="avis|un avis|c est un avis|view|a view|mon avis",
    question="question|une question|c est une question|une question a la ville|a question|a question to the city",
    erase="rien|rien l effacer|nothing erase it|effacer|erase|nothing",
)
def what_it_is(talk: Talk, asked: Asked, key: str) -> None:
    """A contribution to a process, or a question for a person of the team."""
    talk.close("unsolicited:kept", answered=True)
    draft = held(talk)
    if draft is None:
        talk.rest()
        return
    slugs = asked.about.split(",")
    if key == "question":
        talk.do(AskPerson("question", draft.text, slugs[0] if len(slugs) == 1 else ""))
    elif key == "erase":
        drop(talk)
        talk.rest()
        talk.do(Discard(draft.sources))
        talk.say(_("Erased: nothing of this text is kept."))
        talk.enter("contribute:take_up", draft)
    else:
        draft.process = slugs[0] if key == "view" else slugs[int(key[1:])]
        keep(talk, draft)
        talk.enter("contribute:again")
