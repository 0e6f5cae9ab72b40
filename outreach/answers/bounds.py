"""What is taken from a keyboard within reason: days near today, words that say something and can be shown."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from outreach.answers.shape import Refused
from outreach.characters import UNSHOWN, can_be_shown
from outreach.house import house

PROMISE, DAYS = 3, 5
"""Years from today: a promised answer, every other day of an avis and what follows it. Beyond, the year was mistyped."""
_YEAR = timedelta(days=366)


def today_of(session: Session, now: datetime) -> date:
    """The city's day."""
    return now.astimezone(house(session).timezone).date()


def far(day: date, today: date, years: int = DAYS) -> str:
    """What is wrong with a day that is years away; "" for nothing."""
    return f"choose a day at most {years} years from today: look at the year again" if abs(day - today) > years * _YEAR else ""


def near(field: str, day: date | None, today: date, years: int = DAYS) -> None:
    """Raise Refused("day") for a day that is years away."""
    if day is not None and (trouble := far(day, today, years)):
        raise Refused("day", trouble, (field,))


def past(field: str, day: date, today: date) -> None:
    """Raise Refused("day") for a day that is to come, or years ago."""
    if day > today:
        raise Refused("day", "choose today or a day before: this one is to come", (field,))
    near(field, day, today)


def shown(words: Mapping[str, str]) -> None:
    """Raise Refused("unshown") with the fields that hold a letter that can't be shown, or say nothing."""
    if which := tuple(name for name, text in words.items() if not can_be_shown(text)):
        raise Refused("unshown", UNSHOWN, which)
