"""The register of rights: what was asked, when, what came of it; never whose it was or what it held (GDPR-47)."""

from datetime import datetime, timedelta
from typing import Literal, get_args

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.references import new_id
from outreach.tables import address, right_request

Kind = Literal["access", "erasure", "objection", "correction", "withdrawal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
A_MONTH = timedelta(days=30)
"""GDPR 12(3): one month."""
COPIES_A_DAY = 3
_DAY = timedelta(days=1)


class Request(msgspec.Struct, frozen=True):
    """A line of the register."""

    id: str
    kind: str
    network: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    outcome: str


class NoRequest(Exception):
    """No request is open under this number."""


def note(  # noqa: PLR0917 - a line and who wrote it
    session: Session, kind: Kind, network: str, now: datetime, outcome: str, actor: str = "citizen"
) -> None:
    """What was done at once: everything erased or one text, a correction, STOP. Nothing ties the line to the person.

    `network` is how it was asked: "paper" with the number and code of a slip.
    """
    _insert(session, kind, network, None, now, closed_at=now, outcome=outcome, actor=actor)


def copies(session: Session, address_id: int, now: datetime) -> int:
    """How many copies of everything this address took within a day."""
    mine = (right_request.c.kind == "access", right_request.c.address_id == address_id, right_request.c.opened_at > now - _DAY)
    return session.scalar(sa.select(sa.func.count()).select_from(right_request).where(*mine)) or 0


def took_copy(session: Session, address_id: int, network: str, now: datetime) -> bool:
    """Count one more copy of everything; False when there were three within a day."""
    if copies(session, address_id, now) >= COPIES_A_DAY:
        return False
    _insert(session, "access", network, address_id, now, closed_at=now, outcome="given")
    return True


def objects(session: Session, address_id: int, network: str, now: datetime) -> datetime:
    """Open an objection, once: until when a person decides. What came from this address rests from now on (`contributions.aside`)."""
    mine = (right_request.c.kind == "objection", right_request.c.address_id == address_id, right_request.c.closed_at.is_(None))
    known: datetime | None = session.scalar(sa.select(right_request.c.due_at).where(*mine))
    if known is not None:
        return known
    session.execute(sa.update(address).where(address.c.id == address_id, address.c.objected_at.is_(None)).values(objected_at=now))
    _insert(session, "objection", network, address_id, now, closed_at=None, outcome="")
    return now + A_MONTH


def _insert(
    session: Session,
    kind: Kind,
    network: str,
    address_id: int | None,
    now: datetime,
    *,
    closed_at: datetime | None,
    outcome: str,
    actor: str = "citizen",
) -> None:
    row = {"id": new_id(now), "kind": kind, "network": network, "address_id": address_id, "opened_at": now, "due_at": now + A_MONTH}
    session.execute(sa.insert(right_request).values(row | {"closed_at": closed_at, "outcome": outcome}))
    audit.write(session, [audit.line(actor, "right.used", "", kind=kind, network=network)], now)


def listing(session: Session, limit: int = 500) -> list[Request]:
    """The register: what waits first, by its day, then what is done, the newest first."""
    first = sa.case((right_request.c.closed_at.is_(None), 0), else_=1)
    query = sa.select(right_request).order_by(first, right_request.c.due_at.desc(), right_request.c.id).limit(limit)
    rows = [
        Request(str(row.id), row.kind, row.network, row.opened_at, row.due_at, row.closed_at, row.outcome) for row in session.execute(query)
    ]
    waiting = sorted((row for row in rows if row.closed_at is None), key=lambda row: row.due_at)
    return [*waiting, *(row for row in rows if row.closed_at is not None)]


def tally(session: Session) -> dict[str, int]:
    """How many of each kind in three years."""
    query = sa.select(right_request.c.kind, sa.func.count().label("number")).group_by(right_request.c.kind)
    found = {row.kind: row.number for row in session.execute(query)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def of_objection(session: Session, request_id: str) -> int | None:
    """The address of an open objection; None when its person was forgotten meanwhile. Raises NoRequest."""
    number = int(request_id) if request_id.isdecimal() and len(request_id) < 20 else -1  # noqa: PLR2004 - digits of 64 bits
    which = (right_request.c.id == number, right_request.c.kind == "objection", right_request.c.closed_at.is_(None))
    row = session.execute(sa.select(right_request.c.address_id).where(*which).with_for_update()).one_or_none()
    if row is None:
        raise NoRequest("no objection is open under this number")
    return None if row.address_id is None else int(row.address_id)


def close(session: Session, now: datetime, request_id: str, outcome: str, actor: str) -> None:
    """Write down what was decided."""
    session.execute(sa.update(right_request).where(right_request.c.id == int(request_id)).values(closed_at=now, outcome=outcome))
    audit.write(session, [audit.line(actor, "right.decided", "", kind="objection", outcome=outcome)], now)
