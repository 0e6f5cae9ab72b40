"""A spreadsheet as staff send it, CSV or Excel: read whole, each fault told with its line and what to do; nothing is dropped silently."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from outreach.references import read_ref

LARGEST = 800_000  # bytes; a hundred points are thirty thousand
MOST_ROWS = 5000
MOST_COLUMNS = 50
MOST_FAULTS = 50  # nobody mends more at one go
LONGEST_CELL = 20_000  # letters
_REF = re.compile(r"\d{4}[ \u00a0.-]?\d{3,4}(?!\d)|\d{7,8}")
_DAY = re.compile(r"(?P<day>\d{1,2})([/.-])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d{2})")
_HOUR = re.compile(r"[ T][\d:.]+$")
_BETWEEN = re.compile(r"^(?:no|n°|et|and|avis)?$", re.IGNORECASE)


class Fault(msgspec.Struct, frozen=True):
    """What to mend: the line as the spreadsheet numbers it (0: the file), the column, and a sentence."""

    line: int
    column: str
    message: str


class SheetTrouble(Exception):
    """A file that can't be taken in, with every fault; of very many the first ones, and that there are more."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep them."""
        more = [Fault(0, "", f"more than {MOST_FAULTS} faults: mend these first")] if len(faults) > MOST_FAULTS else []
        self.faults = (*faults[:MOST_FAULTS], *more)
        super().__init__(f"{len(self.faults)} faults")


def enough(faults: Sequence[Fault]) -> None:
    """Raises SheetTrouble as soon as there are more faults than are told: the rest need not be looked for."""
    if len(faults) > MOST_FAULTS:
        raise SheetTrouble(faults)


class Row(msgspec.Struct, frozen=True):
    """One line: its number, and its cells by column."""

    line: int
    cells: dict[str, str]


Columns = Mapping[str, tuple[str, ...]]
"""The columns that a sheet may have, each with the heads that name it, folded."""

AVIS: Final[Columns] = {
    "number": ("point", "numero", "no", "n", "number"),
    "title": ("titre", "title", "intitule"),
    "text": ("texte", "text", "avis", "recommandation"),
    "minority": ("position minoritaire", "positions minoritaires", "minorite", "minority", "minority position"),
    "refs": ("avis cites", "contributions citees", "references", "references citees", "contributions", "refs", "cites", "cited"),
}
SYNTHESIS: Final[Columns] = {
    "title": ("theme", "titre", "title"),
    "text": ("texte", "text", "synthese", "summary"),
    "refs": AVIS["refs"],
}
ASIDE: Final = frozenset({"non repris", "non-repris", "pas repris", "not taken up", "-", "–"})
"""What the number of a line says that holds words which the group read and did not take up."""


def fold(head: str) -> str:
    """A head as it is compared: no accents, no capitals, no marks."""
    plain = unicodedata.normalize("NFKD", head).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def rows(raw: bytes, columns: Columns, *, needed: Iterable[str]) -> list[Row]:
    """The lines of a file that have a word, by column. Raises SheetTrouble for what is no such file, or a head missing or unknown."""
    if len(raw) > LARGEST:
        raise _too_large()
    table = _xlsx(raw) if raw[:2] == b"PK" else _csv(raw)
    start = next((at for at, cells in enumerate(table) if any(cells)), None)
    if start is None:
        raise SheetTrouble([Fault(0, "", "the file is empty")])
    if sum(len(cell.encode(errors="replace")) for cells in table for cell in cells) > LARGEST:  # a workbook is packed
        raise _too_large()
    heads, faults = _heads(table[start], columns, start + 1)
    faults += [
        Fault(start + 1, name, f"no column for this: name one of them {columns[name][0]}") for name in needed if name not in heads.values()
    ]
    found = []
    for line, cells in enumerate(table[start + 1 :], start + 2):
        for at, cell in enumerate(cells):
            if cell and at not in heads:
                faults.append(Fault(line, "", f"words in a column without a head ({at + 1}): name the column, or take them away"))
            elif len(cell) > LONGEST_CELL:
                faults.append(Fault(line, heads[at], f"{len(cell)} letters: at most {LONGEST_CELL}"))
        enough(faults)
        given = {heads[at]: cell for at, cell in enumerate(cells) if at in heads}
        if any(given.values()):
            found.append(Row(line, {name: given.get(name, "") for name in columns}))
    if faults:
        raise SheetTrouble(faults)
    return found


def packed(found: Iterable[Row]) -> str:
    """Lines as a form carries them to the next page: the server keeps nothing of them."""
    return msgspec.json.encode([(one.line, list(one.cells.values())) for one in found]).decode()


def unpacked(words: str, columns: Columns) -> list[Row]:
    """What `packed` made, cleaned as a file is. Raises SheetTrouble for anything else."""
    try:
        lines = msgspec.json.decode(words, type=list[tuple[int, list[str]]])
        return [Row(line, dict(zip(columns, (_cell(one) for one in cells), strict=True))) for line, cells in lines]
    except (msgspec.DecodeError, ValueError) as error:
        raise SheetTrouble([Fault(0, "", "these lines are not whole: choose the file again")]) from error


def _heads(cells: Sequence[str], columns: Columns, line: int) -> tuple[dict[int, str], list[Fault]]:
    heads: dict[int, str] = {}
    faults = []
    known = {word: name for name, words in columns.items() for word in words}
    for at, cell in enumerate(cells):
        name = known.get(fold(cell))
        if name is None and cell:
            faults.append(Fault(line, cell[:40], f"a column that is not known: use {', '.join(words[0] for words in columns.values())}"))
        elif name is not None and name in heads.values():
            faults.append(Fault(line, cell[:40], "this column is there twice: keep one"))
        elif name is not None:
            heads[at] = name
    return heads, faults


def _csv(raw: bytes) -> list[list[str]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # as Excel saves a CSV in France
    text = text.replace("\0", "").replace("\r\n", "\n")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        return _table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise SheetTrouble([Fault(0, "", "this is neither CSV nor Excel: save it again from the spreadsheet")]) from error


def _xlsx(raw: bytes) -> list[list[str]]:
    try:
        sheets = _sheets(raw)
    except SheetTrouble:
        raise
    except Exception as error:  # a workbook that is broken, or made to harm, breaks zip, XML and openpyxl each in its own way
        raise SheetTrouble([Fault(0, "", "this is neither CSV nor Excel: save it again from the spreadsheet")]) from error
    full = [sheet for sheet in sheets if any(any(row) for row in sheet)]
    if len(full) > 1:
        raise SheetTrouble([Fault(0, "", "several sheets hold words: keep one in the file")])
    return full[0] if full else []


def _sheets(raw: bytes) -> list[list[list[str]]]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        if sum(one.file_size for one in packed.infolist()) > 20 * LARGEST:
            raise _too_large()
    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a sheet says of its own size may be far from true
    return [_table(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def _table(lines: Iterable[Sequence[Any]]) -> list[list[str]]:
    """Cells as words, without the empty ones at the end of a line. Raises SheetTrouble at what is too much, before it is looked at."""
    table: list[list[str]] = []
    letters = 0
    for line in lines:
        width = len(line)
        while width and line[width - 1] in {None, ""}:
            width -= 1
        if width > MOST_COLUMNS:
            raise SheetTrouble([Fault(len(table) + 1, "", f"more than {MOST_COLUMNS} columns: keep those that have a head")])
        if len(table) == MOST_ROWS:
            raise SheetTrouble([Fault(0, "", f"more than {MOST_ROWS} lines: send it in two")])
        table.append([_cell(one) for one in line[:width]])
        letters += sum(map(len, table[-1]))
        if letters > LARGEST:
            raise _too_large()
    return table


def _too_large() -> SheetTrouble:
    return SheetTrouble([Fault(0, "", f"the file is larger than {LARGEST} bytes: send it in two")])


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a spreadsheet holds
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("_x000D_", "").replace("\0", "").strip()


def day(cell: str) -> date | None:
    """A day as a spreadsheet writes it, 12/05/2027, 12/05/27 or 2027-05-12, where Excel adds an hour; None for what is none."""
    plain = _HOUR.sub("", cell)
    found = _DAY.fullmatch(plain)
    try:
        if found is None:
            return date.fromisoformat(plain)
        year = int(found["year"])
        return date(year if year > 99 else 2000 + year, int(found["month"]), int(found["day"]))  # noqa: PLR2004 - two digits
    except ValueError:
        return None


def references(cell: str) -> tuple[list[str], list[str]]:
    """The references of a cell, once each, in their order; and what in it is none. Excel eats leading zeros: they come back."""
    found: dict[str, None] = {}
    wrong = []
    if cell.isdecimal() and (alone := read_ref(cell.zfill(8))):
        return [alone], []
    for written in _REF.findall(cell):
        digits = re.sub(r"\D", "", written)
        ref = read_ref(digits.zfill(8))
        if ref:
            found[ref] = None
        else:
            wrong.append(written.strip())
    left = re.split(r"[\s,;:.()#/-]+", _REF.sub(" ", cell))
    wrong += [word for word in left if word and not _BETWEEN.match(word)]
    return list(found), wrong
