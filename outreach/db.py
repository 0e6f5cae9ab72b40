"""Engines and sessions, where SQLite and PostgreSQL differ, and whether the tables are those this code expects."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from alembic.config import Config

    from outreach.house import House

_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "secure_delete=ON")
LARGE, _LOOKED_AT = 10_000, 1_000  # rows of a table that is studied, and of each of its indexes that are looked at
_WAIT = 30.0  # seconds for a lock that another process holds
_ATTEMPTS = 100  # to switch a new file to its write-ahead log
_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_MIGRATOR = 7_020_261  # any number, the same in every process: PostgreSQL's advisory lock


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

    def fold(self) -> None:
        """Fold SQLite's write-ahead log into its file: erased words live on in it until then. Busy, it is for the next time."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA busy_timeout=50")
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.invalidate()  # the next one waits as long as the others

    def study(self) -> None:
        """Let SQLite look at how the rows of its large tables lie, a thousand of each index: PostgreSQL does so by itself.

        Small ones stay unknown to it, and count as large: what was little when it looked may be much tomorrow.
        """
        if not self.is_sqlite:
            return
        with self.engine.execution_options(writes=True).begin() as connection:
            tables = [name for name in sa.inspect(connection).get_table_names() if name.isidentifier()]
            connection.exec_driver_sql(f"PRAGMA analysis_limit={_LOOKED_AT}")
            for name in tables:
                query = sa.select(sa.func.count()).select_from(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(LARGE).subquery())
                if connection.scalar(query) == LARGE:
                    connection.exec_driver_sql(f'ANALYZE "{name}"')
        self.engine.dispose()  # a connection reads what was found when it opens

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": _WAIT, "isolation_level": None, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own object
        _keep_a_log(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # a writer that starts as a reader meets SQLITE_BUSY when it turns: ask for the lock at once
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


def _keep_a_log(connection: sqlite3.Connection) -> None:
    # two that open a new file at once both read it and both want it alone: SQLite tells one of them BUSY without any wait
    for attempt in range(_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == _ATTEMPTS - 1:
                raise
            connection.execute("BEGIN IMMEDIATE")  # this one waits for the other
            connection.execute("ROLLBACK")
        else:
            return


def latest() -> str:
    """The number of the last migration, "" when there is none. Read from the files, so that starting needs no alembic."""
    return max(_revisions("revision") - _revisions("down_revision"), default="")


def _revisions(called: str) -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in _MIGRATIONS.glob("versions/[0-9]*.py")]
    return {name for text in texts for name in re.findall(rf"^{called} = ['\"](\w+)['\"]", text, re.MULTILINE)}


def is_current(database: Database) -> bool:
    """Whether every migration was applied. An empty database is not current; nothing is written. Raises NewerDatabase."""
    with database.read() as session:
        connection = session.connection()
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        applied = list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())
    if set(applied) - _revisions("revision"):
        raise NewerDatabase
    return [latest()] == applied


class NewerDatabase(Exception):
    """It was made by a version that this one does not know."""

    def __init__(self) -> None:
        """The same sentence everywhere."""
        super().__init__("this database was made by a newer version of Aller-vers: install that version, or restore a backup")


def migrate(database: Database) -> None:
    """Apply what is missing, in one transaction; nothing when all is there. Two at once: the second waits, then finds nothing to do.

    Raises NewerDatabase.
    """
    from alembic import command

    is_current(database)

    with database.engine.execution_options(writes=True).connect() as connection:
        if database.is_sqlite:
            # altering copies a table and drops the old one, which would cascade; a pragma is deaf inside a transaction
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_MIGRATOR)))
                    connection.exec_driver_sql("SET LOCAL lock_timeout = '4s'")  # rather fail than hold up the messages
                command.upgrade(alembic_config(connection), "head")
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    message = "a migration would leave rows that point at nothing: nothing was changed"
                    raise sa.exc.IntegrityError(message, None, ValueError(message))
        finally:
            if database.is_sqlite:
                connection.invalidate()  # the next one watches foreign keys again


def alembic_config(connection: sa.Connection, metadata: sa.MetaData | None = None) -> "Config":
    """Alembic's configuration, in code: there is no ini file to lose or to forget."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "metadata": metadata})
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config
