"""What an avis, its points, their study and their answers are, as the office hands them out."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

import msgspec

Decision = Literal["kept", "partly", "not_kept"]
Feasible = Literal["", "yes", "conditions", "no"]
DECISIONS: Final = ("kept", "partly", "not_kept")
FEASIBLE: Final = ("yes", "conditions", "no")
SMS_DONE, SMS_REASON = 34, 42
"""Letters that message 12 has room for (journeys 6)."""
NAMED = 12
"""References of a point that its public page names."""
EVENTS: Final = ("promise_moved", "late", "commitment_done", "commitment_moved", "note")
"""What a journal line may tell besides a state of the process."""

Words = Mapping[str, str]
"""By language; "fr" is always there."""


_BEFORE = frozenset({"requested", "framing", "mandate_validated"})
_PLAIN = re.compile(r"[A-Za-z0-9.]+( [A-Za-z0-9.]+)*")


def anchor(number: str) -> str:
    """The place of a point on the page of its process, which the record calls it by: "point-7-bis"; one that never changes."""
    plain = number.replace(" ", "-") if _PLAIN.fullmatch(number) else hashlib.sha256(number.encode()).hexdigest()[:8]
    return f"point-{plain}"


class Refused(Exception):
    """What was asked can't be done now: `code` for programs, an English sentence, and which points or fields."""

    def __init__(self, code: str, message: str, which: tuple[str, ...] = ()) -> None:
        """Keep all three."""
        self.code, self.which = code, which
        super().__init__(message)


class Avis(msgspec.Struct, frozen=True):
    """What the citizens' group handed over. `left_out`: the short reason for words that no point takes up."""

    written_by: str
    handed_to: str
    handed_on: date
    left_out: dict[str, str]
    answered_at: datetime | None = None


class Instruction(msgspec.Struct, frozen=True):
    """Who studies a point, until when, and what they found."""

    service: str
    person: str
    due_on: date
    feasible: Feasible = ""
    cost: str = ""
    schedule: str = ""
    note: str = ""
    noted_at: datetime | None = None


class Response(msgspec.Struct, frozen=True):
    """What the elected officials decided about a point, and why; two short wordings for an SMS."""

    decision: Decision
    decided_by: str
    decided_on: date
    reasons: dict[str, str]
    sms_done: dict[str, str]
    sms_reason: dict[str, str]
    published_at: datetime | None = None


class Commitment(msgspec.Struct, frozen=True):
    """What will be done, until when; `id` names it in addresses."""

    id: str
    text: dict[str, str]
    due_on: date
    state: Literal["planned", "done"] = "planned"
    evidence: str = ""


class Point(msgspec.Struct, frozen=True):
    """A point of the avis. `number` "" is an aside: words that the group read and did not take up; its title is the reason.

    `refs` are the contributions it cites, or the first of them; `cited` how many, `voices` how many with their copies.
    """

    id: str
    place: int
    number: str
    title: dict[str, str]
    text: dict[str, str]
    minority: str = ""
    refs: tuple[str, ...] = ()
    cited: int = 0
    voices: int = 0
    instruction: Instruction | None = None
    response: Response | None = None
    commitments: tuple[Commitment, ...] = ()

    @property
    def anchor(self) -> str:
        """Its place on the page of its process."""
        return anchor(self.number)

    @property
    def answer(self) -> Response | None:
        """The response, once everybody may read it."""
        return self.response if self.response and self.response.published_at else None


class Theme(msgspec.Struct, frozen=True):
    """A theme of the synthesis and the contributions it cites."""

    title: dict[str, str]
    text: dict[str, str]
    refs: tuple[str, ...] = ()
    cited: int = 0


class Happening(msgspec.Struct, frozen=True):
    """A line of the journal: a state that was reached, or one of EVENTS; `text` is a public reason or what a person wrote."""

    at: datetime
    kind: str
    about: str = ""
    text: dict[str, str] = {}
    id: str = ""

    @property
    def anchor(self) -> str:
        """Its place on the page of its process, which never changes; "" for what came before the process was public."""
        if self.kind in EVENTS:
            return f"journal-{self.id}"
        return "" if self.kind in _BEFORE else {"open": "opened"}.get(self.kind, self.kind)


class Book(msgspec.Struct, frozen=True):
    """All of it, for one process."""

    slug: str
    state: str
    avis: Avis | None
    points: tuple[Point, ...] = ()
    asides: tuple[Point, ...] = ()
    themes: tuple[Theme, ...] = ()
    journal: tuple[Happening, ...] = ()

    def point(self, place: int) -> Point | None:
        """The point of that place."""
        return next((one for one in (*self.points, *self.asides) if one.place == place), None)


class LeftOut(msgspec.Struct, frozen=True):
    """What is said of words that no point takes up."""

    reason: Words
    handed_over: datetime  # the end of that day

    def cited(self, published_at: datetime | None) -> "Cited":
        """The group's reason; for words that became public after it had written, only that they came too late."""
        late = published_at is not None and published_at >= self.handed_over
        return Cited("", {}, answered=True, reason={} if late else dict(self.reason), late=late)


class Cited(msgspec.Struct, frozen=True):
    """What became of one contribution: the point that takes it up, and its answer once it is public."""

    number: str  # "" : read, and not taken up
    title: dict[str, str]
    answered: bool
    decision: str = ""
    reason: dict[str, str] = {}
    done: dict[str, str] = {}
    carried_out: bool = False
    late: bool = False  # public only after the avis was handed over: its authors could not read it

    @property
    def anchor(self) -> str:
        """The place of that point on the page of its process."""
        return anchor(self.number)


class Debt(msgspec.Struct, frozen=True):
    """What the city owes: `kind` is answer, point, study, position or commitment; `to` whom, `by` who must act."""

    kind: Literal["answer", "point", "study", "position", "commitment"]
    slug: str
    process: dict[str, str]
    due_on: date | None
    number: str = ""
    place: int = 0
    what: str = ""
    by: str = ""
    people: int = 0  # how many wait for it
    overdue: int = 0  # days
    since: datetime | None = None  # when it became theirs to do
