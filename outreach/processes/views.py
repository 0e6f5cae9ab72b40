"""What the desk, the API and the public pages see of processes."""

from datetime import date, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.facts import Entry
from outreach import audit, entrypoints
from outreach.agenda import OWING
from outreach.documents import Mandate, ProcessDocument, decode
from outreach.staff import Within
from outreach.tables import mandate, process


class ProcessView(msgspec.Struct, frozen=True):
    """One process: its document, where it stands and the ways in. `version` rises with each change."""

    id: int
    slug: str
    subject: str
    state: str
    document: ProcessDocument
    version: int
    created_at: datetime
    changed_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    entries: tuple[Entry, ...] = ()

    @property
    def promised_on(self) -> date | None:
        """The day of the answer that is still owed; None when no day is promised, or the answer is there."""
        return self.document.mandate.answer_promised_on if self.state in OWING else None


class MandateView(msgspec.Struct, frozen=True):
    """One version of a mandate, as it was recorded."""

    version: int
    mandate: Mandate
    recorded_at: datetime


def get(session: Session, slug: str) -> ProcessView | None:
    """The process of that slug, whatever its state."""
    return next(iter(_views(session, process.c.slug == slug)), None) if slug.isprintable() else None


def by_id(session: Session, process_id: int) -> ProcessView | None:
    """The process of that row."""
    return next(iter(_views(session, process.c.id == process_id)), None)


def listing(session: Session, *, public: bool = True, within: Within = None) -> tuple[ProcessView, ...]:
    """Every process, the newest first; in public, only those that were opened; `within`: only those of these slugs."""
    here = sa.true() if within is None else process.c.slug.in_(within)
    return _views(session, sa.and_(process.c.opened_at.is_not(None), here) if public else here)


def _views(session: Session, where: sa.ColumnElement[bool]) -> tuple[ProcessView, ...]:
    rows = session.execute(sa.select(process).where(where).order_by(process.c.created_at.desc(), process.c.id.desc())).all()
    entries = entrypoints.of_processes(session, [row.id for row in rows])
    return tuple(
        ProcessView(
            id=row.id,
            slug=row.slug,
            subject=row.subject,
            state=row.state,
            document=decode(row.document),
            version=row.version,
            created_at=row.created_at,
            changed_at=row.changed_at,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            entries=entries.get(row.id, ()),
        )
        for row in rows
    )


def mandates(session: Session, slug: str) -> tuple[MandateView, ...]:
    """Every version of a process's mandate, the newest first."""
    if not slug.isprintable():
        return ()
    query = sa.select(mandate).join(process).where(process.c.slug == slug).order_by(mandate.c.version.desc())
    return tuple(
        MandateView(row.version, msgspec.json.decode(row.document, type=Mandate), row.recorded_at) for row in session.execute(query)
    )


def journal(session: Session, slug: str, limit: int = 50) -> tuple[audit.View, ...]:
    """What was done with a process, the newest first: twelve months of audit lines."""
    subject = session.scalar(sa.select(process.c.subject).where(process.c.slug == slug)) if slug.isprintable() else None
    return audit.search(session, subject=subject, limit=limit).items if subject else ()
