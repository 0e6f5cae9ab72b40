"""Translations: an interpreter says in the city's language what was written in theirs; signed, bound to the very words, beside them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, processes
from outreach.contributions.aside import set_aside
from outreach.contributions.items import original
from outreach.contributions.redaction import personal
from outreach.contributions.withdrawal import PUBLISHED
from outreach.house import house
from outreach.record import programme
from outreach.staff import Within
from outreach.tables import contribution, translation

TO_READ = ("received", "read_only", "appealed", "accepted", "redacted")
LONGEST = 6000
CAP = 1000


class Wanted(msgspec.Struct, frozen=True):
    """One text of an interpreter's languages: its words as they are read or published, and its translation, "" for none."""

    ref: str
    pseudonym: str
    language: str
    text: str
    process: str
    process_name: str
    question: str
    state: str
    received_at: datetime
    translation: str = ""
    signed: str = ""


class Translation(msgspec.Struct, frozen=True):
    """What it says in the city's language, and who signed it."""

    text: str
    signed: str


class NoText(Exception):
    """No text of this person's languages has this reference."""


class TranslationRefused(ValueError):
    """A translation that can't be kept; `code` is "missing", "too_long", "unsigned" or "personal"."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        self.code = code
        super().__init__(code)


def _open(languages: Collection[str], within: Within) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        contribution.c.language.in_(languages),
        contribution.c.state.in_((*TO_READ, *PUBLISHED)),
        ~set_aside(),
        *processes.inside(contribution.c.process_id, within),
    )


def _untranslated() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(translation.c.contribution_id == contribution.c.id)


def how_many(session: Session, languages: Collection[str], within: Within = None) -> int:
    """How many texts of these languages nobody has translated, at most CAP."""
    if not languages:
        return 0
    ids = sa.select(contribution.c.id).where(*_open(languages, within), _untranslated()).limit(CAP)
    return session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0


def listing(
    session: Session, languages: Collection[str], within: Within = None, *, done: bool = False, limit: int = 50
) -> tuple[Wanted, ...]:
    """Texts of these languages: those that wait for a translation, the oldest first; with `done` those that have one, the latest first."""
    if not languages:
        return ()
    if done:
        latest = (
            sa.select(translation.c.contribution_id, translation.c.made_at).order_by(translation.c.made_at.desc()).limit(CAP).subquery()
        )
        query = sa.select(contribution).join(latest, latest.c.contribution_id == contribution.c.id).where(*_open(languages, within))
        return tuple(_wanted(session, row) for row in session.execute(query.order_by(latest.c.made_at.desc()).limit(limit)))
    rows: list[Any] = []
    for one in languages:  # each from its own beginning of an index
        query = sa.select(contribution).where(*_open([one], within), _untranslated())
        rows += session.execute(query.order_by(contribution.c.received_at, contribution.c.id).limit(limit)).all()
    return tuple(_wanted(session, row) for row in sorted(rows, key=lambda row: (row.received_at, row.id))[:limit])


def get(session: Session, now: datetime, ref: str, languages: Collection[str], actor: str) -> Wanted:
    """One text, opened; the look is written down (SEC-06). Raises NoText for one of another language."""
    row = _row(session, ref, languages)
    audit.write(session, [audit.line(actor, "translation.opened", row.subject, language=row.language)], now)
    return _wanted(session, row)


def keep(session: Session, now: datetime, ref: str, languages: Collection[str], actor: str, *, signed: str, text: str) -> None:
    """Write the translation of a text as it stands now, in the place of an earlier one. Raises NoText, TranslationRefused."""
    row, text, signed = _row(session, ref, languages), text.strip(), " ".join(signed.split())
    if not text:
        raise TranslationRefused("missing")
    if len(text) > LONGEST:
        raise TranslationRefused("too_long")
    if not signed or not signed.isprintable():
        raise TranslationRefused("unsigned")
    words = _words(session, row)
    if personal(text) and not personal(words):
        raise TranslationRefused("personal")
    sealed = house(session).keys.seal("translation", row.id, text.encode())
    session.execute(sa.delete(translation).where(translation.c.contribution_id == row.id))
    values = {"contribution_id": row.id, "of": _of(session, words), "sealed": sealed, "by": actor, "signed": signed[:80], "made_at": now}
    session.execute(sa.insert(translation).values(values))
    audit.write(session, [audit.line(actor, "translation.kept", row.subject, language=row.language)], now)


def of(session: Session, ref: str, text: str) -> Translation | None:
    """The translation of these very words of a contribution; None when there is none, or it is of other words."""
    return among(session, {ref: text}).get(ref)


def among(session: Session, texts: Mapping[str, str]) -> dict[str, Translation]:
    """The same for several, by reference: what a page shows below what was written."""
    query = sa.select(contribution.c.ref, translation).join(translation).where(contribution.c.ref.in_(texts))
    keys = house(session).keys
    return {
        row.ref: Translation(keys.open("translation", row.contribution_id, row.sealed).decode(), row.signed)
        for row in session.execute(query)
        if row.of == _of(session, texts[row.ref])
    }


def public(session: Session, texts: Mapping[str, str]) -> dict[str, Translation]:
    """The same for published texts: without one in which a number or an address was left."""
    return {ref: found for ref, found in among(session, texts).items() if not personal(found.text)}


def _row(session: Session, ref: str, languages: Collection[str]) -> Any:  # noqa: ANN401 - a row of the table
    row = session.execute(sa.select(contribution).where(contribution.c.ref == ref, *_open(languages, None))).one_or_none()
    if row is None:
        raise NoText("no text of these languages has this reference")
    return row


def _words(session: Session, row: Any) -> str:  # noqa: ANN401 - a row of the table
    """What everybody reads, or will; before a decision what was written."""
    return row.public_text or original(session, row)


def _of(session: Session, text: str) -> bytes:
    return house(session).keys.find("translation", text)


def _wanted(session: Session, row: Any) -> Wanted:  # noqa: ANN401 - a row of the table
    about, words = programme.by_id(session, (row.process_id,))[row.process_id], _words(session, row)
    found = of(session, row.ref, words)
    return Wanted(
        ref=row.ref,
        pseudonym=row.pseudonym,
        language=row.language,
        text=words,
        process=about.slug,
        process_name=about.name,
        question=about.question(row.question, house(session).languages[0], short=False),
        state=row.state,
        received_at=row.received_at,
        translation=found.text if found else "",
        signed=found.signed if found else "",
    )
