"""Doors that close and open again, words that go at once, and OUBLI, as the inbox carries them out."""

from typing import Any

import pytest
import sqlalchemy as sa

from conversations.messages import Blocked, Edit, InGroup, Press, Unblocked, Words
from outreach import (
    consents,
    contacts,
    leases,
    outbox,
    tables,
)
from outreach.db import Database
from outreach.outbox import Body
from tests.conftest import Clock
from tests.inbox_office import AGAIN, CHAT, FRESH, OTHER, PHONE, Office, opened
from tests.scripted import LEAVING, Postman, scripted

__all__ = ["scripted"]

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def postman(clock: Clock) -> Postman:
    return Postman(clock)


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return opened(database, clock)


# Doors that close and open


def test_a_block_is_noted_and_the_next_word_opens_again(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note x; agree oui", CHAT, network="telegram"))
    office.receive(postman.brings(Blocked(), CHAT, network="telegram"))
    assert office.contact(CHAT, "telegram").unreachable
    number = office.contact(CHAT, "telegram").address_id
    assert office.do(consents.held, [number]) == {number: frozenset()}
    office.receive(postman.brings(Unblocked(), CHAT, network="telegram"))
    assert not office.contact(CHAT, "telegram").unreachable
    office.receive(postman.brings(Blocked(), CHAT, network="telegram"))
    office.receive(postman.brings("note y", CHAT, network="telegram"))
    assert not office.contact(CHAT, "telegram").unreachable
    assert office.notes(CHAT, "telegram") == ["x", "y"]


@pytest.mark.parametrize("what", [Blocked(), Unblocked(), Edit("77", "des mots"), InGroup()])
def test_who_says_nothing_to_us_becomes_no_contact(office: Office, postman: Postman, what: Any) -> None:
    assert office.receive(postman.brings(what, CHAT, network="telegram")) == [FRESH]
    assert office.rows(tables.contact) == office.rows(tables.address) == office.rows(tables.conversation) == []
    assert "des mots" not in repr(office.arrived())


def test_a_button_of_before_is_answered_though_nobody_is_known(office: Office, postman: Postman) -> None:
    office.receive(postman.brings(Press("old", "yes"), CHAT, network="telegram"))
    assert office.notes(CHAT, "telegram") == ["Press"]


def test_a_group_is_left_with_one_sentence_that_carries_its_own_address(office: Office, postman: Postman) -> None:
    group = postman.brings(InGroup(), "-100200300", network="telegram", channel="telegram")
    assert office.receive(group, group) == [FRESH, AGAIN]
    assert office.bodies() == [Body(LEAVING, does="leave", address="-100200300")]
    assert office.rows(tables.outbox, "address_id", "channel", "after_stop") == [(None, "telegram", True)]


# Words that go at once


def test_what_was_not_sent_on_goes_at_once_by_the_provider_s_ids(office: Office, postman: Postman) -> None:
    for number, text in enumerate(("note child", "note words", "note other")):
        office.receive(postman.brings(Words(text, message=str(number)), CHAT, network="telegram"))
    office.receive(postman.brings("discard 0 1", CHAT, network="telegram"))
    assert office.arrived() == [Words("note other", message="2"), Words("discard 0 1")]


def test_without_ids_everything_since_the_last_contribution_goes_and_our_quotes_of_it(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("submit first; tell quoting first"))
    office.do(lambda session: session.execute(sa.update(tables.outbox).values(state="wired")))
    office.clock.advance(minutes=1)
    child = postman.brings("note child; tell quoting child", key="child")
    office.receive(child, postman.brings("note other", OTHER))
    office.do(lambda session: session.execute(sa.update(tables.outbox).values(state="wired")))
    office.clock.advance(minutes=1)
    office.receive(postman.brings("discard; tell erased"))
    assert office.arrived() == [Words("submit first; tell quoting first"), Words("note other")]
    assert office.said() == ["quoting first", "= Submitted", "erased"]
    assert office.receive(child) == [AGAIN]


# OUBLI


def test_after_forget_nothing_remains_but_the_last_word_on_its_way(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note jardinage; tell jardinage; submit jardinage; wake nudge 60; agree oui"))
    office.receive(postman.brings("note x", OTHER))
    last = postman.brings("tell goodbye; forget; wake after 60; agree non")
    assert office.receive(last) == [FRESH]
    assert office.do(contacts.find, "sms", PHONE) is None
    assert len(office.rows(tables.contact)) == len(office.rows(tables.address)) == len(office.rows(tables.conversation)) == 1
    assert office.rows(tables.wakeup) == office.rows(tables.consent) == []
    assert all(row.address_id is None and row.sealed == b"" for row in office.rows(tables.inbound) if row.address_id is None)
    assert [row.address_id for row in office.rows(tables.inbound)].count(None) == 2
    assert [(body.text, body.address) for body in office.bodies()] == [("goodbye", PHONE), ("= Forgotten", PHONE)]
    assert office.do(contacts.opposition, "sms", PHONE) is not None
    assert office.receive(last) == [AGAIN]
    assert office.do(contacts.find, "sms", PHONE) is None


def test_the_last_word_leaves_though_its_address_is_gone(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("forget"))
    with office.database.write() as session:
        epoch = leases.hold(session, outbox.lease_name("sms"), "me", 60)
        assert epoch is not None
        claimed = outbox.claim(session, "sms", holder="me", epoch=epoch, now=office.clock.now(), limit=10, urgencies=("reply",))
        marked = outbox.mark(session, [one.id for one in claimed], "me", epoch, office.clock.now())
    assert [(one.address, one.text) for one in marked] == [(PHONE, "= Forgotten")]


def test_who_was_forgotten_is_a_stranger_again_in_the_same_batch(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note one; tell never sent"))
    assert office.receive(postman.brings("note two"), postman.brings("forget"), postman.brings("tell facts; note three")) == [FRESH] * 3
    assert office.notes() == ["three"]
    forgotten, stranger = office.said()
    assert forgotten == "= Forgotten"
    assert stranger.startswith("new=True stopped=False consents=[]")


def test_a_stop_outlasts_being_forgotten(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("stop"))
    office.receive(postman.brings("forget"))
    office.receive(postman.brings("note back"))
    assert office.contact().stopped
