"""A whole city between both real peers: Telegram by polling or webhook, SMS through Kannel, and the people who write."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import aiohttp

from outreach import invented, processes, statistics
from tests.city import City
from tests.inhabitants import OURS, PATIENCE, BySms, Inhabitant, OnTelegram, Town, when
from tests.peers import free_ports
from tests.peers.kannel import Gateway, kannel_peer
from tests.peers.telegram import Peer, telegram_peer

SILENCE = 61  # seconds: after that what somebody wrote in several messages is whole
SOON = ("http-queue-delay = 10", "http-queue-delay = 1")  # Kannel comes again after a second: tests restart the service often


@dataclass
class Connected:
    """The service is not started: see `City`."""

    city: City
    http: aiohttp.ClientSession
    telegram: Peer
    gateway: Gateway
    town: Town

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self.second_token = ""

    def entry_token(self, slug: str) -> str:
        """Of its first poster."""
        with self.city.database() as database, database.read() as session:
            view = processes.get(session, slug)
        assert view is not None
        return view.entries[0].token

    async def _taken(self, write: Awaitable[None]) -> None:
        with self.city.database() as database, database.read() as session:
            before = statistics.overview(session).heard
        await write
        with self.city.database() as database:

            def has_come() -> bool:
                with database.read() as session:
                    return statistics.overview(session).heard > before

            await when(has_come, "a message did not reach the city")

    async def writes(self, somebody: Inhabitant, *texts: str) -> None:
        """Each message is in the city's database before the next one is written."""
        for text in texts:
            await self._taken(somebody.say(text))

    async def asks(self, somebody: Inhabitant, what: str) -> None:
        """The same for a keyword."""
        await self._taken(somebody.ask(what))

    async def chooses(self, somebody: Inhabitant, digit: str, label: str) -> None:
        """The same for a digit, or a button whose label matches."""
        await self._taken(somebody.choose(digit, label))

    async def silence(self) -> None:
        """Nobody writes for a minute."""
        await self.city.advance(self.http, SILENCE)

    async def shown(self, somebody: Inhabitant, pattern: str) -> str:
        """The first group of the pattern, in a message or in a card that changed."""

        def found() -> list[str]:
            texts = [*somebody.rang, *(somebody.edits if isinstance(somebody, OnTelegram) else ())]
            return [match[1] for text in texts if (match := re.search(pattern, text, re.DOTALL))]

        await when(lambda: bool(found()), f"{pattern!r} was not shown on {somebody.network}")
        return found()[-1]

    def somebody(self, network: str) -> OnTelegram | BySms:
        """A person who never wrote before."""
        number = next(self._numbers)
        # of the range that Arcep keeps for fiction; a chat's id is not told by any other number here
        return self.town.phone(f"+336399{87_000 + number}") if network == "sms" else OnTelegram(self.telegram, 771_230_000 + number)

    async def gateway_is_empty(self) -> None:
        """Kannel has handed everything on, receipts included."""
        end = time.monotonic() + PATIENCE
        while len(re.findall(r"store size 0$|^DLR: 0 queued", await asyncio.to_thread(self.gateway.status), re.MULTILINE)) < 2:
            assert time.monotonic() < end, self.gateway.status()
            await asyncio.sleep(0.1)


@asynccontextmanager
async def connected(
    folder: Path, mode: str = "polling", process: Callable[[date], str] = invented.market_square, **settings: str
) -> AsyncIterator[Connected]:
    """Both peers running, the city built with this process, its clock on a Tuesday morning."""
    (sendsms,) = free_ports(1)
    async with telegram_peer() as telegram, aiohttp.ClientSession() as http:
        city = City(
            folder,
            **{
                "TELEGRAM_TOKEN": telegram.token,
                "TELEGRAM_MODE": mode,
                "TELEGRAM_API_URL": telegram.url,
                "TELEGRAM_SECRET": "a-secret-of-telegram-0123456789",
                "KANNEL_URL": f"http://127.0.0.1:{sendsms}",
                "KANNEL_USERNAME": "outreach",
                "KANNEL_PASSWORD": "a-password-of-kannel",
                "KANNEL_SENDER": OURS,
                "KANNEL_SECRET": "a-secret-of-kannel-0123456789",
                "KANNEL_RATE": "100",
                "UNDO_SECONDS": "1",
            }
            | settings,
        ).on_a_tuesday()
        with ExitStack() as stack:
            gateway = stack.enter_context(kannel_peer(city.reading(), edit=(SOON,)))
            city.build(process(city.today))
            stack.callback(city.stop)
            async with gateway.phones as phones, Town(phones) as town:
                await gateway.connected()
                place = Connected(city, http, telegram, gateway, town)
                place.second_token = city.another_person("a second moderator")
                yield place
