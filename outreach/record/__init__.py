"""The built-in record of each process: what is published, under which reference, and what was taken back."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.cursors import read_cursor, write_cursor
from outreach.record import programme
from outreach.references import new_id
from outreach.tables import contribution, entry, leaf

__all__ = [
    "Entry",
    "Page",
    "Publication",
    "amend",
    "commitment",
    "entries",
    "find",
    "hide",
    "is_hidden",
    "latest",
    "publish",
    "show_again",
    "sort",
    "standing",
    "withdraw",
]

MASK = "[…]"
"""What stands where words were hidden (MOD-06)."""
SALT_BYTES = 16
MOST = 200
NO_TEXT = b"\0" * 32
"""The commitment of a leaf that tells of a withdrawal: there is no text any more."""


class Publication(msgspec.Struct, frozen=True):
    """What is to be published; `grouped_with` is the reference whose text this one shares, "" for its own."""

    ref: str
    subject: str
    process_id: int
    question: str
    text: str
    language: str
    received_on: date
    redacted: bool = False
    grouped_with: str = ""
    theme: str = ""
    repeats: bool = False  # the same person stands behind that reference already


class Entry(msgspec.Struct, frozen=True):
    """One published contribution; `text` is None once it was withdrawn. `copies`: how many other people say the same."""

    ref: str
    question: str
    text: str | None
    language: str
    redacted: bool
    answer: str
    received_on: date
    published_at: datetime
    withdrawn_at: datetime | None
    grouped_with: str = ""
    copies: int = 0
    theme: str = ""
    hidden: bool = False  # reported: its text is shown to nobody until a person has looked


class Page(msgspec.Struct, frozen=True):
    """Entries, the latest first; `next` is the cursor of the page after, None on the last."""

    items: tuple[Entry, ...]
    next: str | None


def commitment(salt: bytes, text: str) -> bytes:
    """SHA-256(salt ‖ text): binds the leaf to a text that nobody can guess from it, "oui, des bancs" neither."""
    return hashlib.sha256(salt + text.encode()).digest()


def publish(session: Session, publications: Sequence[Publication], now: datetime) -> frozenset[str]:
    """Write entries and their leaves, then read them back: gives the references that stand in the record, word for word.

    A reference that is there already is not written twice. Behind a reference that is not in the record nobody can stand:
    such a copy speaks for itself.
    """
    wanted = {one.ref: one for one in publications}
    if not wanted:
        return frozenset()
    asked = {*wanted, *(one.grouped_with for one in publications if one.grouped_with)}
    held = sa.select(entry.c.ref, entry.c.withdrawn_at).where(entry.c.ref.in_(asked)).order_by(entry.c.ref).with_for_update()
    there = {row.ref: row for row in session.execute(held)}  # nobody leaves a group while another joins it
    heads = {ref for ref, row in there.items() if row.withdrawn_at is None}
    _show(session, entry.c.ref.in_([ref for ref in wanted if ref in heads]), now)  # what was taken away and is published after all
    if fresh := [one for one in publications if one.ref not in there]:
        _write(session, fresh, heads, now)
    read = session.execute(sa.select(entry.c.ref, entry.c.text).where(entry.c.ref.in_(wanted), entry.c.withdrawn_at.is_(None)))
    return frozenset(row.ref for row in read if row.text == wanted[row.ref].text)


def _write(session: Session, fresh: Sequence[Publication], heads: Collection[str], now: datetime) -> None:
    rows: list[dict[str, object]] = []
    leaves: list[dict[str, object]] = []
    behind: Counter[str] = Counter()
    repeats: Counter[str] = Counter()
    for one in fresh:
        salt, head = secrets.token_bytes(SALT_BYTES), one.grouped_with if one.grouped_with in heads else ""
        behind.update([head] if head else [])
        repeats.update([head] if head and one.repeats else [])
        leaves.append(_leaf("published", one.subject, commitment(salt, one.text), now))
        rows.append(
            {
                "ref": one.ref,
                "process_id": one.process_id,
                "question": one.question,
                "text": one.text,
                "language": one.language,
                "salt": salt,
                "redacted": one.redacted,
                "theme": one.theme,
                "grouped_with": head,
                "received_on": one.received_on,
                "published_at": now,
            }
        )
    session.connection().execute(sa.insert(entry), rows)
    session.connection().execute(sa.insert(leaf), leaves)
    for head, more in behind.items():
        session.execute(
            sa.update(entry).where(entry.c.ref == head).values(copies=entry.c.copies + more, repeats=entry.c.repeats + repeats[head])
        )


def amend(session: Session, ref: str, subject: str, text: str, now: datetime, *, redacted: bool) -> bool:
    """Give an entry another text, with a salt and a leaf of its own: words that another person decided to show, or to hide.

    Copies behind it were read as this text: they change with it, each with its own salt and leaf. False when it is not in the record.
    """
    row = session.execute(sa.select(entry.c.process_id).where(entry.c.ref == ref, entry.c.withdrawn_at.is_(None))).one_or_none()
    if row is None:
        return False
    behind = (entry.c.process_id == row.process_id, entry.c.grouped_with == ref)
    copies = session.execute(
        sa.select(entry.c.ref, contribution.c.subject).join(contribution, contribution.c.ref == entry.c.ref).where(*behind)
    )
    leaves = []
    for one, its_subject in ((ref, subject), *copies.all()):
        salt = secrets.token_bytes(SALT_BYTES)
        session.execute(sa.update(entry).where(entry.c.ref == one).values(text=text, salt=salt, redacted=redacted))
        leaves.append(_leaf("published", its_subject, commitment(salt, text), now))
    session.connection().execute(sa.insert(leaf), leaves)
    return True


def sort(session: Session, ref: str, theme: str) -> None:
    """Put an entry under a theme of its process; nothing while it is not in the record."""
    session.execute(sa.update(entry).where(entry.c.ref == ref).values(theme=theme))


def withdraw(session: Session, subjects: Mapping[str, str], now: datetime) -> int:
    """Take texts out of the record: text and salt are gone, a mark stays. `subjects` are {reference: subject}. Gives how many.

    Where others stand behind a reference, the first of them speaks for the rest from now on.
    """
    rows = session.execute(
        sa.select(entry.c.ref, entry.c.process_id, entry.c.grouped_with, entry.c.copies, entry.c.repeats)
        .where(entry.c.ref.in_(subjects), entry.c.withdrawn_at.is_(None))
        .order_by(entry.c.ref)
        .with_for_update()
    ).all()
    if not rows:
        return 0
    gone = [row.ref for row in rows]
    nothing = {"text": None, "salt": None, "answer": "", "grouped_with": "", "copies": 0, "repeats": 0, "withdrawn_at": now}
    session.execute(sa.update(entry).where(entry.c.ref.in_(gone)).values(**nothing))
    session.connection().execute(sa.insert(leaf), [_leaf("withdrawn", subjects[ref], NO_TEXT, now) for ref in gone])
    for row in rows:
        if row.grouped_with:
            session.execute(sa.update(entry).where(entry.c.ref == row.grouped_with, entry.c.copies > 0).values(copies=entry.c.copies - 1))
        if row.copies:
            _inherit(session, row.process_id, row.ref, row.repeats)
    return len(gone)


def _inherit(session: Session, process_id: int, ref: str, repeats: int) -> None:
    left = list(
        session.execute(
            sa.select(entry.c.ref)
            .where(entry.c.process_id == process_id, entry.c.grouped_with == ref)
            .order_by(entry.c.published_at, entry.c.ref)
        ).scalars()
    )
    if left:
        heir, *others = left
        session.execute(sa.update(entry).where(entry.c.ref.in_(others)).values(grouped_with=heir))
        session.execute(sa.update(entry).where(entry.c.ref == heir).values(grouped_with="", **_behind(len(others), repeats)))


def _behind(copies: int, repeats: int) -> dict[str, int]:
    return {"copies": copies, "repeats": min(copies, repeats)}


def _leaf(kind: str, subject: str, committed: bytes, now: datetime) -> dict[str, object]:
    return {"id": new_id(now), "kind": kind, "subject": subject, "commitment": committed, "at": now}


def hide(session: Session, ref: str, now: datetime) -> None:
    """Show a text to nobody until a person has looked: the entry stays, and a leaf says since when nothing opens it."""
    rows = _of(session, _with_copies(session, ref), entry.c.hidden_at.is_(None), entry.c.withdrawn_at.is_(None))
    session.execute(sa.update(entry).where(entry.c.ref.in_([row.ref for row in rows])).values(hidden_at=now))
    _append(session, [_leaf("hidden", row.subject, NO_TEXT, now) for row in rows])


def show_again(session: Session, ref: str, now: datetime) -> None:
    """Show it as before, by a leaf of its own."""
    _show(session, _with_copies(session, ref), now)


def _show(session: Session, which: sa.ColumnElement[bool], now: datetime) -> None:
    rows = _of(session, which, entry.c.hidden_at.is_not(None), entry.c.withdrawn_at.is_(None))
    session.execute(sa.update(entry).where(entry.c.ref.in_([row.ref for row in rows])).values(hidden_at=None))
    _append(session, [_leaf("published", row.subject, commitment(bytes(row.salt), row.text), now) for row in rows])


def _of(session: Session, *where: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Entries with the subject that their leaves speak of."""
    query = sa.select(entry.c.ref, entry.c.text, entry.c.salt, contribution.c.subject)
    return session.execute(query.join(contribution, contribution.c.ref == entry.c.ref).where(*where).order_by(entry.c.ref)).all()


def _append(session: Session, leaves: Sequence[dict[str, object]]) -> None:
    if leaves:
        session.connection().execute(sa.insert(leaf), leaves)


def _with_copies(session: Session, ref: str) -> sa.ColumnElement[bool]:
    """The entry and those that share its text."""
    process_id = session.scalar(sa.select(entry.c.process_id).where(entry.c.ref == ref))
    return sa.and_(entry.c.process_id == process_id, sa.or_(entry.c.ref == ref, entry.c.grouped_with == ref))


def standing(session: Session, ref: str) -> list[str]:
    """The number of an entry and of those that share its text."""
    return list(session.scalars(sa.select(entry.c.ref).where(_with_copies(session, ref)).order_by(entry.c.ref)))


def is_hidden(session: Session, ref: str) -> bool:
    """Whether nobody sees it for the moment."""
    return session.scalar(sa.select(entry.c.hidden_at).where(entry.c.ref == ref)) is not None


def entries(
    session: Session, slug: str, cursor: str | None = None, limit: int = 50, *, most: int = 0, question: str = "", theme: str = ""
) -> Page | None:
    """One page of a process's record, or of one question or theme of it, the latest first; copies stand behind the text they share.

    `most`: so many bytes of text are enough, 0 for any. None: no such process.

    Raises ValueError for a cursor that isn't ours.
    """
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        return None
    limit = max(1, min(limit, MOST))
    query = sa.select(entry).where(entry.c.process_id == about.id, entry.c.grouped_with == "")
    if question:
        query = query.where(entry.c.question == question)
    if theme:
        query = query.where(entry.c.theme == theme)
    if cursor:
        at, ref = read_cursor(cursor)
        query = query.where(entry.c.published_at <= at, sa.or_(entry.c.published_at < at, entry.c.ref < ref))
    rows = session.execute(query.order_by(entry.c.published_at.desc(), entry.c.ref.desc()).limit(limit + 1)).all()
    limit = _enough(rows[:limit], most) if most else limit
    items = tuple(shown(row) for row in rows[:limit])
    return Page(items, write_cursor(items[-1].published_at, items[-1].ref) if len(rows) > limit else None)


def _enough(rows: Sequence[Any], most: int) -> int:
    """How many rows hold `most` bytes of words, one at least."""
    held = 0
    for count, row in enumerate(rows):
        held += len(f"{row.text or ''}{row.answer}".encode())
        if held > most and count:
            return count
    return len(rows)


def latest(session: Session, slug: str, limit: int = 50) -> tuple[Entry, ...]:
    """The last texts of a process's record, the latest first; none for a process that does not exist."""
    page = entries(session, slug, limit=limit)
    return page.items if page else ()


def find(session: Session, ref: str) -> Entry | None:
    """The entry of a reference, or None while it is not in the record."""
    row = session.execute(sa.select(entry).where(entry.c.ref == ref)).one_or_none()
    return shown(row) if row else None


def shown(row: Any) -> Entry:  # noqa: ANN401 - a row of the table
    """A row of the table, as it is shown."""
    return Entry(
        ref=row.ref, question=row.question, text=None if row.hidden_at else row.text, language=row.language, redacted=row.redacted,
        answer=row.answer, received_on=row.received_on, published_at=row.published_at, withdrawn_at=row.withdrawn_at,
        grouped_with=row.grouped_with, copies=max(0, row.copies - row.repeats), hidden=row.hidden_at is not None, theme=row.theme,
    )  # fmt: skip
