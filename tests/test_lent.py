"""A phone that a mediator lends: each person a number and a code, nothing tied to the phone, and a limit that a market day passes."""

import re

import msgspec
import pytest
import sqlalchemy as sa

from outreach import documents, processes
from outreach.contributions import intake
from outreach.db import Database
from outreach.documents import EntryPoint
from outreach.tables import contribution, inbound, paper
from tests.conftest import Clock
from tests.meeting import PARIS, City, phone
from tests.process_sample import SAMPLE

LENT, ANOTHER = phone(1), phone(2)
SLIP = r"Avis no (\d{4} \d{4}), code (\d{4})"


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    made = City(database, clock)
    document = documents.parse(SAMPLE.encode(), yaml=True, zone=PARIS)
    entries = (*document.entry_points, EntryPoint(id="mediateur", place="Le Relais", keyword="PRETE", language="fr", lent=True))
    with database.write() as session:
        processes.put(session, clock.now(), msgspec.structs.replace(document, entry_points=entries), "staff:1")
    return made


def gave(city: City, text: str, answer: str = "1") -> tuple[str, str]:
    """Somebody takes the phone and writes: the number and the code that they take along."""
    city.say(LENT, f"PRETE {text}")
    city.clock.advance(seconds=61)
    city.beat()
    asked = city.lines(LENT)[-1].text
    assert "Rien ne le lie à ce téléphone" in asked
    assert text not in asked
    (said,) = city.say(LENT, answer)
    found = re.search(SLIP, said)
    assert found, said
    return found[1], found[2]


def test_each_person_has_a_slip_and_the_next_one_sees_nothing(city: City) -> None:
    first, code = gave(city, "des bancs avec un dossier")
    second, other = gave(city, "une fontaine", "2")
    assert first != second
    assert "un agent le lit avant" in city.say(ANOTHER, f"SUIVI {first} {code}")[0]
    assert "jamais publié" in city.say(ANOTHER, f"SUIVI {second} {other}")[0]
    assert first not in " ".join(city.say(LENT, "SUIVI"))
    assert "RECOURS" not in " ".join(city.say(LENT, "OUBLI"))
    with city.database.read() as session:
        rows = session.execute(sa.select(contribution)).all()
        assert [row.address_id for row in rows] == [None, None]
        assert [row.sources for row in rows] == ["[]", "[]"]
        assert {row.entry for row in rows} == {"mediateur"}
        assert len({row.pseudonym for row in rows}) == 2


def test_the_code_erases_what_was_written_and_the_phone_does_not(city: City) -> None:
    ref, code = gave(city, "des bancs avec un dossier")
    city.say(LENT, "OUBLI", "1")
    with city.database.read() as session:
        assert session.scalar(sa.select(contribution.c.state)) == "received"
        assert session.scalar(sa.select(sa.func.count()).select_from(inbound).where(inbound.c.address_id.is_not(None))) == 0
    assert "effacé" in city.say(ANOTHER, f"OUBLI {ref} {code}")[0]
    with city.database.read() as session:
        assert session.scalar(sa.select(contribution.c.state)) == "withdrawn"


def test_a_market_day_is_more_than_five(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LENT_A_DAY", 8)
    for number in range(8):
        city.clock.advance(minutes=11)
        gave(city, f"le banc numéro {number}")
    city.clock.advance(minutes=11)
    city.say(LENT, "PRETE encore un")
    city.clock.advance(seconds=61)
    city.beat()
    assert "à demain" in city.say(LENT, "1")[0]
    with city.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(paper)) == 8
