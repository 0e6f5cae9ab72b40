"""Sign up, change the count, take an offer, leave: decided under the workshop's lock, in the order in which people asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Union

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import ChangeSeats, LeaveSeat, SignUp, TakeSeat
from conversations.outcomes import Kept, Left, NoSeat, Other, Outcome, Seated, SeatGone, Waiting
from outreach.tables import registration, workshop
from outreach.workshops import register, waiting
from outreach.workshops.register import Entry, Register

Wanted = Union[SignUp, ChangeSeats, TakeSeat, LeaveSeat]


class Wish(msgspec.Struct, frozen=True):
    """What one address wants of one workshop."""

    address_id: int
    effect: Wanted


def act(session: Session, wishes: Sequence[Wish], now: datetime) -> list[Outcome]:
    """What became of each wish, in their order; what was freed is offered on in the same breath.

    A hundred who ask for ten seats in one batch, or in two processes, are told ten times yes and ninety times a rank, all true.
    """
    keys = {wish.effect.workshop for wish in wishes} | {wish.effect.instead_of for wish in wishes if isinstance(wish.effect, SignUp)}
    registers = register.open_(session, keys)
    outcomes = []
    for wish in wishes:
        one = registers.get(wish.effect.workshop)
        outcomes.append(_decide(session, registers, one, wish, now) if one else NoSeat("over"))
    for one in registers.values():
        waiting.fill(session, one, now)
        waiting.settle(session, one, now, "citizen")
    return outcomes


def _decide(session: Session, registers: dict[str, Register], one: Register, wish: Wish, now: datetime) -> Outcome:
    entry = one.entries.get(wish.address_id)
    live = entry if entry and entry.state in {"confirmed", "waiting", "offered"} else None
    over = one.status in {"cancelled", "held"} or one.starts_at <= now
    match wish.effect:
        case LeaveSeat():
            return _leave(one, live)
        case _ if over:
            return NoSeat("over")
        case SignUp():
            return _sign_up(session, registers, one, wish, now)
        case ChangeSeats(seats=seats):
            return _change(one, live, seats) if live else NoSeat("nothing")
        case TakeSeat():
            return _take(session, one, live, now)


def _leave(one: Register, live: Entry | None) -> Outcome:
    if live is None:
        return NoSeat("nothing")
    waited = live.state != "confirmed"
    live.move("cancelled", waits_since=None, offered_until=None, holds=False)
    return Left(one.spoken.key, waited)


def _sign_up(session: Session, registers: dict[str, Register], one: Register, wish: Wish, now: datetime) -> Outcome:
    effect = wish.effect
    assert isinstance(effect, SignUp)  # noqa: S101 - narrows the union
    entry = one.entries.get(wish.address_id)
    if entry and entry.state in {"confirmed", "waiting", "offered"} and entry.mode == effect.mode:
        return _again(session, one, entry, effect.seats, now)
    if entry and entry.state in {"confirmed", "waiting", "offered"}:  # the other way in is wanted: the first is left
        _leave(one, entry)
    if entry and entry.state in {"attended", "absent"}:
        return NoSeat("over")
    entry = one.add(wish.address_id, effect.mode, effect.seats, now)
    if _must_wait(one, entry):
        entry.move("waiting", waits_since=one.end_of_line(now))
        return _wait(session, one, entry, now)
    entry.move("confirmed", waits_since=None)
    if (
        (left := registers.get(effect.instead_of))
        and (known := left.entries.get(wish.address_id))
        and known.state in {"waiting", "offered"}
    ):
        _leave(left, known)
    return _seated(one, entry)


def _again(session: Session, one: Register, entry: Entry, seats: int, now: datetime) -> Outcome:
    """Somebody who is in the register signs up once more, for the same way in."""
    if entry.state == "confirmed":
        return _change(one, entry, seats)
    if entry.state == "offered":
        return _take(session, one, entry, now)
    return _wait(session, one, entry, now)


def _must_wait(one: Register, entry: Entry) -> bool:
    """Too few seats are free, or who waits already can have those: who may not be told of a seat keeps nobody from it."""
    free = one.free(entry.mode)
    return free < entry.seats or any(other.hears and other.seats <= free for other in one.line(entry.mode))


def _seated(one: Register, entry: Entry) -> Seated:
    return Seated(one.spoken.key, entry.seats, entry.code if entry.mode == "room" else "", entry.mode)


def _wait(session: Session, one: Register, entry: Entry, now: datetime) -> Waiting:
    return Waiting(one.spoken.key, one.rank(entry), _other(session, one, entry, now))


def _change(one: Register, live: Entry, seats: int) -> Outcome:
    more = seats - live.seats
    if live.takes and more > one.free(live.mode):
        return Kept(one.spoken.key, live.seats, one.free(live.mode))
    live.seats, live.touched = seats, True
    if live.state == "confirmed":
        return _seated(one, live)
    return Waiting(one.spoken.key, one.rank(live)) if live.in_line else Kept(one.spoken.key, seats, one.free(live.mode))


def _take(session: Session, one: Register, live: Entry | None, now: datetime) -> Outcome:
    if live is None:
        return NoSeat("over")
    if live.state == "confirmed":
        return _seated(one, live)
    if live.state != "offered" or (not live.holds and one.free(live.mode) < live.seats):
        if live.state == "offered":
            live.move("waiting", offered_until=None)
        return SeatGone(one.spoken.key, one.rank(live), _other(session, one, live, now))
    live.move("confirmed", waits_since=None, offered_until=None, holds=False)
    return _seated(one, live)


def _other(session: Session, one: Register, entry: Entry, now: datetime) -> Other | None:
    """The next other date of the same project with seats enough; what it says is looked at, not held."""
    slug = one.spoken.key.split("/", 1)[0]
    mine = sa.select(workshop.c.process_id).where(workshop.c.id == one.id).scalar_subquery()
    held = sa.select(registration.c.workshop_id).where(
        registration.c.address_id == entry.address_id, registration.c.state.in_(("confirmed", "waiting", "offered"))
    )
    free = workshop.c.capacity - workshop.c.taken
    query = (
        sa.select(workshop.c.name, free.label("free"))
        .where(workshop.c.process_id == mine, workshop.c.id != one.id, workshop.c.id.not_in(held))
        .where(workshop.c.status == "scheduled", workshop.c.starts_at > now, workshop.c.capacity.is_not(None), free >= entry.seats)
        .order_by(workshop.c.starts_at)
        .limit(1)
    )
    row = session.execute(query).first()
    return Other(f"{slug}/{row.name}", row.free) if row else None


def come_back(session: Session, address_ids: Sequence[int], now: datetime) -> None:
    """REPRENDRE: who was passed over in a line, since nothing was to be said to them, is asked now, if a seat is free."""
    waits = sa.select(registration.c.workshop_id).where(registration.c.address_id.in_(address_ids), registration.c.state == "waiting")
    for one in register.open_ids(session, list(session.scalars(waits))).values():
        waiting.fill(session, one, now)
        waiting.settle(session, one, now, "citizen")


def leave_all(session: Session, address_id: int, now: datetime) -> int:
    """OUBLI: every seat of an address is free for others; how many there were."""
    held = sa.select(registration.c.workshop_id).where(
        registration.c.address_id == address_id, registration.c.state.in_(("confirmed", "waiting", "offered"))
    )
    registers = register.open_ids(session, list(session.scalars(held)))
    for one in registers.values():
        _leave(one, one.entries[address_id])
        waiting.fill(session, one, now)
        waiting.settle(session, one, now, "citizen")
    return len(registers)
