"""Backup and restore; who was erased after a backup is erased again when it comes back."""

import shutil
import sqlite3
import subprocess
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from outreach import privacy
from outreach.db import Database
from outreach.house import house
from outreach.tables import address, metadata, suppression


class UpkeepTrouble(Exception):
    """The copy could not be made or put back; the message says what to do."""


def backup(database: Database, file: Path) -> None:
    """A consistent copy of a running database: SQLite's own backup, or `pg_dump`. Raises UpkeepTrouble; overwrites nothing."""
    if file.exists():
        raise UpkeepTrouble(f"{file} exists already: choose another name")
    if not database.is_sqlite:
        _run("pg_dump", "--format=custom", f"--file={file}", _dsn(database))
    else:
        source, target = sqlite3.connect(str(database.url.database)), sqlite3.connect(file)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
    file.chmod(0o600)


def restore(database: Database, file: Path, now: datetime) -> int:
    """Put a copy back in place of what stands there, then replay the erasures. Gives how many. Stop the service first."""
    with database.read() as session:
        gone = {(row.network, row.fingerprint) for row in session.execute(sa.select(suppression)) if row.why == "forgotten"}
        kept = session.execute(sa.select(suppression)).mappings().all()
    database.close()
    if not database.is_sqlite:
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={_dsn(database)}", str(file))
    else:
        _replace_sqlite(database, file)
    with database.write() as session:
        known = {(row.network, row.fingerprint) for row in session.execute(sa.select(suppression.c.network, suppression.c.fingerprint))}
        if missing := [dict(row) for row in kept if (row["network"], row["fingerprint"]) not in known]:
            session.execute(suppression.insert(), missing)
        keys, erased = house(session).keys, 0
        for row in session.execute(sa.select(address.c.id, address.c.network, address.c.sealed)).all():
            where = keys.open("address", row.id, row.sealed).decode()
            if (row.network, keys.suppress(row.network, where)) in gone:
                privacy.forget(session, now, row.id)
                erased += 1
    return erased


def _replace_sqlite(database: Database, file: Path) -> None:
    source = sqlite3.connect(file)
    try:
        tables = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not set(metadata.tables) <= tables:
            raise UpkeepTrouble(f"{file} is no backup of this service")
        target = sqlite3.connect(str(database.url.database))
        try:
            source.backup(target)
        finally:
            target.close()
    except sqlite3.DatabaseError as error:
        raise UpkeepTrouble(f"{file} can't be read as a backup: {type(error).__name__}") from None
    finally:
        source.close()


def _dsn(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise UpkeepTrouble(f"{program} is missing: sudo apt-get install postgresql-client")
    done = subprocess.run([found, *arguments], capture_output=True, check=False)  # noqa: S603 - a program of PostgreSQL, found on the path
    if done.returncode:
        raise UpkeepTrouble(f"{program} failed: {done.stderr.decode(errors='replace').splitlines()[-1:]}")
