"""Words that came in and were not sent on go at once, before their thirty days (GDPR-50)."""

from collections.abc import Collection
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import Arrival, Edit, Words
from outreach.house import house
from outreach.tables import contribution, inbound, outbox

_read = msgspec.json.Decoder(Arrival).decode


def discard(session: Session, address_id: int, sources: Collection[str]) -> int:
    """Erase messages of an address by the provider's ids, or all since its last contribution; returns how many.

    What the city sent since the first of them quoted it: those texts go too, once they have left. The rows stay, empty:
    a provider that repeats a message must not wake the conversation up again.
    """
    connection = session.connection()
    last = sa.select(sa.func.max(contribution.c.received_at)).where(contribution.c.address_id == address_id).scalar_subquery()
    query = sa.select(inbound.c.id, inbound.c.sealed, inbound.c.received_at).where(
        inbound.c.address_id == address_id, inbound.c.sealed != b""
    )
    if not sources:
        query = query.where(sa.or_(last.is_(None), inbound.c.received_at > last))
    rows = connection.execute(query).all()
    keys = house(session).keys
    theirs = [row for row in rows if not sources or _source(_read(keys.open("inbound", row.id, row.sealed))) in sources]
    if theirs:
        connection.execute(sa.update(inbound).where(inbound.c.id.in_([row.id for row in theirs])).values(sealed=b""))
        _erase_quotes(session, address_id, min(row.received_at for row in theirs))
    return len(theirs)


def _source(what: Arrival) -> str:
    return what.message if isinstance(what, (Words, Edit)) else ""


def _erase_quotes(session: Session, address_id: int, since: datetime) -> None:
    left = outbox.c.state.not_in(("queued", "sending"))
    quoted = sa.update(outbox).where(outbox.c.address_id == address_id, outbox.c.created_at >= since, left)
    session.connection().execute(quoted.values(sealed=None))
