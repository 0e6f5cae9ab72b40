"""The way to a platform: what is due is `sending` from the commit on, so that a crash leaves a doubt and never a duplicate."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import leases
from outreach.record import programme
from outreach.relays.words import LEASE, ROWS, Fenced, Job, write
from outreach.tables import entry, process, relay

AT_ONCE = 16
_SHOWN = sa.or_(relay.c.wants == "withdraw", ~sa.exists().where(entry.c.ref == relay.c.ref, entry.c.hidden_at.is_not(None)))
"""A reported text leaves for nowhere until a person has looked."""
_WANTS, _STATES = ("withdraw", "publish"), ("to_reconcile", "pending")  # who goes first: a person who takes words back


def is_due(session: Session, target_id: int, now: datetime) -> bool:
    """Whether a claim would find anything: a look that writes nothing."""
    due = (relay.c.target_id == target_id, relay.c.state.in_(_STATES), relay.c.not_before <= now, _SHOWN)
    return session.execute(sa.select(relay.c.id).where(*due).limit(1)).first() is not None


def claim(session: Session, target_id: int, holder: str, epoch: int, now: datetime, *, limit: int = AT_ONCE) -> list[Job]:
    """Take what is due for a platform, withdrawals first; it is `sending` when this has committed. Raises Fenced."""
    rows: list[Any] = []
    for wants in _WANTS:
        for state in _STATES:
            due = (relay.c.target_id == target_id, relay.c.state == state, relay.c.wants == wants, relay.c.not_before <= now, _SHOWN)
            if len(rows) < limit:
                found = ROWS.where(*due).order_by(relay.c.not_before, relay.c.id).limit(limit - len(rows))
                rows += session.execute(found.with_for_update(of=relay, skip_locked=True))
    if not rows:
        return []
    if not leases.is_held(session, LEASE, holder, epoch):
        raise Fenced
    write(session, [(row, {"state": "sending", "epoch": epoch, "attempts": row.attempts + 1}) for row in rows], now, "clock")
    return _jobs(session, rows)


def jobs(session: Session, rows: list[Any]) -> list[Job]:
    """Copies with all that a platform is told of them; in the order of `rows`."""
    return _jobs(session, rows)


def _jobs(session: Session, rows: list[Any]) -> list[Job]:
    held = sa.select(entry, process.c.slug).join(process, process.c.id == entry.c.process_id)
    texts = {one.ref: one for one in session.execute(held.where(entry.c.ref.in_([row.ref for row in rows])))}
    about = programme.by_id(session, {one.process_id for one in texts.values()})
    found = []
    for row in rows:
        text, known = texts[row.ref], about[texts[row.ref].process_id]
        found.append(
            Job(
                id=row.id, ref=row.ref, wants=row.wants, version=row.version, text=text.text or "", language=text.language,
                process=known.slug, title=known.document.title.get("fr", known.slug),
                question=known.question(text.question, "fr", short=False), received_on=text.received_on, published_at=text.published_at,
                redacted=text.redacted, grouped_with=text.grouped_with, external=row.external, address=row.address, doubt=row.doubt,
                stale=row.stale, failures=row.failures,
            )
        )  # fmt: skip
    return found
