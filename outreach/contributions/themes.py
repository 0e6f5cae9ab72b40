"""What a contribution is about: one of the themes of its process, given by who reads it; for the book of contributions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, record
from outreach.contributions.queue import ClaimedByOther, NoItem
from outreach.record import programme
from outreach.tables import contribution


class NoTheme(Exception):
    """The process has no such theme."""


def give(session: Session, now: datetime, ref: str, actor: str, theme: str) -> None:
    """Give a contribution a theme, or take it away with "". It may be given again at any time, also after the decision.

    Raises NoItem, ClaimedByOther while somebody else reads it, NoTheme.
    """
    row = session.execute(sa.select(contribution).where(contribution.c.ref == ref).with_for_update()).one_or_none()
    if row is None:
        raise NoItem("no contribution has this reference")
    if row.claimed_by not in {None, actor} and row.claimed_until and row.claimed_until > now:
        raise ClaimedByOther("somebody else is reading this contribution")
    about = programme.by_id(session, (row.process_id,))[row.process_id]
    if theme and theme not in {one.id for one in about.document.themes}:
        raise NoTheme("the process has no such theme")
    if theme == row.theme:
        return
    session.execute(sa.update(contribution).where(contribution.c.id == row.id).values(theme=theme))
    record.sort(session, ref, theme)
    audit.write(session, [audit.line(actor, "contribution.theme", row.subject, kind=theme or "none")], now)
