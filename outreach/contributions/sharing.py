"""Hard texts are shared out: after one of them others come first, but a life in danger waits for nobody's rest (MOD-56)."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.contributions import breaks, triage
from outreach.tables import audit, contribution, decision

EASY = 3
"""Texts that somebody reads between two hard ones, as long as others wait."""
LATELY = timedelta(minutes=10)
"""What somebody read and left is for the others so long; who read nothing so long has rested."""
_MOST = 500


class Lately(msgspec.Struct, frozen=True):
    """What one person has just opened, by its subject, the last one 0; and whether a hard one was among the last `EASY`."""

    subjects: dict[str, int]
    hard: bool


def lately(session: Session, now: datetime, actor: str) -> Lately:
    """Read from the lines that each opening writes anyway: nothing is counted, and nothing more is kept of anybody."""
    lines = sa.select(audit.c.subject, audit.c.at).where(audit.c.actor == actor, audit.c.action == "contribution.opened")
    rows = session.execute(lines.order_by(audit.c.id.desc()).limit(_MOST))
    subjects = tuple(dict.fromkeys(row.subject for row in rows if row.at > now - LATELY))
    # not the bare column: SQLite would go through every decision of these states, instead of the few of these texts
    theirs = (decision.c.contribution_id == contribution.c.id, decision.c.actor == actor, (decision.c.state + "").in_(breaks.STANDS))
    last = sa.select(contribution.c.flags, decision.c.reason).outerjoin(decision, sa.and_(*theirs))
    found = session.execute(last.where(contribution.c.subject.in_(subjects[:EASY]))) if subjects else ()
    return Lately({subject: place for place, subject in enumerate(subjects)}, any(breaks.is_hard(row.flags, row.reason) for row in found))


def can_wait(flags: str | None) -> bool:
    """Whether a text is for somebody who has not just read a hard one.

    Distress never is: whoever is there reads it next, however much they have read, for a life comes first.
    """
    seen = (flags or "").split()
    return not triage.VIOLENT.isdisjoint(seen) and "distress" not in seen
