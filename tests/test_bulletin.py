"""The week of each project: how many, who, how long, at what cost, what is owed; small cells hidden, and counted once a week."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from outreach import bulletin, tallies
from outreach.bulletin import Bulletin, Line, Part
from outreach.db import Database
from outreach.tables import contribution
from tests.campaigning import Campaigning
from tests.conftest import Clock
from tests.contributing import Desk, person, phone, submission
from tests.meeting import SLUG, at

MONDAY = date(2027, 3, 15)
NEWS = {"kind": "news", "texts": {"fr": "des nouvelles de {project}."}, "workshop": "", "in_french": True}


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def week(database: Database, now: datetime, monday: date = MONDAY, **more: Any) -> Bulletin:
    with database.read() as session:
        return bulletin.of(session, now, monday, **more)


def line(desk: Desk, monday: date = MONDAY) -> Line:
    (found,) = week(desk.database, desk.clock.now(), monday).lines
    return found


def counted(desk: Desk) -> bulletin.Who:
    """What the page shows, after it was looked at."""
    now = desk.clock.now()
    with desk.database.read() as session:
        found = bulletin.count(session, bulletin.of(session, now, MONDAY).uncounted)
    with desk.database.write() as session:
        bulletin.keep(session, now, found)
    shown = line(desk).counted
    assert shown is not None
    return shown.who


def people(desk: Desk, many: int, *, language: str = "fr", network: str = "sms") -> None:
    """So many who write once each."""
    with desk.database.write() as session:
        from outreach.contributions import intake

        for _ in range(many):
            who = person(session, desk.clock.now(), phone(), network)
            intake.submit(session, [submission(who, "des bancs", language=language, network=network)], desk.clock.now())


def test_a_week_counts_what_came_and_what_was_published_in_it(desk: Desk) -> None:
    people(desk, 6)
    desk.clock.at += timedelta(days=7)
    refs = [desk.receive(f"un banc {number}") for number in range(3)]
    desk.decide(refs[0], "accept")
    this, last = line(desk, MONDAY + timedelta(days=7)), line(desk)
    assert (last.received, last.so_far, last.published) == (6, 6, 0)
    assert (this.received, this.so_far, this.published) == (3, 9, 1)
    assert this.waiting == 8
    assert this.oldest == 5, "working days"


def test_a_week_begins_at_midnight_in_the_city(desk: Desk) -> None:
    desk.clock.at = at("2027-03-21 23:30")
    desk.receive("dimanche")
    desk.clock.at = at("2027-03-22 00:30")
    desk.receive("lundi")
    assert line(desk).received == 1
    assert line(desk, MONDAY + timedelta(days=7)).received == 1


def test_a_median_of_fewer_than_five_decisions_is_not_told(desk: Desk) -> None:
    refs = [desk.receive(f"un banc {number}") for number in range(5)]
    desk.clock.at += timedelta(days=3)
    for ref in refs[:4]:
        desk.decide(ref, "accept")
    assert (line(desk).decided, line(desk).days) == (4, None)
    desk.decide(refs[4], "refuse", reason="R1")
    assert (line(desk).decided, line(desk).days) == (5, 3)


def test_who_wrote_is_shown_without_small_cells(desk: Desk) -> None:
    people(desk, 20)
    people(desk, 7, network="telegram")
    people(desk, 3, language="ar")
    who = counted(desk)
    assert who.people == 30
    assert who.languages == (Part("ar", "small"), Part("fr", None)), "the total would give the three away"
    assert who.networks == (Part("sms", 23), Part("telegram", 7))
    assert who.ages == (Part("", 30),)


def test_shares_that_the_number_of_contributions_gives_away_are_left_out(desk: Desk) -> None:
    people(desk, 3)
    who = counted(desk)
    assert who.people == "small"
    assert who.languages == who.networks == who.ages == ()


def test_who_wrote_is_counted_once_a_week(desk: Desk) -> None:
    people(desk, 20)
    assert counted(desk).people == 20
    people(desk, 1)
    assert line(desk).so_far == 21
    assert counted(desk).people == 20, "who compares two days learns nothing of one person"
    desk.clock.at += timedelta(days=7)
    assert line(desk).counted is None
    assert counted(desk).people == 21


def test_two_who_count_at_once_show_the_same(desk: Desk) -> None:
    people(desk, 20)
    now = desk.clock.now()
    with desk.database.read() as session:
        first = bulletin.count(session, [SLUG])
    people(desk, 10)
    with desk.database.read() as session:
        second = bulletin.count(session, [SLUG])
    with desk.database.write() as session:
        bulletin.keep(session, now, first)
        bulletin.keep(session, now, second)
    shown = line(desk).counted
    assert shown is not None
    assert shown.who.people == 20


def test_the_sms_of_a_campaign_cost_the_week_in_which_it_began(database: Database, clock: Clock) -> None:
    city = Campaigning(database, clock)
    city.people(60)
    city.approved(**NEWS)
    city.run()
    (found,) = week(database, clock.now()).lines
    assert (found.parts, found.euros) == (60, Decimal("4.20"))
    (after,) = week(database, clock.now(), MONDAY + timedelta(days=7)).lines
    assert after.parts == 0
    assert [one.kind for one in found.owed] == ["answer"]
    assert found.overdue == 0
    clock.at += timedelta(days=120)
    (late,) = week(database, clock.now()).lines
    assert late.overdue == 1


def test_rights_for_some_projects_show_nothing_of_the_others(desk: Desk) -> None:
    assert week(desk.database, desk.clock.now(), within=frozenset({"velo-gare"})).lines == ()
    assert [one.slug for one in week(desk.database, desk.clock.now(), within=frozenset({SLUG})).lines] == [SLUG]


def test_a_forgotten_author_is_no_person_any_more_and_the_count_stands(desk: Desk) -> None:
    people(desk, 12)
    with desk.database.write() as session:
        first = session.scalar(sa.select(sa.func.min(contribution.c.id)))
        session.execute(sa.update(contribution).where(contribution.c.id == first).values(address_id=None))
    assert counted(desk).people == 11
    assert line(desk).so_far == 12


def test_of_very_many_the_week_shows_what_the_clock_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    people(desk, 12)
    for number in range(5):
        desk.decide(desk.receive(f"un banc {number}"), "accept")
    exact, now = line(desk), desk.clock.now()
    monkeypatch.setattr(tallies, "FEW", 4)
    assert msgspec.structs.replace(line(desk), counted=None) == exact, "the clock has not come by"
    with desk.database.write() as session:
        for name, verb in ((tallies.VOICES, tallies.voices), (bulletin.PACES, bulletin.paces)):
            tallies.keep(session, name, verb(session, now))
    assert line(desk) == exact
    assert week(desk.database, now).uncounted == (), "no page reads every contribution of it"
    with desk.database.write() as session:
        assert bulletin.to_count(session, now) == (SLUG,)
        bulletin.keep(session, now, bulletin.count(session, [SLUG]))
        assert bulletin.to_count(session, now) == ()
        assert bulletin.to_count(session, now + timedelta(days=7)) == (SLUG,)
    assert line(desk).counted is not None
    desk.clock.at += timedelta(days=7)
    people(desk, 3)
    assert (line(desk).so_far, line(desk).decided) == (17, 5), "what came later is no part of a week that is over"
