"""A voice that does what it is told, so that the inbox is tested without the flows: it proves nothing about the real ones.

Each message is a list of orders, `submit some words; stop`; see `_order`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from conversations import effects, engine
from conversations.facts import Facts
from conversations.messages import Choice, Inbound, Input, Silence, Words
from conversations.messages import Say as Sentence
from conversations.notices import Notice
from conversations.outcomes import Outcome
from conversations.steps import Asked, Later, State, Turn
from conversations.text import verbatim
from tests.conftest import Clock

PROCESS, QUESTION = "place-du-marche", "besoin"
SORRY, LEAVING = "sorry", "I leave"
ORDERS: dict[str, Callable[[str], effects.Effect]] = {
    "submit": lambda words: effects.Submit(PROCESS, QUESTION, words, 1, publish=True, consent="1 oui, j'ai 15 ans ou plus"),
    "nowhere": lambda words: effects.Submit("no-such-process", QUESTION, words, 1, publish=True, consent="oui"),
    "withdraw": effects.Withdraw,
    "forget": lambda published: effects.Forget("withdraw" if published == "all" else "keep"),
    "stop": lambda _: effects.Stop(),
    "back": effects.ComeBack,
    "agree": lambda wording: effects.GiveConsent("workshops", wording, "receipt"),
    "disagree": lambda _: effects.WithdrawConsent("workshops"),
    "language": effects.SetLanguage,
    "age": lambda words: effects.AddProfile(words.split()[0], "age", words.split()[1]),
    "revise": lambda words: effects.Revise(*words.split(" ", 1)),
    "discard": lambda words: effects.Discard(tuple(words.split())),
    "appeal": effects.Appeal,
    "person": lambda words: effects.AskPerson("question", words),
    "wake": lambda words: effects.WakeAfter(words.split()[0], int(words.split()[1])),
    "decent": lambda words: effects.WakeAfter(words.split()[0], int(words.split()[1]), decent=True),
    "sleep": effects.LetSleep,
}


class Broken(Exception):
    """What a turn raises when it is told to break."""


def turn(state: State, said: Input, facts: Facts) -> Turn:
    words = said.text if isinstance(said, Words) else _silence(said.name) if isinstance(said, Silence) else f"note {type(said).__name__}"
    memory: dict[str, Any] = {"notes": [], **state.memory}
    says: list[Sentence] = []
    asked = list(state.asked)
    wanted: list[effects.Effect] = []
    for order in words.split("; "):
        name, _, rest = order.partition(" ")
        if name in ORDERS:
            wanted.append(ORDERS[name](rest))
        elif name == "ask":
            asked.append(Asked("q1", rest, "", (("1", "yes"),), facts.now, facts.now + timedelta(days=3)))
            says.append(Sentence(verbatim(f"{rest} ?"), (Choice("yes", verbatim("oui")),), "q1", "card-1", "card"))
        elif name in {"quiet", "notice"}:
            how, urgency = ("quiet", "reply") if name == "quiet" else ("send", "notice")
            says.append(Sentence(verbatim(rest), how=how, urgency=urgency))  # type: ignore[arg-type]
        elif name == "tell":
            says.append(Sentence(verbatim(_tell(rest, facts, memory))))
        elif name == "break":
            memory["break"] = rest
            if rest not in {"later", "count"}:
                raise Broken(words)
        elif name == "circle":
            memory["circle"] = True
        else:
            memory["notes"] = [*memory["notes"], order.removeprefix("note ")]
    return Turn(
        State("scripted", "listening", memory, state.language, tuple(asked), last=facts.now, notice="v1"), tuple(says), tuple(wanted)
    )


def _silence(name: str) -> str:
    return {"broken": "break", "spoilt": "submit words; break later"}.get(name, f"note silence {name}")


def _tell(what: str, facts: Facts, memory: dict[str, Any]) -> str:
    match what:
        case "notes":
            return ",".join(memory["notes"])
        case "contributions":
            return ",".join(one.state for one in facts.contributions) or "none"
        case "facts":
            return f"new={facts.new} stopped={facts.stopped} consents={sorted(facts.consents)} now={facts.now.isoformat()}"
    return what


def resume(state: State, outcome: Outcome, facts: Facts) -> Turn:
    if state.memory.get("break") == "later":
        raise Broken(repr(outcome))
    again = (effects.Stop(),) if state.memory.get("circle") else ()
    counted = f" among {len(facts.contributions)}" if state.memory.get("break") == "count" else ""
    said = Sentence(verbatim(f"= {type(outcome).__name__}{counted}"))
    return Turn(msgspec.structs.replace(state, step="answered"), (said,), again)


def prompt(state: State, notice: Notice, facts: Facts, due: datetime | None = None) -> Turn | Later:
    if "busy" in state.memory.get("notes", ()):
        return Later(facts.now + timedelta(minutes=10))
    if "unspeakable" in state.memory.get("notes", ()):
        raise Broken(repr(notice))
    told = f"! {type(notice).__name__} due {due:%d %H:%M}"
    return Turn(msgspec.structs.replace(state, step="told"), (Sentence(verbatim(told)),))


def apology(_state: State, _facts: Facts) -> Turn:
    return Turn(State(), (Sentence(verbatim(SORRY)),))


def in_group(_facts: Facts) -> Turn:
    return Turn(State(), (Sentence(verbatim(LEAVING)),))


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    for verb in (turn, resume, prompt, apology, in_group):
        monkeypatch.setattr(engine, verb.__name__, verb)


class Postman:
    """Makes arrivals, each with a key of its own, at the clock's time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._keys: Iterator[int] = iter(range(1, 1_000_000))

    def brings(self, what: Any, who: str = "+33612345678", *, channel: str = "kannel", key: str = "", network: str = "sms") -> Inbound:
        said = Words(what) if isinstance(what, str) else what
        return Inbound(channel, "3609", key or f"k{next(self._keys)}", network, who, said, self._clock.now())  # type: ignore[arg-type]
