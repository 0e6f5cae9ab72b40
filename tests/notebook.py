"""Our doors on a real port, with a notebook where the office would be."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

from aiohttp import web as http

from bot import channels, simulator, web, webhooks
from bot.channels import Channel
from bot.languages import catalogues
from bot.ledger import Ledger
from bot.settings import Settings
from conversations.messages import Inbound, Receipt
from outreach import outbox
from outreach.crypto import new_keys
from outreach.house import House
from tests.conftest import NANTES, Clock
from tests.peers import free_ports


class Notebook:
    """Stands for the ledger: it writes down what is committed. `refuse` is raised instead, once each; `shut` makes it wait."""

    def __init__(self) -> None:
        self.got: list[Inbound] = []
        self.receipts: list[Receipt] = []
        self.refuse: list[Exception] = []
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = 0

    async def receive(self, inbound: Inbound) -> None:
        await self._commit()
        self.got.append(inbound)

    async def write(self, verb: Callable[..., object], receipts: Sequence[Receipt], now: datetime) -> None:
        assert verb is outbox.receipts
        assert now.tzinfo is not None
        await self._commit()
        self.receipts += receipts

    async def _commit(self) -> None:
        self.waiting += 1
        await self.open.wait()
        self.waiting -= 1
        if self.refuse:
            raise self.refuse.pop(0)

    async def until(self, number: int) -> list[Inbound]:
        """What was received, once it is so much."""
        await when(lambda: len(self.got) >= number)
        return self.got


async def when(true: Callable[[], bool], seconds: float = 20) -> None:
    """Return when it has come true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(0.01)


class Doors:
    """What `doors` opens."""

    def __init__(self, url: str, notebook: Notebook, open_: dict[str, Channel]) -> None:
        self.url, self.notebook, self.channels = url, notebook, open_


@asynccontextmanager
async def doors(settings: Settings, clock: Clock) -> AsyncIterator[Doors]:
    """The web of the service, as `bot.app` puts it together, with every channel that the settings open."""
    languages = ("fr", "en")
    house = House(keys=new_keys(), city=NANTES, languages=languages, catalogues=catalogues(languages))
    notebook, found = Notebook(), channels.registry(settings, clock)
    app = web.application(settings, clock, cast("Ledger", notebook), house, found)
    webhooks.mount(app)
    if settings.simulator:
        simulator.mount(app)
    runner = http.AppRunner(app, access_log=None, shutdown_timeout=1)
    for channel in found.values():
        await channel.open()
    try:
        await runner.setup()
        await http.TCPSite(runner, settings.host, settings.port).start()
        yield Doors(f"http://{settings.host}:{settings.port}", notebook, found)
    finally:
        await runner.cleanup()
        for channel in found.values():
            await channel.close()


SECRETS = {
    "TELEGRAM_TOKEN": "123456:TEST-abcdefghijklmnopqrstuvwxyz",
    "TELEGRAM_SECRET": "the-telegram-secret-0123456789",
    "KANNEL_PASSWORD": "the-kannel-password",
    "KANNEL_SECRET": "the-kannel-secret-0123456789",
}


def everything(**more: Any) -> dict[str, str]:
    """The variables of a city that has all channels; whatever they call outside answers on no port."""
    (port, nobody) = free_ports(2)
    given = SECRETS | {
        "CITY": "Ville de Nantes",
        "PORT": str(port),
        "TELEGRAM_API_URL": f"http://127.0.0.1:{nobody}",
        "KANNEL_URL": f"http://127.0.0.1:{nobody}",
        "KANNEL_USERNAME": "outreach",
        "KANNEL_SENDER": "38100",
        "SIMULATOR": "1",
    }
    return {f"ALLERVERS_{name}": str(value) for name, value in (given | more).items()}
