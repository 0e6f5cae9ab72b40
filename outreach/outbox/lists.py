"""What stands in the outbox: lists for the desk and the doctor, and what was said to one address."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import NETWORKS
from outreach import tallies
from outreach.house import house
from outreach.outbox.words import URGENCIES, Body, Listed, Said
from outreach.references import first_id
from outreach.tables import outbox

WEEK = "tally/sends"
_A_WEEK = timedelta(days=7)
_SHOWN = [outbox.c[name] for name in Listed.__struct_fields__]


def listing(session: Session, state: str, limit: int = 200) -> list[Listed]:
    """Messages in a state, the newest first.

    "unknown" lists every message that once may have gone out unseen, in the state where it stands now: a reply that was sent once
    more is `wired`, and the person may have it twice.
    """
    if state == "unknown":
        unclear = sa.select(*_SHOWN).where(sa.text("why = 'unclear'")).order_by(outbox.c.created_at.desc())
        found = list(session.execute(unclear.limit(limit)))
    else:
        found = [row for network in NETWORKS for urgency in URGENCIES for row in session.execute(_last(network, state, urgency, limit))]
    lines = [Listed(**row._mapping) for row in found]  # noqa: SLF001 - how a row gives its columns by name
    return sorted(lines, key=lambda line: line.created_at, reverse=True)[:limit]


class Fate(msgspec.Struct, frozen=True):
    """How many messages of a network and class stand where."""

    network: str
    urgency: str
    state: str
    why: str
    number: int


def tally(session: Session, now: datetime) -> list[Fate]:
    """What became of the messages of the last seven days: counts, nobody's; of very many, as the clock counted them last."""
    if tallies.few(session, sa.select(outbox.c.id).where(outbox.c.id >= first_id(now - _A_WEEK))) is None:
        kept = tallies.kept(session, WEEK, list[Fate])
        if kept is not None:
            return kept
    return count(session, now)


def count(session: Session, now: datetime) -> list[Fate]:
    """The same, counted now."""
    since = now - _A_WEEK
    columns = (outbox.c.network, outbox.c.urgency, outbox.c.state, outbox.c.why)
    query = (
        sa.select(*columns, sa.func.count().label("number"))
        .where(outbox.c.id >= first_id(since), outbox.c.created_at >= since)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Fate(*row) for row in session.execute(query)]


def _last(network: str, state: str, urgency: str, limit: int) -> sa.Select[tuple[object, ...]]:
    which = (outbox.c.network == network, outbox.c.state == state, outbox.c.urgency == urgency)
    return sa.select(*_SHOWN).where(*which).order_by(outbox.c.not_before.desc()).limit(limit)


def said(session: Session, address_id: int, after: datetime | None = None) -> list[Said]:
    """What the city said to an address, or is about to, in order; texts that were erased are ""."""
    keys = house(session).keys
    which = outbox.c.address_id == address_id if after is None else sa.and_(outbox.c.address_id == address_id, outbox.c.created_at > after)
    lines = []
    for row in session.execute(sa.select(outbox).where(which).order_by(outbox.c.id)):
        body = msgspec.json.decode(keys.open("outbox", row.id, row.sealed), type=Body) if row.sealed else Body("")
        about = (row.urgency, row.state, row.why, row.asks, row.card, body.how, row.created_at, row.attempts)
        lines.append(Said(row.id, body.text, body.buttons, *about))
    return lines
