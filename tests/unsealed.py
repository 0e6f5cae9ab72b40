"""Opens everything that is sealed in a database, with its keys: what a thief of both would read."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from outreach import idempotency
from outreach.db import Database
from outreach.tables import address, inbound, metadata

SEALED = [table for table in metadata.sorted_tables if "sealed" in table.c]


def unsealed(database: Database) -> Iterator[tuple[str, str]]:
    """Table and plain words of each sealed value. Raises KeyTrouble rather than pass one over."""
    assert database.house is not None
    keys = database.house.keys
    with database.read() as session:
        for table in SEALED:
            for row in session.execute(sa.select(table).where(table.c.sealed.is_not(None))):
                if row.sealed:
                    yield table.name, _words(keys.open(table.name, _bound_to(table.name, row), row.sealed))


def _words(opened: bytes) -> str:
    """An archive speaks through its files."""
    if not zipfile.is_zipfile(io.BytesIO(opened)):
        return opened.decode()
    with zipfile.ZipFile(io.BytesIO(opened)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def _bound_to(table: str, row: sa.Row[tuple[object, ...]]) -> int | str:
    if table == "idempotency":
        return idempotency._row(row.token_id, row.key)
    number: int = getattr(row, {"conversation": "address_id", "dossier": "contribution_id"}.get(table, "id"))
    return number


def kept(database: Database, words: list[str]) -> dict[str, set[str]]:
    """Which tables hold these words, sealed."""
    found: dict[str, set[str]] = {}
    for table, text in unsealed(database):
        for word in words:
            if word in text:
                found.setdefault(word, set()).add(table)
    return found


class Heard(NamedTuple):
    """One message that came in, opened."""

    channel: str
    key: str  # the provider's own
    where: str  # "" when nobody that is kept sent it
    what: dict[str, Any]  # the Arrival as JSON has it
    failed: bool


def said_by_everybody(database: Database) -> Iterator[Heard]:
    """Every message that came in and was not erased."""
    assert database.house is not None
    keys = database.house.keys
    query = sa.select(inbound, address.c.sealed.label("home")).join_from(inbound, address, isouter=True)
    with database.read() as session:
        for row in session.execute(query):
            where = keys.open("address", row.address_id, row.home).decode() if row.home else ""
            if row.sealed:
                what = json.loads(keys.open("inbound", row.id, row.sealed))
                yield Heard(row.channel, row.provider_key, where, what, row.failed)
