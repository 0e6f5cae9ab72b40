"""What becomes of a message: STOP, OUBLI, closed doors and cards, on both databases."""

import pytest
import sqlalchemy as sa

from outreach import contacts, outbox
from outreach.db import Database
from outreach.house import house
from outreach.outbox import Body
from outreach.tables import address, consent, suppression
from tests.conftest import Clock
from tests.outbox_office import Office, agreeing


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return Office(database, clock)


# Consent, STOP, OUBLI, closed doors


def test_after_stop_only_answers_leave(office: Office) -> None:
    where = agreeing(office)
    notice, campaign = office.put(where, urgency="notice"), office.put(where, urgency="campaign")
    earlier = office.put(where, "an answer from before")
    claimed = office.claim()
    office.write(contacts.stop, where, office.clock.now())
    confirmation = office.put(where, "C'est fait.", after_stop=True)
    assert office.mark(*claimed) == []
    assert [office.state(one) for one in (notice, campaign, earlier)] == ["dropped stopped"] * 3
    assert [one.id for one in office.go()] == [confirmation]


def test_stop_drops_what_waits_at_once(office: Office) -> None:
    where = office.person()
    notice, answer = office.put(where, urgency="notice"), office.put(where, after_stop=True)
    other = office.put(office.person("+33639980002"), urgency="notice")
    assert office.write(outbox.drop, [where], "stopped", office.clock.now()) == 1
    assert [office.state(one) for one in (notice, answer, other)] == ["dropped stopped", "queued", "queued"]


def test_a_campaign_needs_a_consent_in_force_and_no_opposition(office: Office) -> None:
    never, agreed, withdrawn, opposed = (office.person("+33639980001"), *(agreeing(office, f"+3363998000{digit}") for digit in (2, 3, 4)))
    with office.database.write() as session:
        session.execute(sa.update(consent).where(consent.c.address_id == withdrawn).values(withdrawn_at=office.clock.now()))
        hidden = house(session).keys.suppress("sms", "+33639980004")
        session.execute(sa.insert(suppression).values(network="sms", fingerprint=hidden, since=office.clock.now(), why="stop"))
    ids = [office.put(where, urgency="campaign") for where in (never, agreed, withdrawn, opposed)]
    assert [one.id for one in office.go()] == [ids[1]]
    assert [office.state(number) for number in ids] == ["dropped no_consent", "sending", "dropped no_consent", "dropped no_consent"]


def test_a_campaign_may_name_the_consent_it_needs(office: Office) -> None:
    number = office.put(agreeing(office), urgency="campaign", body=Body("?", purpose="follow_up"))
    assert office.go() == []
    assert office.state(number) == "dropped no_consent"


def test_who_closed_the_door_gets_nothing_more_until_the_next_word(office: Office) -> None:
    where = agreeing(office)
    first, second, campaign = office.put(where), office.put(where), office.put(where, urgency="campaign")
    office.mark(first, *office.claim(urgencies=("reply",)))
    office.settle(first, "failed", why="bot was blocked by the user", stop=True)
    assert [office.state(one) for one in (first, second, campaign)] == [
        "failed bot was blocked by the user", "dropped unreachable", "dropped unreachable",
    ]  # fmt: skip
    third = office.put(where)
    assert office.go() == []
    assert office.state(third) == "dropped unreachable"
    office.write(contacts.unblock, where, office.clock.now())
    fourth, again = office.put(where), office.put(where, urgency="campaign")
    assert [one.id for one in office.go()] == [fourth]
    assert office.state(again) == "dropped no_consent"  # TG-05: to be asked anew


def test_the_last_word_after_forgetting_leaves_though_the_address_is_gone_and_is_erased(office: Office) -> None:
    where = office.person()
    waiting, spoken = office.put(where, urgency="notice"), office.put(where, "Bonjour Lucie")
    office.mark(*office.claim(urgencies=("reply",)))
    office.settle(spoken, "wired", external="K1")
    last = office.put(None, body=Body("Tout est effacé.", address="+33639980001"), after_stop=True)
    office.write(outbox.erase, [where], office.clock.now())
    office.write(lambda session: session.execute(sa.delete(address).where(address.c.id == where)))
    (outbound,) = office.go()
    assert (outbound.id, outbound.address, outbound.text) == (last, "+33639980001", "Tout est effacé.")
    office.settle(last, "retry")
    (outbound,) = office.go()
    office.settle(last, "wired", external="K2")
    assert [office.row(one).sealed for one in (waiting, spoken, last)] == [None] * 3
    assert office.state(waiting) == "dropped forgotten"


def test_a_last_word_that_can_not_leave_is_erased_too(office: Office) -> None:
    last = office.put(None, body=Body("Tout est effacé.", address="+33639980001"), after_stop=True)
    office.clock.advance(hours=2)
    office.write(outbox.expire, office.clock.now())
    assert (office.state(last), office.row(last).sealed) == ("dropped expired", None)


def test_a_message_whose_address_went_without_a_word_is_dropped(office: Office) -> None:
    where = office.person()
    number = office.put(where)
    office.write(lambda session: session.execute(sa.delete(address).where(address.c.id == where)))
    assert office.go() == []
    assert (office.state(number), office.row(number).sealed) == ("dropped forgotten", None)


def test_an_address_that_moved_is_found_under_its_new_name(database: Database, clock: Clock) -> None:
    office = Office(database, clock, "telegram")
    where = office.person("-5")
    office.put(where)
    (outbound,) = office.go()
    office.settle(outbound.id, "wired", external="1", moved="-1005")
    office.put(where)
    assert office.go()[0].address == "-1005"
    with office.database.read() as session:
        assert session.execute(sa.select(address.c.fingerprint)).scalar_one() == house(session).keys.find("telegram", "-1005")


def test_an_address_does_not_take_the_name_of_another(database: Database, clock: Clock) -> None:
    office = Office(database, clock, "telegram")
    moved, other = office.person("-5"), office.person("-1005")
    office.put(moved)
    (outbound,) = office.go()
    office.settle(outbound.id, "wired", moved="-1005")
    office.put(moved), office.put(other)
    assert sorted(one.address for one in office.go()) == ["-1005", "-5"]


# Cards


def card_office(database: Database, clock: Clock, network: str) -> tuple[Office, int]:
    office = Office(database, clock, network)
    return office, office.person("7")


def test_a_card_is_replaced_where_the_network_can(database: Database, clock: Clock) -> None:
    office, where = card_office(database, clock, "telegram")
    for text, external in (("Votre avis…", "101"), ("Bien reçu", "101"), ("Publié", "101")):
        number = office.put(where, body=Body(text, how="quiet" if text == "Publié" else "card"), card="d1")
        (outbound,) = office.go()
        assert outbound.replaces == ("" if text == "Votre avis…" else "101")
        office.settle(number, "wired", external=external)
        office.hear(number, "delivered")


def test_a_card_that_was_sent_anew_is_the_one_to_replace(database: Database, clock: Clock) -> None:
    office, where = card_office(database, clock, "telegram")
    for external in ("101", "205"):
        office.settle(office.put(where, body=Body("?", how="send"), card="d1") and office.go()[0].id, "wired", external=external)
    office.put(where, body=Body("!", how="card"), card="d1")
    assert office.go()[0].replaces == "205"


def test_a_quiet_change_without_a_card_is_dropped(database: Database, clock: Clock) -> None:
    office, where = card_office(database, clock, "telegram")
    quiet = office.put(where, body=Body("Publié", how="quiet"), card="d1")
    assert office.go() == []
    assert office.state(quiet) == "dropped no_card"


def test_by_sms_a_card_is_a_message_and_a_quiet_change_nothing(database: Database, clock: Clock) -> None:
    office, where = card_office(database, clock, "sms")
    for external in ("K1", "K2"):
        card = office.put(where, body=Body("?", how="card"), card="d1")
        assert office.go()[0].replaces == ""
        office.settle(card, "wired", external=external)
    quiet = office.put(where, body=Body("?", how="quiet"), card="d1")
    assert office.go() == []
    assert office.state(quiet) == "dropped no_card"


def test_the_card_of_one_person_is_not_another_s(database: Database, clock: Clock) -> None:
    office, where = card_office(database, clock, "telegram")
    office.settle(office.put(where, body=Body("?", how="card"), card="d1") and office.go()[0].id, "wired", external="101")
    office.put(office.person("8"), body=Body("?", how="card"), card="d1")
    assert office.go()[0].replaces == ""
