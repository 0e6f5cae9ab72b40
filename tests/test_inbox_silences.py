"""Silences: each comes once, at its time, and a word puts it off."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach import (
    tables,
)
from outreach.db import Database
from tests.conftest import Clock
from tests.inbox_office import OTHER, Office, opened
from tests.scripted import Postman, scripted

__all__ = ["scripted"]

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def postman(clock: Clock) -> Postman:
    return Postman(clock)


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return opened(database, clock)


def test_a_silence_comes_once_at_its_time(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("wake gathered 60; wake nudge 3600"))
    assert office.sweep(seconds=59) == 0
    assert office.sweep(seconds=1) == 1
    assert office.sweep() == 0
    assert office.notes() == ["silence gathered"]
    assert [name for (name,) in office.rows(tables.wakeup, "name")] == ["nudge"]


def test_a_word_puts_the_silence_off_and_another_lets_it_sleep(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("wake gathered 60"))
    office.clock.advance(seconds=40)
    office.receive(postman.brings("wake gathered 60"))
    assert office.sweep(seconds=40) == 0
    office.receive(postman.brings("sleep gathered"))
    assert office.sweep(seconds=400) == 0


def test_the_last_word_on_a_silence_in_one_turn_holds(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("wake a 60; sleep a; sleep b; wake b 60"))
    assert [name for (name,) in office.rows(tables.wakeup, "name")] == ["b"]


def test_a_decent_silence_waits_for_the_morning(office: Office, postman: Postman) -> None:
    office.clock.at = datetime(2027, 3, 13, 20, 0, tzinfo=UTC)  # a Saturday, 21:00 in Nantes
    office.receive(postman.brings("decent nudge 3600"))
    assert office.rows(tables.wakeup, "due_at") == [(datetime(2027, 3, 15, 7, 0, tzinfo=UTC),)]


def test_two_silences_of_one_person_are_two_turns_the_first_due_first(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("wake b 60; wake a 120"), postman.brings("wake c 90", OTHER))
    assert office.sweep(days=1) == 2
    assert office.sweep() == 1
    assert office.notes() == ["silence b", "silence a"]
    assert office.notes(OTHER) == ["silence c"]


def test_a_silence_leaves_the_hour_of_the_last_word(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("wake gathered 60"))
    heard = office.clock.now()
    office.sweep(hours=1)
    assert office.rows(tables.conversation, "heard_at") == [(heard,)]


@pytest.mark.parametrize("name", ["broken", "spoilt"])
def test_a_silence_whose_turn_breaks_comes_again_tomorrow_and_touches_nothing(office: Office, postman: Postman, name: str) -> None:
    office.receive(postman.brings(f"note kept; wake {name} 60"), postman.brings("wake fine 60", OTHER))
    due = office.clock.now() + timedelta(days=1, seconds=60)
    assert office.sweep(seconds=60) == 2
    assert office.rows(tables.wakeup, "name", "due_at") == [(name, due)]
    assert office.notes() == ["kept"]
    assert office.notes(OTHER) == ["silence fine"]
    assert office.said() == []
    assert office.rows(tables.contribution) == []
