"""One writer, three queues; whoever asks gets an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import ledger as ledger_module
from bot.ledger import Ledger, Overloaded
from bot.telemetry import RECEIVED
from conversations.messages import Inbound, Words
from outreach.db import Database
from outreach.inbox import Received
from outreach.tables import inbound, setting
from tests.conftest import Clock


@asynccontextmanager
async def opened(database: Database, clock: Clock) -> AsyncIterator[Ledger]:
    ledger = Ledger(database, clock.now)
    await ledger.start()
    try:
        yield ledger
    finally:
        await ledger.stop()


def words(key: str, text: str, clock: Clock, who: str = "+33639980001") -> Inbound:
    return Inbound("kannel", "38100", key, "sms", who, Words(text), clock.now())


def note(session: Session, name: str, value: str) -> str:
    session.execute(setting.insert().values(name=name, value=value))
    return value


def noted(session: Session) -> list[str]:
    return list(session.scalars(sa.select(setting.c.name).order_by(setting.c.name)))


async def test_a_verb_commits_and_gives_its_value_back(database: Database, clock: Clock) -> None:
    async with opened(database, clock) as ledger:
        assert await ledger.write(note, "a", "1") == "1"
        assert await ledger.read(noted) == ["a"]


async def test_a_verb_that_raises_leaves_nothing_and_the_writer_goes_on(database: Database, clock: Clock) -> None:
    def half(session: Session) -> None:
        note(session, "half", "")
        raise LookupError("no such thing")

    async with opened(database, clock) as ledger:
        with pytest.raises(LookupError):
            await ledger.write(half)
        await ledger.write(note, "whole", "")
        assert await ledger.read(noted) == ["whole"]


async def test_many_messages_at_once_are_each_kept_once(database: Database, clock: Clock) -> None:
    async with opened(database, clock) as ledger:
        twice = [words(str(number % 50), "bonjour", clock, f"+3363998{number % 50:04d}") for number in range(100)]
        received = await asyncio.gather(*(ledger.receive(one) for one in twice))
        assert sum(one.fresh for one in received) == 50
        assert await ledger.read(lambda session: session.scalar(sa.select(sa.func.count()).select_from(inbound))) == 50


async def test_a_deadlock_repeats_the_whole_transaction(database: Database, clock: Clock) -> None:
    tries = 0

    def unlucky(session: Session) -> str:
        nonlocal tries
        tries += 1
        note(session, f"try {tries}", "")
        if tries < 3:
            import sqlite3

            busy = sqlite3.OperationalError("database is locked")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("", {}, busy)
        return "done"

    async with opened(database, clock) as ledger:
        assert await ledger.write(unlucky) == "done"
        assert await ledger.read(noted) == ["try 3"]


async def test_a_full_disk_is_told_as_overloaded_and_nothing_is_taken(database: Database, clock: Clock) -> None:
    def full(_session: Session) -> None:
        import sqlite3

        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError("", {}, error)

    async with opened(database, clock) as ledger:
        with pytest.raises(Overloaded):
            await ledger.write(full)


async def test_beyond_the_limit_nothing_more_is_taken(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "WAITING_LIMIT", 3)
    ledger = Ledger(database, clock.now)
    ledger._loop = asyncio.get_running_loop()  # the writer is not started: what comes stays in the queue
    waiting = [asyncio.create_task(ledger.receive(words(str(number), "bonjour", clock))) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await ledger.receive(words("3", "bonjour", clock))
    for task in waiting:
        task.cancel()


async def test_a_batch_holds_one_message_of_an_address_and_keeps_its_order(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[list[str]] = []

    def remember(_session: Any, arrivals: list[Inbound], _now: Any) -> list[Received]:
        batches.append([one.key for one in arrivals])
        return [Received(fresh=True, failed=False) for _ in arrivals]

    monkeypatch.setattr(ledger_module, "receive", remember)
    ledger = Ledger(database, clock.now)
    ledger._loop = asyncio.get_running_loop()
    tasks = [
        asyncio.create_task(ledger.receive(words(key, "x", clock, who)))
        for key, who in (
            ("a1", "+33639980001"),
            ("a2", "+33639980001"),
            ("b1", "+33639980002"),
            ("a3", "+33639980001"),
            ("b2", "+33639980002"),
        )
    ]
    await asyncio.sleep(0)
    await ledger.start()
    await asyncio.gather(*tasks)
    await ledger.stop()
    assert batches == [["a1", "b1"], ["a2", "b2"], ["a3"]]


async def test_a_message_at_fault_does_not_hold_the_others(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def picky(_session: Any, arrivals: list[Inbound], _now: Any) -> list[Received]:
        if any(one.key == "bad" for one in arrivals):
            raise ValueError("one row is at fault")
        return [Received(fresh=True, failed=False) for _ in arrivals]

    monkeypatch.setattr(ledger_module, "receive", picky)
    async with opened(database, clock) as ledger:
        results = await asyncio.gather(
            *(ledger.receive(words(key, "x", clock, f"+3363998000{index}")) for index, key in enumerate(("good", "bad", "fine"))),
            return_exceptions=True,
        )
        assert [type(result).__name__ for result in results] == ["Received", "ValueError", "Received"]


async def test_a_file_that_stays_busy_is_not_asked_again_for_each_message(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def busy(_session: Any, arrivals: list[Inbound], _now: Any) -> list[Received]:
        import sqlite3

        tries.append(len(arrivals))
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise OperationalError("", {}, error)

    monkeypatch.setattr(ledger_module, "receive", busy)
    ledger = Ledger(database, clock.now)
    ledger._loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(ledger.receive(words(str(number), "x", clock, f"+3363998000{number}"))) for number in range(3)]
    await asyncio.sleep(0)
    await ledger.start()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await ledger.stop()
    assert [type(result) for result in results] == [Overloaded] * 3
    assert tries == [3] * ledger_module.REPEATS


async def test_what_came_in_and_what_waits_is_measured(database: Database, clock: Clock) -> None:
    before = RECEIVED.labels("kannel")._value.get()
    async with opened(database, clock) as ledger:
        for _ in range(2):
            await ledger.receive(words("1", "bonjour", clock))
        assert RECEIVED.labels("kannel")._value.get() == before + 1  # a repeated one is none
        assert b"allervers_ledger_waiting 0.0" in generate_latest()
