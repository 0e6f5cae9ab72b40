"""Telegram: what is sent and how it fails, polling and its confirmations, against npm's telegram-test-api."""

import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import structlog
from aiohttp import web
from telegram.error import RetryAfter

from bot.channels import Fatal, Moved, Rejected, SendError, Stopped, Throttled, Unreachable, telegram_http, telegram_menu
from bot.channels.telegram import Telegram
from bot.channels.telegram_errors import pause
from bot.languages import catalogues
from conversations import keywords
from conversations.messages import File, Outbound
from tests.conftest import Clock
from tests.peers import free_ports
from tests.peers.telegram import TOKEN, Peer, telegram_peer
from tests.telegram_city import BUTTONS, UNSPEAKABLE, WORDS, opened, say

pytestmark = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Peer]:
    async with telegram_peer() as peer:
        yield peer


@pytest.fixture
def tg(running: Peer) -> Iterator[Peer]:
    running.shim.calls.clear()
    yield running
    assert not running.shim.faults, "a fault was never met"


@pytest.fixture(autouse=True)
def no_leak(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """Whatever happens in these tests, no log line holds the token, a chat's id, a name or a text."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        yield events
    lines = caplog.text + repr(events)
    assert not [secret for secret in UNSPEAKABLE if secret in lines]


@pytest_asyncio.fixture(loop_scope="module")
async def channel(tg: Peer, clock: Clock) -> AsyncIterator[Telegram]:
    async with opened(tg, clock) as one:
        yield one


async def test_a_message_arrives_whole_with_its_buttons_in_rows(tg: Peer, channel: Telegram) -> None:
    lea = tg.citizen(44001)
    external = await channel.send(say(44001, "Votre avis : « bancs & ombre » <b>\n_ok_ 🌳", buttons=BUTTONS))
    seen = await lea.next()
    assert (seen.id, seen.text) == (external, "Votre avis : « bancs & ombre » <b>\n_ok_ 🌳")
    assert seen.buttons == {label: data for data, label, _ in BUTTONS}
    assert seen.rows == (1, 2)


async def test_no_call_is_loud_paid_or_previewed(tg: Peer, channel: Telegram) -> None:
    await channel.send(say(44002, silent=True))
    await channel.send(say(44002, "https://ville.example"))
    silent, loud = tg.called("sendMessage")
    assert silent["disable_notification"] == "true"
    assert loud.get("disable_notification", "false") == "false"
    for call in (silent, loud):
        assert "allow_paid_broadcast" not in call
        assert "parse_mode" not in call
        assert call["link_preview_options"] == '{"is_disabled": true}'


async def test_a_card_is_edited_in_place_and_keeps_its_id(tg: Peer, channel: Telegram) -> None:
    lea = tg.citizen(44003)
    card = await channel.send(say(44003, "Votre avis", buttons=BUTTONS))
    seen = await lea.next()
    assert await channel.send(say(44003, "Avis no 4821 0736, bien reçu", replaces=card, silent=True)) == card
    now = await lea.now(seen)
    assert (now.text, now.buttons) == ("Avis no 4821 0736, bien reçu", {})


async def test_an_edit_that_changes_nothing_is_done(tg: Peer, channel: Telegram) -> None:
    card = await channel.send(say(44004, buttons=BUTTONS))
    assert await channel.send(say(44004, buttons=BUTTONS, replaces=card)) == card
    assert len(tg.called("sendMessage")) == 1


@pytest.mark.parametrize("words", ["message to edit not found", "message can't be edited"])
async def test_a_card_that_is_gone_is_sent_anew(tg: Peer, channel: Telegram, words: str) -> None:
    card = await channel.send(say(44005))
    if words.endswith("found"):
        tg.shim.forget_message("44005", card)
    else:
        tg.fail("editMessageText", "400", says=f"Bad Request: {words}")
    anew = await channel.send(say(44005, "La suite", replaces=card))
    assert anew != card
    assert [seen.text for seen in await tg.citizen(44005).some(2)] == [WORDS, "La suite"]


async def test_a_group_is_told_politely_and_left(tg: Peer, channel: Telegram) -> None:
    await channel.send(say(-44006, "Je ne parle qu'en privé.", does="leave"))
    assert [call.method for call in tg.shim.calls if call.method in {"sendMessage", "leaveChat"}] == ["sendMessage", "leaveChat"]


@pytest.mark.parametrize(
    ("method", "kind", "words"),
    [
        ("sendMessage", "400", "Bad Request: not enough rights to send text messages to the chat"),
        ("leaveChat", "403", "Forbidden: bot is not a member of the group chat"),
    ],
)
async def test_a_group_that_silences_us_or_is_gone_is_left(tg: Peer, channel: Telegram, method: str, kind: str, words: str) -> None:
    tg.fail(method, kind, says=words)
    await channel.send(say(-44007, "Je ne parle qu'en privé.", does="leave"))
    assert len(tg.called("leaveChat")) == 1


@pytest.mark.parametrize("outbound", [
    say(44008, "a" * 4097),
    say(44008, "😀" * 2049),  # 4098 UTF-16 units
    say(44008, " \n"),
    say(44008, buttons=(("q1:" + "é" * 31, "Oui", 0),)),  # 65 bytes
    say(44008, buttons=(("", "Oui", 0),)),
])  # fmt: skip
async def test_what_telegram_would_refuse_is_refused_before(tg: Peer, channel: Telegram, outbound: Outbound) -> None:
    with pytest.raises(Rejected):
        await channel.send(outbound)
    assert tg.called("sendMessage") == []


async def test_the_longest_text_and_data_pass(tg: Peer, channel: Telegram) -> None:
    await channel.send(say(44009, "é" * 4096, buttons=(("q1:" + "a" * 61, "Oui", 0),)))
    assert len((await tg.citizen(44009).next()).text) == 4096


class Means:
    """What an error must say to the sender."""

    def __init__(self, kind: type[SendError], **holds: Any) -> None:
        self.kind, self.holds = kind, holds

    def check(self, error: SendError) -> None:
        assert type(error) is self.kind
        assert {name: getattr(error, name) for name in self.holds} == self.holds


TABLE: dict[str, tuple[tuple[str, dict[str, Any]], Means]] = {  # channels.md A1, a line each; what the shim injects is our reading of it
    "429": (("429", {"after": 7}), Means(Throttled, after=7.0)),
    "403 blocked": (("403", {}), Means(Stopped)),
    "403 deactivated": (("403", {"says": "Forbidden: user is deactivated"}), Means(Stopped)),
    "403 not started": (("403", {"says": "Forbidden: bot can't initiate conversation with a user"}), Means(Stopped)),
    "403 kicked": (("403", {"says": "Forbidden: bot was kicked from the group chat"}), Means(Stopped)),
    "400 chat not found": (("400", {}), Means(Stopped)),
    "400 entities": (("400", {"says": "Bad Request: can't parse entities: unsupported start tag"}), Means(Rejected)),
    "400 too long": (("400", {"says": "Bad Request: message is too long"}), Means(Rejected)),
    "400 migrated": (("migrate", {"to": -1009988}), Means(Moved, address="-1009988")),
    "401": (("401", {}), Means(Fatal)),
    "404": (("404", {}), Means(Fatal)),
    "409": (("409", {}), Means(Unreachable, sent="no")),
    "500": (("500", {}), Means(Unreachable, sent="no", after=None)),
    "502 a proxy's page": (("html502", {}), Means(Unreachable, sent="no", after=None)),
    **{
        f"{status} a proxy's {kind}": ((f"{kind}{status}", {}), Means(Unreachable, sent="no"))
        for kind in ("html", "json")
        for status in (200, 401, 403, 404, 407, 429)
    },
    "504": (("504", {}), Means(Unreachable, sent="maybe")),
    "dropped": (("drop", {}), Means(Unreachable, sent="maybe")),
    "no answer": (("hang", {"seconds": 2}), Means(Unreachable, sent="maybe")),
    "answered too late": (("late", {"seconds": 2}), Means(Unreachable, sent="maybe")),
    "answered strangely": (("strange", {}), Means(Unreachable, sent="maybe")),
}


@pytest.mark.parametrize("case", TABLE)
async def test_every_failure_means_what_the_sender_must_do(tg: Peer, channel: Telegram, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_http, "READ_SECONDS", 0.3)
    (kind, more), means = TABLE[case]
    chat = 44100 + list(TABLE).index(case)
    tg.fail("sendMessage", kind, **more)
    with pytest.raises(SendError) as raised:
        await channel.send(say(chat))
    means.check(raised.value)
    told = f"{raised.value} {raised.value!r} {raised.value.__cause__!r}"
    assert WORDS not in told
    assert str(chat) not in told
    if kind in {"late", "strange"}:  # it may have been sent: here it was
        assert (await tg.citizen(chat).next()).text == WORDS


async def test_nobody_at_the_door_means_surely_not_sent(tg: Peer, clock: Clock) -> None:
    (closed,) = free_ports(1)
    async with opened(tg, clock, TELEGRAM_API_URL=f"http://127.0.0.1:{closed}") as channel:
        with pytest.raises(Unreachable) as raised:
            await channel.send(say(44201))
    assert raised.value.sent == "no"


async def test_a_channel_that_is_not_open_sends_nothing(tg: Peer, clock: Clock) -> None:
    async with opened(tg, clock) as channel:
        pass
    with pytest.raises(Unreachable) as raised:
        await channel.send(say(44202))
    assert raised.value.sent == "no"


async def test_a_calendar_goes_as_a_file_with_its_caption(tg: Peer, clock: Clock) -> None:
    file = File("atelier-1.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Été à l’île\r\nEND:VCALENDAR\r\n")
    async with opened(tg, clock) as channel:
        assert await channel.send(say(44204, "Pour votre agenda.", file=file))
        tg.fail("sendDocument", "drop")
        with pytest.raises(Unreachable) as raised:
            await channel.send(say(44204, "Pour votre agenda.", file=file))
    assert raised.value.sent == "maybe"
    (sent, _) = tg.called("sendDocument")
    assert sent["document"] == (file.name, file.type, file.content)
    assert (sent["chat_id"], sent["caption"]) == ("44204", "Pour votre agenda.")


@pytest.mark.parametrize(("given", "setting"), [(7, "0"), (7, "1"), (timedelta(seconds=7), "1")])
async def test_the_seconds_to_wait_are_read_in_both_ways_of_the_library(given: Any, setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", setting)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of the old way by itself
        assert pause(RetryAfter(given)) == 7.0


async def test_a_proxy_is_used(tg: Peer, clock: Clock) -> None:
    asked: list[str] = []

    async def proxy(request: web.BaseRequest) -> web.Response:
        asked.append(request.raw_path.replace(TOKEN, "TOKEN"))
        return web.json_response({"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}, status=403)

    runner = web.ServerRunner(web.Server(proxy))
    await runner.setup()
    (port,) = free_ports(1)
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with opened(tg, clock, PROXY_URL=f"http://127.0.0.1:{port}", TELEGRAM_API_URL="http://telegram.invalid") as channel:
            with pytest.raises(Stopped):
                await channel.send(say(44203))
    finally:
        await runner.cleanup()
    assert "http://telegram.invalid/botTOKEN/sendMessage" in asked


async def test_the_menu_is_there_in_each_language(tg: Peer, clock: Clock) -> None:
    async with opened(tg, clock):
        menus = await tg.until("setMyCommands", 3)
        await tg.until("setMyShortDescription", 3)
    assert [menu.get("language_code") for menu in menus] == [None, "fr", "en"]
    assert menus[0]["commands"] == menus[1]["commands"] != menus[2]["commands"]
    assert "Ville de Nantes" in tg.called("setMyDescription")[0]["description"]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
async def test_every_command_of_the_menu_is_understood_and_within_telegrams_limits(language: str) -> None:
    catalogue = catalogues([language])[language]
    for name, says in telegram_menu.commands(language, catalogue):
        assert 1 <= len(name) <= 32
        assert name == name.lower()
        assert 1 <= len(says) <= 256
        assert keywords.find(f"/{name}") is not None, name
    assert len(telegram_menu.description("Ville de Saint-Herblain", catalogue)) <= telegram_menu.DESCRIPTION_LETTERS
    assert len(telegram_menu.short_description("Ville de Saint-Herblain", catalogue)) <= telegram_menu.SHORT_LETTERS
