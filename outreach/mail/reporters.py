"""What became of a report, for the reader who left an e-mail address: the decision, its reason, and how to contest it (MOD-34)."""

import re
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import letters
from conversations.reasons import REASONS
from outreach.contributions.reports import Words
from outreach.house import house
from outreach.mail import outbox
from outreach.tables import contribution, mail, report

FRESH = timedelta(days=2)
"""What was decided before that is told nobody any more."""
_MOST = 50
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def answer(session: Session, now: datetime) -> int:
    """Queue one e-mail a report that was decided and whose reader asked for an answer. How many."""
    matter = sa.literal("report:").concat(sa.cast(report.c.id, sa.String))
    query = (
        sa.select(report, contribution.c.ref)
        .join(contribution, contribution.c.id == report.c.contribution_id)
        .where(report.c.outcome != "", report.c.decided_at > now - FRESH, ~sa.exists().where(mail.c.matter == matter))
        .order_by(report.c.decided_at)
    )
    place, sent = house(session), 0
    for row in session.execute(query):
        words = msgspec.json.decode(place.keys.open("report", row.id, row.sealed), type=Words)
        if sent < _MOST and _ADDRESS.fullmatch(words.email):
            letter = letters.judged(row.ref, REASONS[row.reason].title if row.outcome == "hidden" else None, place.city.phone)
            sent += outbox.post(session, now, words.email, place.languages[0], letter, kind="report", matter=f"report:{row.id}")
    return sent
