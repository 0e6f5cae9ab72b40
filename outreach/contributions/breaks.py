"""When a moderator has read long enough, or enough that is hard, a pause is proposed: nobody is counted, nothing is kept (MOD-56)."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.contributions import triage
from outreach.tables import contribution, decision

LONG = timedelta(minutes=45)
HARD = 20
"""Texts that hurt to read."""
REASONS = frozenset({"R2", "R3", "R8"})
"""A text that was refused so was one of them."""
STANDS = ("waiting", "applied")
"""The states of a decision that was not taken back."""
_HURTS = triage.VIOLENT | {"distress"}
A_PAUSE = timedelta(minutes=10)
"""Without a decision for so long is a pause."""
_BEFORE = timedelta(hours=4)
_MOST = 500


class Stretch(msgspec.Struct, frozen=True):
    """Reading without a pause: since how many minutes, and how many of the texts were hard."""

    minutes: int
    hard: int


def due(session: Session, now: datetime, actor: str) -> Stretch | None:
    """The stretch that this person is in, once it is long enough for a pause; None before."""
    columns = (decision.c.made_at, decision.c.reason, contribution.c.flags)
    recent = (decision.c.state.in_(STANDS), decision.c.effective_at > now - _BEFORE, decision.c.actor == actor)
    query = sa.select(*columns).join(contribution, contribution.c.id == decision.c.contribution_id).where(*recent)
    began, hard = now, 0
    for row in session.execute(query.order_by(decision.c.effective_at.desc(), decision.c.id.desc()).limit(_MOST)):
        if began - row.made_at > A_PAUSE:
            break
        began = min(began, row.made_at)
        hard += is_hard(row.flags, row.reason)
    enough = now - began >= LONG or hard >= HARD
    return Stretch((now - began) // timedelta(minutes=1), hard) if enough else None


def is_hard(flags: str | None, reason: str | None) -> bool:
    """Whether a text hurt to read, by what was seen in it or by why it was refused."""
    return reason in REASONS or not _HURTS.isdisjoint((flags or "").split())
