"""What a contribution is about: one of the themes of its process, given by who reads it; for the book of contributions."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from conversations.keywords import words
from outreach import audit, record
from outreach.contributions.queue import ClaimedByOther, NoItem
from outreach.documents import Theme
from outreach.record import programme
from outreach.tables import contribution


class NoTheme(Exception):
    """The process has no such theme."""


_LIKE = 85
_SHORTEST = 4  # letters


def suggest(text: str, known: Sequence[Theme]) -> str:
    """The theme whose own words stand in the text, a slip aside; "" when none does, or two do as well. The reader decides."""
    said = {word for word in words(text) if len(word) >= _SHORTEST}
    found = {theme.id: sum(_stands(word, said) for word in _own(theme)) for theme in known}
    best = max(found.values(), default=0)
    first, *others = [name for name, count in found.items() if count == best and best] or [""]
    return "" if others else first


def _own(theme: Theme) -> set[str]:
    return {word for title in theme.title.values() for word in words(title) if len(word) >= _SHORTEST}


def _stands(word: str, said: set[str]) -> bool:
    return any(fuzz.ratio(word, other) >= _LIKE for other in said)


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
