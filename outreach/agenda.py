"""What is due, and when the next thing is: the clock looks here before it asks for a write."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.tables import audit, contribution, decision, leaf, minutes, notice, registration, setting, unread, wakeup, workshop

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


def texts(session: Session) -> bool:
    """Whether texts came in that nobody has looked at."""
    return session.scalar(sa.select(contribution.c.id).where(unread).limit(1)) is not None


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
        )
    ).one()
    return Due(*(bool(value) for value in found))


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
