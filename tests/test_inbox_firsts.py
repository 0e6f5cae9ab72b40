"""What the city says first about a person's own matter: once, by day, to who may hear it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from conversations.messages import Blocked, Unblocked
from conversations.notices import Published
from outreach import (
    notices,
    tables,
)
from outreach.db import Database
from tests.conftest import Clock
from tests.inbox_office import CHAT, OTHER, PHONE, Office, opened
from tests.scripted import Postman, scripted

__all__ = ["scripted"]

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def postman(clock: Clock) -> Postman:
    return Postman(clock)


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return opened(database, clock)


def tell(office: Office, who: str = PHONE, network: str = "sms") -> None:
    office.do(notices.tell, office.contact(who, network).address_id, None, Published("48210736"), office.clock.now())


def test_a_notice_is_said_once_as_a_notice(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note x"))
    tell(office)
    assert office.say_first() == 1
    assert office.say_first() == 0
    assert office.said() == ["! Published due 15 10:00"]
    assert office.rows(tables.outbox, "urgency", "after_stop") == [("notice", False)]
    assert office.state().step == "told"


def test_at_night_every_notice_waits_for_the_morning(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note x"))
    office.clock.at = datetime(2027, 3, 16, 22, 0, tzinfo=UTC)
    tell(office)
    assert office.say_first() == 0
    office.clock.at = datetime(2027, 3, 17, 7, 30, tzinfo=UTC)
    assert office.say_first() == 1
    assert office.said() == ["! Published due 17 07:00"], "its patience counts from the first permitted minute"


def test_who_is_in_the_middle_of_something_is_told_later(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note busy"), postman.brings("note free", OTHER))
    tell(office)
    tell(office, OTHER)
    assert office.say_first() == 1
    assert office.notes() == ["busy"]
    office.do(lambda session: session.execute(sa.delete(tables.conversation)))
    office.clock.advance(minutes=9)
    assert office.say_first() == 0
    office.clock.advance(minutes=1)
    assert office.say_first() == 1


@pytest.mark.parametrize(("orders", "back"), [("stop", "back oui"), (Blocked(), Unblocked())])
def test_stop_and_a_block_hold_notices_until_the_person_is_back(office: Office, postman: Postman, orders: Any, back: Any) -> None:
    office.receive(postman.brings("note x", CHAT, network="telegram"))
    office.receive(postman.brings(orders, CHAT, network="telegram"))
    tell(office, CHAT, "telegram")
    before = len(office.said())
    assert office.say_first() == 0
    office.clock.advance(days=1)
    office.receive(postman.brings(back, CHAT, network="telegram"))
    assert office.say_first() == 1
    assert office.said()[before:] == ["! Published due 15 10:00"]


def test_a_notice_held_past_its_deadline_is_not_said(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("stop"))
    tell(office)
    for _ in range(9):
        assert office.say_first() == 0
        office.clock.advance(days=1)
    office.receive(postman.brings("back oui"))
    assert office.say_first() == 0
    assert [row.state for row in office.rows(tables.notice)] == ["dropped"]


def test_a_notice_that_can_t_be_put_into_words_harms_no_other(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note unspeakable"), postman.brings("note x", OTHER))
    tell(office)
    tell(office, OTHER)
    assert office.say_first() == 1
    assert office.notes() == ["unspeakable"]
    assert sorted(row.state for row in office.rows(tables.notice)) == ["said", "waiting"]
