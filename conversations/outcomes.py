"""What the office answers to an effect: no sentence states what it has not decided."""

from datetime import date
from typing import Literal, TypeAlias, Union

import msgspec


class Submitted(msgspec.Struct, frozen=True):
    """The contribution stands in the queue."""

    ref: str  # eight digits, "48210736"
    publish: bool
    read_by: date
    promised_on: date | None
    again_within_hour: bool = False  # a second one from this address: mention AUTRE


class TooMany(msgspec.Struct, frozen=True):
    """Over the limits of MOD-70: kept with the conversation, offered again tomorrow."""


class Revised(msgspec.Struct, frozen=True):
    """The edit replaced the text that a moderator will read."""

    ref: str


class TooLate(msgspec.Struct, frozen=True):
    """A moderator has read the text already, or nothing has that source."""


class Forgotten(msgspec.Struct, frozen=True):
    """What was erased, and what stays without any link to the person."""

    contributions: int
    kept: int = 0


class Unknown(msgspec.Struct, frozen=True):
    """No contribution of this address has that reference."""


class Stopped(msgspec.Struct, frozen=True):
    """STOP is in force."""


class Appealed(msgspec.Struct, frozen=True):
    """The refusal waits for another person."""

    ref: str
    answer_by: date


class NoAppeal(msgspec.Struct, frozen=True):
    """There is nothing to appeal, or no longer."""

    why: Literal["nothing", "late", "already"]


class Noted(msgspec.Struct, frozen=True):
    """Someone of the team has it on their list."""

    kind: Literal["call_back", "question"]


Outcome: TypeAlias = Union[Submitted, TooMany, Revised, TooLate, Forgotten, Unknown, Stopped, Appealed, NoAppeal, Noted]
