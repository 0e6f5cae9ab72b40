"""Opens everything that is sealed in a database, with its keys: what a thief of both would read."""

from collections.abc import Iterator

import sqlalchemy as sa

from outreach import idempotency
from outreach.db import Database
from outreach.tables import metadata

SEALED = [table for table in metadata.sorted_tables if "sealed" in table.c]


def unsealed(database: Database) -> Iterator[tuple[str, str]]:
    """Table and plain words of each sealed value. Raises KeyTrouble rather than pass one over."""
    assert database.house is not None
    keys = database.house.keys
    with database.read() as session:
        for table in SEALED:
            for row in session.execute(sa.select(table).where(table.c.sealed.is_not(None))):
                if row.sealed:
                    yield table.name, keys.open(table.name, _bound_to(table.name, row), row.sealed).decode()


def _bound_to(table: str, row: sa.Row[tuple[object, ...]]) -> int | str:
    if table == "idempotency":
        return idempotency._row(row.token_id, row.key)
    number: int = row.address_id if table == "conversation" else row.id
    return number


def kept(database: Database, words: list[str]) -> dict[str, set[str]]:
    """Which tables hold these words, sealed."""
    found: dict[str, set[str]] = {}
    for table, text in unsealed(database):
        for word in words:
            if word in text:
                found.setdefault(word, set()).add(table)
    return found
