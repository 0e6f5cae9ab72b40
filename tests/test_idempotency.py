"""The same POST twice is one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach import idempotency, staff
from outreach.db import Database
from outreach.idempotency import InFlight, Other, Replay
from outreach.tables import token
from tests.conftest import Clock
from tests.needles import search_database

BODY, ANSWER = b"POST /api/v1/x {}", b'{"ref":"48210736","state":"accepted"}'


def _tokens(database: Database, clock: Clock) -> tuple[int, int]:
    with database.write() as session:
        for name in ("one", "two"):
            staff.make_token(session, clock.now(), name, "lead")
        first, second = session.scalars(sa.select(token.c.id).order_by(token.c.id))
    return first, second


def _begin(database: Database, clock: Clock, token_id: int, body: bytes = BODY, key: str = "k-1") -> idempotency.Known | None:
    with database.write() as session:
        return idempotency.begin(session, clock.now(), token_id, key, body)


def test_a_key_is_taken_answered_and_replayed(database: Database, clock: Clock) -> None:
    one, two = _tokens(database, clock)
    assert _begin(database, clock, one) is None
    assert _begin(database, clock, one) == InFlight()
    assert _begin(database, clock, one, b"another") == Other()
    with database.write() as session:
        idempotency.finish(session, one, "k-1", 201, ANSWER)
    assert _begin(database, clock, one) == Replay(201, ANSWER)
    assert _begin(database, clock, one, b"another") == Other()
    assert _begin(database, clock, two) is None
    assert _begin(database, clock, one, key="k-2") is None
    assert search_database(database, [ANSWER.decode()]) == []


def test_a_key_lives_a_day(database: Database, clock: Clock) -> None:
    one, _ = _tokens(database, clock)
    _begin(database, clock, one)
    with database.write() as session:
        idempotency.finish(session, one, "k-1", 200, ANSWER)
    clock.advance(hours=24, seconds=-1)
    assert _begin(database, clock, one) == Replay(200, ANSWER)
    clock.advance(seconds=1)
    assert _begin(database, clock, one, b"another") is None


def test_what_failed_or_died_may_be_tried_again(database: Database, clock: Clock) -> None:
    one, _ = _tokens(database, clock)
    _begin(database, clock, one)
    with database.write() as session:
        idempotency.abandon(session, one, "k-1")
    assert _begin(database, clock, one) is None
    clock.advance(seconds=119)
    assert _begin(database, clock, one) == InFlight()
    clock.advance(seconds=1)
    assert _begin(database, clock, one) is None
    with database.write() as session:
        idempotency.finish(session, one, "k-1", 200, ANSWER)
        idempotency.abandon(session, one, "k-1")
    clock.at += timedelta(hours=1)
    assert _begin(database, clock, one) == Replay(200, ANSWER)


@pytest.mark.parametrize("key", ["", "x" * 129, "a\x00"])
def test_a_key_has_a_length(database: Database, clock: Clock, key: str) -> None:
    one, _ = _tokens(database, clock)
    with pytest.raises(ValueError, match="1 to 128"):
        _begin(database, clock, one, key=key)
