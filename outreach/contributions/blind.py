"""One decision in twenty is read again by another moderator who does not know it: how far two people agree (MOD-33)."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.reasons import reasons_for
from outreach import agenda, audit, processes
from outreach.contributions import appeals, items, reports, triage
from outreach.contributions.aside import set_aside
from outreach.contributions.redaction import personal
from outreach.house import house
from outreach.record import programme
from outreach.references import new_id
from outreach.staff import Within
from outreach.tables import contribution, decision, pooled, sample, second_look

ONE_IN = agenda.A_LOT
KINDS = ("accept", "redact", "refuse")
"""What is drawn from, and what may be said of it."""
WITHIN = timedelta(days=30)
_COUNTED = 100
_OFFERED = 20  # of the oldest, one each: two people who read at once seldom meet


class Text(msgspec.Struct, frozen=True):
    """A text as it stood before its first reader, and nothing of its author. `ref` finds its translation; it is shown to nobody."""

    id: int
    ref: str
    text: str
    process_name: str
    asked_text: str
    language: str
    flags: tuple[str, ...]  # triage.FLAGS, "phone", "email"


class Compared(msgspec.Struct, frozen=True):
    """What two people decided, once the second has."""

    ref: str
    first: str
    first_reason: str
    second: str
    second_reason: str
    agreed: bool


class CannotRead(Exception):
    """It was read meanwhile, its time is over, or the reader knows what was decided."""


def pool(session: Session, row: Any, made: Any) -> None:  # noqa: ANN401 - rows of the tables
    """A decision took effect: it waits with others until one of twenty is drawn."""
    if made.kind in KINDS and row.state == "received":
        session.execute(sa.update(decision).where(decision.c.id == made.id).values(pooled=True))


def draw(session: Session, now: datetime) -> int:
    """Draw one of the twenty oldest decisions that wait, as soon as there are twenty. Gives how many were drawn from.

    The twenty are locked together and leave together, so that two processes never draw from the same. The house's key says which
    one: nobody can tell beforehand, and whoever draws again finds the same. What was erased meanwhile can't be read: another is.
    """
    query = sa.select(decision.c.id, decision.c.contribution_id, decision.c.actor).where(pooled).order_by(decision.c.id).limit(ONE_IN)
    lot = session.execute(query.with_for_update(skip_locked=True)).all()
    if len(lot) < ONE_IN:
        return 0
    session.execute(sa.update(decision).where(decision.c.id.in_([one.id for one in lot])).values(pooled=None))
    there = sa.select(contribution.c.id).where(
        contribution.c.id.in_([one.contribution_id for one in lot]), contribution.c.sealed.is_not(None)
    )
    readable, keys = set(session.scalars(there)), house(session).keys
    order = sorted(lot, key=lambda one: keys.find("sample", str(one.id)))
    drawn = next((one for one in order if one.contribution_id in readable), None)
    if drawn is not None:
        values = {"contribution_id": drawn.contribution_id, "decision_id": drawn.id, "first_actor": drawn.actor, "due_at": now + WITHIN}
        session.execute(sa.insert(sample).values(id=new_id(now), kind="", reason="", **values))
    return len(lot)


def waiting(session: Session, now: datetime, actor: str, within: Within = None) -> int:
    """How many wait for this person, up to a hundred."""
    query = _open(now, actor, within).with_only_columns(sample.c.id).limit(_COUNTED)
    return session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def following(session: Session, now: datetime, actor: str, within: Within = None) -> Text | None:
    """One of the oldest that wait for this person; None when there is none."""
    rows = session.execute(_open(now, actor, within).order_by(sample.c.due_at, sample.c.id).limit(_OFFERED)).all()
    if not rows:
        return None
    keys = house(session).keys
    one = min(rows, key=lambda row: keys.find("sample", f"{actor}:{row.sample_id}"))
    text = items.original(session, one)
    flags = {*triage.on_row(one, text).flags, *(found.kind for found in personal(text) if found.kind in {"phone", "email"})}
    name = programme.by_id(session, (one.process_id,))[one.process_id].name
    return Text(one.sample_id, one.ref, text, name, one.asked_text, one.language, tuple(sorted(flags)))


def answer(  # noqa: PLR0917 - what, by whom, when
    session: Session, now: datetime, number: int, actor: str, kind: str, reason: str = ""
) -> None:
    """Say what one would decide. Where the first decision was another, a third person decides: nothing is only counted.

    Raises CannotRead, or ValueError for a decision or a reason that is none.
    """
    if kind not in KINDS or (reason not in reasons_for(kind) if kind != "accept" else bool(reason)):
        raise ValueError("accept without a reason, redact or refuse with one")
    session.execute(sa.select(sample.c.id).where(sample.c.id == number).with_for_update())
    row = session.execute(_open(now, actor, None).where(sample.c.id == number)).one_or_none()
    if row is None:
        raise CannotRead("it was read meanwhile, or you know what was decided")
    first = session.execute(sa.select(decision.c.kind).where(decision.c.id == row.decision_id)).scalar_one()
    agreed = first == kind
    values = {"kind": kind, "reason": reason, "agreed": agreed, "actor": actor, "at": now}
    session.execute(sa.update(sample).where(sample.c.id == number).values(**values))
    audit.write(session, [audit.line(actor, "decision.read_blind", row.subject, outcome="agreed" if agreed else "other")], now)
    if agreed:
        return
    if first == "accept":
        reports.make(session, now, row.ref, reason, reports.Words(), actor)
    else:
        appeals.open_by_colleague(session, now, row.id, actor)


def compared(session: Session, number: int, actor: str) -> Compared | None:
    """What both decided, for who read it the second time; None for anybody else."""
    mine = (sample.c.id == number, sample.c.actor == actor, sample.c.kind != "")
    columns = (
        contribution.c.ref,
        decision.c.kind,
        decision.c.reason,
        sample.c.kind.label("then"),
        sample.c.reason.label("why"),
        sample.c.agreed,
    )
    query = sa.select(*columns).select_from(sample).join(decision, decision.c.id == sample.c.decision_id)
    row = session.execute(query.join(contribution, contribution.c.id == sample.c.contribution_id).where(*mine)).one_or_none()
    return None if row is None else Compared(row.ref, row.kind, row.reason, row.then, row.why, row.agreed)


def _open(now: datetime, actor: str, within: Within) -> "sa.Select[Any]":
    """What waits, can still be read, and was neither decided nor looked at by this person."""
    decided = sa.exists().where(decision.c.contribution_id == contribution.c.id, decision.c.actor == actor, decision.c.state != "undone")
    looked = sa.exists().where(second_look.c.contribution_id == contribution.c.id, second_look.c.actor == actor)
    return (
        sa.select(contribution, sample.c.id.label("sample_id"), sample.c.decision_id)
        .join(sample, sample.c.contribution_id == contribution.c.id)
        .where(sample.c.kind == "", sample.c.due_at > now, contribution.c.sealed.is_not(None))
        .where(~set_aside(), ~decided, ~looked, *processes.inside(contribution.c.process_id, within))
    )
