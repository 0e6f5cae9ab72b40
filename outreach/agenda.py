"""What is due, and when the next thing is: the clock looks here before it asks for a write."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.house import house
from outreach.tables import (
    address,
    audit,
    avis,
    campaign,
    checkpoint,
    contribution,
    decision,
    figure,
    leaf,
    minutes,
    notice,
    pooled,
    process,
    registration,
    setting,
    telling,
    unread,
    wakeup,
    workshop,
)

_ADVANCED = "clock_advanced"
A_LOT = 20
"""Decisions among which one is drawn, to be read again by somebody who does not know it."""


class Due(msgspec.Struct, frozen=True):
    """Which of the clock's errands have something to do."""

    silences: bool
    decisions: bool
    notices: bool
    chain: bool
    offers: bool
    changes: bool
    minutes: bool
    pauses: bool
    campaigns: bool
    filling: bool
    answers: bool
    late: bool
    tree: bool
    month: bool
    sample: bool


def texts(session: Session) -> bool:
    """Whether texts came in that nobody has looked at."""
    return session.scalar(sa.select(contribution.c.id).where(unread).limit(1)) is not None


def due(session: Session, now: datetime) -> Due:
    """One look at a handful of indexes."""
    looks = _looks(now, now.astimezone(house(session).timezone))
    found = session.execute(sa.select(*(look.label(name) for name, look in looks.items()))).one()
    return Due(**{name: bool(value) for name, value in zip(looks, found, strict=True)})


def _looks(now: datetime, local: datetime) -> dict[str, sa.ColumnElement[bool]]:
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return {
        "silences": sa.exists().where(wakeup.c.due_at <= now),
        "decisions": sa.exists().where(decision.c.state == "waiting", decision.c.effective_at <= now),
        "notices": sa.exists().where(notice.c.state == "waiting", notice.c.due_at <= now),
        "chain": sa.or_(sa.exists().where(audit.c.place.is_(None)), sa.exists().where(leaf.c.place.is_(None))),
        "offers": sa.or_(
            sa.exists().where(registration.c.state == "offered", registration.c.offered_until <= now),
            sa.exists().where(workshop.c.next_wave_at <= now),
        ),
        "changes": sa.exists().where(workshop.c.told < workshop.c.sequence),
        "minutes": sa.exists().where(minutes.c.published_at.is_(None), minutes.c.corrections_until <= now),
        "pauses": sa.exists().where(address.c.paused_until <= now),
        "campaigns": sa.or_(
            sa.exists().where(campaign.c.state == "sending"),
            sa.exists().where(campaign.c.state == "scheduled", campaign.c.starts_at <= now),
        ),
        "filling": sa.exists().where(campaign.c.state == "sending", campaign.c.filled_at.is_(None)),
        "answers": sa.or_(
            sa.exists().where(telling.c.done_at.is_(None)),
            sa.exists().where(avis.c.answered_at.is_not(None), sa.exists().where(*unanswered(avis.c.process_id)).correlate(avis)),
        ),
        "late": sa.exists().where(*late(local.date())),
        "tree": sa.func.coalesce(sa.select(sa.func.max(leaf.c.place)).scalar_subquery(), 0)
        > sa.func.coalesce(sa.select(sa.func.max(checkpoint.c.size)).scalar_subquery(), 0),
        "month": sa.and_(
            sa.func.coalesce(sa.select(sa.func.max(figure.c.month)).scalar_subquery(), "") < f"{month - timedelta(days=1):%Y-%m}",
            sa.select(contribution.c.received_at).order_by(contribution.c.id).limit(1).scalar_subquery() < month,  # the first one
        ),
        "sample": sa.select(sa.func.count()).select_from(sa.select(decision.c.id).where(pooled).limit(A_LOT).subquery()).scalar_subquery()
        >= A_LOT,
    }


CITABLE = ("published", "taken_up", "not_taken_up")
"""States of words in the record whose author was not told of the answer yet."""
OWING = ("open", "avis_handed_over", "instruction", "arbitration")
"""States of a process whose answer is still owed: from its opening until the response is published."""


def unanswered(process_id: sa.ColumnElement[int], states: Collection[str] = CITABLE) -> tuple[sa.ColumnElement[bool], ...]:
    """Of the contributions of a process whose response is published: its author was not told yet; who objected is left in peace.

    `states`: those that count before it is.
    """
    objected = sa.exists().where(address.c.id == contribution.c.address_id, address.c.objected_at.is_not(None))
    return contribution.c.process_id == process_id, contribution.c.state.in_(states), ~objected


def late(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Of a process: the promised day of its answer passed, and nobody was told."""
    told = sa.or_(process.c.late_told.is_(None), process.c.late_told != process.c.promised_on)
    return process.c.state.in_(OWING), process.c.promised_on < today, told


def next_at(session: Session) -> datetime | None:
    """The earliest instant at which a silence, a decision, a notice, an offer, a campaign… is due; None when nothing waits."""
    instants = [
        session.scalar(sa.select(sa.func.min(wakeup.c.due_at))),
        session.scalar(sa.select(sa.func.min(decision.c.effective_at)).where(decision.c.state == "waiting")),
        session.scalar(sa.select(sa.func.min(notice.c.due_at)).where(notice.c.state == "waiting")),
        session.scalar(sa.select(sa.func.min(registration.c.offered_until)).where(registration.c.state == "offered")),
        session.scalar(sa.select(sa.func.min(workshop.c.next_wave_at))),
        session.scalar(sa.select(sa.func.min(campaign.c.starts_at)).where(campaign.c.state == "scheduled")),
        session.scalar(sa.select(sa.func.min(minutes.c.corrections_until)).where(minutes.c.published_at.is_(None))),
        session.scalar(sa.select(sa.func.min(address.c.paused_until))),
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
