"""From accepted to published: only when the process's record holds the text and gave it back word for word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import Published
from outreach import notices, record, relays
from outreach.contributions import move
from outreach.contributions.aside import set_aside
from outreach.contributions.days import months_after
from outreach.contributions.own import APPEAL_MONTHS, reasons_of
from outreach.house import house
from outreach.record import Publication, programme
from outreach.tables import contribution

READY = ("accepted", "redacted", "grouped")
SLICE = 32


def publish_accepted(session: Session, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Publish what was accepted (`ids`, or whatever waits) and tell each author, once. Gives how many were published.

    A text whose author wished it only to be read is never published.
    """
    query = sa.select(contribution).where(
        contribution.c.state.in_(READY), contribution.c.publish.is_(True), contribution.c.public_text.is_not(None), ~set_aside()
    )
    if ids is not None:
        query = query.where(contribution.c.id.in_(ids))
    rows = session.execute(query.order_by(contribution.c.id).limit(SLICE).with_for_update(skip_locked=True)).all()
    if not rows:
        return 0
    zone = house(session).timezone
    repeats = _repeats(session, rows)
    confirmed = record.publish(
        session,
        [
            Publication(
                ref=row.ref,
                subject=row.subject,
                process_id=row.process_id,
                question=row.question,
                text=row.public_text,
                language=row.language,
                received_on=row.received_at.astimezone(zone).date(),
                redacted=record.MASK in row.public_text and row.state != "accepted",
                grouped_with=row.grouped_with,
                theme=row.theme,
                repeats=row.id in repeats,
            )
            for row in rows
        ],
        now,
    )
    there = [row for row in rows if row.ref in confirmed]
    reasons = reasons_of(session, [row.id for row in there if row.state == "redacted"])
    move(session, there, "published", now, "clock", published_at=now)
    relays.enqueue(session, there, now)
    processes = programme.by_id(session, {row.process_id for row in there})
    for row in there:
        about, given = processes[row.process_id], reasons.get(row.id)
        notice = Published(
            ref=row.ref,
            read_on=about.read_on,
            promised_on=about.promised_on,
            reason=given.reason if given else "",
            fact=given.fact if given else "",
            appeal_until=months_after(given.effective_at.astimezone(zone).date(), APPEAL_MONTHS) if given else None,
            card=row.card,
        )
        notices.tell(session, row.address_id, row.id, notice, now)
    return len(there)


def _repeats(session: Session, rows: Sequence[Any]) -> set[int]:
    """Those whose author said the same before, under the reference that speaks for them: a person counts once (MOD-71)."""
    copies = [row for row in rows if row.grouped_with and row.address_id]
    heads = {row.grouped_with for row in copies}
    there = (contribution.c.address_id, contribution.c.ref, contribution.c.grouped_with)
    query = sa.select(*there).where(
        contribution.c.address_id.in_({row.address_id for row in copies}),
        contribution.c.published_at.is_not(None),
        sa.or_(contribution.c.ref.in_(heads), contribution.c.grouped_with.in_(heads)),
    )
    counted = {(one.grouped_with or one.ref, one.address_id) for one in session.execute(query)} if heads else set()
    counted |= {(row.ref, row.address_id) for row in rows if row.ref in heads}
    found = set()
    for row in copies:
        person = (row.grouped_with, row.address_id)
        found.update([row.id] if person in counted else [])
        counted.add(person)
    return found
