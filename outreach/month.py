"""One month of the city: workshops, campaigns, what was promised, public holidays, elections; as far as rights reach (UX-12)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import answers, campaigns, hours, processes
from outreach.campaigns import Draft, reserve
from outreach.campaigns.overlap import A_WEEK, PLANNED
from outreach.house import House, house
from outreach.record import programme
from outreach.record.programme import Known
from outreach.staff import Within
from outreach.tables import appeal, campaign, contribution, process, second_look, workshop

Kind: TypeAlias = Literal[
    "holiday", "reserve", "silence", "polling", "workshop", "campaign", "answer", "study", "commitment", "appeals", "looks"
]
_ANSWERED = frozenset({"response_published", "follow_up", "closed"})
_DATED: Mapping[str, Kind] = {"study": "study", "commitment": "commitment"}
"""What is owed on a day of its own; the rest is owed with the answer."""
_DAY = timedelta(days=1)


class Sight(msgspec.Struct, frozen=True):
    """What somebody may see: processes, campaigns and appeals of these slugs, None for every one; `looks`: decisions to look at again."""

    processes: Within = None
    campaigns: Within = None
    appeals: Within = None
    looks: bool = True


class Event(msgspec.Struct, frozen=True):
    """Something of one day. `key` leads to it: a workshop's number, a campaign's id, a point's place.

    `title`: the process's or the workshop's; `name`: a holiday's, a campaign's, or the number of a point. `state`: the workshop's or the
    campaign's; of what is owed "answered", "late" or "".
    """

    on: date
    kind: Kind
    at: datetime | None = None
    slug: str = ""
    key: str = ""
    title: Mapping[str, str] = {}
    name: str = ""
    about: str = ""  # a campaign's kind
    state: str = ""
    count: int = 0


class Clash(msgspec.Struct, frozen=True):
    """Two campaigns within a week whose audiences may hold the same people: the page of each counts them."""

    first: Event
    second: Event


class Month(msgspec.Struct, frozen=True):
    """One month, its events by day and hour. `reserves` of elections that touch it: first day, last polling day."""

    first: date
    last: date
    events: tuple[Event, ...]
    reserves: tuple[tuple[date, date], ...]
    clashes: tuple[Clash, ...]

    @property
    def days(self) -> tuple[tuple[date, tuple[Event, ...]], ...]:
        """Every day with what it holds."""
        numbers = (self.first + _DAY * ahead for ahead in range(self.last.day))
        return tuple((day, tuple(one for one in self.events if one.on == day)) for day in numbers)


class _Span(NamedTuple):
    first: date
    last: date
    zone: ZoneInfo

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def within(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        since, until = (datetime.combine(day, time(), self.zone) for day in (self.first, self.last + _DAY))
        return sa.and_(column >= since, column < until)


def of(session: Session, now: datetime, first: date, sight: Sight, language: str = "fr") -> Month:
    """The month that begins on `first`; the names of its holidays in French or English."""
    place = house(session)
    span = _Span(first, (first + 31 * _DAY).replace(day=1) - _DAY, place.timezone)
    known = {one.slug: one for one in programme.every(session) if sight.processes is None or one.slug in sight.processes}
    planned = _campaigns(session, _Span(first - A_WEEK, span.last + A_WEEK, place.timezone), sight.campaigns)
    found = (
        *_of_the_state(place, first.year, language),
        *_workshops(session, span, known),
        *(event for event, _draft in planned),
        *_answers(known, span.day(now)),
        *_owed(session, now, known),
        *_counts(session, span, sight),
    )
    events = sorted((one for one in found if span.holds(one.on)), key=lambda one: (one.on, one.at is not None, one.at or now, one.key))
    reserves = tuple((begins, ends) for begins, ends in reserve.periods(place.polling) if begins <= span.last and ends >= first)
    return Month(first, span.last, tuple(events), reserves, _clashes(planned, span))


def _of_the_state(place: House, year: int, language: str) -> Iterator[Event]:
    """Public holidays of the territory; the first day of a reserve, the eve and the day of a poll (GDPR-71)."""
    for day, name in hours.public_holidays(place.territory, year, language).items():
        yield Event(day, "holiday", name=name)
    for begins, _ends in reserve.periods(place.polling):
        yield Event(begins, "reserve")
    for voting in place.polling:
        yield Event(voting - _DAY, "silence")
        yield Event(voting, "polling")


def _workshops(session: Session, span: _Span, known: Mapping[str, Known]) -> Iterator[Event]:
    rows = session.execute(
        sa.select(workshop.c.id, workshop.c.name, workshop.c.starts_at, workshop.c.status, process.c.slug)
        .join(process, process.c.id == workshop.c.process_id)
        .where(process.c.slug.in_(known), span.within(workshop.c.starts_at))
    )
    for row in rows:
        title = next((one.title for one in known[row.slug].document.workshops if one.id == row.name), {})
        yield Event(span.day(row.starts_at), "workshop", row.starts_at, row.slug, str(row.id), title, state=row.status)


def _campaigns(session: Session, span: _Span, within: Within) -> list[tuple[Event, Draft]]:
    """What goes or went; what waits for its approval stands at the hour it asks for."""
    hour = sa.func.coalesce(campaign.c.started_at, campaign.c.starts_at)
    rows = session.execute(
        sa.select(campaign, process.c.slug)
        .join(process, process.c.id == campaign.c.process_id)
        .where(campaign.c.state.in_(PLANNED), sa.or_(hour.is_(None), span.within(hour)))
        .where(*processes.inside(campaign.c.process_id, within))
    )
    found = []
    for row in rows:
        draft = msgspec.json.decode(row.document, type=Draft)
        if at := row.started_at or row.starts_at or draft.at:
            about = {"name": draft.name, "about": draft.kind, "state": row.state}
            found.append((Event(span.day(at), "campaign", at, row.slug, row.subject, **about), draft))
    return found


def _clashes(planned: Sequence[tuple[Event, Draft]], span: _Span) -> tuple[Clash, ...]:
    """Pairs of which one has yet to leave, and one is of this month."""
    order = sorted(planned, key=lambda one: (one[0].at, one[0].key))
    return tuple(
        Clash(one, other)
        for (one, draft), (other, theirs) in combinations(order, 2)
        if one.at and other.at and other.at - one.at <= A_WEEK
        if {one.state, other.state} & {"to_approve", "scheduled"}
        if (span.holds(one.on) or span.holds(other.on)) and campaigns.may_meet(draft, theirs)
    )


def _answers(known: Mapping[str, Known], today: date) -> Iterator[Event]:
    for slug, one in known.items():
        if day := one.promised_on:
            state = "answered" if one.state in _ANSWERED else "late" if day < today else ""
            yield Event(day, "answer", slug=slug, title=one.document.title, state=state)


def _owed(session: Session, now: datetime, known: Mapping[str, Known]) -> Iterator[Event]:
    """Notes of services and commitments that are still owed: each has a day of its own."""
    for one in answers.debts(session, now, people=False):
        if (kind := _DATED.get(one.kind)) and one.slug in known and one.due_on:
            late = "late" if one.overdue else ""
            yield Event(one.due_on, kind, slug=one.slug, key=str(one.place), title=one.process, name=one.number, state=late)


def _counts(session: Session, span: _Span, sight: Sight) -> Iterator[Event]:
    """Appeals to answer and decisions to look at again: how many by the day they are due."""
    appeals = (
        sa.select(appeal.c.answer_by)
        .join(contribution, contribution.c.id == appeal.c.contribution_id)
        .where(appeal.c.outcome == "", span.within(appeal.c.answer_by), *processes.inside(contribution.c.process_id, sight.appeals))
    )
    for day, count in Counter(span.day(at) for at in session.scalars(appeals)).items():
        yield Event(day, "appeals", count=count)
    if sight.looks:
        looks = sa.select(second_look.c.due_at).where(second_look.c.outcome == "", span.within(second_look.c.due_at))
        for day, count in Counter(span.day(at) for at in session.scalars(looks)).items():
            yield Event(day, "looks", count=count)
