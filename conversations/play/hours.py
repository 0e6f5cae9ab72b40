"""The calendar of the pretended office: decent hours and working days, without holidays."""

from datetime import date, datetime, timedelta

_FIRST_HOUR, _LAST_HOUR, _SUNDAY = 8, 21, 6


def decent_hour(due: datetime) -> datetime:
    """The next hour at which a notice may go."""
    while not _FIRST_HOUR <= due.hour < _LAST_HOUR or due.weekday() == _SUNDAY:
        due = (due + timedelta(hours=1)).replace(minute=0)
    return due


def working_day(day: date, many: int) -> date:
    """So many working days later."""
    while many:
        day += timedelta(days=1)
        many -= day.weekday() < _SUNDAY - 1
    return day
