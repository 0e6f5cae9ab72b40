"""Backup and restore; what people took back after a backup was made is taken back again when it returns."""

import os
import shutil
import sqlite3
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import contacts, db, keyhole, leases, privacy, relays
from outreach.contributions import withdrawal
from outreach.db import Database
from outreach.house import house
from outreach.outbox.words import UNCLEAR
from outreach.tables import address, consent, contribution, outbox, paper, suppression

AT_ONCE = 500
_NEEDED = {"alembic_version", "setting"}
"""Tables of every version of this service."""


class UpkeepTrouble(Exception):
    """The copy could not be made or put back; the message says what to do."""


class _Since(msgspec.Struct, frozen=True):
    """What stands before a copy comes back, as far as people asked for it: it must hold afterwards too."""

    opposed: dict[tuple[str, bytes], Any]  # rows of the suppression list, by network and fingerprint
    alive: frozenset[int]  # addresses
    withdrawn: frozenset[int]  # contributions
    sheets: frozenset[int]  # of paper: one that is not there any more was erased before its second look
    paused: dict[int, datetime]  # addresses, until when
    ended: dict[int, datetime]  # consents


def backup(database: Database, file: Path) -> None:
    """A consistent copy of a running database: SQLite's own backup, or `pg_dump`. Raises UpkeepTrouble; overwrites nothing."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise UpkeepTrouble(f"{file} exists already: choose another name") from None
    except OSError as error:
        raise UpkeepTrouble(f"{file} can't be written: {error.strerror}") from None
    try:
        if database.is_sqlite:
            _copy(Path(str(database.url.database)), file)
        else:
            _run(database, "pg_dump", "--format=custom", f"--file={file}")
    except BaseException:
        file.unlink()
        raise


def restore(database: Database, file: Path, now: datetime) -> int:
    """Put a copy back in place of what stands there, then replay what people took back since. Gives how many erasures.

    A campaign that waited in the copy may have gone out since: it is unknown, and never sent again. Stop the service first.
    Raises UpkeepTrouble, KeyTrouble when the copy was sealed with another key.
    """
    database.close()
    with database.read() as session:
        if any(name.startswith("network:") for name in leases.holders(session)):
            raise UpkeepTrouble("the service is still running: stop it first")
        if others := _others(database, session):
            raise UpkeepTrouble(f"{others} other connections hold the database: stop the service, each of its processes, and try again")
        since = _take_down(session)
        fingerprint = house(session).keys.fingerprint
    database.close()
    if database.is_sqlite:
        _check_sqlite(file, fingerprint)
        _copy(file, Path(str(database.url.database)))
    else:
        _run(database, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))
    db.migrate(database)
    with database.write() as session:
        keyhole.prove(session, house(session).keys)
        return _replay(session, since, now)


def _others(database: Database, session: Session) -> int:
    """Connections to PostgreSQL besides this one: a process that only takes messages in holds no network."""
    if database.is_sqlite:
        return 0
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return int(session.connection().exec_driver_sql(query).scalar_one())


def _take_down(session: Session) -> _Since:
    return _Since(
        opposed={(row.network, bytes(row.fingerprint)): row for row in session.execute(sa.select(suppression))},
        alive=frozenset(session.scalars(sa.select(address.c.id))),
        withdrawn=frozenset(session.scalars(sa.select(contribution.c.id).where(contribution.c.state == "withdrawn"))),
        sheets=frozenset(session.scalars(sa.select(paper.c.contribution_id))),
        paused={row.id: row.paused_until for row in session.execute(sa.select(address).where(address.c.paused_until.is_not(None)))},
        ended={row.id: row.withdrawn_at for row in session.execute(sa.select(consent).where(consent.c.withdrawn_at.is_not(None)))},
    )


def _replay(session: Session, since: _Since, now: datetime) -> int:
    """In this order: words, then people, then what those who stay opposed."""
    known = {(row.network, bytes(row.fingerprint)) for row in session.execute(sa.select(suppression))}
    if missing := [dict(row._mapping) for who, row in since.opposed.items() if who not in known]:  # noqa: SLF001 - how a row gives its columns by name
        session.execute(suppression.insert(), missing)
    relays.doubt_all(session, now)
    erased = _withdraw(session, since, now)
    keys = house(session).keys
    for row in session.execute(sa.select(address)).all():
        who = (row.network, keys.suppress(row.network, keys.open("address", row.id, row.sealed).decode()))
        opposition = since.opposed.get(who)
        if opposition is None:
            continue
        if row.id not in since.alive:
            privacy.forget(session, now, row.id, actor="command")
            erased += 1
        elif opposition.why == "stop" and row.stopped_at is None:
            contacts.stop(session, row.id, opposition.since)
    for id_, until in since.paused.items():
        session.execute(sa.update(address).where(address.c.id == id_).values(paused_until=until))
    given = session.execute(sa.select(consent.c.id).where(consent.c.withdrawn_at.is_(None))).scalars().all()
    for id_ in since.ended.keys() & set(given):
        session.execute(sa.update(consent).where(consent.c.id == id_).values(withdrawn_at=since.ended[id_]))
    unsent = (outbox.c.urgency == "campaign", outbox.c.state.in_(("queued", "sending")))
    session.execute(sa.update(outbox).where(*unsent).values(state="unknown", why=UNCLEAR, settled_at=now, leased_until=None))
    return erased


def _withdraw(session: Session, since: _Since, now: datetime) -> int:
    columns = (contribution.c.id, contribution.c.ref, contribution.c.subject, contribution.c.state)
    back = session.execute(sa.select(*columns).where(contribution.c.state != "withdrawn"))
    gone = [row for row in back if row.id in since.withdrawn and row.state != "draft"]
    for start in range(0, len(gone), AT_ONCE):
        withdrawal.erase(session, gone[start : start + AT_ONCE], now, "command")
    return len(gone) + _erase_sheets(session, since)


def _erase_sheets(session: Session, since: _Since) -> int:
    """Drafts on paper that are gone, or were taken back after their second look."""
    drafts = session.scalars(sa.select(contribution.c.id).where(contribution.c.state == "draft"))
    gone = [id_ for id_ in drafts if id_ not in since.sheets or id_ in since.withdrawn]
    if gone:
        session.execute(sa.delete(contribution).where(contribution.c.id.in_(gone)))
    return len(gone)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own way: page by page, consistent while others write."""
    there, here = sqlite3.connect(source), sqlite3.connect(target)
    try:
        there.backup(here)
    except sqlite3.DatabaseError as error:
        raise UpkeepTrouble(f"{source} can't be copied: {type(error).__name__}") from None
    finally:
        there.close()
        here.close()


def _check_sqlite(file: Path, fingerprint: str) -> None:
    """Before anything is lost: whether it is a copy of this service, that our key opens."""
    copy = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        sealed = copy.execute("SELECT value FROM setting WHERE name = ?", (keyhole.NAME,)).fetchone() if tables >= _NEEDED else None
    except sqlite3.DatabaseError as error:
        raise UpkeepTrouble(f"{file} can't be read as a backup: {type(error).__name__}") from None
    finally:
        copy.close()
    if not tables >= _NEEDED:
        raise UpkeepTrouble(f"{file} is no backup of this service")
    if sealed is not None and sealed[0] != fingerprint:
        raise UpkeepTrouble(f"{file} was sealed with another key: put the key file of its time back first")


def _run(database: Database, program: str, *arguments: str) -> None:
    """A program of PostgreSQL; the password goes by the environment, where other users of the machine don't see it."""
    found = shutil.which(program)
    if found is None:
        raise UpkeepTrouble(f"{program} is missing: sudo apt-get install postgresql-client")
    url = database.url
    plain = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    done = subprocess.run([found, f"--dbname={plain}", *arguments], capture_output=True, check=False, env=environment)  # noqa: S603 - a program of PostgreSQL, found on the path
    if done.returncode:
        first = done.stderr.decode(errors="replace").partition("\n")[0]  # what follows may quote a row
        raise UpkeepTrouble(f"{program} failed: {first}")
