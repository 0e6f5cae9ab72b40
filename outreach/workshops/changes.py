"""A workshop that moves or is cancelled: everybody who signed up is told, once a change, in their language (LINK-12)."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import Cancelled, Moved
from outreach import notices
from outreach.notices import Planned
from outreach.tables import need, registration, workshop
from outreach.workshops import register, waiting
from outreach.workshops.register import Entry, Register

LIFE = timedelta(days=7)


def tell_changes(session: Session, now: datetime, limit: int = 20) -> int:
    """Tell what changed since it was last told; how many workshops. A change that was not said yet gives way to the newer one."""
    ids = list(session.scalars(sa.select(workshop.c.id).where(workshop.c.told < workshop.c.sequence).order_by(workshop.c.id).limit(limit)))
    registers = register.open_ids(session, ids)
    for one in registers.values():
        live = [entry for entry in one.entries.values() if entry.state in {"confirmed", "waiting", "offered"}]
        _tell(session, one, live, now)
        if one.status == "cancelled":
            for entry in live:
                entry.move("cancelled", waits_since=None, offered_until=None, holds=False)
        else:
            waiting.fill(session, one, now)
        for entry in live:
            entry.touched = True  # their reminders have another hour
        waiting.settle(session, one, now, "clock")
    session.execute(sa.update(workshop).where(workshop.c.id.in_(ids)).values(told=workshop.c.sequence))
    _move_ends(session, list(registers.values()))
    return len(ids)


def _tell(session: Session, one: Register, live: list[Entry], now: datetime) -> None:
    notices.unplan(session, [entry.id for entry in live], ("change.",))
    deadline = min(now + LIFE, max(one.starts_at, now + timedelta(hours=1)))
    notices.plan(
        session,
        [
            Planned(
                entry.address_id,
                entry.id,
                f"change.{one.sequence}",
                Cancelled(one.spoken) if one.status == "cancelled" else _moved(one, entry),
                now,
                deadline,
            )
            for entry in live
        ],
        now,
    )


def _moved(one: Register, entry: Entry) -> Moved:
    holds = entry.state == "confirmed"
    return Moved(one.spoken, entry.code if holds and entry.mode == "room" else "", waits=not holds)


def _move_ends(session: Session, registers: list[Register]) -> None:
    """What is kept until so long after the workshop is kept until so long after its new end."""
    for one in registers:
        session.execute(sa.update(registration).where(registration.c.workshop_id == one.id).values(until=one.ends_at))
        mine = sa.select(registration.c.id).where(registration.c.workshop_id == one.id)
        session.execute(sa.update(need).where(need.c.registration_id.in_(mine)).values(until=one.ends_at))
