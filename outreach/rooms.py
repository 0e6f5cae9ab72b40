"""The rooms of a process's workshops: one row each, that follows the document and rises with each change people must know of."""

from collections.abc import Sequence
from datetime import datetime
from math import inf
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.documents import Workshop
from outreach.references import new_id, new_token
from outreach.tables import registration, workshop

LIVE = ("confirmed", "waiting", "offered", "attended", "absent")


def sync(session: Session, process_id: int, workshops: Sequence[Workshop], now: datetime) -> None:
    """Make the rooms of a process these. A new hour, place or cancellation raises the sequence (RFC 5545 §3.8.7.4)."""
    rows = {row.name: row for row in session.execute(sa.select(workshop).where(workshop.c.process_id == process_id).with_for_update())}
    kept = [one.id for one in workshops]
    session.execute(sa.delete(workshop).where(workshop.c.process_id == process_id, workshop.c.name.not_in(kept)))
    for one in workshops:
        values: dict[str, Any] = {
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "place": one.place,
            "capacity": one.capacity,
            "remote_capacity": one.remote.capacity if one.remote else 0,
            "status": one.status,
            "changed_at": now,
        }
        row = rows.get(one.id)
        if row is None:
            fresh = {"id": new_id(now), "process_id": process_id, "name": one.id, "subject": new_token()}
            session.execute(sa.insert(workshop).values(fresh | values))
        else:
            known = (row.starts_at, row.ends_at, row.place, row.status == "cancelled")
            changed = known != (one.starts_at, one.ends_at, one.place, one.status == "cancelled")
            if _room(one.capacity) > _room(row.capacity) or _room(values["remote_capacity"]) > _room(row.remote_capacity):
                values["next_wave_at"] = now  # who waits is asked
            session.execute(sa.update(workshop).where(workshop.c.id == row.id).values(**values, sequence=row.sequence + changed))


def _room(capacity: int | None) -> float:
    return inf if capacity is None else capacity


def in_use(session: Session, process_id: int, kept: Sequence[str]) -> list[str]:
    """Workshops that are not among these and that people signed up for: they can be cancelled, never left out."""
    query = (
        sa.select(workshop.c.name)
        .join(registration)
        .where(workshop.c.process_id == process_id, workshop.c.name.not_in(kept), registration.c.state.in_(LIVE))
    )
    return sorted(set(session.scalars(query)))


class Seats(NamedTuple):
    """What is left of a workshop; None where nobody counts, or where there is nothing from home."""

    room: int | None
    remote: int | None


def seats(session: Session, process_id: int) -> dict[str, Seats]:
    """Seats left in the room and from home, by the workshop's id; none of what is cancelled or declared full."""
    rows = session.execute(sa.select(workshop).where(workshop.c.process_id == process_id))
    return {
        row.name: Seats(
            _left(row.capacity, row.taken, row.status),
            None if row.remote_capacity == 0 else _left(row.remote_capacity, row.remote_taken, row.status),
        )
        for row in rows
    }


def _left(capacity: int | None, taken: int, status: str) -> int | None:
    if status != "scheduled":
        return 0
    return None if capacity is None else max(0, capacity - taken)
