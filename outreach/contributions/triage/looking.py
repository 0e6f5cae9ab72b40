"""What came in and was not looked at yet: read outside of any write, kept on its row, so that the urgent is read first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.contributions import copies
from outreach.contributions.triage.reading import Reading, read
from outreach.house import house
from outreach.tables import contribution
from outreach.tables import unread as waiting

SLICE = 10
WAITS = ("received", "read_only")
_LEVEL = 1


class Looked(msgspec.Struct, frozen=True):
    """A contribution as it stood when it was looked at."""

    id: int
    subject: str
    changed_at: datetime
    reading: Reading
    text: str
    marks: tuple[int, ...]


def unread(session: Session, limit: int = SLICE) -> tuple[Looked, ...]:
    """Read the oldest texts that nobody has looked at; nothing is written."""
    query = sa.select(contribution).where(waiting).order_by(contribution.c.id)
    keys = house(session).keys
    return tuple(
        Looked(row.id, row.subject, row.changed_at, read(text), text, copies.marks_of(session, text))
        for row in session.execute(query.limit(limit))
        for text in (keys.open("contribution", row.id, row.sealed).decode() if row.sealed else "",)
    )


def keep(session: Session, now: datetime, looked: Sequence[Looked]) -> int:
    """Write down what was seen, where the text is still the one that was read. Gives how many."""
    kept = 0
    for one in looked:
        still = (contribution.c.id == one.id, contribution.c.flags.is_(None), contribution.c.changed_at == one.changed_at)
        values: dict[str, Any] = {"flags": " ".join(one.reading.flags), "written_in": one.reading.language}
        urgent = sa.case((contribution.c.urgent == 0, _LEVEL), else_=contribution.c.urgent) if one.reading.urgent else contribution.c.urgent
        done = session.connection().execute(sa.update(contribution).where(*still).values(urgent=urgent, **values)).rowcount
        kept += done
        if done:
            copies.join(session, one.id, one.marks, one.text)
        if done and one.reading.urgent:
            audit.write(session, [audit.line("clock", "contribution.urgent", one.subject)], now)
    return kept


def on_row(row: Any, text: str) -> Reading:  # noqa: ANN401 - a row of the table
    """What is kept of a row, or what a look at its text says now."""
    return read(text) if row.flags is None and row.state in WAITS else Reading(tuple((row.flags or "").split()), row.written_in)
