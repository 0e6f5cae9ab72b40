"""What the record does, its copies follow: published, other words, taken back; in the same transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, many
from outreach.references import new_id
from outreach.relays.words import locked, write
from outreach.tables import entry, relay, target

_INSERT = sa.insert(relay)


class Published(Protocol):
    """What must be known of a publication: a row of the contributions, or the record's own shape."""

    @property
    def ref(self) -> str:
        """Its public number."""

    @property
    def subject(self) -> str:
        """What audit lines call it."""

    @property
    def process_id(self) -> int:
        """Where it belongs."""


def enqueue(session: Session, published: Iterable[Published], now: datetime) -> int:
    """Ask for a copy of each on every platform of its process; how many. What was asked for already is not asked twice.

    What was taken down after a report, and is published after all, goes out again.

    The record is ours and waits for nobody: a platform that is away delays its copy, never the publication.
    """
    wanted = list(published)
    targets = session.execute(sa.select(target.c.id, target.c.name, target.c.process_id).order_by(target.c.id)).all() if wanted else []
    if not targets:
        return 0
    pairs = [(one, where) for one in wanted for where in targets if where.process_id in {None, one.process_id}]
    held = locked(session, relay.c.ref.in_([one.ref for one in wanted]))
    back = [(row, _again(row, now) | {"wants": "publish", "stale": _may_stand(row)}) for row in held if row.wants == "withdraw"]
    write(session, back, now, "clock")
    there = {(row.target_id, row.ref) for row in held}
    fresh = [(one, where) for one, where in pairs if (where.id, one.ref) not in there]
    many.write(session, _INSERT, [blank(where.id, one.ref, one.subject, now) for one, where in fresh])
    audit.write(session, [audit.line("clock", "relay.pending", one.subject, channel=where.name) for one, where in fresh], now)
    return len(fresh) + len(back)


def blank(target_id: int, ref: str, subject: str, now: datetime) -> dict[str, Any]:
    """The row of a copy that nobody tried yet."""
    return {
        "id": new_id(now), "target_id": target_id, "ref": ref, "subject": subject, "state": "pending", "wants": "publish", "version": 1,
        "fidelity": "", "seen": None, "external": "", "address": "", "why": "", "note": "", "doubt": False, "stale": False,
        "failures": 0, "failed_at": None, "attempts": 0, "epoch": 0, "not_before": now, "since": now, "settled_at": None,
    }  # fmt: skip


def amend(session: Session, ref: str, now: datetime) -> int:
    """The record gave a text other words (with those that stand behind it): what stands elsewhere is replaced. How many copies.

    Here words were shown or hidden after an appeal: the copy of the earlier text is taken down first.
    """
    refs = session.scalars(sa.select(entry.c.ref).where(sa.or_(entry.c.ref == ref, entry.c.grouped_with == ref))).all()
    rows = [row for row in locked(session, relay.c.ref.in_(refs)) if row.wants == "publish"]
    write(session, [(row, _again(row, now) | {"stale": _may_stand(row)}) for row in rows], now, "clock")
    return len(rows)


def take_back(session: Session, refs: Collection[str], now: datetime, actor: str) -> int:
    """Texts that left the record must leave every platform (GDPR 19, GDPR-44): asked again until each acknowledged. How many.

    What never left us needs nobody's acknowledgement. What a platform told us of the text goes at once.
    """
    rows = [row for row in locked(session, relay.c.ref.in_(list(refs))) if row.wants == "publish"] if refs else []
    changes = []
    for row in rows:
        if row.state != "sending" and not _may_stand(row):
            changes.append((row, {"wants": "withdraw", "state": "confirmed", "why": "never_left", "settled_at": now, "since": now}))
        else:
            changes.append((row, _again(row, now) | {"wants": "withdraw", "stale": False}))
    write(session, changes, now, actor)
    return len(rows)


def _may_stand(row: Any) -> bool:  # noqa: ANN401 - a row of the table
    return bool(row.external or row.doubt or row.state in {"sending", "confirmed"})


def _again(row: Any, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row of the table
    """Due at once, as if it had never been tried; one that is on its way settles into another version."""
    state = {"sending": "sending", "to_reconcile": "to_reconcile", "with_a_human": "to_reconcile" if row.doubt else "pending"}
    return {
        "state": state.get(row.state, "pending"), "version": row.version + 1, "fidelity": "", "seen": None, "why": "", "failures": 0,
        "failed_at": None, "not_before": now, "since": now, "settled_at": None,
    }  # fmt: skip
