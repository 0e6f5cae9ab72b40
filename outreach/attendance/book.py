"""The host's book: a workshop's people by pseudonym and code, who waits, who came; what they need, each look written down."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, processes
from outreach.crypto import KeyTrouble
from outreach.house import house
from outreach.record import programme
from outreach.staff import Within
from outreach.tables import address, attendance, contact, minutes, need, process, registration, workshop

LATEST = timedelta(days=120)
"""Workshops that ended longer ago are not listed any more: their people are gone from the book after three months."""

_ALONE = (attendance.c.registration_id.is_(None), attendance.c.was == "")
"""Marks without a code: one about a registration that is gone tells what state that had."""


class Guest(msgspec.Struct, frozen=True):
    """One registration. `people`: how many the door counted; `rank`: the place in the line, 0 for who holds a place.

    `silent`: the person closed the channel, nothing reaches them any more ("sans nouvelles"); `asks`: they need a service.
    """

    who: str
    name: str
    state: str
    seats: int
    mode: str
    code: str
    people: int = 0
    rank: int = 0
    silent: bool = False
    asks: bool = False


class Room(msgspec.Struct, frozen=True):
    """A workshop as its host knows it. Counts are people, not registrations; `came` stays when the registrations are gone."""

    id: str
    process: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    place: str
    status: str
    capacity: int | None
    taken: int
    remote_taken: int
    waiting: int
    came: int
    walk_ins: int
    minutes: bool
    guests: tuple[Guest, ...] = ()
    last_walk_in: str = ""  # the key of the latest mark without a code that still counts: what "take one back" means


class Need(msgspec.Struct, frozen=True):
    """Codes of services that a guest asked for, never why (GDPR-22)."""

    name: str
    code: str
    services: tuple[str, ...]


def listing(session: Session, now: datetime, within: Within = None) -> tuple[Room, ...]:
    """Every workshop of the last months and to come, the next first, then those that are over, the last first; without their guests."""
    which = (workshop.c.ends_at > now - LATEST, *processes.inside(workshop.c.process_id, within))
    rows = session.execute(sa.select(workshop).where(*which).order_by(workshop.c.starts_at, workshop.c.id)).all()
    rooms = _rooms(session, rows)
    coming = [room for room in rooms if room.ends_at > now]
    return (*coming, *reversed([room for room in rooms if room.ends_at <= now]))


def room(session: Session, workshop_id: int) -> Room | None:
    """One workshop with its guests: who has a place by code, then the waiting list by rank, then who left; None for no such number."""
    row = session.execute(sa.select(workshop).where(workshop.c.id == workshop_id)).one_or_none()
    found = _rooms(session, [row]) if row else []
    alone = (attendance.c.workshop_id == workshop_id, attendance.c.people > 0, *_ALONE)
    last = session.scalar(sa.select(attendance.c.key).where(*alone).order_by(attendance.c.at.desc(), attendance.c.key.desc()).limit(1))
    return msgspec.structs.replace(found[0], guests=_guests(session, workshop_id), last_walk_in=last or "") if found else None


def number(session: Session, slug: str, name: str) -> int | None:
    """The number of a workshop, by its names in the document of its process."""
    query = sa.select(workshop.c.id).join(process, process.c.id == workshop.c.process_id)
    query = query.where(process.c.slug == slug, workshop.c.name == name)
    return session.scalar(query) if (slug + name).isprintable() else None


def needs(session: Session, now: datetime, workshop_id: int, actor: str) -> tuple[Need, ...]:
    """What the guests of a workshop need, by code; one audit line for each guest whose need is shown."""
    rows = session.execute(
        sa.select(need.c.registration_id, need.c.sealed, registration.c.subject, registration.c.code, contact.c.pseudonym)
        .select_from(need)
        .join(registration, registration.c.id == need.c.registration_id)
        .join(address, address.c.id == registration.c.address_id)
        .join(contact, contact.c.id == address.c.contact_id)
        .where(registration.c.workshop_id == workshop_id, registration.c.state != "cancelled")
        .order_by(registration.c.code)
    ).all()
    keys = house(session).keys
    found = []
    for row in rows:
        try:
            services = msgspec.json.decode(keys.open("need", row.registration_id, row.sealed), type=tuple[str, ...])
        except (KeyTrouble, msgspec.DecodeError):
            continue
        found.append((row.subject, Need(row.pseudonym, row.code, services)))
    lines = [audit.line(actor, "registration.needs_seen", subject, count=len(one.services)) for subject, one in found]
    audit.write(session, lines, now)
    return tuple(one for _subject, one in found)


def _rooms(session: Session, rows: Sequence[Any]) -> list[Room]:
    ids = [row.id for row in rows]
    known = programme.by_id(session, {row.process_id for row in rows})
    waiting = _summed(session, registration.c.workshop_id, registration.c.seats, ids, registration.c.state.in_(("waiting", "offered")))
    came = _summed(session, attendance.c.workshop_id, attendance.c.people, ids)
    alone = _summed(session, attendance.c.workshop_id, attendance.c.people, ids, *_ALONE)
    told = set(session.scalars(sa.select(minutes.c.workshop_id).where(minutes.c.workshop_id.in_(ids))))
    found = []
    for row in rows:
        about = known[row.process_id]
        written = next((one for one in about.document.workshops if one.id == row.name), None)
        if written is not None:
            found.append(
                Room(
                    str(row.id), about.slug, written.title, row.starts_at, row.ends_at, row.place, row.status, row.capacity, row.taken,
                    row.remote_taken, waiting.get(row.id, 0), came.get(row.id, 0), alone.get(row.id, 0), row.id in told,
                )
            )  # fmt: skip
    return found


def _summed(
    session: Session, by: sa.ColumnElement[int], what: sa.ColumnElement[int], ids: Collection[int], *which: sa.ColumnElement[bool]
) -> Mapping[int, int]:
    query = sa.select(by, sa.func.sum(what)).where(by.in_(ids), *which).group_by(by)
    return {number: int(total) for number, total in session.execute(query).all()} if ids else {}


def _guests(session: Session, workshop_id: int) -> tuple[Guest, ...]:
    counted = sa.select(attendance.c.registration_id, sa.func.sum(attendance.c.people).label("people")).group_by(
        attendance.c.registration_id
    )
    came = counted.where(attendance.c.workshop_id == workshop_id).subquery()
    rows = session.execute(
        sa.select(registration, contact.c.pseudonym, address.c.unreachable_at, came.c.people, need.c.registration_id.label("asks"))
        .join(address, address.c.id == registration.c.address_id)
        .join(contact, contact.c.id == address.c.contact_id)
        .outerjoin(came, came.c.registration_id == registration.c.id)
        .outerjoin(need, need.c.registration_id == registration.c.id)
        .where(registration.c.workshop_id == workshop_id)
    ).all()
    line: dict[str, int] = {}
    ranks = {}
    for row in sorted((row for row in rows if row.waits_since), key=lambda row: (row.waits_since, row.id)):
        if row.state == "waiting" or (row.state == "offered" and not row.holds):
            ranks[row.id] = line[row.mode] = line.get(row.mode, 0) + 1
    guests = [
        Guest(
            row.subject, row.pseudonym, row.state, row.seats, row.mode, row.code, int(row.people or 0), ranks.get(row.id, 0),
            row.unreachable_at is not None, row.asks is not None and row.state != "cancelled",
        )
        for row in rows
    ]  # fmt: skip
    group = {"attended": 0, "confirmed": 0, "absent": 0, "offered": 1, "waiting": 1, "cancelled": 2}
    return tuple(sorted(guests, key=lambda guest: (group[guest.state], guest.rank, guest.code)))
