"""What was said both ways with one address: for the person who asks for all of it, and for who answers them."""

from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import outbox
from outreach.house import house
from outreach.tables import inbound


class Said(msgspec.Struct, frozen=True):
    """One message, from the person ("you") or from the city."""

    at: datetime
    by: Literal["you", "city"]
    text: str


def of_address(session: Session, address_id: int, since: datetime | None = None) -> tuple[Said, ...]:
    """Every message that is still kept, or those from an instant on, in their order; what was erased is ""."""
    keys = house(session).keys
    which = [inbound.c.address_id == address_id, *([inbound.c.received_at >= since] if since else [])]
    rows = session.execute(sa.select(inbound).where(*which).order_by(inbound.c.id)).all()
    mine = [Said(row.received_at, "you", _words(keys.open("inbound", row.id, row.sealed))) for row in rows if row.sealed]
    ours = [Said(one.created_at, "city", one.text) for one in outbox.said(session, address_id, since)]
    return tuple(sorted((*mine, *ours), key=lambda said: said.at))


def _words(opened: bytes) -> str:
    what: dict[str, Any] = msgspec.json.decode(opened)
    return str(what.get("text", what.get("choice", what.get("token", ""))))
