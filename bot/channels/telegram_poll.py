"""Long polling: each update is confirmed to Telegram only after it and all before it were committed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels import Receive
from bot.channels.telegram_errors import ASK_FOR_A_TOKEN, pause, plain
from bot.channels.telegram_http import Request
from bot.channels.telegram_updates import KINDS, Unreadable, Update, convert
from conversations.messages import Inbound

POLL_SECONDS = 50
LATE_SECONDS = 10.0  # what the answer to a long poll may need beyond that
PATIENCE = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds between tries, the last one for ever
TRIES = 5

_ADVICE = {
    InvalidToken: ASK_FOR_A_TOKEN,
    Conflict: "another program reads this bot's messages with the same token: stop one of the two",
}

_T = TypeVar("_T")
_log = structlog.get_logger("channels.telegram")


async def poll(bot: Bot, request: Request, read: Callable[[Update], Sequence[Inbound]], receive: Receive) -> None:
    """Fetch updates until cancelled and hand what they say to `receive`, each chat's in order."""
    await insist(bot.delete_webhook)
    offset = 0

    async def fetch() -> list[object]:
        asked = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": KINDS}
        try:
            result = await request.call(f"{bot.base_url}/getUpdates", asked, POLL_SECONDS + LATE_SECONDS)
        except Conflict as conflict:
            if "webhook" in conflict.message.lower():  # somebody set one meanwhile
                await bot.delete_webhook()
            raise
        return result if isinstance(result, list) else []

    while True:
        offset = await take(await insist(fetch), offset, read, receive)


async def take(updates: Sequence[object], offset: int, read: Callable[[Update], Sequence[Inbound]], receive: Receive) -> int:
    """Have all of a lot committed; the offset that confirms it."""
    chats: dict[str, list[Inbound]] = {}
    for raw in updates:
        try:
            update = convert(raw)
        except Unreadable as unreadable:
            _log.warning("an update can't be read", why=str(unreadable))
            number = unreadable.update_id
        else:
            number = update.update_id
            for inbound in read(update):
                chats.setdefault(inbound.address, []).append(inbound)
        offset = max(offset, number + 1 if number is not None else offset)
    await asyncio.gather(*(_in_order(lot, receive) for lot in chats.values()))
    return offset


async def insist(call: Callable[[], Awaitable[_T]]) -> _T:
    """Repeat a call until it is answered; each new kind of trouble is told once, in words."""
    told: type[TelegramError] | None = None
    tries = 0
    while True:
        try:
            return await call()
        except TelegramError as error:
            if type(error) is not told:
                told = type(error)
                _log.warning(_ADVICE.get(told, "Telegram can't be reached, it is tried again"), why=plain(error))
            wait = pause(error)
        await asyncio.sleep(PATIENCE[min(tries, len(PATIENCE) - 1)] if wait is None else wait)
        tries += 1


async def _in_order(lot: Sequence[Inbound], receive: Receive) -> None:
    for inbound in lot:
        await _until_committed(inbound, receive)


async def _until_committed(inbound: Inbound, receive: Receive) -> None:
    tries = 0
    while True:
        try:
            await receive(inbound)
        except Exception as error:  # noqa: BLE001 - whatever ails the office, this door stays open
            after = getattr(error, "after", None)  # an office that has too much to do says when to come again
            tries += after is None
            if tries == TRIES:
                kind = type(error).__name__
                _log.error("a message was given up: the office can't take it", error=kind)
                return
            await asyncio.sleep(PATIENCE[0] if after is None else after)
        else:
            return
