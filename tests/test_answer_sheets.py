"""A spreadsheet that is too much, or made to harm, is refused in a sentence before anybody looks at each of its cells."""

import io
import re
import zipfile

import pytest
from openpyxl import Workbook

from outreach import answers
from outreach.answers import SheetTrouble
from outreach.db import Database
from tests.avising import HANDED, Square
from tests.conftest import Clock
from tests.contributing import LEA, SLUG


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


def faults(square: Square, raw: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.hand_over, SLUG, raw, HANDED, LEA)
    return [(one.line, one.column, one.message) for one in caught.value.faults]


def workbook(sheet: bytes, *, before: bytes = b"") -> bytes:
    """A workbook whose only sheet holds this XML; `before` stands at the head of its list of sheets."""
    book, out, again = Workbook(), io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as plain, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as made:
        for name in plain.namelist():
            raw = re.sub(rb"<dimension.*</sheetData>", sheet, plain.read(name))
            made.writestr(name, before + raw if name == "xl/workbook.xml" else raw)
    return again.getvalue()


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"a;" * 400_000, (1, "", "more than 50 columns: keep those that have a head")),
        (b"Point;Texte\n1;Planter" + b";x" * 49, (2, "", "more than 50 columns: keep those that have a head")),
        (b"Point;Texte\n" + b"1;Planter\n" * 5000, (0, "", "more than 5000 lines: send it in two")),
        (
            workbook(b"<sheetData/>", before=b'<!DOCTYPE workbook [<!ENTITY a "&b;"><!ENTITY b "&a;">]><workbook>&a;</workbook>'),
            (0, "", "this is neither CSV nor Excel: save it again from the spreadsheet"),
        ),
        (
            workbook(b'<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'),
            (0, "", "more than 5000 lines: send it in two"),
        ),
        (
            workbook(b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>'),
            (1, "", "more than 50 columns: keep those that have a head"),
        ),
    ],
)
def test_a_file_that_is_too_much_is_refused_before_it_is_looked_at(square: Square, raw: bytes, told: tuple[int, str, str]) -> None:
    assert faults(square, raw) == [told]


def test_empty_columns_beside_the_words_are_no_fault(square: Square) -> None:
    raw = b"Point;Texte" + b";" * 300 + b"\n1;Planter" + b";" * 300
    assert square.write(answers.hand_over, SLUG, raw, HANDED, LEA).points == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"Point;Texte\n" + b"1;Planter;x;y\n" * 4000,
        b"Point;Texte;References\n1;Planter;" + b"x " * 9000,
        b"Point;Texte;References\n1;Planter;" + b"48210736 " * 60 + b"\n" + b";;\n" * 9 + b";Asseoir;\n" * 4000,
    ],
)
def test_of_very_many_faults_fifty_are_told(square: Square, raw: bytes) -> None:
    told = faults(square, raw)
    assert (len(told), told[-1]) == (51, (0, "", "more than 50 faults: mend these first"))
