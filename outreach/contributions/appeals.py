"""RECOURS: a refusal, or words that were hidden, are looked at by another person within five working days."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.outcomes import Appealed, NoAppeal
from outreach import audit, contributions
from outreach.contributions.days import months_after, working_days_after
from outreach.contributions.own import APPEAL_MONTHS, reasons_of
from outreach.house import house
from outreach.tables import appeal, contribution

ANSWER_WITHIN = 5
"""Working days (MOD-30)."""


def open_(session: Session, now: datetime, address_id: int, ref: str = "") -> Appealed | NoAppeal:
    """Contest the refusal of a contribution of this address, or the words hidden in it; `ref` "": the last one that can be.

    Six months long. NoAppeal("late") afterwards, ("already") when it was contested before, ("nothing") when nothing was refused.
    """
    return _open(session, now, contribution.c.address_id == address_id, *((contribution.c.ref == ref,) if ref else ()))


def open_of(session: Session, now: datetime, contribution_id: int) -> Appealed | NoAppeal:
    """The same for one contribution, by who proved to be its author in another way than by their address."""
    return _open(session, now, contribution.c.id == contribution_id)


def open_by_colleague(session: Session, now: datetime, contribution_id: int, actor: str) -> bool:
    """The same for a refusal, or hidden words, that a second person would have decided otherwise; False where there is none."""
    row = session.execute(sa.select(contribution).where(contribution.c.id == contribution_id).with_for_update()).one()
    reason = reasons_of(session, [row.id]).get(row.id)
    known = session.scalar(sa.select(appeal.c.contribution_id).where(appeal.c.contribution_id == row.id))
    if row.state not in {"refused", "published"} or reason is None or known is not None:
        return False
    _record(session, now, row, reason.actor, by=actor)
    return True


def _open(session: Session, now: datetime, *mine: sa.ColumnElement[bool]) -> Appealed | NoAppeal:
    query = sa.select(contribution).where(*mine, contribution.c.state.in_(("refused", "appealed", "upheld", "published")))
    rows = {row.id: row for row in session.execute(query.order_by(contribution.c.id).with_for_update())}
    reasons = reasons_of(session, list(rows))
    contested = set(session.scalars(sa.select(appeal.c.contribution_id).where(appeal.c.contribution_id.in_(rows))))
    open_ones = [id_ for id_ in reasons if id_ not in contested]
    if not open_ones:
        return NoAppeal("already" if contested else "nothing")
    last = max(open_ones, key=lambda id_: (rows[id_].state == "refused", reasons[id_].effective_at))
    zone = house(session).timezone
    if now.astimezone(zone).date() > months_after(reasons[last].effective_at.astimezone(zone).date(), APPEAL_MONTHS):
        return NoAppeal("late")
    return _record(session, now, rows[last], reasons[last].actor)


def _record(session: Session, now: datetime, row: Any, first_actor: str, by: str = "citizen") -> Appealed:  # noqa: ANN401 - a row of the table
    answer_by = working_days_after(now, ANSWER_WITHIN, house(session))
    session.execute(
        sa.insert(appeal).values(contribution_id=row.id, opened_at=now, answer_by=answer_by, first_actor=first_actor, outcome="")
    )
    values = {"claimed_by": None, "claimed_until": None}
    if row.state == "refused":
        contributions.move(session, [row], "appealed", now, by, **values)
    else:  # what is published stays so while another person looks at what was hidden
        session.execute(sa.update(contribution).where(contribution.c.id == row.id).values(changed_at=now, **values))
    audit.write(session, [audit.line(by, "appeal.opened", row.subject, state=row.state)], now)
    return Appealed(row.ref, answer_by.date())
