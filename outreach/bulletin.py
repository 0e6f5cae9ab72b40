"""The week for who answers for the service, project by project: how many, who, how long, at what cost, and what is owed."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import answers, campaigns, smallcells, tallies, weekly
from outreach.answers import Debt
from outreach.campaigns import Results
from outreach.contributions.days import working_days
from outreach.house import house
from outreach.record import programme
from outreach.record.programme import Known
from outreach.smallcells import INSIDE, SMALL
from outreach.staff import Within
from outreach.tables import attendance, campaign, contribution, counted, decision, entry, process, solicitation, workshop
from outreach.tallies import VOICES, Voices
from outreach.transparency import delays

_ASLEEP = frozenset({"requested", "framing", "mandate_validated", "closed"})
"""A project in one of these states is on the page of a week in which something happened to it."""
PACES = "tally/paces"

Cell: TypeAlias = int | str | None
"""A count, SMALL (fewer than five), or None: hidden because it would reveal a small one."""


class Part(msgspec.Struct, frozen=True):
    """One share of the contributions: `code` a language, a network, an age; "" is what nobody said."""

    code: str
    number: Cell


class Who(msgspec.Struct, frozen=True):
    """Who wrote to a project until it was counted; small cells hidden. `people`: addresses, whoever wrote several times is one.

    How many contributions there are is no secret: shares that this number would give away are left out whole.
    """

    people: Cell
    languages: tuple[Part, ...]
    networks: tuple[Part, ...]
    ages: tuple[Part, ...]


class Counted(msgspec.Struct, frozen=True):
    """The same with its day: once a week, so that who compares two days learns nothing of one person (DIV-07)."""

    who: Who
    at: datetime


class Pace(msgspec.Struct, frozen=True):
    """How many texts got their first decision in a week, and the median of working days that it took: None under five."""

    decided: int = 0
    days: int | None = None


class Line(msgspec.Struct, frozen=True):
    """One project. `days`: the median of working days to a first decision this week, None under five of them; `oldest` waits so long.

    `parts` and `euros` are the SMS of campaigns that began this week; what is owed is owed today.
    """

    slug: str
    title: Mapping[str, str]
    state: str
    received: int
    so_far: int
    published: int
    workshops: int
    came: int
    decided: int
    days: int | None
    waiting: int
    oldest: int
    parts: int
    euros: Decimal
    owed: tuple[Debt, ...]
    counted: Counted | None

    @property
    def overdue(self) -> int:
        """How many of them are late."""
        return sum(one.overdue > 0 for one in self.owed)


class Bulletin(msgspec.Struct, frozen=True):
    """One week, Monday to Sunday. `is_first`: no project is older.

    `uncounted`: slugs whose people may be counted anew, by `count` and `keep`; of very many the clock does it (`to_count`).
    """

    monday: date
    is_first: bool
    lines: tuple[Line, ...]
    uncounted: tuple[str, ...]

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


def of(session: Session, now: datetime, monday: date, within: Within = None) -> Bulletin:
    """The week that begins on this day, of the projects that rights reach, by slug."""
    place = house(session)
    start, end = _days(session, monday)
    known = [one for one in programme.every(session) if within is None or one.slug in within]
    ids = [one.id for one in known]
    held, came = _workshops(session, ids, start, end)
    received = _came_in(session, ids, contribution.c.received_at >= start, contribution.c.received_at < end)
    large = {id_: number for id_, number in _large(session).items() if id_ in ids}
    figures = {
        "received": received,
        "so_far": _so_far(session, ids, large, received, end, now),
        "published": _by(session, ids, entry.c.process_id, entry.c.published_at >= start, entry.c.published_at < end),
        "workshops": held,
        "came": came,
        "parts": _parts(session, ids, start, end, now),
    }
    paces, waits, owed = _paces(session, monday), _waiting(session, ids), answers.debts(session, now, people=False)
    issued = weekly.current(session, [_name(one.slug) for one in known], now, Who)
    lines = []
    for one in known:
        numbers = {name: found.get(one.id, 0) for name, found in figures.items()}
        pace = paces.get(str(one.id), Pace())
        if one.state in _ASLEEP and not any((pace.decided, *(number for name, number in numbers.items() if name != "so_far"))):
            continue
        waiting, oldest = waits.get(one.id, (0, now))
        who = issued.get(_name(one.slug))
        lines.append(
            Line(
                slug=one.slug,
                title=one.document.title,
                state=one.state,
                **numbers,
                decided=pace.decided,
                days=pace.days,
                waiting=waiting,
                oldest=working_days(oldest, now, place),
                euros=numbers["parts"] * place.sms.price,
                owed=tuple(debt for debt in owed if debt.slug == one.slug),
                counted=Counted(who.table, who.at) if who else None,
            )
        )
    few = {one.slug for one in known if one.id not in large}
    oldest_project = session.scalar(sa.select(sa.func.min(process.c.created_at)))
    is_first = oldest_project is None or oldest_project >= start
    return Bulletin(monday, is_first, tuple(lines), tuple(one.slug for one in lines if one.counted is None and one.slug in few))


def paces(session: Session, now: datetime) -> dict[str, dict[str, Pace]] | None:
    """How fast texts are decided this week and were in the one before, by Monday and process; None while there is little to count."""
    today = now.astimezone(house(session).timezone).date()
    this = today - timedelta(days=today.weekday())
    mondays = (this - timedelta(days=7), this)
    if all(_are_few(session, monday) for monday in mondays):
        return None
    return {f"{monday}": _measured(session, monday) for monday in mondays}


def to_count(session: Session, now: datetime) -> tuple[str, ...]:
    """Projects with so many contributions that no page may count who wrote them, and whose week is over."""
    large = programme.by_id(session, _large(session))
    issued = weekly.current(session, [_name(one.slug) for one in large.values()], now, Who)
    return tuple(sorted(one.slug for one in large.values() if _name(one.slug) not in issued))


def count(session: Session, slugs: Collection[str]) -> dict[str, Who]:
    """Who wrote to these projects until now: reads every contribution of each."""
    return {slug: _who(session, one) for slug, one in programme.by_slug(session, slugs).items()}


def keep(session: Session, now: datetime, found: Mapping[str, Who]) -> None:
    """Show it for a week; what somebody else kept a moment ago stays."""
    for slug, who in found.items():
        weekly.issued(session, _name(slug), now, Who, partial(_as_it_is, who))


def _days(session: Session, monday: date) -> tuple[datetime, datetime]:
    zone = house(session).timezone
    return datetime.combine(monday, time(), zone), datetime.combine(monday + timedelta(days=7), time(), zone)


def _large(session: Session) -> dict[int, int]:
    """Processes with very many contributions: how many, as the clock counted them last."""
    known = tallies.kept(session, VOICES, dict[str, Voices]) or {}
    return {int(id_): one.received for id_, one in known.items() if one.received > tallies.FEW}


def _so_far(  # noqa: PLR0917 - what is known of them already
    session: Session, ids: Sequence[int], large: Mapping[int, int], received: Mapping[int, int], end: datetime, now: datetime
) -> dict[int, int]:
    """How many came in until the end of the week; of very many, as the clock counted them last."""
    at = contribution.c.received_at
    later = _came_in(session, list(large), at >= end) if end <= now else {}
    many = {id_: max(number - later.get(id_, 0), received.get(id_, 0)) for id_, number in large.items()}
    return {**many, **_came_in(session, [id_ for id_ in ids if id_ not in large], at < end)}


def _came_in(session: Session, ids: Sequence[int], *when: sa.ColumnElement[bool]) -> dict[int, int]:
    """All of that time, less the sheets that nobody looked at twice: each is read from an index alone, unlike what is `counted`."""
    column = contribution.c.process_id
    drafts = _by(session, ids, column, contribution.c.state == "draft", *when)
    return {id_: number - drafts.get(id_, 0) for id_, number in _by(session, ids, column, *when).items()}


def _are_few(session: Session, monday: date) -> bool:
    start, end = _days(session, monday)
    those = sa.select(decision.c.id).where(decision.c.state == "applied", decision.c.effective_at >= start, decision.c.effective_at < end)
    return tallies.few(session, those) is not None


def _paces(session: Session, monday: date) -> dict[str, Pace]:
    """By process; of very many decisions, as the clock counted them last."""
    if not _are_few(session, monday):
        kept = tallies.kept(session, PACES, dict[str, dict[str, Pace]]) or {}
        if found := kept.get(f"{monday}"):
            return found
    return _measured(session, monday)


def _measured(session: Session, monday: date) -> dict[str, Pace]:
    decided = defaultdict[int, list[int]](list)
    for process_id, took in delays(session, *_days(session, monday)):
        decided[process_id].append(took)
    return {str(id_): Pace(len(days), round(median(days)) if len(days) >= INSIDE else None) for id_, days in decided.items()}


def _as_it_is(who: Who) -> Who:
    return who


def _name(slug: str) -> str:
    return f"who/{slug}"


def _who(session: Session, about: Known) -> Who:
    here = (contribution.c.process_id == about.id, counted)
    people = session.scalar(sa.select(sa.func.count(sa.distinct(contribution.c.address_id))).where(*here)) or 0
    return Who(
        _alone(people),
        *(_shares(session, here, column) for column in (contribution.c.language, contribution.c.network, contribution.c.age)),
    )


def _shares(session: Session, here: Sequence[sa.ColumnElement[bool]], column: sa.ColumnElement[str]) -> tuple[Part, ...]:
    found: dict[str, int] = {row[0]: row[1] for row in session.execute(sa.select(column, sa.func.count()).where(*here).group_by(column))}
    codes = sorted(found, key=lambda code: (not code, code))
    shown = smallcells.column([found[code] for code in codes])
    return () if shown.total is None else tuple(Part(code, cell) for code, cell in zip(codes, shown.cells, strict=True))


def _alone(number: int) -> int | str:
    return SMALL if 0 < number < INSIDE else number


def _by(session: Session, ids: Sequence[int], column: sa.ColumnElement[Any], *which: sa.ColumnElement[bool]) -> dict[int, int]:
    """How many rows of each process."""
    return {row[0]: row[1] for row in session.execute(sa.select(column, sa.func.count()).where(column.in_(ids), *which).group_by(column))}


def _waiting(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """Texts that nobody has decided about: how many, and since when the first."""
    column = contribution.c.process_id
    query = sa.select(column, sa.func.count(), sa.func.min(contribution.c.received_at)).group_by(column)
    rows = session.execute(query.where(column.in_(ids), contribution.c.state == "received"))
    return {row[0]: (row[1], row[2]) for row in rows}


def _workshops(session: Session, ids: Sequence[int], start: datetime, end: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """How many began this week, and how many people came."""
    when = (workshop.c.starts_at >= start, workshop.c.starts_at < end, workshop.c.status != "cancelled")
    people = sa.select(workshop.c.process_id, sa.func.sum(attendance.c.people)).join(attendance, attendance.c.workshop_id == workshop.c.id)
    rows = session.execute(people.where(workshop.c.process_id.in_(ids), *when).group_by(workshop.c.process_id))
    return _by(session, ids, workshop.c.process_id, *when), {row[0]: int(row[1]) for row in rows}


def _parts(session: Session, ids: Sequence[int], start: datetime, end: datetime, now: datetime) -> dict[int, int]:
    """SMS parts of the campaigns that began this week: as they were noted, or as far as they came; of very many, as counted last."""
    rows = session.execute(
        sa.select(campaign.c.id, campaign.c.subject, campaign.c.process_id, campaign.c.people, campaign.c.figures).where(
            campaign.c.process_id.in_(ids), campaign.c.started_at >= start, campaign.c.started_at < end
        )
    ).all()
    mine = solicitation.c.campaign_id
    small = [row.id for row in rows if not row.figures and row.people <= tallies.FEW]
    live = sa.select(mine, sa.func.sum(solicitation.c.parts)).where(mine.in_(small)).group_by(mine)
    running: dict[int, int] = {row[0]: int(row[1]) for row in session.execute(live)}
    found = defaultdict[int, int](int)
    for row in rows:
        if row.figures:
            found[row.process_id] += msgspec.json.decode(row.figures, type=Results).total.parts
        elif row.people > tallies.FEW:
            found[row.process_id] += campaigns.lately(session, row.subject, now).total.parts
        else:
            found[row.process_id] += running.get(row.id, 0)
    return found
