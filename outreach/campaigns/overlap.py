"""Campaigns that reach the same people within one week: how many would hear from the city twice, counted before it happens (UX-12)."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.campaigns import audience, content
from outreach.campaigns.shape import Draft
from outreach.tables import address, campaign, process, solicitation

A_WEEK = timedelta(days=7)
PLANNED = ("to_approve", "scheduled", "sending", "paused", "done")
"""States of what goes or went, unless somebody stops it; a draft may never become anything."""


class Near(msgspec.Struct, frozen=True):
    """Another campaign within a week, at that hour, and how many people both are for. Its `process` says who may open it."""

    id: str
    process: str
    kind: str
    state: str
    at: datetime
    people: int


def near(session: Session, draft: Draft, now: datetime, subject: str = "") -> tuple[Near, ...]:
    """The campaigns within a week of this draft that share people with it, the first first; `subject` is the draft's own, if it has one."""
    at = content.hour_of(draft, now)
    hour = sa.func.coalesce(campaign.c.started_at, campaign.c.starts_at)
    others = (
        sa.select(campaign, process.c.slug)
        .join(process, process.c.id == campaign.c.process_id)
        .where(campaign.c.subject != subject, campaign.c.state.in_(PLANNED))
        .where(sa.or_(hour.is_(None), hour.between(at - A_WEEK, at + A_WEEK)))
    )
    found = []
    for row in session.execute(others):
        theirs = msgspec.json.decode(row.document, type=Draft)
        when = row.started_at or row.starts_at or content.hour_of(theirs, now)
        if abs(when - at) <= A_WEEK and (people := _shared(session, draft, theirs, row, now)):
            found.append(Near(row.subject, row.slug, theirs.kind, row.state, when, people))
    return tuple(sorted(found, key=lambda one: (one.at, one.id)))


def may_meet(one: Draft, other: Draft) -> bool:
    """Whether two audiences may hold the same person, as far as their rules tell without counting: for a page that shows a month."""
    first, second = one.audience, other.audience
    apart = (
        _disjoint(one.networks, other.networks),
        _disjoint(first.languages, second.languages),
        _disjoint(first.ages, second.ages),
        first.process == second.process and {first.took_part, second.took_part} == {True, False},
    )
    return not any(apart)


def _disjoint(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Two choices that exclude each other; nothing chosen is everybody."""
    return bool(one and other) and not set(one) & set(other)


def _shared(session: Session, draft: Draft, other: Draft, row: Any, now: datetime) -> int:  # noqa: ANN401 - a row of the table
    """People, not addresses: who is told by SMS here and on Telegram there hears from the city twice."""
    theirs = _told(row.id) if row.filled_at is not None else _reached(session, other)
    both = _reached(session, draft).where(address.c.contact_id.in_(theirs)).distinct().subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(both), audience.at(now)) or 0


def _reached(session: Session, draft: Draft) -> sa.Select[int]:
    which = audience.meant(draft, audience.of_districts(session, draft))
    return sa.select(address.c.contact_id).where(*which, audience.why_not(draft) == "")


def _told(number: int) -> sa.Select[int]:
    return sa.select(solicitation.c.contact_id).where(solicitation.c.campaign_id == number, solicitation.c.state != "skipped")
