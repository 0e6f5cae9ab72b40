"""A second person looks at decisions that are in effect: hard reasons within five days (MOD-32), the first twenty of a new moderator."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.reasons import REASONS
from outreach import audit, processes
from outreach.contributions import appeals, items
from outreach.contributions.days import working_days_after
from outreach.house import house
from outreach.references import new_id
from outreach.staff import Within
from outreach.tables import contribution, decision, second_look

WITHIN = 5
"""Working days."""
FIRST = 20
"""Decisions of a new moderator that somebody looks at afterwards; nothing waits for it."""
_KINDS = frozenset({"accept", "redact", "refuse", "answer", "ask_again", "move", "split", "group"})
_COUNTED = 100


class Look(msgspec.Struct, frozen=True):
    """A decision to be looked at. `why`: "four_eyes" or "new"; `text` the original, `public_text` what everybody reads."""

    id: int
    ref: str
    why: str
    kind: str
    reason: str
    fact: str
    said: str  # what was written to the author
    text: str
    public_text: str
    language: str
    decided_at: datetime
    due_at: datetime


class CannotLook(Exception):
    """Nobody looks twice at a decision of their own, nor at one that was looked at."""


def ask(session: Session, row: Any, made: Any, now: datetime) -> None:  # noqa: ANN401 - rows of the tables
    """A decision took effect: note it down when another person is to look at it."""
    hard = made.kind in {"refuse", "redact"} and made.reason in REASONS and REASONS[made.reason].second_look
    why = "four_eyes" if hard else "new" if made.kind in _KINDS and row.state == "received" and _is_new(session, made.actor) else ""
    if why:
        due_at = working_days_after(now, WITHIN, house(session))
        values = {"contribution_id": row.id, "decision_id": made.id, "why": why, "first_actor": made.actor, "due_at": due_at, "outcome": ""}
        session.execute(sa.insert(second_look).values(id=new_id(now), **values))


def _is_new(session: Session, actor: str) -> bool:
    if not actor.startswith("staff:"):
        return False
    mine = sa.select(second_look.c.id).where(second_look.c.first_actor == actor, second_look.c.why == "new").limit(FIRST)
    return (session.scalar(sa.select(sa.func.count()).select_from(mine.subquery())) or 0) < FIRST


def waiting(session: Session, actor: str, within: Within = None) -> int:
    """How many decisions of others wait for a second look, up to a hundred."""
    query = sa.select(second_look.c.id).join(contribution).where(*_open(actor, within)).limit(_COUNTED)
    return session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def _open(actor: str, within: Within) -> tuple[sa.ColumnElement[bool], ...]:
    here = processes.inside(contribution.c.process_id, within)
    return second_look.c.outcome == "", second_look.c.first_actor != actor, *here


def listing(session: Session, actor: str, limit: int = 20, within: Within = None) -> tuple[Look, ...]:
    """Decisions of others that wait for a second look, what is due first first."""
    query = (
        sa.select(second_look.c.id.label("look_id"), second_look.c.why, second_look.c.due_at, decision, contribution.c.ref)
        .join(decision, decision.c.id == second_look.c.decision_id)
        .join(contribution, contribution.c.id == second_look.c.contribution_id)
        .where(*_open(actor, within))
        .order_by(second_look.c.due_at, second_look.c.id)
        .limit(limit)
    )
    found = []
    for row in session.execute(query):
        about = session.execute(sa.select(contribution).where(contribution.c.id == row.contribution_id)).one()
        found.append(
            Look(
                id=row.look_id,
                ref=row.ref,
                why=row.why,
                kind=row.kind,
                reason=row.reason,
                fact=row.fact,
                said=items.details(session, row).text if row.kind in {"answer", "ask_again"} else "",
                text=items.original(session, about),
                public_text=about.public_text or "",
                language=about.language,
                decided_at=row.effective_at,
                due_at=row.due_at,
            )
        )
    return tuple(found)


def look(  # noqa: PLR0917 - what, by whom, when
    session: Session, now: datetime, look_id: int, actor: str, outcome: str, note: str = ""
) -> None:
    """Say what one thinks of a colleague's decision, "agreed" or "other"; `note` is for them.

    With "other" a refusal, or words that were hidden, are decided anew by a third eye, as an appeal: not by who decided first.
    Raises CannotLook.
    """
    row = session.execute(sa.select(second_look).where(second_look.c.id == look_id).with_for_update()).one_or_none()
    if row is None or row.outcome or row.first_actor == actor or outcome not in {"agreed", "other"}:
        raise CannotLook("it was looked at, or it is your own decision")
    sealed = house(session).keys.seal("second_look", row.id, note.strip().encode()) if note.strip() else None
    values = {"outcome": outcome, "actor": actor, "sealed": sealed, "at": now}
    session.execute(sa.update(second_look).where(second_look.c.id == row.id).values(**values))
    subject = session.scalar(sa.select(contribution.c.subject).where(contribution.c.id == row.contribution_id)) or ""
    audit.write(session, [audit.line(actor, "decision.second_look", subject, outcome=outcome)], now)
    if outcome == "other":
        appeals.open_by_colleague(session, now, row.contribution_id, actor)


class Told(msgspec.Struct, frozen=True):
    """What somebody thought of a decision of one's own: the reference, and their words."""

    ref: str
    note: str
    at: datetime


def told(session: Session, actor: str, limit: int = 20) -> tuple[Told, ...]:
    """Where a second person would have decided otherwise about one's own decisions, the latest first."""
    mine = (second_look.c.first_actor == actor, second_look.c.outcome == "other", second_look.c.at.is_not(None))
    query = sa.select(second_look, contribution.c.ref).join(contribution, contribution.c.id == second_look.c.contribution_id).where(*mine)
    keys = house(session).keys
    return tuple(
        Told(row.ref, keys.open("second_look", row.id, row.sealed).decode() if row.sealed else "", row.at)
        for row in session.execute(query.order_by(second_look.c.at.desc()).limit(limit))
    )
