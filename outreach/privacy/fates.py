"""What was decided about a person's contributions, what they contested and what came of it, as they may read it themselves."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.reasons import REASONS
from conversations.text import render
from outreach.contributions import items
from outreach.house import house
from outreach.privacy.shape import Contested, Decided
from outreach.tables import appeal, decision

_WRITTEN = frozenset({"answer", "ask_again"})
"""Decisions whose text went to the author; another's is the public text."""
_BEFORE, _AFTER = ("refuse", "redact"), ("uphold", "reverse")


def decisions(session: Session, ids: Sequence[int], language: str) -> dict[int, tuple[Decided, ...]]:
    """The decisions in effect, the oldest first: never a moderator's own note, nor what may still be taken back."""
    found: defaultdict[int, list[Decided]] = defaultdict(list)
    for row in _applied(session, ids):
        text = items.details(session, row).text if row.kind in _WRITTEN else ""
        why = _why(session, row.reason, language)
        found[row.contribution_id].append(Decided(row.kind, row.reason, why, row.fact, text, row.effective_at))
    return {id_: tuple(those) for id_, those in found.items()}


def appeals(session: Session, ids: Sequence[int], language: str) -> dict[int, Contested]:
    """What was contested. An appeal that is upheld without a reason of its own was upheld for the first one, as its author was told."""
    applied = _applied(session, ids)
    found = {}
    for row in session.execute(sa.select(appeal).where(appeal.c.contribution_id.in_(ids))):
        mine = [one for one in applied if one.contribution_id == row.contribution_id]
        judged = next((one for one in mine if one.kind in _AFTER), None)
        first = next((one.reason for one in reversed(mine) if one.kind in _BEFORE), "")
        reason = "" if judged is None else judged.reason or (first if row.outcome == "upheld" else "")
        at = judged.effective_at if judged else None
        why = _why(session, reason, language)
        found[row.contribution_id] = Contested(row.outcome or "waiting", row.opened_at, row.answer_by, at, reason, why)
    return found


def _applied(session: Session, ids: Sequence[int]) -> Sequence[Any]:
    mine = (decision.c.contribution_id.in_(ids), decision.c.state == "applied")
    return session.execute(sa.select(decision).where(*mine).order_by(decision.c.effective_at, decision.c.id)).all()


def _why(session: Session, reason: str, language: str) -> str:
    catalogues = house(session).catalogues
    return render(REASONS[reason].sentence, catalogues.get(language) or catalogues[house(session).languages[0]]) if reason else ""
