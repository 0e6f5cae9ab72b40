"""The large city that pages are measured on is a city like any other: every state, a record that proves itself, a queue that goes on."""

from collections import Counter

import pytest
import sqlalchemy as sa

from bot.bench import founding, landmarks
from outreach import answers, contributions, crowd, notary
from outreach.contributions import queue
from outreach.crowd.mix import WAYS
from outreach.db import Database
from outreach.record import log, story
from outreach.tables import consent, contribution, inbound, move, outbox
from tests.conftest import Clock

PLAN = (crowd.FEWEST, 40, 60)


@pytest.fixture
def city(database: Database, clock: Clock) -> founding.Founder:
    founder = founding.Founder(database, crowd.Plan(*PLAN, clock.now()), lambda _what, _done: None)
    founder.open_projects()
    founder.hire()
    founder.speak()
    founder.answer()
    founder.work()
    crowd.settle(database, clock.now(), lambda _what, _done: None)
    return founder


def test_a_founded_city_has_every_state_and_a_record_that_proves_itself(city: founding.Founder, database: Database, clock: Clock) -> None:
    with database.write() as session:
        states = Counter(session.scalars(sa.select(contribution.c.state)))
        assert states.keys() == set(contributions.STATES)
        assert states["received"] + states["read_only"] >= PLAN[2]
        assert sum(states.values()) == PLAN[0] + states["draft"]
        for before, after in session.execute(sa.select(move.c.before, move.c.after).distinct()):
            contributions.check(before, after)
        assert session.scalar(sa.select(sa.func.count()).select_from(consent)) == PLAN[1]
        assert session.scalar(sa.select(sa.func.count()).select_from(inbound)) == 2 * PLAN[0]
        assert session.scalar(sa.select(sa.func.count()).select_from(outbox)) == 3 * PLAN[0] + PLAN[1]
        verdict = notary.verify(session)
        assert verdict.ok, verdict
        whole = story.process(session, founding.LARGE)
        assert whole is not None
        assert whole.published > PLAN[0] // 4
        known = landmarks.of(session, clock.now(), city)
        assert log.holds(session, known[""]["ref"])
        assert story.follow(session, known[""]["told"])
        book = answers.book(session, founding.ANSWERED)
        assert book is not None
        assert all(point.answer for point in book.points)


def test_its_queue_goes_on_and_on(city: founding.Founder, database: Database, clock: Clock) -> None:
    seen: list[str] = []
    for _ in range(30):
        with database.write() as session:
            for ref in seen[-1:]:
                queue.release(session, ref, city.actor)
            item = queue.claim_next(session, clock.now(), city.actor, skip=seen[-1:])
            assert item is not None
            seen.append(item.ref)
    assert len(set(seen)) == len(seen)


def test_each_way_ends_where_it_says() -> None:
    assert all(way[-1] == state for state, way in WAYS.items())
    assert WAYS.keys() | {"draft"} == set(contributions.STATES)
