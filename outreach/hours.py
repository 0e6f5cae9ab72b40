"""Decent hours by class and territory: replies have none, notices and campaigns never come at night, on a Sunday or a holiday."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Limit:
    """Local hours within which a class may go, Monday to Saturday, never on a public holiday; `end` is the first minute too late."""

    urgency: str
    start: time
    end: time
    since: date
    source: str


LIMITS: tuple[Limit, ...] = (
    Limit(
        "notice", time(8), time(21, 30), date(2026, 2, 17),
        "the stricter of af2m's charter of 2026 (08:00-21:30, Sundays with restraint) and Brevo's rules (no Sunday, no public holiday)",
    ),
    Limit("campaign", time(9), time(19, 30), date(2026, 2, 17), "SMS-06: inside every provider's hours, and not at dinner"),
)  # fmt: skip
"""The limits in force, dated and with their source: a new charter is a new line here."""

NIGHT = (time(22), time(8))
"""TG-12, SMS-07: a reply that leaves at night makes no sound on Telegram."""

TERRITORIES: dict[str, str | None] = {
    "FR": None,
    "57": "57", "6AE": "6AE", "67": "6AE", "68": "6AE",
    "971": "971", "972": "972", "973": "973", "974": "974", "976": "976",
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976",
    "BL": "BL", "MF": "MF", "NC": "NC", "PF": "PF", "PM": "PM", "TF": "TF", "WF": "WF",
}  # fmt: skip
"""Whose holidays: France, Moselle and Alsace (two days more), and each territory overseas, by INSEE number or ISO letters."""

_LONGEST_SILENCE = 14  # days: no run of Sundays and holidays comes near


def next_decent(at: datetime, urgency: str, zone: ZoneInfo, territory: str = "FR") -> datetime:
    """The first instant, `at` itself or later, when a message of this class may go. In UTC.

    Raises ValueError for a territory that nobody knows.
    """
    limit = next((one for one in LIMITS if one.urgency == urgency), None)
    if limit is None:
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    if _is_open(local.date(), territory) and limit.start <= local.time() < limit.end:
        return at.astimezone(UTC)
    for days in range(_LONGEST_SILENCE):
        day = local.date() + timedelta(days=days)
        opening = datetime.combine(day, limit.start, zone)
        if _is_open(day, territory) and opening >= local:
            return opening.astimezone(UTC)
    raise AssertionError("two weeks without one working day")


def last_decent(at: datetime, urgency: str, zone: ZoneInfo, territory: str = "FR") -> datetime:
    """The last instant, `at` itself or earlier, when a message of this class may go; half an hour before the evening's end. In UTC."""
    limit = next((one for one in LIMITS if one.urgency == urgency), None)
    if limit is None:
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    evening = (datetime.combine(local.date(), limit.end) - timedelta(minutes=30)).time()
    day, hour = (local.date(), min(local.time(), evening)) if local.time() >= limit.start else (local.date() - timedelta(days=1), evening)
    for _ in range(_LONGEST_SILENCE):
        if _is_open(day, territory):
            return datetime.combine(day, hour, zone).astimezone(UTC)
        day -= timedelta(days=1)
    raise AssertionError("two weeks without one working day")


def after(at: datetime, much: timedelta, urgency: str, zone: ZoneInfo, territory: str = "FR") -> datetime:
    """The instant when so much time within the hours of a class has passed since `at`; an evening's rest goes on next day. In UTC."""
    limit = next(one for one in LIMITS if one.urgency == urgency)
    now = next_decent(at, urgency, zone, territory)
    while True:
        evening = datetime.combine(now.astimezone(zone).date(), limit.end, zone).astimezone(UTC)
        if now + much <= evening:
            return now + much
        much -= evening - now
        now = next_decent(evening, urgency, zone, territory)


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    """Whether a phone should stay silent, though its owner awaits an answer."""
    local = at.astimezone(zone).time()
    return local >= NIGHT[0] or local < NIGHT[1]


def _is_open(day: date, territory: str) -> bool:
    return day.isoweekday() <= 6 and day not in public_holidays(territory, day.year)  # noqa: PLR2004 - Saturday


@cache
def public_holidays(territory: str, year: int, language: str = "fr") -> Mapping[date, str]:
    """Public holidays by name, from the `holidays` library (law of each territory, kept up by its makers); French or English names.

    Raises ValueError for a territory that nobody knows.
    """
    if territory not in TERRITORIES:
        raise ValueError(f"the territory {territory!r} is none of {', '.join(TERRITORIES)}")
    import holidays

    spoken = "fr" if language == "fr" else "en_US"
    return dict(holidays.country_holidays("FR", subdiv=TERRITORIES[territory], years=year, language=spoken))
