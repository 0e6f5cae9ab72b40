"""What the crowd's telephones and the desk's lists hold: messages of a month, questions, looks, reports, rights, workshops' guests."""

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import CounterCode
from outreach import many
from outreach.contributions.reports import Words
from outreach.crowd.mix import APART, Plan
from outreach.house import house
from outreach.outbox import Body
from outreach.references import new_id, new_token
from outreach.tables import (
    contribution,
    decision,
    inbound,
    notice,
    outbox,
    registration,
    report,
    right_request,
    second_look,
    ticket,
    workshop,
)

_INBOUND, _OUTBOX, _TICKET = sa.insert(inbound), sa.insert(outbox), sa.insert(ticket)
_RIGHT, _LOOK, _REPORT, _SEAT = sa.insert(right_request), sa.insert(second_look), sa.insert(report), sa.insert(registration)
_DAY, _MONTH = timedelta(days=1), timedelta(days=30)
_TICKETS, _RIGHTS, _LOOKS, _REPORTS, _ROOM = 2_000, 20_000, 5_000, 4_000, 200
"""Of a million contributions so many questions of half a year, requests of three years, second looks, reports of half a year; and the
people on the list of each workshop."""
_STILL_OPEN = 10
"""One in so many waits."""


def messages(session: Session, plan: Plan, first: int, last: int) -> None:
    """Two messages in and three out for each contribution of these numbers, all of them of the last month."""
    keys = house(session).keys
    come: list[dict[str, Any]] = []
    gone: list[dict[str, Any]] = []
    for number in range(first, last):
        at, address = plan.at(number), number * 7 % plan.people + 1
        for part in range(2):
            id_ = new_id(at)
            sealed = keys.seal("inbound", id_, msgspec.json.encode({"text": "Des bancs à l'ombre" if part == 0 else "1"}))
            come.append(
                {"id": id_, "channel": "kannel", "account": "38100", "provider_key": f"{number}-{part}", "address_id": address,
                 "sealed": sealed, "received_at": at, "failed": False}
            )  # fmt: skip
        gone += [_sent(keys, plan, number, part, address) for part in range(3)]
    many.write(session, _INBOUND, come)
    many.write(session, _OUTBOX, gone)


def _sent(keys: Any, plan: Plan, number: int, part: int, address: int) -> dict[str, Any]:  # noqa: ANN401 - the house's keys
    at = plan.at(number)
    id_, waits = new_id(at), number >= plan.contributions - 20 and part == 2  # noqa: PLR2004 - the last ones' receipts
    state = "queued" if waits else "failed" if number % 311 == 0 else "wired" if number % 9 == 0 else "delivered"
    return {
        "id": id_,
        "address_id": address,
        "network": "sms",
        "channel": "kannel",
        "urgency": "notice" if part == 2 else "reply",  # noqa: PLR2004 - the last one tells of the decision
        "state": state,
        "why": "unclear" if number % 2003 == 0 and not waits else "",
        "sealed": keys.seal("outbox", id_, msgspec.json.encode(Body("Merci. Votre avis est reçu."))),
        "asks": "publish" if part == 0 else "",
        "card": "",
        "sequence": part,
        "after_stop": False,
        "once": False,
        "created_at": at,
        "not_before": at,
        "expires_at": at + _DAY,
        "holder": "",
        "epoch": 1,
        "leased_until": None,
        "attempts": 1,
        "marked_at": None if waits else at,
        "settled_at": None if waits else at,
        "external": f"{number}-{part}",
        "campaign_id": None,
    }


def asides(session: Session, plan: Plan) -> None:
    """What people asked a person for, what colleagues look at again, what the public reports, the register of rights, lists of guests."""
    share = plan.contributions / 1_000_000
    _tickets(session, plan, max(20, int(_TICKETS * share)))
    _rights(session, plan, max(20, int(_RIGHTS * share)))
    refused = session.execute(
        sa.select(decision.c.id, decision.c.contribution_id, decision.c.actor, decision.c.effective_at)
        .where(decision.c.kind == "refuse")
        .order_by(decision.c.id.desc())
        .limit(max(20, int(_LOOKS * share)))
    ).all()
    many.write(session, _LOOK, [_look(plan, place, row) for place, row in enumerate(refused)])
    public = session.scalars(
        sa.select(contribution.c.id)
        .where(contribution.c.state == "published")
        .order_by(contribution.c.id.desc())
        .limit(max(20, int(_REPORTS * share)))
    ).all()
    many.write(session, _REPORT, [_report(session, plan, place, id_) for place, id_ in enumerate(public)])
    for number in session.scalars(sa.select(workshop.c.id)).all():
        _guests(session, plan, number)


def _tickets(session: Session, plan: Plan, count: int) -> None:
    keys, rows = house(session).keys, []
    for place in range(count):
        id_ = new_id(plan.now)
        rows.append(
            {"id": id_, "address_id": place % plan.people + 1, "kind": "question" if place % 4 else "call_back", "process_id": None,
             "sealed": keys.seal("ticket", id_, "C'est où, l'atelier ?".encode()), "state": "open" if place % _STILL_OPEN == 0 else "done",
             "assigned_to": None, "opened_at": plan.now - APART * (count - place)}
        )  # fmt: skip
    many.write(session, _TICKET, rows)


def _rights(session: Session, plan: Plan, count: int) -> None:
    rows = []
    for place in range(count):
        opened, waits = plan.now - timedelta(hours=count - place), place >= count - _STILL_OPEN
        took = _DAY if place % _STILL_OPEN == 0 else timedelta()
        kind = "objection" if waits else ("access", "erasure", "withdrawal")[place % 3]
        rows.append(
            {"id": new_id(plan.now), "kind": kind, "network": "sms", "address_id": None, "opened_at": opened, "due_at": opened + _MONTH,
             "closed_at": None if waits else opened + took, "outcome": "" if waits else "given"}
        )  # fmt: skip
    many.write(session, _RIGHT, rows)


def _look(plan: Plan, place: int, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    waits = place % _STILL_OPEN == 0
    return {
        "id": new_id(plan.now),
        "contribution_id": row.contribution_id,
        "decision_id": row.id,
        "why": "four_eyes" if place % 2 else "new",
        "first_actor": row.actor,
        "due_at": row.effective_at + timedelta(days=7),
        "outcome": "" if waits else "agreed",
        "actor": None if waits else "staff:2",
        "sealed": None,
        "at": None if waits else row.effective_at + _DAY,
    }


def _report(session: Session, plan: Plan, place: int, contribution_id: int) -> dict[str, Any]:
    id_, waits = new_id(plan.now), place % (_STILL_OPEN * _STILL_OPEN) == 0
    return {
        "id": id_,
        "contribution_id": contribution_id,
        "reason": "R4",
        "sealed": house(session).keys.seal("report", id_, msgspec.json.encode(Words("C'est mon voisin."))),
        "at": plan.now - APART * (place + 1),
        "outcome": "" if waits else "kept",
        "actor": None if waits else "staff:2",
        "decided_at": None if waits else plan.now,
    }


def _guests(session: Session, plan: Plan, number: int) -> None:
    rows = [
        {"id": new_id(plan.now), "workshop_id": number, "address_id": place + 1, "subject": new_token(), "mode": "room", "seats": 1,
         "state": "confirmed" if place % 3 else "waiting", "code": f"{place:04d}", "waits_since": plan.now - _DAY, "offered_until": None,
         "holds": False, "made_at": plan.now - _DAY, "changed_at": plan.now - _DAY, "until": plan.now + _MONTH}
        for place in range(min(_ROOM, plan.people))
    ]  # fmt: skip
    many.write(session, _SEAT, rows)


def code_on_the_phone(session: Session) -> str:
    """The six digits that a counter had sent last, as their person reads them out."""
    query = sa.select(notice.c.id, notice.c.sealed).where(notice.c.kind == CounterCode.__name__.lower()).order_by(notice.c.id.desc())
    row = session.execute(query.limit(1)).one()
    return msgspec.json.decode(house(session).keys.open("notice", row.id, row.sealed), type=CounterCode).code
