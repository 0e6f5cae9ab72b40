"""Telegram by long polling, against npm's telegram-test-api: what comes in, in which order, and when it is confirmed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
import structlog

from bot.channels import telegram_poll
from bot.channels.telegram import Telegram
from conversations.messages import Blocked, Edit, InGroup, Press, Start, Unblocked, Words
from tests.conftest import Clock
from tests.notebook import Notebook, when
from tests.peers.telegram import Peer, telegram_peer
from tests.telegram_city import BUTTONS, SECRET, UNSPEAKABLE, WORDS, opened, say

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


@asynccontextmanager
async def listening(channel: Telegram, inbox: Notebook) -> AsyncIterator[None]:
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
    lea, inbox = tg.citizen(44300), Notebook()
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
    inbox = Notebook()
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
    inbox = Notebook()
    inbox.open.clear()
    async with listening(channel, inbox):
        await when(lambda: inbox.waiting == 2)  # one of each chat at a time, both at once
        inbox.open.set()
        await inbox.until(10)
    for address in ("44320", "44321"):
        texts = [one.what.text for one in inbox.got if one.address == address and isinstance(one.what, Words)]
        assert texts == [f"bancs {number}" for number in range(5)]


async def test_an_update_nobody_can_read_holds_up_nobody(tg: Peer, channel: Telegram, no_leak: list[Any]) -> None:
    tg.update({"message": {"message_id": "leak", "chat": "leak"}})
    tg.update({"callback_query": {"id": 7, "from": {"id": 44330}, "data": "leak"}})
    tg.update({"a_kind_of_tomorrow": {"leak": 1}})
    tg.citizen(44330).send(text="bancs")
    inbox = Notebook()
    async with listening(channel, inbox):
        await inbox.until(1)
        await tg.all_confirmed()
    assert [event["event"] for event in no_leak if event["log_level"] == "warning"] == ["an update can't be read"] * 2


class Busy(Exception):
    after = 0.01


async def test_a_busy_office_is_waited_for_and_a_message_it_cannot_take_is_given_up(tg: Peer, channel: Telegram) -> None:
    inbox = Notebook()
    inbox.refuse = [Busy() for _ in range(3 * telegram_poll.TRIES)]
    tg.citizen(44340).send(text="bancs 1")
    async with listening(channel, inbox):
        await inbox.until(1)
        await tg.all_confirmed()
        inbox.refuse = [ValueError("leak")] * telegram_poll.TRIES
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
    inbox = Notebook()
    async with listening(channel, inbox):
        await inbox.until(1)
        await tg.all_confirmed()
    assert sum(ADVICE[kind] in event["event"] for event in no_leak) == 1  # once, not at each try


async def test_a_webhook_that_somebody_set_is_taken_away(tg: Peer, channel: Telegram) -> None:
    inbox = Notebook()
    async with listening(channel, inbox):
        await tg.until("deleteWebhook")
        tg.shim.webhook = ("http://127.0.0.1:9/", "")
        await tg.until("deleteWebhook", 2)
        tg.citizen(44360).send(text="bancs")
        await inbox.until(1)


async def test_a_press_that_is_too_old_is_no_trouble(tg: Peer, channel: Telegram) -> None:
    tg.fail("answerCallbackQuery", "400", says="Bad Request: query is too old and response timeout expired or query ID is invalid")
    lea, inbox = tg.citizen(44370), Notebook()
    await channel.send(say(44370, buttons=BUTTONS))
    async with listening(channel, inbox):
        await lea.press(await lea.next(), "Effacer")
        await inbox.until(1)
        await tg.until("answerCallbackQuery")
        await tg.all_confirmed()


async def test_a_group_is_nothing_but_a_group(tg: Peer, channel: Telegram) -> None:
    inbox = Notebook()
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
        await asyncio.wait_for(channel.listen(Notebook().receive), 5)
    tg.shim.webhook = None
    _, call = tg.called("setWebhook")
    assert (call["url"], call["secret_token"]) == ("http://127.0.0.1:9/channels/telegram", SECRET)
    assert call["allowed_updates"] == '["message", "edited_message", "callback_query", "my_chat_member"]'
