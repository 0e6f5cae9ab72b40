"""How a large database is filled quickly, and what is done once it is full."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from outreach import notary
from outreach.db import Database
from outreach.record import log
from outreach.tables import audit, contribution, decision, entry, inbound, leaf, likeness, move, outbox, relay

_LINKS, _LEAVES = 50_000, 5_000
_FILLED = (contribution, move, decision, audit, entry, leaf, likeness, inbound, outbox, relay)
_HURRIED = ("synchronous=OFF", "cache_size=-500000", "secure_delete=OFF", "wal_autocheckpoint=20000")


def hurry(database: Database) -> None:
    """Let SQLite keep half a gigabyte at hand and wait for no disk: for a database that is thrown away when the machine fails."""
    if not database.is_sqlite:
        return

    @sa.event.listens_for(database.engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own object
        for pragma in _HURRIED:
            connection.execute(f"PRAGMA {pragma}")

    database.engine.dispose()


def unindex(database: Database) -> None:
    """Take the indexes of the tables that are filled away, those that keep rows apart stay."""
    with database.write() as session:
        for index in _filled():
            index.drop(session.connection())


def index(database: Database) -> None:
    """Put them back."""
    with database.write() as session:
        for one in _filled():
            one.create(session.connection())


def _filled() -> Iterator[sa.Index]:
    return (one for table in _FILLED for one in sorted(table.indexes, key=lambda one: str(one.name)))


def settle(database: Database, now: datetime, tell: Callable[[str, int], None]) -> None:
    """Bring the record's chain and tree up to date in large slices; `tell` hears how far it came. Audit lines wait for a notary."""
    chain = partial(notary.chain, limit=_LINKS, names=("record",))
    for name, verb in (("links of the record", chain), ("leaves of the record", partial(log.grow, limit=_LEAVES))):
        done, more = 0, 1
        while more:
            with database.write() as session:
                more = verb(session, now)
            done += more
            tell(name, done)
