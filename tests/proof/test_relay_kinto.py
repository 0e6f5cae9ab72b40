"""A thousand copies towards a real Kinto that is killed, answers 500, hangs, cuts and repeats: each there once, word for word."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from outreach.db import Database
from tests.conftest import Clock
from tests.peers.faults import FAULTS, faults
from tests.peers.kinto import PASSWORD, USER, Kinto, kinto_peer
from tests.peers.postgres import Cluster
from tests.relaying import City

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.one_engine, pytest.mark.timeout(1200)]
FULL = bool(os.environ.get("FULL"))
COPIES, WITHDRAWN, KILLS = (1000, 100, 5) if FULL else (200, 20, 3)
PATIENCE = 900.0


@pytest_asyncio.fixture
async def kinto(postgres: tuple[Cluster, str]) -> AsyncIterator[Kinto]:
    with kinto_peer(postgres[0].fresh()) as peer:
        await peer.ready()
        await peer.furnish()
        yield peer


async def test_exactly_so_many_records_all_exact_and_every_withdrawal_acknowledged(database: Database, clock: Clock, kinto: Kinto) -> None:
    city = City(database, clock)
    async with faults(f"http://127.0.0.1:{kinto.port}") as proxy:
        options = {"user": USER, "password": PASSWORD, "bucket": "ville", "collection": "contributions"}
        city.target("donnees", "kinto", f"{proxy.url}/v1", **options)
        wanted = [f"Contribution {place} : à l'ombre, s'il vous plaît 🌳" for place in range(COPIES)]
        refs = city.publish(*wanted)
        texts = dict(zip(refs, wanted, strict=True))
        proxy.share = 0.2
        async with city.relaying():
            for kill in range(KILLS):
                goal = COPIES * (kill + 1) // (KILLS + 2)
                await city.until(lambda goal=goal: city.states().get(("publish", "confirmed", "exact"), 0) >= goal, PATIENCE)  # type: ignore[misc]
                kinto.kill()
                await city.until(lambda: city.look_at_trouble() != "", PATIENCE)
                kinto.start()
                await kinto.ready()
            await city.until(city.is_settled, PATIENCE)
            assert city.states() == {("publish", "confirmed", "exact"): COPIES}
            found = await kinto.records()
            assert len(found) == COPIES
            assert {one["ref"]: one["text"] for one in found} == texts
            city.withdraw(*refs[:WITHDRAWN])
            await city.until(city.is_settled, PATIENCE)
        assert city.states() == {
            ("publish", "confirmed", "exact"): COPIES - WITHDRAWN,
            ("withdraw", "confirmed", ""): WITHDRAWN,
        }
        assert sorted(one["ref"] for one in await kinto.records()) == sorted(refs[WITHDRAWN:])
        assert set(proxy.met) == set(FAULTS)
        print(f"{COPIES} copies, {WITHDRAWN} withdrawals, {KILLS} kills, faults: {dict(proxy.met)}")
