"""The statements of the hot batch, written for each driver: six a batch, however many messages it holds."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import trouble
from outreach.tables.base import instant, micros


class Kept(msgspec.Struct, frozen=True):
    """One inbound message as it is kept."""

    id: int
    channel: str
    account: str
    provider_key: str
    address_id: int | None
    sealed: bytes
    received_at: datetime


class Known(msgspec.Struct, frozen=True):
    """One address with its contact and its conversation (`state` None: it never had a turn)."""

    address_id: int
    contact_id: int
    subject: str
    pseudonym: str
    network: str
    channel: str
    language: str
    stopped: bool
    paused_until: datetime | None
    unreachable: bool
    address: bytes  # sealed
    seen_at: datetime
    heard_at: datetime | None
    state: bytes | None  # sealed
    consents: frozenset[str]


class Saved(msgspec.Struct, frozen=True):
    """Where a conversation stands after its turn."""

    address_id: int
    flow: str
    step: str
    sealed: bytes
    heard_at: datetime


class Statements(Protocol):
    """What a batch asks of the database."""

    def find(self, wanted: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], int]:
        """The numbers of the addresses that are known, by (network, fingerprint)."""
        ...

    def keep(self, rows: Sequence[Kept]) -> set[int]:
        """Insert messages, sorted by their keys; returns the numbers of those that had not come before."""
        ...

    def lock(self, address_ids: Sequence[int]) -> None:
        """Hold the contacts of these addresses, in the order of their numbers, until the transaction ends."""
        ...

    def load(self, address_ids: Sequence[int]) -> list[Known]:
        """The addresses, their contacts, conversations and consents. Call it under the lock."""
        ...

    def save(self, rows: Sequence[Saved]) -> None:
        """Insert or replace conversations."""
        ...

    def programme(self) -> tuple[Any, ...]:
        """What changes whenever a process that was opened does."""
        ...

    def run(self, statement: str) -> None:
        """A statement without values."""
        ...


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What is written in the block stays or goes as a whole, and the transaction goes on; SQLAlchemy's own takes half a millisecond."""
    run = statements(session).run
    run("SAVEPOINT batch")
    try:
        yield
    except BaseException as error:
        if trouble.kind(error) not in {"again", "down"}:  # else the transaction is lost anyhow
            run("ROLLBACK TO SAVEPOINT batch")
            run("RELEASE SAVEPOINT batch")
        raise
    run("RELEASE SAVEPOINT batch")


def statements(session: Session) -> Statements:
    """Those of the session's database."""
    connection = session.connection()
    return _SQLite(connection) if connection.dialect.name == "sqlite" else _PostgreSQL(connection)


_KNOWN = """
    SELECT a.id, a.contact_id, c.subject, c.pseudonym, a.network, a.channel, a.language, a.stopped_at, a.paused_until, a.unreachable_at,
           a.sealed, c.seen_at, v.heard_at, v.sealed, (SELECT {gather} FROM consent g WHERE g.address_id = a.id AND g.withdrawn_at IS NULL)
    FROM address a JOIN contact c ON c.id = a.contact_id LEFT JOIN conversation v ON v.address_id = a.id
    WHERE a.id {among}
"""
_SAVE = """
    INSERT INTO conversation (address_id, flow, step, sealed, heard_at) {values}
    ON CONFLICT (address_id)
    DO UPDATE SET flow = excluded.flow, step = excluded.step, sealed = excluded.sealed, heard_at = excluded.heard_at
"""

_PROGRAMME = "SELECT count(*), coalesce(sum(version), 0), max(changed_at) FROM process WHERE opened_at IS NOT NULL"

_NONE: frozenset[str] = frozenset()

# SQLite takes no arrays; the marks make as many texts as there are sizes of a batch, and the driver keeps them prepared
_FIND = """
    WITH wanted (network, fingerprint) AS (VALUES {marks})
    SELECT a.network, a.fingerprint, a.id FROM wanted w CROSS JOIN address a ON a.network = w.network AND a.fingerprint = w.fingerprint
"""  # CROSS: from each wanted one to the index, whatever SQLite guesses; IN (VALUES ...) reads the whole table
_KEEP = """
    INSERT INTO inbound (id, channel, account, provider_key, address_id, sealed, received_at, failed) VALUES {marks}
    ON CONFLICT (channel, account, provider_key) DO NOTHING RETURNING id
"""


class _SQLite:
    """On the driver itself. The writer holds the whole file since BEGIN IMMEDIATE: nothing to lock. Instants are whole microseconds."""

    def __init__(self, connection: sa.Connection) -> None:
        self._driver = cast("sqlite3.Connection", connection.connection.driver_connection)

    def find(self, wanted: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], int]:
        query = _FIND.format(marks=_marks(2, len(wanted)))
        return {(network, found): number for network, found, number in self._all(query, [value for pair in wanted for value in pair])}

    def keep(self, rows: Sequence[Kept]) -> set[int]:
        values: list[Any] = []
        for row in rows:
            values += (row.id, row.channel, row.account, row.provider_key, row.address_id, row.sealed, micros(row.received_at), 0)
        query = _KEEP.format(marks=_marks(8, len(rows)))
        return {number for (number,) in self._all(query, values)}

    def lock(self, address_ids: Sequence[int]) -> None:
        pass

    def load(self, address_ids: Sequence[int]) -> list[Known]:
        query = _KNOWN.format(gather="group_concat(g.purpose)", among="IN (" + ",".join("?" * len(address_ids)) + ")")
        return [_known(row, instant) for row in self._all(query, address_ids)]

    def save(self, rows: Sequence[Saved]) -> None:
        values = [(row.address_id, row.flow, row.step, row.sealed, micros(row.heard_at)) for row in rows]
        try:
            self._driver.executemany(_SAVE.format(values="VALUES (?, ?, ?, ?, ?)"), values)
        except sqlite3.Error as error:
            raise _told(error) from error

    def programme(self) -> tuple[Any, ...]:
        return cast("tuple[Any, ...]", self._all(_PROGRAMME)[0])

    def run(self, statement: str) -> None:
        self._all(statement)

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._driver.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _told(error) from error


def _told(error: sqlite3.Error) -> sa.exc.DBAPIError:
    """As SQLAlchemy would have raised it, and without the values."""
    return sa.exc.DBAPIError("a statement of the hot batch", None, error, hide_parameters=True)


class _PostgreSQL:
    """One statement a batch, its columns as arrays: the same text each time, so that the server keeps its plan."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, wanted: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], int]:
        query = """
            SELECT network, fingerprint, id FROM address
            WHERE (network, fingerprint) IN (SELECT * FROM unnest(%s::text[], %s::bytea[]))
        """
        rows = self._all(query, [network for network, _ in wanted], [found for _, found in wanted])
        return {(network, bytes(found)): number for network, found, number in rows}

    def keep(self, rows: Sequence[Kept]) -> set[int]:
        query = """
            INSERT INTO inbound (id, channel, account, provider_key, address_id, sealed, received_at, failed)
            SELECT *, false FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bytea[], %s::timestamptz[])
            ON CONFLICT (channel, account, provider_key) DO NOTHING RETURNING id
        """
        return {number for (number,) in self._all(query, *_columns(rows))}

    def lock(self, address_ids: Sequence[int]) -> None:
        # not FOR UPDATE: that would hold up whoever inserts a row that points at the contact
        query = """
            SELECT id FROM contact WHERE id IN (SELECT contact_id FROM address WHERE id = ANY(%s::bigint[]))
            ORDER BY id FOR NO KEY UPDATE
        """
        self._all(query, list(address_ids))

    def load(self, address_ids: Sequence[int]) -> list[Known]:
        query = _KNOWN.format(gather="string_agg(g.purpose, ',')", among="= ANY(%s::bigint[])")
        return [_known(row, _aware) for row in self._all(query, list(address_ids))]

    def save(self, rows: Sequence[Saved]) -> None:
        query = _SAVE.format(values="SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[], %s::timestamptz[])")
        self._connection.exec_driver_sql(query, _columns(rows))

    def programme(self) -> tuple[Any, ...]:
        return tuple(self._all(_PROGRAMME)[0])

    def run(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)

    def _all(self, query: str, *values: Any) -> Sequence[Any]:  # noqa: ANN401 - lists of what the driver takes
        return self._connection.exec_driver_sql(query, values).all()


def _columns(rows: Sequence[msgspec.Struct]) -> tuple[list[Any], ...]:
    return tuple(list(column) for column in zip(*(msgspec.structs.astuple(row) for row in rows), strict=True))


def _marks(columns: int, rows: int) -> str:
    one = "(" + ",".join("?" * columns) + ")"
    return ",".join([one] * rows)


def _known(row: Any, at: Callable[[Any], datetime]) -> Known:  # noqa: ANN401 - a row of _KNOWN
    number, contact, subject, pseudonym, network, channel, language, stopped, paused, unreachable, address, seen, heard, state, purposes = (
        row
    )
    return Known(
        address_id=number,
        contact_id=contact,
        subject=subject,
        pseudonym=pseudonym,
        network=network,
        channel=channel,
        language=language,
        stopped=stopped is not None,
        paused_until=None if paused is None else at(paused),
        unreachable=unreachable is not None,
        address=address,
        seen_at=at(seen),
        heard_at=None if heard is None else at(heard),
        state=state,
        consents=frozenset(purposes.split(",")) if purposes else _NONE,
    )


def _aware(value: datetime) -> datetime:
    return value
