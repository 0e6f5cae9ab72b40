"""Working days of the city: what a delay of so many days means on a calendar with holidays."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outreach import hours
from outreach.house import House

END_OF_DAY = time(18, 0)
_NOON = time(12, 0)
_FRIDAY = 5


@lru_cache(maxsize=256)
def is_working(day: date, zone: ZoneInfo, territory: str = "FR") -> bool:
    """Monday to Friday, and no public holiday: a day at whose noon a message of ours may go."""
    noon = datetime.combine(day, _NOON, zone)
    return day.isoweekday() <= _FRIDAY and hours.next_decent(noon, "notice", zone, territory) == noon


@lru_cache(maxsize=8)
def closed(day: date, zone: ZoneInfo, territory: str = "FR") -> frozenset[date]:
    """The days on which nobody works among the two weeks from this one on."""
    return frozenset(one for one in (day + timedelta(days=ahead) for ahead in range(14)) if not is_working(one, zone, territory))


def working_days_after(at: datetime, days: int, place: House) -> datetime:
    """The end (18:00 in the city) of the day so many working days after `at`; its own day never counts."""
    day = _after(at.astimezone(place.timezone).date(), days, place.timezone, place.territory)
    return datetime.combine(day, END_OF_DAY, place.timezone)


@lru_cache(maxsize=256)
def _after(day: date, days: int, zone: ZoneInfo, territory: str) -> date:
    while days:
        day += timedelta(days=1)
        days -= is_working(day, zone, territory)
    return day


def working_days(since: datetime, until: datetime, place: House) -> int:
    """How many working days began between two instants; its own day never counts."""
    return _between(since.astimezone(place.timezone).date(), until.astimezone(place.timezone).date(), place.timezone, place.territory)


@lru_cache(maxsize=4096)
def _between(day: date, last: date, zone: ZoneInfo, territory: str) -> int:
    found = 0
    while day < last:
        day += timedelta(days=1)
        found += is_working(day, zone, territory)
    return found


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))
