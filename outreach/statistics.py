"""Figures of a process and of the house: counts of states, never of people's traits."""

from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.tables import address, consent, contribution, counted, entry, inbound, outbox, process

_ANSWER_DUE = ("published", "taken_up", "not_taken_up")
"""Published, and the elected officials have not answered yet."""


class Figures(msgspec.Struct, frozen=True):
    """One process: what came in and what became of it. `states` leaves out those that nobody is in."""

    slug: str
    received: int
    published: int
    read_only: int
    refused: int
    appealed: int
    states: dict[str, int]


class Overview(msgspec.Struct, frozen=True):
    """The whole house at a glance. `unknown`: messages that may have gone out unseen; `heard`: messages that came in."""

    reachable: int
    contributions: int
    due: int
    queued: int
    sent: int
    unknown: int
    heard: int


def figures(session: Session, slug: str) -> Figures | None:
    """Counts by state of one process's contributions; None: no such process."""
    process_id = session.scalar(sa.select(process.c.id).where(process.c.slug == slug))
    if process_id is None:
        return None
    query = (
        sa.select(contribution.c.state, sa.func.count().label("number"))
        .where(contribution.c.process_id == process_id, counted)
        .group_by(contribution.c.state)
    )
    states = {row.state: row.number for row in session.execute(query.order_by(contribution.c.state))}
    published = session.scalar(
        sa.select(sa.func.count()).select_from(entry).where(entry.c.process_id == process_id, entry.c.withdrawn_at.is_(None))
    )
    return Figures(
        slug=slug,
        received=sum(states.values()),
        published=published or 0,
        read_only=states.get("read_only", 0),
        refused=states.get("refused", 0) + states.get("upheld", 0),
        appealed=states.get("appealed", 0),
        states=states,
    )


def overview(session: Session) -> Overview:
    """The four counters of the demonstration, and what stands in the outbox."""
    willing = (
        sa.select(sa.func.count(sa.distinct(address.c.contact_id)))
        .join_from(consent, address)
        .where(
            consent.c.purpose == "workshops",
            consent.c.withdrawn_at.is_(None),
            address.c.stopped_at.is_(None),
            address.c.paused_until.is_(None),
            address.c.unreachable_at.is_(None),
        )
    )
    of_states = sa.select(outbox.c.state, sa.func.count().label("number")).group_by(outbox.c.state)
    states = {row.state: row.number for row in session.execute(of_states)}
    return Overview(
        reachable=session.scalar(willing) or 0,
        contributions=session.scalar(sa.select(sa.func.count()).select_from(contribution).where(counted)) or 0,
        due=session.scalar(sa.select(sa.func.count()).select_from(contribution).where(contribution.c.state.in_(_ANSWER_DUE))) or 0,
        queued=states.get("queued", 0) + states.get("sending", 0),
        sent=states.get("wired", 0) + states.get("delivered", 0),
        unknown=session.scalar(sa.select(sa.func.count()).select_from(outbox).where(outbox.c.why == "unclear")) or 0,
        heard=session.scalar(sa.select(sa.func.count()).select_from(inbound)) or 0,
    )


def leaving(session: Session, now: datetime) -> int:
    """How many messages may leave at this instant and have not yet."""
    due = sa.and_(outbox.c.state.in_(("queued", "sending")), outbox.c.not_before <= now, outbox.c.expires_at > now)
    return session.scalar(sa.select(sa.func.count()).select_from(outbox).where(due)) or 0
