"""Campaigns as staff see them: one, a page of them, and how many wait for somebody's approval."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import processes
from outreach.campaigns import content
from outreach.campaigns.shape import Draft, Refused
from outreach.cursors import read_numbers, write_numbers
from outreach.processes import ProcessView
from outreach.staff import Within
from outreach.tables import campaign, process

LIVE = ("sending", "scheduled")
"""States that the red button ends."""


class View(msgspec.Struct, frozen=True):
    """One campaign as staff see it; `tested` and `approved` tell whether what it says now is what was tried, and what was approved."""

    id: str
    process: str
    state: str
    draft: Draft
    why: str
    author: str
    tested: bool
    approved: bool
    approvers: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    starts_at: datetime | None
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    people: int
    said: int
    filled: bool


class Page(msgspec.Struct, frozen=True):
    """Campaigns, the newest first; `next` is the cursor of the page after, None on the last."""

    items: tuple[View, ...]
    next: str | None


def get(session: Session, subject: str) -> View:
    """One campaign. Raises Refused("unknown")."""
    row = session.execute(_every().where(campaign.c.subject == subject)).one_or_none() if subject.isprintable() else None
    if row is None:
        raise Refused("unknown")
    return _view(session, row)


def listing(session: Session, *, within: Within = None, cursor: str = "", limit: int = 50) -> Page:
    """Campaigns, the newest first: of every process, or of these. Raises ValueError for a cursor that isn't ours."""
    query = _every().where(*processes.inside(campaign.c.process_id, within))
    if cursor:
        query = query.where(campaign.c.id < read_numbers(cursor, 1)[0])
    rows = session.execute(query.order_by(campaign.c.id.desc()).limit(limit + 1)).all()
    return Page(tuple(_view(session, row) for row in rows[:limit]), write_numbers(rows[limit - 1].id) if len(rows) > limit else None)


def are_live(session: Session) -> bool:
    """Whether there is anything that the red button stops."""
    return session.execute(sa.select(campaign.c.id).where(campaign.c.state.in_(LIVE)).limit(1)).first() is not None


def to_approve(session: Session, actor: str, within: Within = None) -> int:
    """How many wait for this person's approval: written by another, not approved by them already."""
    rows = session.execute(
        sa.select(campaign.c.author, campaign.c.approvers).where(
            campaign.c.state == "to_approve", *processes.inside(campaign.c.process_id, within)
        )
    )
    return sum(actor != row.author and actor not in row.approvers.split() for row in rows)


def read(session: Session, row: Any) -> tuple[Draft, ProcessView]:  # noqa: ANN401 - a row of the table
    """What a row says, and its process."""
    view = processes.by_id(session, row.process_id)
    if view is None:
        raise Refused("unknown_process")
    return msgspec.json.decode(row.document, type=Draft), view


def _every() -> sa.Select[Any]:
    return sa.select(campaign, process.c.slug).join(process, process.c.id == campaign.c.process_id)


def _view(session: Session, row: Any) -> View:  # noqa: ANN401 - a row of the table
    draft, view = read(session, row)
    says = content.fingerprint(draft, view)
    return View(
        id=row.subject,
        process=row.slug,
        state=row.state,
        draft=draft,
        why=row.why,
        author=row.author,
        tested=row.tested == says,
        approved=row.approved == says,
        approvers=tuple(row.approvers.split()),
        created_at=row.created_at,
        changed_at=row.changed_at,
        starts_at=row.starts_at,
        started_at=row.started_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        people=row.people,
        said=row.said,
        filled=row.filled_at is not None,
    )
