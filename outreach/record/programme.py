"""What the record must know of a process besides its number: its document, decoded once a version."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import documents
from outreach.documents import ProcessDocument
from outreach.processes.spoken import READING
from outreach.tables import process


class Known(NamedTuple):
    """A process as contributions see it."""

    id: int
    slug: str
    state: str
    document: ProcessDocument

    @property
    def name(self) -> str:
        """Its short name, that an SMS has room for."""
        return self.document.sms_name or self.document.title.get("fr", "")

    @property
    def promised_on(self) -> date | None:
        """When the answer is promised."""
        return self.document.mandate.answer_promised_on

    @property
    def read_on(self) -> date | None:
        """When the citizens' group reads, if the calendar says."""
        return next((phase.starts for phase in self.document.phases if phase.kind in READING), None)

    def question(self, question: str, language: str, *, short: bool) -> str:
        """The words of a question as they are sent: in the language, else in French; `short` is its SMS text. "" for none."""
        found = next((one for one in self.document.questions if one.id == question), None)
        if found is None:
            return ""
        words = {**found.text, **found.sms_text} if short else found.text
        return words.get(language) or words.get("fr", "")

    def has_question(self, question: str) -> bool:
        """Whether the document asks this."""
        return any(one.id == question for one in self.document.questions)


@lru_cache(maxsize=256)
def _decode(_id: int, _version: int, stored: str) -> ProcessDocument:
    return documents.decode(stored)


def by_id(session: Session, ids: Collection[int]) -> dict[int, Known]:
    """The processes with these numbers."""
    return {known.id: known for known in _load(session, _BY_ID, {"those": list(ids)})} if ids else {}


def by_slug(session: Session, slugs: Collection[str]) -> dict[str, Known]:
    """The processes with these slugs; one that does not exist is left out."""
    return {known.slug: known for known in _load(session, _BY_SLUG, {"those": list(slugs)})} if slugs else {}


def every(session: Session) -> list[Known]:
    """Every process, by slug."""
    return _load(session, _ALL, {})


def opened(session: Session) -> list[Known]:
    """Every process that was ever opened, by slug: what the public may see."""
    return _load(session, _ALL.where(process.c.opened_at.is_not(None)), {})


_ALL = sa.select(process.c.id, process.c.slug, process.c.state, process.c.version, process.c.document).order_by(process.c.slug)
_BY_ID = _ALL.where(process.c.id.in_(sa.bindparam("those", expanding=True)))
_BY_SLUG = _ALL.where(process.c.slug.in_(sa.bindparam("those", expanding=True)))


def _load(session: Session, query: "sa.Select[Any]", values: dict[str, Any]) -> list[Known]:
    return [Known(row.id, row.slug, row.state, _decode(row.id, row.version, row.document)) for row in session.execute(query, values)]
