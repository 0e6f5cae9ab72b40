"""The book of contributions: what was validated, by question and theme, for the tables of a workshop; never who wrote."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.documents import ProcessDocument
from outreach.house import house
from outreach.record import MASK, programme
from outreach.tables import contribution

VALIDATED = ("accepted", "redacted", "grouped", "published", "taken_up", "not_taken_up", "responded", "carried_out")
"""States in which a text was read by a moderator and may be shown."""


class Line(msgspec.Struct, frozen=True):
    """One text: its public reference, the words as they may be published, how many others say the same under it."""

    ref: str
    text: str
    language: str
    received_on: date
    redacted: bool = False
    others: int = 0


class Theme(msgspec.Struct, frozen=True):
    """The texts of one theme of one question; `id` and `title` are empty for those that were given none."""

    id: str
    title: dict[str, str]
    lines: tuple[Line, ...]

    @property
    def voices(self) -> int:
        """How many contributions it holds, those that say the same included."""
        return sum(1 + line.others for line in self.lines)


class Chapter(msgspec.Struct, frozen=True):
    """One question and its themes, in the order of the document; those without a theme come last."""

    question: str
    text: dict[str, str]
    themes: tuple[Theme, ...]

    @property
    def voices(self) -> int:
        """How many contributions answer it."""
        return sum(theme.voices for theme in self.themes)


class Cahier(msgspec.Struct, frozen=True):
    """The whole book of a process at an instant; a question that nobody answered yet has a chapter without themes."""

    slug: str
    document: ProcessDocument
    made_at: datetime
    chapters: tuple[Chapter, ...]

    @property
    def voices(self) -> int:
        """How many contributions it holds."""
        return sum(chapter.voices for chapter in self.chapters)


def included() -> tuple[sa.ColumnElement[bool], ...]:
    """What is in the book: the one place to leave something out.

    What waits for a reader or a second look, what was refused, contested, withdrawn, answered or kept from publication is not.
    """
    return (
        contribution.c.state.in_(VALIDATED),
        contribution.c.publish,
        contribution.c.public_text.is_not(None),
        contribution.c.public_text != "",
    )


def gather(session: Session, now: datetime, slug: str) -> Cahier | None:
    """The book of a process as it stands; None: no such process. Within a theme, what most people say comes first, then by arrival."""
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        return None
    columns = (
        contribution.c.ref, contribution.c.question, contribution.c.theme, contribution.c.public_text, contribution.c.language,
        contribution.c.grouped_with, contribution.c.received_at,
    )  # fmt: skip
    query = (
        sa.select(*columns)
        .where(contribution.c.process_id == about.id, *included())
        .order_by(contribution.c.received_at, contribution.c.id)
    )
    rows = session.execute(query).all()
    there = {row.ref for row in rows}
    # who speaks for a group may have left it: then the first of the others speaks
    spoken: dict[str, str] = {}
    heads: dict[str, list[str]] = {}
    for row in rows:
        head = (
            row.grouped_with if row.grouped_with in there else spoken.setdefault(row.grouped_with, row.ref) if row.grouped_with else row.ref
        )
        heads.setdefault(head, []).append(row.ref)
    zone = house(session).timezone
    placed: dict[tuple[str, str], list[Line]] = {}
    known = {theme.id for theme in about.document.themes}
    for row in rows:
        if row.ref not in heads:
            continue
        line = Line(
            row.ref,
            row.public_text,
            row.language,
            row.received_at.astimezone(zone).date(),
            redacted=MASK in row.public_text,
            others=len(heads[row.ref]) - 1,
        )
        placed.setdefault((row.question, row.theme if row.theme in known else ""), []).append(line)
    return Cahier(slug, about.document, now, tuple(_chapters(about.document, placed)))


def _chapters(document: ProcessDocument, placed: dict[tuple[str, str], list[Line]]) -> Sequence[Chapter]:
    asked = {question.id: question.text for question in document.questions}
    for question, _theme in placed:
        asked.setdefault(question, {})  # a question that a later version of the document asks no more
    titles = {theme.id: dict(theme.title) for theme in document.themes} | {"": {}}
    return [
        Chapter(
            question,
            dict(text),
            tuple(
                Theme(theme, title, tuple(sorted(placed[question, theme], key=lambda line: -line.others)))
                for theme, title in titles.items()
                if (question, theme) in placed
            ),
        )
        for question, text in asked.items()
    ]
