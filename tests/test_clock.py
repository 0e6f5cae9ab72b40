"""The metronome: everything due is done, and one thing that breaks holds nothing else."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import psycopg.errors
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError
from structlog.testing import capture_logs

from bot.clock import Metronome
from bot.ledger import Ledger
from conversations.notices import Published
from outreach import notices, outbox, transparency, trouble, wakeups
from outreach.contributions import decisions
from outreach.db import Database
from outreach.outbox import Body, Put
from outreach.record import log
from outreach.tables import audit, contribution, decision, notice, wakeup
from outreach.tables import outbox as outgoing
from tests.conftest import Clock
from tests.contributing import Desk, given, open_process, person

UNDO = timedelta(seconds=10)


@asynccontextmanager
async def beating(database: Database, clock: Any) -> AsyncIterator[Metronome]:
    ledger = Ledger(database, clock.now)
    await ledger.start()
    try:
        yield Metronome(ledger, clock, "a test")
    finally:
        await ledger.stop()


async def test_a_decision_that_breaks_goes_back_to_the_queue_and_holds_nobody(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(database, clock)
    broken, sound = desk.receive("Des bancs secrets"), desk.receive("De l'ombre")
    desk.decide(broken, "accept", delay=UNDO)
    desk.decide(sound, "accept", delay=UNDO)
    with database.write() as session:
        which = sa.select(contribution.c.id).where(contribution.c.ref == broken).scalar_subquery()
        session.execute(sa.update(decision).where(decision.c.contribution_id == which).values(sealed=b"torn"))
    clock.advance(seconds=11)
    with caplog.at_level(logging.ERROR):
        async with beating(database, clock) as metronome:
            await metronome.sweep()
    assert (desk.row(broken).state, desk.row(sound).state) == ("received", "published")
    assert "KeyTrouble at " in caplog.text
    assert "secrets" not in caplog.text
    desk.decide(broken, "accept")


async def test_an_errand_that_breaks_does_not_hold_the_others(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(database, clock)
    desk.decide(desk.receive(), "accept", delay=UNDO)
    with database.write() as session:
        wakeups.set_(session, [wakeups.Wake(desk.citizen, "gather", clock.now())])
    clock.advance(seconds=11)

    def apply_due(*_given: object) -> int:
        raise LookupError("a fault of ours")

    monkeypatch.setattr(decisions, "apply_due", apply_due)
    with capture_logs() as logs:
        async with beating(database, clock) as metronome:
            await metronome.sweep()
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(wakeup)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(audit).where(audit.c.place.is_(None))) == 0
    assert [(line["event"], line["errand"]) for line in logs] == [("errand_failed", "apply_due")]


async def test_what_is_published_is_signed_and_a_month_that_ended_is_counted(database: Database, clock: Clock) -> None:
    desk = Desk(database, clock)
    desk.decide(desk.receive(), "accept", delay=UNDO)
    clock.advance(days=20)
    async with beating(database, clock) as metronome:
        await metronome.sweep()
    with database.read() as session:
        signed = log.latest(session)
        (march,) = transparency.months(session)
    assert signed
    assert (signed.size, signed.at, march.month) == (1, clock.now(), "2027-03")


async def test_whatever_is_too_old_goes_in_slices_until_nothing_is(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        who = person(session, clock.now())
        outbox.put(session, [Put(who, "sms", "simulator", "reply", Body("Bonjour"))] * 3, clock.now())
    clock.advance(hours=2)
    expire = outbox.expire
    monkeypatch.setattr(outbox, "expire", lambda session, now: expire(session, now, limit=1))
    async with beating(database, clock) as metronome:
        (beat,) = [beat for beat in metronome.beats if beat.name.startswith("replies")]
        await beat.job()
    with database.read() as session:
        assert list(session.scalars(sa.select(outgoing.c.why))) == ["expired"] * 3


def test_a_notice_that_can_not_be_read_is_dropped_and_holds_nobody(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        for number in ("+33639980001", "+33639980002"):
            who = person(session, clock.now(), number)
            ref = given(session, clock.now(), who)
            id_ = session.execute(sa.select(contribution.c.id).where(contribution.c.ref == ref)).scalar_one()
            notices.tell(session, who, id_, Published(ref), clock.now())
        torn = session.scalar(sa.select(sa.func.min(notice.c.id)))
        session.execute(sa.update(notice).where(notice.c.id == torn).values(sealed=b"torn"))
    with database.write() as session:
        found = notices.due(session, clock.now())
        assert [one.notice for one in found] == [Published(ref)]
        assert list(session.scalars(sa.select(notice.c.state).order_by(notice.c.id))) == ["dropped", "waiting"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.ReadOnlySqlTransaction, "down"),  # a standby
        (psycopg.errors.UndefinedColumn, "down"),  # migrated under our feet
        (psycopg.errors.UndefinedTable, "down"),
        (psycopg.errors.InsufficientPrivilege, "down"),
        (psycopg.errors.AdminShutdown, "down"),
        (psycopg.errors.DiskFull, "down"),
        (psycopg.errors.DeadlockDetected, "again"),
        (psycopg.errors.UniqueViolation, "data"),
        (lambda: psycopg.DataError("text fields cannot contain NUL"), "data"),
        (psycopg.errors.SyntaxError, "other"),
    ],
)
def test_a_database_that_is_not_fit_is_nobodys_fault(error: Callable[[], Exception], kind: str) -> None:
    """Taken for a message's fault, each message of a poll would be given up after five tries."""
    assert trouble.kind(ProgrammingError("", {}, error())) == kind


def test_a_torn_file_is_nobodys_fault() -> None:
    import sqlite3

    torn = sqlite3.DatabaseError("database disk image is malformed")
    torn.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    assert trouble.kind(OperationalError("", {}, torn)) == "down"
