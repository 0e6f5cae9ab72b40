"""A phone that goes to somebody else: each text keeps its own author, and nobody says yes to the words of another."""

from conversations.effects import Discard, LetSleep
from conversations.flows.draft import drop, held, keep
from conversations.flows.posters import blank, current, entry_of
from conversations.messages import Words
from conversations.talk import HEARS, Flow, Talk
from conversations.text import _

flow = Flow("another")


@flow.keyword("AUTRE")
def other(talk: Talk, _argument: str) -> None:
    """Another person takes the phone: what waits is asked first, then everything is said anew."""
    draft = held(talk)
    if draft and draft.texts:
        draft.leaving = True
        keep(talk, draft)
        talk.do(LetSleep("nudge"))  # tomorrow it may be in another hand
        talk.enter("contribute:again")
        return
    process = current(talk)
    _anew(talk)
    talk.enter("welcome:arrive", process)


def _anew(talk: Talk) -> None:
    """Nothing that was said to the person before counts for this one."""
    talk.notice = ""
    talk.memory.pop("opt_in", None)
    talk.memory.pop("sent", None)
    for asked in talk.open():  # whose answer they wait for has left
        talk.close(asked.kind, asked.about)


@flow.door("writes")
def writes(talk: Talk, said: Words) -> None:
    """They write before the person who left has answered."""
    draft, process = held(talk), current(talk)
    begins(talk)
    if process and process.question and not entry_of(talk, said.text, whole=False):
        keep(talk, blank(process, draft.entry if draft else ""))
        talk.enter("contribute:hear", said)
    else:
        HEARS["words"](talk, said)


@flow.door("begins")
def begins(talk: Talk) -> None:
    """The text of the person who left goes unsent, when another begins instead of an answer to it."""
    draft = held(talk)
    if draft is None or not draft.leaving:
        return
    for kind in ("contribute:publish", "unsolicited:kept"):
        talk.close(kind, answered=True)  # a digit that follows is another person's
    drop(talk)
    talk.do(Discard(draft.every_source))
    talk.rest()
    talk.say(_("The text before this one was not sent, it is erased."), card=draft.card, how="card")
    _anew(talk)
