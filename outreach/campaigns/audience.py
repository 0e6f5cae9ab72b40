"""Who a campaign reaches, and who it leaves out and why: one condition, asked before, at the fan-out and as each message leaves."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import processes, tallies
from outreach.campaigns.content import PURPOSES
from outreach.campaigns.shape import Audience, Draft, Refused
from outreach.house import house
from outreach.staff import Within
from outreach.tables import address, consent, contact, contribution, counted, pressure, process, registration, workshop
from outreach.tables.base import Instant

REACHABLE = "tally/reachable"
MOST, WITHIN = 4, timedelta(days=30)
"""Campaigns a person, over all processes (SMS-13)."""
NOW, LATELY = sa.bindparam("now", type_=Instant), sa.bindparam("lately", type_=Instant)
"""What the conditions below compare with: `at` gives both their values, so that a statement is made once and asked many times."""
_EVERYBODY = 1_000_000_000
"""A limit that nobody meets: with one, SQLite finds out about each person once, instead of at each mention of it."""
A_DAY: Final = timedelta(hours=20)
"""At most one a day: the next morning's is not kept back because yesterday's left late."""


class Share(msgspec.Struct, frozen=True):
    """How many of one network and language; `why` "" for who is reached, else why not."""

    network: str
    language: str
    why: str
    people: int


class Example(msgspec.Struct, frozen=True):
    """Somebody who would be told, by pseudonym."""

    pseudonym: str
    network: str
    language: str


def lies_within(chosen: Audience, within: Within) -> bool:
    """Whether an audience holds nobody but people of these projects, and tells nothing of another; None is the whole city.

    Who gave no view to a project is everybody else; districts, and having taken part anywhere, go through every project.
    """
    if within is None:
        return True
    room = chosen.came_to.partition("/")[0]
    is_theirs = bool(room) or (bool(chosen.process) and chosen.took_part is not False)
    goes_elsewhere = bool(chosen.districts) or (chosen.took_part is not None and not chosen.process)
    return is_theirs and not goes_elsewhere and {chosen.process, room} - {""} <= within


def keep_within(draft: Draft, within: Within) -> None:
    """Raises Refused("beyond") for an audience that goes beyond somebody's projects."""
    if not lies_within(draft.audience, within):
        raise Refused("beyond")


def count(session: Session, draft: Draft, now: datetime) -> tuple[Share, ...]:
    """How many are reached, by network and language, and how many of those it is meant for are not, by reason."""
    language = spoken(house(session).languages)
    which = meant(draft, of_districts(session, draft))
    every = sa.select(address.c.network, language.label("language"), why_not(draft).label("why")).where(*which).limit(_EVERYBODY).subquery()
    grouped = sa.select(every.c.network, every.c.language, every.c.why, sa.func.count()).group_by(
        every.c.network, every.c.language, every.c.why
    )
    ordered = grouped.order_by(every.c.network, every.c.language, every.c.why)
    return tuple(Share(*row) for row in session.execute(ordered, at(now)))


def sample(session: Session, draft: Draft, now: datetime, many: int = 5) -> tuple[Example, ...]:
    """A few of those who would be told, the newest first, so that staff see whom they chose."""
    which = (*meant(draft, of_districts(session, draft)), why_not(draft) == "")
    found = sa.select(contact.c.pseudonym, address.c.network, spoken(house(session).languages)).join(contact).where(*which)
    return tuple(Example(*row) for row in session.execute(found.order_by(address.c.id.desc()).limit(many), at(now)))


def at(now: datetime) -> dict[str, datetime]:
    """The instants that a statement with these conditions is asked for."""
    return {"now": now, "lately": now - WITHIN}


def reachable(session: Session) -> int:
    """How many addresses may be written to about workshops; of very many, as the clock counted them last."""
    if tallies.few(session, sa.select(address.c.id)) is None:
        kept = tallies.kept(session, REACHABLE, int)
        if kept is not None:
            return kept
    return count_reachable(session)


def count_reachable(session: Session, purpose: str = "workshops") -> int:
    """The same, counted now."""
    return session.scalar(sa.select(sa.func.count()).select_from(address).where(*_open_doors(), _agreed(purpose))) or 0


def spoken(languages: Sequence[str]) -> sa.ColumnElement[str]:
    """The language, of those that the city speaks, in which an address is written to."""
    return sa.case((address.c.language.in_(languages), address.c.language), else_=languages[0])


def of_districts(session: Session, draft: Draft) -> tuple[int, ...]:
    """Rows of the processes that concern one of the districts that staff chose."""
    chosen = set(draft.audience.districts)
    return tuple(view.id for view in processes.listing(session, public=False) if chosen & set(view.document.districts)) if chosen else ()


def meant(draft: Draft, places: Sequence[int]) -> Iterator[sa.ColumnElement[bool]]:
    """Whom staff chose: by network, language, age, and whether they came or took part; never by what they said.

    `places`: what `of_districts` found.
    """
    chosen = draft.audience
    # not the bare column: SQLite would then go through the index of fingerprints, instead of the slice of rows that was asked for
    yield (address.c.network + "").in_(draft.networks)
    if chosen.languages:
        yield address.c.language.in_(chosen.languages)
    if chosen.ages:
        yield _wrote(contribution.c.age.in_(chosen.ages))
    if chosen.districts:
        yield _joined(lambda table: table.c.process_id.in_(places))
    if chosen.took_part is not None:
        took_part = _wrote(_in(contribution, chosen.process)) if chosen.process else _wrote()
        yield took_part if chosen.took_part else ~took_part
    elif chosen.process:
        yield _joined(lambda table: _in(table, chosen.process))
    if chosen.came_to:
        slug, _, name = chosen.came_to.partition("/")
        yield sa.exists().where(
            registration.c.address_id == address.c.id,
            registration.c.workshop_id == workshop.c.id,
            registration.c.state == "attended",
            workshop.c.name == name,
            _in(workshop, slug),
        )


def why_not(draft: Draft) -> sa.ColumnElement[str]:
    """Why an address that is meant is not written to; "" when it is."""
    return sa.case(
        (address.c.stopped_at.is_not(None) | address.c.objected_at.is_not(None), "stopped"),
        (address.c.unreachable_at.is_not(None), "unreachable"),
        (~_agreed(PURPOSES[draft.kind]), "no_consent"),
        (address.c.paused_until > NOW, "paused"),
        (_already_coming(draft), "coming"),
        (_pressed(), "pressure"),
        else_="",
    )


def _open_doors() -> tuple[sa.ColumnElement[bool], ...]:
    return address.c.stopped_at.is_(None), address.c.objected_at.is_(None), address.c.unreachable_at.is_(None)


def _agreed(purpose: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(consent.c.address_id == address.c.id, consent.c.purpose == purpose, consent.c.withdrawn_at.is_(None))


def _already_coming(draft: Draft) -> sa.ColumnElement[bool]:
    """Who holds a place, or waits for one, is told by reminders; to be asked again whether they come would frighten them."""
    if draft.kind != "workshop":
        return sa.false()
    return sa.exists().where(
        registration.c.address_id == address.c.id,
        registration.c.workshop_id == workshop.c.id,
        registration.c.state.in_(("confirmed", "waiting", "offered")),
        workshop.c.name == draft.workshop,
        _in(workshop, draft.process),
    )


def _pressed() -> sa.ColumnElement[bool]:
    """Four within thirty days: the fifth stays away."""
    within = (
        sa.select(sa.func.count())
        .select_from(pressure)
        .where(pressure.c.contact_id == address.c.contact_id, pressure.c.at > LATELY)
        .scalar_subquery()
    )
    return within >= MOST


def _joined(there: Callable[[sa.Table], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """Wrote to a process, or signed up for a workshop, of which that is true."""
    signed_up = sa.exists().where(registration.c.address_id == address.c.id, registration.c.workshop_id == workshop.c.id, there(workshop))
    return _wrote(there(contribution)) | signed_up


def _wrote(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(contribution.c.address_id == address.c.id, counted, *which)


def _in(table: sa.Table, slug: str) -> sa.ColumnElement[bool]:
    return table.c.process_id == sa.select(process.c.id).where(process.c.slug == slug).scalar_subquery()
