"""Was it easy? How many said yes and no beside their contributions, small cells hidden, once a week."""

from datetime import datetime
from functools import partial

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import weekly
from outreach.smallcells import Column, column
from outreach.tables import contribution, process
from outreach.weekly import Issued

ANSWERS = ("yes", "no")


class Ease(msgspec.Struct, frozen=True):
    """The answers, in the order of ANSWERS."""

    answers: Column


def of(session: Session, now: datetime, slug: str) -> Issued[Ease] | None:
    """The answers of a process as they were first looked at this week; None: no such process."""
    process_id = session.scalar(sa.select(process.c.id).where(process.c.slug == slug))
    return None if process_id is None else weekly.issued(session, f"ease/{slug}", now, Ease, partial(_count, session, process_id))


def _count(session: Session, process_id: int) -> Ease:
    query = sa.select(contribution.c.easy, sa.func.count()).where(contribution.c.process_id == process_id, contribution.c.easy != "")
    found = session.execute(query.group_by(contribution.c.easy)).all()
    return Ease(column([sum(many for said, many in found if said == answer) for answer in ANSWERS]))
