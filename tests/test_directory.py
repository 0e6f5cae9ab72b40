"""Contacts by pseudonym: found by what may be known of them, page by page, each look written down."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from outreach import audit, consents, contacts, directory
from outreach.db import Database
from outreach.directory import Filter
from outreach.tables import address, contact
from tests.conftest import Clock
from tests.contributing import Desk, person, phone

WATCH = "staff:9"
EVERYBODY = Filter()
WORDING = "un SMS quand il y a un atelier ? 1 oui"


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def somebody(desk: Desk, name: str, *, network: str = "sms", language: str = "fr", agree: tuple[str, ...] = ()) -> int:
    with desk.database.write() as session:
        now = desk.clock.now()
        where = person(session, now, phone() if network == "sms" else phone()[1:], network)
        owner = session.scalar(sa.select(address.c.contact_id).where(address.c.id == where))
        session.execute(sa.update(contact).where(contact.c.id == owner).values(pseudonym=name))
        session.execute(sa.update(address).where(address.c.id == where).values(language=language))
        consents.give(session, [consents.Given(where, purpose, WORDING, language, "receipt") for purpose in agree], now)
        return where


def page(desk: Desk, wanted: Filter = EVERYBODY, cursor: str = "", limit: int = 50) -> directory.Page:
    with desk.database.write() as session:
        return directory.listing(session, desk.clock.now(), WATCH, wanted, cursor, limit)


def lines(desk: Desk, action: str) -> list[tuple[str, str]]:
    with desk.database.read() as session:
        return [(one.actor, one.subject) for one in audit.search(session, action=action).items]


@pytest.fixture
def people(desk: Desk) -> dict[str, int]:
    found = {
        "Zorn-AAAA": somebody(desk, "Zorn-AAAA", agree=("workshops", "news")),
        "Zorn-AB22": somebody(desk, "Zorn-AB22", network="telegram", agree=("news",)),
        "Orne-ZZZZ": somebody(desk, "Orne-ZZZZ", language="ar"),
        "Seine-9999": somebody(desk, "Seine-9999", agree=("workshops",)),
    }
    with desk.database.write() as session:
        now = desk.clock.now()
        contacts.stop(session, found["Seine-9999"], now)
        contacts.block(session, found["Orne-ZZZZ"], now)
        contacts.pause(session, found["Zorn-AB22"], now + timedelta(days=30), now)
    return found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"pseudonym": "zorn"}, ["Zorn-AB22", "Zorn-AAAA"]),
        ({"pseudonym": "ZORN ab"}, ["Zorn-AB22"]),
        ({"pseudonym": "Zorn-AAAA"}, ["Zorn-AAAA"]),
        ({"pseudonym": "zornaaaa"}, []),
        ({"pseudonym": "+33612345678"}, []),
        ({"pseudonym": "%"}, []),
        ({"network": "telegram"}, ["Zorn-AB22"]),
        ({"language": "ar"}, ["Orne-ZZZZ"]),
        ({"purpose": "news"}, ["Zorn-AB22", "Zorn-AAAA"]),
        ({"purpose": "workshops"}, ["Zorn-AAAA"]),
        ({"state": "stopped"}, ["Seine-9999"]),
        ({"state": "unreachable"}, ["Orne-ZZZZ"]),
        ({"state": "paused"}, ["Zorn-AB22"]),
        ({"state": "objected"}, []),
        ({"state": "nothing of ours"}, []),
        ({"pseudonym": "zorn", "network": "sms", "purpose": "news"}, ["Zorn-AAAA"]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("people")
def test_people_are_found_by_what_may_be_known(desk: Desk, wanted: dict[str, str], found: list[str]) -> None:
    assert [one.pseudonym for one in page(desk, Filter(**wanted)).items] == found


def test_each_is_shown_once_whatever_their_addresses(desk: Desk, people: dict[str, int]) -> None:
    second = somebody(desk, "nobody", network="telegram", language="en")
    with desk.database.write() as session:
        owner = session.scalar(sa.select(address.c.contact_id).where(address.c.id == people["Zorn-AAAA"]))
        session.execute(sa.update(address).where(address.c.id == second).values(contact_id=owner))
    (one,) = page(desk, Filter(pseudonym="Zorn-AAAA")).items
    assert (one.networks, one.languages, one.purposes) == (("sms", "telegram"), ("en", "fr"), ("news", "workshops"))
    assert page(desk, Filter(state="stopped", network="telegram")).items == (), "all that is asked holds of one address"


def test_pages_hold_everybody_once_also_while_others_come(desk: Desk) -> None:
    made = [f"Don-{number:04d}" for number in range(25)]
    for name in made:
        somebody(desk, name)
    seen, cursor = list[str](), ""
    while True:
        found = page(desk, Filter(network="sms"), cursor, 10)
        seen += [one.pseudonym for one in found.items]
        somebody(desk, "Don-NEWS")
        if not (cursor := found.next):
            break
    assert [name for name in seen if name.startswith("Don-0")] == list(reversed(made))
    with pytest.raises(ValueError, match="cursor"):
        page(desk, EVERYBODY, "not one of ours!")


def test_a_look_is_a_line_of_audit_and_a_list_too(desk: Desk, people: dict[str, int]) -> None:
    assert people
    subject = page(desk, Filter(pseudonym="Zorn-AAAA")).items[0].subject
    assert lines(desk, "contact.listed") == [(WATCH, "")]
    found = look(desk, subject)
    assert found is not None
    assert lines(desk, "contact.opened") == [(WATCH, subject)]
    assert look(desk, "A" * 22) is None
    assert len(lines(desk, "contact.opened")) == 1


def look(desk: Desk, subject: str) -> directory.Person | None:
    with desk.database.write() as session:
        return directory.look(session, desk.clock.now(), WATCH, subject)


def test_one_contact_shows_every_consent_with_its_words_and_no_text(desk: Desk, people: dict[str, int]) -> None:
    with desk.database.write() as session:
        consents.withdraw(session, (people["Zorn-AAAA"],), desk.clock.now(), "news")
    desk.citizen = people["Zorn-AAAA"]
    ref = desk.receive("Il manque des bancs")
    found = look(desk, page(desk, Filter(pseudonym="Zorn-AAAA")).items[0].subject)
    assert found is not None
    (way,) = found.ways
    assert {(one.purpose, one.wording, one.withdrawn_at is None) for one in way.proofs} == {
        ("workshops", WORDING, True),
        ("news", WORDING, False),
    }
    assert (found.entry.purposes, found.entry.contributions) == (("workshops",), 1)
    shown = repr(found)
    assert ref not in shown
    assert "bancs" not in shown


def test_nothing_of_a_contact_tells_where_it_lives(desk: Desk) -> None:
    somebody(desk, "Maine-2222")
    (one, _citizen) = page(desk).items
    found: Any = look(desk, one.subject)
    told = {*directory.Entry.__struct_fields__, *directory.Way.__struct_fields__, *directory.Person.__struct_fields__}
    assert not told & {"address", "sealed", "fingerprint", "phone", "number", "chat"}
    assert "+33" not in repr(found)
