"""STOP, coming back, a door closed and opened, the list of those who may not be written to, and what people agreed to."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import consents, contacts, outbox
from outreach.consents import Given
from outreach.db import Database
from outreach.house import House, house
from outreach.outbox import Body, Put
from outreach.references import new_id, new_pseudonym, new_token
from outreach.tables import address, audit, contact, suppression
from outreach.tables import outbox as outbox_table
from tests.conftest import Clock

PHONE = "+33612345678"
WORDS = "un SMS quand il y a un atelier (4 par mois au plus) ?"


def someone(session: Session, now: datetime, where: str = PHONE, network: str = "sms") -> int:
    """A contact with one address, as the inbox makes them."""
    contact_id, address_id = new_id(now), new_id(now)
    keys = house(session).keys
    session.execute(sa.insert(contact).values(id=contact_id, subject=new_token(), pseudonym=new_pseudonym(), created_at=now, seen_at=now))
    session.execute(
        sa.insert(address).values(
            id=address_id, contact_id=contact_id, network=network, fingerprint=keys.find(network, where),
            sealed=keys.seal("address", address_id, where.encode()), channel="kannel", created_at=now,
        )
    )  # fmt: skip
    return address_id


def held(session: Session, address_id: int) -> frozenset[str]:
    return consents.held(session, [address_id])[address_id]


def agree(session: Session, address_id: int, now: datetime, purpose: str = "workshops", wording: str = WORDS) -> int:
    return consents.give(session, [Given(address_id, purpose, wording, "fr", "receipt")], now)


def test_a_person_is_found_by_their_address_and_nobody_by_another(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        found = contacts.find(session, "sms", PHONE)
        assert found is not None
        assert (found.address_id, found.network, found.channel, found.stopped, found.unreachable) == (
            address_id,
            "sms",
            "kannel",
            False,
            False,
        )
        assert contacts.get(session, address_id) == found
        assert contacts.find(session, "telegram", PHONE) is None
        assert contacts.find(session, "sms", "+33612345679") is None
        assert contacts.get(session, 1) is None


def test_stop_ends_consents_and_leaves_a_fingerprint_that_joins_with_no_other_table(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        agree(session, address_id, clock.now())
        contacts.stop(session, address_id, clock.now())
        found = contacts.get(session, address_id)
        assert found is not None
        assert found.stopped
        assert held(session, address_id) == frozenset()
        opposed = contacts.opposition(session, "sms", PHONE)
        assert opposed == contacts.Opposition(clock.now(), "stop")
        joined = sa.select(sa.func.count()).select_from(address.join(suppression, address.c.fingerprint == suppression.c.fingerprint))
        assert session.scalar(joined) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(suppression)) == 1


def test_stop_twice_is_stop_once(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        contacts.stop(session, address_id, clock.now())
        since = clock.now()
        contacts.stop(session, address_id, clock.advance(days=1))
        assert contacts.opposition(session, "sms", PHONE) == contacts.Opposition(since, "stop")
        assert session.scalar(sa.select(sa.func.count()).select_from(audit).where(audit.c.action == "contact.stopped")) == 1


def test_what_waited_to_leave_when_stop_came_is_no_answer_to_what_is_written_afterwards(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        (before,) = outbox.put(session, [Put(address_id, "sms", "kannel", "reply", Body("Merci !"), after_stop=True)], clock.now())
        contacts.stop(session, address_id, clock.now())
        (after,) = outbox.put(session, [Put(address_id, "sms", "kannel", "reply", Body("C'est fait."), after_stop=True)], clock.now())
        rows = session.execute(sa.select(outbox_table.c.id, outbox_table.c.after_stop).order_by(outbox_table.c.id)).all()
        assert rows == [(before, False), (after, True)]


def test_who_comes_back_is_off_the_list(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        contacts.stop(session, address_id, clock.now())
        contacts.come_back(session, address_id, clock.advance(days=3))
        found = contacts.get(session, address_id)
        assert found is not None
        assert not found.stopped
        assert contacts.opposition(session, "sms", PHONE) is None
        assert held(session, address_id) == frozenset(), "coming back is a consent only with the words that were shown"


def test_who_never_stopped_can_t_come_back(database: Database, clock: Clock) -> None:
    with database.write() as session:
        contacts.come_back(session, someone(session, clock.now()), clock.now())
        assert session.scalar(sa.select(sa.func.count()).select_from(audit)) == 0


def test_a_block_ends_opt_ins_and_an_unblock_does_not_give_them_again(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now(), "123456", "telegram")
        agree(session, address_id, clock.now())
        contacts.block(session, address_id, clock.now())
        blocked = contacts.get(session, address_id)
        assert blocked is not None
        assert blocked.unreachable
        assert not blocked.stopped
        assert held(session, address_id) == frozenset()
        contacts.unblock(session, address_id, clock.now())
        opened = contacts.get(session, address_id)
        assert opened is not None
        assert not opened.unreachable
        assert held(session, address_id) == frozenset()


def test_a_stop_outlasts_being_forgotten_and_a_new_opt_in_ends_only_the_forgetting(database: Database, clock: Clock) -> None:
    with database.write() as session:
        contacts.suppress(session, "sms", PHONE, "stop", clock.now())
        contacts.suppress(session, "sms", PHONE, "forgotten", clock.advance(days=1))
        contacts.welcome_back(session, "sms", PHONE)
        opposed = contacts.opposition(session, "sms", PHONE)
        assert opposed is not None
        assert opposed.why == "stop"
        contacts.suppress(session, "sms", "+33600000000", "forgotten", clock.now())
        contacts.welcome_back(session, "sms", "+33600000000")
        assert contacts.opposition(session, "sms", "+33600000000") is None


def test_no_number_stands_in_what_these_verbs_return_or_write(database: Database, clock: Clock, house: House) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        contacts.stop(session, address_id, clock.now())
        assert PHONE[1:] not in repr(contacts.get(session, address_id))
        lines = session.execute(sa.select(audit.c.subject, audit.c.detail, audit.c.actor)).all()
        assert lines
        assert PHONE[1:] not in repr(lines)
        sealed = session.scalar(sa.select(address.c.sealed))
        assert PHONE.encode() not in (sealed or b"")
        with pytest.raises(Exception, match="does not open"):
            house.keys.open("address", address_id + 1, sealed or b"")


def test_an_opt_in_keeps_the_words_their_language_their_source_and_its_end(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        given = clock.now()
        assert agree(session, address_id, given) == 1
        ended = clock.advance(days=2)
        assert consents.withdraw(session, (address_id,), ended, "workshops") == 1
        assert consents.proofs(session, address_id) == (consents.Proof("workshops", WORDS, "fr", "receipt", given, ended),)


def test_who_agreed_already_keeps_the_first_proof_until_it_ends(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = someone(session, clock.now())
        assert agree(session, address_id, clock.now()) == 1
        assert agree(session, address_id, clock.advance(hours=1), wording="autre phrase") == 0
        assert agree(session, address_id, clock.now(), purpose="follow_up") == 1
        assert held(session, address_id) == {"workshops", "follow_up"}
        consents.withdraw(session, (address_id,), clock.advance(hours=1), "workshops")
        assert held(session, address_id) == {"follow_up"}
        assert agree(session, address_id, clock.advance(hours=1), wording="autre phrase") == 1
        assert [proof.wording for proof in consents.proofs(session, address_id) if proof.purpose == "workshops"] == [WORDS, "autre phrase"]


def test_two_opt_ins_of_one_purpose_in_one_batch_are_one(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id, other = someone(session, clock.now()), someone(session, clock.now(), "+33600000001")
        gifts = [Given(address_id, "workshops", word, "fr", "receipt") for word in ("a", "b")]
        gifts.append(Given(other, "workshops", "c", "en", "page"))
        assert consents.give(session, gifts, clock.now()) == 2
        assert [proof.wording for proof in consents.proofs(session, address_id)] == ["a"]
        assert consents.held(session, [address_id, other, 5]) == {address_id: {"workshops"}, other: {"workshops"}, 5: set()}
        assert consents.withdraw(session, [address_id, other], clock.now() + timedelta(days=1)) == 2
