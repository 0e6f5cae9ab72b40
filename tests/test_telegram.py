"""Telegram: what is sent and how it fails, polling and its confirmations, against npm's telegram-test-api."""

import asyncio
import logging
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import structlog
from aiohttp import web
from telegram.error import RetryAfter

from bot import settings
from bot.channels import Fatal, Moved, Rejected, SendError, Stopped, Throttled, Unreachable, telegram_http, telegram_menu, telegram_poll
from bot.channels.telegram import Telegram
from bot.channels.telegram_errors import pause
from bot.languages import catalogues
from conversations import keywords
from conversations.messages import Blocked, Edit, Inbound, InGroup, Outbound, Press, Start, Unblocked, Words
from tests.conftest import Clock
from tests.peers import free_ports
from tests.peers.telegram import TOKEN, Peer, telegram_peer

pytestmark = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="module")]

SECRET = "a-secret-of-the-webhook-0123456789"
WORDS = "Il manque des bancs et de l'ombre place du Marché"


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
    for secret in (TOKEN.partition(":")[2], SECRET, "4400", "Prénom", "Nomdefamille", "pseudo_", WORDS, "bancs", "leak"):
        assert secret not in lines


@asynccontextmanager
async def opened(peer: Peer, clock: Clock, **more: str) -> AsyncIterator[Telegram]:
    given = {"TELEGRAM_TOKEN": peer.token, "TELEGRAM_API_URL": peer.url, "TELEGRAM_SECRET": SECRET, "CITY": "Ville de Nantes"} | more
    channel = Telegram(settings.read({f"ALLERVERS_{name}": value for name, value in given.items()}), clock)
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()


@pytest_asyncio.fixture(loop_scope="module")
async def channel(tg: Peer, clock: Clock) -> AsyncIterator[Telegram]:
    async with opened(tg, clock) as one:
        yield one


def say(chat: int, text: str = WORDS, **more: Any) -> Outbound:
    return Outbound(1, "telegram", "telegram", str(chat), text, **more)


BUTTONS = (
    ("q1:yes", "Oui, j'ai 15 ans ou plus", 0),
    ("q1:no", "Non, seulement le lire", 1),
    ("q1:erase", "Effacer", 1),
)


# out


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
    "200 a portal's page": (("html200", {}), Means(Unreachable, sent="no")),
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


# in


async def when(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(0.01)


class Inbox:
    """Stands for the ledger: keeps what it was given; `shut` makes it wait."""

    def __init__(self) -> None:
        self.got: list[Inbound] = []
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = 0
        self.trouble: list[Exception] = []

    async def receive(self, inbound: Inbound) -> None:
        self.waiting += 1
        await self.open.wait()
        self.waiting -= 1
        if self.trouble:
            raise self.trouble.pop(0)
        self.got.append(inbound)

    async def until(self, number: int) -> None:
        await when(lambda: len(self.got) >= number)


@asynccontextmanager
async def listening(channel: Telegram, inbox: Inbox) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.listen(inbox.receive))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_poll, "PATIENCE", (0.01,))
    monkeypatch.setattr(telegram_poll, "POLL_SECONDS", 1)


async def test_everything_a_person_can_do_comes_in_by_polling(tg: Peer, channel: Telegram, clock: Clock) -> None:
    lea, inbox = tg.citizen(44300), Inbox()
    question = await channel.send(say(44300, "Publier ?", buttons=BUTTONS))
    async with listening(channel, inbox):
        await lea.start("kX3_-tok")
        await inbox.until(1)
        await lea.text(WORDS)
        await inbox.until(2)
        lea.edit("bancs bleus")
        lea.send(photo=[{"file_id": "leak"}], caption="une photo du banc")
        lea.send(voice={"file_id": "leak", "duration": 3})
        lea.send(sticker={"file_id": "leak", "emoji": "👍"})
        await inbox.until(6)
        await lea.press((await lea.history())[0], "Oui, j'ai 15 ans ou plus")
        await inbox.until(7)
        await lea.text("/stop@VilleTestBot")
        await inbox.until(8)
        lea.block()
        lea.unblock()
        await inbox.until(10)
        await tg.until("answerCallbackQuery")
        await tg.all_confirmed()
    assert [one.address for one in inbox.got] == ["44300"] * 10
    assert {(one.channel, one.account, one.network, one.at) for one in inbox.got} == {("telegram", "123456", "telegram", clock.now())}
    assert len({one.key for one in inbox.got}) == 10
    start, words, edit, photo, voice, thumb, press, stop, blocked, unblocked = (one.what for one in inbox.got)
    assert start == Start("kX3_-tok")
    assert isinstance(words, Words)
    assert (words.text, words.attachment) == (WORDS, "")
    assert edit == Edit(words.message, "bancs bleus")
    assert isinstance(photo, Words)
    assert (photo.text, photo.attachment) == ("une photo du banc", "photo")
    assert isinstance(voice, Words)
    assert (voice.text, voice.attachment) == ("", "voice")
    assert isinstance(thumb, Words)
    assert (thumb.text, thumb.attachment) == ("👍", "sticker")
    assert press == Press("q1", "yes")
    assert isinstance(stop, Words)
    assert stop.text == "/stop"
    assert (blocked, unblocked) == (Blocked(), Unblocked())
    assert question
    for secret in ("Prénom", "Nomdefamille", "pseudo_", "leak"):
        assert secret not in repr(inbox.got)


async def test_an_update_is_confirmed_only_after_the_commit(tg: Peer, clock: Clock) -> None:
    inbox = Inbox()
    inbox.open.clear()
    async with opened(tg, clock) as channel, listening(channel, inbox):
        for chat in (44310, 44311):
            await tg.citizen(chat).text("bancs")
        await when(lambda: inbox.waiting == 2)
        before = len(tg.shim.pending)
    assert before == 2, "confirmed before the commit"  # and now the process dies
    inbox.open.set()
    async with opened(tg, clock) as channel, listening(channel, inbox):
        await inbox.until(2)
        await tg.all_confirmed()
    assert sorted(one.address for one in inbox.got) == ["44310", "44311"]


async def test_each_chat_keeps_its_order_and_holds_up_nobody(tg: Peer, channel: Telegram) -> None:
    for number in range(5):
        for chat in (44320, 44321):
            tg.citizen(chat).send(text=f"bancs {number}")
    inbox = Inbox()
    inbox.open.clear()
    async with listening(channel, inbox):
        await when(lambda: inbox.waiting == 2)  # one of each chat at a time, both at once
        inbox.open.set()
        await inbox.until(10)
    for chat in ("44320", "44321"):
        assert [one.what.text for one in inbox.got if one.address == chat and isinstance(one.what, Words)] == [
            f"bancs {n}" for n in range(5)
        ]


async def test_an_update_nobody_can_read_holds_up_nobody(tg: Peer, channel: Telegram, no_leak: list[Any]) -> None:
    tg.update({"message": {"message_id": "leak", "chat": "leak"}})
    tg.update({"callback_query": {"id": 7, "from": {"id": 44330}, "data": "leak"}})
    tg.update({"a_kind_of_tomorrow": {"leak": 1}})
    tg.citizen(44330).send(text="bancs")
    inbox = Inbox()
    async with listening(channel, inbox):
        await inbox.until(1)
        await tg.all_confirmed()
    assert [event["event"] for event in no_leak if event["log_level"] == "warning"] == ["an update can't be read"] * 2


class Busy(Exception):
    after = 0.01


async def test_a_busy_office_is_waited_for_and_a_message_it_cannot_take_is_given_up(tg: Peer, channel: Telegram) -> None:
    inbox = Inbox()
    inbox.trouble = [Busy() for _ in range(3 * telegram_poll.TRIES)]
    tg.citizen(44340).send(text="bancs 1")
    async with listening(channel, inbox):
        await inbox.until(1)
        await tg.all_confirmed()
        inbox.trouble = [ValueError("leak")] * telegram_poll.TRIES
        tg.citizen(44340).send(text="bancs 2")
        await tg.all_confirmed()
        tg.citizen(44340).send(text="bancs 3")
        await inbox.until(2)
    assert [one.what.text for one in inbox.got if isinstance(one.what, Words)] == ["bancs 1", "bancs 3"]


ADVICE = {"401": "ask @BotFather", "409": "another program", "html502": "can't be reached", "drop": "can't be reached"}


@pytest.mark.parametrize("kind", ADVICE)
async def test_trouble_while_polling_is_told_in_words_and_outlived(tg: Peer, channel: Telegram, kind: str, no_leak: list[Any]) -> None:
    tg.fail("getUpdates", kind, times=3)
    tg.citizen(44350).send(text="bancs")
    inbox = Inbox()
    async with listening(channel, inbox):
        await inbox.until(1)
        await tg.all_confirmed()
    assert sum(ADVICE[kind] in event["event"] for event in no_leak) == 1  # once, not at each try


async def test_a_webhook_that_somebody_set_is_taken_away(tg: Peer, channel: Telegram) -> None:
    inbox = Inbox()
    async with listening(channel, inbox):
        await tg.until("deleteWebhook")
        tg.shim.webhook = ("http://127.0.0.1:9/", "")
        await tg.until("deleteWebhook", 2)
        tg.citizen(44360).send(text="bancs")
        await inbox.until(1)


async def test_a_press_that_is_too_old_is_no_trouble(tg: Peer, channel: Telegram) -> None:
    tg.fail("answerCallbackQuery", "400", says="Bad Request: query is too old and response timeout expired or query ID is invalid")
    lea, inbox = tg.citizen(44370), Inbox()
    await channel.send(say(44370, buttons=BUTTONS))
    async with listening(channel, inbox):
        await lea.press(await lea.next(), "Effacer")
        await inbox.until(1)
        await tg.until("answerCallbackQuery")
        await tg.all_confirmed()


async def test_a_group_is_nothing_but_a_group(tg: Peer, channel: Telegram) -> None:
    inbox = Inbox()
    group, someone = {"id": -44380, "type": "supergroup", "title": "leak"}, tg.citizen(44380).person
    bot = {"id": 123456, "is_bot": True, "first_name": "Ville"}
    joined = {"chat": group, "from": someone, "date": 1, "old_chat_member": {"user": bot, "status": "left"}}
    tg.update({"my_chat_member": joined | {"new_chat_member": {"user": bot, "status": "member"}}})
    tg.update({"message": {"message_id": 1, "date": 1, "chat": group, "from": someone, "text": "leak"}})
    tg.update({"my_chat_member": joined | {"new_chat_member": {"user": bot, "status": "left"}}})
    async with listening(channel, inbox):
        await inbox.until(2)
        await tg.all_confirmed()
    assert [(one.address, one.what) for one in inbox.got] == [("-44380", InGroup())] * 2


async def test_a_webhook_is_set_with_its_secret_and_only_what_we_read(tg: Peer, clock: Clock) -> None:
    tg.fail("setWebhook", "500")
    async with opened(tg, clock, TELEGRAM_MODE="webhook", PUBLIC_URL="http://127.0.0.1:9") as channel:
        await asyncio.wait_for(channel.listen(Inbox().receive), 5)
    tg.shim.webhook = None
    _, call = tg.called("setWebhook")
    assert (call["url"], call["secret_token"]) == ("http://127.0.0.1:9/channels/telegram", SECRET)
    assert call["allowed_updates"] == '["message", "edited_message", "callback_query", "my_chat_member"]'
