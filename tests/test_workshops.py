"""Seats decided under the lock: true for each, whoever asks, however many at once; what is told, and what is kept."""

import multiprocessing
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.languages import catalogues
from conversations.messages import Inbound
from outreach import audit, inbox, privacy
from outreach.crypto import make_key_file, read_key_file
from outreach.db import Database
from outreach.house import House, house
from outreach.processes import Refused
from outreach.tables import audit as audit_table
from outreach.tables import need, registration, workshop
from tests.conftest import NANTES, Clock
from tests.meeting import REMOTE, City, meeting, phone

TUESDAY = "2027-05-11 18:30"
LEA, MAX, ZOE = phone(1), phone(2), phone(3)


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock, meeting("atelier-1", TUESDAY, 2), meeting("atelier-2", "2027-05-21 18:30", 30, remote=REMOTE))


def seat(city: City, who: str, answer: str = "1") -> str:
    """Ask for a seat of the first workshop: what is said."""
    return city.say(who, "ATELIER", "1", answer)[-1]


def test_a_seat_is_held_with_a_code_and_given_back_at_once(city: City) -> None:
    said = seat(city, LEA)
    code = re.search(r"Code à l'entrée: (\d{4})", said)
    assert code
    assert city.room().taken == 1
    assert f"Code: {code[1]}" in city.say(LEA, "ATELIER")[0]
    assert city.say(LEA, "ANNULER") == ["C'est noté, votre place est libre pour une autre personne. Revenir: ATELIER"]
    assert city.room().taken == 0
    assert code[1] in seat(city, LEA)  # who comes back has the same code
    assert city.states() == {"confirmed": 1}


def test_several_come_and_change_their_mind(city: City) -> None:
    assert "2 places" in seat(city, LEA, "on vient à 2")
    assert "il ne reste plus de place" in city.say(LEA, "3 PLACES")[0]
    assert city.room().taken == 2
    assert "rang 1" in seat(city, MAX)
    assert "une place pour vous" in city.say(LEA, "1 PLACE")[0]
    assert city.states() == {"confirmed": 1, "offered": 1}  # what was freed is offered on in the same breath
    city.until("2027-03-15 14:00")  # an offer waits for an idle moment
    assert "une place pour vous !" in city.lines(MAX)[-1].text
    assert city.room().taken == 2  # kept for who is asked


def test_the_other_date_is_taken_and_the_line_left(city: City) -> None:
    seat(city, LEA, "à 2")
    said = seat(city, MAX, "je viens avec ma fille")
    assert "Autre date: vendredi 21/05 18h30, 30 places" in said
    assert "2 places pour vous: vendredi 21/05" in city.say(MAX, "1")[0]
    assert city.states() == {"confirmed": 1, "cancelled": 1}
    assert city.room("atelier-2").taken == 2


def test_room_and_home_are_counted_apart(city: City) -> None:
    for number in range(5):
        assert "à distance" in city.say(phone(100 + number), "ATELIER", "2", "3")[0]
    assert (city.room("atelier-2").taken, city.room("atelier-2").remote_taken) == (0, 5)
    assert "rang 1" in city.say(phone(200), "ATELIER", "2", "3")[0]
    assert "Code à l'entrée" in city.say(phone(201), "ATELIER", "2", "1")[0]


def _told(city: City, many: int) -> tuple[list[str], list[int]]:
    """Who was told yes, and the ranks that were told."""
    # numbers of two processes are ordered by their clocks, and this process has seen later ones in other tests
    last = [max(city.lines(phone(1000 + number)), key=lambda said: said.created_at).text for number in range(many)]
    yes = [text for text in last if text.startswith("C'est noté, une place pour vous")]
    ranks = [int(found[1]) for text in last if (found := re.search(r"Vous avez le rang (\d+)", text))]
    assert len(yes) + len(ranks) == many, [text for text in last if text not in yes][:3]
    return yes, sorted(ranks)


def _asked(city: City, many: int) -> None:
    for answer in ("ATELIER", "1"):
        city.clock.advance(seconds=3)
        city.batch([city.inbound(phone(1000 + number), answer) for number in range(many)])


def test_a_hundred_for_ten_seats_in_one_batch(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", TUESDAY, 10))
    city.batch([city.inbound(phone(1000 + number), "ATELIER") for number in range(100)])
    clock.advance(seconds=3)
    city.batch([city.inbound(phone(1000 + number), "1") for number in range(100)])
    yes, ranks = _told(city, 100)
    assert len(yes) == len(set(yes)) == 10  # each with a code of its own
    assert ranks == list(range(1, 91))
    assert city.states() == {"confirmed": 10, "waiting": 90}
    assert city.room().taken == 10


def _ask(url: str, keys: Path, together: Any, inbounds: list[Inbound], now: datetime) -> None:
    """What each of the two processes does."""
    other = Database(url, House(keys=read_key_file(keys), city=NANTES, languages=("fr", "en"), catalogues=catalogues(("fr", "en"))))
    together.wait()
    for start in range(0, len(inbounds), 5):
        with other.write() as session:
            inbox.receive(session, inbounds[start : start + 5], now)
    other.close()


def test_a_hundred_for_ten_seats_in_two_processes_at_once(database: Database, clock: Clock, tmp_path: Path) -> None:
    keys = tmp_path / "key"
    make_key_file(keys)
    assert database.house is not None
    database.house = replace(database.house, keys=read_key_file(keys))
    city = City(database, clock, meeting("atelier-1", TUESDAY, 10))
    city.batch([city.inbound(phone(1000 + number), "ATELIER") for number in range(100)])
    clock.advance(seconds=3)
    halves = [[city.inbound(phone(1000 + number), "1") for number in range(side, 100, 2)] for side in (0, 1)]
    apart = multiprocessing.get_context("spawn")
    together, url = apart.Barrier(2), database.url.render_as_string(hide_password=False)
    children = [apart.Process(target=_ask, args=(url, keys, together, half, clock.now())) for half in halves]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0]
    yes, ranks = _told(city, 100)
    assert len(yes) == len(set(yes)) == 10
    assert ranks == list(range(1, 91))
    assert city.room().taken == 10


def test_needs_are_services_sealed_and_gone_a_week_after(city: City) -> None:
    seat(city, LEA)
    city.say(LEA, "BESOIN", "je suis en fauteuil et il faut garder mes enfants", "1")
    with city.database.read() as session:
        row = session.execute(sa.select(need)).one()
        assert house(session).keys.open("need", row.registration_id, row.sealed) == b'["ramp","childcare"]'
        assert "entrée de plain-pied, garde d'enfants" in row.consent
    for day, left in (("2027-05-18 20:00", 1), ("2027-05-19 20:00", 0)):
        city.until(day)
        with city.database.write() as session:
            privacy.purge(session, city.clock.now())
            assert session.scalar(sa.select(sa.func.count()).select_from(need)) == left


def test_the_words_of_a_need_are_not_kept(city: City) -> None:
    seat(city, LEA)
    city.say(LEA, "BESOIN", "je suis en fauteuil roulant", "1")
    with city.database.read() as session:
        keys = house(session).keys
        kept = [
            keys.open("inbound", row.id, row.sealed).decode()
            for row in session.execute(sa.text("SELECT id, sealed FROM inbound"))
            if row.sealed
        ]
    assert any("BESOIN" in one for one in kept)
    assert not any("roulant" in one for one in kept)


def test_oubli_frees_the_seats(city: City) -> None:
    seat(city, LEA, "à 2")
    seat(city, MAX)
    city.say(LEA, "OUBLI", "1")
    assert city.states() == {"offered": 1}
    city.until("2027-03-15 14:00")
    assert "une place pour vous !" in city.lines(MAX)[-1].text


def test_a_workshop_with_people_can_be_cancelled_but_not_left_out(city: City) -> None:
    seat(city, LEA)
    with pytest.raises(Refused, match="atelier-1"):
        city.put(meeting("atelier-2", "2027-05-21 18:30", 30, remote=REMOTE))
    city.put(meeting("atelier-1", TUESDAY, 2))  # the other has nobody
    with city.database.read() as session:
        assert list(session.scalars(sa.select(workshop.c.name))) == ["atelier-1"]


def test_what_is_over_or_cancelled_takes_nobody(city: City) -> None:
    city.say(LEA, "ATELIER", "1")
    city.put(meeting("atelier-1", TUESDAY, 2, status="cancelled"), meeting("atelier-2", "2027-05-21 18:30", 30, remote=REMOTE))
    assert city.say(LEA, "1") == ["Cet atelier ne prend plus d'inscription. Les autres dates: ATELIER"]


def test_each_move_is_an_audit_line_without_a_person(city: City) -> None:
    seat(city, LEA)
    city.say(LEA, "ANNULER")
    with city.database.read() as session:
        lines = session.execute(sa.select(audit_table).where(audit_table.c.action == "registration.moved")).all()
        subjects = set(session.scalars(sa.select(registration.c.subject)))
    assert [line.detail for line in sorted(lines, key=lambda line: line.id)] == [
        '{"after":"confirmed","before":"none","count":1,"kind":"room"}',
        '{"after":"cancelled","before":"confirmed","count":1,"kind":"room"}',
    ]
    assert {line.subject for line in lines} == subjects
    with city.database.read() as session:
        assert audit.search(session, action="registration.moved").items


def test_a_full_workshop_of_the_document_puts_everybody_in_the_line(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", TUESDAY, 10, status="full"))
    assert "rang 1" in city.say(LEA, "ATELIER", "1")[0]


def test_a_workshop_that_nobody_counts_has_room_for_all(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", TUESDAY, None))
    for number in range(12):
        assert "une place pour vous" in city.say(phone(number), "ATELIER", "1")[0]


def test_more_seats_are_offered_to_who_waits(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", TUESDAY, 1))
    city.say(LEA, "ATELIER", "1")
    city.say(MAX, "ATELIER", "1")
    city.put(meeting("atelier-1", TUESDAY, 3))
    city.beat()
    assert city.states() == {"confirmed": 1, "offered": 1}


def test_on_telegram_by_buttons(city: City) -> None:
    city.say("4711", "/ateliers", "[Mardi 11 mai 18h30, Maison de quartier Bellevue]", network="telegram")
    said = city.say("4711", "[Oui]", network="telegram")
    assert "Code à l'entrée" in said[0]
    assert city.states() == {"confirmed": 1}
