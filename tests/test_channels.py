"""The same battery for every channel: what comes in, what goes out, what fails. A channel without its cases fails."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import structlog
from aiohttp import web
from yarl import URL

from bot import channels, settings
from bot.channels import Channel, Fatal, Rejected, SendError, Stopped, Throttled, Unreachable
from bot.channels.simulator import Simulator
from conversations.messages import NETWORKS, Inbound, Outbound, Receipt
from tests.conftest import Clock
from tests.notebook import SECRETS, doors, everything
from tests.peers import free_ports

CASES = Path(__file__).parent / "webhooks"
MUST_COME_IN = {"valid-message", "without-text", "same-message-twice", "unreadable"}
FROM_OUTSIDE = {"wrong-secret", "no-secret"}  # the simulator's page has no secret: it is never open where citizens write
NAMES = sorted(channels.registry(settings.read(everything()), Clock(None)))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_leak(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Whatever happens here, no line holds a secret, a number, a chat's id, a name or a text."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        yield
    lines = caplog.text + repr(events) + "".join(capfd.readouterr())
    for secret in (*SECRETS.values(), SECRETS["TELEGRAM_TOKEN"][7:], "63998", "7001", "100200", "Prénom", "pseudo_", "bancs", "forfait"):
        assert secret not in lines


# in


def cases() -> list[Path]:
    return sorted(CASES.glob("*/*.json"))


def read(path: Path) -> Any:
    return json.loads(path.read_text())


def test_every_channel_has_its_cases() -> None:
    assert sorted(path.name for path in CASES.iterdir()) == NAMES
    for name in NAMES:
        there = {path.stem for path in (CASES / name).iterdir()}
        assert there >= MUST_COME_IN | (set() if name == "simulator" else FROM_OUTSIDE), name


@pytest.mark.parametrize("path", cases(), ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_what_comes_in(path: Path, clock: Clock) -> None:
    case = read(path)
    async with doors(settings.read(everything()), clock) as open_, aiohttp.ClientSession() as http:
        for _ in range(case.get("times", 1)):
            status, body = await post(http, open_.url, case["request"])
            assert status == case["status"]
            if path.parent.name != "simulator":  # its page wants words
                assert body == b"" or status == 404
        got: list[Inbound | Receipt] = [*open_.notebook.got, *open_.notebook.receipts]
    assert len(got) == len(case["says"]) * case.get("times", 1)
    for one, says in zip(got, case["says"] * case.get("times", 1), strict=True):
        holds(msgspec.to_builtins(one), says)
        assert one.at == clock.now() if isinstance(one, Inbound) else True
    keys = {one.key for one in got if isinstance(one, Inbound)}
    if case.get("times") == 2:
        assert len(keys) == (2 if case.get("each_is_new") else 1), "the office knows a repetition by its key"


def holds(found: dict[str, Any], says: dict[str, Any]) -> None:
    for name, value in says.items():
        if isinstance(value, dict):
            holds(found[name], value)
        else:
            assert found[name] == value, name
    assert not {"Prénom", "Nomdefamille", "pseudo_7001"} & set(map(str, found.values()))


async def post(http: aiohttp.ClientSession, url: str, request: dict[str, Any]) -> tuple[int, bytes]:
    data = request.get("body", "").encode() or bytes.fromhex(request.get("octets", ""))
    if "json" in request:
        data = json.dumps(request["json"]).encode()
    # as the provider encoded it: a client that tidies the address up would hide what is not UTF-8 in it
    address = URL(url + request["path"], encoded=True)
    headers = request.get("headers", {"Content-Type": "application/json"})
    async with http.request(request["method"], address, data=data or None, headers=headers) as answer:
        return answer.status, await answer.read()


# out: the provider below is scripted, so these tables are our reading of channels.md; the real peers are in test_telegram and test_kannel


@dataclass
class Provider:
    """Answers every call with what it was told to, and writes the calls down."""

    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    cut: bool = False

    def __post_init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    async def answer(self, request: web.BaseRequest) -> web.Response:
        form = dict(await request.post()) if request.content_type == "application/x-www-form-urlencoded" else {}
        method = request.path.rpartition("/")[2]
        if method not in {"sendMessage", "editMessageText", "sendsms"}:
            return web.json_response({"ok": True, "result": True})
        self.calls.append({"body": await request.read(), "headers": dict(request.headers)} | form)
        if self.cut and request.transport is not None:
            request.transport.abort()
        return web.Response(status=self.status, text=self.body, content_type=self.content_type)


def says(network: str, text: str = "Il manque des bancs", **more: Any) -> Outbound:
    return Outbound(9, network, "", "7001" if network == "telegram" else "+33639980001", text, **more)  # type: ignore[arg-type]


def api(**result: Any) -> str:
    return json.dumps({"ok": True, "result": {"message_id": 77, "date": 1, "chat": {"id": 7001, "type": "private"}} | result})


def error(code: int, words: str, **parameters: int) -> Provider:
    return Provider(code, json.dumps({"ok": False, "error_code": code, "description": words, "parameters": parameters}))


CHOICES = (("a1:yes", "Oui", 0), ("a1:no", "Non", 1))
TAKEN = "0: Accepted for delivery"
OUT: dict[str, dict[str, tuple[Outbound, Provider, Any]]] = {
    # what is sent, what the provider answers, the id or the error
    "telegram": {
        "plain": (says("telegram"), Provider(body=api()), "77"),
        "choices": (says("telegram", buttons=CHOICES), Provider(body=api()), "77"),
        "long": (says("telegram", "é" * 4096), Provider(body=api()), "77"),
        "too long": (says("telegram", "é" * 4097), Provider(), Rejected),
        "card": (says("telegram", replaces="40"), Provider(body=api(message_id=40)), "40"),
        "throttled": (says("telegram"), error(429, "Too Many Requests: retry after 3", retry_after=3), Throttled),
        "blocked": (says("telegram"), error(403, "Forbidden: bot was blocked by the user"), Stopped),
        "refused": (says("telegram"), error(400, "Bad Request: BUTTON_DATA_INVALID"), Rejected),
        "unknown to them": (says("telegram"), error(401, "Unauthorized"), Fatal),
        "down": (says("telegram"), Provider(502, "<html>", "text/html"), Unreachable),
        "cut": (says("telegram"), Provider(cut=True), Unreachable),
    },
    "kannel": {
        "plain": (says("sms"), Provider(202, TAKEN), "9"),
        "choices": (says("sms", "Publier ? 1 oui 2 non", buttons=CHOICES), Provider(202, TAKEN), "9"),
        "long": (says("sms", "é" * 1530), Provider(202, TAKEN), "9"),
        "too long": (says("sms", "é" * 1531), Provider(), Rejected),
        "card": (says("sms", replaces="8"), Provider(202, TAKEN), "9"),
        "throttled": (says("sms"), Provider(429), Throttled),
        "blocked": (says("sms"), Provider(403, "Not routable. Do not try again."), Rejected),
        "refused": (says("sms"), Provider(400, "Empty text not allowed"), Rejected),
        "unknown to them": (says("sms"), Provider(403, "Authorization failed for sendsms"), Fatal),
        "down": (says("sms"), Provider(503, "Temporal failure, try again later."), Unreachable),
        "cut": (says("sms"), Provider(cut=True), Unreachable),
    },
}
MUST_GO_OUT = set(OUT["telegram"])


@asynccontextmanager
async def one(name: str, provider: Provider, clock: Clock) -> AsyncIterator[Channel]:
    (port,) = free_ports(1)
    runner = web.ServerRunner(web.Server(provider.answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}"
    channel = channels.registry(settings.read(everything(TELEGRAM_API_URL=url, KANNEL_URL=url)), clock)[name]
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()
        await runner.cleanup()


def test_every_channel_has_its_sendings() -> None:
    assert sorted([*OUT, "simulator"]) == NAMES  # nothing can fail in the simulator: it has tests of its own below
    for name, table in OUT.items():
        assert set(table) == MUST_GO_OUT, name


@pytest.mark.parametrize(("name", "label"), [(name, label) for name, table in OUT.items() for label in table])
async def test_what_goes_out(name: str, label: str, clock: Clock) -> None:
    outbound, provider, expected = OUT[name][label]
    provider.calls.clear()
    async with one(name, provider, clock) as channel:
        assert outbound.network in channel.networks
        if isinstance(expected, str):
            assert await channel.send(outbound) == expected
            (call,) = provider.calls
            assert (call.get("text") or call["body"].decode()) == outbound.text
            return
        with pytest.raises(SendError) as raised:
            await channel.send(outbound)
    assert type(raised.value) is expected
    assert (not provider.calls) == (label == "too long")
    if isinstance(raised.value, Unreachable):
        assert raised.value.sent == ("maybe" if label == "cut" else "no")
    if name == "telegram" and isinstance(raised.value, Throttled):
        assert raised.value.after == 3.0
    assert outbound.text not in repr(raised.value)
    assert outbound.address not in repr(raised.value)


# the simulator


async def test_a_phone_shows_what_it_was_sent_and_what_changed(clock: Clock) -> None:
    simulator = Simulator(clock)
    card = await simulator.send(says("telegram", "Publier ?", buttons=CHOICES))
    clock.advance(seconds=1)
    assert await simulator.send(says("telegram", "Avis no 4821 0736", replaces=card, silent=True)) == card
    await simulator.send(says("sms", "Fête ?"))
    asked, edited = simulator.messages("telegram", "7001")
    assert [(choice.label, choice.press, choice.row) for choice in asked.choices] == [("Oui", "a1:yes", 0), ("Non", "a1:no", 1)]
    assert (edited.replaces, edited.silent, edited.at - asked.at) == (card, True, clock.now() - asked.at)
    assert simulator.messages("telegram", "7001", after=asked.id) == [edited]
    assert simulator.messages("telegram", "7001", after=edited.id) == []
    (sms,) = simulator.messages("sms", "+33639980001")
    assert (sms.text, sms.parts, sms.encoding) == ("Fête ?", 1, "UCS-2")
    assert simulator.messages("sms", "7001") == []
    assert tuple(simulator.networks) == NETWORKS


async def test_ids_rise_whatever_happens(clock: Clock) -> None:
    first = Simulator(clock)
    ids = [await first.send(says("sms")) for _ in range(50)]
    clock.advance(seconds=1)
    again = Simulator(clock)  # the plug was pulled
    ids += [await again.send(says("sms")) for _ in range(50)]
    assert ids == sorted(set(ids))


async def test_a_button_may_be_named_by_its_label(clock: Clock) -> None:
    given = settings.read(everything())
    async with doors(given, clock) as open_, aiohttp.ClientSession() as http:
        simulator = open_.channels["simulator"]
        await simulator.send(says("telegram", "Publier ?", buttons=CHOICES))
        path = "/simulator/telegram/7001/messages"
        await post(http, open_.url, {"method": "POST", "path": path, "json": {"press": "Non"}})
        (got,) = open_.notebook.got
        async with http.get(open_.url + path) as answer:
            (item,) = (await answer.json())["items"]
    assert msgspec.to_builtins(got.what) == {"type": "Press", "question": "a1", "choice": "no"}
    assert set(item) >= {"id", "text", "choices", "parts", "encoding", "at"}


async def test_a_channel_is_there_only_when_its_settings_are(clock: Clock) -> None:
    bare = settings.read(everything(TELEGRAM_TOKEN="", KANNEL_URL="", SIMULATOR="off"))
    assert channels.registry(bare, clock) == {}
    async with doors(bare, clock) as open_, aiohttp.ClientSession() as http:
        for path in ("/channels/telegram", "/channels/kannel/mo", "/channels/kannel/dlr", "/simulator/sms/0639980001/messages"):
            status, _ = await post(http, open_.url, {"method": "POST", "path": path})
            assert status == 404
