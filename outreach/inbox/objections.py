"""An objection decided: everything goes, or what rested goes on; the person is told why (GDPR 12(4), 21)."""

from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import RightAnswered
from outreach import notices, rights
from outreach.house import house
from outreach.inbox import answers
from outreach.privacy.erasure import forget
from outreach.tables import address

Outcome = Literal["granted", "refused"]
_TOLD_WITHIN = timedelta(days=7)


def decide(session: Session, now: datetime, request_id: str, outcome: Outcome, reason: str, actor: str) -> None:  # noqa: PLR0917 - a form
    """`granted`: erased and withdrawn, as by OUBLI, with a last word. `refused`: it goes on, and the person reads the reason.

    Raises rights.NoRequest.
    """
    address_id = rights.of_objection(session, request_id)
    rights.close(session, now, request_id, outcome, actor)
    if address_id is None:
        return
    if outcome == "granted":
        query = sa.select(address.c.network, address.c.channel, address.c.language, address.c.sealed)
        row = session.execute(query.where(address.c.id == address_id)).one()
        where = house(session).keys.open("address", address_id, row.sealed).decode()
        forget(session, now, address_id, "withdraw", actor)
        answers.farewell(session, row.network, row.channel, row.language, where, now)
        return
    session.execute(sa.update(address).where(address.c.id == address_id).values(objected_at=None))
    notices.tell(session, address_id, None, RightAnswered(reason), now, deadline=now + _TOLD_WITHIN)
