"""Silences that are waited for: one row each, set, replaced, cleared, and taken once when they come due."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach import many
from outreach.tables import wakeup


class Wake(msgspec.Struct, frozen=True):
    """The silence `name` of an address, due at an instant."""

    address_id: int
    name: str
    due_at: datetime


def _put(insert: Any) -> Any:  # noqa: ANN401 - either dialect's
    return insert.on_conflict_do_update(index_elements=["address_id", "name"], set_={"due_at": insert.excluded.due_at})


# built once: every batch of messages sets silences
_SET = {"sqlite": _put(sqlite.insert(wakeup)), "postgresql": _put(postgresql.insert(wakeup))}
_CLEAR = sa.delete(wakeup).where(wakeup.c.address_id == sa.bindparam("of"), wakeup.c.name == sa.bindparam("named"))

_DUE = (
    sa.select(wakeup.c.address_id, wakeup.c.name, wakeup.c.due_at)
    .where(wakeup.c.due_at <= sa.bindparam("now", type_=wakeup.c.due_at.type))
    .order_by(wakeup.c.due_at, wakeup.c.address_id, wakeup.c.name)
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def set_(session: Session, wakes: Sequence[Wake]) -> None:
    """Wait for silences; one of the same name is replaced."""
    statement = _SET[session.get_bind().dialect.name]
    many.write(session, statement, [{"address_id": wake.address_id, "name": wake.name, "due_at": wake.due_at} for wake in wakes])


def clear(session: Session, pairs: Collection[tuple[int, str]]) -> None:
    """Wait for these (address, name) no more."""
    many.write(session, _CLEAR, [{"of": address_id, "named": name} for address_id, name in pairs])


def forget(session: Session, address_ids: Collection[int]) -> None:
    """Wait for nothing more of these addresses."""
    if address_ids:
        session.connection().execute(sa.delete(wakeup).where(wakeup.c.address_id.in_(address_ids)))


def due(session: Session, now: datetime, limit: int = 200) -> tuple[Wake, ...]:
    """The silences that have come, the first due first."""
    return tuple(Wake(*row) for row in session.connection().execute(_DUE, {"now": now, "most": limit}))


def take(session: Session, wakes: Sequence[Wake], now: datetime) -> tuple[Wake, ...]:
    """Those of `wakes` that are still due, taken out: whoever takes one has its turn.

    Call it under the contacts' locks: whoever sets or takes a silence holds them.
    """
    if not wakes:
        return ()
    query = sa.select(wakeup.c.address_id, wakeup.c.name).where(
        wakeup.c.address_id.in_({wake.address_id for wake in wakes}), wakeup.c.due_at <= now
    )
    still = {(row.address_id, row.name) for row in session.connection().execute(query)}
    taken = tuple(wake for wake in wakes if (wake.address_id, wake.name) in still)
    clear(session, [(wake.address_id, wake.name) for wake in taken])
    return taken
