"""One month of the city: what stands on which day, for whom."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from outreach import campaigns, month
from outreach.db import Database
from outreach.month import Month, Sight
from tests.campaigning import AUTHOR, Campaigning, draft
from tests.conftest import Clock
from tests.meeting import SLUG, at, meeting

NEWS = {"kind": "news", "texts": {"fr": "des nouvelles de {project}.", "en": "news of {project}."}, "workshop": ""}


@pytest.fixture
def city(database: Database, clock: Clock) -> Campaigning:
    return Campaigning(database, clock)


def of(city: Campaigning, year: int, number: int, **sight: Any) -> Month:
    found: Month = city.read(month.of, city.clock.now(), date(year, number, 1), Sight(**sight))
    return found


def told(found: Month) -> list[tuple[int, str, str]]:
    return [(one.on.day, one.kind, one.name or one.title.get("fr", "") or one.state) for one in found.events]


def test_workshops_and_holidays_of_a_month_in_their_order(city: Campaigning) -> None:
    assert told(of(city, 2027, 5)) == [
        (1, "holiday", "Fête du Travail"),
        (6, "holiday", "Ascension"),
        (8, "holiday", "Fête de la Victoire"),
        (12, "workshop", "Atelier des usages"),
        (17, "holiday", "Lundi de Pentecôte"),
        (21, "workshop", "Atelier des usages"),
    ]
    assert len(of(city, 2027, 5).days) == 31
    english = city.read(month.of, city.clock.now(), date(2027, 5, 1), Sight(), "en")
    assert english.events[0].name == "Labor Day"


def test_a_workshop_late_at_night_stands_on_the_day_of_the_city(city: Campaigning) -> None:
    city.put(meeting("atelier-3", "2027-06-01 00:30"), meeting("atelier-4", "2027-06-30 23:30"))
    assert [one[0] for one in told(of(city, 2027, 6)) if one[1] == "workshop"] == [1, 30]


def test_campaigns_stand_where_they_leave_or_ask_to_leave(city: Campaigning) -> None:
    city.people(60)
    city.approved(at=at("2027-04-08 10:00"), name="Jeudi", **NEWS)
    waits = city.write(campaigns.create, city.clock.now(), draft(at=at("2027-04-12 10:00"), name="Lundi"), AUTHOR).id
    city.write(campaigns.tried, city.clock.now(), waits, AUTHOR)
    city.write(campaigns.submit, city.clock.now(), waits, AUTHOR)
    city.write(campaigns.create, city.clock.now(), draft(at=at("2027-04-13 10:00"), name="brouillon"), AUTHOR)
    april = of(city, 2027, 4)
    assert [(one.on.day, one.name, one.state) for one in april.events if one.kind == "campaign"] == [
        (8, "Jeudi", "scheduled"),
        (12, "Lundi", "to_approve"),
    ]
    assert [(one.first.name, one.second.name) for one in april.clashes] == [("Jeudi", "Lundi")]
    assert of(city, 2027, 5).clashes == ()


def test_a_week_across_two_months_warns_in_both(city: Campaigning) -> None:
    city.people(60)
    city.approved(at=at("2027-04-29 10:00"), **NEWS)
    city.approved(at=at("2027-05-03 10:00"))
    assert [len(of(city, 2027, number).clashes) for number in (4, 5, 6)] == [1, 1, 0]


def test_the_reserve_of_an_election_its_eve_and_its_days(city: Campaigning) -> None:
    assert city.database.house is not None
    city.database.house = replace(city.database.house, polling=(date(2028, 3, 12), date(2028, 3, 19)))
    march = of(city, 2028, 3)
    assert march.reserves == ((date(2027, 9, 1), date(2028, 3, 19)),)
    assert [one[:2] for one in told(march) if one[1] != "holiday"] == [(11, "silence"), (12, "polling"), (18, "silence"), (19, "polling")]
    assert (1, "reserve", "") in told(of(city, 2027, 9))
    assert of(city, 2027, 8).reserves == ()


def test_what_was_promised_is_late_once_its_day_passed(city: Campaigning) -> None:
    june = of(city, 2027, 6)
    (answer,) = [one for one in june.events if one.kind == "answer"]
    assert (answer.on, answer.slug, answer.state) == (date(2027, 6, 30), SLUG, "")
    city.clock.at += timedelta(days=120)
    (answer,) = [one for one in of(city, 2027, 6).events if one.kind == "answer"]
    assert answer.state == "late"


def test_rights_for_some_projects_show_nothing_of_the_others(city: Campaigning) -> None:
    city.people(60)
    city.approved(at=at("2027-05-11 10:00"), **NEWS)
    nothing = frozenset[str]()
    mine = frozenset({SLUG})

    def kinds(**sight: Any) -> set[str]:
        return {str(one.kind) for one in of(city, 2027, 5, **sight).events} - {"holiday"}

    assert kinds() == {"workshop", "campaign"}
    assert kinds(processes=mine, campaigns=mine) == {"workshop", "campaign"}
    assert kinds(processes=mine, campaigns=nothing) == {"workshop"}
    assert kinds(processes=frozenset({"velo-gare"}), campaigns=frozenset({"velo-gare"})) == set()
