"""A person takes words back: one contribution, or all of them, published ones too if they wish so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import Forget, Withdraw
from conversations.outcomes import Forgotten, Unknown
from outreach import contributions, notices, record, relays
from outreach.contributions import copies
from outreach.tables import appeal, contribution, decision, translation

PUBLISHED = frozenset({"published", "taken_up", "not_taken_up", "responded", "carried_out"})
"""States in which the public can read the text."""

_NOTHING: dict[str, Any] = {
    "address_id": None,
    "pseudonym": "",
    "sealed": None,
    "age": "",
    "easy": "",
    "card": "",
    "sources": "[]",
    "claimed_by": None,
    "claimed_until": None,
}


def withdraw(session: Session, address_id: int, effect: Withdraw | Forget, now: datetime) -> Forgotten | Unknown:
    """Erase one contribution of an address (Withdraw), or all of them (Forget).

    Texts, originals and what was written about them are gone at once; a published text leaves a mark in the record. With
    `Forget("keep")` the published ones stay there without any link to the person. Outcome: Forgotten, or Unknown when the
    reference is none of this address's.
    """
    query = sa.select(contribution.c.id, contribution.c.ref, contribution.c.subject, contribution.c.state).where(
        contribution.c.address_id == address_id
    )
    if isinstance(effect, Withdraw):
        query = query.where(contribution.c.ref == effect.ref)
    rows = session.execute(query.order_by(contribution.c.id).with_for_update()).all()
    if isinstance(effect, Withdraw) and not rows:
        return Unknown()
    keep = isinstance(effect, Forget) and effect.published == "keep"
    kept = [row for row in rows if keep and row.state in PUBLISHED]
    gone = [row for row in rows if row not in kept]
    erase(session, gone, now, "citizen")
    unlink(session, [row.id for row in kept])
    return Forgotten(len(gone), len(kept))


def erase(session: Session, rows: Sequence[Any], now: datetime, actor: str) -> None:
    """Withdraw contributions (rows with id, ref, subject, state), whatever their state, and all that quotes them."""
    if not rows:
        return
    contributions.move(session, rows, "withdrawn", now, actor, public_text=None, **_NOTHING)
    ids = [row.id for row in rows]
    copies.forget(session, ids)
    _undone(session, ids)
    session.execute(sa.delete(translation).where(translation.c.contribution_id.in_(ids)))
    session.execute(sa.update(appeal).where(appeal.c.contribution_id.in_(ids), appeal.c.outcome == "").values(outcome="dropped"))
    record.withdraw(session, {row.ref: row.subject for row in rows}, now)
    relays.take_back(session, [row.ref for row in rows], now, actor)


def unlink(session: Session, ids: Sequence[int]) -> None:
    """Cut every link from published contributions to their authors; only the public text stays."""
    if ids:
        session.execute(sa.update(contribution).where(contribution.c.id.in_(ids)).values(**_NOTHING))
        _undone(session, ids)


def _undone(session: Session, ids: Sequence[int]) -> None:
    """No decision waits any more, and none keeps words."""
    session.execute(sa.update(decision).where(decision.c.contribution_id.in_(ids)).values(sealed=None, fact=""))
    session.execute(sa.update(decision).where(decision.c.contribution_id.in_(ids), decision.c.state == "waiting").values(state="undone"))
    notices.forget(session, ids)
