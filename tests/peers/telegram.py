"""npm's telegram-test-api behind our shim, and citizens who use it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web

from tests.peers import free_ports, npm_home
from tests.peers.telegram_shim import DATE, Fault, Shim

HERE = Path(__file__).parent / "node_telegram"
TOKEN = "123456:TEST-abcdefghijklmnopqrstuvwxyz"
PATIENCE = 10.0


class Message(NamedTuple):
    """A message of the bot, as a citizen sees it."""

    id: str
    text: str
    buttons: dict[str, str]  # label: data
    rows: tuple[int, ...] = ()  # how many buttons in each

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Message":
        rows = (item["message"].get("reply_markup") or {}).get("inline_keyboard") or []
        buttons = {button["text"]: button["callback_data"] for row in rows for button in row}
        return cls(str(item["messageId"]), item["message"]["text"], buttons, tuple(len(row) for row in rows))


class Citizen:
    """Somebody with a Telegram account, full of personal data that must go nowhere."""

    def __init__(self, shim: Shim, chat: int) -> None:
        self.chat, self._shim = chat, shim
        self.person = {
            "id": chat,
            "is_bot": False,
            "first_name": f"Prénom{chat}",
            "last_name": f"Nomdefamille{chat}",
            "username": f"pseudo_{chat}",
            "language_code": "fr",
        }
        self.room = {"id": chat, "type": "private"} | {name: self.person[name] for name in ("first_name", "last_name", "username")}

    async def text(self, text: str) -> None:
        """Write; what begins with / goes as a command, marked as Telegram does."""
        body: dict[str, Any] = {
            "botToken": self._shim.token,
            "date": DATE,
            "from": self.person,
            "chat": self.room,
            "text": text,
        }
        if text.startswith("/"):
            body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        await self._post("/sendCommand" if "entities" in body else "/sendMessage", body)

    async def start(self, token: str = "") -> None:
        """The button of an empty chat."""
        await self.text(f"/start {token}".strip())

    async def press(self, message: Message, label: str) -> None:
        """A button, by its label."""
        shown = {"message_id": int(message.id), "date": DATE, "chat": self.room, "text": message.text}
        body = {"botToken": self._shim.token, "from": self.person, "message": shown, "data": message.buttons[label]}
        await self._post("/sendCallback", body)

    async def next(self, timeout: float = PATIENCE) -> Message:  # noqa: ASYNC109 - a test's patience
        """The next new message of the bot, an edit is none."""
        return (await self.some(1, timeout))[0]

    async def some(self, number: int, timeout: float = PATIENCE) -> list[Message]:  # noqa: ASYNC109 - a test's patience
        """Exactly so many of them."""
        found: list[Message] = []
        end = time.monotonic() + timeout
        while True:
            answer = await self._post("/getUpdates", {"token": self._shim.token, "chatId": self.chat})
            found += [Message.of(item) for item in answer["result"]]
            if len(found) >= number:
                assert len(found) == number, found
                return found
            assert time.monotonic() < end, f"{len(found)} of {number} messages came"
            await asyncio.sleep(0.02)

    async def history(self) -> list[Message]:
        """All the bot's messages here as they read now, edits done."""
        items = (await self._post("/getUpdatesHistory", {"token": self._shim.token}))["result"]
        return [Message.of(item) for item in items if str(item.get("message", {}).get("chat_id")) == str(self.chat)]

    async def now(self, message: Message) -> Message:
        """One of them as it reads now."""
        return next(one for one in await self.history() if one.id == message.id)

    def send(self, **content: Any) -> int:
        """Anything else: `send(photo=[…], caption="…")`, `send(voice={…})`. Returns the update's number."""
        number = 5_000_000 + len(self._shim.calls) + len(self._shim.pending) + len(self._shim.confirmed)
        self._shim.last_message[str(self.chat)] = number
        return self._shim.add({"message": self._shell(number) | content})

    def edit(self, text: str) -> int:
        """Change the last message."""
        number = self._shim.last_message[str(self.chat)]
        return self._shim.add({"edited_message": self._shell(number) | {"edit_date": DATE, "text": text}})

    def block(self) -> int:
        """Close the door."""
        return self._membership("kicked", "member")

    def unblock(self) -> int:
        """Open it again."""
        return self._membership("member", "kicked")

    def _membership(self, status: str, before: str) -> int:
        bot = {"id": 123456, "is_bot": True, "first_name": "Ville", "username": "VilleTestBot"}
        change = {"chat": self.room, "from": self.person, "date": DATE}
        return self._shim.add(
            {
                "my_chat_member": change
                | {"old_chat_member": {"user": bot, "status": before}, "new_chat_member": {"user": bot, "status": status}}
            }
        )

    def _shell(self, number: int) -> dict[str, Any]:
        return {"message_id": number, "date": DATE, "from": self.person, "chat": self.room}

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        async with self._shim.http.post(self._shim.fake + path, json=body) as answer:
            return await answer.json()


class Peer:
    """A running Bot API. `url` is for ALLERVERS_TELEGRAM_API_URL, `token` for ALLERVERS_TELEGRAM_TOKEN."""

    def __init__(self, shim: Shim) -> None:
        self.shim, self.url, self.token = shim, shim.url, shim.token

    def citizen(self, chat: int) -> Citizen:
        """Somebody, by the id of their chat."""
        return Citizen(self.shim, chat)

    def fail(self, method: str, kind: str, **more: Any) -> None:
        """The next call of the method fails so: see Fault."""
        self.shim.faults.append(Fault(method, kind, **more))

    def update(self, update: dict[str, Any]) -> int:
        """Any update, raw; it gets a number of ours."""
        return self.shim.add(update)

    def called(self, method: str) -> list[dict[str, Any]]:
        """The parameters of the bot's calls of a method."""
        return [call.parameters for call in self.shim.calls if call.method == method]

    async def until(self, method: str, number: int = 1) -> list[dict[str, Any]]:
        """The same, once there are so many."""
        end = time.monotonic() + PATIENCE
        while len(found := self.called(method)) < number:
            assert time.monotonic() < end, f"{len(found)} of {number} {method}"
            await asyncio.sleep(0.01)
        return found

    async def all_confirmed(self) -> None:
        """Return when every update was confirmed: answered by the webhook, or passed by an offset."""
        end = time.monotonic() + PATIENCE
        while self.shim.pending:
            assert time.monotonic() < end, f"{len(self.shim.pending)} updates wait"
            await asyncio.sleep(0.01)


@asynccontextmanager
async def telegram_peer(token: str = TOKEN) -> AsyncIterator[Peer]:
    """A fresh Bot API on loopback: `async with telegram_peer() as tg: await tg.citizen(7).text("Bonjour")`."""
    home = await asyncio.to_thread(npm_home, HERE)
    fake_port, port = free_ports(2)
    environment = os.environ | {"NODE_PATH": str(home / "node_modules"), "NODE_ENV": "production"}
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    program = await asyncio.create_subprocess_exec(
        "node", str(HERE / "telegram.js"), str(fake_port), env=environment, stdin=pipe, stdout=null, stderr=null, start_new_session=True
    )
    shim = Shim(f"http://127.0.0.1:{fake_port}", token)
    shim.http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30), connector=aiohttp.TCPConnector(limit=0))
    runner = web.AppRunner(shim.application(), access_log=None, shutdown_timeout=0.1)
    try:
        await _answers(shim, program)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        shim.url = f"http://127.0.0.1:{port}"
        yield Peer(shim)
    finally:
        await runner.cleanup()  # who still polls ends first
        await shim.close()
        program.terminate()
        try:
            await asyncio.wait_for(program.wait(), 5)
        except TimeoutError:
            program.kill()
            await program.wait()


async def _answers(shim: Shim, program: asyncio.subprocess.Process) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            async with shim.http.get(f"{shim.fake}/bot{shim.token}/getMe"):
                return
        except aiohttp.ClientError:
            assert program.returncode is None, "the fake Bot API ended"
            assert time.monotonic() < end, "the fake Bot API does not answer"
            await asyncio.sleep(0.05)
