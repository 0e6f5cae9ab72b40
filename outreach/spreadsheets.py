"""Tables as CSV: for programs (RFC 4180) and for the city's spreadsheets; a text is never a formula in either."""

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would compute."""


def cell(value: object) -> str:
    """A value as text; one that a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULA) else text


def uncell(text: str) -> str:
    """A text as it was before `cell`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def for_programs(rows: Iterable[Iterable[object]]) -> bytes:
    """Commas, LF, UTF-8 without a mark."""
    return _written(rows, ",", "\n").encode()


def for_people(rows: Iterable[Iterable[object]]) -> bytes:
    """Semicolons, CRLF and the mark by which a French spreadsheet knows UTF-8: a double click opens it as it is."""
    return _written(rows, ";", "\r\n").encode("utf-8-sig")


def _written(rows: Iterable[Iterable[object]], delimiter: str, end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
