"""What stops a campaign by itself: too many STOP, too many failures, the month's budget; and what its SMS cost."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach.house import house
from outreach.tables import address, outbox, solicitation, spending

FIRST = 200
MOST_STOPS, MOST_FAILURES = Decimal("0.03"), Decimal("0.20")
"""More than 3 % of STOP among the first 200 told, or more than 20 % of failures, and a person looks first (UX-08)."""
ENOUGH = 20  # messages that failed or not, before their share says anything
ALARM = Decimal("0.8")


class Purse(msgspec.Struct, frozen=True):
    """The month's SMS of campaigns, in euros; `budget` None: as much as it takes. `alarm`: four fifths are gone."""

    month: str
    parts: int
    spent: Decimal
    budget: Decimal | None

    @property
    def alarm(self) -> bool:
        """Whether somebody should know."""
        return self.budget is not None and self.spent >= ALARM * self.budget

    def left(self, price: Decimal) -> int | None:
        """How many parts may still go; None: any number."""
        return None if self.budget is None else int((self.budget - self.spent) / price) if price else None


def reason(session: Session, row: Any) -> str:  # noqa: ANN401 - a row of the table
    """Why this campaign should stop now: "stops", "failures", or "" when it may go on; what a person looked at counts no more."""
    if not row.said:
        return ""
    stops, failures = counted(session, row)
    if stops - row.stops_seen > MOST_STOPS * max(FIRST, row.said):
        return "stops"
    return "failures" if row.said >= ENOUGH and failures - row.failures_seen > MOST_FAILURES * row.said else ""


def counted(session: Session, row: Any) -> tuple[int, int]:  # noqa: ANN401 - a row of the table
    """How many said STOP after it, and how many of its messages failed."""
    stops = session.scalar(
        sa.select(sa.func.count())
        .select_from(address)
        .join(solicitation, sa.and_(solicitation.c.campaign_id == row.id, solicitation.c.contact_id == address.c.contact_id))
        .where(address.c.stopped_at >= row.started_at, address.c.stopped_at >= solicitation.c.said_at)
    )
    of_it = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.campaign_id == row.id)
    return stops or 0, session.scalar(of_it.where(outbox.c.state == "failed")) or 0


def purse(session: Session, now: datetime) -> Purse:
    """What this month's campaigns have cost so far."""
    place = house(session)
    month = f"{now.astimezone(place.timezone):%Y-%m}"
    parts = session.scalar(sa.select(spending.c.parts).where(spending.c.month == month)) or 0
    return Purse(month, parts, parts * place.sms.price, place.sms.budget)


def spend(session: Session, parts: int, now: datetime) -> None:
    """So many parts more."""
    if parts:
        month = f"{now.astimezone(house(session).timezone):%Y-%m}"
        into = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        added = into(spending).values(month=month, parts=parts)
        session.execute(added.on_conflict_do_update(index_elements=["month"], set_={"parts": spending.c.parts + parts}))
