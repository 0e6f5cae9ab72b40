"""A person asks for a rest: nothing unasked for some weeks, then it goes on, with the news of what was decided meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import contacts, notices, outbox, workshops
from outreach.tables import address


def begin(session: Session, address_id: int, days: int, now: datetime) -> datetime:
    """Pause an address; what waits to leave unasked goes no more. Until when.

    Seats and places in a line stay; who would be offered a seat meanwhile is passed over and keeps the rank.
    """
    until = now + timedelta(days=days)
    contacts.pause(session, address_id, until, now)
    outbox.drop(session, [address_id], "paused", now)
    return until


def end(session: Session, address_ids: Sequence[int], now: datetime) -> int:
    """Go on: what was kept back is told now, and who waits for a seat is asked if one is free. How many had a pause."""
    ended = [address_id for address_id in sorted(address_ids) if contacts.end_pause(session, address_id, now)]
    notices.wake(session, ended, now)
    workshops.come_back(session, ended, now)
    return len(ended)


def end_due(session: Session, now: datetime, limit: int = 100) -> int:
    """End the pauses whose time has come; how many."""
    query = sa.select(address.c.id).where(address.c.paused_until <= now).order_by(address.c.id).limit(limit)
    return end(session, list(session.scalars(query.with_for_update(skip_locked=True))), now)
