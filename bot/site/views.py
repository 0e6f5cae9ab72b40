"""What a public page shows of a process: its words, where it stands, when what happened."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from bot.web.labels import PROCESS
from conversations.text import Text
from outreach.answers import EVENTS, Book
from outreach.documents import ProcessDocument, Question, Workshop
from outreach.processes import ProcessView, is_open

_PUBLIC = ("mandate_validated", "open", "avis_handed_over", "arbitration", "response_published", "follow_up", "closed")
"""The states that a citizen is told of; the office's own steps between them are not news."""
_INSIDE = {"instruction": "arbitration"}


class Step(NamedTuple):
    """A point on the line: `place` is "done", "here" or "" (to come)."""

    label: Text
    place: str
    when: str = ""


class Shown(NamedTuple):
    """A process on a public page."""

    slug: str
    state: str
    label: Text
    document: ProcessDocument
    question: Question | None
    entry_token: str
    opened_at: datetime | None
    promised_on: date | None
    asks: bool  # whether words may be sent now


def shown(view: ProcessView, today: date) -> Shown:
    """The process as its page needs it, on that day."""
    question = next((one for one in view.document.questions if is_open(one, today)), None) if view.state == "open" else None
    token = next((entry.token for entry in view.entries if not entry.keyword), "") or next((entry.token for entry in view.entries), "")
    return Shown(
        slug=view.slug,
        state=view.state,
        label=PROCESS[view.state],
        document=view.document,
        question=question or _last(view.document),
        entry_token=token,
        opened_at=view.opened_at,
        promised_on=view.promised_on,
        asks=question is not None,
    )


def _last(document: ProcessDocument) -> Question | None:
    """A question that is closed still tells what the words below answer."""
    return document.questions[-1] if document.questions else None


def steps(view: ProcessView, days: Mapping[str, str]) -> list[Step]:
    """Where the process is, from its mandate to its end; `days` are the dates in words, by state."""
    state = _INSIDE.get(view.state, view.state)
    names = [name for name in _PUBLIC if name != "closed" or state == "closed"]
    if state == "closed":  # it may have ended early: only what has a date took place
        names = [name for name in names if name in days]
    here = names.index(state) if state in names else 0
    places = ["done" if place < here else "here" if place == here else "" for place in range(len(names))]
    return [Step(PROCESS[name], place, days.get(name, "")) for name, place in zip(names, places, strict=True)]


def coming(workshops: tuple[Workshop, ...], now: datetime) -> list[Workshop]:
    """Workshops that are not over, the next first."""
    return sorted((one for one in workshops if one.ends_at > now), key=lambda one: (one.starts_at, one.id))


def held(workshops: tuple[Workshop, ...], now: datetime) -> list[Workshop]:
    """Workshops that are over, the last first."""
    return sorted(
        (one for one in workshops if one.ends_at <= now and one.status != "cancelled"), key=lambda one: one.starts_at, reverse=True
    )


def late_by(view: ProcessView, today: date) -> int:
    """By how many days the promised answer is late (LOOP-03); 0 when it is not, or is there."""
    return max(0, (today - view.promised_on).days) if view.promised_on else 0


def tells(book: Book | None) -> bool:
    """Whether something became of what people said: an avis, or news of the journal beside the states that it went through."""
    return book is not None and (book.avis is not None or any(line.kind in EVENTS for line in book.journal))
