"""Looks for words that must not be kept: in database files as raw bytes, in tables row by row, in logs and exports."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from outreach.db import Database
from outreach.tables import metadata

CHUNK = 4 << 20


@dataclass(frozen=True)
class Hit:
    """Where a needle was found: a file and its offset, or a table, its column and its row's number."""

    where: str
    needle: str
    at: int


def phone(number: str) -> tuple[str, ...]:
    """The forms in which a French number is written: "+33612345678" is also 0612345678, 06 12 34 56 78, 33612345678."""
    national = "0" + number.removeprefix("+33")
    pairs = [national[at : at + 2] for at in range(0, len(national), 2)]
    return (number, number.removeprefix("+"), national, *(between.join(pairs) for between in " .-"))


def search(paths: Iterable[Path], needles: Sequence[str]) -> list[Hit]:
    """Every needle in the raw bytes of files, and of all files of folders; a SQLite database brings its -wal and -shm along.

    A needle is looked for as UTF-8, as UTF-16 and as JSON writes it with escapes.
    """
    forms = _forms(needles)
    return [hit for path in _files(paths) for hit in _in_file(path, forms)]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (one for one in sorted(path.rglob("*")) if one.is_file())
        else:
            yield from (one for one in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")) if one.exists())


def _forms(needles: Sequence[str]) -> dict[bytes, str]:
    if short := [needle for needle in needles if len(needle) < 4]:
        raise ValueError(f"too short to mean anything: {short}")
    forms: dict[bytes, str] = {}
    for needle in needles:
        for form in (needle.encode(), needle.encode("utf-16-le"), needle.encode("utf-16-be"), json.dumps(needle)[1:-1].encode()):
            forms[form] = needle
    return forms


def _in_file(path: Path, forms: dict[bytes, str]) -> Iterator[Hit]:
    overlap = max(map(len, forms)) - 1
    with path.open("rb") as file:
        start, tail = 0, b""
        while chunk := file.read(CHUNK):
            window = tail + chunk
            for form, needle in forms.items():
                at = window.find(form)
                while at >= 0:
                    if at + len(form) > len(tail):  # what lies in the tail was told with the chunk before
                        yield Hit(str(path), needle, start - len(tail) + at)
                    at = window.find(form, at + 1)
            start += len(chunk)
            tail = window[-overlap:] if overlap else b""


def search_tables(database: Database, needles: Sequence[str]) -> list[Hit]:
    """Every needle in every column of every row, as SQL gives it back: what a dump would hold, whichever the engine."""
    forms, hits = _forms(needles), []
    with database.engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            table = metadata.tables.get(name, sa.table(name, sa.column("*", is_literal=True)))
            for number, row in enumerate(connection.execute(sa.select(table)).mappings()):
                for column, value in row.items():
                    held = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    hits += [Hit(f"{name}.{column}", needle, number) for form, needle in forms.items() if form in held]
    return hits


def search_database(database: Database, needles: Sequence[str]) -> list[Hit]:
    """Both ways for SQLite, row by row for PostgreSQL."""
    files = [Path(str(database.url.database))] if database.is_sqlite else []
    return search(files, needles) + search_tables(database, needles)
