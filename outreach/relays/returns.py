"""What comes back by another way than our own reading: a signed event of the platform, a file that staff bring."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.relays.fates import confirmed, texts_of
from outreach.relays.leaving import jobs
from outreach.relays.words import HANDED, ROWS, Job, locked, note_tries, write
from outreach.tables import callback, relay

TAKE_DOWN = "take_down"
"""The same of one that a person must take down there."""
_TO_TAKE_DOWN = sa.or_(relay.c.wants == "withdraw", relay.c.external != "")
MOST = 1000  # lines of a file: a person has looked at them


class Copy(msgspec.Struct, frozen=True):
    """What stands on a platform under one of our numbers; `text` is None when we are told that it is there, not what."""

    ref: str
    external: str = ""
    address: str = ""
    text: str | None = None


def to_hand_over(session: Session, target_id: int, limit: int = MOST) -> list[Job]:
    """What the next file for a platform holds, withdrawals first; nothing moves."""
    due = (relay.c.target_id == target_id, relay.c.state.in_(("pending", "to_reconcile")))
    rows = list(session.execute(ROWS.where(*due).order_by(relay.c.wants.desc(), relay.c.id).limit(limit)))
    return jobs(session, rows) if rows else []


def hand_over(session: Session, target_id: int, ids: Collection[int], now: datetime, actor: str) -> list[Job]:
    """A person takes these along: from now on they may stand there, until their numbers come back. Gives those that still waited."""
    due = (relay.c.target_id == target_id, relay.c.state.in_(("pending", "to_reconcile")), relay.c.id.in_(list(ids)))
    rows = locked(session, *due)
    taken = {"state": "with_a_human", "doubt": True, "stale": False, "settled_at": now}  # who goes there takes the earlier text down too
    changes = [(row, taken | {"why": HANDED if row.wants == "publish" else TAKE_DOWN, "attempts": row.attempts + 1}) for row in rows]
    write(session, changes, now, actor)
    note_tries(session, [(row.id, "waits", HANDED) for row in rows], now)
    return jobs(session, rows) if rows else []


class Batch(msgspec.Struct, frozen=True):
    """Copies that a person took along at one moment, and whose numbers have not all come back."""

    at: datetime
    texts: int
    withdrawals: int


def batches(session: Session, target_id: int) -> list[Batch]:
    """What is on its way by hand, the newest first."""
    out = (relay.c.target_id == target_id, relay.c.state == "with_a_human", relay.c.why.in_((HANDED, TAKE_DOWN)))
    texts = sa.func.sum(sa.case((relay.c.wants == "publish", 1), else_=0))
    withdrawals = sa.func.sum(sa.case((_TO_TAKE_DOWN, 1), else_=0))
    query = sa.select(relay.c.settled_at, texts, withdrawals).where(*out)
    return [Batch(*row) for row in session.execute(query.group_by(relay.c.settled_at).order_by(relay.c.settled_at.desc()))]


def batch(session: Session, target_id: int, at: datetime, wants: str) -> list[Job]:
    """One of them again: a file that was lost on the way, without what came back or was taken back since.

    "publish": what is to be written there; "withdraw": what is to be taken down, earlier texts of what is written anew among them.
    """
    which = _TO_TAKE_DOWN if wants == "withdraw" else relay.c.wants == "publish"
    out = (relay.c.target_id == target_id, relay.c.state == "with_a_human", relay.c.settled_at == at, which)
    rows = list(session.execute(ROWS.where(*out, relay.c.why.in_((HANDED, TAKE_DOWN))).order_by(relay.c.id)))
    return jobs(session, rows) if rows else []


def found(session: Session, target_id: int, copies: Sequence[Copy], now: datetime, actor: str) -> int:
    """Copies that stand there, by our numbers; compared word for word where their text is told. How many were news.

    One that we took back is told too, and stays to be withdrawn: now we know under which number.
    """
    told = {one.ref: one for one in copies}
    rows = locked(session, relay.c.target_id == target_id, relay.c.ref.in_(list(told))) if told else []
    texts = texts_of(session, [row.ref for row in rows])
    changes = []
    for row in rows:
        one = told[row.ref]
        known = {"external": one.external or row.external, "address": one.address or row.address}
        if row.wants == "withdraw" or row.stale or row.state == "sending":
            if known["external"] != row.external and row.state != "confirmed":
                changes.append((row, known))
            continue
        unread = {"state": "confirmed", "fidelity": "", "doubt": False, "why": "", "settled_at": now}
        changes.append((row, known | (confirmed(texts.get(row.ref), one.text, now) if one.text is not None else unread)))
    write(session, changes, now, actor)
    note_tries(session, [(row.id, "there", "told") for row, _values in changes], now)
    return len(changes)


def gone(session: Session, target_id: int, refs: Collection[str], now: datetime, actor: str) -> int:
    """The platform took these down. A withdrawal is acknowledged; a text that we still publish waits for a person. How many were news."""
    rows = locked(session, relay.c.target_id == target_id, relay.c.ref.in_(list(refs))) if refs else []
    nothing = {"external": "", "address": "", "doubt": False, "stale": False, "seen": None, "settled_at": now}
    changes = [(row, nothing | {"state": "confirmed", "why": ""}) for row in rows if row.wants == "withdraw" and row.state != "confirmed"]
    lost = [row for row in rows if row.wants == "publish" and row.state in {"confirmed", "to_reconcile", "with_a_human"}]
    changes += [(row, nothing | {"state": "with_a_human", "fidelity": "", "why": "taken_down"}) for row in lost]
    write(session, changes, now, actor)
    note_tries(session, [(row.id, "gone", "told") for row, _values in changes], now)
    return len(changes)


def refused(session: Session, target_id: int, ref: str, why: str, *, now: datetime, actor: str) -> int:
    """The platform does not want this one: a person reads why. How many were news."""
    rows = locked(session, relay.c.target_id == target_id, relay.c.ref == ref, relay.c.state.in_(("pending", "to_reconcile")))
    write(session, [(row, {"state": "with_a_human", "why": why[:200], "settled_at": now}) for row in rows], now, actor)
    return len(rows)


def hear(session: Session, target_id: int, key: str, stamp: int, now: datetime) -> str:
    """A signed event came: "new", "again" (the platform repeats it, nothing is to be done), or "replay" (the very same request)."""
    seen = sa.select(callback.c.stamp).where(callback.c.target_id == target_id, callback.c.key == key).with_for_update()
    known = session.scalar(seen)
    if known is None:
        session.execute(sa.insert(callback).values(target_id=target_id, key=key, stamp=stamp, at=now))
        return "new"
    if stamp <= known:
        return "replay"
    session.execute(sa.update(callback).where(callback.c.target_id == target_id, callback.c.key == key).values(stamp=stamp, at=now))
    return "again"
