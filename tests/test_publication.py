"""Before something is public: the page is the one that will be, byte for byte; each message is the one that leaves; nothing happens."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from outreach import answers, loop, outbox, processes, tallies
from outreach.db import Database
from outreach.inbox.firsts import say_first
from outreach.loop import Messages
from outreach.tables import address, metadata
from tests import answering
from tests.answering import ANSWERED, ASKED_FOR, STUDIED
from tests.avising import LEFT_OUT, Square, position
from tests.conftest import Clock
from tests.contributing import SLUG
from tests.town import Town, town


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


def foreseen(square: Square) -> Messages:
    found: Messages = square.read(loop.messages, square.clock.now(), SLUG)
    return found


def ready(square: Square) -> dict[str, int]:
    """Eight people on two networks and in two languages; two points, decided; who is who."""
    people = {
        "sms": square.somebody(), "twice": square.somebody(), "english": square.somebody(language="en"),
        "telegram": square.somebody("telegram"), "left": square.somebody(), "agreed": square.somebody(),
        "stopped": square.somebody(), "refused": square.somebody("telegram", "en"),
    }  # fmt: skip
    first = {name: square.says(who, f"Des arbres, dit {name}") for name, who in people.items() if name != "refused"}
    square.says(people["twice"], "Et un jardin")
    square.says(people["refused"], decided="refuse", reason="R11")
    square.agrees(people["refused"], "answer")
    square.agrees(people["agreed"], "follow_up")
    cited = [ref for name, ref in first.items() if name not in {"left", "telegram"}]
    square.hands_over([("1", "Des arbres", "Planter.", "", ", ".join(cited)), ("7", "Des bancs", "Poser.", "", first["telegram"])])
    for place, decision in ((1, "partly"), (2, "not_kept")):
        square.assigns(place)
        square.decides(place, decision)
    stopped = sa.update(address).where(address.c.id == people["stopped"])
    square.write(lambda session, now: session.execute(stopped.values(stopped_at=now)))
    return people


def left(square: Square) -> list[tuple[str, str]]:
    """What really leaves once the answer is published and told: network and text."""

    def said() -> dict[int, tuple[str, str]]:
        while square.write(say_first):
            pass
        with square.database.read() as session:
            known = session.execute(sa.select(address.c.id, address.c.network)).all()
            lines = [(row.network, one) for row in known for one in outbox.said(session, row.id)]
        return {one.id: (network, one.text) for network, one in lines if one.urgency == "notice" and one.how == "send"}

    before = said().keys()
    square.publishes()
    while square.write(loop.tell):
        pass
    return [told for number, told in said().items() if number not in before]


def numberless(text: str) -> str:
    """Without the number of the view: all that differs from one to the next."""
    return re.sub(r"\b\d{4} \d{4}\b", "0000 0000", text).removesuffix(" Fin: STOP").removesuffix(" End: STOP")


def test_the_messages_are_those_that_leave_letter_for_letter_and_as_many(square: Square) -> None:
    ready(square)
    before = foreseen(square)
    expected = Counter[tuple[str, str]]()
    for one in before.items:
        expected[one.network, numberless(one.text)] += one.people
    assert Counter((network, numberless(text)) for network, text in left(square)) == expected
    assert before.people == {("sms", "en"): 1, ("sms", "fr"): 4, ("telegram", "en"): 1, ("telegram", "fr"): 1}
    assert sum(before.people.values()) == 7
    assert before.silent == {"stopped": 1}


def test_each_kind_says_what_it_costs(square: Square) -> None:
    ready(square)
    before = foreseen(square)
    kinds = {(one.kind, one.network, one.language, one.point): one for one in before.items}
    twelve = before.items[0]
    assert (twelve.kind, twelve.parts, twelve.encoding, twelve.people) == ("taken_up", 2, "GSM-7", 2)
    assert sum(one.point == "1" and (one.network, one.language) == ("sms", "fr") for one in before.items) == 2, "who agreed is not asked"
    assert "24 arbres avant mars 2028" in twelve.text
    assert LEFT_OUT in kinds["not_taken_up", "sms", "fr", ""].text
    assert kinds["taken_up", "telegram", "fr", "7"].parts == 0
    assert kinds["concluded", "telegram", "en", ""].people == 1
    assert before.parts == sum(one.parts * one.people for one in before.items if one.network == "sms")
    assert before.euros == before.parts * square.database.house.sms.price  # type: ignore[union-attr]


def test_a_point_without_a_decision_says_nothing_yet(square: Square) -> None:
    refs = [square.says(square.somebody(), text) for text in ("Des arbres", "Des bancs")]
    square.hands_over([("1", "Des arbres", "Planter.", "", refs[0]), ("2", "Des bancs", "Poser.", "", refs[1])])
    square.assigns(1)
    square.decides(1)
    before = foreseen(square)
    assert (before.undecided, [one.point for one in before.items]) == (("2",), ["1"])


def test_of_very_many_the_clock_counts_who_hears_and_what_they_hear_is_read_anew(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = [square.says(square.somebody(), text) for text in ("Des arbres", "Des bancs", "Un jardin")]
    square.hands_over([("1", "Des arbres", "Planter.", "", f"{refs[0]}, {refs[2]}"), ("2", "Des bancs", "Poser.", "", refs[1])])
    square.assigns(1)
    square.decides(1)
    monkeypatch.setattr(tallies, "FEW", 1)
    counted = square.read(loop.hearers, square.clock.now())
    square.write(lambda session, _now: tallies.keep(session, loop.HEARERS, counted))
    assert [(one.point, one.people) for one in foreseen(square).items] == [("1", 2)]
    square.assigns(2)
    square.decides(2, "not_kept")
    square.says(square.somebody(), "Une fontaine")
    kept = foreseen(square)
    assert [(one.point, one.people) for one in kept.items] == [("1", 2), ("2", 1)], "the clock has not come by again"
    square.write(lambda session, _now: tallies.drop(session, loop.HEARERS))
    exact = foreseen(square)
    assert [(one.kind, one.people) for one in exact.items if one not in kept.items] == [("not_taken_up", 1)]


def everything(database: Database) -> list[Any]:
    with database.read() as session:
        return [tuple(map(tuple, session.execute(sa.select(table).order_by(*table.primary_key)))) for table in metadata.sorted_tables]


def test_looking_changes_nothing(square: Square) -> None:
    ready(square)
    before = everything(square.database)
    with square.database.write() as session:  # not even where it might
        loop.messages(session, square.clock.now(), SLUG)
        loop.page(session, square.clock.now(), SLUG)
    assert everything(square.database) == before


def test_nothing_is_near_where_nothing_is_next(square: Square) -> None:
    assert square.read(loop.page, square.clock.now(), SLUG) is None, "open, and no avis yet"
    assert square.read(loop.page, square.clock.now(), "nulle-part") is None
    assert square.read(loop.messages, square.clock.now(), "nulle-part").items == ()
    ready(square)
    assert square.read(loop.page, square.clock.now(), SLUG).step == "answer"
    square.publishes()
    assert square.read(loop.page, square.clock.now(), SLUG) is None


# --- at the desk


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await answering.everything(made)
        await made.enter("lead", "staff")
        yield made


async def decided(city: Town) -> None:
    for place in (1, 2, 4):
        await city.ledger.write(answers.decide, city.now, STUDIED, place, position("kept"), "token:1")


@pytest.mark.parametrize("language", ["", "en"])
async def test_the_page_of_an_answer_is_byte_for_byte_the_one_that_follows(city: Town, language: str) -> None:
    await decided(city)
    asked = f"?lang={language}" if language else ""
    before = await city.text(f"/desk/demarches/{STUDIED}/apercu/page{asked}")
    assert "Les rails du tram" in before
    public = f"/demarches/{STUDIED}{asked}"
    assert "Les rails du tram" not in await city.text(public)
    await city.ledger.write(loop.publish, city.now, STUDIED, "token:1")
    assert await city.text(public) == before


async def test_the_page_of_an_opening_is_byte_for_byte_the_one_that_follows(city: Town) -> None:
    square = await city.ledger.read(processes.get, SLUG)
    assert square
    closed = msgspec.structs.replace(square.document, slug="autre-place", entry_points=())
    await city.ledger.write(processes.put, city.now, closed, "command")
    before = await city.text("/desk/demarches/autre-place/apercu/page")
    await city.text("/demarches/autre-place", status=404)
    await city.ledger.write(processes.open, city.now, "autre-place", "command")
    assert await city.text("/demarches/autre-place") == before


async def test_only_the_desk_shows_it_and_only_in_its_own_frame(city: Town) -> None:
    page = f"/desk/demarches/{STUDIED}/apercu"
    async with city.http.get(page) as answer:
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    async with city.http.get(f"{page}/page") as answer:
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    async with city.http.get("/desk") as answer:
        assert "frame-src 'none'" in answer.headers["Content-Security-Policy"]
    assert await city.text(f"/desk/demarches/{ANSWERED}/apercu", status=404)
    city.http.session.cookie_jar.clear()
    for path in (page, f"{page}/page"):
        async with city.http.get(path, allow_redirects=False) as answer:
            assert answer.status == 303


async def test_the_desk_tells_how_many_hear_what_on_which_network_at_what_price(city: Town) -> None:
    page = f"/desk/demarches/{STUDIED}/apercu"
    assert "1, 2, 4 bis" in await city.text(page)
    assert "Publier et prévenir" not in await city.text(page)
    await decided(city)
    shown = unescape(await city.text(page))
    for told in ("2 personnes", "Décision: retenu.", "GSM-7", LEFT_OUT, "Publier et prévenir tout le monde"):
        assert told in shown, told
    assert f'href="{page}"' in await city.text(f"/desk/demarches/{STUDIED}/reponse")
    assert f'href="/desk/demarches/{ASKED_FOR}/apercu"' in await city.text(f"/desk/demarches/{ASKED_FOR}")
    assert "la page" in (await city.text(f"/desk/demarches/{ASKED_FOR}/apercu")).casefold()
