"""What each place brought, at the desk and as a spreadsheet: nobody can be counted out of it (LINK-02)."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator

import pytest_asyncio
import sqlalchemy as sa

from conversations.messages import Inbound, Start, Words
from outreach import entrypoints, inbox
from outreach.db import Database
from outreach.tables import contribution, entry_point, issue, process
from tests.conftest import Clock
from tests.town import SLUG, Town, town

PAGE = f"/desk/demarches/{SLUG}/entrees"


@pytest_asyncio.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def brought(city: Town, place: str, scans: int, starts: int, contributions: int) -> None:
    """As if so many had come by this poster."""
    with city.database.write() as session:
        token = session.scalars(sa.select(entry_point.c.token).where(entry_point.c.name == place)).one()
        for _ in range(scans):
            entrypoints.scanned(session, token)
        entrypoints.started(session, [token] * starts)
    refs = [await city.say(f"un banc numéro {number} à {place}", phone=f"+3363998{1000 + number}") for number in range(contributions)]
    with city.database.write() as session:
        session.execute(sa.update(contribution).where(contribution.c.ref.in_(refs)).values(entry=place))


async def test_a_place_with_four_is_less_than_five_and_its_sum_gives_it_not_away(city: Town) -> None:
    await brought(city, "pharmacie", 40, 12, 7)
    await brought(city, "tram", 9, 4, 2)
    await city.say("par un autre chemin")
    await city.enter("observer")
    text = await city.text(PAGE)
    assert "Pharmacie de la place" in text
    assert "&lt;5" in text
    with city.database.write() as session:
        issued = entrypoints.reach(session, city.now, SLUG)
    assert issued is not None
    found = issued.table
    by_name = {entry.id: at for at, entry in enumerate(found.places)}
    assert found.scans.total == 49
    assert found.starts.cells[by_name["tram"]] == "small"
    assert found.starts.cells[by_name["pharmacie"]] is None  # 16 − 12 would be 4
    assert found.contributions.cells[by_name["tram"]] == found.contributions.cells[-1] == "small"


async def test_the_spreadsheet_holds_the_same_and_no_formula(city: Town) -> None:
    with city.database.write() as session:
        session.execute(sa.update(entry_point).where(entry_point.c.name == "tram").values(place="=1+1"))
    await brought(city, "tram", 6, 6, 0)
    await city.enter("staff")
    rows = list(csv.reader(io.StringIO(await city.text(f"{PAGE}.csv"))))
    assert rows[0] == ["Lieu", "Mot-clé", "Langue", "Pages ouvertes", "Conversations ouvertes", "Avis"]
    assert ["'=1+1", "", "fr", "6", "6", "0"] in rows
    assert rows[-1] == ["Ensemble", "", "", "6", "6", "0"]
    assert await city.text("/desk/demarches/nulle-part/entrees", status=404)


async def test_a_start_on_telegram_counts_once_for_its_poster_and_an_invented_token_nowhere(city: Town) -> None:
    with city.database.write() as session:
        token = session.scalars(sa.select(entry_point.c.token).where(entry_point.c.name == "tram")).one()
        said = [
            Inbound("simulator", "simulator", key, "telegram", who, Start(one), city.now)
            for key, who, one in (("k1", "4001", token), ("k1", "4001", token), ("k2", "4002", token), ("k3", "4003", "invented"))
        ]
        inbox.receive(session, said[:1], city.now)
        inbox.receive(session, said[1:], city.now)
    with city.database.read() as session:
        assert session.execute(sa.select(entry_point.c.name, entry_point.c.starts).where(entry_point.c.starts > 0)).all() == [("tram", 2)]


def starts(city: Town) -> dict[str, int]:
    with city.database.read() as session:
        return {row.name: row.starts for row in session.execute(sa.select(entry_point.c.name, entry_point.c.starts)) if row.starts}


def texts(city: Town, *said: tuple[str, str]) -> None:
    """SMS of (phone, text), all in one batch."""
    batch = [
        Inbound("simulator", "simulator", f"s{phone}{at}", "sms", phone, Words(text), city.now) for at, (phone, text) in enumerate(said)
    ]
    with city.database.write() as session:
        inbox.receive(session, batch, city.now)


async def test_a_start_by_sms_counts_by_its_word_alone_or_at_the_head_of_a_text(city: Town) -> None:
    texts(
        city,
        ("+33611110001", "PLACE"),
        ("+33611110002", "Place, des bancs et de l'ombre"),
        ("+33611110003", "SQUARE"),
        ("+33611110004", "la place manque de bancs"),
        ("+33611110005", "PLACX"),  # who meant it is asked first
    )
    assert starts(city) == {"library": 1, "pharmacie": 2}


async def test_who_sends_the_word_again_while_its_question_waits_began_once(city: Town) -> None:
    texts(city, ("+33611110001", "PLACE"), ("+33611110001", "place"), ("+33611110001", "PLACE des bancs"))
    assert starts(city) == {"pharmacie": 1}


async def test_a_lent_phone_begins_anew_with_each_person(city: Town) -> None:
    with city.database.write() as session:
        session.execute(sa.update(entry_point).where(entry_point.c.name == "tram").values(keyword="PRETE", lent=True))
        session.execute(sa.update(process).values(version=process.c.version + 1))
    texts(city, ("+33611110009", "PRETE"), ("+33611110009", "prete"))
    assert starts(city) == {"tram": 2}


async def test_the_same_sms_brought_twice_is_one_start(city: Town) -> None:
    texts(city, ("+33611110001", "PLACE"))
    texts(city, ("+33611110001", "PLACE"))
    assert starts(city) == {"pharmacie": 1}


async def table(city: Town) -> list[list[str]]:
    return list(csv.reader(io.StringIO(await city.text(f"{PAGE}.csv"))))


async def test_who_compares_two_days_learns_nothing_of_one_person(city: Town) -> None:
    await brought(city, "pharmacie", 40, 12, 0)
    await brought(city, "tram", 9, 4, 0)
    await city.enter("observer")
    first = await table(city)
    assert ["Arrêt de tram Marché", "", "fr", "9", "<5", "0"] in first
    for days in (1, 1, 4):
        city.clock.advance(days=days)
        await brought(city, "tram", 1, 1, 0)  # the attacker would see a five, and know that it was a four
        await city.enter("observer", email=f"{city.now:%d}@ville.example")
        assert await table(city) == first, "a week long the same"
        assert re.search(r"du lundi 15\smars 2027", await city.text(PAGE))
    city.clock.advance(days=1, seconds=1)
    await city.enter("observer", email="later@ville.example")
    again = await table(city)
    assert ["Arrêt de tram Marché", "", "fr", "12", "7", "0"] in again
    assert re.search(r"du lundi 22\smars 2027", await city.text(PAGE))


async def test_what_is_hidden_is_stored_nowhere(city: Town) -> None:
    await brought(city, "tram", 3, 4, 0)
    await city.enter("observer")
    await table(city)
    with city.database.read() as session:
        shown = session.scalars(sa.select(issue.c.shown)).one()
    assert '"small"' in shown
    assert ":4" not in shown
    assert "[4" not in shown


async def test_two_who_look_first_at_the_same_moment_see_one_table(city: Town) -> None:
    await brought(city, "tram", 9, 9, 0)
    await city.enter("observer")
    tables = await asyncio.gather(*(table(city) for _ in range(4)))
    assert all(one == tables[0] for one in tables)
    with city.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(issue)) == 1
