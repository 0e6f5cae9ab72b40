"""The minutes of a workshop by API: as at the desk, told to who came, put right until they are public, each fault with its field."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from outreach import attendance, audit
from outreach.db import Database
from tests.conftest import Clock
from tests.evening import Evening, evening
from tests.meeting import SLUG
from tests.town import Town, town

ADDRESS = f"/api/v1/processes/{SLUG}/workshops/atelier-1/minutes"
TEXT, SHORT = "Tous veulent des bancs.\nLa fontaine partage.", "des bancs à l'ombre"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        yield made


@pytest.fixture
async def tonight(city: Town) -> Evening:
    """One person came; it is over."""
    made = await evening(city, 1)
    (code,) = await made.codes()
    await city.ledger.write(attendance.check_in, city.now, made.number, [attendance.Mark("phone-a-0001", code=code)], "staff:1")
    city.clock.advance(hours=4)
    return made


async def call(city: Town, method: str, headers: dict[str, str], body: Any = None, path: str = ADDRESS) -> tuple[int, Any]:
    async with city.http.request(method, path, headers=headers, json=body) as answer:
        return answer.status, await answer.json()


async def test_they_are_put_in_put_right_and_public_after_72_hours(city: Town, tonight: Evening) -> None:
    headers = await city.token("staff")
    assert (await call(city, "GET", headers))[0] == 404
    status, told = await call(city, "PUT", headers, {"text": f" {TEXT}\n", "short": "des bancs à l’ombre"})  # an apostrophe no SMS has
    until = f"{(city.now + attendance.minutes.CORRECTIONS).isoformat().removesuffix('+00:00')}Z"
    assert (status, told) == (200, {"text": TEXT, "short": SHORT, "corrections_until": until, "published_at": None})
    assert await call(city, "GET", headers) == (200, told)
    city.clock.advance(hours=1)
    assert (await call(city, "PUT", headers, {"text": TEXT, "short": "des bancs"}))[1] == told | {"short": "des bancs"}
    city.clock.advance(hours=71)
    await city.ledger.write(attendance.publish_due, city.now)
    status, told = await call(city, "GET", headers)
    assert (status, told["published_at"]) == (200, until)
    assert "La fontaine partage." in await city.text(f"/demarches/{SLUG}/ateliers")
    status, told = await call(city, "PUT", headers, {"text": TEXT, "short": SHORT})
    assert status == 409
    assert "are public" in told["detail"]
    lines = (await city.ledger.read(audit.search, action="minutes.")).items
    assert [line.action for line in lines] == ["minutes.published", "minutes.changed", "minutes.loaded"]
    assert lines[-1].actor.startswith("token:")
    assert "corrections" not in await city.text(f"/demarches/{SLUG}/ateliers")
    await city.enter("host")
    assert "La fontaine partage." in await city.text(tonight.path)  # the desk has the same


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"text": "", "short": SHORT}, "text", "length"),
        ({"text": "  ", "short": SHORT}, "text", "at most 1500 letters"),
        ({"text": "b" * 1501, "short": SHORT}, "text", "length"),
        ({"text": TEXT, "short": "b" * 91}, "short", "length"),
        ({"text": TEXT, "short": "b" * 89 + "…"}, "short", "at most 90"),  # three dots, as an SMS writes them
        ({"text": TEXT, "short": "des bancs ✓"}, "short", "three times as dear"),
        ({"text": f"{TEXT} Appelez le 06 12 34 56 78", "short": SHORT}, "text", "a telephone number"),
        ({"text": TEXT, "short": "jean@exemple.fr veut des bancs"}, "short", "e-mail address"),
        ({"text": TEXT}, "", "short"),
        ({"text": TEXT, "short": SHORT, "shorter": "b"}, "", "shorter"),
    ],
)
async def test_each_fault_is_told_with_its_field(city: Town, tonight: Evening, given: dict[str, str], field: str, why: str) -> None:
    status, told = await call(city, "PUT", await city.token("lead"), given)
    assert status == 422
    (fault,) = told["errors"]
    assert fault["field"] == field
    assert why in fault["message"]
    assert await city.ledger.read(attendance.minutes.get, tonight.number) is None


async def test_what_is_not_there_not_over_or_not_theirs_is_refused(city: Town) -> None:
    await evening(city, 1)
    headers, given = await city.token("staff"), {"text": TEXT, "short": SHORT}
    status, told = await call(city, "PUT", headers, given)
    assert status == 409
    assert "is over" in told["detail"]
    for path in (ADDRESS.replace("atelier-1", "atelier-9"), ADDRESS.replace("atelier-1", "%00"), ADDRESS.replace(SLUG, "nulle-part")):
        assert (await call(city, "PUT", headers, given, path))[0] == 404
        assert (await call(city, "GET", headers, path=path))[0] == 404
    city.clock.advance(hours=4)
    assert (await call(city, "PUT", await city.token("host"), given))[0] == 403
    assert (await call(city, "GET", await city.token("host", "another")))[0] == 404
    assert (await call(city, "GET", await city.token("moderator")))[0] == 403
    async with city.http.put(ADDRESS, headers=headers, data=b'{"text": "\\u0000", "short": "a"}') as answer:
        assert answer.status == 422
