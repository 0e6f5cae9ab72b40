"""Messages into the outbox: sealed, with their first permitted minute and their expiry."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import hours, many
from outreach.house import house
from outreach.outbox.words import Put
from outreach.references import new_id
from outreach.tables import outbox

LIVES = {"reply": timedelta(hours=1), "notice": timedelta(hours=24), "campaign": timedelta(hours=24)}
"""How long a message is worth sending, from its first permitted minute; a campaign that names its window keeps that."""

_INSERT = sa.insert(outbox)


def put(session: Session, puts: Sequence[Put], now: datetime) -> list[int]:
    """Queue messages; those of one address leave in the order given here, within their class. Their ids, in the same order."""
    if not puts:
        return []
    ours = house(session)
    ids: list[int] = []
    rows: list[dict[str, Any]] = []
    first: dict[tuple[str, datetime], datetime] = {}
    for one in puts:
        asked = (one.urgency, max(now, one.not_before or now))
        if asked not in first:
            first[asked] = hours.next_decent(asked[1], one.urgency, ours.timezone, ours.territory)
        number = new_id(now)
        ids.append(number)
        rows.append({
            "id": number,
            "address_id": one.address_id,
            "network": one.network,
            "channel": one.channel,
            "urgency": one.urgency,
            "state": "queued",
            "why": "",
            "sealed": ours.keys.seal("outbox", number, msgspec.json.encode(one.body)),
            "asks": one.asks,
            "card": one.card,
            "sequence": one.sequence,
            "after_stop": one.after_stop,
            "once": one.once,
            "created_at": now,
            "not_before": first[asked],
            "expires_at": one.until or first[asked] + LIVES[one.urgency],
            "holder": "",
            "epoch": 0,
            "leased_until": None,
            "attempts": 0,
            "marked_at": None,
            "settled_at": None,
            "external": "",
            "campaign_id": one.campaign,
        })  # fmt: skip
    many.write(session, _INSERT, rows)
    session.info["queued"] = True
    return ids


def has_put(session: Session) -> bool:
    """Whether something was queued in this session: then the sender should hear of its commit."""
    return bool(session.info.get("queued"))
