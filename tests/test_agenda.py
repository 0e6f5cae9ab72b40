"""What is due, and the clock of a demonstration that goes on after a restart."""

from datetime import timedelta

import sqlalchemy as sa

from outreach import agenda
from outreach.db import Database
from outreach.references import new_id
from outreach.tables import address, audit, contact, wakeup
from tests.conftest import Clock


def test_nothing_is_due_in_an_empty_office(database: Database, clock: Clock) -> None:
    with database.read() as session:
        assert agenda.due(session, clock.now()) == agenda.Due(
            silences=False,
            decisions=False,
            notices=False,
            chain=False,
            offers=False,
            changes=False,
            minutes=False,
            campaigns=False,
            filling=False,
            pauses=False,
            tree=False,
            month=False,
            answers=False,
            late=False,
            sample=False,
        )
        assert agenda.next_at(session) is None


def test_a_silence_is_due_at_its_instant_and_not_before(database: Database, clock: Clock) -> None:
    with database.write() as session:
        person = new_id(clock.now())
        session.execute(
            contact.insert().values(id=person, subject="s", pseudonym="Loire-2F7K", created_at=clock.now(), seen_at=clock.now())
        )
        session.execute(
            address.insert().values(
                id=person,
                contact_id=person,
                network="sms",
                fingerprint=b"f",
                sealed=b"",
                channel="kannel",
                language="",
                created_at=clock.now(),
            )
        )
        session.execute(wakeup.insert().values(address_id=person, name="gathered", due_at=clock.now() + timedelta(seconds=60)))
    with database.read() as session:
        assert not agenda.due(session, clock.now()).silences
        assert agenda.next_at(session) == clock.now() + timedelta(seconds=60)
        assert agenda.due(session, clock.advance(seconds=60)).silences


def test_a_line_without_a_place_calls_the_notary(database: Database, clock: Clock) -> None:
    with database.write() as session:
        session.execute(audit.insert().values(id=new_id(clock.now()), at=clock.now(), actor="clock", action="x", subject="s", detail="{}"))
    with database.read() as session:
        assert agenda.due(session, clock.now()).chain
    with database.write() as session:
        session.execute(sa.update(audit).values(place=1))
    with database.read() as session:
        assert not agenda.due(session, clock.now()).chain


def test_a_clock_moved_by_hand_goes_on_where_it_was_until_it_is_told_otherwise(database: Database) -> None:
    with database.write() as session:
        assert agenda.advanced(session) == timedelta()
        agenda.remember_advance(session, timedelta(hours=2))
        agenda.remember_advance(session, timedelta(seconds=1.5))
    with database.write() as session:
        assert agenda.advanced(session) == timedelta(hours=2, seconds=1.5)
        agenda.forget_advance(session)
        assert agenda.advanced(session) == timedelta()
