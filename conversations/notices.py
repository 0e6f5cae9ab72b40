"""What the city says first about a person's own matter."""

from datetime import date
from typing import TypeAlias, Union

import msgspec


class Published(msgspec.Struct, frozen=True, tag=True):
    """Messages 10 and 10b: the record holds it. `reason` is set when words were hidden."""

    ref: str
    read_on: date | None = None
    promised_on: date | None = None
    reason: str = ""
    fact: str = ""
    appeal_until: date | None = None
    card: str = ""  # edited in silence, where the network can; the same in every notice


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Message 11, with the seven parts of MOD-04."""

    ref: str
    received_on: date
    quote: str
    reason: str
    fact: str
    appeal_until: date
    card: str = ""


class Answered(msgspec.Struct, frozen=True, tag=True):
    """It was a question to the city: here is the answer."""

    ref: str
    text: str
    card: str = ""


class AskedAgain(msgspec.Struct, frozen=True, tag=True):
    """A moderator could not read it: once, what was meant."""

    ref: str
    quote: str
    text: str = ""
    card: str = ""


class Judged(msgspec.Struct, frozen=True, tag=True):
    """An appeal was decided by another person."""

    ref: str
    upheld: bool
    reason: str = ""
    card: str = ""


class Responded(msgspec.Struct, frozen=True, tag=True):
    """Messages 12 and 12b: the elected officials answered. `point` is "" when the avis did not take the contribution up."""

    ref: str
    point: str
    position: str  # "retenu en partie"
    reason: str  # at most 42 letters
    done: str = ""  # what will be done, at most 34 letters
    card: str = ""


Notice: TypeAlias = Union[Published, Refused, Answered, AskedAgain, Judged, Responded]
