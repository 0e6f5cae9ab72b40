"""One turn in the making: what flows say, ask and do, and who they are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from gettext import NullTranslations
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from conversations import scripts, segments
from conversations.effects import Effect, SetLanguage
from conversations.facts import Facts, Process
from conversations.messages import Choice, Edit, Say, Start, Words
from conversations.notices import Notice
from conversations.outcomes import Outcome
from conversations.steps import Asked, State, Turn
from conversations.text import Text, Value, verbatim

NOTICE_VERSION: Final = "1"
"""Of the data-protection notice: when its substance changes, each known person sees the change once (GDPR-13)."""
_ENGLISH: Final = NullTranslations()
PARTS: Final = 2
"""What an answer by SMS may cost."""
DIGIT_LIVES: Final = timedelta(hours=72)
"""How long a bare answer still reaches its question, unless the question has a deadline of its own (journeys 7)."""
_REMEMBERED = 12  # questions, closed ones too: an old button is answered with the day its question closed

H = TypeVar("H", bound=Callable[..., None])
Hear: TypeAlias = Callable[["Talk", Words], None]
Answer: TypeAlias = Callable[["Talk", Asked, str], None]


@dataclass(frozen=True)
class Question:
    """A question that some flow asks: who takes its answer, what it is called, and the words that answer it beside digits."""

    take: Answer
    called: Callable[["Talk", Asked], Text]  # after the letter in x6: "A to publish your view"
    words: Mapping[str, frozenset[str]]  # choice key → folded words
    reads: Callable[[str], str] | None = None  # a choice key in a sentence, perhaps with more behind a colon; "" for none


@dataclass
class Talk:
    """One exchange while it happens. A flow speaks through it; the engine makes it a `Turn`."""

    facts: Facts
    flow: str
    step: str
    memory: dict[str, Any]
    language: str
    asked: list[Asked]
    misses: int
    notice: str
    says: list[Say] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @classmethod
    def of(cls, state: State, facts: Facts) -> "Talk":
        """Take a conversation up where it stands."""
        return cls(facts, state.flow, state.step, dict(state.memory), state.language, list(state.asked), state.misses, state.notice)

    @property
    def sms(self) -> bool:
        """Whether every letter costs."""
        return self.facts.network == "sms"

    def either(self, sms: Text, telegram: Text) -> Text:
        """The wording of this network."""
        return sms if self.sms else telegram

    def say(self, text: Text, choices: tuple[Choice, ...] = (), *, card: str = "", how: str = "send") -> None:
        """Say a sentence; its choices, if any, are plain buttons whose keys are keywords."""
        self.says.append(Say(text, choices, card=card, how=how))  # type: ignore[arg-type]

    def ask(
        self,
        kind: str,
        text: Text,
        choices: tuple[Choice, ...],
        *,
        about: str = "",
        until: datetime | None = None,
        digits: bool = True,
        card: str | None = "",
        how: str = "send",
        urgency: str = "reply",
        consent: bool = False,
    ) -> Asked:
        """Ask a question; one of the same kind about the same thing is replaced. `card` None names the card after the question.

        With `consent` the words are kept as they are shown: a yes to them must be proven (GDPR-03).
        """
        now = self.facts.now
        self.close(kind, about)
        numbered = [(choice.digit or str(place), choice.key) for place, choice in enumerate(choices, 1) if not choice.plain]
        name = self._id()
        say = Say(text, choices, name, f"d{name}" if card is None else card, how, urgency)  # type: ignore[arg-type]
        answers = tuple(numbered if digits else (("", key) for _, key in numbered))
        asked = Asked(name, kind, about, answers, now, until or now + DIGIT_LIVES, words=self.shown(say) if consent else "")
        self.asked.append(asked)
        self.says.append(say)
        return asked

    def shown(self, say: Say) -> str:
        """A sentence word for word as this person gets it, but for their own words in it."""
        blank = msgspec.structs.replace(say, text=_unquoted(say.text))
        shown = scripts.show(blank, self.facts.catalogues.get(self.language) or _ENGLISH, self.facts.network)
        return " ".join([shown.text, *(f"[{label}]" for _data, label, _row in shown.buttons)])

    def _id(self) -> str:
        """Made from the time, so that a button of before an OUBLI never meets a later question."""
        made = f"{int(self.facts.now.timestamp()):x}"
        taken = {asked.id for asked in self.asked}
        return next(name for name in (made, *(f"{made}{chr(letter)}" for letter in range(ord("g"), ord("z") + 1))) if name not in taken)

    def close(self, kind: str, about: str | None = None, *, answered: bool = False) -> None:
        """The question of that kind takes no answer any more."""
        self.asked = [
            msgspec.structs.replace(asked, closed=self.facts.now, answered=answered, words="")
            if asked.kind == kind and about in {None, asked.about} and is_open(asked, self.facts.now)
            else asked
            for asked in self.asked
        ]

    def open(self, kind: str = "") -> list[Asked]:
        """The questions that wait, the oldest first."""
        return [asked for asked in self.asked if is_open(asked, self.facts.now) and kind in {"", asked.kind}]

    def do(self, *effects: Effect) -> None:
        """Ask something of the office."""
        self.effects.extend(effects)

    def fitting(self, text: Text, shorter: Iterable[Text], choices: tuple[Choice, ...] = ()) -> Text:
        """The first of these wordings that takes two parts at most by SMS, else the last (DESIGN §5)."""
        for wording in (text, *(shorter if self.sms else ())):
            text = wording
            if self.parts(Say(text, choices)) <= PARTS:
                break
        return text

    def parts(self, say: Say) -> int:
        """How many SMS a sentence takes in this person's language."""
        return segments.count(scripts.show(say, self.facts.catalogues.get(self.language) or _ENGLISH, "sms").text).parts

    def attach(self, workshop: str, caption: Text) -> None:
        """Hand over the calendar of a workshop, on networks that carry files."""
        self.says.append(Say(caption, attach=workshop))

    def go(self, flow: str, step: str) -> None:
        """Whoever writes freely now is heard there."""
        self.flow, self.step = flow, step

    def rest(self) -> None:
        """Nothing is awaited."""
        self.flow = self.step = ""

    def enter(self, place: str, *given: object) -> None:
        """Lead on in another flow, by its name and door: flows do not know each other."""
        flow, door = place.split(":")
        FLOWS[flow].doors[door](self, *given)

    def process(self, slug: str) -> Process | None:
        """An open process by its slug."""
        return next((process for process in self.facts.processes if process.slug == slug), None)

    def asking(self) -> list[Process]:
        """The processes that have a question open now."""
        return [process for process in self.facts.processes if process.question]

    def known(self) -> tuple[Process, ...]:
        """Every process whose posters hang somewhere."""
        return self.facts.processes + self.facts.past

    def closed(self) -> list[Process]:
        """Those whose questions are over, or still to come."""
        return [process for process in self.known() if process.opens_on or process.closed_on]

    def writable(self) -> list[Process]:
        """Those of them that this person may answer."""
        return [process for process in self.asking() if not self.shut(process)]

    def shut(self, process: Process, *, lent: bool = False) -> bool:
        """Whether it is a test that has all its people, without this one; on a `lent` phone everybody is new."""
        return process.full and (lent or all(mine.slug != process.slug for mine in self.facts.contributions))

    def turn(self, before: State) -> Turn:
        """What this exchange leaves behind."""
        if self.language != before.language and self.language:
            self.effects.append(SetLanguage(self.language))
        state = State(
            flow=self.flow,
            step=self.step,
            memory=self.memory,
            language=self.language,
            asked=tuple(self.asked[-_REMEMBERED:]),
            misses=self.misses,
            last=before.last,
            minute=before.minute,
            notice=self.notice,
            hushed=before.hushed,
        )
        return Turn(state, tuple(self.says), tuple(self.effects))


def _unquoted(text: Text) -> Text:
    values: dict[str, Value] = {
        name: verbatim("...") if name == "quote" else _unquoted(value) if isinstance(value, Text) else value
        for name, value in text.values.items()
    }
    return msgspec.structs.replace(text, values=values)


def is_open(asked: Asked, now: datetime) -> bool:
    """Whether a question still takes its answer."""
    return asked.closed is None and now < asked.until


class Flow:
    """A conversation by name: what it hears, asks and answers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: dict[str, Hear] = {}
        self.questions: dict[str, Question] = {}
        self.lates: dict[str, Answer] = {}
        self.doors: dict[str, Callable[..., None]] = {}
        FLOWS[name] = self

    def step(self, name: str) -> Callable[[H], H]:
        """Hear what is written while the conversation stands there: `hear(talk, words)`."""
        return _put(self.steps, name)

    def door(self, name: str) -> Callable[[H], H]:
        """Where another flow may lead on to: `enter(talk, …)`."""
        return _put(self.doors, name)

    def question(
        self, name: str, called: Callable[[Talk, Asked], Text], reads: Callable[[str], str] | None = None, /, **words: str
    ) -> Callable[[H], H]:
        """Take an answer: `take(talk, asked, key)`. `words`: by choice key, folded answers in words, separated by `|`.

        `reads` finds the key in a sentence, with what it tells besides behind a colon: "yes:2" in "on vient à 2".
        """

        def put(take: H) -> H:
            self.questions[name] = Question(take, called, {key: frozenset(these.split("|")) for key, these in words.items()}, reads)
            return take

        return put

    def late(self, name: str) -> Callable[[H], H]:
        """Take an answer that comes when the question's time is over, instead of "closed": `late(talk, asked, key)`."""
        return _put(self.lates, name)

    def keyword(self, *names: str) -> Callable[[H], H]:
        """Act on a keyword: `act(talk, argument)`."""
        return _put(KEYWORDS, *names)

    def silence(self, name: str) -> Callable[[H], H]:
        """Act when a wake-up came due: `act(talk)`."""
        return _put(SILENCES, name)

    def outcome(self, *shapes: type[Outcome]) -> Callable[[H], H]:
        """Lead on when the office answered: `act(talk, outcome)`."""
        return _put(OUTCOMES, *shapes)

    def notice(self, *shapes: type[Notice]) -> Callable[[H], H]:
        """Say something first: `say(talk, notice, late)`; `late`: the idle hour never came, so with a word instead of digits."""
        return _put(NOTICES, *shapes)

    def hears(self, what: str) -> Callable[[H], H]:
        """What has no keyword, step or question of its own: "start", "words", "edit"."""
        return _put(HEARS, what)


def _put(table: dict[Any, Any], *names: object) -> Callable[[H], H]:
    def put(function: H) -> H:
        for name in names:
            table[name] = function
        return function

    return put


FLOWS: dict[str, Flow] = {}
KEYWORDS: dict[str, Callable[[Talk, str], None]] = {}
SILENCES: dict[str, Callable[[Talk], None]] = {}
OUTCOMES: dict[type[Outcome], Callable[[Talk, Any], None]] = {}
NOTICES: dict[type[Notice], Callable[[Talk, Any, bool], None]] = {}
HEARS: dict[str, Callable[[Talk, Any], None]] = {}
Heard: TypeAlias = Start | Words | Edit


def lateness(kind: str) -> Answer | None:
    """Who takes an answer to a question of that kind when its time is over; None for nobody."""
    flow, _, name = kind.partition(":")
    return FLOWS[flow].lates.get(name) if flow in FLOWS else None


def question(kind: str) -> Question | None:
    """Who takes the answers of that kind; None when an upgrade took the question away."""
    flow, _, name = kind.partition(":")
    return FLOWS[flow].questions.get(name) if flow in FLOWS else None
