"""What the office answers to an effect: no sentence states what it has not decided."""

from datetime import date, datetime
from typing import Literal, TypeAlias, Union

import msgspec

from conversations.facts import Contribution


class Submitted(msgspec.Struct, frozen=True):
    """The contribution stands in the queue."""

    ref: str  # eight digits, "48210736"
    publish: bool
    read_by: date
    promised_on: date | None
    again_within_hour: bool = False  # a second one from this address: mention AUTRE
    code: str = ""  # from a lent phone: the secret half of the slip, told this once


class TooMany(msgspec.Struct, frozen=True):
    """Over the limits of MOD-70: kept with the conversation, offered again tomorrow."""


class PilotFull(msgspec.Struct, frozen=True):
    """The test has all its people: kept with the conversation, until the person says what for."""

    process: str


class Revised(msgspec.Struct, frozen=True):
    """The edit replaced the text that a moderator will read."""

    ref: str


class TooLate(msgspec.Struct, frozen=True):
    """A moderator has read the text already (`ref`), or nothing has that source."""

    ref: str = ""


class Forgotten(msgspec.Struct, frozen=True):
    """What was erased, and what stays without any link to the person."""

    contributions: int
    kept: int = 0


class Unknown(msgspec.Struct, frozen=True):
    """No contribution of this address has that reference."""


class Stopped(msgspec.Struct, frozen=True):
    """STOP is in force."""


class Paused(msgspec.Struct, frozen=True):
    """Nothing unasked before that day, save what the person holds or asked for."""

    until: date


class Appealed(msgspec.Struct, frozen=True):
    """The refusal waits for another person."""

    ref: str
    answer_by: date


class NoAppeal(msgspec.Struct, frozen=True):
    """There is nothing to appeal, or no longer."""

    why: Literal["nothing", "late", "already"]


class OfSlip(msgspec.Struct, frozen=True):
    """What became of a contribution on paper; `answer`: what the city wrote, when it was a question."""

    contribution: Contribution
    answer: str = ""


class PaperFollowed(msgspec.Struct, frozen=True):
    """What was written on paper belongs to this address now; "": it was taken back meanwhile."""

    ref: str = ""


class WrongCode(msgspec.Struct, frozen=True):
    """This code is not of this number, or the number of no slip."""

    ref: str


class CodeLocked(msgspec.Struct, frozen=True):
    """Too many wrong codes: no code is looked at before that hour, the right one neither."""

    ref: str
    until: datetime


class Noted(msgspec.Struct, frozen=True):
    """Someone of the team has it on their list; `public`: the minutes that it corrects are out already."""

    kind: Literal["call_back", "question", "correction"]
    public: bool = False


class Seated(msgspec.Struct, frozen=True):
    """The places are held until the person leaves them."""

    workshop: str
    seats: int
    code: str
    mode: Literal["room", "remote"] = "room"


class Other(msgspec.Struct, frozen=True):
    """Another date of the same project with places left."""

    workshop: str
    free: int


class Waiting(msgspec.Struct, frozen=True):
    """It is full: the place in the line."""

    workshop: str
    rank: int
    other: Other | None = None


class SeatGone(msgspec.Struct, frozen=True):
    """x11: somebody else answered first; the rank stays."""

    workshop: str
    rank: int
    other: Other | None = None


class Kept(msgspec.Struct, frozen=True):
    """So many more places are not left: the registration stays as it was."""

    workshop: str
    seats: int
    free: int


class Left(msgspec.Struct, frozen=True):
    """The places are free again; `waited`: it was only a rank."""

    workshop: str
    waited: bool = False


class NoSeat(msgspec.Struct, frozen=True):
    """There is nothing to hold: the workshop is over, cancelled or unknown, or the offer has ended."""

    why: Literal["over", "nothing"]


class Paired(msgspec.Struct, frozen=True):
    """Whether the code that a phone sent was one that a colleague was shown just now."""

    known: bool


class RightUsed(msgspec.Struct, frozen=True):
    """A right was used: a copy is ready, or a person decides until that day. `again`: too often today, or it is open already."""

    kind: Literal["access", "objection"]
    until: date
    again: bool = False


Outcome: TypeAlias = Union[
    Submitted,
    TooMany,
    PilotFull,
    Revised,
    TooLate,
    Forgotten,
    Unknown,
    Stopped,
    Paused,
    RightUsed,
    Appealed,
    NoAppeal,
    OfSlip,
    PaperFollowed,
    WrongCode,
    CodeLocked,
    Noted,
    Seated,
    Waiting,
    SeatGone,
    Kept,
    Left,
    NoSeat,
    Paired,
]
