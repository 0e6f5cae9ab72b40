"""The board of copies: what waits, what stands as we sent it or otherwise, what a person must look at; and what she does about it."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import tallies
from outreach.cursors import read_numbers, write_numbers
from outreach.relays.words import HANDED, LATE, locked, write
from outreach.tables import attempt, entry, relay, target
from outreach.tables.relays import altered, not_gone

TALLY = "tally/relays"


class NoRelay(Exception):
    """No such copy, or it moved meanwhile."""


class Line(msgspec.Struct, frozen=True):
    """One copy. `sent` and `seen` only where they differ: what the record holds, what stands there. `late`: the 72 hours are over."""

    id: str
    ref: str
    target: str
    kind: str
    wants: str
    state: str
    fidelity: str
    why: str
    note: str
    address: str
    attempts: int
    since: datetime
    settled_at: datetime | None
    late: bool
    sent: str = ""
    seen: str = ""


class Page(msgspec.Struct, frozen=True):
    """Lines, the newest first; `next` is the cursor of the page after, None on the last."""

    items: tuple[Line, ...]
    next: str | None


class Count(msgspec.Struct, frozen=True):
    """How many copies of a platform stand where."""

    target: str
    state: str
    wants: str
    fidelity: str
    number: int


class Try(msgspec.Struct, frozen=True):
    """One try of one copy."""

    at: datetime
    outcome: str
    why: str


def tally(session: Session) -> list[Count]:
    """Counts by platform, state, what is wanted, and fidelity; of very many copies, as the clock counted them last."""
    if tallies.few(session, sa.select(relay.c.id)) is None:
        kept = tallies.kept(session, TALLY, list[Count])
        if kept is not None:
            return kept
    return count(session)


def count(session: Session) -> list[Count]:
    """The same, counted now."""
    columns = (target.c.name, relay.c.state, relay.c.wants, relay.c.fidelity)
    query = sa.select(*columns, sa.func.count()).join(target, target.c.id == relay.c.target_id).group_by(*columns).order_by(*columns)
    return [Count(*row) for row in session.execute(query)]


class Waiting(msgspec.Struct, frozen=True):
    """What staff must look at: withdrawals that are late, and copies with a person (that no file carries)."""

    late: int
    people: int


def waiting(session: Session, now: datetime) -> Waiting:
    """Both at once, for the first page and the doctor."""
    held = (relay.c.state == "with_a_human", relay.c.why != HANDED)
    people = session.scalar(sa.select(sa.func.count()).select_from(relay).where(*held))
    return Waiting(late(session, now), people or 0)


def late(session: Session, now: datetime) -> int:
    """Withdrawals that a platform has not acknowledged in 72 hours."""
    return session.scalar(sa.select(sa.func.count()).select_from(relay).where(*_late(now))) or 0


def _late(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return sa.and_(not_gone), relay.c.since <= now - LATE


def listing(session: Session, now: datetime, *, state: str = "", where: str = "", cursor: str = "", limit: int = 50) -> Page:
    """Copies in a state ("" for all), "altered", or "late"; on one platform if named. Raises ValueError for a cursor that isn't ours."""
    which: list[sa.ColumnElement[bool]] = [relay.c.id < read_numbers(cursor, 1)[0]] if cursor else []
    if state == "altered":
        which += [relay.c.state == "confirmed", sa.and_(altered)]
    elif state == "late":
        which += [*_late(now)]
    elif state:
        which.append(relay.c.state == state)
    known = sa.select(target.c.id).where(*([target.c.name == where] if where else []))
    ids: list[int] = []
    for one in session.scalars(known):  # of each platform the newest, from its own end of an index
        of_it = sa.select(relay.c.id).where(relay.c.target_id == one, *which)
        ids += session.scalars(of_it.order_by(relay.c.id.desc()).limit(limit + 1))
    query = sa.select(relay, target.c.name.label("target"), target.c.kind, entry.c.text)
    query = query.join(target, target.c.id == relay.c.target_id).join(entry, entry.c.ref == relay.c.ref)
    rows = session.execute(query.where(relay.c.id.in_(sorted(ids)[-limit - 1 :])).order_by(relay.c.id.desc())).all()
    return Page(tuple(_line(row, now) for row in rows[:limit]), write_numbers(rows[limit - 1].id) if len(rows) > limit else None)


def _line(row: Any, now: datetime) -> Line:  # noqa: ANN401 - a row of the table
    is_late = row.wants == "withdraw" and row.state != "confirmed" and row.since <= now - LATE
    sent, seen = (row.text or "", row.seen) if row.fidelity == "altered" and row.seen is not None else ("", "")
    return Line(
        str(row.id), row.ref, row.target, row.kind, row.wants, row.state, row.fidelity, row.why, row.note, row.address, row.attempts,
        row.since, row.settled_at, is_late, sent, seen,
    )  # fmt: skip


def one(session: Session, id_: int, now: datetime) -> Line:
    """One copy, with its texts where they differ. Raises NoRelay."""
    query = sa.select(relay, target.c.name.label("target"), target.c.kind, entry.c.text)
    query = query.join(target, target.c.id == relay.c.target_id).join(entry, entry.c.ref == relay.c.ref)
    row = session.execute(query.where(relay.c.id == id_)).one_or_none()
    if row is None:
        raise NoRelay
    return _line(row, now)


def tries(session: Session, id_: int, limit: int = 20) -> list[Try]:
    """The last tries of a copy, the newest first."""
    query = sa.select(attempt.c.at, attempt.c.outcome, attempt.c.why).where(attempt.c.relay_id == id_)
    return [Try(*row) for row in session.execute(query.order_by(attempt.c.id.desc()).limit(limit))]


def retry(session: Session, id_: int, now: datetime, actor: str) -> None:
    """Send it again; where a copy may stand, it is looked for first. Raises NoRelay."""
    row = _found(session, id_)
    if row.state == "sending" or (row.state == "confirmed" and row.fidelity != "altered"):
        raise NoRelay
    after = "to_reconcile" if row.doubt and row.state != "pending" else "pending"
    again = {"state": after, "failures": 0, "failed_at": None, "why": "", "not_before": now, "settled_at": None}
    # what stands there altered is replaced: read back once more it would be as it is
    replaced = {"stale": True, "fidelity": "", "seen": None, "version": row.version + 1} if row.state == "confirmed" else {}
    write(session, [(row, again | replaced)], now, actor)


def mark(session: Session, id_: int, note: str, now: datetime, actor: str) -> None:
    """A person looked: it stands there, or is gone, as it should. She writes how she knows. Raises NoRelay."""
    row = _found(session, id_)
    if row.state in {"sending", "confirmed"}:
        raise NoRelay
    nothing = {"external": "", "address": "", "seen": None} if row.wants == "withdraw" else {}
    done = {"state": "confirmed", "fidelity": "", "doubt": False, "stale": False, "note": note[:500], "why": "", "settled_at": now}
    write(session, [(row, done | nothing)], now, actor)


def explain(session: Session, id_: int, note: str, now: datetime, actor: str) -> None:
    """Write beside a copy why it is as it is; nothing moves. Raises NoRelay."""
    write(session, [(_found(session, id_), {"note": note[:500]})], now, actor)


def _found(session: Session, id_: int) -> Any:  # noqa: ANN401 - a row of the table
    rows = locked(session, relay.c.id == id_)
    if not rows:
        raise NoRelay
    return rows[0]
