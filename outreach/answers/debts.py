"""What the city owes, to whom, by when, over all processes: what is overdue first."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import tallies
from outreach.agenda import OWING
from outreach.answers.shape import Debt
from outreach.documents import decode
from outreach.house import house
from outreach.tables import avis, citation, commitment, contribution, counted, instruction, point, process, response

_LATER = date.max


def debts(session: Session, now: datetime, *, people: bool = True) -> tuple[Debt, ...]:
    """Promised answers, points without a service, notes, decisions and commitments that are still owed; by day, overdue first.

    `people`: count who waits for each promised answer; of very many, as the clock counted them last.
    """
    today = now.astimezone(house(session).timezone).date()
    columns = (process.c.id, process.c.slug, process.c.state, process.c.document, process.c.promised_on, process.c.opened_at)
    rows = session.execute(sa.select(*columns)).all()
    title = {row.id: dict(decode(row.document).title) for row in rows}
    slug = {row.id: row.slug for row in rows}
    open_ = [row for row in rows if row.state in OWING]
    owed = [row for row in open_ if row.promised_on]
    waiting = _waiting(session, [row.id for row in owed]) if people else {}
    found = [Debt("answer", row.slug, title[row.id], row.promised_on, people=waiting.get(row.id, 0), since=row.opened_at) for row in owed]
    found += _points(session, [row.id for row in open_], slug, title, {row.id: row.promised_on for row in rows})
    found += _commitments(session, slug, title)
    late = [_overdue(one, today) for one in found]
    return tuple(sorted(late, key=lambda one: (one.due_on or _LATER, one.slug, one.place)))


def _waiting(session: Session, ids: Collection[int]) -> dict[int, int]:
    rows = sa.select(contribution.c.id).where(counted, contribution.c.state != "withdrawn")
    each = {id_: rows.where(contribution.c.process_id == id_) for id_ in ids}
    return tallies.of_processes(session, each, lambda one: one.received - one.withdrawn)


def _overdue(one: Debt, today: date) -> Debt:
    return msgspec.structs.replace(one, overdue=max(0, (today - one.due_on).days) if one.due_on else 0)


def _points(
    session: Session, ids: Collection[int], slug: dict[int, str], title: dict[int, dict[str, str]], promised: dict[int, date | None]
) -> list[Debt]:
    rows = session.execute(
        sa.select(
            point.c.id, point.c.process_id, point.c.number, point.c.place, point.c.title, instruction.c.service, instruction.c.person,
            instruction.c.due_on, instruction.c.asked_at, instruction.c.noted_at, response.c.decision, avis.c.imported_at,
        )
        .join(avis, avis.c.process_id == point.c.process_id)
        .outerjoin(instruction, instruction.c.point_id == point.c.id)
        .outerjoin(response, response.c.point_id == point.c.id)
        .where(point.c.process_id.in_(ids), point.c.number != "")
    ).all()  # fmt: skip
    people = _people(session, [row.id for row in rows])
    found = []
    for row in rows:
        if row.decision is not None:
            continue
        where = (slug[row.process_id], title[row.process_id])
        more = {"number": row.number, "place": row.place, "what": row.title, "people": people[row.id]}
        if row.service is None:
            found.append(Debt("point", *where, promised[row.process_id], since=row.imported_at, **more))
        elif row.noted_at is None:
            found.append(
                Debt("study", *where, row.due_on, by=", ".join(filter(None, (row.service, row.person))), since=row.asked_at, **more)
            )
        else:
            found.append(Debt("position", *where, promised[row.process_id], since=row.noted_at, **more))
    return found


def _commitments(session: Session, slug: dict[int, str], title: dict[int, dict[str, str]]) -> list[Debt]:
    rows = session.execute(
        sa.select(
            commitment.c.text,
            commitment.c.due_on,
            point.c.id,
            point.c.process_id,
            point.c.number,
            point.c.place,
            instruction.c.service,
            avis.c.answered_at,
        )
        .join(point, point.c.id == commitment.c.point_id)
        .join(avis, avis.c.process_id == point.c.process_id)
        .outerjoin(instruction, instruction.c.point_id == point.c.id)
        .where(commitment.c.state == "planned", avis.c.answered_at.is_not(None))
    ).all()
    people = _people(session, [row.id for row in rows])
    return [
        Debt(
            "commitment",
            slug[row.process_id],
            title[row.process_id],
            row.due_on,
            row.number,
            row.place,
            row.text,
            row.service or "",
            people[row.id],
            since=row.answered_at,
        )
        for row in rows
    ]


def _people(session: Session, point_ids: Collection[int]) -> dict[int, int]:
    """How many contributions stand behind each point."""
    query = sa.select(citation.c.part_id, sa.func.count()).where(citation.c.part_id.in_(point_ids)).group_by(citation.c.part_id)
    return defaultdict(int, {row[0]: row[1] for row in session.execute(query)})
