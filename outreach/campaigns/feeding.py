"""Which people of the running campaigns come next: as many as their networks can take in the next moments, and no more."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import segments
from conversations.notices import Announced
from outreach import hours, many, processes
from outreach.campaigns import audience, brakes, content, life, preview, reserve
from outreach.campaigns.shape import Draft
from outreach.house import House, house
from outreach.tables import address, campaign, outbox, pressure, solicitation

AHEAD = 3.0
"""Seconds' worth of messages that wait in the outbox: a pause takes them back, and a change of the words meets the rest."""
FEWEST = 8
AT_ONCE = 64
"""People in one transaction: those who write meanwhile wait for no more than that."""
SHARE = 0.8
"""Of a network's limit, that campaigns may use."""
NEXT_DAY = timedelta(hours=12)


class Next(msgspec.Struct, frozen=True):
    """A campaign and the people whose turn it is: addresses. `number` is its row, `ends_at` when it is no news any more."""

    number: int
    notice: Announced
    purpose: str
    ends_at: datetime
    addresses: tuple[int, ...]


def following(session: Session, now: datetime, limit: int = AT_ONCE) -> Next | None:
    """The people of one campaign who may be told now; None when nobody is. Locks the campaign, so that a pause comes before or after.

    Stops what its brakes stop, sends back to approval what changed, skips who may not be told any more.
    """
    place = house(session)
    today = now.astimezone(place.timezone).date()
    if hours.next_decent(now, "campaign", place.timezone, place.territory) > now or reserve.is_silent(place.polling, today):
        return None
    running = sa.select(campaign).where(campaign.c.state == "sending").order_by(campaign.c.started_at, campaign.c.id)
    for row in session.execute(running.with_for_update(skip_locked=True)).all():
        found = _of(session, place, row, now, limit)
        if found is not None:
            return found
    return None


def _of(session: Session, place: House, row: Any, now: datetime, limit: int) -> Next | None:  # noqa: ANN401 - a row of the table
    draft = msgspec.json.decode(row.document, type=Draft)
    view = processes.by_id(session, row.process_id)
    if view is None or content.fingerprint(draft, view) != row.approved:
        life.pause(session, now, row.subject, "clock", "changed")
        return None
    if why := brakes.reason(session, row):
        life.pause(session, now, row.subject, "clock", why)
        return None
    if row.ends_at <= now:
        return None
    for network in draft.networks:
        room = min(limit, _room(session, place, network), _by_now(row, draft, now))
        notice = content.announced(draft, view, row.subject, place.timezone, ends_at=row.ends_at)
        if network == "sms" and room > 0 and (affordable := _affordable(session, place, notice, now)) is not None:
            room = min(room, affordable)
            if room == 0 and not _is_waiting(session, row.id):  # what is paid for already leaves first
                life.pause(session, now, row.subject, "clock", "budget")
                return None
        if room > 0 and (people := _people(session, row, draft, network, now, room)):
            return Next(row.id, notice, content.PURPOSES[draft.kind], row.ends_at, people)
    return None


def _affordable(session: Session, place: House, notice: Announced, now: datetime) -> int | None:
    """How many of the dearest wording the month's budget still pays for; None without one."""
    left = brakes.purse(session, now).left(place.sms.price)
    if left is None:
        return None
    wordings = (one for language in place.languages for one in preview.shown(place, notice, "sms", language, now))
    return max(0, left) // max((segments.count(one.text).parts for one in wordings), default=1)


def _is_waiting(session: Session, number: int) -> bool:
    waits = sa.select(outbox.c.id).where(outbox.c.campaign_id == number, outbox.c.state.in_(("queued", "sending")))
    return session.execute(waits.limit(1)).first() is not None


def _room(session: Session, place: House, network: str) -> int:
    """How many more the outbox should hold for this network."""
    wanted = max(FEWEST, math.ceil(place.rates.get(network, 1.0) * SHARE * AHEAD))
    some = sa.select(outbox.c.id).where(outbox.c.network == network, outbox.c.state == "queued", outbox.c.urgency == "campaign")
    return wanted - (session.scalar(sa.select(sa.func.count()).select_from(some.limit(wanted).subquery())) or 0)


def _by_now(row: Any, draft: Draft, now: datetime) -> int:  # noqa: ANN401 - a row of the table
    """How many more may have been told by now, when it is spread over so many minutes: people who answer find somebody."""
    if not draft.spread_minutes:
        return AT_ONCE
    elapsed = (now - row.started_at) / timedelta(minutes=draft.spread_minutes)
    return AT_ONCE if elapsed >= 1 else math.ceil(row.people * elapsed) - int(row.said)


def _people(session: Session, row: Any, draft: Draft, network: str, now: datetime, room: int) -> tuple[int, ...]:  # noqa: ANN401, PLR0917 - a row
    """Whose turn it is; who may not be told any more is skipped, who was told something else today waits for tomorrow."""
    mine = (solicitation.c.campaign_id == row.id, solicitation.c.network == network, solicitation.c.state == "planned")
    today = sa.exists().where(pressure.c.contact_id == solicitation.c.contact_id, pressure.c.at > now - audience.A_DAY)
    found = session.execute(
        sa.select(solicitation.c.address_id, audience.why_not(draft).label("why"), today.label("told_today"))
        .join(address, address.c.id == solicitation.c.address_id)
        .where(*mine, solicitation.c.due_at <= now)
        .order_by(solicitation.c.due_at, solicitation.c.contact_id)
        .limit(room)
        .with_for_update(of=solicitation, skip_locked=True),
        audience.at(now),
    ).all()
    _set(session, row.id, [one for one in found if one.why], state="skipped")
    waits = [one.address_id for one in found if not one.why and one.told_today]
    later(session, row.id, waits, now + NEXT_DAY)
    return tuple(one.address_id for one in found if not one.why and not one.told_today)


def _set(session: Session, number: int, found: Sequence[Any], state: str) -> None:
    for why in sorted({one.why for one in found}):
        ids = [one.address_id for one in found if one.why == why]
        these = (solicitation.c.campaign_id == number, solicitation.c.address_id.in_(ids))
        session.execute(sa.update(solicitation).where(*these).values(state=state, why=why))


def later(session: Session, number: int, addresses: Sequence[int], until: datetime) -> None:
    """These are in the middle of something, or were told something else today."""
    if addresses:
        these = (solicitation.c.campaign_id == number, solicitation.c.address_id.in_(addresses))
        session.execute(sa.update(solicitation).where(*these).values(due_at=until))


def answered(session: Session, answers: Sequence[tuple[str, int, str]]) -> None:
    """(campaign, address, yes or no): the last answer counts. A campaign that is gone, or an address it did not reach, changes nothing."""
    for subject, address_id, answer in sorted(answers):
        number = sa.select(campaign.c.id).where(campaign.c.subject == subject).scalar_subquery()
        these = (solicitation.c.campaign_id == number, solicitation.c.address_id == address_id)
        session.execute(sa.update(solicitation).where(*these).values(answer=answer))


_PRESSURE = sa.insert(pressure)
_SAID = (
    sa.update(solicitation)
    .where(solicitation.c.campaign_id == sa.bindparam("of"), solicitation.c.address_id == sa.bindparam("who"))
    .values(state="queued", said_at=sa.bindparam("at"), parts=sa.bindparam("cost"))
)


def said(session: Session, number: int, parts: dict[int, int], now: datetime) -> None:
    """These stand in the outbox: parts of each by its address."""
    if not parts:
        return
    session.execute(_SAID, [{"of": number, "who": who, "at": now, "cost": cost} for who, cost in parts.items()])
    people = session.execute(sa.select(address.c.contact_id).where(address.c.id.in_(parts))).scalars()
    many.write(session, _PRESSURE, [{"contact_id": who, "campaign_id": number, "at": now} for who in people])
    brakes.spend(session, sum(parts.values()), now)
    session.execute(sa.update(campaign).where(campaign.c.id == number).values(said=campaign.c.said + len(parts)))
