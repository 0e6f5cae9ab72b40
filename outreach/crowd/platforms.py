"""Copies of the record on another platform, and a campaign that went to everybody."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import many
from outreach.crowd.mix import Plan
from outreach.references import new_id
from outreach.tables import address, campaign, contribution, entry, outbox, relay, solicitation

_RELAY, _SOLICITATION, _OUTBOX = sa.insert(relay), sa.insert(solicitation), sa.insert(outbox)
_STATES = (*("confirmed",) * 994, "confirmed", "pending", "with_a_human", "to_reconcile", "sending", "late")
_ALTERED = 331
_DAY = timedelta(days=1)


def board(session: Session, plan: Plan, target_id: int, after: str, limit: int) -> tuple[str, int]:
    """A copy of each entry whose reference follows `after`, at most so many: the last one's reference, "" for none left, and how many."""
    query = sa.select(entry.c.ref, entry.c.text, contribution.c.subject).join(contribution, contribution.c.ref == entry.c.ref)
    found = session.execute(query.where(entry.c.ref > after).order_by(entry.c.ref).limit(limit)).all()
    many.write(session, _RELAY, [_copy(plan, target_id, place, row) for place, row in enumerate(found)])
    return found[-1].ref if len(found) == limit else "", len(found)


def _copy(plan: Plan, target_id: int, place: int, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    state, id_ = _STATES[place % len(_STATES)], new_id(plan.now)
    late, altered = state == "late", state == "confirmed" and place % _ALTERED == 0
    return {
        "id": id_,
        "target_id": target_id,
        "ref": row.ref,
        "subject": row.subject,
        "state": "with_a_human" if late else state,
        "wants": "withdraw" if late else "publish",
        "version": 1,
        "fidelity": "altered" if altered else "exact" if state == "confirmed" else "",
        "seen": f"{row.text}…" if altered else None,
        "external": str(id_),
        "address": "",
        "why": "title: is too short" if state == "with_a_human" else "",
        "note": "",
        "doubt": False,
        "stale": False,
        "failures": 0,
        "failed_at": None,
        "attempts": 1,
        "epoch": 1,
        "not_before": plan.now - _DAY,
        "since": plan.now - _DAY * 4,
        "settled_at": plan.now - _DAY if state == "confirmed" else None,
    }


def campaign_went(session: Session, plan: Plan, subject: str) -> None:
    """Everybody was written to two days ago; nine in ten messages arrived."""
    at = plan.now - _DAY * 2
    number = session.scalar(sa.select(campaign.c.id).where(campaign.c.subject == subject))
    people = session.scalars(sa.select(address.c.id).order_by(address.c.id)).all()
    done = {"state": "done", "started_at": at, "ended_at": at + _DAY, "filled_at": at, "people": len(people), "said": len(people)}
    session.execute(sa.update(campaign).where(campaign.c.id == number).values(cursor=people[-1], **done))
    many.write(session, _SOLICITATION, [_asked(number, one, place, at) for place, one in enumerate(people)])
    many.write(session, _OUTBOX, [_sent(number, one, place, at) for place, one in enumerate(people)])


def _asked(number: int | None, one: int, place: int, at: Any) -> dict[str, Any]:  # noqa: ANN401 - an instant
    return {
        "contact_id": one, "campaign_id": number, "address_id": one, "network": "sms", "language": "fr", "state": "queued", "why": "",
        "due_at": at, "parts": 1, "said_at": at + timedelta(seconds=place), "answer": "yes" if place % 20 == 0 else "",
    }  # fmt: skip


def _sent(number: int | None, one: int, place: int, at: Any) -> dict[str, Any]:  # noqa: ANN401 - an instant
    when = at + timedelta(seconds=place)
    return {
        "id": new_id(at), "address_id": one, "network": "sms", "channel": "kannel", "urgency": "campaign",
        "state": "delivered" if place % 10 else "wired", "why": "", "sealed": None, "asks": "", "card": "", "sequence": 0,
        "after_stop": False, "once": False, "created_at": at, "not_before": when, "expires_at": at + _DAY, "holder": "", "epoch": 1,
        "leased_until": None, "attempts": 1, "marked_at": when, "settled_at": when, "external": str(one), "campaign_id": number,
    }  # fmt: skip
