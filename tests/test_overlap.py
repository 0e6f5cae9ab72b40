"""Two campaigns to the same people within a week: a warning with their number, before anything leaves (UX-12)."""

from datetime import timedelta

import pytest

from outreach import campaigns
from outreach.campaigns import Audience
from outreach.db import Database
from tests.campaigning import AUTHOR, Campaigning, draft
from tests.conftest import Clock
from tests.meeting import SLUG

NEWS = {"kind": "news", "texts": {"fr": "des nouvelles de {project}.", "en": "news of {project}."}, "workshop": ""}


@pytest.fixture
def city(database: Database, clock: Clock) -> Campaigning:
    return Campaigning(database, clock)


def shared(city: Campaigning, days: int = 0, subject: str = "", **more: object) -> list[int]:
    """How many people a draft so many days from now shares with each campaign near it."""
    at = city.clock.now() + timedelta(days=days)
    return [one.people for one in city.read(campaigns.look, draft(at=at, **more), city.clock.now(), subject).near]


def test_two_campaigns_to_the_same_people_in_seven_days_are_counted_together(city: Campaigning) -> None:
    city.people(60)
    first = city.approved(at=city.clock.now() + timedelta(days=3), **NEWS)
    assert city.state(first) == "scheduled"
    assert shared(city, 3) == [60]
    assert shared(city, 10) == [60]
    assert shared(city, 11) == []
    assert shared(city, 3, subject=first, **NEWS) == [], "a campaign never meets itself"


def test_only_who_is_told_by_both_counts(city: Campaigning) -> None:
    city.people(55, agree=("workshops",))
    city.people(50, agree=("news",))
    city.people(7, agree=("workshops", "news"))
    city.approved(**NEWS)
    assert shared(city) == [7], "who agreed to one of them alone hears one of them alone"
    assert shared(city, audience=Audience(languages=("en",))) == []
    assert shared(city, audience=Audience(process=SLUG)) == [], "nobody has taken part yet"


def test_who_was_told_already_is_counted_from_what_left(city: Campaigning) -> None:
    city.people(60)
    subject = city.approved(**NEWS)
    city.run()
    assert city.state(subject) == "done"
    city.people(20)
    assert shared(city, 2) == [60], "who came since was told nothing"
    assert shared(city, 8) == []


def test_a_draft_and_a_cancelled_one_warn_of_nothing(city: Campaigning) -> None:
    city.people(60)
    city.write(campaigns.create, city.clock.now(), draft(**NEWS), AUTHOR)
    gone = city.approved(**NEWS)
    city.write(campaigns.cancel, city.clock.now(), gone, AUTHOR)
    assert shared(city) == []


def test_one_that_waits_for_approval_counts_at_the_hour_it_asks_for(city: Campaigning) -> None:
    city.people(60)
    subject = city.write(campaigns.create, city.clock.now(), draft(at=city.clock.now() + timedelta(days=20), **NEWS), AUTHOR).id
    city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
    city.write(campaigns.submit, city.clock.now(), subject, AUTHOR)
    assert shared(city) == []
    assert shared(city, 16) == [60]


def test_rules_that_exclude_each_other_never_meet() -> None:
    assert campaigns.may_meet(draft(), draft(**NEWS))
    assert not campaigns.may_meet(draft(networks=("sms",)), draft(networks=("telegram",)))
    assert not campaigns.may_meet(draft(audience=Audience(ages=("under-30",))), draft(audience=Audience(ages=("60-plus",))))
    took, did_not = Audience(process=SLUG, took_part=True), Audience(process=SLUG, took_part=False)
    assert not campaigns.may_meet(draft(audience=took), draft(audience=did_not))
    assert campaigns.may_meet(draft(audience=took), draft(audience=Audience(took_part=False)))
