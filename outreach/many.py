"""One statement with many rows, as every batch of messages has some: on SQLite each value goes straight to the driver."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from outreach.tables.base import micros


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
    text, values = _prepared(statement, tuple(rows[0]))
    connection.exec_driver_sql(text, [tuple(_plain(value) for value in values(row)) for row in rows])


@cache
def _prepared(statement: sa.Insert | sa.Delete, keys: tuple[str, ...]) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The text with its marks, and what picks a row's values in their order."""
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=keys)
    return str(compiled), itemgetter(*(compiled.positiontup or ()))


def _plain(value: Any) -> Any:  # noqa: ANN401 - what a column takes
    return micros(value) if isinstance(value, datetime) else value
