"""Engines and sessions, and where SQLite and PostgreSQL differ."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from outreach.house import House


class Database:
    """One database, and the house that its sessions work for."""

    def __init__(self, url: str, house: "House | None" = None) -> None:
        """Prepare the engines; nothing is opened yet. `postgresql://` means psycopg 3."""
        self.url = sa.make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.house = house
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else sa.create_engine(self.url, pool_size=8, pool_pre_ping=True)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that commits at the end, or not at all."""
        with self._session(writes=True) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One look; what is written in it is thrown away."""
        with self._session(writes=False) as session:
            yield session

    def _session(self, *, writes: bool) -> Session:
        bind = self.engine.execution_options(writes=True) if writes else self.engine
        return Session(bind, info={"house": self.house})

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": 30, "isolation_level": None, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own object
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "temp_store=MEMORY", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # a writer that starts as a reader meets SQLITE_BUSY when it turns: ask for the lock at once
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine
