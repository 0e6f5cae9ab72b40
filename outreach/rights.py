"""The register of rights: what was asked, when, what came of it; never whose it was or what it held (GDPR-47)."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.house import house
from outreach.references import new_id, read_id
from outreach.tables import address, right_request

Kind = Literal["access", "erasure", "objection", "correction", "withdrawal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
A_MONTH = 30
"""Days: an answer that takes no longer is within the month of GDPR 12(3), save around February."""
SHOWN = 200
COPIES_A_DAY = 3
_DAY = timedelta(days=1)


class Request(msgspec.Struct, frozen=True):
    """A line of the register; `days`: how long it took, None while it waits."""

    id: str
    kind: str
    network: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    outcome: str
    days: int | None


class Delay(msgspec.Struct, frozen=True):
    """How long requests of one kind took, in days of the city's calendar: 0 is the same day.

    `late`: answered after their day, or waiting beyond it; `oldest`: how long the oldest that waits has been waiting.
    """

    kind: str
    answered: int
    median: int | None
    longest: int | None
    waiting: int
    oldest: int | None
    late: int


class Owed(msgspec.Struct, frozen=True):
    """How many requests wait for a person, and until when the first of them is owed an answer."""

    count: int
    first_due: datetime | None


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


def handed_over(session: Session, address_id: int, network: str, now: datetime, actor: str) -> None:
    """A copy of everything was handed over at a counter: it counts among the copies of the day, and is never refused."""
    _insert(session, "access", network, address_id, now, closed_at=now, outcome="handed_over", actor=actor)


def objects(session: Session, address_id: int, network: str, now: datetime) -> datetime:
    """Open an objection, once: until when a person decides. What came from this address rests from now on (`contributions.aside`)."""
    mine = (right_request.c.kind == "objection", right_request.c.address_id == address_id, right_request.c.closed_at.is_(None))
    known: datetime | None = session.scalar(sa.select(right_request.c.due_at).where(*mine))
    if known is not None:
        return known
    session.execute(sa.update(address).where(address.c.id == address_id, address.c.objected_at.is_(None)).values(objected_at=now))
    _insert(session, "objection", network, address_id, now, closed_at=None, outcome="")
    return _in_a_month(now)


def _in_a_month(now: datetime) -> datetime:
    """Thirty days, or the same day of the next month where that comes sooner: at the end of January, and in February."""
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)  # noqa: PLR2004 - December
    return min(now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1])), now + timedelta(days=A_MONTH))


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
    row = {"id": new_id(now), "kind": kind, "network": network, "address_id": address_id, "opened_at": now, "due_at": _in_a_month(now)}
    session.execute(sa.insert(right_request).values(row | {"closed_at": closed_at, "outcome": outcome}))
    audit.write(session, [audit.line(actor, "right.used", "", kind=kind, network=network)], now)


def listing(session: Session, limit: int = SHOWN) -> list[Request]:
    """The register: what waits first, by its day, then what is done, the newest first."""
    first = sa.case((right_request.c.closed_at.is_(None), 0), else_=1)
    query = sa.select(right_request).order_by(first, right_request.c.due_at.desc(), right_request.c.id).limit(limit)
    rows = [_request(session, row) for row in session.execute(query)]
    open_ones = sorted((row for row in rows if row.closed_at is None), key=lambda row: row.due_at)
    return [*open_ones, *(row for row in rows if row.closed_at is not None)]


def page(session: Session, after: str = "", limit: int = 1000) -> list[Request]:
    """The register from its beginning, the oldest first: the lines that follow the one called `after`."""
    query = sa.select(right_request).where(right_request.c.id > int(after or 0)).order_by(right_request.c.id).limit(limit)
    return [_request(session, row) for row in session.execute(query)]


def of_address(session: Session, address_id: int) -> list[Request]:
    """The lines that are still tied to an address, the oldest first: copies of everything, and objections."""
    query = sa.select(right_request).where(right_request.c.address_id == address_id).order_by(right_request.c.id)
    return [_request(session, row) for row in session.execute(query)]


def _request(session: Session, row: Any) -> Request:  # noqa: ANN401 - a row of the table
    took = _days(session, row.opened_at, row.closed_at) if row.closed_at else None
    return Request(str(row.id), row.kind, row.network, row.opened_at, row.due_at, row.closed_at, row.outcome, took)


def _days(session: Session, since: datetime, until: datetime) -> int:
    """How many nights lie between two instants, by the city's calendar."""
    zone = house(session).timezone
    return (until.astimezone(zone).date() - since.astimezone(zone).date()).days


def waiting(session: Session) -> Owed:
    """What waits for a person."""
    query = sa.select(sa.func.count(), sa.func.min(right_request.c.due_at)).where(right_request.c.closed_at.is_(None))
    return Owed(*session.execute(query).one())


def delays(session: Session, now: datetime) -> tuple[Delay, ...]:
    """How long each kind took in three years. What is done at once is only counted; what a person decided is looked at one by one."""
    done = right_request.c.closed_at == right_request.c.opened_at
    counts = session.execute(sa.select(right_request.c.kind, sa.func.count().label("number")).where(done).group_by(right_request.c.kind))
    at_once: defaultdict[str, int] = defaultdict(int, {row.kind: row.number for row in counts})
    columns = (right_request.c.kind, right_request.c.opened_at, right_request.c.closed_at, right_request.c.due_at)
    by_kind: defaultdict[str, list[Any]] = defaultdict(list)
    for row in session.execute(sa.select(*columns).where(sa.or_(right_request.c.closed_at.is_(None), ~done))):
        by_kind[row.kind].append(row)
    return tuple(_delay(session, kind, at_once[kind], by_kind[kind], now) for kind in KINDS)


def _delay(session: Session, kind: str, at_once: int, rows: Sequence[Any], now: datetime) -> Delay:
    took = sorted(_days(session, row.opened_at, row.closed_at) for row in rows if row.closed_at)
    waits = [_days(session, row.opened_at, now) for row in rows if row.closed_at is None]
    answered = at_once + len(took)
    middle = answered // 2 - at_once  # of two in the middle the longer: half of them took no longer
    return Delay(
        kind=kind,
        answered=answered,
        median=None if not answered else took[middle] if middle >= 0 else 0,
        longest=None if not answered else max(took, default=0),
        waiting=len(waits),
        oldest=max(waits, default=None),
        late=sum((row.closed_at or now) > row.due_at for row in rows),
    )


def tally(session: Session) -> dict[str, int]:
    """How many of each kind in three years."""
    query = sa.select(right_request.c.kind, sa.func.count().label("number")).group_by(right_request.c.kind)
    found = {row.kind: row.number for row in session.execute(query)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def of_objection(session: Session, request_id: str) -> int | None:
    """The address of an open objection; None when its person was forgotten meanwhile. Raises NoRequest."""
    which = (right_request.c.id == read_id(request_id), right_request.c.kind == "objection", right_request.c.closed_at.is_(None))
    row = session.execute(sa.select(right_request.c.address_id).where(*which).with_for_update()).one_or_none()
    if row is None:
        raise NoRequest("no objection is open under this number")
    return None if row.address_id is None else int(row.address_id)


def close(session: Session, now: datetime, request_id: str, outcome: str, actor: str) -> None:
    """Write down what was decided."""
    session.execute(sa.update(right_request).where(right_request.c.id == int(request_id)).values(closed_at=now, outcome=outcome))
    audit.write(session, [audit.line(actor, "right.decided", "", kind="objection", outcome=outcome)], now)
