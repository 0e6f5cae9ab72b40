"""The addresses that providers call: answered after the commit, never with a 500, and quiet."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest
import pytest_asyncio
import structlog

from bot import settings
from bot.ledger import Overloaded
from bot.settings import Settings
from conversations.messages import Inbound, InGroup, Outbound, Start, Words
from tests.conftest import Clock
from tests.notebook import SECRETS, Doors, doors, everything, when
from tests.peers import SHARED, free_ports
from tests.peers.handsets import Handsets
from tests.peers.kannel import kannel_peer
from tests.peers.telegram import telegram_peer

DATA = SHARED / "data"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRETS["TELEGRAM_SECRET"]}
TEXT = "Il manque des bancs"


@pytest.fixture(autouse=True)
def no_leak(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[list[Any]]:
    """Whatever happens here, no line holds a secret, a number, a chat's id, a name or a text."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        yield events
    lines = caplog.text + repr(events) + "".join(capfd.readouterr())
    for secret in (*SECRETS.values(), SECRETS["TELEGRAM_TOKEN"][7:], "63998", "7001", "Prénom", "pseudo_", "bancs"):
        assert secret not in lines


@pytest.fixture
def given() -> Settings:
    return settings.read(everything())


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest_asyncio.fixture
async def open_(given: Settings, clock: Clock) -> AsyncIterator[Doors]:
    async with doors(given, clock) as one:
        yield one


def update(number: int = 1, text: str = TEXT) -> dict[str, Any]:
    return {"update_id": number, "message": {"message_id": number, "date": 1, "chat": {"id": 7001, "type": "private"}, "text": text}}


def mo(open_: Doors, key: str = "k1") -> str:
    query = urlencode({"secret": SECRETS["KANNEL_SECRET"], "id": key, "from": "+33639980001", "to": "38100", "text": TEXT})
    return f"{open_.url}/channels/kannel/mo?{query}"


def dlr(open_: Doors, outbound: int = 42, kind: int = 1) -> str:
    query = urlencode({"secret": SECRETS["KANNEL_SECRET"], "id": outbound, "type": kind})
    return f"{open_.url}/channels/kannel/dlr?{query}"


async def call(http: aiohttp.ClientSession, open_: Doors, which: str) -> aiohttp.ClientResponse:
    """One good call of each kind."""
    if which == "telegram":
        return await http.post(f"{open_.url}/channels/telegram", json=update(), headers=HEADERS)
    return await http.get(mo(open_) if which == "mo" else dlr(open_))


KINDS = ("telegram", "mo", "dlr")


@pytest.mark.parametrize("which", KINDS)
async def test_the_provider_is_answered_only_after_the_commit(http: aiohttp.ClientSession, open_: Doors, which: str) -> None:
    open_.notebook.open.clear()
    answering = asyncio.create_task(call(http, open_, which))
    await when(lambda: open_.notebook.waiting == 1)
    assert not answering.done()
    open_.notebook.open.set()
    answer = await answering
    assert (answer.status, await answer.read()) == (200, b"")
    assert len(open_.notebook.got) + len(open_.notebook.receipts) == 1


@pytest.mark.parametrize("which", KINDS)
@pytest.mark.parametrize("trouble", [Overloaded(), OSError("7001 " + TEXT), ValueError("+33639980001")], ids=lambda one: type(one).__name__)
async def test_what_cannot_be_kept_is_asked_for_again(http: aiohttp.ClientSession, open_: Doors, which: str, trouble: Exception) -> None:
    open_.notebook.refuse = [trouble]
    answer = await call(http, open_, which)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert await answer.read() == b""
    answer = await call(http, open_, which)  # the provider comes again
    assert answer.status == 200
    assert len(open_.notebook.got) + len(open_.notebook.receipts) == 1


async def test_an_answer_tells_a_stranger_nothing(http: aiohttp.ClientSession, open_: Doors) -> None:
    for method, url in (("POST", "/channels/telegram"), ("POST", "/channels/kannel/mo"), ("GET", "/channels/kannel/dlr?id=1&type=1")):
        async with http.request(method, open_.url + url, data=b"x") as answer:
            assert (answer.status, await answer.read()) == (403, b"")
    assert (open_.notebook.got, open_.notebook.receipts) == ([], [])


async def test_odd_calls_are_no_500(http: aiohttp.ClientSession, open_: Doors) -> None:
    async with http.get(f"{open_.url}/channels/telegram") as answer:
        assert answer.status == 405
    async with http.post(f"{open_.url}/channels/telegram", data=io.BytesIO(b"x" * (1 << 21)), headers=HEADERS) as answer:
        assert answer.status == 413
    async with http.put(mo(open_)) as answer:
        assert answer.status == 405


async def test_what_nobody_could_read_does_not_come_again(http: aiohttp.ClientSession, open_: Doors, no_leak: list[Any]) -> None:
    """Kannel would repeat it for days, and Telegram hold everything behind it back."""
    telegram, plain = f"{open_.url}/channels/telegram", mo(open_).partition("&text=")[0]
    for url, headers, body in (
        (telegram, HEADERS, b"[" * 60_000),
        (telegram, HEADERS, b'{"update_id": 1, "message": {"more": ' + b"[" * 60_000),
        (telegram, HEADERS | {"Content-Encoding": "gzip"}, json.dumps(update()).encode()),
        (plain, {"Content-Type": "text/plain", "Content-Encoding": "gzip"}, TEXT.encode()),
    ):
        async with http.post(url, data=body, headers=headers) as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        assert no_leak[-1]["log_level"] == "warning"
    assert open_.notebook.got == []
    for charset in ("undefined", "punycode", "unicode_escape", "utf-7"):
        async with http.post(
            f"{plain}&n={charset}", data=TEXT.encode(), headers={"Content-Type": f"text/plain; charset={charset}"}
        ) as answer:
            assert answer.status == 200
    assert {one.what.text for one in open_.notebook.got if isinstance(one.what, Words)} == {TEXT}


async def test_polling_needs_no_webhook_and_without_a_secret_nobody_may_call(http: aiohttp.ClientSession, clock: Clock) -> None:
    async with doors(settings.read(everything(TELEGRAM_SECRET="")), clock) as open_:
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": ""}):
            async with http.post(f"{open_.url}/channels/telegram", json=update(), headers=headers) as answer:
                assert answer.status == 403
        assert open_.notebook.got == []


# the third-party peers, through the doors


@pytest.mark.peer
async def test_telegram_by_webhook_with_a_door_that_is_shut_at_first(clock: Clock) -> None:
    async with telegram_peer(SECRETS["TELEGRAM_TOKEN"]) as tg:
        (port,) = free_ports(1)
        more = {"TELEGRAM_API_URL": tg.url, "TELEGRAM_MODE": "webhook", "PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
        async with doors(settings.read(everything(**more)), clock) as open_:
            channel, notebook = open_.channels["telegram"], open_.notebook
            lea, noe = tg.citizen(7001), tg.citizen(7002)
            await lea.start("kX3")  # before the webhook is there
            notebook.refuse = [Overloaded(), OSError()]
            await channel.listen(notebook.receive)
            await notebook.until(1)
            await lea.text(TEXT)
            await noe.text("et de l'ombre")
            await lea.text("surtout au soleil")
            await notebook.until(4)
            await channel.send(Outbound(1, "telegram", "telegram", "7001", "Publier ?", buttons=(("a1:yes", "Oui", 0),)))
            await lea.press(await lea.next(), "Oui")
            await notebook.until(5)
            await tg.until("answerCallbackQuery")
            await tg.all_confirmed()
            assert [status for _, status in tg.shim.hooked].count(503) == 2
            assert len(notebook.got) == len({one.key for one in notebook.got}) == 5
            assert notebook.got[0].what == Start("kX3")
            of_lea = [one.what.text for one in notebook.got if one.address == "7001" and isinstance(one.what, Words)]
            assert of_lea == [TEXT, "surtout au soleil"]


@pytest.mark.peer
async def test_kannel_with_a_service_that_restarts(clock: Clock) -> None:
    port, sendsms = free_ports(2)
    given = settings.read(everything(PORT=port, KANNEL_URL=f"http://127.0.0.1:{sendsms}"))
    with kannel_peer(given, edit=(("http-queue-delay = 10", "http-queue-delay = 1"),)) as gateway:
        phones: Handsets
        async with gateway.phones as phones:
            await gateway.connected()
            await phones.wide("+33639980001", "38100", f"{TEXT}, ê ’ 😀")  # the service is down
            async with doors(given, clock) as open_:
                open_.notebook.refuse = [Overloaded()]
                (inbound,) = await open_.notebook.until(1)
                assert isinstance(inbound.what, Words)
                assert (inbound.address, inbound.what.text) == ("+33639980001", f"{TEXT}, ê ’ 😀")
                open_.notebook.refuse = [OSError()]
                assert await open_.channels["kannel"].send(Outbound(4711, "sms", "kannel", "+33639980001", "Bien reçu")) == "4711"
                assert (await phones.next()).text == "Bien reçu"
                await when(lambda: any(one.state == "delivered" for one in open_.notebook.receipts))
                assert {one.outbound for one in open_.notebook.receipts} == {4711}


# what other projects' tests hold, when it is there to be read

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data")


def updates() -> list[tuple[str, dict[str, Any]]]:
    return [(path.name, json.loads(path.read_text())["update"]) for path in sorted(DATA.glob("telegram_updates/*.json"))]


def expected(update: dict[str, Any]) -> Words | Start | InGroup | None:
    """What a message of these must become; None where nothing is promised but an answer."""
    message = update.get("message", {})
    chat, text = message.get("chat", {}), message.get("text") or message.get("caption")
    if chat.get("type") in {"group", "supergroup"} and text:
        return InGroup()
    if chat.get("type") != "private" or not text or message.get("from", {}).get("is_bot"):
        return None
    return Start("command") if text == "/start command" else Words(text)


@needs_data
async def test_every_update_of_other_projects_is_answered_and_holds_up_nobody(http: aiohttp.ClientSession, open_: Doors) -> None:
    seen = 0
    for name, one in updates():
        before = len(open_.notebook.got)
        async with http.post(f"{open_.url}/channels/telegram", json=one, headers=HEADERS) as answer:
            assert (answer.status, await answer.read()) == (200, b""), name
        got = open_.notebook.got[before:]
        assert len(got) <= 1, name
        wanted = expected(one)
        if wanted is None:
            continue
        (inbound,) = got
        assert inbound.address == str(one["message"]["chat"]["id"]), name
        assert inbound.key == str(one["update_id"]), name
        assert said(inbound) == (wanted.text if isinstance(wanted, Words) else wanted), name
        seen += 1
    assert len(updates()) >= 168
    assert seen >= 30
    people = {"first_name", "last_name", "username", "phone_number"}
    names = {str(value) for _, one in updates() for value in values(one, people) if len(str(value)) > 5}
    assert names
    stored = repr([one for one in open_.notebook.got if isinstance(one.what, Words) and not one.what.text])
    assert not [name for name in names if name in stored]


def said(inbound: Inbound) -> Any:
    return inbound.what.text if isinstance(inbound.what, Words) else inbound.what


def values(tree: Any, fields: set[str]) -> Iterator[Any]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name in fields:
                yield value
            yield from values(value, fields)
    elif isinstance(tree, list):
        for one in tree:
            yield from values(one, fields)


def provider_cases(provider: str) -> list[Any]:
    path = DATA / "provider_callbacks" / f"{provider}.json"
    cases = json.loads(path.read_text())["cases"] if path.exists() else []
    return [case for case in cases if case["direction"] == "incoming"]


STICKER = {"urn": "telegram:3527065", "msg_text": "", "external_id": "44"}
OURS: dict[str, dict[str, Any]] = {
    # where DESIGN §6 or a requirement decides otherwise than that gateway did
    "Receive Invalid JSON": {"status": 200},  # authentic but unreadable
    "Receive Contact": {"msg_text": ""},  # GDPR-20, TG-08: somebody's name and number are not taken
    **dict.fromkeys(("Receive Invalid FileID", "Receive NoOk FileID", "Receive No FileID"), STICKER),  # we fetch no file
    "Invalid URN": {"status": 200},  # a name as sender: it is there, and nobody could read an answer
    "Status Zero": {"status": 200},  # authentic but unreadable
}


@needs_data
@pytest.mark.parametrize("case", provider_cases("telegram"), ids=lambda case: case["label"])
async def test_the_telegram_cases_of_another_gateway(http: aiohttp.ClientSession, open_: Doors, case: dict[str, Any]) -> None:
    request, wants = case["request"], case["expected"] | OURS.get(case["label"], {})
    headers = request["headers"] | HEADERS
    async with http.post(f"{open_.url}/channels/telegram", data=request["body"].encode(), headers=headers) as answer:
        assert answer.status == wants["status"]
    check(open_, wants)


RENAMED = {"sender": "from", "message": "text", "uuid": "id", "status": "type"}


@needs_data
@pytest.mark.parametrize("case", provider_cases("kannel"), ids=lambda case: case["label"])
async def test_the_kannel_cases_of_another_gateway(http: aiohttp.ClientSession, open_: Doors, case: dict[str, Any]) -> None:
    request, wants = case["request"], case["expected"] | OURS.get(case["label"], {})
    parts = urlsplit(request["path"])
    query = {RENAMED.get(name, name): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    kind = "dlr" if parts.path.endswith("/status/") else "mo"
    if kind == "dlr":
        query["id"] = "42"  # ours are numbers
    url = f"{open_.url}/channels/kannel/{kind}?{urlencode(query | {'secret': SECRETS['KANNEL_SECRET']})}"
    body = request["body"].encode() if request["body"] else None
    async with http.request(request["method"], url, data=body, headers=request["headers"]) as answer:
        assert answer.status == wants["status"]
    check(open_, wants)
    states = {"D": "delivered", "F": "failed", "S": "wired", "W": "wired"}
    if "statuses" in wants:
        assert [one.state for one in open_.notebook.receipts] == [states[one["Status"]] for one in wants["statuses"]]


def check(open_: Doors, wants: dict[str, Any]) -> None:
    if "urn" not in wants:
        assert open_.notebook.got == []
        return
    (inbound,) = open_.notebook.got
    assert f"{inbound.address}" == wants["urn"].partition(":")[2].partition("#")[0]
    assert said(inbound) == wants["msg_text"]
    if inbound.channel == "kannel":
        assert inbound.key == wants["external_id"]
    else:
        assert isinstance(inbound.what, Words)
        assert inbound.what.message == wants["external_id"]


def test_the_shared_cases_are_there_or_not_at_all() -> None:
    assert (len(provider_cases("telegram")), len(provider_cases("kannel"))) == ((11, 7) if Path(DATA).is_dir() else (0, 0))
