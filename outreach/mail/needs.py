"""What needs somebody now, in numbers, as far as their rights reach."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.letters import Need
from outreach import campaigns, documents, dossiers, paper, processes, rights, tickets, translations
from outreach.agenda import OWING
from outreach.contributions import blind, queue, reports, second
from outreach.house import house
from outreach.staff import Account, Within
from outreach.tables import process

SOON = timedelta(days=14)
APPROVALS: frozenset[Need] = frozenset({"dossiers", "reports", "appeals", "looks", "sheets", "campaigns"})
"""What a second person must look at."""
DUE: frozenset[Need] = frozenset({"answers", "late_answers", "objections", "late_tickets"})
"""What the city owes to somebody by a day."""


def needs(session: Session, now: datetime, account: Account) -> tuple[tuple[Need, int], ...]:
    """Codes and counts, the most pressing first; nothing that counts none."""
    found: dict[Need, int] = {}
    if account.may("contributions.decide"):
        counts = queue.counts(session, now, account.within("contributions.decide"))
        found |= _second(session, now, account.actor, account.within("contributions.decide"))
        found |= {"appeals": counts.appeals, "late": counts.late, "received": counts.received - counts.late}
    if account.may("processes.write"):
        found["late_answers"], found["answers"] = _promised(session, now, account.within("processes.write"))
    if account.within("rights.answer") is None:
        found["objections"] = rights.waiting(session).count
    if account.may("tickets.answer"):
        waiting = tickets.counts(session, now, account.within("tickets.answer"))
        found |= {"late_tickets": waiting.late, "tickets": waiting.open - waiting.late}
    if account.may("papers.check"):
        found["sheets"] = paper.how_many(session, account.actor, account.within("papers.check"))
    if account.may("campaigns.approve"):
        found["campaigns"] = campaigns.to_approve(session, account.actor, account.within("campaigns.approve"))
    if account.may("texts.translate"):
        found["translations"] = translations.how_many(session, account.profile.reads, account.within("texts.translate"))
    return tuple((need, count) for need, count in found.items() if count > 0)


def _second(session: Session, now: datetime, actor: str, within: Within) -> dict[Need, int]:
    """What waits for somebody else than who began it: where there is no such moderator, an administrator is told so (MOD-32)."""
    return {
        "dossiers": len(dossiers.waiting(session, actor, within)),
        "reports": reports.waiting(session, within),
        "looks": second.waiting(session, actor, within) + blind.waiting(session, now, actor, within),
    }


def _promised(session: Session, now: datetime, within: Within) -> tuple[int, int]:
    """How many projects have not answered on the day they promised, and how many will have to soon."""
    today = now.astimezone(house(session).timezone).date()
    here = processes.inside(process.c.id, within)
    rows = session.execute(sa.select(process.c.document).where(process.c.state.in_(OWING), *here)).scalars()
    days = [day for row in rows if (day := documents.decode(row).mandate.answer_promised_on)]
    return sum(day < today for day in days), sum(today <= day <= today + SOON for day in days)
