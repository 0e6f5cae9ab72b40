"""Copies in a real Kinto from PyPI: each once, read back, found again after doubt, gone when taken back."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from outreach import relays
from outreach.db import Database
from tests.conftest import Clock
from tests.peers.faults import Faults, faults
from tests.peers.kinto import HOME, PASSWORD, USER, Kinto, kinto_peer
from tests.peers.postgres import Cluster
from tests.relaying import City

pytestmark = [pytest.mark.peer, pytest.mark.one_engine]
OPTIONS = {"user": USER, "password": PASSWORD, "bucket": "ville", "collection": "contributions"}


@pytest_asyncio.fixture
async def kinto(postgres: tuple[Cluster, str]) -> AsyncIterator[Kinto]:
    url = postgres[0].fresh()
    with kinto_peer(url) as peer:
        await peer.ready()
        await peer.furnish()
        yield peer
    postgres[0].drop(url)


@pytest_asyncio.fixture
async def proxy(kinto: Kinto) -> AsyncIterator[Faults]:
    async with faults(f"http://127.0.0.1:{kinto.port}") as made:
        yield made


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock)


async def test_what_is_published_stands_there_word_for_word_and_goes_when_taken_back(city: City, kinto: Kinto) -> None:
    before = city.publish("Publié avant que la plateforme soit là")
    city.target("donnees", "kinto", kinto.url, **OPTIONS)
    texts = ["Il manque des bancs 🪑", "نحتاج الى مقاعد", "« à l'ombre » & <b>assis</b> !!"]
    refs = city.publish(*texts)
    async with city.relaying():
        await city.until(city.is_settled)
        found = {one["ref"]: one for one in await kinto.records()}
        assert [found[ref]["text"] for ref in (*before, *refs)] == ["Publié avant que la plateforme soit là", *texts]
        assert found[refs[0]]["question"].startswith("De quoi avez-vous besoin")
        assert city.states() == {("publish", "confirmed", "exact"): 4}
        city.withdraw(refs[1])
        await city.until(lambda: city.states().get(("withdraw", "confirmed", "")) == 1)
    assert {one["ref"] for one in await kinto.records()} == {*before, refs[0], refs[2]}
    assert city.look(relays.known)[0].who == "account:allervers"


async def test_a_wrong_password_writes_nothing_and_is_told(city: City, kinto: Kinto) -> None:
    city.target("donnees", "kinto", kinto.url, **(OPTIONS | {"password": "un autre"}))
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: city.look(relays.known)[0].trouble != "")
    assert await kinto.records() == []
    assert "password" in city.look(relays.known)[0].trouble
    assert city.states() == {("publish", "pending", ""): 1}


async def test_another_identity_than_the_expected_one_writes_nothing(city: City, kinto: Kinto) -> None:
    city.target("donnees", "kinto", kinto.url, **OPTIONS, who="account:someone")
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: "takes us for account:allervers" in city.look(relays.known)[0].trouble)
    assert await kinto.records() == []


async def test_what_somebody_changed_there_is_told_with_the_difference(city: City, kinto: Kinto, proxy: Faults) -> None:
    city.target("donnees", "kinto", f"{proxy.url}/v1", **OPTIONS)
    (ref,) = city.publish("Il manque des bancs")
    async with city.relaying():
        await city.until(city.is_settled)
        (record,) = await kinto.records()
        await kinto.call("PATCH", f"{HOME}/records/{record['id']}", {"data": {"text": "Il manque de tout"}})
        with city.database.write() as session:  # the platform tells what stands there
            relays.found(session, city.rows()[0].target_id, [relays.Copy(ref, text="Il manque de tout")], city.clock.now(), "provider")
        line = city.line(ref)
        assert (line.fidelity, line.sent, line.seen) == ("altered", "Il manque des bancs", "Il manque de tout")
        city.write(lambda session, now: relays.retry(session, int(line.id), now, "staff:1"))
        await city.until(lambda: city.line(ref).fidelity == "exact")
    assert [one["text"] for one in await kinto.records()] == ["Il manque des bancs"]


async def test_faults_and_deaths_leave_each_copy_once(city: City, kinto: Kinto, proxy: Faults) -> None:
    city.target("donnees", "kinto", f"{proxy.url}/v1", **OPTIONS)
    proxy.share = 0.35
    refs = city.publish(*(f"Contribution numéro {number}" for number in range(40)))
    async with city.relaying():
        await city.until(lambda: city.states().get(("publish", "confirmed", "exact"), 0) > 8)
        kinto.kill()
        await city.until(lambda: city.look(relays.known)[0].trouble != "")
        kinto.start()
        await kinto.ready()
        await city.until(city.is_settled)
        city.withdraw(*refs[:8])
        await city.until(city.is_settled)
    assert sorted(one["ref"] for one in await kinto.records()) == sorted(refs[8:])
    assert city.states() == {("publish", "confirmed", "exact"): 32, ("withdraw", "confirmed", ""): 8}
    assert len(proxy.met) >= 5, proxy.met
