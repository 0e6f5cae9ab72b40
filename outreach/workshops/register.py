"""The register of one workshop, opened under its lock: who holds seats, who waits, what is free; written back at once."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import facts
from outreach import audit
from outreach.documents.shape import Remote
from outreach.house import house
from outreach.processes.spoken import as_workshop
from outreach.record import programme
from outreach.references import new_id, new_token
from outreach.tables import address, process, registration, workshop

Mode = Literal["room", "remote"]
MODES: tuple[Mode, ...] = ("room", "remote")
PLENTY = 1_000_000
"""Free seats where nobody counts them."""

MOVES = MappingProxyType(
    {
        "confirmed": frozenset({"cancelled", "attended", "absent"}),
        "waiting": frozenset({"offered", "confirmed", "cancelled", "attended"}),  # the door lets in whoever there is a chair for
        "offered": frozenset({"confirmed", "waiting", "cancelled", "attended"}),
        "cancelled": frozenset({"confirmed", "waiting", "attended"}),  # who left may come back, or stand at the door all the same
        "attended": frozenset({"confirmed", "waiting", "cancelled", "absent"}),  # a tick may be taken back: to where it came from
        "absent": frozenset({"attended"}),
    }
)
"""From each state of a registration, where it may go (DESIGN 4)."""


@dataclass
class Entry:
    """One address in the register."""

    id: int
    address_id: int
    subject: str
    mode: Mode
    seats: int
    state: str
    code: str
    made_at: datetime
    waits_since: datetime | None = None
    offered_until: datetime | None = None
    holds: bool = False
    hears: bool = True  # whether something that was not asked for may be said to them
    before: str | None = None  # the state it was read in; None: it is new
    touched: bool = False

    @property
    def takes(self) -> int:
        """Seats that nobody else may have."""
        return self.seats if self.state in {"confirmed", "attended"} or (self.state == "offered" and self.holds) else 0

    @property
    def in_line(self) -> bool:
        """Whether it still waits for a seat that nobody keeps for it."""
        return self.state == "waiting" or (self.state == "offered" and not self.holds)

    def move(self, state: str, **values: Any) -> None:  # noqa: ANN401 - fields
        """Go to a state. Raises ValueError for a move that the table does not have."""
        if self.state != state and state not in MOVES.get(self.state, frozenset()):
            raise ValueError(f"a registration can't go from {self.state} to {state}")
        self.state, self.touched = state, True
        for name, value in values.items():
            setattr(self, name, value)


@dataclass
class Register:
    """A workshop with everybody in it. Decide in memory, then `write`."""

    id: int
    subject: str
    status: str
    starts_at: datetime
    ends_at: datetime
    capacities: dict[Mode, int | None]
    sequence: int
    next_wave_at: datetime | None
    spoken: facts.Workshop
    remote: Remote | None  # the way in from home
    entries: dict[int, Entry] = field(default_factory=dict)  # by address

    def free(self, mode: Mode) -> int:
        """Seats that anybody may have."""
        capacity = self.capacities[mode]
        if self.status != "scheduled":
            return 0
        return PLENTY if capacity is None else max(0, capacity - sum(one.takes for one in self.entries.values() if one.mode == mode))

    def line(self, mode: Mode) -> list[Entry]:
        """Who waits, the first first."""
        waiting = [one for one in self.entries.values() if one.mode == mode and one.in_line and one.waits_since]
        return sorted(waiting, key=lambda one: (one.waits_since, one.id))

    def end_of_line(self, now: datetime) -> datetime:
        """Since when somebody who joins the line waits: after all the others, whatever the clock of another process says."""
        last = max((one.waits_since for one in self.entries.values() if one.waits_since), default=now)
        return max(now, last + timedelta(microseconds=1))

    def rank(self, entry: Entry) -> int:
        """The place in the line, from 1."""
        return self.line(entry.mode).index(entry) + 1 if entry.in_line else 0

    def add(self, address_id: int, mode: Mode, seats: int, now: datetime) -> Entry:
        """A new entry, or that of somebody who left and comes back; it holds nothing yet."""
        known = self.entries.get(address_id)
        if known is None:
            codes = {one.code for one in self.entries.values()}
            known = Entry(new_id(now), address_id, new_token(), mode, seats, "cancelled", _code(codes), now)
            self.entries[address_id] = known
        known.mode, known.seats, known.made_at, known.touched = mode, seats, now, True
        return known


def _code(taken: Collection[str]) -> str:
    """Four digits that nobody of this workshop has; none begins with 0, which some people leave out."""
    free = [code for code in map(str, range(1000, 10_000)) if code not in taken]
    return secrets.choice(free)


def open_(session: Session, keys: Collection[str]) -> dict[str, Register]:
    """The registers with these keys ("slug/name"), each locked until the transaction ends, in the order of their numbers."""
    wanted = [tuple(key.split("/", 1)) for key in sorted(set(keys)) if key.count("/") == 1]
    if not wanted:
        return {}
    which = sa.or_(*(sa.and_(process.c.slug == slug, workshop.c.name == name) for slug, name in wanted))
    return _open(session, which)


def open_ids(session: Session, ids: Collection[int]) -> dict[str, Register]:
    """The same by the numbers of their rows."""
    return _open(session, workshop.c.id.in_(ids)) if ids else {}


def _open(session: Session, which: sa.ColumnElement[bool]) -> dict[str, Register]:
    query = sa.select(workshop).join(process).where(which).order_by(workshop.c.id).with_for_update(of=workshop)
    rows = session.execute(query).all()
    known = programme.by_id(session, {row.process_id for row in rows})
    zone = house(session).timezone
    found: dict[int, Register] = {}
    for row in rows:
        about = known[row.process_id]
        written = next((one for one in about.document.workshops if one.id == row.name), None)
        if written is not None:
            found[row.id] = Register(
                row.id, row.subject, row.status, row.starts_at, row.ends_at,
                {"room": row.capacity, "remote": row.remote_capacity}, row.sequence, row.next_wave_at,
                as_workshop(about.slug, written, zone), written.remote,
            )  # fmt: skip
    deaf = sa.or_(address.c.stopped_at.is_not(None), address.c.unreachable_at.is_not(None), address.c.paused_until.is_not(None))
    people = sa.select(registration, deaf.label("deaf")).join(address)
    people = people.where(registration.c.workshop_id.in_(list(found))).order_by(registration.c.id)
    for row in session.execute(people):
        found[row.workshop_id].entries[row.address_id] = Entry(
            row.id, row.address_id, row.subject, row.mode, row.seats, row.state, row.code, row.made_at,
            row.waits_since, row.offered_until, row.holds, not row.deaf, row.state,
        )  # fmt: skip
    return {one.spoken.key: one for one in found.values()}


def write(session: Session, one: Register, now: datetime, actor: str) -> None:
    """Keep what was decided, an audit line for each move."""
    touched = [entry for entry in one.entries.values() if entry.touched]
    if fresh := [_values(one, entry, now) for entry in touched if entry.before is None]:
        session.execute(sa.insert(registration), fresh)
    for entry in touched:
        if entry.before is not None:
            values = _values(one, entry, now)
            session.execute(sa.update(registration).where(registration.c.id == values.pop("id")).values(values))
    moved = [entry for entry in touched if entry.before != entry.state]
    lines = [
        audit.line(
            actor, "registration.moved", entry.subject, before=entry.before or "none", after=entry.state, kind=entry.mode, count=entry.seats
        )
        for entry in moved
    ]
    audit.write(session, lines, now)
    for entry in touched:
        entry.before, entry.touched = entry.state, False
    taken = {mode: sum(entry.takes for entry in one.entries.values() if entry.mode == mode) for mode in MODES}
    kept = {"taken": taken["room"], "remote_taken": taken["remote"], "next_wave_at": one.next_wave_at}
    session.execute(sa.update(workshop).where(workshop.c.id == one.id).values(kept))


def _values(one: Register, entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "id": entry.id,
        "workshop_id": one.id,
        "address_id": entry.address_id,
        "subject": entry.subject,
        "mode": entry.mode,
        "seats": entry.seats,
        "state": entry.state,
        "code": entry.code,
        "waits_since": entry.waits_since,
        "offered_until": entry.offered_until,
        "holds": entry.holds,
        "made_at": entry.made_at,
        "changed_at": now,
        "until": one.ends_at,
    }
