"""A workshop's calendar: one name for life, a number that rises, and the file in the chat (LINK-05, RFC 5545)."""

from typing import Any

import icalendar
import pytest

from outreach import calendars
from outreach.db import Database
from tests.conftest import Clock
from tests.meeting import SLUG, City, meeting

NINA = "900001"


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock, meeting("atelier-1", "2027-05-12 18:30"), meeting("atelier-2", "2027-05-21 18:30"))


def event(city: City, text: bytes | str | None = None) -> Any:
    """The one event of the file that the site gives."""
    if text is None:
        with city.database.read() as session:
            text = calendars.of_name(session, "atelier-1", "fr")
    assert text is not None
    (found,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return found


def test_moved_twice_then_cancelled_it_is_one_event_with_0_1_2_and_cancelled(city: City) -> None:
    other = meeting("atelier-2", "2027-05-21 18:30")
    events = [event(city)]
    for change in (
        meeting("atelier-1", "2027-05-13 18:30"),
        meeting("atelier-1", "2027-05-13 19:00"),
        meeting("atelier-1", "2027-05-13 19:00", status="cancelled"),
    ):
        city.clock.advance(hours=1)
        city.put(change, other)
        events.append(event(city))
    assert len({str(one["UID"]) for one in events}) == 1
    assert str(events[0]["UID"]).endswith("@aller-vers")
    assert [int(one["SEQUENCE"]) for one in events] == [0, 1, 2, 3]
    assert [str(one["STATUS"]) for one in events] == ["CONFIRMED"] * 3 + ["CANCELLED"]
    assert [one.decoded("DTSTART").isoformat() for one in events[1:3]] == ["2027-05-13T18:30:00+02:00", "2027-05-13T19:00:00+02:00"]
    assert str(events[0]["DTSTART"].params["TZID"]) == "Europe/Paris"
    assert [one["DTSTAMP"].dt for one in events] == sorted({one["DTSTAMP"].dt for one in events})
    with city.database.read() as session:
        last = calendars.of_name(session, "atelier-1", "fr") or b""
        whole = calendars.of_process(session, SLUG, "fr")
    assert b"METHOD:CANCEL" in last
    assert b"BEGIN:VTIMEZONE" in last
    assert len(icalendar.Calendar.from_ical(whole).walk("VEVENT")) == 2
    assert b"METHOD" not in whole


def test_a_change_that_nobody_need_know_of_is_none(city: City) -> None:
    city.put(meeting("atelier-1", "2027-05-12 18:30", capacity=99), meeting("atelier-2", "2027-05-21 18:30"))
    assert int(event(city)["SEQUENCE"]) == 0


def test_on_telegram_the_file_comes_with_the_seat_and_with_each_change(city: City) -> None:
    city.say(NINA, "/ateliers", network="telegram")
    city.say(NINA, "[Mercredi 12 mai 18h30, Maison de quartier Bellevue]", "[Oui]", network="telegram")
    city.put(meeting("atelier-1", "2027-05-13 18:30"), meeting("atelier-2", "2027-05-21 18:30"))
    city.until("2027-03-15 14:00")
    with city.database.read() as session:
        files = [file for file in city.files(session, NINA) if file]
    assert [file.name for file in files] == ["atelier-1.ics"] * 2
    assert [int(event(city, file.content)["SEQUENCE"]) for file in files] == [0, 1]
    assert len({str(event(city, file.content)["UID"]) for file in files}) == 1
    assert "tram 1" in str(event(city, files[0].content)["DESCRIPTION"])


def test_a_phone_takes_no_file_and_nothing_is_lost_for_it(city: City) -> None:
    said = city.say("+33639980001", "ATELIER", "1", "1")
    assert len(said) == 1
    assert "Code à l'entrée" in said[0]
