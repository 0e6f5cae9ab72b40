"""Plays a conversation without a database: reads and prints the notation that transcripts and `allervers chat` share.

> what the person writes            > [A button]   > (photo) a caption   > (edit 2) a corrected message 2   > /start TOKEN
< what the city says                < (card) the same card, changed      < (card, quietly) changed without a sound
  [A button] [Another]              (by SMS the digits are in the sentence)
… 60 s                              a silence: seconds, min, h, days
! an effect                         = what the office answered           * a notice of the office
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias, get_args

import msgspec
from stdnum import damm

from conversations import effects, engine, outcomes, scripts
from conversations.facts import Answer, City, Contribution, Facts, Minutes, Process, Seat
from conversations.messages import Edit, Input, Network, Press, Say, Silence, Start, Words
from conversations.notices import (
    AboutContribution,
    AboutWorkshop,
    Announced,
    CounterCode,
    Invited,
    LeftOnPaper,
    Notice,
    Published,
    Refused,
    Replied,
    Responded,
    RightAnswered,
)
from conversations.play import rooms
from conversations.play.hours import decent_hour, working_day
from conversations.play.notation import BEGIN, NotationTrouble, attached, parsed, scenes, span, written
from conversations.play.square import CITY, PROCESSES, ZONE, minutes_of, programme, with_another_date
from conversations.steps import Later, State, Turn
from conversations.text import Catalogue

BEGINNING: Final = datetime(2027, 3, 15, 11, 0, tzinfo=ZONE)  # a Monday
_EFFECTS: Final = {shape.__name__: shape for shape in get_args(effects.Effect)}
_OUTCOMES: Final = {shape.__name__: shape for shape in get_args(outcomes.Outcome)}
_NOTICES: Final = {shape.__name__: shape for shape in get_args(Notice)}
BETWEEN = timedelta(seconds=2)
PAIRING: Final = "482913"  # the code that the desk shows to a pretended colleague

__all__ = [
    "BEGINNING",
    "BETWEEN",
    "CITY",
    "PROCESSES",
    "ZONE",
    "NotationTrouble",
    "Stage",
    "opened",
    "replay",
    "scenes",
    "split",
    "with_another_date",
]

Outbox: TypeAlias = list[tuple[str, tuple[tuple[str, str, int], ...]]]


@dataclass
class Stage:
    """One person, one phone, a clock that only moves when told, and a pretended office."""

    network: Network
    language: str
    catalogues: Mapping[str, Catalogue]
    languages: tuple[str, ...] = ("fr", "en")
    processes: tuple[Process, ...] = PROCESSES[:1]
    city: City = CITY
    now: datetime = BEGINNING
    state: State = field(default_factory=State)
    stopped: bool = False
    paused_until: date | None = None
    consents: frozenset[str] = frozenset()
    contributions: tuple[Contribution, ...] = ()
    seats: tuple[Seat, ...] = ()
    minutes: tuple[Minutes, ...] = ()
    lines: list[str] = field(default_factory=list)
    wakeups: dict[str, datetime] = field(default_factory=dict)
    waiting: list[tuple[Notice, datetime, datetime]] = field(default_factory=list)  # a notice, since when, until when
    heard: int = 0
    met: set[str] = field(default_factory=set)  # what was visited: steps, questions, answers, outcomes, notices
    said: list[str] = field(default_factory=list)  # every message of the city, as shown
    shown: Outbox = field(default_factory=list)
    _cards: set[str] = field(default_factory=set)
    _answers: list[outcomes.Outcome] = field(default_factory=list)
    _sources: dict[str, str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _card_of: dict[str, str] = field(default_factory=dict)
    _last_sent: datetime | None = None

    def __post_init__(self) -> None:
        if self.language != self.languages[0] and not self.state.language:
            self.state = msgspec.structs.replace(self.state, language=self.language)

    def hear(self, line: str, answers: tuple[str, ...] = ()) -> list[str]:
        """Play one line of the notation, `>`, `…` or `*` (bare text is said); `answers`: what the office is to answer, as `=` lines.

        Raises NotationTrouble for what is not in the notation; nothing happened then.
        """
        before = len(self.lines)
        self._answers = [parsed(answer.removeprefix("=").strip(), _OUTCOMES) for answer in answers]
        kind, rest = (line[:1], line[1:].removeprefix(" ")) if line[:1] in BEGIN else (">", line)
        much = span(rest) if kind == "…" else None
        notice: Notice | None = parsed(rest, _NOTICES, rooms.known(self.processes, self.seats)) if kind == "*" else None
        self.lines.append(f"{kind} {rest}".replace("\n", "\n  "))
        if much is not None:
            self._wait(much)
        elif notice is not None:
            self._tell(notice, self.now)
        else:
            self.now += BETWEEN
            self._take(lambda: engine.turn(self.state, self._input(rest), self.facts()))
        return self.lines[before + 1 :]

    def transcript(self) -> str:
        """Everything so far, in the notation."""
        return f"channel: {self.network}\nlanguage: {self.language}\n\n" + "\n".join(self.lines) + "\n"

    def facts(self) -> Facts:
        """What the office would know."""
        return Facts(
            self.now,
            self.network,
            self.city,
            self.languages,
            self.processes,
            self.contributions,
            self.seats,
            self.minutes,
            self.stopped,
            self.paused_until if self.paused_until and self.paused_until > self.now.date() else None,
            self.consents,
            self.heard == 0,
            self.catalogues,
        )

    def _input(self, text: str) -> Input:
        if button := re.fullmatch(r"\[(.+)\]", text):
            return self._pressed(button[1])
        if self.network == "telegram" and (start := re.fullmatch(r"/start ?(\S*)", text)):
            return Start(start[1])
        if edit := re.fullmatch(r"\(edit (\d+)\) (.*)", text, re.DOTALL):
            return Edit(f"m{edit[1]}", edit[2])
        self.heard += 1
        along = re.match(r"\((photo|voice|audio|sticker|document|location|video|contact)\) ?", text)
        return Words(text[along.end() :] if along else text, f"m{self.heard}", along[1] if along else "")

    def _pressed(self, label: str) -> Press:
        for _text, buttons in reversed(self.shown):
            for data, shown, _row in buttons:
                if shown == label:
                    question, _colon, choice = data.partition(":")
                    return Press(question, choice)
        return Press("gone", label)

    def _wait(self, much: timedelta) -> None:
        until = self.now + much
        while True:
            due = [(at, name) for name, at in self.wakeups.items() if at <= until]
            told = [(later, place) for place, (_notice, _since, later) in enumerate(self.waiting) if later <= until]
            if not due and not told:
                break
            if due and (not told or min(due)[0] <= min(told)[0]):
                self.now, name = max(self.now, min(due)[0]), min(due)[1]
                del self.wakeups[name]
                self.met.add(f"silence {name}")
                self._take(lambda name=name: engine.turn(self.state, Silence(name), self.facts()))  # type: ignore[misc]
            else:
                later, place = min(told)
                notice, since, _later = self.waiting.pop(place)
                self.now = max(self.now, later)
                self._tell(notice, since)
        self.now = until

    def _tell(self, notice: Notice, since: datetime) -> None:
        if not isinstance(notice, AboutWorkshop | Announced | CounterCode | Invited | LeftOnPaper | Replied | RightAnswered):
            notice = msgspec.structs.replace(notice, card=self._card_of.get(notice.ref, ""))
        found = engine.prompt(self.state, notice, self.facts(), since)
        if isinstance(found, Later):
            self.lines.append(f"! Later('{found.until:%Y-%m-%d %H:%M}')")
            self.waiting.append((notice, since, found.until))
            return
        self.met.add(f"notice {type(notice).__name__}")
        if isinstance(notice, AboutWorkshop):
            self.seats = rooms.told(notice, self.seats)
            self.minutes = rooms.heard(notice, self.minutes)
        elif not isinstance(notice, Announced | CounterCode | Invited | LeftOnPaper | Replied | RightAnswered):
            self._note(notice)
        self._take(lambda: found)

    def _note(self, notice: AboutContribution) -> None:
        states = {
            "Published": "published",
            "Refused": "refused",
            "Answered": "answered",
            "AskedAgain": "asked_again",
            "Responded": "responded",
            "Judged": "upheld",
            "CarriedOut": "carried_out",
        }
        if state := states.get(type(notice).__name__):
            self._change(notice.ref, state=state)
        if isinstance(notice, Responded):
            answer = Answer(notice.point, True, notice.decision, notice.reason, notice.done, notice.late)
            self._change(notice.ref, pending=False, answer=answer)
        if isinstance(notice, Published):
            self._change(notice.ref, published_on=self.now.date(), promised_on=notice.promised_on, text=self._texts.get(notice.ref, ""))
        if isinstance(notice, Refused):
            self._change(notice.ref, reason=notice.reason, fact=notice.fact, appeal_until=notice.appeal_until)

    def _change(self, ref: str, **values: object) -> None:
        self.contributions = tuple(msgspec.structs.replace(mine, **values) if mine.ref == ref else mine for mine in self.contributions)

    def _take(self, play: Callable[[], Turn]) -> None:
        """One turn, its effects, their outcomes, and what these lead to."""
        self.met |= {f"answered {asked.kind}" for asked in self.state.asked if asked.answered}
        turn = play()
        self._keep(turn)
        asleep = [effect.name for effect in turn.effects if isinstance(effect, effects.LetSleep) and effect.name in self.wakeups]
        for name in asleep:
            del self.wakeups[name]
        if asleep:
            self.lines.append(f"! LetSleep({', '.join(map(repr, asleep))})")
        answered: list[outcomes.Outcome] = []
        for effect in turn.effects:
            if isinstance(effect, effects.LetSleep):
                continue
            self.lines.append(f"! {written(effect)}")
            self.met.add(f"effect {type(effect).__name__}")
            outcome = self._carry_out(effect)
            if outcome:
                fed = self._answers.pop(0) if self._answers else outcome
                self.seats = rooms.after(fed, self.seats, rooms.known(self.processes, self.seats))
                answered.append(fed)
        for say in turn.says:
            self._say(say)
        for outcome in answered:
            self.lines.append(f"= {written(outcome)}")
            self.met.add(f"outcome {type(outcome).__name__}")
            self._take(lambda outcome=outcome: engine.resume(self.state, outcome, self.facts()))  # type: ignore[misc]

    def _keep(self, turn: Turn) -> None:
        self.state = msgspec.json.decode(msgspec.json.encode(turn.state), type=State)  # as the office keeps it
        self.met |= {f"step {self.state.flow}:{self.state.step}", *(f"asked {asked.kind}" for asked in self.state.asked)}
        self.met |= {f"answered {asked.kind}" for asked in self.state.asked if asked.answered}

    def _say(self, say: Say) -> None:
        shown = scripts.show(say, self.catalogues[self.state.language or self.languages[0]], self.network)
        replaces = self.network == "telegram" and say.how in {"card", "quiet"} and say.card in self._cards
        if say.how == "quiet" and not replaces:
            return
        mark = "" if not replaces else "(card, quietly) " if say.how == "quiet" else "(card) "
        file = f" (file: {attached(say.attach)})" if say.attach else ""
        self.lines.append(f"< {mark}{shown.text}{file}".replace("\n", "\n  "))
        rows: dict[int, list[str]] = {}
        for _data, label, row in shown.buttons:
            rows.setdefault(row, []).append(f"[{label}]")
        self.lines += [f"  {' '.join(row)}" for _at, row in sorted(rows.items())]
        self.shown.append((shown.text, shown.buttons))
        self.said.append(shown.text)
        if say.card:
            self._cards.add(say.card)

    def _carry_out(self, effect: effects.Effect) -> outcomes.Outcome | None:  # noqa: PLR0911 - one case an effect
        match effect:
            case effects.WakeAfter(name=name, seconds=seconds, decent=decent):
                due = self.now + timedelta(seconds=seconds)
                self.wakeups[name] = decent_hour(due) if decent else due
            case effects.Submit():
                return self._submitted(effect)
            case effects.Revise(source=source, ref=ref):
                known = ref or self._sources.get(source, "")
                return outcomes.Revised(known) if known else outcomes.TooLate()
            case effects.Withdraw(ref=ref):
                mine = any(contribution.ref == ref for contribution in self.contributions)
                self.contributions = tuple(contribution for contribution in self.contributions if contribution.ref != ref)
                return outcomes.Forgotten(1) if mine else outcomes.Unknown()
            case effects.Forget(published=published):
                kept = sum(contribution.state == "published" for contribution in self.contributions) if published == "keep" else 0
                gone = outcomes.Forgotten(len(self.contributions) - kept, kept)
                self.contributions, self.consents, self.wakeups = (), frozenset(), {}
                return gone
            case effects.Appeal(ref=ref):
                refused = [mine for mine in self.contributions if mine.state == "refused" and ref in {"", mine.ref}]
                if not refused:
                    before = any(mine.state in {"appealed", "upheld"} and ref in {"", mine.ref} for mine in self.contributions)
                    return outcomes.NoAppeal("already" if before else "nothing")
                self._change(refused[0].ref, state="appealed")
                return outcomes.Appealed(refused[0].ref, self.now.date() + timedelta(days=14))
            case _:
                return self._elsewhere(effect)
        return None

    def _elsewhere(self, effect: effects.Effect) -> outcomes.Outcome | None:
        """What other desks than the queue answer."""
        match effect:
            case effects.AskPerson(kind=kind):
                return outcomes.Noted(kind)
            case effects.PairPhone(code=code):
                return outcomes.Paired(code == PAIRING)
            case effects.FollowPaper():
                return outcomes.PaperFollowed()  # nobody wrote on paper here: a transcript says what the office is to answer
            case effects.UseRight(kind=kind):
                self.stopped = self.stopped or kind == "objection"
                return outcomes.RightUsed(kind, self.now.date() + timedelta(days=30))
        return rooms.answer(effect, self.seats) or self._agreed(effect)

    def _agreed(self, effect: effects.Effect) -> outcomes.Outcome | None:
        """What may be sent unasked."""
        match effect:
            case effects.Stop():
                self.stopped = True
                return outcomes.Stopped()
            case effects.ComeBack():
                self.stopped, self.consents = False, self.consents | {"workshops"}
            case effects.GiveConsent(purpose=purpose):
                self.consents |= {purpose}
            case effects.WithdrawConsent(purpose=purpose):
                self.consents -= {purpose}
            case effects.Pause(days=days):
                self.paused_until = self.now.date() + timedelta(days=days)
                return outcomes.Paused(self.paused_until)
            case effects.EndPause():
                self.paused_until = None
        return None

    def _submitted(self, effect: effects.Submit) -> outcomes.Outcome:
        body = f"482{1073 + len(self._sources) * 7:04d}"
        ref = body + damm.calc_check_digit(body)
        again = self._last_sent is not None and self.now - self._last_sent < timedelta(hours=1)
        self._last_sent = self.now
        self._texts[ref], self._card_of[ref] = effect.text, effect.card
        process = next(process for process in self.processes if process.slug == effect.process)
        today, read_by = self.now.date(), working_day(self.now.date(), 2)
        self._sources |= dict.fromkeys(effect.sources or (ref,), ref)
        mine = Contribution(
            ref,
            "received" if effect.publish else "read_only",
            scripts.quote(effect.text),
            "",
            process.sms_name,
            today,
            read_by,
            process.answer_promised_on,
            slug=process.slug,
            pending=process.answer_promised_on is not None,
        )
        if effect.lent:  # nothing ties it to this phone
            return outcomes.Submitted(ref, effect.publish, read_by, process.answer_promised_on, code=rooms.CODE)
        self.contributions = (mine, *self.contributions)
        return outcomes.Submitted(ref, effect.publish, read_by, process.answer_promised_on, again)


def replay(text: str, catalogues: Mapping[str, Catalogue]) -> tuple[str, Stage]:
    """Play a whole transcript again: what it says now, to compare with what was written, and the stage as it stands."""
    head, body = split(text)
    stage = opened(head, catalogues)
    for line, answers in scenes(body):
        stage.hear(line, answers)
    return "\n".join(head) + "\n\n" + "\n".join(stage.lines) + "\n", stage


def split(text: str) -> tuple[list[str], list[str]]:
    """The head of a transcript, sentence and headers, and what happens."""
    lines = text.rstrip("\n").split("\n")
    first = next((place for place, line in enumerate(lines) if line[:1] in BEGIN), len(lines))
    head = lines[:first]
    while head and not head[-1]:
        head.pop()
    return head, lines[first:]


def opened(head: list[str], catalogues: Mapping[str, Catalogue]) -> Stage:
    """The stage that the headers describe: channel, language; at, state, notice, and what the city has, where they matter."""
    told = dict(line.split(": ", 1) for line in head if re.match(r"[a-z]+: ", line))
    flow, _slash, step = told.get("state", "").partition("/")
    return Stage(
        "telegram" if told["channel"] == "telegram" else "sms",
        told["language"],
        catalogues,
        tuple(told.get("languages", "fr, en").split(", ")),
        programme(told),
        now=datetime.strptime(told["at"], "%Y-%m-%d %H:%M").replace(tzinfo=ZONE) if "at" in told else BEGINNING,
        state=State(flow, step, notice=told.get("notice", "")),
        minutes=(minutes_of(PROCESSES[0]),) if told.get("minutes") == "absent" else (),
    )
