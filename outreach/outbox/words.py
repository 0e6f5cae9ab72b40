"""The table of moves of an outbound message, and the shapes that the outbox takes and gives."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from conversations.messages import File

Urgency: TypeAlias = Literal["reply", "notice", "campaign"]
URGENCIES: tuple[Urgency, ...] = ("reply", "notice", "campaign")  # who goes first

MOVES: dict[str, frozenset[str]] = {
    "queued": frozenset({"sending", "dropped", "wired", "delivered", "unknown"}),
    "sending": frozenset({"queued", "wired", "delivered", "failed", "unknown", "dropped"}),
    "unknown": frozenset({"wired", "delivered", "failed"}),
    "wired": frozenset({"delivered", "failed", "unknown"}),
    "delivered": frozenset(),
    "failed": frozenset(),
    "dropped": frozenset(),
}
"""Which state may follow which.

`wired`: the provider has it. `unknown`: it may have gone out, nobody can tell; only a receipt resolves it. From `queued`, the states
`wired`, `delivered` and `unknown` are for a message that waits for its second try because the first was unclear: a receipt of
the first spares the second, and when the second may no longer go, the first stays unknown. From `wired` to `unknown` goes an SMS of
which the operator told nothing for days (`fates.give_up_on_receipts`).
"""

UNCLEAR = "unclear"
"""The `why` of a message that may have gone out already: it is sent once more (reply, notice: `fates`) or never (campaign; `once`)."""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is sealed in a row: the message in its language, for one network."""

    text: str
    buttons: tuple[tuple[str, str, int], ...] = ()  # (callback data, label, row)
    silent: bool = False
    does: Literal["say", "leave"] = "say"
    how: Literal["send", "card", "quiet"] = "send"  # `card`: replace the card or send; `quiet`: replace it or nothing
    address: str = ""  # carried along when the row of the address will be gone: the last word after OUBLI
    file: File | None = None  # the text is its caption
    purpose: str = ""  # the consent that a campaign needs; "" means "workshops"


class Put(msgspec.Struct, frozen=True):
    """One message to go out."""

    address_id: int | None  # None: `body.address` says where
    network: str
    channel: str
    urgency: Urgency
    body: Body
    asks: str = ""
    card: str = ""
    sequence: int = 0
    after_stop: bool = False  # an answer to what was written, or the STOP confirmation: STOP does not hold it
    once: bool = False  # better lost than said twice: an unclear try is the last, as a campaign's
    not_before: datetime | None = None
    until: datetime | None = None  # the end of a campaign's window
    campaign: int | None = None  # its row: a pause takes back what waits


class Claimed(msgspec.Struct, frozen=True):
    """A row that is ours to mark for a while; nothing of its text."""

    id: int
    address_id: int | None
    urgency: Urgency
    channel: str
    attempts: int  # how often it was marked before, throttling not counted


class Settled(msgspec.Struct, frozen=True):
    """What became of one marked message."""

    id: int
    state: Literal["wired", "failed", "unknown", "retry", "dropped"]
    external: str = ""  # the provider's id
    why: str = ""  # of failed and dropped
    retry_after: float = 0  # seconds
    tried: bool = True  # False: it never reached the socket, or the provider asked for a pause: that is no failed try
    stop: bool = False  # the person closed the door: unreachable, and the queue goes
    moved: str = ""  # the address's new name at the provider
    epoch: int = 0  # of the lease it was marked under; 0 fences nothing


class Listed(msgspec.Struct, frozen=True):
    """A line for the desk and the doctor: no text, no person."""

    id: int
    network: str
    channel: str
    urgency: str
    state: str
    why: str
    attempts: int
    created_at: datetime


class Said(msgspec.Struct, frozen=True):
    """A message of ours to one address, opened."""

    id: int
    text: str
    buttons: tuple[tuple[str, str, int], ...]
    urgency: str
    state: str
    why: str
    asks: str
    card: str
    how: str
    created_at: datetime
    marks: int  # how often it was handed over, or was about to be


class Fenced(Exception):
    """Another holder has the network now: mark nothing more."""


def lease_name(network: str) -> str:
    """What the lease of a network is called."""
    return f"network:{network}"
