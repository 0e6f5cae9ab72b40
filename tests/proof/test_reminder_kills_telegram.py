"""kill -9 while reminders leave on Telegram, which gives no receipts: nobody is reminded twice, who may not have been is listed."""

import os
import random
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from outreach import agenda, contacts, invented, outbox
from outreach.tables import notice
from outreach.tables import outbox as rows
from tests.connected import Connected, connected
from tests.inhabitants import Inhabitant, told, when

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.timeout(900)]

FULL = bool(os.environ.get("FULL"))
KILLS, PEOPLE = (20, 120) if FULL else (8, 40)
REMINDED = r"Code \d{4}\.\s(Vous venez|You)"


async def _seat(place: Connected, somebody: Inhabitant) -> None:
    await place.asks(somebody, "workshops")
    await told(somebody, "Lequel")
    await place.chooses(somebody, "1", "[A-Z].*Tilleuls.*")
    await told(somebody, "Vous venez")
    await place.chooses(somebody, "1", "Oui")
    await told(somebody, "une place pour vous")


async def _to(place: Connected, instant: datetime) -> None:
    with place.city.database() as database, database.read() as session:
        now = Clock(place.city.reading().clock).now() + agenda.advanced(session)
    await place.city.advance(place.http, max(0.0, (instant - now).total_seconds()))


def _reminded(place: Connected) -> int:
    return sum(bool(re.search(REMINDED, call["text"])) for call in place.telegram.called("sendMessage"))


async def test_on_telegram_nobody_is_reminded_twice_by_a_service_that_dies_again_and_again(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1_000_000)
    dice = random.Random(seed)
    print(f"\nSEED={seed}")

    async with connected(
        tmp_path,
        "webhook",
        lambda today: invented.market_square(today).replace("capacity: 30", "capacity: 500"),
        TELEGRAM_RATE="8",
    ) as place:
        place.city.start()
        await place.city.ready(place.http)
        people = [place.somebody("telegram") for _ in range(PEOPLE)]
        for somebody in people:
            await _seat(place, somebody)
        with place.city.database() as database, database.read() as session:
            planned = session.execute(sa.select(notice.c.due_at).where(notice.c.occasion == "j5.0")).scalars().all()
        assert len(planned) == PEOPLE
        await _to(place, min(planned) - timedelta(minutes=2))
        assert _reminded(place) == 0

        await _to(place, max(planned) + timedelta(seconds=5))
        for _ in range(KILLS):
            await _some_leave(place, dice.randint(0, 2 * PEOPLE // KILLS))
            place.city.kill()
            place.city.start()
            await place.city.ready(place.http, 60)
        await place.city.drained(120)
        await _examine(place, people)


async def _some_leave(place: Connected, many: int) -> None:
    """So many more have left, or none waits any more."""
    goal = _reminded(place) + many
    await when(lambda: _reminded(place) >= goal or not place.city.overview().queued, "reminders stopped")


async def _examine(place: Connected, people: Sequence[Inhabitant]) -> None:
    """Each person's telephone against the city's books."""
    heard = {somebody.address: sum(bool(re.search(REMINDED, text)) for text in somebody.rang) for somebody in people}
    assert max(heard.values()) == 1, "nobody twice"
    with place.city.database() as database, database.read() as session:
        states = Counter[str]()
        for somebody in people:
            found = contacts.find(session, somebody.network, somebody.address)
            assert found is not None
            said = [line for line in outbox.said(session, found.address_id) if re.search(REMINDED, line.text)]
            assert len(said) == 1, "planned once, put once"
            states[said[0].state] += 1
            assert heard[somebody.address] == 1 or said[0].state == "unknown", (said[0].state, said[0].why)
        listed = session.scalar(sa.select(sa.func.count()).where(rows.c.once, rows.c.state == "unknown"))
    assert states["unknown"] == listed
    never = sum(not times for times in heard.values())
    print(f"{KILLS} kills, {len(people)} people: {sum(heard.values())} reminded once, 0 twice, {never} not, {listed} listed as unknown")
