"""A whole service with its simulator, in this process: phones that write, and a clock to move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import Service
from bot.settings import read
from outreach import db, documents, invented, keyhole, processes
from outreach.crypto import make_key_file, read_key_file
from outreach.db import Database
from tests.city import SETTINGS
from tests.peers import free_ports
from tests.town import SLUG


class City:
    """A running service and a client for its simulator."""

    def __init__(self, service: Service, http: aiohttp.ClientSession, base: str) -> None:
        self.service, self.http, self.base = service, http, base

    async def post(self, path: str, body: Any, status: int = 200) -> None:
        async with self.http.post(self.base + path, json=body) as answer:
            assert answer.status == status, await answer.text()

    async def get(self, path: str, **query: str) -> Any:
        async with self.http.get(self.base + path, params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def heard(self, path: str, count: int = 1) -> list[dict[str, Any]]:
        """The first messages on a phone, as soon as there are so many."""
        async with asyncio.timeout(20):
            while True:
                items: list[dict[str, Any]] = (await self.get(path))["items"]
                if len(items) >= count:
                    return items
                await asyncio.sleep(0.02)

    async def advance(self, seconds: float) -> None:
        await self.post("/simulator/clock", {"advance": seconds})


@asynccontextmanager
async def simulated(tmp_path: Path) -> AsyncIterator[City]:
    """The service with its market square open, and phones to play with."""
    (port,) = free_ports(1)
    settings = read(
        SETTINGS
        | {
            "ALLERVERS_DATABASE_URL": f"sqlite:///{tmp_path}/city.db",
            "ALLERVERS_KEY_FILE": str(tmp_path / "key.json"),
            "ALLERVERS_PORT": str(port),
            "ALLERVERS_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "ALLERVERS_SIMULATOR": "1",
            "ALLERVERS_LOG": "warning",
        },
        None,
    )
    make_key_file(settings.key_file)
    database = Database(settings.database_url)
    db.migrate(database)
    with database.write() as session:
        keyhole.prove(session, read_key_file(settings.key_file))
    database.close()
    async with Service(settings).running() as service, aiohttp.ClientSession() as http:
        document = documents.parse(invented.market_square(service.clock.now().date()).encode(), yaml=True)
        await service.ledger.write(processes.put, service.clock.now(), document, "command")
        await service.ledger.write(processes.open, service.clock.now(), SLUG, "command")
        yield City(service, http, f"http://127.0.0.1:{port}")
