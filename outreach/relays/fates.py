"""What became of a copy: told by the relay, by a crash, by a platform that calls back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.relays.words import WHY, Settled, locked, note_tries, write
from outreach.tables import entry, relay, target

SAME = 5
"""So often in a row the same failure of one copy, while the platform served others, is no accident: a person looks at it."""
ALONE = timedelta(days=1)
"""So long it is tried when nothing else goes to that platform, and nobody can tell whose fault it is."""


def settle(session: Session, epoch: int, results: Sequence[Settled], now: datetime) -> None:
    """Write down how tries ended. A copy whose record changed meanwhile goes again; what a late holder tells is kept if it is a find.

    `there` is confirmed as exact or altered by comparing what was read back with what the record holds: word for word, or not.
    """
    rows = {row.id: row for row in locked(session, relay.c.id.in_([one.id for one in results]))}
    told = [one for one in results if one.id in rows]
    note_tries(session, [(one.id, one.outcome, one.why) for one in told], now)
    texts = texts_of(session, [row.ref for row in rows.values()])
    changes = [(rows[one.id], _after(rows[one.id], one, epoch, texts, now)) for one in told]
    write(session, [(row, values) for row, values in changes if values], now, "clock")
    well = {rows[one.id].target_id for one in told if one.outcome in {"there", "gone", "waits"}}
    if well:
        session.execute(sa.update(target).where(target.c.id.in_(well)).values(well_at=now))


def texts_of(session: Session, refs: Sequence[str]) -> dict[str, str | None]:
    """What the record holds under these numbers, None for what was taken back."""
    found = session.execute(sa.select(entry.c.ref, entry.c.text).where(entry.c.ref.in_(refs)))
    return {row.ref: row.text for row in found}


def _after(row: Any, one: Settled, epoch: int, texts: dict[str, str | None], now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row
    known = {} if one.external is None else {"external": one.external, "address": one.address if one.external else ""}
    if row.state != "sending" or row.epoch != epoch:
        return known if one.outcome == "there" and not row.external else {}
    if one.version != row.version:
        return known | _superseded(row, one, now)
    return known | _end(row, one, texts, now)


def _end(row: Any, one: Settled, texts: dict[str, str | None], now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row
    later = now + timedelta(seconds=one.after)
    match one.outcome:
        case "there":
            return confirmed(texts.get(row.ref), one.text, now)
        case "gone":
            nothing = {"external": "", "address": "", "doubt": False, "stale": False, "why": "", "failures": 0}
            return {"state": "confirmed", "settled_at": now} | nothing
        case "refused":
            return {"state": "with_a_human", "why": one.why[:WHY], "settled_at": now}
        case "waits":
            return {"state": "to_reconcile", "why": one.why[:WHY], "doubt": True, "failures": 0, "not_before": later}
    in_doubt = row.doubt or one.outcome == "unclear"
    return {"state": "to_reconcile" if in_doubt else "pending", "doubt": in_doubt, "not_before": later} | _counted(row, one, now)


def confirmed(ours: str | None, theirs: str, now: datetime) -> dict[str, Any]:
    """The columns of a copy that was read back."""
    is_exact = ours == theirs
    return {
        "state": "confirmed", "fidelity": "exact" if is_exact else "altered", "seen": None if is_exact else theirs, "doubt": False,
        "stale": False, "why": "", "failures": 0, "settled_at": now,
    }  # fmt: skip


def _superseded(row: Any, one: Settled, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    """The record changed while we were at it: what was just written is an earlier text."""
    is_there = one.outcome in {"there", "waits"} or (one.external is None and bool(row.external))
    in_doubt = one.outcome in {"unclear", "waits"} or row.doubt
    stale = row.wants == "publish" and (is_there or in_doubt)
    return {"state": "to_reconcile" if in_doubt else "pending", "doubt": in_doubt, "stale": stale, "not_before": now}


def _counted(row: Any, one: Settled, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    """What a failed try teaches of this copy; one that keeps failing alike, while the platform serves others, is a person's."""
    why = one.why[:WHY]
    if not one.tried:
        return {"why": why}
    failures = row.failures + 1 if row.why == why else 1
    others_pass = row.failed_at is not None and row.well_at is not None and row.well_at > row.failed_at
    is_its_own = failures >= SAME and (others_pass or now - row.since > ALONE)
    mine = {"state": "with_a_human", "settled_at": now} if is_its_own else {}
    return {"why": why, "failures": failures, "failed_at": now} | mine


def recover(session: Session, epoch: int, now: datetime, target_id: int | None = None) -> int:
    """What an earlier holder (or, on this platform, an earlier run of ours) took and never settled.

    The platform is searched before anything is written again. How many.
    """
    earlier = relay.c.epoch < epoch
    left = locked(session, relay.c.state == "sending", earlier if target_id is None else sa.or_(earlier, relay.c.target_id == target_id))
    write(session, [(row, {"state": "to_reconcile", "doubt": True, "not_before": now}) for row in left], now, "clock")
    note_tries(session, [(row.id, "unclear", "interrupted") for row in left], now)
    return len(left)


def doubt_all(session: Session, now: datetime) -> int:
    """After a backup came back: whatever waited in it may have been written since. How many are searched for first."""
    waiting = (relay.c.state.in_(("pending", "sending", "to_reconcile")), relay.c.doubt.is_(False))
    values = {"doubt": True, "state": "to_reconcile", "not_before": now}
    return session.execute(sa.update(relay).where(*waiting).values(values)).rowcount  # type: ignore[attr-defined, no-any-return]
