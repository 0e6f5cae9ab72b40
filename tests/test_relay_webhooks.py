"""Signed events both ways, against the npm and PyPI packages of Standard Webhooks: exact, awaited, acknowledged; never twice, never old."""

import asyncio
import base64
import json
import os
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from standardwebhooks import Webhook

from bot import events
from bot.clock import Clock as RealClock
from bot.web import CLOCK, LEDGER
from outreach.db import Database
from tests.conftest import Clock
from tests.peers import npm_home
from tests.relaying import City
from tests.sender_city import Writer

pytestmark = pytest.mark.one_engine
REAL = RealClock()  # the package compares with the hour of the machine
SECRET = f"whsec_{base64.b64encode(b'une clef de trente-deux octets !!').decode()}"
OTHER = f"whsec_{base64.b64encode(b'une autre clef, aussi longue !!!').decode()}"
NODE = Path(__file__).parent / "peers" / "node_webhooks"


@cache
def node_home() -> Path:
    return npm_home(NODE)


def node(**asked: Any) -> dict[str, Any]:
    """The npm package signs or verifies."""
    environment = os.environ | {"NODE_PATH": str(node_home() / "node_modules")}
    done = subprocess.run(
        ["node", str(NODE / "webhooks.js")], input=json.dumps(asked), check=False, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


class Receiver:
    """Somebody who keeps records, ours for the tests: verifies with the PyPI package, and keeps what it got for npm's."""

    def __init__(self) -> None:
        self.events: list[tuple[dict[str, str], str]] = []
        self.answers: list[web.Response] = []  # given first, one after the other
        self.says_what_stands = True
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode()
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower().startswith("webhook-")}
        self.events.append((headers, body))
        if self.answers:
            return self.answers.pop(0)
        event = json.loads(body)
        data = event["data"]
        match event["type"]:
            case "contribution.published" if self.says_what_stands:
                return web.json_response({"id": f"r-{data['ref']}", "url": "https://archives.example/1", "text": data["text"]})
            case "contribution.withdrawn" if self.says_what_stands:
                return web.json_response({"withdrawn": True})
        return web.json_response({})

    def of(self, kind: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
        found = [(headers, json.loads(body)) for headers, body in self.events]
        return [(headers, event) for headers, event in found if event["type"] == kind]


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/evenements", made.take)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/evenements"))
        yield made


@pytest.fixture
def city(database: Database, receiver: Receiver) -> City:
    made = City(database, Clock(REAL.now()))
    made.target("archives", "webhooks", receiver.url, secret=SECRET)
    return made


@pytest_asyncio.fixture
async def back(city: City) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """Our door for the events of others."""
    app = web.Application()
    writer: Any = Writer(city.database)
    app[LEDGER], app[CLOCK] = writer, city.clock
    events.mount(app)
    async with TestClient(TestServer(app)) as client:
        yield client


def signed(kind: str, data: dict[str, Any], *, id_: str = "evt_1", at: float | None = None) -> tuple[str, dict[str, str]]:
    body = json.dumps({"type": kind, "timestamp": "2027-03-15T10:00:00Z", "data": data})
    when = REAL.now() if at is None else datetime.fromtimestamp(at, UTC)
    headers = {"webhook-id": id_, "webhook-timestamp": str(int(when.timestamp()))}
    return body, headers | {"webhook-signature": Webhook(SECRET).sign(id_, when, body)}


@pytest.mark.peer
async def test_what_we_send_is_verified_by_both_packages_and_no_other_secret(city: City, receiver: Receiver) -> None:
    (ref,) = city.publish("Des bancs à l'ombre, « s'il vous plaît » 🪑")
    async with city.relaying():
        await city.until(city.is_settled)
        city.withdraw(ref)
        await city.until(lambda: city.states() == {("withdraw", "confirmed", ""): 1})
    assert [json.loads(body)["type"] for _headers, body in receiver.events] == [
        "relay.hello",
        "contribution.published",
        "contribution.withdrawn",
    ]
    for headers, body in receiver.events:
        assert Webhook(SECRET).verify(body, headers) == json.loads(body)
        assert (await asyncio.to_thread(node, does="verify", secret=SECRET, body=body, headers=headers))["payload"] == json.loads(body)
        assert "No matching signature" in (await asyncio.to_thread(node, does="verify", secret=OTHER, body=body, headers=headers))["error"]
    assert "Des bancs" not in receiver.events[2][1]


async def test_a_repeated_try_bears_the_same_id_and_waits_as_long_as_it_is_told(city: City, receiver: Receiver) -> None:
    (ref,) = city.publish("Des bancs")
    receiver.answers = [web.json_response({}), web.Response(status=500), web.Response(status=429, headers={"Retry-After": "1"})]
    async with city.relaying():
        await city.until(city.is_settled)
    ids = {headers["webhook-id"] for headers, _event in receiver.of("contribution.published")}
    assert ids == {f"msg_{ref}.1"}
    assert len(receiver.of("contribution.published")) >= 3
    assert city.line(ref).fidelity == "exact"


async def test_who_wants_no_more_events_gets_none(city: City, receiver: Receiver) -> None:
    city.publish("Des bancs")
    for _ in range(3):
        receiver.answers += [web.json_response({}), web.Response(status=410)]
    async with city.relaying(identity=60):
        await city.until(lambda: len(receiver.events) == 4 and "410" in city.look_at_trouble())
    assert len(receiver.events) == 4
    assert city.states() == {("publish", "pending", ""): 1}


async def test_a_secret_that_is_refused_stops_everything(city: City, receiver: Receiver) -> None:
    city.publish("Des bancs")
    receiver.answers = [web.Response(status=401)]
    async with city.relaying(identity=60):
        await city.until(lambda: "401" in city.look_at_trouble())
    assert receiver.of("contribution.published") == []


async def test_what_is_confirmed_by_a_signed_event_is_compared_and_withdrawn_by_one(
    city: City, receiver: Receiver, back: TestClient[web.Request, web.Application]
) -> None:
    receiver.says_what_stands = False
    one, other = city.publish("Des bancs", "Une fontaine")
    async with city.relaying():
        await city.until(lambda: len(receiver.of("contribution.published")) == 2)
        await city.until(lambda: city.states() == {("publish", "to_reconcile", ""): 2})
        for place, (ref, text) in enumerate(((one, "Des bancs"), (other, "Une fontain"))):
            body, headers = signed("record.confirmed", {"ref": ref, "id": f"r{place}", "text": text}, id_=f"evt_{place}")
            assert (await back.post("/channels/records/archives", data=body, headers=headers)).status == 200
        assert (city.line(one).fidelity, city.line(other).fidelity) == ("exact", "altered")
        city.withdraw(one)
        await city.until(lambda: len(receiver.of("contribution.withdrawn")) == 1)
        await city.until(lambda: city.line(one).state == "to_reconcile")
        body, headers = signed("record.withdrawn", {"ref": one}, id_="evt_9")
        assert (await back.post("/channels/records/archives", data=body, headers=headers)).status == 200
        assert (city.line(one).wants, city.line(one).state) == ("withdraw", "confirmed")


@pytest.mark.peer
async def test_an_event_signed_by_npm_is_taken_once_and_its_replay_refused(
    city: City, back: TestClient[web.Request, web.Application]
) -> None:
    (ref,) = city.publish("Des bancs")
    body = json.dumps({"type": "record.confirmed", "data": {"ref": ref, "id": "7", "text": "Des bancs"}})
    at = int(REAL.now().timestamp())
    headers = await asyncio.to_thread(node, does="sign", secret=SECRET, body=body, id="evt_npm", at=at)
    statuses = [(await back.post("/channels/records/archives", data=body, headers=headers)).status for _ in range(2)]
    assert statuses == [200, 409]
    again = await asyncio.to_thread(node, does="sign", secret=SECRET, body=body, id="evt_npm", at=at + 1)
    assert (await back.post("/channels/records/archives", data=body, headers=again)).status == 200
    assert city.line(ref).fidelity == "exact"


@pytest.mark.parametrize("skew", [-400, 400])
async def test_an_event_from_another_hour_is_refused(city: City, back: TestClient[web.Request, web.Application], skew: int) -> None:
    (ref,) = city.publish("Des bancs")
    body, headers = signed("record.confirmed", {"ref": ref, "text": "Des bancs"}, at=REAL.now().timestamp() + skew)
    assert (await back.post("/channels/records/archives", data=body, headers=headers)).status == 401
    assert city.line(ref).state == "pending"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-signature": "nonsense"},
        {"webhook-timestamp": "soon"},
        {"webhook-id": "another"},
    ],
)
async def test_an_event_that_is_not_from_there_is_refused(
    city: City, back: TestClient[web.Request, web.Application], change: dict[str, str]
) -> None:
    (ref,) = city.publish("Des bancs")
    body, headers = signed("record.confirmed", {"ref": ref, "text": "Des bancs"})
    assert (await back.post("/channels/records/archives", data=body, headers=headers | change)).status == 401
    assert city.line(ref).state == "pending"


async def test_events_for_nobody_of_nothing_or_in_no_shape_do_no_harm(city: City, back: TestClient[web.Request, web.Application]) -> None:
    city.target("donnees", "kinto", "https://d.example", secret=SECRET)
    body, headers = signed("record.painted", {"ref": "12345678"})
    assert (await back.post("/channels/records/archives", data=body, headers=headers)).status == 200
    assert (await back.post("/channels/records/personne", data=body, headers=headers)).status == 404
    assert (await back.post("/channels/records/donnees", data=body, headers=headers)).status == 404
    when = REAL.now()
    for wrong in ("[1", "[" * 60_000, '{"type": "record.painted", "more": ' + "[" * 60_000):
        raw = {
            "webhook-id": "e",
            "webhook-timestamp": str(int(when.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("e", when, wrong),
        }
        assert (await back.post("/channels/records/archives", data=wrong, headers=raw)).status == 400


async def test_two_secrets_sign_while_one_follows_the_other(city: City, receiver: Receiver) -> None:
    city.target("relais", "webhooks", receiver.url, secret=f"{SECRET} {OTHER}")
    async with city.relaying():
        await city.until(lambda: len(receiver.events) == 2)
    headers, body = next((headers, body) for headers, body in receiver.events if " " in headers["webhook-signature"])
    assert Webhook(OTHER).verify(body, headers)
