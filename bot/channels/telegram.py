"""Telegram: updates in by webhook or long polling, messages out with buttons and cards."""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from itertools import groupby

import structlog
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels import Channel, Clock, Receive, Rejected, Unreachable
from bot.channels.telegram_errors import plain, says, send_error
from bot.channels.telegram_http import Request
from bot.channels.telegram_menu import introduce
from bot.channels.telegram_poll import insist, poll
from bot.channels.telegram_updates import KINDS, Unreadable, Update, decode, read
from bot.settings import Settings
from conversations.messages import File, Inbound, Network, Outbound

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name
PATH = "/channels/telegram"
TEXT_UNITS = 4096  # UTF-16 units
CAPTION_UNITS = 1024
DATA_BYTES = 64
PRESSED = 1000  # buttons whose spinner still turns

_GONE_MESSAGES = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_log = structlog.get_logger("channels.telegram")


class Telegram(Channel):
    """One bot."""

    name = "telegram"
    network: Network = "telegram"

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Nothing is opened yet. Raises telegram.error.InvalidToken when there is no token."""
        self._settings, self._clock = settings, clock
        self.account = settings.telegram_token.partition(":")[0]
        self._request = Request(settings.proxy_url)
        base = f"{settings.telegram_api_url.rstrip('/').removesuffix('/bot')}/bot"
        self._bot = Bot(settings.telegram_token, base_url=base, request=self._request, get_updates_request=self._request)
        self._pressed: OrderedDict[str, str] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Get ready to send; the menu is handed over meanwhile."""
        await self._request.initialize()
        self._beside(self._introduce())

    async def close(self) -> None:
        """End what runs beside, close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._request.shutdown()

    async def _introduce(self) -> None:
        try:
            await introduce(self._bot, self._settings)
        except TelegramError as error:
            _log.warning("the menu of commands could not be set", why=plain(error))

    def _beside(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def read(self, request: web.Request) -> Sequence[Inbound]:
        """What Telegram's call says. What we can't read is no error: Telegram would repeat it for ever."""
        secret = self._settings.telegram_secret.encode()
        given = request.headers.get(SECRET_HEADER, "").encode(errors="replace")
        if not secret or not hmac.compare_digest(given, secret):
            raise web.HTTPForbidden
        try:
            update = decode(await request.read())
        except Unreadable as unreadable:
            _log.warning("an update can't be read", why=str(unreadable))
            return ()
        return self._arrived(update)

    def _arrived(self, update: Update) -> tuple[Inbound, ...]:
        inbound = read(update, self.account, self._clock.now())
        if inbound is None:
            return ()
        if update.callback_query is not None:
            self._pressed[inbound.key] = update.callback_query.id
            while len(self._pressed) > PRESSED:
                self._pressed.popitem(last=False)
        return (inbound,)

    async def acknowledge(self, inbound: Inbound) -> None:
        """Stop the spinner of a button, whatever became of the press."""
        query = self._pressed.pop(inbound.key, None)
        if query is None:
            return
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:  # "query is too old": the spinner stopped by itself
            _log.debug("a press could not be acknowledged", why=plain(error))

    async def listen(self, receive: Receive) -> None:
        """Fetch updates until cancelled; with a webhook, tell Telegram where it is and return."""
        if self._settings.telegram_mode == "webhook":
            await insist(self._set_webhook)
            return

        async def taken(inbound: Inbound) -> None:
            await receive(inbound)
            self._beside(self.acknowledge(inbound))

        await poll(self._bot, self._request, self._arrived, taken)

    async def _set_webhook(self) -> None:
        url = self._settings.public_url.rstrip("/") + PATH
        await self._bot.set_webhook(url, secret_token=self._settings.telegram_secret, allowed_updates=KINDS)

    async def send(self, outbound: Outbound) -> str:
        """Send, edit or leave; returns the message's id in its chat."""
        _check(outbound)
        try:
            if outbound.does == "leave":
                return await self._leave(outbound)
            if outbound.file:
                return await self._hand(outbound, outbound.file)
            if outbound.replaces and await self._edit(outbound):
                return outbound.replaces
            return await self._say(outbound)
        except TelegramError as error:
            raise send_error(error) from None
        except (TypeError, ValueError, KeyError) as error:  # taken, but answered in a way the library can't read
            raise Unreachable(sent="maybe", why=f"unreadable answer ({type(error).__name__})") from None

    async def _say(self, outbound: Outbound) -> str:
        message = await self._bot.send_message(
            outbound.address,
            outbound.text,
            reply_markup=_keyboard(outbound),
            disable_notification=outbound.silent,
            link_preview_options=_NO_PREVIEW,
        )
        return str(message.message_id)

    async def _hand(self, outbound: Outbound, file: File) -> str:
        message = await self._bot.send_document(
            outbound.address,
            InputFile(file.picture or file.content.encode(), filename=file.name),
            caption=outbound.text,
            reply_markup=_keyboard(outbound),
            disable_notification=outbound.silent,
        )
        return str(message.message_id)

    async def _edit(self, outbound: Outbound) -> bool:
        """Whether the message now reads so; not when it is gone."""
        try:
            await self._bot.edit_message_text(
                outbound.text, outbound.address, int(outbound.replaces), reply_markup=_keyboard(outbound), link_preview_options=_NO_PREVIEW
            )
        except BadRequest as error:
            if says(error, ("message is not modified",)):
                return True
            if says(error, _GONE_MESSAGES):
                return False
            raise
        return True

    async def _leave(self, outbound: Outbound) -> str:
        external = ""
        if outbound.text:
            try:
                external = await self._say(outbound)
            except (BadRequest, Forbidden) as error:  # we may not speak there: leave all the same
                _log.debug("a group was left without a word", why=plain(error))
        try:
            await self._bot.leave_chat(outbound.address)
        except (BadRequest, Forbidden) as error:  # we are out already
            _log.debug("a group could not be left", why=plain(error))
        return external


def _check(outbound: Outbound) -> None:
    """Limits that the library does not check. Raises Rejected."""
    units = len(outbound.text.encode("utf-16-le")) // 2
    most = CAPTION_UNITS if outbound.file else TEXT_UNITS
    if units > most or not (outbound.text.strip() or outbound.does == "leave"):
        raise Rejected(f"text of {units} units, 1 to {most} allowed")
    if any(not 0 < len(data.encode()) <= DATA_BYTES for data, _label, _row in outbound.buttons):
        raise Rejected(f"a button's data is not 1 to {DATA_BYTES} bytes long")


def _keyboard(outbound: Outbound) -> InlineKeyboardMarkup | None:
    if not outbound.buttons:
        return None
    rows = groupby(sorted(outbound.buttons, key=_row), key=_row)
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data) for data, label, _ in row] for _, row in rows])


def _row(button: tuple[str, str, int]) -> int:
    return button[2]
