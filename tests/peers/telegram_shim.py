"""Stands before npm's telegram-test-api: repairs it, keeps each update until it is confirmed, injects faults.

The Bot API behind it is third-party. What is added here (faults, repeats, the secret header, limits) is our reading of
Telegram's documentation: a test on it proves that we do what we understood.
"""

import asyncio
import json
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web

ME = {"id": 123456, "is_bot": True, "first_name": "Ville", "username": "VilleTestBot", "can_join_groups": True}
JUST_TRUE = {"setMyCommands", "setMyDescription", "setMyShortDescription", "setMyName", "sendChatAction", "leaveChat", "setChatMenuButton"}
DATE = 1_805_104_800  # of every message
PULL_SECONDS = 0.02
LONGEST_PAUSE = 2.0
_OK = range(200, 300)


class Call(NamedTuple):
    """One call of the bot, getUpdates left out."""

    at: float  # monotonic seconds, as it arrived
    method: str
    parameters: dict[str, Any]


@dataclass
class Fault:
    """How the next `times` matching calls fail.

    kinds: 429 (after), 400 and 403 (says), 401, 404, 409, 500, 504, migrate (to), html and json with a status (a proxy's own),
    drop (the connection is cut),
    hang (never done, no answer), late (done, no answer), strange (done, answered with something else).
    """

    method: str
    kind: str
    chat: str = ""  # "" for any
    times: int = 1
    after: int = 1
    says: str = ""
    to: int = -1001234567890
    seconds: float = 60.0

    def answer(self) -> web.Response:
        """What the server says, for the kinds that say something."""
        if self.kind.startswith("json"):
            return web.json_response({"error": "blocked by policy", "code": 7}, status=int(self.kind[4:]))
        if self.kind.startswith("html"):
            return web.Response(status=int(self.kind[4:]), text="<html><h1>Bad Gateway</h1></html>", content_type="text/html")
        if self.kind == "migrate":
            return refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.to)
        status = int(self.kind)
        more = {"retry_after": self.after} if status == 429 else {}
        says = {
            429: f"Too Many Requests: retry after {self.after}",
            400: "Bad Request: chat not found",
            403: "Forbidden: bot was blocked by the user",
            401: "Unauthorized",
            404: "Not Found",
            409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            500: "Internal Server Error",
            504: "Gateway Timeout",
        }[status]
        return refuse(status, self.says or says, **more)


def refuse(status: int, description: str, **parameters: int) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description} | ({"parameters": parameters} if parameters else {})
    return web.json_response(body, status=status)


def accept(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


@dataclass
class Shim:
    """One bot's way to the fake Bot API at `fake`, and back."""

    fake: str
    token: str
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hooked: list[tuple[int, int | None]] = field(default_factory=list)  # (update_id, status) of each webhook call
    confirmed: list[int] = field(default_factory=list)
    pending: dict[int, dict[str, Any]] = field(default_factory=dict)
    webhook: tuple[str, str] | None = None
    pause: float = 0.1  # before the first repeat of a webhook call

    def __post_init__(self) -> None:
        self.http: aiohttp.ClientSession
        self.url = ""
        self._numbers = count(1)
        self._message_numbers = count(1_000_001)
        self._document_numbers = count(2_000_001)
        self._lanes: defaultdict[str, deque[int]] = defaultdict(deque)
        self._at_work: set[asyncio.Task[None]] = set()
        self._walked: set[str] = set()  # lanes that somebody is walking
        self._poll = 0
        self._pulling = asyncio.Lock()
        self.delivered: dict[tuple[str, str], tuple[str, str]] = {}  # the bot's messages as they read
        self.last_message: dict[str, int] = {}  # of each citizen

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_post("/_hook", self._from_fake)
        app.router.add_post("/_update", self._injected)
        app.router.add_post("/_fault", self._faulted)
        app.router.add_get("/_calls", self._told)
        return app

    async def close(self) -> None:
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)
        await self.http.close()

    # from outside the process

    async def _injected(self, request: web.Request) -> web.Response:
        self.add(await request.json())
        return accept(True)

    async def _faulted(self, request: web.Request) -> web.Response:
        self.faults.append(Fault(**await request.json()))
        return accept(True)

    async def _told(self, _request: web.Request) -> web.Response:
        return web.json_response([list(call) for call in self.calls])

    # updates

    def add(self, update: dict[str, Any]) -> int:
        """Put an update in Telegram's queue under a number of ours; it stays until it is confirmed."""
        number = next(self._numbers)
        chat = _chat(update)
        self.pending[number] = _repair(update) | {"update_id": number}
        self._lanes[chat].append(number)
        self._wake(chat)
        return number

    def _wake(self, chat: str) -> None:
        if self.webhook is not None and chat not in self._walked:
            self._walked.add(chat)
            task = asyncio.create_task(self._walk(chat))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)

    async def _walk(self, chat: str) -> None:
        """Hand a chat's updates to the webhook, one after the other, each until it is answered with a 2xx."""
        lane = self._lanes[chat]
        pause = self.pause
        while lane and self.webhook is not None:
            number = lane[0]
            if number not in self.pending:
                lane.popleft()
                continue
            url, secret = self.webhook
            status = None
            try:
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
                async with self.http.post(url, json=self.pending[number], headers=headers, allow_redirects=False) as answer:
                    status = answer.status
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            self.hooked.append((number, status))
            if status in _OK:
                self._confirm(number)
                pause = self.pause
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        self._walked.discard(chat)

    def _confirm(self, number: int) -> None:
        if self.pending.pop(number, None) is not None:
            self.confirmed.append(number)

    async def _from_fake(self, request: web.Request) -> web.Response:
        """The fake's own webhook call; it can't bear any answer but 200."""
        self._take(await request.json())
        return web.Response()

    def _take(self, update: dict[str, Any]) -> None:
        message = update.get("message")
        if message is not None:
            # two quick messages get one number there
            chat, number = str(message["chat"]["id"]), message["message_id"]
            if number <= self.last_message.get(chat, 0):
                number = message["message_id"] = next(self._message_numbers)
            self.last_message[chat] = number
        self.add(update)

    async def _pull(self) -> None:
        async with self._pulling, self.http.post(f"{self.fake}/bot{self.token}/getUpdates", json={}) as answer:
            for update in (await answer.json())["result"]:
                self._take(update)

    # the Bot API

    async def _api(self, request: web.Request) -> web.StreamResponse:  # noqa: PLR0911 - a line for each way it can end
        method, parameters = request.match_info["method"], await _parameters(request)
        if method != "getUpdates":
            self.calls.append(Call(time.monotonic(), method, parameters))
        if request.match_info["token"] != self.token:
            return refuse(401, "Unauthorized")
        fault = self._fault(method, str(parameters.get("chat_id", "")))
        if fault is None:
            return await self._answer(method, parameters)
        if fault.kind == "drop":
            return _cut(request)
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
            return _cut(request)
        if fault.kind in {"late", "strange"}:
            await self._answer(method, parameters)
            if fault.kind == "strange":
                return accept({"unlike": "anything"})
            await asyncio.sleep(fault.seconds)
            return _cut(request)
        return fault.answer()

    def _fault(self, method: str, chat: str) -> Fault | None:
        for fault in self.faults:
            if fault.method in {method, "*"} and fault.chat in {chat, ""}:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    async def _answer(self, method: str, parameters: dict[str, Any]) -> web.Response:
        if method == "getMe":
            return accept(ME)
        if method in JUST_TRUE:
            return accept(True)
        if method == "getUpdates":
            return await self._get_updates(parameters)
        if method == "getWebhookInfo":
            url = self.webhook[0] if self.webhook else ""
            return accept({"url": url, "has_custom_certificate": False, "pending_update_count": len(self.pending)})
        if method in {"setWebhook", "deleteWebhook"}:
            return await self._set_webhook(str(parameters.get("url", "")), str(parameters.get("secret_token", "")))
        return self._forbidden(method, parameters) or await self._forward(method, parameters)

    def _take_document(self, parameters: dict[str, Any]) -> web.Response:
        """The fake takes no files: this is our own reading of the Bot API, multipart as its documentation asks."""
        document, chat = parameters.get("document"), str(parameters.get("chat_id", ""))
        if not isinstance(document, web.FileField) or not document.filename:
            return refuse(400, "Bad Request: there is no document in the request")
        if len(str(parameters.get("caption", "")).encode("utf-16-le")) > 2 * 1024:
            return refuse(400, "Bad Request: message caption is too long")
        content = document.file.read()
        parameters["document"] = (document.filename, document.content_type, content.decode())
        number = next(self._document_numbers)
        held = {"file_id": f"F{number}", "file_unique_id": f"U{number}", "file_name": document.filename, "file_size": len(content)}
        room = {"id": int(chat), "type": "private", "first_name": "Quelqu'un"}
        return accept({"message_id": number, "date": DATE, "chat": room, "document": held})

    def _forbidden(self, method: str, parameters: dict[str, Any]) -> web.Response | None:
        """Limits that the fake does not know."""
        text, markup = str(parameters.get("text", "")), str(parameters.get("reply_markup", ""))
        if method in {"sendMessage", "editMessageText"}:
            if not text.strip():
                return refuse(400, "Bad Request: message text is empty")
            if len(text.encode("utf-16-le")) > 2 * 4096:
                return refuse(400, "Bad Request: message is too long")
            buttons = [button for row in json.loads(markup or "{}").get("inline_keyboard", []) for button in row]
            if any(not 0 < len(str(button.get("callback_data", "x")).encode()) <= 64 for button in buttons):
                return refuse(400, "Bad Request: BUTTON_DATA_INVALID")
        if method == "editMessageText":
            key = str(parameters.get("chat_id")), str(parameters.get("message_id"))
            if key not in self.delivered:
                return refuse(400, "Bad Request: message to edit not found")
            if self.delivered[key] == (text, markup):
                return refuse(
                    400,
                    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
                    "as a current content and reply markup of the message",
                )
        return None

    async def _forward(self, method: str, parameters: dict[str, Any]) -> web.Response:
        if method == "sendDocument":
            return self._take_document(parameters)
        if method == "editMessageText":
            parameters = {"reply_markup": '{"inline_keyboard": []}'} | parameters  # none given: Telegram removes them, the fake does not
        async with self.http.post(f"{self.fake}/bot{self.token}/{method}", json=parameters) as answer:
            status, body = answer.status, await answer.json()
        if "ok" not in body:  # the fake's own error page, for a method that it does not know
            return refuse(404, "Not Found")
        if not body["ok"]:
            return refuse(body.get("error_code", max(status, 400)), body.get("description", "Bad Request"))
        chat, result = str(parameters.get("chat_id")), body.get("result")
        number = str(parameters.get("message_id", result["message_id"] if isinstance(result, dict) else ""))
        if method in {"sendMessage", "editMessageText"}:
            self.delivered[chat, number] = str(parameters["text"]), str(parameters.get("reply_markup", ""))
            shown = {"message_id": int(number), "date": DATE, "text": parameters["text"]}
            return accept(shown | {"chat": {"id": int(chat), "type": "private", "first_name": "Quelqu'un"}})
        return accept(True if result is None else result)

    def forget_message(self, chat: str, number: str) -> None:
        """As if the citizen had deleted it."""
        del self.delivered[chat, number]

    async def _set_webhook(self, url: str, secret: str) -> web.Response:
        method = "setWebhook" if url else "deleteWebhook"
        self.webhook = (url, secret) if url else None
        async with self.http.post(f"{self.fake}/bot{self.token}/{method}", json={"url": f"{self.url}/_hook"} if url else {}) as answer:
            assert answer.status == 200
        await self._pull()
        for chat in list(self._lanes):
            self._wake(chat)
        return accept(True)

    async def _get_updates(self, parameters: dict[str, Any]) -> web.Response:
        if self.webhook is not None:
            return refuse(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._poll += 1
        mine, end = self._poll, time.monotonic() + float(parameters.get("timeout", 0))
        offset, limit = int(parameters.get("offset", 0)), int(parameters.get("limit", 100))
        for number in [number for number in self.pending if number < offset]:
            self._confirm(number)
        while True:
            await self._pull()
            if mine != self._poll:
                return refuse(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
            waiting = [update for number, update in sorted(self.pending.items()) if number >= offset]
            if waiting or time.monotonic() >= end:
                return accept(waiting[:limit])
            await asyncio.sleep(PULL_SECONDS)


async def _parameters(request: web.Request) -> dict[str, Any]:
    parameters: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        parameters |= await request.json()
    elif request.can_read_body:
        parameters |= dict(await request.post())
    return parameters


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _chat(update: dict[str, Any]) -> str:
    """Whose lane it goes by; an odd update has one of its own."""
    try:
        for kind in ("message", "edited_message", "my_chat_member"):
            if kind in update:
                return str(update[kind]["chat"]["id"])
        return str(update["callback_query"]["from"]["id"])
    except (KeyError, TypeError):
        return ""


def _repair(value: Any) -> Any:
    """Dates in milliseconds become seconds; a callback query gets the chat_instance that it must have."""
    if isinstance(value, list):
        return [_repair(one) for one in value]
    if not isinstance(value, dict):
        return value
    repaired = {name: _repair(one) for name, one in value.items()}
    if isinstance(repaired.get("date"), int) and repaired["date"] > 10**11:
        repaired["date"] //= 1000
    if isinstance(repaired.get("callback_query"), dict):
        repaired["callback_query"].setdefault("chat_instance", "1")
    return repaired
