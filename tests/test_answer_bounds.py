"""What is taken of an avis and its answers: days near today, words that say something, can be shown and are no book."""

from datetime import date, timedelta

import msgspec
import pytest

from bot.desk.words import known
from outreach import answers, loop
from outreach.answers import Assigned, Note, Refused, SheetTrouble
from outreach.db import Database
from tests.avising import HANDED, Square, cells, position, refused, sheet
from tests.conftest import Clock
from tests.contributing import LEA, SLUG


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


@pytest.mark.parametrize("words", ["\0", "\u200b", "Oui\u202e", "x\x1by"])
def test_nothing_is_kept_that_can_not_be_shown(square: Square, words: str) -> None:
    told = "a letter that can't be shown: remove it"
    lines = cells((words, "Titre", "Texte", "", ""), ("2", words, "Texte", "", ""), ("3", "Titre", words, words, ""))
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.take_over, SLUG, lines, HANDED, LEA)
    assert {(one.line, one.column) for one in caught.value.faults if one.message == told} == {
        (1, "point"), (2, "titre"), (3, "texte"), (3, "position minoritaire"),
    }  # fmt: skip
    square.hands_over([("7", "Des bancs", "Poser des bancs", "", "")])
    square.assigns()
    for verb, *given in (
        (answers.hand_over, sheet([("7", "", "x", "", "")]), msgspec.structs.replace(HANDED, written_by=words)),
        (answers.assign, 1, Assigned(words, "", date(2027, 4, 1))),
        (answers.study, 1, Note("yes", "", "", words)),
        (answers.decide, 1, position(reasons=words)),
        (answers.note, words),
    ):
        assert (verb, refused(square, verb, SLUG, *given, LEA).code) == (verb, "unshown")
    assert refused(square, answers.decide, SLUG, 1, position(sms_reason=words), LEA).code == "sms_reason"
    assert refused(square, answers.decide, SLUG, 1, position(others={"ar": {"reasons": words}}), LEA).code == "reasons.ar"
    assert refused(square, loop.move_promise, SLUG, date(2027, 10, 15), {"fr": words}, LEA).code == "reason"


@pytest.mark.parametrize("year", [1, 2021, 2033, 9999])
def test_a_mistyped_year_is_told_before_it_is_public(square: Square, year: int) -> None:
    day = date(year, 12, 31)
    lines = [("7", "Des bancs", "Poser des bancs", "", "")]
    handed = msgspec.structs.replace(HANDED, handed_on=day)
    assert refused(square, answers.hand_over, SLUG, sheet(lines), handed, LEA).which == ("handed_on",)
    with pytest.raises(Refused, match="today or a day before" if year > 2027 else "at most 5 years"):
        square.read(answers.foresee, square.clock.now(), SLUG, sheet(lines), handed)
    until = refused(square, loop.move_promise, SLUG, day, {"fr": "études en cours"}, LEA)
    assert (until.which, until.code) == (("until",), "day" if year > 2027 else "until")
    square.hands_over(lines, handed_on=square.clock.now().date() - timedelta(days=1800))
    for verb, given, field in (
        (answers.assign, Assigned("Espaces verts", "", day), "due_on"),
        (answers.decide, position(due_on=day), "due_on"),
        (answers.decide, position(decided_on=day), "decided_on"),
    ):
        told = refused(square, verb, SLUG, 1, given, LEA)
        assert (told.code, told.which) == ("day", (field,))
        assert known(str(told)), "the desk has words for it"
    square.write(loop.move_promise, SLUG, date(2030, 3, 1), {"fr": "études en cours"}, LEA)


def test_a_point_is_no_book(square: Square) -> None:
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.take_over, SLUG, cells(("7", "x" * 201, "x" * 20_001, "x" * 20_001, "")), HANDED, LEA)
    assert [(one.column, one.message) for one in caught.value.faults] == [
        ("titre", "201 letters: at most 200"),
        ("texte", "20001 letters: at most 20000"),
        ("position minoritaire", "20001 letters: at most 20000"),
    ]
    square.hands_over([("7", "x" * 200, "x" * 20_000, "", "")])
