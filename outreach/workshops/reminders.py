"""What is told at an hour of its own: five days and one day before, and the link an hour before to who comes from home."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from conversations.notices import Reminder, RemoteLink
from outreach import hours, notices
from outreach.house import House, house
from outreach.notices import Planned
from outreach.workshops.register import Entry, Register

FIVE_DAYS, ONE_DAY, AN_HOUR = timedelta(days=5), timedelta(days=1), timedelta(hours=1)
A_WEEK = timedelta(days=7)
"""Who signs up later than this before is not reminded five days before (journeys 3.5)."""
LATEST = timedelta(hours=2)
"""A reminder that could not leave earlier is of no use any more."""
OCCASIONS = ("j5.", "j1.", "link.")


def renew(session: Session, one: Register, entries: Sequence[Entry], now: datetime) -> None:
    """Plan the reminders of these entries as they stand now; those of who left are gone."""
    notices.unplan(session, [entry.id for entry in entries], OCCASIONS)
    if one.status in {"scheduled", "full"}:
        held = [entry for entry in entries if entry.state == "confirmed"]
        notices.plan(session, [planned for entry in held for planned in _of(house(session), one, entry, now)], now)


def _of(place: House, one: Register, entry: Entry, now: datetime) -> list[Planned]:
    said = Reminder(one.spoken, entry.code if entry.mode == "room" else "", entry.mode)
    five, day = _before(place, one, FIVE_DAYS), _before(place, one, ONE_DAY)
    late = one.starts_at - LATEST
    found = []
    if now < five and one.starts_at - entry.made_at >= A_WEEK:
        found.append(Planned(entry.address_id, entry.id, f"j5.{one.sequence}", said, five, five + 2 * ONE_DAY))
    if now < day < late:
        found.append(Planned(entry.address_id, entry.id, f"j1.{one.sequence}", said, day, late))
    if entry.mode == "remote" and one.remote and now < one.starts_at:
        link = RemoteLink(one.spoken, one.remote.url, one.remote.phone)
        due = max(now, one.starts_at - AN_HOUR)
        found.append(Planned(entry.address_id, entry.id, f"link.{one.sequence}", link, due, one.ends_at))
    return found


def _before(place: House, one: Register, much: timedelta) -> datetime:
    """So many days before at the same hour by the city's clocks; a Sunday, a holiday or the night gives way to the decent hour before."""
    local = one.starts_at.astimezone(place.timezone)
    wanted = datetime.combine(local.date() - much, local.time(), place.timezone)
    return hours.last_decent(wanted, "notice", place.timezone, place.territory)
