"""The months before an election when a city does not praise itself, and the days when it says nothing unasked (GDPR-71)."""

from collections.abc import Sequence
from datetime import date, timedelta

SOURCE = "code électoral, L52-1 (first day of the sixth month before) and L49 (from midnight before the polling day)"
_MONTHS = 6


def holds(polling: Sequence[date], day: date) -> bool:
    """Whether a polling day of the city's own settings is at most six months away: news of what was done may not go."""
    return any(_begins(voting) <= day <= voting for voting in polling)


def periods(polling: Sequence[date]) -> tuple[tuple[date, date], ...]:
    """Each reserve from its first day to the last polling day within it: two rounds have one."""
    found: list[tuple[date, date]] = []
    for voting in sorted(polling):
        begins = _begins(voting)
        if found and begins <= found[-1][1]:
            begins = found.pop()[0]
        found.append((begins, voting))
    return tuple(found)


def is_silent(polling: Sequence[date], day: date) -> bool:
    """The day before a polling day and the day itself: no campaign at all."""
    return any(voting - timedelta(days=1) <= day <= voting for voting in polling)


def _begins(voting: date) -> date:
    months = voting.year * 12 + voting.month - 1 - _MONTHS
    return date(months // 12, months % 12 + 1, 1)
