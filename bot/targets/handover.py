"""Files that a person carries over: the import formats of Decidim and Cap Collectif, and what their exports say of our numbers."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from bot.targets import Refused
from bot.targets.decidim_rules import compose, plain, prove, title_of, words_of
from outreach.references import read_ref
from outreach.relays import Copy, Job
from outreach.spreadsheets import for_people

_OURS = re.compile(r"Contribution (\d{4} \d{4})")
_NUMBERS, _PAGES = ("id", "externalid", "external", "proposal_id"), ("url", "proposal_url", "link")
_LOCALES = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
_LONGEST = 200_000  # letters of a field


class NoFile(Exception):
    """A file that is no table of the kind that comes back; one sentence for the person who brought it."""


class Read(msgspec.Struct, frozen=True):
    """What a file says: copies by our numbers, and how many of its lines are others'."""

    copies: tuple[Copy, ...]
    others: int


def problem(kind: str, job: Job, options: Mapping[str, str], public_url: str) -> str:
    """Why a platform would not take this one as it is, "" when nothing is known against it: told before the file is made."""
    if kind != "file-decidim":
        return ""
    title, body = compose(job, public_url, softens=False)
    try:
        prove(title, body, int(options.get("longest") or 500))
    except Refused as refused:
        return refused.why
    return ""


def table(kind: str, jobs: Iterable[Job], options: Mapping[str, str], public_url: str) -> bytes:
    """The file to import, semicolons between its columns.

    Decidim: `title/<locale>`, `body/<locale>` (proposals are published at once). Cap Collectif: `title`, `author` (the e-mail of an
    account there), `summary`, `body`. The words stand between quotes, so that no spreadsheet takes one for a formula.
    """
    locale = options.get("locale") or "fr"
    if kind == "file-decidim":
        locale = locale if _LOCALES.fullmatch(locale) else "fr"
        heads: Sequence[str] = (f"title/{locale}", f"body/{locale}")
    else:
        heads = ("title", "author", "summary", "body")
    lines: list[Sequence[str]] = []
    for job in jobs:
        title, body = compose(job, public_url, softens=False)
        lines.append((title, body) if kind == "file-decidim" else (title, options.get("author", ""), title_of(job.ref), body))
    return for_people([heads, *lines])


def to_take_down(jobs: Iterable[Job]) -> bytes:
    """The list of what a person must take down there: our number, theirs, the page."""
    return for_people([("ref", "id", "url"), *((job.ref, job.external, job.address) for job in jobs)])


def read(raw: bytes) -> Read:
    """What an export of the platform says, whatever its columns: our number in a title or a text, its own number, its page.

    A line that names `ref`, `id` and `url` is as good: a table that staff typed. Raises NoFile.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoFile("the file is not in UTF-8") from None
    head = text.partition("\n")[0]
    separator = max(";,\t", key=head.count)
    csv.field_size_limit(_LONGEST)
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error:
        raise NoFile("the file is no table: export it as CSV") from None
    if not rows or not any(name.lower() in {*_NUMBERS, *_PAGES} for name in rows[0] if name):
        raise NoFile("the file names no column id or url: take the platform's own export of proposals")
    copies: dict[str, Copy] = {}
    for row in rows:
        if (copy := _copy(row)) is not None:
            copies[copy.ref] = copy
    return Read(tuple(copies.values()), len(rows) - len(copies))


def _copy(row: Mapping[Any, Any]) -> Copy | None:
    cells = {str(name).lower(): value for name, value in row.items() if isinstance(value, str)}
    found = next((match for value in cells.values() if (match := _OURS.search(value))), None)
    ref = read_ref(found[1]) if found else read_ref(cells.get("ref", ""))
    if not ref:
        return None
    body = next((value for name, value in cells.items() if name.partition("/")[0] == "body"), None)
    return Copy(
        ref,
        next((cells[name] for name in _NUMBERS if cells.get(name)), "")[:200],
        next((cells[name] for name in _PAGES if cells.get(name, "").startswith(("https:", "http:"))), "")[:300],
        words_of(plain(body), ref) if body is not None else None,
    )
