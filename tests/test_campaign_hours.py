"""When a campaign leaves, and when it brakes by itself: nights, Sundays, holidays, clock changes, elections, STOP, failures, budget."""

import dataclasses
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from outreach import campaigns, contacts, outbox
from outreach.db import Database
from outreach.house import Sms
from outreach.tables import outbox as messages
from tests.campaigning import AUTHOR, SECOND, Campaigning, draft
from tests.conftest import Clock
from tests.meeting import PARIS, at

NEWS = {"kind": "news", "workshop": "", "texts": {"fr": "les bancs sont là.", "en": "the benches are there."}}


@pytest.fixture
def city(database: Database, clock: Clock) -> Campaigning:
    return Campaigning(database, clock)


def living_in(city: Campaigning, **more: object) -> None:
    """The same city with another house."""
    assert city.database.house is not None
    city.database.house = dataclasses.replace(city.database.house, **more)  # type: ignore[arg-type]


def hour_of(clock: Clock) -> datetime:
    return clock.now().astimezone(PARIS)


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("scheduled", "territory", "first", "why"),
    [
        ("2027-03-16 03:00", "FR", "2027-03-16 09:00", "the night"),
        ("2027-03-16 08:59", "FR", "2027-03-16 09:00", "a minute too early"),
        ("2027-03-16 19:30", "FR", "2027-03-17 09:00", "the evening"),
        ("2027-03-21 11:00", "FR", "2027-03-22 09:00", "a Sunday"),
        ("2027-03-20 19:45", "FR", "2027-03-22 09:00", "Saturday evening"),
        ("2027-05-01 10:00", "FR", "2027-05-03 09:00", "1 May, then a Sunday"),
        ("2027-12-26 10:00", "57", "2027-12-27 09:00", "26 December in Moselle, a Sunday too"),
        ("2028-12-26 10:00", "57", "2028-12-27 09:00", "26 December in Moselle"),
        ("2028-12-26 10:00", "FR", "2028-12-26 10:00", "26 December elsewhere"),
        ("2027-03-27 19:40", "FR", "2027-03-30 09:00", "the clocks go forward on Sunday, Monday is Easter's"),
        ("2027-10-30 20:00", "FR", "2027-11-02 09:00", "the clocks go back on Sunday, Monday is All Saints'"),
        ("2027-06-11 12:00", "974", "2027-06-11 12:00", "a day like others in Réunion"),
        ("2027-12-20 12:00", "974", "2027-12-21 09:00", "the end of slavery in Réunion"),
    ],
)
def test_it_leaves_at_a_decent_hour_only(city: Campaigning, scheduled: str, territory: str, first: str, why: str) -> None:
    living_in(city, territory=territory)
    city.clock.at = at(scheduled) - timedelta(minutes=1)
    city.people(3)
    subject = city.approved(at=at(scheduled), **NEWS)
    left: set[str] = set()
    for _ in range(5 * 24 * 6):
        city.beat()
        if city.deliver():
            left.add(f"{hour_of(city.clock):%Y-%m-%d %H:%M}")
        if city.state(subject) == "done":
            break
        city.clock.at = _next_ten(city.clock.at, at(scheduled))
    assert left == {first}, why


def _next_ten(now: datetime, scheduled: datetime) -> datetime:
    """The hour it was scheduled for, then each tenth minute."""
    if now < scheduled:
        return scheduled
    return now + timedelta(minutes=10 - now.minute % 10, seconds=-now.second)


def test_what_an_evening_cuts_off_goes_on_next_day(city: Campaigning) -> None:
    city.clock.at = at("2027-03-16 19:29")
    city.people(100)
    subject = city.approved(**NEWS)
    city.beat()
    city.deliver(at_most=20)
    city.clock.at = at("2027-03-16 19:30")
    city.beat()
    assert city.deliver() == 0, "what was put out before the evening waits too"
    assert len(city.sent) == 20
    city.clock.at = at("2027-03-17 09:00")
    city.run()
    assert city.state(subject) == "done"
    assert set(city.told().values()) == {1}
    assert len(city.sent) == 100


def test_the_preview_tells_when_it_ends(city: Campaigning) -> None:
    city.clock.at = at("2027-03-16 19:20")
    city.people(600)
    living_in(city, rates={"sms": 1.0, "telegram": 30.0})
    seen = city.read(campaigns.look, draft(**NEWS), city.clock.now())
    assert seen.minutes == 13
    assert seen.ends_at == at("2027-03-17 09:03")
    assert seen.fits


def test_it_is_spread_over_the_minutes_that_were_asked(city: Campaigning) -> None:
    city.people(60)
    subject = city.approved(spread_minutes=30, **NEWS)
    left = []
    for _ in range(31):
        city.beat()
        left.append(city.deliver())
        city.clock.advance(minutes=1)
    city.run()
    assert sum(left[:16]) <= 32, "half of them in half of the time"
    assert sum(left[:16]) >= 26
    assert len(city.sent) == 60
    assert city.state(subject) == "done"


def test_past_its_end_what_is_left_is_skipped(city: Campaigning) -> None:
    city.people(30)
    city.clock.at = at("2027-05-12 16:20")
    subject = city.approved()
    city.beat()
    city.deliver(at_most=5)
    city.clock.at = at("2027-05-12 16:31")
    city.beat()
    assert city.deliver() == 0
    city.clock.at = at("2027-05-13 10:00")
    city.write(outbox.expire, city.clock.now())
    city.run()
    assert city.state(subject) == "done"
    assert len(city.sent) == 5
    assert city.asked(subject)["skipped too_late"] + city.asked(subject)["queued"] == 30


def test_seven_stops_among_the_first_two_hundred_pause_it(city: Campaigning) -> None:
    who = city.people(300)
    subject = city.approved()
    told = 0
    while told < 200:
        city.beat()
        told += city.deliver(at_most=200 - told)
        city.clock.advance(seconds=1)
    reached = [number for number in who if number in _reached(city)]
    for number in reached[:6]:
        city.write(contacts.stop, number, city.clock.now())
    city.beat()
    assert city.state(subject) == "sending"
    city.write(contacts.stop, reached[6], city.clock.now())
    city.beat()
    assert (city.state(subject), city.view(subject).why) == ("paused", "stops")
    assert city.deliver() == 0
    city.write(campaigns.resume, city.clock.now(), subject, AUTHOR)
    city.beat()
    assert city.state(subject) == "sending", "a person looked: what was counted so far is judged no more"
    for number in reached[7:14]:
        city.write(contacts.stop, number, city.clock.now())
    city.beat()
    assert (city.state(subject), city.view(subject).why) == ("paused", "stops"), "what came after it is"


def _reached(city: Campaigning) -> set[int]:
    with city.database.read() as session:
        return {number for number in session.scalars(sa.select(messages.c.address_id).where(messages.c.state == "wired")) if number}


def test_one_failure_in_five_pauses_it(city: Campaigning) -> None:
    city.people(200)
    subject = city.approved()
    city.beat()
    city.deliver(ends="failed", at_most=24)
    city.beat()
    assert (city.state(subject), city.view(subject).why) == ("paused", "failures")


def test_the_months_budget_pauses_it_and_is_refused_beforehand(city: Campaigning) -> None:
    living_in(city, sms=Sms(price=Decimal("0.10"), budget=Decimal(5)))
    city.people(60)
    assert city.read(campaigns.look, draft(), city.clock.now()).euros == Decimal("6.00")
    subject = city.write(campaigns.create, city.clock.now(), draft(), "staff:1").id
    city.write(campaigns.tried, city.clock.now(), subject, "staff:1")
    assert city.refused(campaigns.submit, subject, "staff:1") == "budget"
    by_sms = draft(networks=("sms",), audience=campaigns.Audience(languages=("fr",)))
    city.write(campaigns.change, city.clock.now(), subject, by_sms, "staff:1")
    living_in(city, sms=Sms(price=Decimal("0.10"), budget=Decimal(6)))
    city.write(campaigns.tried, city.clock.now(), subject, "staff:1")
    city.write(campaigns.submit, city.clock.now(), subject, "staff:1")
    city.write(campaigns.approve, city.clock.now(), subject, SECOND)
    living_in(city, sms=Sms(price=Decimal("0.10"), budget=Decimal(4)))
    city.run()
    assert (city.state(subject), city.view(subject).why) == ("paused", "budget")
    assert len(city.sent) == 40
    purse = city.read(campaigns.purse, city.clock.now())
    assert purse.parts == len(city.sent)
    assert purse.alarm


def test_on_the_eve_of_an_election_nothing_goes(city: Campaigning) -> None:
    voting = date(2027, 3, 21)
    living_in(city, polling=(voting,))
    city.clock.at = at("2027-03-20 10:00")
    city.people(3)
    assert [fault.code for fault in city.read(campaigns.look, draft(**NEWS), city.clock.now()).faults] == ["reserve"]
    subject = city.write(campaigns.create, city.clock.now(), draft(), "staff:1").id
    city.write(campaigns.tried, city.clock.now(), subject, "staff:1")
    city.write(campaigns.submit, city.clock.now(), subject, "staff:1")
    city.write(campaigns.approve, city.clock.now(), subject, "staff:2")
    assert city.state(subject) == "to_approve", "in the months before an election two people approve"
    city.write(campaigns.approve, city.clock.now(), subject, "staff:3")
    city.run()
    assert city.sent == []
    city.clock.at = at("2027-03-22 10:00")
    city.run()
    assert len(city.sent) == 3
