"""The hours and working days of a pretended office: holidays are the real one's business."""

from datetime import date, datetime, timedelta

_FIRST_HOUR, _LAST_HOUR, _SUNDAY = 8, 21, 6


def decent(due: datetime) -> datetime:
    """The first hour, that one or later, when a phone may ring."""
    while not _FIRST_HOUR <= due.hour < _LAST_HOUR or due.weekday() == _SUNDAY:
        due = (due + timedelta(hours=1)).replace(minute=0)
    return due


def working(day: date, many: int) -> date:
    """So many working days later."""
    while many:
        day += timedelta(days=1)
        many -= day.weekday() < _SUNDAY - 1
    return day
