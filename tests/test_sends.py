"""What went out, at the desk: figures and doubts, nobody's number; a provider that refuses us is told everywhere."""

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from bot.web.keys import SERVICE
from outreach import outbox
from outreach.db import Database
from tests.conftest import Clock
from tests.outbox_office import Office, agreeing
from tests.town import Town, town


@pytest_asyncio.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        yield made


async def test_each_fate_is_counted_and_doubts_are_listed(city: Town, clock: Clock) -> None:
    office = Office(city.database, clock)
    people = [office.person(f"+3363998{number:04d}") for number in range(4)]
    ids = [office.put(where, "Bonjour Jeanne") for where in people[:3]] + [office.put(agreeing(office, "+33639980009"), urgency="campaign")]
    office.go()
    for number, state in zip(ids, ("wired", "failed", "unknown", "unknown"), strict=True):
        office.settle(number, state)
    office.put(people[3], urgency="notice")
    with city.database.read() as session:
        found = {(fate.urgency, fate.state): fate.number for fate in outbox.tally(session, clock.now())}
    assert found[("reply", "wired")] == found[("reply", "failed")] == found[("campaign", "unknown")] == found[("notice", "queued")] == 1
    await city.enter("observer")
    page = await city.text("/desk/envois")
    assert "SMS, réponses" in page
    assert "nouvelles et rappels" in page
    assert "63998" not in page
    assert "Jeanne" not in page
    assert "refusé" in page


class Refused:
    """A service whose provider wants nothing of it."""

    role = "web"
    troubles: ClassVar = {"telegram": "the token is refused"}


@pytest.mark.parametrize("path", ["/desk/envois", "/ready"])
async def test_a_provider_that_refuses_us_is_told(city: Town, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service: Any = Refused()
    monkeypatch.setitem(city.http.app._state, SERVICE, service)
    await city.enter("staff")
    async with city.http.get(path) as answer:
        assert "the token is refused" in await answer.text()
