"""A table with small cells is issued once a week: who compares what was shown on two days learns nothing of one person (DIV-07)."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach.tables import issue

A_WEEK = timedelta(days=7)

T = TypeVar("T", bound=msgspec.Struct)


class Issued(msgspec.Struct, Generic[T], frozen=True):
    """A table as it was shown first, at that instant; the next one is made after `until`."""

    table: T
    at: datetime
    until: datetime


def current(session: Session, names: Collection[str], now: datetime, shape: type[T]) -> dict[str, Issued[T]]:
    """The tables of those names as they are shown this week; one that is not there may be made anew."""
    rows = session.execute(sa.select(issue).where(issue.c.name.in_(names), issue.c.at > now - A_WEEK))
    return {row.name: Issued(msgspec.json.decode(row.shown, type=shape), row.at, row.at + A_WEEK) for row in rows}


def issued(session: Session, name: str, now: datetime, shape: type[T], make: Callable[[], T]) -> Issued[T]:
    """The table of that name: the one of this week, else a new one, its small cells hidden already. What is hidden is stored nowhere."""
    row = session.execute(sa.select(issue).where(issue.c.name == name).with_for_update()).one_or_none()
    if row is not None and now < row.at + A_WEEK:
        return Issued(msgspec.json.decode(row.shown, type=shape), row.at, row.at + A_WEEK)
    into = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    shown = msgspec.json.encode(make()).decode()
    values = {"at": now, "shown": shown}
    fresh = into(issue).values(name=name, **values)
    # another process may have been a moment faster: then its table stands
    kept = session.execute(
        fresh.on_conflict_do_update(index_elements=["name"], set_=values, where=issue.c.at <= now - A_WEEK).returning(issue.c.at)
    )
    if kept.one_or_none() is None:
        return issued(session, name, now, shape, make)
    return Issued(msgspec.json.decode(shown, type=shape), now, now + A_WEEK)
