"""The clock of workshops: offers by day, two waves, reminders, changes; who was told what, once each."""

from collections import Counter
from datetime import timedelta

import pytest

from outreach.db import Database
from outreach.workshops.waiting import ends
from tests.conftest import Clock
from tests.meeting import PARIS, REMOTE, City, at, meeting, phone

LEA, MAX, ZOE = phone(1), phone(2), phone(3)
HOURS = timedelta(hours=1)


def told(city: City, who: str, what: str) -> list[str]:
    """When a person was told something that begins so, after the city's name."""
    return [when for when, text in city.heard(who) if what in text]


def busy_room(city: City, seats: int, line: int) -> None:
    """So many seats held and so many people in the line, in the order of their numbers."""
    for number in range(seats + line):
        city.say(phone(number), "ATELIER", "1")


@pytest.mark.parametrize(
    ("start", "much", "end"),
    [
        ("2027-05-05 09:00", 12, "2027-05-05 21:00"),
        ("2027-05-05 20:00", 12, "2027-05-06 19:00"),
        ("2027-05-05 22:30", 12, "2027-05-06 20:00"),
        ("2027-05-05 03:00", 2, "2027-05-05 10:00"),
        ("2027-05-05 21:00", 1, "2027-05-06 09:00"),
        ("2027-03-27 20:00", 12, "2027-03-28 19:00"),  # the night that has 23 hours
        ("2027-10-30 20:00", 12, "2027-10-31 19:00"),  # and the one that has 25
    ],
)
def test_an_offers_clock_runs_by_day_only(start: str, much: int, end: str) -> None:
    assert ends(at(start).astimezone(at(start).tzinfo), much * HOURS, PARIS) == at(end)


def test_a_seat_freed_at_night_is_offered_in_the_morning_and_kept_by_day(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30", 1))
    busy_room(city, 1, 2)
    city.until("2027-06-02 23:10")
    city.say(phone(0), "ANNULER")
    assert city.states() == {"cancelled": 1, "offered": 1, "waiting": 1}
    city.until("2027-06-03 07:59")
    assert told(city, phone(1), "pour vous !") == []
    city.until("2027-06-03 12:00")
    assert told(city, phone(1), "pour vous !") == ["Thu 03 08:00"]
    assert "jusqu'à jeudi 03/06 20h00" in city.lines(phone(1))[-1].text
    city.until("2027-06-03 19:59")
    assert told(city, phone(2), "pour vous !") == []
    city.until("2027-06-04 09:00")
    assert told(city, phone(2), "pour vous !") == ["Thu 03 20:00"]  # the next one, until the next evening
    assert "une place pour vous: mardi 08/06" in city.say(phone(2), "1")[0]
    assert "Cette question est fermée" in city.say(phone(1), "1")[0]
    assert city.states() == {"confirmed": 1, "cancelled": 2}


def test_on_the_last_day_the_first_answer_has_it(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30", 1))
    busy_room(city, 1, 6)
    city.until("2027-06-08 09:00")
    city.say(phone(0), "ANNULER")
    assert [told(city, phone(number), "pour vous !") for number in range(1, 7)] == [["Tue 08 09:00"]] * 3 + [[]] * 3
    assert city.room().taken == 0  # kept for nobody
    city.until("2027-06-08 11:30")
    assert [told(city, phone(number), "pour vous !") for number in range(4, 7)] == [["Tue 08 11:00"]] * 3
    assert "une place pour vous: mardi 08/06" in city.say(phone(5), "je la prends")[0]
    assert city.say(phone(2), "1") == ["La place vient de partir, pardon. Vous gardez le rang 2."]
    assert city.states() == {"cancelled": 1, "confirmed": 1, "waiting": 5}
    assert city.room().taken == 1


@pytest.mark.parametrize("word", ["STOP", "OPPOSITION"])
def test_a_seat_is_not_kept_for_who_wants_to_hear_nothing_and_is_offered_when_they_are_back(
    database: Database, clock: Clock, word: str
) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30", 1))
    busy_room(city, 1, 2)
    city.say(phone(1), word)
    city.say(phone(0), "ANNULER")
    assert city.states() == {"cancelled": 1, "waiting": 1, "offered": 1}
    city.until("2027-03-15 15:00")
    assert (told(city, phone(1), "pour vous !"), len(told(city, phone(2), "pour vous !"))) == ([], 1)
    city.say(phone(2), "ANNULER")
    assert city.states() == {"cancelled": 2, "waiting": 1}
    city.say(phone(1), "REPRENDRE")
    assert city.states() == {"cancelled": 2, "offered": 1}
    city.until("2027-03-15 20:00")
    assert len(told(city, phone(1), "pour vous !")) == 1


def test_who_hears_nothing_keeps_nobody_from_a_free_seat(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30", 1))
    busy_room(city, 1, 1)
    city.say(phone(1), "STOP")
    city.say(phone(0), "ANNULER")
    assert "une place pour vous: mardi 08/06" in city.say(phone(7), "ATELIER", "1")[0]


def test_nobody_is_asked_when_nobody_could_hear_it_in_time(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-07 08:20", 1))  # a Monday morning
    busy_room(city, 1, 2)
    city.until("2027-06-06 22:00")
    city.say(phone(0), "ANNULER")
    city.until("2027-06-07 08:10")
    assert told(city, phone(1), "pour vous !") == []
    assert city.states() == {"cancelled": 1, "waiting": 2}


def test_a_party_waits_for_seats_enough_and_who_fits_goes_before(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30", 2))
    city.say(LEA, "ATELIER", "1")
    city.say(MAX, "ATELIER", "à 3")
    city.say(ZOE, "ATELIER", "1")  # one seat was left that a party of three can't use
    assert city.states() == {"confirmed": 2, "waiting": 1}


def test_reminders_five_days_and_one_day_before_and_2_frees_the_seat(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30", 1))
    busy_room(city, 1, 1)
    city.until("2027-06-06 12:00")
    assert told(city, phone(0), "Vous venez ?")[1:] == ["Thu 03 18:30"]
    assert city.say(phone(0), "1")[0].startswith("C'est noté, nous vous attendons.")
    city.until("2027-06-07 19:00")
    assert told(city, phone(0), "Vous venez ?")[1:] == ["Thu 03 18:30", "Mon 07 18:30"]
    assert told(city, phone(0), "demain mardi 08/06 18h30") == ["Mon 07 18:30"]
    assert told(city, phone(1), "Vous venez ?")[1:] == []  # who waits is not reminded
    city.say(phone(0), "2")
    assert city.states() == {"cancelled": 1, "offered": 1}


def test_a_reminder_on_a_sunday_or_a_holiday_comes_before_it(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-05-10 18:30"))  # a Monday; five days before, a Wednesday
    city.say(LEA, "ATELIER", "1")
    city.until("2027-05-10 18:00")
    assert told(city, LEA, "Vous venez ?")[1:] == ["Wed 05 18:30", "Fri 07 18:30"]  # Saturday the 8th is a holiday: 1945
    assert told(city, LEA, "demain") == []


def test_who_signs_up_late_is_not_reminded_twice(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30"))
    city.until("2027-06-02 10:00")
    city.say(LEA, "ATELIER", "1")  # six days before: no reminder five days before
    city.until("2027-06-08 09:00")
    city.say(MAX, "ATELIER", "1")  # the same day: none at all
    city.until("2027-06-08 18:00")
    assert told(city, LEA, "Vous venez ?")[1:] == ["Mon 07 18:30"]
    assert told(city, MAX, "Vous venez ?")[1:] == []


@pytest.mark.parametrize(("day", "before"), [("2027-03-29 10:00", "Wed 24 10:00"), ("2027-11-02 10:00", "Thu 28 10:00")])
def test_reminders_keep_their_hour_across_both_changes_of_the_clocks(database: Database, clock: Clock, day: str, before: str) -> None:
    clock.at = at(day).astimezone(clock.at.tzinfo) - timedelta(days=12)
    city = City(database, clock, meeting("atelier-1", day))
    city.say(LEA, "ATELIER", "1")
    city.until(day)
    assert told(city, LEA, "Vous venez ?")[1] == before


def test_a_reminder_waits_for_an_idle_moment(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30"))
    city.say(LEA, "ATELIER", "1")
    city.until("2027-06-03 18:00")
    city.say(LEA, "SUIVI")
    city.until("2027-06-04 12:00")
    assert told(city, LEA, "Vous venez ?")[1:] == ["Thu 03 20:00"]


def test_twice_moved_then_cancelled_everybody_hears_each_once(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30", 2))
    busy_room(city, 2, 1)
    city.until("2027-05-18 10:00")
    city.say(phone(1), "STOP")
    for when, starts in (("2027-05-19 10:00", "2027-06-09 18:30"), ("2027-05-20 10:00", "2027-06-15 19:00")):
        city.until(when)
        city.put(meeting("atelier-1", starts, 2))
        city.beat()
        city.beat()
    city.until("2027-05-21 10:00")
    city.put(meeting("atelier-1", "2027-06-15 19:00", 2, status="cancelled"))
    city.until("2027-06-17 10:00")
    assert told(city, phone(0), "change:") == ["Wed 19 10:00", "Thu 20 10:00"]
    assert told(city, phone(0), "annulé") == ["Fri 21 10:00"]
    assert told(city, phone(2), "Votre rang reste") == ["Wed 19 10:00", "Thu 20 10:00"]
    assert told(city, phone(2), "annulé") == ["Fri 21 10:00"]
    assert told(city, phone(1), "change:") == []  # after STOP
    assert told(city, phone(1), "annulé, nous") == ["Fri 21 10:00"]  # the one thing that is still told
    every = Counter(text for number in range(3) for _when, text in city.heard(phone(number)) if "change" in text or "annulé, nous" in text)
    assert set(every.values()) <= {3, 2, 1}
    assert told(city, phone(0), "Vous venez ?")[1:] == []  # no reminder of what does not take place
    assert city.room().sequence == 3


def test_moved_at_night_is_told_in_the_morning_unless_it_is_soon(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 18:30"), meeting("atelier-2", "2027-06-17 18:30"))
    city.say(LEA, "ATELIER", "1", "1")
    city.say(MAX, "ATELIER", "2", "1")
    city.until("2027-06-08 06:45")
    city.put(meeting("atelier-1", "2027-06-08 18:00"), meeting("atelier-2", "2027-06-17 19:00"))
    city.until("2027-06-08 12:00")
    assert told(city, LEA, "change:") == ["Tue 08 06:45"]
    assert told(city, MAX, "change:") == ["Tue 08 08:00"]


def test_a_second_change_before_the_first_was_said_replaces_it(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-15 18:30"))
    city.say(LEA, "ATELIER", "1")
    city.until("2027-06-02 22:00")
    city.put(meeting("atelier-1", "2027-06-15 19:00"))
    city.beat()
    city.put(meeting("atelier-1", "2027-06-15 20:00"))
    city.until("2027-06-03 12:00")
    assert told(city, LEA, "change:") == ["Thu 03 08:00"]
    assert "20h00" in city.lines(LEA)[-1].text


def test_the_link_goes_an_hour_before_to_who_comes_from_home_alone(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-06-08 08:30", remote=REMOTE))
    for number in range(3):
        city.say(phone(number), "ATELIER", "3")
    city.say(LEA, "ATELIER")
    for number in range(10, 13):
        city.say(phone(number), "ATELIER", "1")
    city.until("2027-06-08 08:00")
    assert [told(city, phone(number), "https://visio") for number in range(3)] == [["Tue 08 07:30"]] * 3
    assert [told(city, phone(number), "https://visio") for number in range(10, 13)] == [[]] * 3
