"""An operator's SMPP centre, on the npm package `smpp`, and Kannel bound to it with the configuration that we write for operators."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import aiohttp

from bot.channels.kannel_conf import Account, smpp
from bot.settings import Settings
from tests.peers import free_ports, npm_home
from tests.peers.kannel import Gateway, kannel_peer

HERE = Path(__file__).parent / "node_smsc"
USER, PASSWORD = "allervers", "smpp-pw"
PATIENCE = 20.0
IMPATIENT = (
    ("http-queue-delay = 10", "http-queue-delay = 1"),
    ("sms-resend-freq = 60", "sms-resend-freq = 1"),
    ("sms-resend-retry = 10", "sms-resend-retry = 2"),
    ("reconnect-delay = 10", "reconnect-delay = 1"),
)
"""Where Kannel waits a minute or ten seconds, a test waits one."""

Fate = Literal["delivered", "undeliverable", "expired", "rejected", "refused", "throttled", "full", "silent", "cut"]
"""`silent`: taken, and no receipt ever, unless `receipt` asks for it; `cut`: taken, and the link falls before the answer."""


class Submit(NamedTuple):
    """One part as the centre saw it."""

    id: str
    to: str
    fate: str
    coding: int  # 0: GSM-7, 8: UCS-2
    receipt: bool  # whether one was asked for
    udh: bytes
    text: str


class Centre:
    """A running centre: what it does with each number, and what it saw."""

    def __init__(self, base: str, http: aiohttp.ClientSession) -> None:
        self._base, self._http = base, http

    async def fate(self, to: str, *fates: Fate) -> None:
        """What each submit to a number meets, the last fate for good; a number of which nothing is said gets all delivered."""
        await self._call("POST", "/fates", {to.lstrip("+"): fates})

    async def receipt(self, to: str, fate: Fate) -> None:
        """The receipt of the last message to a number, now."""
        await self._call("POST", "/receipt", {"to": to.lstrip("+"), "fate": fate})

    async def write(self, sender: str, to: str, *parts: tuple[str, str], coding: int = 0) -> None:
        """An inbound message: (text, user data header in hex) for each part, in the order in which they go."""
        body: dict[str, Any] = {"from": sender.lstrip("+"), "to": to, "parts": [{"text": text, "udh": udh} for text, udh in parts]}
        await self._call("POST", "/mo", body | {"data_coding": coding})

    async def seen(self, to: str = "") -> list[Submit]:
        """Every submit, those that were refused too, to one number or to all."""
        found = await self._call("GET", "/log")
        return [
            Submit(one["id"], f"+{one['to']}", one["fate"], one["coding"], bool(one["receipt"]), bytes.fromhex(one["udh"]), one["text"])
            for one in found
            if not to or one["to"] == to.lstrip("+")
        ]

    async def got(self, to: str, number: int = 1) -> list[Submit]:
        """Return when so many parts went to a number; what the gateway has taken may not have left yet."""
        end = time.monotonic() + PATIENCE
        while len(found := await self.seen(to)) < number:
            assert time.monotonic() < end, found
            await asyncio.sleep(0.02)
        return found

    async def bound(self) -> None:
        """Return when the gateway is bound."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if (await self._call("GET", "/"))["bound"]:
                    return
            except aiohttp.ClientConnectorError:
                pass
            assert time.monotonic() < end, "the gateway did not bind"
            await asyncio.sleep(0.05)

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        async with self._http.request(method, self._base + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@asynccontextmanager
async def smsc_peer(settings: Settings) -> AsyncIterator[tuple[Centre, Gateway]]:
    """The centre, and Kannel bound to it; `settings` as for `kannel_peer`."""
    home = await asyncio.to_thread(npm_home, HERE)
    port, control = free_ports(2)
    environment = os.environ | {"NODE_PATH": str(home / "node_modules"), "SMSC_USER": USER, "SMSC_PASS": PASSWORD}
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    program = await asyncio.create_subprocess_exec(
        "node", str(HERE / "smsc.js"), str(port), str(control), env=environment, stdin=pipe, stdout=null, start_new_session=True
    )
    account = Account("127.0.0.1", port, USER, PASSWORD)
    try:
        async with aiohttp.ClientSession() as http:
            centre = Centre(f"http://127.0.0.1:{control}", http)
            with kannel_peer(settings, edit=IMPATIENT, operator=smpp(settings, account)) as gateway:
                await centre.bound()
                yield centre, gateway
    finally:
        if program.returncode is None:
            program.terminate()
        await program.wait()
