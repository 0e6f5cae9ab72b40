"""What is due, and when the next thing is: the clock looks here before it asks for a write."""

from datetime import date, datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.house import house
from outreach.tables import (
    address,
    audit,
    avis,
    contribution,
    decision,
    leaf,
    minutes,
    notice,
    process,
    registration,
    setting,
    telling,
    wakeup,
    workshop,
)

_ADVANCED = "clock_advanced"


class Due(msgspec.Struct, frozen=True):
    """Which of the clock's errands have something to do."""

    silences: bool
    decisions: bool
    notices: bool
    chain: bool
    offers: bool
    changes: bool
    minutes: bool
    answers: bool
    late: bool


def due(session: Session, now: datetime) -> Due:
    """One look at a handful of indexes."""
    found = session.execute(
        sa.select(
            sa.exists().where(wakeup.c.due_at <= now),
            sa.exists().where(decision.c.state == "waiting", decision.c.effective_at <= now),
            sa.exists().where(notice.c.state == "waiting", notice.c.due_at <= now),
            sa.or_(sa.exists().where(audit.c.place.is_(None)), sa.exists().where(leaf.c.place.is_(None))),
            sa.or_(
                sa.exists().where(registration.c.state == "offered", registration.c.offered_until <= now),
                sa.exists().where(workshop.c.next_wave_at <= now),
            ),
            sa.exists().where(workshop.c.told < workshop.c.sequence),
            sa.exists().where(minutes.c.published_at.is_(None), minutes.c.corrections_until <= now),
            sa.or_(
                sa.exists().where(telling.c.done_at.is_(None)),
                sa.exists().where(avis.c.answered_at.is_not(None), sa.exists().where(*unanswered(avis.c.process_id)).correlate(avis)),
            ),
            sa.exists().where(*late(now.astimezone(house(session).timezone).date())),
        )
    ).one()
    return Due(*(bool(value) for value in found))


CITABLE = ("published", "taken_up", "not_taken_up")
"""States of words in the record whose author was not told of the answer yet."""


def unanswered(process_id: sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Of the contributions of a process whose response is published: its author was not told yet; who objected is left in peace."""
    objected = sa.exists().where(address.c.id == contribution.c.address_id, address.c.objected_at.is_not(None))
    return contribution.c.process_id == process_id, contribution.c.state.in_(CITABLE), ~objected


def late(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Of a process: the promised day of its answer passed, and nobody was told."""
    told = sa.or_(process.c.late_told.is_(None), process.c.late_told != process.c.promised_on)
    return process.c.state.in_(("open", "avis_handed_over", "instruction", "arbitration")), process.c.promised_on < today, told


def next_at(session: Session) -> datetime | None:
    """The earliest instant at which a silence, a decision, a notice, an offer or the end of corrections is due; None when nothing waits."""
    instants = [
        session.scalar(sa.select(sa.func.min(wakeup.c.due_at))),
        session.scalar(sa.select(sa.func.min(decision.c.effective_at)).where(decision.c.state == "waiting")),
        session.scalar(sa.select(sa.func.min(notice.c.due_at)).where(notice.c.state == "waiting")),
        session.scalar(sa.select(sa.func.min(registration.c.offered_until)).where(registration.c.state == "offered")),
        session.scalar(sa.select(sa.func.min(workshop.c.next_wave_at))),
        session.scalar(sa.select(sa.func.min(minutes.c.corrections_until)).where(minutes.c.published_at.is_(None))),
    ]
    return min((instant for instant in instants if instant is not None), default=None)


def advanced(session: Session) -> timedelta:
    """How far a demonstration's clock was moved by hand: after a restart its day goes on where it was."""
    return timedelta(seconds=float(session.scalar(sa.select(setting.c.value).where(setting.c.name == _ADVANCED)) or 0))


def remember_advance(session: Session, much: timedelta) -> None:
    """Add to it."""
    total = advanced(session) + much
    forget_advance(session)
    session.execute(setting.insert().values(name=_ADVANCED, value=str(total.total_seconds())))


def forget_advance(session: Session) -> None:
    """From now on the clock is that of the settings again."""
    session.execute(sa.delete(setting).where(setting.c.name == _ADVANCED))
