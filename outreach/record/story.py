"""What the public is told of a process and of one contribution: states and dates, a text once it is published, never a reason."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import record, tallies
from outreach.documents import ProcessDocument
from outreach.house import house
from outreach.record import Entry, programme, shown
from outreach.tables import avis, contribution, counted, entry
from outreach.tables import move as moves
from outreach.tables import process as processes

_BY_THE_AVIS = frozenset({"taken_up", "not_taken_up"})


class Process(msgspec.Struct, frozen=True):
    """A process as its public page tells it."""

    slug: str
    state: str
    document: ProcessDocument
    opened_at: datetime | None
    closed_at: datetime | None
    read_on: date | None
    promised_on: date | None
    received: int
    published: int


class Step(msgspec.Struct, frozen=True):
    """One move of a contribution: the state it came to, and when."""

    state: str
    at: datetime


class Follow(msgspec.Struct, frozen=True):
    """What became of one contribution, for anybody who knows its number. `entry` once it is in the record, withdrawn or not.

    A refusal's reason, its text and the author are not here: only the author's own address learns them.
    """

    ref: str
    state: str
    process: str
    process_name: str
    question: str
    received_on: date
    read_by: date
    promised_on: date | None
    steps: tuple[Step, ...]
    entry: Entry | None = None


class Around(msgspec.Struct, frozen=True):
    """The references that were published just before and just after one, "" for none."""

    before: str
    after: str


class Event(msgspec.Struct, frozen=True):
    """Something that happened to a process, with an id that never changes: for a feed. `ref` and `text` of a contribution."""

    id: str
    kind: Literal["opened", "closed", "published", "withdrawn"]
    at: datetime
    ref: str = ""
    text: str = ""


def process(session: Session, slug: str) -> Process | None:
    """The public story of a process; None when it does not exist or was never opened."""
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        return None
    dates = session.execute(sa.select(processes.c.opened_at, processes.c.closed_at).where(processes.c.id == about.id)).one()
    if dates.opened_at is None:
        return None
    return Process(
        slug=slug,
        state=about.state,
        document=about.document,
        opened_at=dates.opened_at,
        closed_at=dates.closed_at,
        read_on=about.read_on,
        promised_on=about.promised_on,
        received=received(session, about.id),
        published=published(session, about.id),
    )


def received(session: Session, process_id: int) -> int:
    """How many contributions came in; of very many, as the clock counted them last."""
    rows = sa.select(contribution.c.id).where(contribution.c.process_id == process_id, counted)
    return tallies.of_process(session, process_id, rows, lambda one: one.received)


def published(session: Session, process_id: int) -> int:
    """How many texts stand in the record; of very many, as the clock counted them last."""
    rows = sa.select(entry.c.ref).where(entry.c.process_id == process_id, entry.c.withdrawn_at.is_(None))
    return tallies.of_process(session, process_id, rows, lambda one: one.published)


def follow(session: Session, ref: str) -> Follow | None:
    """What became of a contribution; None: nobody gave this number."""
    row = session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one_or_none()
    if row is None:
        return None
    zone = house(session).timezone
    about = programme.by_id(session, (row.process_id,))[row.process_id]
    steps = session.execute(
        sa.select(moves.c.after, moves.c.at).where(moves.c.contribution_id == row.id).order_by(moves.c.at, moves.c.id)
    ).all()
    return Follow(
        ref=row.ref,
        state=row.state,
        process=about.slug,
        process_name=about.name,
        question=row.question,
        received_on=row.received_at.astimezone(zone).date(),
        read_by=row.read_by.astimezone(zone).date(),
        promised_on=about.promised_on,
        steps=tuple(_in_its_time(session, row.process_id, zone, [Step(one.after, one.at) for one in steps])),
        entry=record.find(session, ref),
    )


def _in_its_time(session: Session, process_id: int, zone: ZoneInfo, steps: Sequence[Step]) -> Iterator[Step]:
    """Words are taken up, or not, on the day of the avis, though it is noted when the answer is published."""
    handed_on = session.scalar(sa.select(avis.c.handed_on).where(avis.c.process_id == process_id))
    before: datetime | None = None
    for one in steps:
        if handed_on is not None and one.state in _BY_THE_AVIS:
            that_day = datetime.combine(handed_on, time(12), zone)
            before = min(one.at, max(that_day, before or that_day))
        else:
            before = one.at
        yield Step(one.state, before)


def around(session: Session, slug: str, one: Entry) -> Around:
    """Who stands beside an entry in its process's record."""
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        return Around("", "")
    at, ref = entry.c.published_at, entry.c.ref
    heads = sa.select(ref).where(entry.c.process_id == about.id, entry.c.grouped_with == "").limit(1)
    earlier = heads.where(at <= one.published_at, sa.or_(at < one.published_at, ref < one.ref)).order_by(at.desc(), ref.desc())
    later = heads.where(at >= one.published_at, sa.or_(at > one.published_at, ref > one.ref)).order_by(at, ref)
    return Around(session.scalar(earlier) or "", session.scalar(later) or "")


def events(session: Session, slug: str, limit: int = 50) -> tuple[Event, ...]:
    """What happened to a process and to its record, the latest first; none for a process that was never opened."""
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        return ()
    dates = session.execute(sa.select(processes.c.opened_at, processes.c.closed_at).where(processes.c.id == about.id)).one()
    found = [Event(f"{slug}/opened", "opened", dates.opened_at)] if dates.opened_at else []
    if dates.closed_at:
        found.append(Event(f"{slug}/closed", "closed", dates.closed_at))
    mine = sa.select(entry).where(entry.c.process_id == about.id)
    newest = [shown(row) for row in session.execute(mine.order_by(entry.c.published_at.desc(), entry.c.ref.desc()).limit(limit))]
    found.extend(Event(f"{one.ref}/published", "published", one.published_at, one.ref, one.text or "") for one in newest)
    found.extend(Event(f"{one.ref}/withdrawn", "withdrawn", one.withdrawn_at, one.ref) for one in newest if one.withdrawn_at)
    return tuple(sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit])
