"""The register of rights: every right that somebody uses is one line with its outcome, and the line names nobody."""

import pytest
import sqlalchemy as sa

from conversations.messages import Edit, Inbound
from outreach import audit, privacy, rights
from outreach.db import Database
from outreach.tables import contribution, right_request
from tests.conftest import Clock
from tests.meeting import City, meeting, phone

LEA, MAX = phone(1), phone(2)


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock, meeting("atelier-1", "2027-05-12 18:30"))


def gave(city: City, text: str, who: str = LEA) -> str:
    """A contribution by SMS: its reference."""
    city.say(who, f"PLACE {text}")
    city.clock.advance(seconds=61)
    city.beat()
    city.say(who, "1")
    with city.database.read() as session:
        return str(session.scalar(sa.select(contribution.c.ref).order_by(contribution.c.id.desc()).limit(1)))


def lines(city: City) -> list[tuple[str, str, str]]:
    """The register, the oldest line first."""
    with city.database.read() as session:
        assert session.scalars(sa.select(right_request.c.address_id).where(right_request.c.kind != "access")).unique().all() in ([], [None])
        found = sorted(rights.listing(session), key=lambda one: int(one.id))
        return [(one.kind, one.network, one.outcome) for one in found]


def edit(city: City, text: str) -> None:
    """The one message of the last contribution is edited."""
    with city.database.read() as session:
        sources = session.scalar(sa.select(contribution.c.sources).order_by(contribution.c.id.desc()).limit(1))
    assert sources
    message = sources.strip('["]')
    city.clock.advance(seconds=5)
    city.batch([Inbound("simulator", "simulator", f"edit-{text}", "sms", LEA, Edit(message, text), city.clock.now())])


def test_one_contribution_taken_back_is_an_erasure_once(city: City) -> None:
    ref = gave(city, "un banc")
    city.say(LEA, f"OUBLI {ref}", f"OUBLI {ref}")
    city.say(MAX, f"OUBLI {ref}")
    assert lines(city) == [("erasure", "sms", "erased_one")]


def test_a_text_that_its_author_edits_is_a_correction(city: City) -> None:
    gave(city, "un banc")
    edit(city, "PLACE deux bancs")
    assert lines(city) == [("correction", "sms", "corrected")]
    with city.database.write() as session:
        session.execute(sa.update(contribution).values(opened_at=city.clock.now()))
    edit(city, "PLACE trois bancs")
    assert lines(city) == [("correction", "sms", "corrected")]


def test_stop_is_a_withdrawal_once(city: City) -> None:
    gave(city, "un banc")
    city.say(LEA, "STOP", "STOP")
    assert lines(city) == [("withdrawal", "sms", "stopped")]


def test_a_person_erased_by_the_command_is_a_line_too(city: City) -> None:
    gave(city, "un banc")
    with city.database.write() as session:
        privacy.forget_address(session, city.clock.now(), "sms", LEA)
        assert privacy.forget_address(session, city.clock.now(), "sms", LEA) is None
    assert lines(city) == [("erasure", "sms", "erased")]
    with city.database.read() as session:
        (used,) = audit.search(session, action="right.used").items
    assert (used.actor, used.detail) == ("command", {"kind": "erasure", "network": "sms"})
