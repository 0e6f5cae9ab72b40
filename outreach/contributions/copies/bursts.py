"""A burst: many more texts than usual in an hour, or many that say the same; publication goes on, staff and public are told (MOD-72)."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.references import first_id
from outreach.tables import contribution, process

HOUR = timedelta(hours=1)
USUAL = timedelta(days=7)
"""What is usual is what came in so many days before."""
TIMES = 5
ALIKE = 0.3
FEWEST = 20
"""Texts in an hour: below, nothing is a burst."""


class Burst(msgspec.Struct, frozen=True):
    """How many texts of a process came in the last hour, how many of them say the same as others, and how many are usual in an hour."""

    process: str
    received: int
    alike: int
    usual: float


def bursts(session: Session, now: datetime) -> tuple[Burst, ...]:
    """The processes that receive a burst now. A look at the newest rows, found by their number, which is their time."""
    same = sa.func.count().filter(contribution.c.copy_of != "")
    query = (
        sa.select(process.c.slug, contribution.c.process_id, sa.func.count().label("received"), same.label("alike"))
        .join(process, process.c.id == contribution.c.process_id)
        .where(contribution.c.id >= first_id(now - HOUR), contribution.c.received_at >= now - HOUR)
        .group_by(process.c.slug, contribution.c.process_id)
        .having(sa.func.count() >= FEWEST)
        .order_by(process.c.slug)
    )
    found = []
    for row in session.execute(query):
        before = sa.select(sa.func.count()).where(
            contribution.c.process_id == row.process_id, contribution.c.received_at.between(now - USUAL, now - HOUR)
        )
        usual = (session.scalar(before) or 0) / (USUAL / HOUR)
        if row.received > TIMES * max(usual, 1.0) or row.alike > ALIKE * row.received:
            found.append(Burst(row.slug, row.received, row.alike, round(usual, 1)))
    return tuple(found)
