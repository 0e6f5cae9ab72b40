"""One holder at a time, by the database's clock; a late one is told apart by its epoch."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from outreach import leases
from outreach.db import Database
from outreach.tables import lease


def hold(database: Database, holder: str, seconds: float = 60) -> int | None:
    with database.write() as session:
        return leases.hold(session, "network:sms", holder, seconds)


def run_out(database: Database) -> None:
    with database.write() as session:
        session.execute(sa.update(lease).values(until=datetime(2020, 1, 1, tzinfo=UTC)))


def test_a_lease_has_one_holder_who_keeps_it_under_one_epoch(database: Database) -> None:
    assert hold(database, "a") == 1
    assert hold(database, "b") is None
    assert hold(database, "a") == 1


def test_a_lease_that_ran_out_goes_to_the_next_under_a_new_epoch(database: Database) -> None:
    hold(database, "a")
    run_out(database)
    assert hold(database, "b") == 2
    assert hold(database, "a") is None


def test_one_that_ran_out_and_was_not_taken_is_kept_under_its_epoch(database: Database) -> None:
    hold(database, "a")
    run_out(database)
    assert hold(database, "a") == 1


def test_a_lease_given_back_is_free_at_once(database: Database) -> None:
    hold(database, "a")
    with database.write() as session:
        leases.release(session, "network:sms", "b")
    assert hold(database, "b") is None
    with database.write() as session:
        leases.release(session, "network:sms", "a")
    assert hold(database, "b") == 2


def test_a_late_holder_is_known_by_its_epoch(database: Database) -> None:
    hold(database, "a")
    run_out(database)
    hold(database, "b")
    with database.write() as session:
        assert not leases.is_held(session, "network:sms", "a", 1)
        assert not leases.is_held(session, "network:sms", "b", 1)
        assert leases.is_held(session, "network:sms", "b", 2)


def test_who_holds_what_now(database: Database) -> None:
    hold(database, "a")
    with database.write() as session:
        leases.hold(session, "clock", "a", 60)
        leases.release(session, "clock", "a")
    with database.read() as session:
        assert leases.holders(session) == {"network:sms": 1}


@pytest.mark.parametrize("seconds", [1.5, 3600])
def test_the_end_is_counted_by_the_database_s_own_clock(database: Database, seconds: float) -> None:
    hold(database, "a", seconds)
    with database.read() as session:
        until = session.execute(sa.select(lease.c.until)).scalar_one()
        now = session.execute(
            sa.select(sa.func.clock_timestamp() if not database.is_sqlite else sa.text("strftime('%s', 'now')"))
        ).scalar_one()
    now = now if not database.is_sqlite else datetime.fromtimestamp(int(now), UTC)
    assert seconds - 30 < (until - now).total_seconds() <= seconds + 1


def test_of_many_who_ask_at_once_one_gets_it(database: Database) -> None:
    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(lambda name: hold(database, name), "abcdef"))
    assert sorted(one for one in given if one) == [1]
