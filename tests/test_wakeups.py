"""Silences are waited for: replaced, cleared, taken once."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach import wakeups
from outreach.db import Database
from outreach.wakeups import Wake
from tests.conftest import Clock
from tests.test_contacts import someone


def names(session: Session, at: datetime) -> list[tuple[int, str]]:
    return [(wake.address_id, wake.name) for wake in wakeups.due(session, at)]


def test_a_silence_is_due_at_its_instant_and_not_before(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        wakeups.set_(session, [Wake(address_id, "gathered", clock.now() + timedelta(seconds=60))])
        assert names(session, clock.advance(seconds=59)) == []
        assert names(session, clock.advance(seconds=1)) == [(address_id, "gathered")]


def test_one_of_the_same_name_is_replaced(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        wakeups.set_(session, [Wake(address_id, "gathered", clock.now()), Wake(address_id, "nudge", clock.now())])
        wakeups.set_(session, [Wake(address_id, "gathered", clock.now() + timedelta(hours=1))])
        assert names(session, clock.now()) == [(address_id, "nudge")]
        assert names(session, clock.advance(hours=1)) == [(address_id, "nudge"), (address_id, "gathered")]


def test_what_is_cleared_or_forgotten_does_not_come(database: Database, clock: Clock) -> None:
    with database.write() as session:
        one, other = someone(session, clock.now()), someone(session, clock.now(), "+33600000001")
        wakeups.set_(session, [Wake(address_id, name, clock.now()) for address_id in (one, other) for name in ("a", "b")])
        wakeups.clear(session, [(one, "a"), (one, "never set")])
        assert names(session, clock.now()) == [(one, "b"), (other, "a"), (other, "b")]
        wakeups.forget(session, [other])
        assert names(session, clock.now()) == [(one, "b")]


def test_the_first_due_comes_first_and_a_limit_holds(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        wakeups.set_(session, [Wake(address_id, f"n{minute}", clock.now() + timedelta(minutes=minute)) for minute in (3, 1, 2)])
        assert [name for _, name in names(session, clock.advance(hours=1))] == ["n1", "n2", "n3"]
        assert [wake.name for wake in wakeups.due(session, clock.now(), limit=2)] == ["n1", "n2"]


def test_a_silence_is_taken_once(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        wakeups.set_(session, [Wake(address_id, "gathered", clock.now())])
        found = wakeups.due(session, clock.now())
        assert wakeups.take(session, found, clock.now()) == found
        assert wakeups.take(session, found, clock.now()) == ()


def test_a_silence_that_was_put_off_meanwhile_is_not_taken(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        wakeups.set_(session, [Wake(address_id, "gathered", clock.now())])
        found = wakeups.due(session, clock.now())
        wakeups.set_(session, [Wake(address_id, "gathered", clock.now() + timedelta(seconds=60))])
        assert wakeups.take(session, found, clock.now()) == ()
        assert names(session, clock.advance(seconds=60)) == [(address_id, "gathered")]


def test_nothing_is_nothing(database: Database, clock: Clock) -> None:
    with database.write() as session:
        wakeups.set_(session, [])
        wakeups.clear(session, [])
        wakeups.forget(session, [])
        assert wakeups.take(session, [], clock.now()) == ()
        assert wakeups.due(session, clock.now()) == ()
