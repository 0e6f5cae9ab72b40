"""The waiting list: a free seat is offered in order, on a clock that runs by day; on the last day the first answer has it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import Offer
from outreach import hours, notices
from outreach.house import house
from outreach.notices import Planned
from outreach.tables import registration, workshop
from outreach.workshops import register, reminders
from outreach.workshops.register import MODES, Mode, Register

LASTS = timedelta(hours=12)
"""How long a seat is kept for who is asked (LINK-03)."""
DAY = (time(8), time(21))
"""The hours in which an offer's clock runs (journeys 3.5)."""
LAST_DAY = timedelta(hours=24)
FIRST_WAVE = 3
"""On the last day, how many are asked at once; two hours later everybody who waits."""
BETWEEN_WAVES = timedelta(hours=2)
TOO_LATE = timedelta(minutes=30)
"""So shortly before the beginning nobody is asked any more: the seat is for who comes to the door."""


def ends(at: datetime, much: timedelta, zone: ZoneInfo) -> datetime:
    """When so much time has passed on a clock that runs from 08:00 to 21:00 only. The hours are real ones, whatever summer time does."""
    local = at.astimezone(zone)
    while True:
        opening = datetime.combine(local.date(), DAY[0], zone)
        closing = datetime.combine(local.date(), DAY[1], zone)
        start = max(at, opening.astimezone(at.tzinfo))
        left = closing.astimezone(at.tzinfo) - start
        if left >= much > timedelta():
            return start + much
        much -= max(left, timedelta())
        local = datetime.combine(local.date() + timedelta(days=1), DAY[0], zone)
        at = local.astimezone(at.tzinfo)


def fill(session: Session, one: Register, now: datetime) -> None:
    """Offer what is free to who waits and may be told, as far as it goes; `settle` writes and tells it.

    Who said STOP, objected, has a pause or can't be reached keeps the rank and is not asked, until they are back.
    """
    place = house(session)
    opening = hours.next_decent(now, "notice", place.timezone, place.territory)
    if one.status != "scheduled" or opening >= one.starts_at - TOO_LATE:
        return
    for mode in MODES:
        if one.starts_at - opening > LAST_DAY:
            _offer_in_order(one, mode, min(ends(opening, LASTS, place.timezone), one.starts_at))
        else:
            _offer_in_waves(one, mode, opening, now)


def _offer_in_order(one: Register, mode: Mode, until: datetime) -> None:
    for entry in one.line(mode):
        if entry.state == "waiting" and entry.hears and entry.seats <= one.free(mode):
            entry.move("offered", offered_until=until, holds=True)


def _offer_in_waves(one: Register, mode: Mode, opening: datetime, now: datetime) -> None:
    """Nothing is kept for anybody: three are asked, two hours later all; once the seats are gone, who answers keeps the rank."""
    line = one.line(mode)
    asked = [entry for entry in line if entry.state == "offered"]
    if not one.free(mode):
        for entry in asked:
            entry.move("waiting", offered_until=None)
            one.next_wave_at = None
        return
    fitting = [entry for entry in line if entry.state == "waiting" and entry.hears and entry.seats <= one.free(mode)]
    if not fitting or (asked and not (one.next_wave_at and one.next_wave_at <= now)):
        return
    for entry in fitting if asked else fitting[:FIRST_WAVE]:
        entry.move("offered", offered_until=one.starts_at, holds=False)
    one.next_wave_at = None if asked or len(fitting) <= FIRST_WAVE else opening + BETWEEN_WAVES


def settle(session: Session, one: Register, now: datetime, actor: str) -> None:
    """Write a register, and have what follows from it told: offers that are new, reminders as they are now."""
    changed = [entry for entry in one.entries.values() if entry.touched]
    offered = [entry for entry in changed if entry.state == "offered" and entry.before != "offered"]
    register.write(session, one, now, actor)
    notices.unplan(session, [entry.id for entry in changed if entry.state != "offered"], ("offer.",))
    reminders.renew(session, one, changed, now)
    zone = house(session).timezone
    planned = [
        Planned(
            entry.address_id,
            entry.id,
            f"offer.{int(now.timestamp())}",
            Offer(one.spoken, entry.seats, entry.offered_until.astimezone(zone), entry.holds),
            now,
            entry.offered_until,
        )
        for entry in offered
        if entry.offered_until
    ]
    notices.plan(session, planned, now)


def sweep_offers(session: Session, now: datetime, limit: int = 50) -> int:
    """End the offers whose time is over, ask the next, begin the second waves; how many workshops had something due."""
    over = sa.select(registration.c.workshop_id).where(registration.c.state == "offered", registration.c.offered_until <= now)
    due = sa.or_(workshop.c.id.in_(over), workshop.c.next_wave_at <= now)
    ids = list(session.scalars(sa.select(workshop.c.id).where(due).order_by(workshop.c.id).limit(limit)))
    registers = register.open_ids(session, ids)
    for one in registers.values():
        for entry in one.entries.values():
            if entry.state == "offered" and entry.offered_until and entry.offered_until <= now:
                entry.move("cancelled", waits_since=None, offered_until=None, holds=False)
        fill(session, one, now)
        if one.next_wave_at and one.next_wave_at <= now:
            one.next_wave_at = None  # nobody is left to ask, or it has begun
        settle(session, one, now, "clock")
    return len(ids)
