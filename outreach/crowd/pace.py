"""How a large database is filled quickly, and what is done once it is full."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from outreach import notary
from outreach.db import Database
from outreach.record import log

_LINKS, _LEAVES = 50_000, 5_000
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


def settle(database: Database, now: datetime, tell: Callable[[str, int], None]) -> None:
    """Bring the chains and the record's tree up to date in large slices; `tell` hears how far it came."""
    for name, verb, limit in (("links of the chains", notary.chain, _LINKS), ("leaves of the record", log.grow, _LEAVES)):
        done, more = 0, 1
        while more:
            with database.write() as session:
                more = verb(session, now, limit=limit)
            done += more
            tell(name, done)
