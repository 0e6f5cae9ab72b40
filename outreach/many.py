"""One statement with many rows, as every batch of messages has some: on SQLite each value goes straight to the driver."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from outreach.tables.base import Instant, micros


def write(session: Session, statement: sa.Insert | sa.Delete, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement once for each row; nothing for none.

    The statement is one of a module, built once, with two values or more; all rows have the same keys, and name every column that
    has a default. PostgreSQL takes them as SQLAlchemy sends them; on SQLite its treatment of each value takes longer than the insert.
    """
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.execute(statement, rows)
        return
    text, values, times = _prepared(statement, tuple(rows[0]))
    found = [_plainly(values(row), times) for row in rows] if times else [values(row) for row in rows]
    connection.exec_driver_sql(text, found)


@cache
def _prepared(
    statement: sa.Insert | sa.Delete, keys: tuple[str, ...]
) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]], tuple[int, ...]]:
    """The text with its marks, what picks a row's values in their order, and the places of those that are instants."""
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=keys)
    names = tuple(compiled.positiontup or ())
    times = tuple(place for place, name in enumerate(names) if isinstance(compiled.binds[name].type, Instant))
    return str(compiled), itemgetter(*names), times


def _plainly(values: tuple[Any, ...], times: tuple[int, ...]) -> tuple[Any, ...]:
    plain = list(values)
    for place in times:
        if isinstance(plain[place], datetime):
            plain[place] = micros(plain[place])
    return tuple(plain)
