"""What citizens said: the table of states and the moves, each an audit line; what became of a person's own words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, many
from outreach.contributions.own import of_addresses
from outreach.references import new_id
from outreach.tables import contribution
from outreach.tables import move as moves

__all__ = ["MOVES", "STATES", "NotAllowed", "Standing", "check", "enter", "move", "of_addresses"]

_MOVED = sa.insert(moves)
_TABLE: dict[str, tuple[str, ...]] = {
    "draft": ("received", "read_only"),  # lives in the sealed conversation; only a sheet of paper has a row before its first move
    "received": ("accepted", "redacted", "refused", "grouped", "answered", "moved", "split", "asked_again"),
    "read_only": (),  # read and counted, never published
    "moved": ("received",),
    "split": ("received",),  # each part of it; the whole stays where it is
    "asked_again": ("received",),
    "refused": ("appealed",),
    "appealed": ("upheld", "reversed"),
    "upheld": (),
    "reversed": ("accepted", "redacted"),
    "answered": (),
    "accepted": ("published",),
    "redacted": ("published",),
    "grouped": ("published",),
    "published": ("taken_up", "not_taken_up", "refused"),  # refused: taken away after it was reported, by two people
    "taken_up": ("responded",),
    "not_taken_up": ("responded",),
    "responded": ("carried_out",),
    "carried_out": (),
    "withdrawn": (),
}

STATES: tuple[str, ...] = tuple(_TABLE)

MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {before: frozenset(after if before in {"draft", "withdrawn"} else (*after, "withdrawn")) for before, after in _TABLE.items()}
)
"""From each state, where it may go (DESIGN 4). A draft is erased, not withdrawn: no row of it is left, a sheet of paper's neither."""


class NotAllowed(Exception):
    """A move that is not in the table, or a contribution that moved meanwhile; names states, never words of a person."""


class Standing(Protocol):
    """What `move` must know of a contribution: a row of the table has it."""

    @property
    def id(self) -> int:
        """The row's number."""

    @property
    def subject(self) -> str:
        """What audit lines call it."""

    @property
    def state(self) -> str:
        """Where it stands."""


def check(before: str, after: str) -> None:
    """Raise NotAllowed unless the table has this move."""
    if after not in MOVES.get(before, frozenset()):
        raise NotAllowed(f"a contribution can't go from {before} to {after}")


def move(session: Session, rows: Sequence[Standing], after: str, now: datetime, actor: str, **values: Any) -> None:  # noqa: ANN401 - columns
    """Move contributions to one state, with other columns if need be; a `move` row and an audit line for each, in the same breath.

    Raises NotAllowed, and nothing has moved, when one of them may not, or is no longer where it was.
    """
    for before in sorted({row.state for row in rows}):
        check(before, after)
        those = [row.id for row in rows if row.state == before]
        changed = session.connection().execute(
            sa.update(contribution)
            .where(contribution.c.id.in_(those), contribution.c.state == before)
            .values(state=after, changed_at=now, **values)
        )
        if changed.rowcount != len(those):
            raise NotAllowed(f"a contribution is no longer {before}")
    _tell(session, [(row.id, row.subject, row.state) for row in rows], after, now, actor)


def enter(session: Session, rows: Sequence[Mapping[str, Any]], before: str, now: datetime, actor: str) -> None:
    """Tell of new rows of the table, made in the state they bear: "draft" or "split" came before."""
    for after in sorted({row["state"] for row in rows}):
        check(before, after)
        _tell(session, [(row["id"], row["subject"], before) for row in rows if row["state"] == after], after, now, actor)


def _tell(session: Session, rows: Sequence[tuple[int, str, str]], after: str, now: datetime, actor: str) -> None:
    moved = [{"id": new_id(now), "contribution_id": id_, "before": before, "after": after, "at": now} for id_, _subject, before in rows]
    many.write(session, _MOVED, moved)
    audit.write(session, [audit.line(actor, f"contribution.{after}", subject, before=before) for _id, subject, before in rows], now)
