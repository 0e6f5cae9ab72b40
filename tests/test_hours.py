"""Decent hours: Monday to Saturday, no holiday of the place, both changes of the clock, replies at any hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import hours

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def at(text: str, urgency: str = "notice", territory: str = "FR") -> str:
    return f"{hours.next_decent(paris(text), urgency, PARIS, territory).astimezone(PARIS):%a %d/%m %H:%M}"


def test_a_reply_has_no_hours() -> None:
    night = paris("2027-03-14 03:00")
    assert hours.next_decent(night, "reply", PARIS) == night


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2027-03-15 11:00", "Mon 15/03 11:00"),
        ("2027-03-15 07:59", "Mon 15/03 08:00"),
        ("2027-03-15 08:00", "Mon 15/03 08:00"),
        ("2027-03-15 21:29", "Mon 15/03 21:29"),
        ("2027-03-15 21:30", "Tue 16/03 08:00"),
        ("2027-03-13 21:30", "Mon 15/03 08:00"),  # Saturday night: Sunday is silent
        ("2027-03-14 12:00", "Mon 15/03 08:00"),
        ("2027-05-01 12:00", "Mon 03/05 08:00"),  # the first of May is a Saturday, then Sunday
        ("2027-07-13 22:00", "Thu 15/07 08:00"),
        ("2027-12-31 23:00", "Mon 03/01 08:00"),  # into another year
    ],
)
def test_a_notice_keeps_its_hours(now: str, then: str) -> None:
    assert at(now) == then


def test_a_campaign_keeps_narrower_hours() -> None:
    assert at("2027-03-15 08:30", "campaign") == "Mon 15/03 09:00"
    assert at("2027-03-15 19:30", "campaign") == "Tue 16/03 09:00"


def test_eight_o_clock_is_eight_on_both_sides_of_a_change_of_the_clock() -> None:
    spring = hours.next_decent(paris("2026-03-28 22:00"), "notice", PARIS)  # the night to 29 March 2026 has no 02:30
    autumn = hours.next_decent(paris("2026-10-24 22:00"), "notice", PARIS)  # the night to 25 October 2026 has it twice
    assert (spring.astimezone(UTC).isoformat(), spring.astimezone(PARIS).hour) == ("2026-03-30T06:00:00+00:00", 8)
    assert (autumn.astimezone(UTC).isoformat(), autumn.astimezone(PARIS).hour) == ("2026-10-26T07:00:00+00:00", 8)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_night_both_times(fold: int) -> None:
    twice = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=PARIS)
    assert hours.next_decent(twice, "notice", PARIS).isoformat() == "2026-10-26T07:00:00+00:00"
    assert hours.is_night(twice, PARIS)


def test_easter_monday_after_the_change_of_the_clock_is_silent_too() -> None:
    assert at("2027-03-27 21:45") == "Tue 30/03 08:00"
    assert at("2027-10-30 21:45") == "Tue 02/11 08:00"


@pytest.mark.parametrize(
    ("day", "place", "is_silent"),
    [
        ("2027-03-26", "FR", False),  # Good Friday
        ("2027-03-26", "57", True),
        ("2027-03-26", "67", True),
        ("2029-12-26", "FR", False),  # Saint Stephen, a Wednesday
        ("2029-12-26", "6AE", True),
        ("2028-12-20", "RE", True),  # abolition of slavery in La Réunion
        ("2028-12-20", "974", True),
        ("2028-12-20", "FR", False),
        ("2027-05-22", "MQ", True),
        ("2027-05-27", "GP", True),
        ("2027-06-10", "GF", True),
        ("2027-04-27", "YT", True),
        ("2027-09-24", "NC", True),
        ("2027-07-14", "RE", True),
    ],
)
def test_each_territory_has_its_holidays(day: str, place: str, is_silent: bool) -> None:  # noqa: FBT001 - a column of the table
    noon = paris(f"{day} 12:00")
    assert (hours.next_decent(noon, "notice", PARIS, place) > noon) == is_silent


def test_an_unknown_territory_is_named() -> None:
    with pytest.raises(ValueError, match="Bretagne"):
        hours.next_decent(paris("2027-03-15 11:00"), "notice", PARIS, "Bretagne")


def test_every_territory_is_known_to_the_library() -> None:
    for place in hours.TERRITORIES:
        assert hours.next_decent(paris("2027-01-01 12:00"), "notice", PARIS, place) > paris("2027-01-01 12:00")


def test_limits_say_since_when_and_from_where() -> None:
    assert all(limit.source and limit.since.year >= 2018 and limit.start < limit.end for limit in hours.LIMITS)


@pytest.mark.parametrize(("hour", "is_night"), [("21:59", False), ("22:00", True), ("03:00", True), ("07:59", True), ("08:00", False)])
def test_the_hours_without_sound(hour: str, is_night: bool) -> None:  # noqa: FBT001 - a column of the table
    assert hours.is_night(paris(f"2027-03-15 {hour}"), PARIS) == is_night


@settings(max_examples=300)
@given(
    st.integers(0, 6 * 365 * 86400),
    st.sampled_from(["notice", "campaign"]),
    st.sampled_from(sorted(hours.TERRITORIES)),
    st.sampled_from([PARIS, REUNION]),
    st.floats(0, 1),
)
def test_the_first_decent_instant_is_decent_and_the_first(seconds: int, urgency: str, place: str, zone: ZoneInfo, part: float) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    then = hours.next_decent(now, urgency, zone, place)
    assert then >= now
    assert hours.next_decent(then, urgency, zone, place) == then
    between = now + (then - now) * part
    assert hours.next_decent(between, urgency, zone, place) == then  # nothing decent was passed over
    local = then.astimezone(zone)
    limit = next(one for one in hours.LIMITS if one.urgency == urgency)
    assert local.isoweekday() < 7
    assert limit.start <= local.time() < limit.end
    assert then - now < timedelta(days=5)
