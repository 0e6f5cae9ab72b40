"""An avis before it is public: what it would show, whom it leaves out, who hears of it; nothing is written before it is brought in."""

import io
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import aiohttp
import msgspec
import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from conversations.notices import HandedOver
from outreach import answers, loop, outbox, tallies
from outreach.answers import Foreseen, Refused, SheetTrouble
from outreach.answers.sheets import AVIS, LARGEST, Row, packed, unpacked
from outreach.db import Database
from outreach.inbox.firsts import say_first
from outreach.loop import Handing
from outreach.tables import address, contribution, entry, metadata
from tests import answering
from tests.answering import STUDIED, brought, sent
from tests.avising import HANDED, LEFT_OUT, Square, cards, seen, sheet
from tests.conftest import Clock
from tests.contributing import LEA, SLUG
from tests.town import Town, town

BOARD = f"/desk/demarches/{SLUG}/reponse"
GIVEN = {"written_by": "40 habitants", "handed_to": "à la maire", "handed_on": "2027-03-10", "left_out": LEFT_OUT}


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


def foreseen(square: Square, *lines: tuple[str, str, str, str, str], **more: Any) -> Foreseen:
    found: Foreseen = square.read(answers.foresee, square.clock.now(), SLUG, sheet(lines), msgspec.structs.replace(HANDED, **more))
    return found


def everything(square: Square) -> list[Any]:
    with square.database.read() as session:
        return [tuple(map(tuple, session.execute(sa.select(table).order_by(*table.primary_key)))) for table in metadata.sorted_tables]


# --- what it shows


def test_it_shows_points_asides_and_what_is_in_no_line(square: Square) -> None:
    first, copy, second, aside, left = (square.says(square.somebody(), f"Des bancs, dit {number}") for number in range(5))
    read_only = square.says(square.somebody(), "Rien pour tous", publish=False)
    refused = square.says(square.somebody(), "Votez", decided="refuse", reason="R11")
    square.write(lambda session, _now: session.execute(sa.update(entry).where(entry.c.ref == copy).values(grouped_with=first)))
    ahead = foreseen(
        square,
        ("1", "Des bancs", "Poser des bancs.", "Deux voudraient des chaises.", f"{first}, {second}"),
        ("2", "", "Asseoir", "", second),
        ("non repris", "le parking est hors sujet", "Lu.", "", f"{aside} {first}"),
    )
    assert [(one.place, one.number, one.title["fr"], one.text["fr"], one.minority, one.cited, one.voices) for one in ahead.points] == [
        (1, "1", "Des bancs", "Poser des bancs.", "Deux voudraient des chaises.", 2, 3),
        (2, "2", "Asseoir", "Asseoir", "", 1, 1),
    ]
    assert [(one.place, one.title["fr"], one.cited) for one in ahead.asides] == [(3, "le parking est hors sujet", 2)]
    assert ahead.cited == {first: "1", second: "1", copy: "1", aside: ""}
    assert (ahead.left, ahead.named) == (1, (left,))
    assert {read_only, refused}.isdisjoint(ahead.named), "they are in no record"
    assert ahead.unread == 0
    square.write(lambda session, _now: session.execute(sa.update(contribution).where(contribution.c.ref == left).values(state="received")))
    assert foreseen(square, ("1", "", "Asseoir", "", first)).unread == 1, "nobody has read it: who hands the avis over is warned"


def test_the_oldest_of_those_in_no_line_are_named_and_all_of_them_counted(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.answers.ahead._NAMED", 12)
    refs = []
    for number in range(16):
        refs.append(square.says(square.somebody(), f"Un avis, le {number}"))
        square.clock.advance(minutes=1)
    ahead = foreseen(square, ("1", "", "Planter", "", refs[1]))
    assert (ahead.left, ahead.named) == (15, (refs[0], *refs[2:13]))


def test_who_objected_is_left_in_peace_and_what_waits_to_be_published_counts(square: Square) -> None:
    rests, waits = square.somebody(), square.somebody()
    square.says(rests)
    ref = square.says(waits)
    square.write(lambda session, now: session.execute(sa.update(address).where(address.c.id == rests).values(objected_at=now)))
    square.write(lambda session, _now: session.execute(sa.update(contribution).where(contribution.c.ref == ref).values(state="accepted")))
    assert foreseen(square, ("1", "", "Planter", "", "")).named == (ref,)


def test_of_very_many_the_clock_has_counted(square: Square, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = [square.says(square.somebody(), f"Un avis, le {number}") for number in range(3)]
    monkeypatch.setattr(tallies, "FEW", 1)
    counted = {str(square.id): tallies.Voices(40, 0, 30, {})}
    square.write(lambda session, _now: tallies.keep(session, tallies.VOICES, counted))
    assert foreseen(square, ("1", "", "Planter", "", refs[0])).left == 29


def test_looking_changes_nothing(square: Square) -> None:
    ref = square.says(square.somebody("telegram"))
    before = everything(square)
    with square.database.write() as session:  # not even where it might
        ahead = answers.foresee(session, square.clock.now(), SLUG, sheet([("1", "", "Planter", "", ref)]), HANDED)
        loop.handing(session, square.clock.now(), SLUG, ahead)
    assert everything(square) == before


def test_what_comes_in_is_what_was_seen_and_the_same_as_the_file(square: Square) -> None:
    first, second = square.says(square.somebody()), square.says(square.somebody())
    lines = [("7 bis", "Des “bancs”", "Poser,\nlà.", "Aucune", first), ("-", "c’est hors sujet", "Lu.", "", second)]
    ahead = foreseen(square, *lines)
    square.write(answers.take_in, SLUG, ahead.lines, HANDED, LEA)
    book = square.read(answers.book, SLUG)
    plain = [msgspec.structs.replace(one, id="") for one in (*book.points, *book.asides)]
    assert (tuple(plain), book.avis) == ((*ahead.points, *ahead.asides), ahead.avis)
    square.hands_over(lines)
    again = square.read(answers.book, SLUG)
    assert [msgspec.structs.replace(one, id="") for one in (*again.points, *again.asides)] == plain


def test_the_checks_are_those_of_the_import(square: Square) -> None:
    raw = sheet([("1", "", "", "", "4821 0737"), ("1", "", "x", "", "")])
    with pytest.raises(SheetTrouble) as ahead:
        square.read(answers.foresee, square.clock.now(), SLUG, raw, HANDED)
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.hand_over, SLUG, raw, HANDED, LEA)
    assert ahead.value.faults == caught.value.faults
    assert len(ahead.value.faults) == 3
    for slug, handed, code in (
        ("nowhere", HANDED, "unknown"),
        ("no\x00where", HANDED, "unknown"),
        (SLUG, msgspec.structs.replace(HANDED, left_out="x" * 43), "left_out"),
    ):
        with pytest.raises(Refused) as refused:
            square.read(answers.foresee, square.clock.now(), slug, sheet([("1", "", "x", "", "")]), handed)
        assert refused.value.code == code


# --- what a form carries


def test_lines_are_carried_whole_and_nothing_else_is_taken_for_them() -> None:
    rows = [Row(3, dict(zip(AVIS, ("7 bis", 'Des «bancs» & "plus"', "un\ndeux", "", "4821 0736"), strict=True)))]
    assert unpacked(packed(rows), AVIS) == rows
    assert unpacked('[[2,["1\\u0000"," a ","b","",""]]]', AVIS)[0].cells["number"] == "1", "as a file is cleaned"
    broken = (
        "",
        "[",
        "{}",
        "[[2]]",
        '[[2,["1"]]]',
        '[[2,["1","a","b","","","f"]]]',
        '[["2",[]]]',
        '[[2,["\\ud800","","","",""]]]',
        "[" * 9999,
    )
    for wrong in broken:
        with pytest.raises(SheetTrouble, match="1 faults"):
            unpacked(wrong, AVIS)


def test_a_workbook_that_holds_more_than_a_form_carries_is_told_so(square: Square) -> None:
    book = Workbook()
    page: Any = book.active
    page.append(("Point", "Texte"))
    for number in range(LARGEST // 10_000 + 1):
        page.append((number, "é" * 5_000))
    raw = io.BytesIO()
    book.save(raw)
    assert len(raw.getvalue()) < LARGEST
    with pytest.raises(SheetTrouble) as caught:
        square.read(answers.foresee, square.clock.now(), SLUG, raw.getvalue(), HANDED)
    assert [one.message for one in caught.value.faults] == [f"the file is larger than {LARGEST} bytes: send it in two"]


# --- who hears of it


def test_the_messages_are_those_that_leave_letter_for_letter_and_as_many(square: Square) -> None:
    who = {
        "one": square.somebody("telegram"), "english": square.somebody("telegram", "en"), "elsewhere": square.somebody("telegram", "de"),
        "left": square.somebody("telegram"), "stopped": square.somebody("telegram"), "sms": square.somebody(),
    }  # fmt: skip
    refs = {name: square.says(one, f"Des arbres, dit {name}") for name, one in who.items()}
    newer = square.says(who["one"], "Et un jardin")
    square.write(cards)
    stop = sa.update(address).where(address.c.id == who["stopped"])
    square.write(lambda session, now: session.execute(stop.values(stopped_at=now)))
    cited = ", ".join(ref for name, ref in refs.items() if name != "left")
    lines = [("non repris", "hors sujet", "Lu.", "", cited), ("1", "", "Planter", "", cited), ("2", "", "Asseoir", "", newer)]
    ahead = foreseen(square, *lines)
    before: Handing = square.read(loop.handing, square.clock.now(), SLUG, ahead)
    assert [(one.kind, one.network, one.language, one.people) for one in before.items] == [
        ("handed_over", "telegram", "fr", 2),
        ("handed_over", "telegram", "en", 1),
    ]
    assert before.silent == {"stopped": 1}

    def said() -> list[Any]:
        while square.write(say_first):
            pass
        with square.database.read() as session:
            return [one for id_ in who.values() for one in outbox.said(session, id_) if one.how == "quiet"]

    earlier = len(said())
    square.write(answers.take_in, SLUG, ahead.lines, HANDED, LEA)
    while square.write(loop.tell):
        pass
    left = [one.text for one in said()][earlier:]
    assert len(left) == sum(one.people for one in before.items)
    assert {one.text for one in before.items} <= set(left)
    assert any("2" in one for one in left), "of who wrote twice the newest"


def test_a_second_import_tells_nobody(square: Square) -> None:
    ref = square.says(square.somebody("telegram"))
    square.write(cards)
    line = ("1", "", "Planter", "", ref)
    assert foreseen(square, line).news == HandedOver("", "", square.document().mandate.answer_promised_on)
    square.hands_over([line])
    again = foreseen(square, line)
    assert (again.news, square.read(loop.handing, square.clock.now(), SLUG, again)) == (None, Handing((), {}))


# --- at the desk


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await made.enter("lead", "staff")
        yield made


async def test_the_file_leads_to_a_page_and_only_its_button_makes_the_avis_public(city: Town) -> None:
    ref, left = await city.say("Des arbres"), await city.say("Un parking", phone="+33639980002")
    await city.publish(ref)
    await city.publish(left)
    raw = sheet([("1", "Arbres", "Planter.", "Trois préfèrent des auvents.", ref), ("non repris", "hors sujet", "Lu.", "", "")])
    status, page = await sent(city, f"{BOARD}/avis", BOARD, raw, **GIVEN)
    assert status == 200
    for told in (
        "Avant publication",
        "1. Arbres",
        "Trois préfèrent des auvents.",
        "hors sujet",
        "1 contribution citée",
        left[:4],
        LEFT_OUT,
    ):
        assert told in page, told
    assert "Aucun téléphone ne sonne" in page
    for path in (f"/demarches/{SLUG}", BOARD):
        assert "Arbres" not in await city.text(path)
    async with await city.post(f"{BOARD}/avis/importer", form_on=BOARD, **seen(page)) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"{BOARD}?fait=avis")
    public = await city.text(f"/demarches/{SLUG}")
    assert "Trois préfèrent des auvents." in public
    assert "10 mars 2027" in unescape(public).replace("\u00a0", " ")
    status, page = await sent(city, f"{BOARD}/avis", BOARD, raw, **GIVEN)
    assert (status, "une seconde fois" in page, "un avis est annoncé une seule fois" in page) == (200, True, True)


async def test_what_is_no_sheet_that_was_seen_does_not_come_in(city: Town) -> None:
    for lines, told in (("[]", "aucune ligne ne contient de point"), ("[[2]]", "choisissez le fichier de nouveau"), ("", "choisissez")):
        async with await city.post(f"{BOARD}/avis/importer", form_on=BOARD, lines=lines, **GIVEN) as answer:
            page = unescape(await answer.text())
            assert (answer.status, told in page) == (422, True), page
    nowhere = "/desk/demarches/nulle-part/reponse/avis"
    for path in (nowhere, f"{nowhere}/importer"):
        async with await city.post(path, form_on=BOARD, lines='[[2,["1","","x","",""]]]', **GIVEN) as answer:
            assert answer.status == 404


async def test_it_is_checked_again_when_it_comes_in(city: Town) -> None:
    await answering.everything(city)
    board = f"/desk/demarches/{STUDIED}/reponse"
    lines = [(number, "", "Planter", "", "") for number in ("1", "2", "3", "4 bis")]
    _status, page = await sent(city, f"{board}/avis", board, sheet(lines[:3]), **GIVEN)
    await city.ledger.write(answers.study, city.now, STUDIED, 1, answers.Note("yes", "", "", ""), "token:1")
    fields = seen(page) | {"lines": json.dumps([[2, ["3", "", "Planter", "", ""]]])}
    async with await city.post(f"{board}/avis/importer", form_on=board, **fields) as answer:
        page = unescape(await answer.text())
        assert (answer.status, "le point 1 est déjà instruit" in page) == (422, True)


async def test_hostile_words_stay_words_on_the_page_and_on_their_way(city: Town) -> None:
    hostile = "\"><script>alert(1)</script>'{{7*7}}</textarea>"
    status, _page = await brought(city, BOARD, sheet([("1", hostile, hostile, hostile, "")]), **(GIVEN | {"written_by": "<b>nous</b>"}))
    assert status == 303
    book = await city.ledger.read(answers.book, SLUG)
    assert book
    assert (book.points[0].title["fr"], book.points[0].minority, book.avis and book.avis.written_by) == (hostile, hostile, "<b>nous</b>")
    token = re.search(r'name="csrf" value="([^"]+)"', await city.text(BOARD))
    assert token
    form = aiohttp.FormData({"csrf": token[1], **GIVEN})
    form.add_field("file", sheet([("1", hostile, hostile, hostile, "")]), filename="avis.csv", content_type="text/csv")
    async with city.http.post(f"{BOARD}/avis", data=form) as answer:
        page = await answer.text()
    assert (answer.status, "<script>alert" in page, "</textarea>" in page, ">49" in page) == (200, False, False, False)
