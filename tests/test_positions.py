"""The decisions of a whole avis in one spreadsheet: it goes out with the points, comes in whole or not at all, half filled if need be."""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, time
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from outreach import answers, audit, loop
from outreach.answers import Decided, Refused, SheetTrouble
from outreach.answers.sheets import day
from outreach.db import Database
from outreach.spreadsheets import for_people
from outreach.tables import commitment
from tests import answering
from tests.answering import STUDIED, sent
from tests.avising import Square, position, sheet
from tests.conftest import Clock
from tests.contributing import LEA, SLUG
from tests.town import Town, town

HEADS = ("Point", "Titre", "Décision", "Décidé par", "Décidé le", "Motifs", "Ce qui sera fait", "En bref", "Échéance")
WHO, WHEN, WHY = "l'adjointe à l'espace public", "20/06/2027", "Les rails du tram limitent la place des racines."
TREES = ("24 arbres avant mars 2028", "les rails limitent les racines", "01/03/2028")
BOARD = f"/desk/demarches/{STUDIED}/reponse"


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    """Three points, handed over."""
    made = Square(database, clock)
    made.hands_over([("1", "Des arbres", "Planter", "", ""), ("4 bis", "Un préau", "Bâtir", "", ""), ("7", "=Asseoir", "Asseoir", "", "")])
    return made


def brings(square: Square, lines: Sequence[Sequence[str]], heads: Sequence[str] = HEADS) -> Decided:
    decided: Decided = square.write(answers.decide_all, SLUG, sheet(lines, heads), LEA)
    return decided


def faults(square: Square, raw: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.decide_all, SLUG, raw, LEA)
    return [(one.line, one.column, one.message) for one in caught.value.faults]


def out(square: Square) -> list[list[str]]:
    raw: bytes = square.read(answers.positions, SLUG)
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))


def decisions(square: Square) -> list[str]:
    return [one.response.decision if one.response else "" for one in square.read(answers.book, SLUG).points]


def lines_of(square: Square) -> list[Any]:
    with square.database.read() as session:
        found = audit.search(session, action="point.decided").items
    return [(one.actor, one.detail) for one in reversed(found)]


# --- in


def test_a_sheet_decides_as_one_by_one_does_and_a_half_filled_one_comes_in(square: Square) -> None:
    decided = brings(
        square,
        [
            ("1", "Des arbres", "Retenu en partie", WHO, WHEN, WHY, *TREES),
            ("4 bis", "", "", WHO, "", "", "", "", ""),
            ("7", "", "non retenu", WHO, "2027-06-20", "Le sol est pollué,\net le reste.", "", "le sol est pollué", ""),
        ],
    )
    assert (decided.taken, decided.without, square.state()) == (2, 1, "arbitration")
    by_sheet = square.read(answers.book, SLUG)
    square.decides(1, others={})
    by_hand = square.read(answers.book, SLUG)
    assert by_sheet.points[0].response == by_hand.points[0].response
    assert [(one.text, one.due_on) for one in by_sheet.points[0].commitments] == [({"fr": TREES[0]}, date(2028, 3, 1))]
    assert by_sheet.points[2].response.reasons == {"fr": "Le sol est pollué,\net le reste."}
    assert lines_of(square) == [
        (LEA, {"point": 1, "decision": "partly"}),
        (LEA, {"point": 3, "decision": "not_kept"}),
        (LEA, {"point": 1, "decision": "partly"}),
    ]


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("retenu", "kept"),
        ("RETENU EN PARTIE", "partly"),
        ("Non retenu", "not_kept"),
        ("kept", "kept"),
        ("kept in part", "partly"),
        ("not kept", "not_kept"),
        ("partly", "partly"),
        ("not_kept", "not_kept"),
    ],
)
def test_a_decision_is_read_in_french_in_english_and_by_its_name(square: Square, words: str, decision: str) -> None:
    done = TREES[::2] if decision != "not_kept" else ("", "")
    brings(square, [("1", "", words, WHO, WHEN, WHY, done[0], TREES[1], done[1])])
    assert decisions(square) == [decision, "", ""]


@pytest.mark.parametrize(
    "written", ["12/05/2027", "12/5/2027", "12/05/27", "12.05.2027", "12-05-2027", "2027-05-12", "2027-05-12 00:00:00"]
)
def test_a_day_is_read_as_spreadsheets_write_it(written: str) -> None:
    assert day(written) == date(2027, 5, 12)


@pytest.mark.parametrize("written", ["", "31/02/2027", "mai 2027", "12/05-2027", "2027", "46154", "2027-13-01"])
def test_what_is_no_day_is_none(written: str) -> None:
    assert day(written) is None


def test_a_workbook_with_true_dates_comes_in(square: Square) -> None:
    book = Workbook()
    page: Any = book.active
    page.append(HEADS)
    page.append([1, "Des arbres", "retenu", WHO, datetime.combine(date(2027, 6, 20), time()), WHY, TREES[0], TREES[1], date(2028, 3, 1)])
    raw = io.BytesIO()
    book.save(raw)
    assert square.write(answers.decide_all, SLUG, raw.getvalue(), LEA) == Decided(1, 2)
    (point, *_) = square.read(answers.book, SLUG).points
    assert (point.response.decided_on, point.commitments[0].due_on) == (date(2027, 6, 20), date(2028, 3, 1))


def test_every_fault_is_told_with_its_line_and_its_column_and_nothing_came_in(square: Square) -> None:
    raw = sheet(
        [
            ("1", "Des bancs", "retenu", WHO, WHEN, WHY, *TREES),
            ("1", "", "", "", "", "", "", "", ""),
            ("12", "", "", "", "", "", "", "", ""),
            ("", "Un préau", "retenu", WHO, WHEN, WHY, *TREES),
            ("4 bis", "", "peut-être", "", "demain", "", "x" * 35, "c'est prêt", "31/02/2028"),
            ("7", "", "non retenu", "x" * 201, "", "x" * 4001, "un banc", "", "01/03/2028"),
        ],
        HEADS,
    )
    assert faults(square, raw) == [
        (2, "titre", "point 1 has another title: take the sheet out again, the line may be another's"),
        (3, "point", "point 1 is on line 2 already: keep one of them"),
        (4, "point", "the avis has no point 12: mend the number, or take the line away"),
        (5, "point", "missing: write the number of the point"),
        (6, "décision", "peut-être is no decision: write retenu, retenu en partie, non retenu"),
        (6, "décidé par", "missing: write it"),
        (6, "décidé le", "demain is no day: write it as 12/05/2027"),
        (6, "motifs", "missing: write it"),
        (6, "ce qui sera fait", "35 letters: an SMS leaves room for 34"),
        (6, "en bref", "ê would triple the price of each SMS: choose words without it"),
        (6, "échéance", "31/02/2028 is no day: write it as 12/05/2027"),
        (7, "décidé par", "201 letters: at most 200"),
        (7, "décidé le", "missing: write it"),
        (7, "motifs", "4001 letters: at most 4000"),
        (7, "ce qui sera fait", "what is not kept promises nothing: leave the date and what will be done empty"),
        (7, "en bref", "missing: write it"),
        (7, "échéance", "what is not kept promises nothing: leave the date and what will be done empty"),
    ]
    assert (decisions(square), square.state(), lines_of(square)) == (["", "", ""], "avis_handed_over", [])


def test_a_sheet_that_lacks_a_column_or_has_another_is_told_so(square: Square) -> None:
    assert faults(square, b"Point;Motifs\n1;x\n") == [(1, "decision", "no column for this: name one of them decision")]
    (_line, column, told) = faults(square, b"Point;D\xe9cision;Couleur\n1;;vert\n")[0]
    assert (column, told.split(":")[0]) == ("Couleur", "a column that is not known")


def test_points_are_decided_only_where_they_are_worked_on(database: Database, clock: Clock) -> None:
    square = Square(database, clock)
    for slug, code in ((SLUG, "state"), ("nowhere", "unknown")):
        with pytest.raises(Refused) as caught:
            square.write(answers.decide_all, slug, sheet([("1", *[""] * 8)], HEADS), LEA)
        assert caught.value.code == code
    square.hands_over([("1", "", "Planter", "", "")])
    square.decides(1)
    square.publishes()
    with pytest.raises(Refused, match="the points are not worked on"):
        brings(square, [("1", "", "retenu", WHO, WHEN, WHY, *TREES)])


# --- out, and back


def test_the_sheet_goes_out_with_what_is_decided_and_comes_back_without_a_change(square: Square) -> None:
    square.decides(1)
    heads, trees, shelter, seats = out(square)
    assert heads[5:8] == ["Motifs", "Ce qui sera fait (34 lettres au plus)", "En bref (42 lettres au plus)"]
    assert trees == ["1", "Des arbres", "retenu en partie", WHO, "2027-06-20", WHY, TREES[0], TREES[1], "2028-03-01"]
    assert shelter == ["4 bis", "Un préau"]
    assert seats == ["7", "'=Asseoir"], "no text is a formula"
    (promised,) = square.read(answers.book, SLUG).points[0].commitments
    assert square.write(answers.decide_all, SLUG, square.read(answers.positions, SLUG), LEA) == Decided(0, 2)
    (still,) = square.read(answers.book, SLUG).points[0].commitments
    assert (still.id, len(lines_of(square))) == (promised.id, 1), "the same words decide nothing anew"
    seats += ["retenu", "=elle", "20/06/2027", "-", "trois bancs", "+ de place", ""]
    raw = for_people([heads, trees, [*shelter, *[""] * 7], seats])
    assert square.write(answers.decide_all, SLUG, raw, LEA) == Decided(1, 1)
    assert out(square)[3] == ["7", "'=Asseoir", "retenu", "'=elle", "2027-06-20", "'-", "trois bancs", "'+ de place", ""]
    assert square.read(answers.book, SLUG).points[2].response.decided_by == "=elle"


def test_a_decision_that_changes_keeps_its_translations_where_the_french_is_the_same(square: Square) -> None:
    square.decides(1)
    brings(square, [("1", "", "retenu", WHO, WHEN, WHY, "30 arbres avant mars 2028", TREES[1], "01/04/2028")])
    (point, *_) = square.read(answers.book, SLUG).points
    assert point.response.sms_reason == {"fr": TREES[1], "en": "the rails limit the roots"}
    assert point.response.sms_done == {"fr": "30 arbres avant mars 2028"}
    with square.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(commitment)) == 1


def test_a_whole_sheet_is_ready_to_be_published(square: Square) -> None:
    decided = brings(square, [(number, "", "retenu", WHO, WHEN, WHY, *TREES) for number in ("1", "4 bis", "7")])
    assert (decided, square.read(loop.unfinished, SLUG)) == (Decided(3, 0), ())
    square.publishes()
    assert square.state() == "follow_up"


# --- at the desk


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await answering.everything(made)
        await made.enter("lead", "staff")
        yield made


async def test_a_colleague_fills_the_sheet_in_and_sends_it_back(city: Town) -> None:
    assert f'href="{BOARD}/positions.csv"' in await city.text(BOARD)
    async with city.http.get(f"{BOARD}/positions.csv") as answer:
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{STUDIED}-positions.csv"'
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        table = (await answer.read()).decode("utf-8-sig")
    line = f"2;S'asseoir;retenu;{WHO};{WHEN};{WHY};12 bancs avant mars 2028;la place le permet;"
    changed = table.replace("2;S'asseoir", line)
    assert changed != table
    status, where = await sent(city, f"{BOARD}/positions", BOARD, changed.encode())
    assert (status, where) == (303, f"{BOARD}?fait=positions&prises=1&restent=2")
    page = unescape(await city.text(where))
    assert "1 décision enregistrée, 2 points encore sans décision." in page
    assert "Décision: retenu. 12 bancs avant mars 2028." in unescape(await city.text(f"/desk/demarches/{STUDIED}/points/2"))
    assert "1 decision taken in, 2 points still without." in await city.text(f"{where}&lang=en")


async def test_faults_are_told_beside_the_form_in_the_reader_s_language(city: Town) -> None:
    raw = sheet([("1", "", "peut-être", WHO, WHEN, WHY, *TREES), ("9", *[""] * 8)], HEADS)
    status, page = await sent(city, f"{BOARD}/positions", BOARD, raw)
    assert status == 422
    for told in (
        "2 choses à corriger",
        "« peut-être » n’est pas une décision",
        "l’avis n’a pas de point 9",
        "ligne 3",
    ):
        assert told in re.sub(r"[\u00a0\u202f]", " ", page), told
    assert page.count("<details open>") == 1
    await city.ledger.write(answers.decide, city.now, STUDIED, 1, position(), "token:1")
    await city.text("/desk/demarches/nulle-part/reponse/positions.csv", status=404)
    async with await city.post("/desk/demarches/nulle-part/reponse/positions", form_on=BOARD) as answer:
        assert answer.status == 404
