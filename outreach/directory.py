"""Contacts by pseudonym, for who watches over their data: what they agreed to, never an address; each look is written down (SEC-06)."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, consents
from outreach.consents import Proof
from outreach.cursors import read_numbers, write_numbers
from outreach.record import programme
from outreach.record.programme import Known
from outreach.tables import address, consent, contact, contribution, counted, pressure, registration, workshop

SHOWN = 50
STATES = ("stopped", "objected", "unreachable", "paused")
"""What keeps the city from writing to an address: said STOP, objected, closed the door, asked for a pause."""
_PSEUDONYM = re.compile(r"([^\W\d_]+)[\s.-]*([^\W_]{0,4})")
_HIGHEST = (1 << 63) - 1


class Filter(msgspec.Struct, frozen=True):
    """What is looked for; all that is given must hold, of one and the same address. `pseudonym` may be its beginning."""

    pseudonym: str = ""
    network: str = ""
    language: str = ""
    purpose: str = ""
    state: str = ""


class Entry(msgspec.Struct, frozen=True):
    """A person in the list. `subject` is what audit lines call them; counts are of all their addresses."""

    subject: str
    pseudonym: str
    seen_at: datetime
    networks: tuple[str, ...]
    languages: tuple[str, ...]
    purposes: tuple[str, ...]
    states: tuple[str, ...]
    contributions: int
    registrations: int


class Page(msgspec.Struct, frozen=True):
    """The newest first; `next` is the cursor of the page after, "" on the last."""

    items: tuple[Entry, ...]
    next: str


class Way(msgspec.Struct, frozen=True):
    """One address of a person, without the address: its network, since when, what holds it back, every opt-in with its words."""

    network: str
    language: str
    since: datetime
    stopped_at: datetime | None
    objected_at: datetime | None
    unreachable_at: datetime | None
    paused_until: datetime | None
    proofs: tuple[Proof, ...]


class Seat(msgspec.Struct, frozen=True):
    """One registration."""

    process: str
    title: Mapping[str, str]
    starts_at: datetime
    state: str
    seats: int


class Person(msgspec.Struct, frozen=True):
    """One contact. Of what they wrote nothing but how much: nobody may join a profile with a text here (MOD-05)."""

    entry: Entry
    since: datetime
    ways: tuple[Way, ...]
    seats: tuple[Seat, ...]
    lately: int  # campaigns they were told of in the last thirty days


def listing(session: Session, now: datetime, actor: str, wanted: Filter, cursor: str = "", limit: int = SHOWN) -> Page:  # noqa: PLR0917
    """One page of the list. Raises ValueError for a cursor that isn't ours."""
    (before,) = read_numbers(cursor, 1) if cursor else (_HIGHEST,)
    ids = list(session.scalars(_found(wanted, now, before).limit(limit + 1)))
    items = _entries(session, ids[:limit], now)
    audit.write(session, [audit.line(actor, "contact.listed", "", count=len(items))], now)
    return Page(items, write_numbers(ids[limit - 1]) if len(ids) > limit else "")


def look(session: Session, now: datetime, actor: str, subject: str) -> Person | None:
    """One contact, and a line that says who looked; None when there is none."""
    row = session.execute(sa.select(contact).where(contact.c.subject == subject)).one_or_none()
    if row is None:
        return None
    audit.write(session, [audit.line(actor, "contact.opened", subject)], now)
    ways = session.execute(sa.select(address).where(address.c.contact_id == row.id).order_by(address.c.id)).all()
    told = sa.select(sa.func.count()).select_from(pressure).where(pressure.c.contact_id == row.id)
    return Person(
        entry=_entries(session, [row.id], now)[0],
        since=row.created_at,
        ways=tuple(_way(session, one) for one in ways),
        seats=_seats(session, [one.id for one in ways]),
        lately=session.scalar(told) or 0,
    )


def _found(wanted: Filter, now: datetime, before: int) -> "sa.Select[int]":
    """Numbers of contacts, the newest first, read along an index until a page is full."""
    asked = [*_of_address(wanted, now)]
    if not asked:
        query = sa.select(contact.c.id).where(contact.c.id < before).order_by(contact.c.id.desc())
        return query.where(_named(wanted.pseudonym)) if wanted.pseudonym else query
    owner = address.c.contact_id
    query = sa.select(owner).where(owner < before, *asked).group_by(owner).order_by(owner.desc())
    named = sa.exists().where(contact.c.id == owner, _named(wanted.pseudonym))
    return query.where(named) if wanted.pseudonym else query


def _of_address(wanted: Filter, now: datetime) -> "list[sa.ColumnElement[bool]]":
    states = {
        "stopped": address.c.stopped_at.is_not(None),
        "objected": address.c.objected_at.is_not(None),
        "unreachable": address.c.unreachable_at.is_not(None),
        "paused": address.c.paused_until > now,
    }
    found = []
    if wanted.network:
        # not the bare column: SQLite would then sort everybody of that network, instead of reading along the contacts
        found.append(address.c.network + "" == wanted.network)
    if wanted.language:
        found.append(address.c.language == wanted.language)
    if wanted.purpose:
        found.append(
            sa.exists().where(consent.c.address_id == address.c.id, consent.c.purpose == wanted.purpose, consent.c.withdrawn_at.is_(None))
        )
    if wanted.state:
        found.append(states.get(wanted.state, sa.false()))
    return found


def _named(pseudonym: str) -> sa.ColumnElement[bool]:
    """As people type it: "loire 2f" finds Loire-2F7K."""
    found = _PSEUDONYM.fullmatch(pseudonym.strip())
    if not found:
        return sa.false()
    place, letters = found[1].capitalize(), found[2].upper()
    return contact.c.pseudonym.startswith(f"{place}-{letters}" if letters else place, autoescape=True)


def _entries(session: Session, ids: Collection[int], now: datetime) -> tuple[Entry, ...]:
    rows = session.execute(sa.select(contact).where(contact.c.id.in_(ids)).order_by(contact.c.id.desc())).all()
    ways: dict[int, list[Any]] = {row.id: [] for row in rows}
    for one in session.execute(sa.select(address).where(address.c.contact_id.in_(ids)).order_by(address.c.id)):
        ways[one.contact_id].append(one)
    numbers = [one.id for found in ways.values() for one in found]
    agreed = consents.held(session, numbers)
    wrote = _count(session, contribution.c.address_id, numbers, counted)
    came = _count(session, registration.c.address_id, numbers, registration.c.state != "cancelled")
    return tuple(
        Entry(
            subject=row.subject,
            pseudonym=row.pseudonym,
            seen_at=row.seen_at,
            networks=_each(one.network for one in ways[row.id]),
            languages=_each(one.language for one in ways[row.id]),
            purposes=_each(purpose for one in ways[row.id] for purpose in agreed[one.id]),
            states=_each(state for one in ways[row.id] for state in _states(one, now)),
            contributions=sum(wrote[one.id] for one in ways[row.id]),
            registrations=sum(came[one.id] for one in ways[row.id]),
        )
        for row in rows
    )


def _each(names: Any) -> tuple[str, ...]:  # noqa: ANN401 - an iterable of names
    return tuple(sorted({name for name in names if name}))


def _states(row: Any, now: datetime) -> list[str]:  # noqa: ANN401 - a row of the table
    holds = {
        "stopped": row.stopped_at is not None,
        "objected": row.objected_at is not None,
        "unreachable": row.unreachable_at is not None,
        "paused": row.paused_until is not None and row.paused_until > now,
    }
    return [state for state in STATES if holds[state]]


def _count(session: Session, column: sa.ColumnElement[Any], ids: Collection[int], which: sa.ColumnElement[bool]) -> Counter[int]:
    rows = session.execute(sa.select(column, sa.func.count()).where(column.in_(ids), which).group_by(column))
    return Counter({row[0]: row[1] for row in rows})


def _way(session: Session, row: Any) -> Way:  # noqa: ANN401 - a row of the table
    proofs = consents.proofs(session, row.id)
    return Way(row.network, row.language, row.created_at, row.stopped_at, row.objected_at, row.unreachable_at, row.paused_until, proofs)


def _seats(session: Session, addresses: Collection[int]) -> tuple[Seat, ...]:
    query = (
        sa.select(workshop.c.process_id, workshop.c.name, workshop.c.starts_at, registration.c.state, registration.c.seats)
        .join(workshop, workshop.c.id == registration.c.workshop_id)
        .where(registration.c.address_id.in_(addresses))
        .order_by(workshop.c.starts_at.desc())
    )
    rows = session.execute(query).all()
    known = programme.by_id(session, {row.process_id for row in rows})
    return tuple(
        Seat(known[row.process_id].slug, _title(known[row.process_id], row.name), row.starts_at, row.state, row.seats) for row in rows
    )


def _title(about: Known, name: str) -> Mapping[str, str]:
    return next((one.title for one in about.document.workshops if one.id == name), {})
