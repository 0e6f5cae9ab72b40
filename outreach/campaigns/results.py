"""What a campaign brought: sent, delivered, answered, contributed, signed up, came, stopped, unknown; by network and language; its cost."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from outreach import tallies
from outreach.campaigns.shape import Draft, Refused
from outreach.house import house
from outreach.tables import (
    address,
    campaign,
    contribution,
    counted,
    decision,
    entry_point,
    inbound,
    outbox,
    registration,
    solicitation,
    workshop,
)
from outreach.tables.base import Instant

ANSWER_WITHIN = timedelta(days=3)
"""A message within three days of ours is taken for an answer to it."""
FOLLOWS_WITHIN = timedelta(days=14)
"""A contribution or a sign-up within two weeks of the message is counted as brought about by it; nobody can know."""
_SHORTEST = 5  # seconds, before a rate says anything
LONGEST_LOOK = timedelta(minutes=10)
"""Whoever has a text open for longer has gone for a coffee."""
_A_MINUTE, _AN_HOUR = timedelta(seconds=50), timedelta(hours=1)
STEPS = ("planned", "skipped", "sent", "delivered", "answered", "contributed", "signed_up", "came", "stopped", "failed", "unknown")


class Row(msgspec.Struct, frozen=True):
    """One line of the results: of a network and language, or of all (both ""). `parts` of SMS."""

    network: str
    language: str
    people: int
    planned: int
    skipped: int
    sent: int
    delivered: int
    answered: int
    volunteers: int
    contributed: int
    signed_up: int
    came: int
    stopped: int
    failed: int
    unknown: int
    dropped: int
    parts: int


class Place(msgspec.Struct, frozen=True):
    """Of those who first wrote from one poster or counter: how many were told, how many came. `name` "": from nowhere that is known."""

    name: str
    people: int
    came: int


class Results(msgspec.Struct, frozen=True):
    """The figures of one campaign.

    `hours`: messages by hour, ISO instants. `a_minute` and `minutes_left` while it runs. `staff_minutes`: of moderators, with the views
    that followed, from opening one to deciding it.
    """

    total: Row
    rows: tuple[Row, ...]
    skipped: dict[str, int]
    hours: dict[str, int]
    euros: Decimal
    a_minute: int
    minutes_left: int | None
    places: tuple[Place, ...] = ()
    staff_minutes: int = 0
    at: datetime | None = None  # when it was counted, where that is a while ago

    def euros_for(self, count: int) -> Decimal | None:
        """Euros each, of a contribution or of a person who came; None where there is none."""
        return (self.euros / count).quantize(Decimal("0.01")) if count else None

    def minutes_for(self, count: int) -> int | None:
        """Minutes of staff each, rounded up; None where there is none."""
        return -(-self.staff_minutes // count) if count else None


def of(session: Session, subject: str, now: datetime) -> Results:
    """Live while it runs; afterwards until the messages are purged, and then as they were noted. Raises Refused("unknown")."""
    row = session.execute(sa.select(campaign).where(campaign.c.subject == subject)).one_or_none() if subject.isprintable() else None
    if row is None:
        raise Refused("unknown")
    return msgspec.json.decode(row.figures, type=Results) if row.figures else _count(session, row, now)


def lately(session: Session, subject: str, now: datetime) -> Results:
    """The same for a page: of a campaign to very many people, as the clock counted it last. Raises Refused("unknown")."""
    row = session.execute(sa.select(campaign.c.figures, campaign.c.people).where(campaign.c.subject == subject)).one_or_none()
    if row is not None and not row.figures and row.people > tallies.FEW:
        kept = tallies.kept(session, _name(subject), Results)
        if kept is not None:
            return kept
    return of(session, subject, now)


def to_recount(session: Session, now: datetime) -> tuple[str, ...]:
    """Campaigns to very many people whose figures for a page are old: a minute while they leave, an hour while people still answer."""
    live = sa.or_(campaign.c.ended_at.is_(None), campaign.c.ended_at > now - FOLLOWS_WITHIN)
    query = sa.select(campaign.c.subject, campaign.c.state).where(
        campaign.c.started_at.is_not(None), campaign.c.figures == "", campaign.c.people > tallies.FEW, live
    )
    found = []
    for row in session.execute(query.order_by(campaign.c.id)):
        kept = tallies.kept(session, _name(row.subject), Results)
        if kept is None or kept.at is None or kept.at <= now - (_A_MINUTE if row.state == "sending" else _AN_HOUR):
            found.append(row.subject)
    return tuple(found)


def recount(session: Session, now: datetime, subject: str, counted: Results) -> None:
    """Keep what was counted beside the writer."""
    tallies.keep(session, _name(subject), msgspec.structs.replace(counted, at=now))


def _name(subject: str) -> str:
    return f"tally/campaign/{subject}"


def note(session: Session, now: datetime, older: timedelta = timedelta(days=25)) -> int:
    """Write down the figures of what ended so long ago: its messages are purged after thirty days. How many."""
    ended = sa.select(campaign).where(campaign.c.figures == "", campaign.c.ended_at <= now - older, campaign.c.started_at.is_not(None))
    rows = session.execute(ended.limit(5).with_for_update(skip_locked=True)).all()
    for row in rows:
        figures = msgspec.json.encode(_count(session, row, now)).decode()
        session.execute(sa.update(campaign).where(campaign.c.id == row.id).values(figures=figures))
        tallies.drop(session, _name(row.subject))
    return len(rows)


def _rate(session: Session, campaign_id: int, now: datetime) -> int:
    """Messages a minute, of the last minute or of the seconds of it since the first one left."""
    leaving = (
        outbox.c.campaign_id == campaign_id,
        outbox.c.state.in_(("wired", "delivered")),
        outbox.c.marked_at > now - timedelta(minutes=1),
    )
    many, first = session.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.marked_at)).where(*leaving)).one()
    return round(many * 60 / max(_SHORTEST, (now - first).total_seconds())) if many else 0


def _count(session: Session, row: Any, now: datetime) -> Results:  # noqa: ANN401 - a row of the table
    place, draft = house(session), msgspec.json.decode(row.document, type=Draft)
    found = session.execute(_rows(row, draft)).all()
    rows = tuple(Row(*one) for one in found)
    total = Row("", "", *(sum(getattr(one, name) for one in rows) for name in Row.__struct_fields__[2:]))
    skipped = session.execute(
        sa.select(solicitation.c.why, sa.func.count().label("people"))
        .where(solicitation.c.campaign_id == row.id, solicitation.c.state == "skipped")
        .group_by(solicitation.c.why)
    )
    hours = _hours(session, row, place.timezone)
    a_minute = _rate(session, row.id, now)
    left = total.people - total.skipped - total.sent - total.failed - total.unknown - total.dropped
    minutes = None if not a_minute or row.state != "sending" else -(-left // a_minute)
    return Results(
        total,
        rows,
        {row.why: row.people for row in skipped},
        hours,
        total.parts * place.sms.price,
        a_minute,
        minutes,
        tuple(Place(*one) for one in session.execute(_places(row, draft))),
        _staff_minutes(session, row),
    )


def _places(row: Any, draft: Draft) -> sa.Select[Any]:  # noqa: ANN401 - a row of the table
    """Those who were told, by where they first wrote from."""
    of_entry = sa.and_(entry_point.c.process_id == contribution.c.process_id, entry_point.c.name == contribution.c.entry)
    first = (
        sa.select(entry_point.c.place)
        .select_from(contribution.join(entry_point, of_entry))
        .where(contribution.c.address_id == solicitation.c.address_id)
        .order_by(contribution.c.received_at)
        .limit(1)
        .scalar_subquery()
    )
    came = sa.case((_followed(row, draft)["came"], 1), else_=0)
    told = (
        sa.select(sa.func.coalesce(first, "").label("place"), came.label("came"))
        .where(solicitation.c.campaign_id == row.id, solicitation.c.said_at.is_not(None))
        .subquery()
    )
    return sa.select(told.c.place, sa.func.count(), sa.func.sum(told.c.came)).group_by(told.c.place).order_by(sa.func.count().desc())


def _staff_minutes(session: Session, row: Any) -> int:  # noqa: ANN401 - a row of the table
    one = solicitation
    follows = _within(contribution.c.received_at, one.c.said_at, FOLLOWS_WITHIN)
    decided = (
        sa.select(contribution.c.opened_at, sa.func.min(decision.c.made_at).label("made_at"))
        .join(decision, decision.c.contribution_id == contribution.c.id)
        .join(one, sa.and_(one.c.address_id == contribution.c.address_id, one.c.campaign_id == row.id))
        .where(contribution.c.process_id == row.process_id, contribution.c.opened_at.is_not(None), follows)
        .group_by(contribution.c.id, contribution.c.opened_at)
    )
    spent = sum((min(found.made_at - found.opened_at, LONGEST_LOOK) for found in session.execute(decided)), timedelta())
    return -(-spent // timedelta(minutes=1))


def _hours(session: Session, row: Any, zone: Any) -> dict[str, int]:  # noqa: ANN401 - a row, a zone
    """Messages by the hour they were put out, in the city's time; read once, from one index."""
    found: dict[str, int] = {}
    told = sa.select(solicitation.c.said_at, sa.func.count()).where(
        solicitation.c.campaign_id == row.id, solicitation.c.said_at.is_not(None)
    )
    for at, many in session.execute(told.group_by(solicitation.c.said_at)):
        hour = at.astimezone(zone).replace(minute=0, second=0, microsecond=0).isoformat()
        found[hour] = found.get(hour, 0) + many
    return dict(sorted(found.items()))


def _rows(row: Any, draft: Draft) -> sa.Select[Any]:  # noqa: ANN401 - a row of the table
    one, message = solicitation, outbox
    went = message.c.state.in_(("wired", "delivered"))
    since = one.c.said_at
    followed = _followed(row, draft)
    figures: tuple[sa.ColumnElement[bool], ...] = (
        one.c.state == "planned",
        one.c.state == "skipped",
        went,
        message.c.state == "delivered",
        sa.and_(since.is_not(None), followed["answered"]),
        one.c.answer == "yes",
        sa.and_(since.is_not(None), followed["contributed"]),
        sa.and_(since.is_not(None), followed["signed_up"]),
        sa.and_(since.is_not(None), followed["came"]),
        sa.and_(since.is_not(None), followed["stopped"]),
        message.c.state == "failed",
        message.c.state == "unknown",
        message.c.state == "dropped",
    )
    sums = [sa.func.coalesce(sa.func.sum(sa.case((figure, 1), else_=0)), 0) for figure in figures]
    return (
        sa.select(one.c.network, one.c.language, sa.func.count(), *sums, sa.func.coalesce(sa.func.sum(one.c.parts), 0))
        .select_from(one)
        .outerjoin(message, sa.and_(message.c.campaign_id == one.c.campaign_id, message.c.address_id == one.c.address_id))
        .where(one.c.campaign_id == row.id)
        .group_by(one.c.network, one.c.language)
        .order_by(one.c.network, one.c.language)
    )


def _followed(row: Any, draft: Draft) -> dict[str, sa.ColumnElement[bool]]:  # noqa: ANN401 - a row of the table
    """What a person did after they were told, each as a condition on their row."""
    one = solicitation
    since = one.c.said_at
    of_process = sa.and_(contribution.c.address_id == one.c.address_id, contribution.c.process_id == row.process_id, counted)
    wrote = sa.exists().where(inbound.c.address_id == one.c.address_id, _within(inbound.c.received_at, since, ANSWER_WITHIN))
    seat = sa.and_(registration.c.address_id == one.c.address_id, registration.c.workshop_id == workshop.c.id)
    seat = sa.and_(seat, workshop.c.process_id == row.process_id, _within(registration.c.made_at, since, FOLLOWS_WITHIN))
    if draft.workshop:
        seat = sa.and_(seat, workshop.c.name == draft.workshop)
    return {
        "answered": sa.or_(one.c.answer != "", wrote),
        "contributed": sa.exists().where(of_process, _within(contribution.c.received_at, since, FOLLOWS_WITHIN)),
        "signed_up": sa.exists().where(seat, registration.c.state != "cancelled"),
        "came": sa.exists().where(seat, registration.c.state == "attended"),
        "stopped": sa.exists().where(address.c.id == one.c.address_id, address.c.stopped_at > since),
    }


def _within(at: sa.ColumnElement[Any], since: sa.ColumnElement[Any], much: timedelta) -> sa.ColumnElement[bool]:
    return sa.and_(at > since, at <= _plus(since, much))


def _plus(at: sa.ColumnElement[Any], much: timedelta) -> sa.ColumnElement[Any]:
    """An instant of the database, so much later: SQLite keeps whole microseconds, PostgreSQL its own type."""
    return later(at, sa.literal(int(much.total_seconds()), sa.BigInteger))


class later(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - SQLAlchemy names a function by its class
    """`later(instant, seconds)`."""

    type = Instant()
    inherit_cache = True
    name = "later"


@compiles(later, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **more: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    at, seconds = element.clauses
    return f"({compiler.process(at, **more)} + {compiler.process(seconds, **more)} * 1000000)"


@compiles(later, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **more: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    at, seconds = element.clauses
    return f"({compiler.process(at, **more)} + make_interval(secs => {compiler.process(seconds, **more)}))"
