"""The door: marks of several phones, hours late and in any order, make one list in which everybody stands once (LINK-07)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.attendance import minutes
from outreach.house import house
from outreach.references import new_id
from outreach.tables import attendance
from outreach.workshops import register, waiting
from outreach.workshops.register import Entry, Register

MOST = 20
"""People that one mark counts: a family, a class that somebody brings."""
BATCH = 500
"""Marks in one call; a phone sends the rest in the next one."""
LONGEST = timedelta(days=7)
"""A mark that says it is older than this is as old as this."""
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_BACK = {"offered": "waiting"}  # an offer has an end of its own, which may have passed

Why = Literal["early", "cancelled", "unknown", "unreadable"]


class NoWorkshop(Exception):
    """No workshop has this number."""


class Mark(msgspec.Struct, frozen=True):
    """What a host did at one moment.

    `key` is made by the phone, once a mark, rising: device and number. `who` (a registration's token) or `code` (four digits) came, with
    `people` all told; 0 takes it back. With neither, so many came without a code; `of` names such a mark that is taken back.
    `ago`: how many milliseconds before it was sent, by the phone's own clock, which may be wrong by years.
    """

    key: str
    who: str = ""
    code: str = ""
    people: int = 1
    of: str = ""
    ago: int = 0


class Refusal(msgspec.Struct, frozen=True):
    """A mark that will never count, and why: the phone need not send it again."""

    key: str
    why: Why
    code: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What became of the marks: keys that are kept, now or before, and those that are not."""

    done: tuple[str, ...]
    refused: tuple[Refusal, ...]


@dataclass
class _Row:
    """A mark as it is kept; `counts` is 0 as soon as another stands in its place."""

    id: int
    registration_id: int | None
    key: str
    counts: int
    was: str
    at: datetime
    fresh: bool = False
    touched: bool = False
    recounts: tuple[str, int] | None = None  # whose number it changed, of somebody who was here already, and to what

    @property
    def order(self) -> tuple[datetime, str]:
        return self.at, self.key


def check_in(session: Session, now: datetime, workshop_id: int, marks: Sequence[Mark], actor: str) -> Answer:
    """Keep marks under the workshop's lock. Whatever their order, and however often each arrives, the result is the same.

    Of all marks about a person the latest stands, wherever it was made. Raises NoWorkshop.
    """
    one = _opened(session, workshop_id)
    if why := _closed(session, one, now):
        return Answer((), tuple(Refusal(mark.key, why, mark.code) for mark in marks))
    rows = _rows(session, workshop_id)
    done: list[str] = []
    refused: list[Refusal] = []
    for mark in marks[:BATCH]:
        if mark.key in rows:
            done.append(mark.key)
        elif not _readable(mark):
            refused.append(Refusal(mark.key, "unreadable", mark.code))
        elif mark.who or mark.code:
            entry = _found(one, mark)
            if entry is None:
                refused.append(Refusal(mark.key, "unknown", mark.code))
            else:
                _person(rows, entry, _row(rows, mark, now, entry.id))
                done.append(mark.key)
        else:
            _walk_in(rows, mark, now)
            done.append(mark.key)
    _write(session, one, rows.values(), now, actor)
    waiting.settle(session, one, now, actor)
    minutes.tell(session, one, now)
    return Answer(tuple(done), tuple(refused))


def close(session: Session, now: datetime, workshop_id: int, actor: str) -> int:
    """The door is shut: who had a place and did not come is absent; how many registrations. A phone may still bring late marks.

    Raises NoWorkshop, ValueError before the workshop begins.
    """
    one = _opened(session, workshop_id)
    if _closed(session, one, now) or now < one.starts_at:
        raise ValueError("the workshop has not begun")
    missing = [entry for entry in one.entries.values() if entry.state == "confirmed"]
    for entry in missing:
        entry.move("absent")
    waiting.settle(session, one, now, actor)
    return len(missing)


def _opened(session: Session, workshop_id: int) -> Register:
    one = next(iter(register.open_ids(session, [workshop_id]).values()), None)
    if one is None:
        raise NoWorkshop
    return one


def _closed(session: Session, one: Register, now: datetime) -> Why | None:
    """Nobody is checked in before the day itself, nor where nothing takes place."""
    if one.status == "cancelled":
        return "cancelled"
    zone = house(session).timezone
    return "early" if now.astimezone(zone).date() < one.starts_at.astimezone(zone).date() else None


def _rows(session: Session, workshop_id: int) -> dict[str, _Row]:
    kept = session.execute(sa.select(attendance).where(attendance.c.workshop_id == workshop_id).order_by(attendance.c.id))
    return {row.key: _Row(row.id, row.registration_id, row.key, row.people, row.was, row.at) for row in kept}


def _readable(mark: Mark) -> bool:
    return bool(_KEY.fullmatch(mark.key) and 0 <= mark.people <= MOST and (not mark.of or _KEY.fullmatch(mark.of)))


def _found(one: Register, mark: Mark) -> Entry | None:
    return next((entry for entry in one.entries.values() if mark.who == entry.subject or (not mark.who and mark.code == entry.code)), None)


def _row(rows: dict[str, _Row], mark: Mark, now: datetime, registration_id: int | None, key: str = "") -> _Row:
    at = _moment(rows, mark, now)
    made = _Row(new_id(now), registration_id, key or mark.key, mark.people, "", at, fresh=True)
    rows[made.key] = made
    return made


def _moment(rows: dict[str, _Row], mark: Mark, now: datetime) -> datetime:
    """When it was made, less what the network took; but never before what the same phone did before, nor after what it did after."""
    at = now - min(timedelta(milliseconds=max(mark.ago, 0)), LONGEST)
    device, dash, _count = mark.key.rpartition("-")
    own = [row for row in rows.values() if dash and row.key.startswith(device + dash)]
    at = max([at, *(row.at for row in own if row.key < mark.key)])
    return min([at, *(row.at for row in own if row.key > mark.key)])


def _person(rows: dict[str, _Row], entry: Entry, row: _Row) -> None:
    """The latest mark about a person stands; the others count nobody."""
    earlier = [one for one in rows.values() if one.registration_id == entry.id and one is not row]
    standing = max(earlier, key=lambda one: one.order, default=None)
    if standing and standing.order > row.order:
        row.counts = 0
        return
    if standing and entry.state == "attended" and row.counts and row.counts != standing.counts:
        row.recounts = (entry.subject, row.counts)
    row.was = standing.was if standing and entry.state == "attended" else entry.state
    if standing:
        standing.counts, standing.touched = 0, True
    if row.counts:
        if entry.state != "attended":
            entry.move("attended", offered_until=None, holds=False)
    elif entry.state == "attended":
        entry.move(_BACK.get(row.was, row.was))


def _walk_in(rows: dict[str, _Row], mark: Mark, now: datetime) -> None:
    """So many without a code; or one such mark taken back, which may not have arrived yet: its key is taken then."""
    if not mark.of:
        _row(rows, mark, now, None)
    elif (taken_back := rows.get(mark.of)) is None:
        _row(rows, msgspec.structs.replace(mark, people=0), now, None, mark.of)
    elif taken_back.registration_id is None:
        taken_back.counts, taken_back.touched = 0, True


def _write(session: Session, one: Register, rows: Iterable[_Row], now: datetime, actor: str) -> None:
    fresh = [row for row in rows if row.fresh]
    if fresh:
        values = [
            {
                "id": row.id,
                "workshop_id": one.id,
                "registration_id": row.registration_id,
                "key": row.key,
                "people": row.counts,
                "was": row.was,
                "by": actor,
                "at": row.at,
            }
            for row in fresh
        ]
        session.execute(sa.insert(attendance), values)
    for row in rows:
        if row.touched and not row.fresh:
            session.execute(sa.update(attendance).where(attendance.c.id == row.id).values(people=row.counts))
    counted = sum(row.counts for row in fresh if row.registration_id is None)
    undone = sum(1 for row in rows if row.touched and not row.fresh and row.registration_id is None)
    lines = [audit.line(actor, "workshop.walk_in", one.subject, count=counted)] if counted else []
    lines += [audit.line(actor, "workshop.walk_in_undone", one.subject, count=undone)] if undone else []
    lines += [
        audit.line(actor, "registration.counted", subject, count=many) for subject, many in (row.recounts for row in fresh if row.recounts)
    ]
    audit.write(session, lines, now)
