"""The table of moves of a copy, the shapes that the relay takes and gives, and the one way in which a row changes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, many
from outreach.references import new_id
from outreach.tables import attempt, relay, target

Wants = Literal["publish", "withdraw"]
Outcome = Literal["there", "gone", "retry", "unclear", "waits", "refused"]

MOVES: dict[str, frozenset[str]] = {
    "pending": frozenset({"sending", "confirmed", "with_a_human"}),
    "sending": frozenset({"pending", "confirmed", "to_reconcile", "with_a_human"}),
    "to_reconcile": frozenset({"sending", "pending", "confirmed", "with_a_human"}),
    "with_a_human": frozenset({"pending", "to_reconcile", "confirmed"}),
    "confirmed": frozenset({"pending", "with_a_human"}),
}
"""Which state may follow which (DESIGN 4).

`to_reconcile`: the platform may have it, nobody can tell: it is searched for our number before anything is written again. From
`confirmed` back to `pending` goes what the record changed or took back, to `with_a_human` what the platform says it took down.
"""

KINDS: tuple[str, ...] = ("kinto", "webhooks", "decidim", "openstad", "adhocracy", "file-decidim", "file-cap")
BY_HAND = frozenset({"file-decidim", "file-cap"})
"""Kinds that no program may write to: a person carries a file over."""
LEASE = "relay"
LATE = timedelta(hours=72)
"""A withdrawal that a platform has not acknowledged by then is told to staff (GDPR-44)."""
WHY = 200  # letters
HANDED = "handed_over"
"""The `why` of a copy that is in a file which a person carries over."""


class Fenced(Exception):
    """Another process relays now: take nothing more."""


class Job(msgspec.Struct, frozen=True):
    """One copy to make or to take down. `text` is word for word what the record holds, "" for a withdrawal.

    `external`: the platform's number of a copy that is known; `doubt`: there may be one that is not; `stale`: the known one has an
    earlier text. `key` is the same for each try of the same version.
    """

    id: int
    ref: str
    wants: Wants
    version: int
    text: str
    language: str
    process: str
    title: str
    question: str
    received_on: date
    published_at: datetime
    redacted: bool
    grouped_with: str
    external: str
    address: str
    doubt: bool
    stale: bool
    failures: int

    @property
    def key(self) -> str:
        """Names this version of this copy: the same twice is once."""
        return f"{self.ref}.{self.version}"


class Settled(msgspec.Struct, frozen=True):
    """How a try ended. `text`: what was read back; `external`: None when nothing new is known, "" when nothing stands there."""

    id: int
    version: int
    outcome: Outcome
    text: str = ""
    external: str | None = None
    address: str = ""
    why: str = ""
    after: float = 0  # seconds until the next try
    tried: bool = True  # False: the platform was away: that is nobody's failed try


_COLUMNS = (
    "state", "wants", "version", "fidelity", "seen", "external", "address", "why", "note", "doubt", "stale", "failures", "failed_at",
    "attempts", "epoch", "not_before", "since", "settled_at",
)  # fmt: skip
_NEW: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _COLUMNS}
_CHANGE = sa.update(relay).where(relay.c.id == sa.bindparam("this")).values(_NEW)
_TRIED = sa.insert(attempt)

ROWS = sa.select(relay, target.c.name.label("target"), target.c.kind, target.c.well_at).join(target, target.c.id == relay.c.target_id)
"""Rows as `write` wants them."""


def locked(session: Session, *where: sa.ColumnElement[bool]) -> list[Any]:
    """Copies under lock, in the order of their numbers."""
    return list(session.execute(ROWS.where(*where).order_by(relay.c.id).with_for_update(of=relay)))


def write(session: Session, changes: Sequence[tuple[Any, dict[str, Any]]], now: datetime, actor: str) -> None:
    """Change rows as they were read; each move is an audit line. Raises ValueError for a move that is not in the table."""
    if not changes:
        return
    lines = []
    for row, values in changes:
        after = values.get("state", row.state)
        if after != row.state:
            if after not in MOVES[row.state]:
                raise ValueError(f"a copy can't go from {row.state} to {after}")
            lines.append(audit.line(actor, f"relay.{after}", row.subject, before=row.state, channel=row.target, kind=row.wants))
    many_values = [{"this": row.id} | {f"new_{name}": values.get(name, getattr(row, name)) for name in _COLUMNS} for row, values in changes]
    session.execute(_CHANGE, many_values)
    audit.write(session, lines, now)


def note_tries(session: Session, tries: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Write tries down: (copy, outcome, why)."""
    rows = [{"id": new_id(now), "relay_id": id_, "at": now, "outcome": outcome, "why": why[:WHY]} for id_, outcome, why in tries]
    many.write(session, _TRIED, rows)
