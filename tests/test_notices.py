"""What is told to a person: once, the newest of a day, and a refusal always."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from conversations.notices import Answered, Judged, Notice, Published, Refused
from outreach import notices
from outreach.db import Database
from outreach.tables import contribution, notice
from tests.conftest import Clock
from tests.contributing import given, open_process, person

REFUSED = Refused("48210736", date(2027, 3, 12), "Il manque des...", "R4", "", date(2027, 9, 12))


@pytest.fixture
def told(database: Database, clock: Clock) -> tuple[int, int]:
    """A person and a contribution of theirs."""
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        ref = given(session, clock.now(), who)
        return who, session.execute(sa.select(contribution.c.id).where(contribution.c.ref == ref)).scalar_one()


def due(database: Database, clock: Clock) -> list[Notice]:
    with database.write() as session:
        return [one.notice for one in notices.due(session, clock.now())]


def test_what_is_told_comes_back_whole_and_rests_sealed(database: Database, clock: Clock, told: tuple[int, int]) -> None:
    with database.write() as session:
        assert notices.tell(session, *told, REFUSED, clock.now())
    assert due(database, clock) == [REFUSED]
    with database.read() as session:
        assert b"bancs" not in session.execute(sa.select(notice.c.sealed)).scalar_one()


def test_the_same_thing_is_told_once(database: Database, clock: Clock, told: tuple[int, int]) -> None:
    with database.write() as session:
        assert notices.tell(session, *told, Published("48210736"), clock.now())
        assert not notices.tell(session, *told, Published("48210736"), clock.advance(hours=1))
        (one,) = notices.due(session, clock.now())
        notices.said(session, [one.id])
        assert not notices.tell(session, *told, Published("48210736"), clock.advance(days=3))
    assert due(database, clock) == []


def test_within_a_day_the_newest_is_enough(database: Database, clock: Clock, told: tuple[int, int]) -> None:
    with database.write() as session:
        notices.tell(session, *told, Judged("48210736", upheld=False), clock.now())
        notices.tell(session, *told, Published("48210736"), clock.advance(hours=20))
    assert due(database, clock) == [Published("48210736")]


@pytest.mark.parametrize("first", [REFUSED, Answered("48210736", "La mairie ouvre à 8 h.")])
def test_a_refusal_and_an_answer_are_never_merged_away(database: Database, clock: Clock, told: tuple[int, int], first: Notice) -> None:
    with database.write() as session:
        notices.tell(session, *told, first, clock.now())
        notices.tell(session, *told, Judged("48210736", upheld=False), clock.advance(hours=1))
    assert due(database, clock) == [first]  # one a person, the oldest first
    with database.write() as session:
        (one,) = notices.due(session, clock.now())
        notices.said(session, [one.id])
    assert due(database, clock) == [Judged("48210736", upheld=False)]


def test_later_is_later_and_what_is_no_news_any_more_is_dropped(database: Database, clock: Clock, told: tuple[int, int]) -> None:
    with database.write() as session:
        notices.tell(session, *told, REFUSED, clock.now())
        (one,) = notices.due(session, clock.now())
        assert one.patience_until == clock.now() + timedelta(hours=2)
        notices.later(session, [one.id], clock.now() + timedelta(hours=3))
    assert due(database, clock) == []
    clock.advance(hours=3)
    assert due(database, clock) == [REFUSED]
    clock.advance(days=7)
    assert due(database, clock) == []
    with database.read() as session:
        assert session.execute(sa.select(notice.c.state)).scalar_one() == "dropped"


def test_nobody_is_told_where_the_link_was_cut(database: Database, clock: Clock, told: tuple[int, int]) -> None:
    with database.write() as session:
        assert not notices.tell(session, None, told[1], REFUSED, clock.now())
        notices.tell(session, *told, REFUSED, clock.now())
        notices.forget(session, [told[1]])
    assert due(database, clock) == []
