"""kill -9 while the reminders of a workshop leave: each person who has a seat gets one of each, nobody two, nobody none."""

import asyncio
import os
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach import agenda
from outreach.tables import notice, outbox, registration
from tests.connected import Connected, connected
from tests.inhabitants import BySms, when

pytestmark = [pytest.mark.proof, pytest.mark.peer]

KILLS = 10 if os.environ.get("FULL") else 4  # in each of two rounds: five days before, and one day before
PEOPLE = 30  # as many as the room holds
ANSWER = 0.4  # seconds that Kannel's answer takes
LEASE = 15.0  # seconds: by then who came after a kill has taken the network over


def look(place: Connected, *columns: sa.ColumnElement[object]) -> Counter[tuple[object, ...]]:
    with place.city.database() as database, database.read() as session:
        return Counter(tuple(row) for row in session.execute(sa.select(*columns)))


async def to_the_next_reminders(place: Connected) -> None:
    """The city's clock goes to the minute when they are due, not a day further: they expire."""
    with place.city.database() as database, database.read() as session:
        due: datetime | None = session.scalar(sa.select(sa.func.min(notice.c.due_at)).where(notice.c.state == "waiting"))
        moved = agenda.advanced(session).total_seconds() + float(place.city.settings["ALLERVERS_CLOCK"].rstrip("s"))
    assert due is not None
    now = datetime.now(UTC).timestamp() + moved  # noqa: TID251 - the child's own clock
    await place.city.advance(place.http, due.timestamp() - now + 1)


async def _slowly(behind: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy before smsbox, ours: it hands calls on at once and their answers late, so that kills find messages Kannel has taken."""
    there, back = await asyncio.open_connection("127.0.0.1", behind)

    async def go(source: asyncio.StreamReader, goal: asyncio.StreamWriter, wait: float) -> None:
        while data := await source.read(65536):
            await asyncio.sleep(wait)
            goal.write(data)
            await goal.drain()
        goal.close()

    try:
        await asyncio.gather(go(reader, back, 0), go(there, writer, ANSWER), return_exceptions=True)
    finally:
        for one in (back, writer):
            one.close()
            with suppress(OSError):
                await one.wait_closed()


async def restarted(place: Connected) -> None:
    place.city.start()
    await place.city.ready(place.http, 60)


async def storm(place: Connected, people: list[BySms], dice: random.Random) -> int:
    """Kill while reminders leave, start again; how many messages the kills left in doubt."""
    doubts = 0
    for _ in range(KILLS):
        before, end = sum(len(one.rang) for one in people), asyncio.get_running_loop().time() + LEASE
        while sum(len(one.rang) for one in people) == before and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 - phones ring
            await asyncio.sleep(0.01)
        await asyncio.sleep(dice.uniform(0, 0.6))
        place.city.kill()
        doubts += look(place, outbox.c.state)[("sending",)]
        await restarted(place)
    return doubts


@pytest.mark.timeout(900)
async def test_kills_during_the_reminders_and_nobody_is_told_twice_or_not_at_all(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1_000_000)
    dice = random.Random(seed)
    print(f"\nSEED={seed}")
    async with connected(tmp_path, KANNEL_RATE="50") as place:
        await restarted(place)
        people = [place.town.phone(f"+3363998{6000 + number}") for number in range(PEOPLE)]
        for answers, word in enumerate(("ATELIER", "1", "1"), start=1):
            for person in people:
                await person.say(word)
            await when(lambda answers=answers: all(len(one.rang) == answers for one in people), "an answer is missing", 60)  # type: ignore[misc]
        assert look(place, registration.c.state) == {("confirmed",): PEOPLE}
        place.city.stop()
        proxy = await asyncio.start_server(partial(_slowly, place.gateway.ports.sendsms), "127.0.0.1", 0)
        place.city.settings["ALLERVERS_KANNEL_URL"] = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        place.city.settings["ALLERVERS_KANNEL_RATE"] = "3"  # so that ten kills find something to interrupt
        await restarted(place)
        for told in (4, 5):
            await to_the_next_reminders(place)
            doubts = await storm(place, people, dice)
            heard = sum(len(one.rang) for one in people) - (told - 1) * PEOPLE
            await place.gateway_is_empty()
            await place.city.advance(place.http, 61)  # what is still in doubt goes again
            await place.city.drained(90)
            await place.gateway_is_empty()
            print(f"{KILLS} kills, {doubts} messages marked at a kill, {heard} of {PEOPLE} reminders heard during the storm")
            assert Counter(len(one.rang) for one in people) == {told: PEOPLE}, look(place, outbox.c.state, outbox.c.why)
        assert look(place, notice.c.state) == {("said",): 2 * PEOPLE}
        place.city.stop()
        proxy.close()
