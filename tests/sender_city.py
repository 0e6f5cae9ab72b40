"""A sender on a real database, with a writer of ten lines and a door of ours. The door proves only our reading of channels.md."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from aiohttp import web

from bot.channels import Channel, Said
from bot.ledger import Overloaded
from bot.sender import Manners, Sender
from conversations.messages import Network, Outbound
from outreach.db import Database
from outreach.tables import outbox
from tests.conftest import Clock
from tests.outbox_office import Office

QUICK = Manners(lease=1.5, poll=0.05, answer=5, grace=5, rest=0.2)
PATIENCE = 20  # seconds that a test waits for what must come


class Writer:
    """Runs the office's verbs in a thread, one after the other, as the ledger does; may be cut off from the database."""

    def __init__(self, database: Database) -> None:
        self._database, self._thread = database, ThreadPoolExecutor(1)
        self.is_away, self.written = False, []  # type: ignore[var-annotated]

    async def write(self, verb: Any, /, *args: Any, **kw: Any) -> Any:
        def run() -> Any:
            with self._database.write() as session:
                return verb(session, *args, **kw)

        if self.is_away:
            raise Overloaded
        self.written.append(verb.__name__)
        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    read = write


@dataclass
class Sent:
    outbound: Outbound
    at: float
    together: int  # how many were on their way at that moment


class Door(Channel):
    """A provider: answers as told, and keeps a book of what came."""

    def __init__(self, name: str, network: Network) -> None:
        self.name, self.network = name, network
        self.book: list[Sent] = []
        self.answers: dict[str, list[Exception | str]] = {}  # text: what it gets, one after the other; then it is taken
        self.delay = 0.0
        self.is_open = asyncio.Event()
        self.is_open.set()
        self._inside = 0

    async def send(self, outbound: Outbound) -> str:
        self._inside += 1
        self.book.append(Sent(outbound, time.monotonic(), self._inside))
        try:
            await self.is_open.wait()
            await asyncio.sleep(self.delay)
            queue = self.answers.get(outbound.text)
            answer = queue.pop(0) if queue else ""
            if isinstance(answer, Exception):
                raise answer
            return f"{self.name}-{len(self.book)}"
        finally:
            self._inside -= 1

    @property
    def texts(self) -> list[str]:
        return [one.outbound.text for one in self.book]

    async def read(self, request: web.Request) -> Sequence[Said]:
        raise NotImplementedError(request.path)

    async def open(self) -> None: ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Rates:
    telegram_rate: float = 400
    kannel_rate: float = 400


class City:
    """The office, a door to each network, and a sender between them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.sms, self.telegram = Door("kannel", "sms"), Door("telegram", "telegram")
        self.writer = Writer(database)
        self.office = Office(database, clock, take_lease=False)
        self.chats = Office(database, clock, "telegram", take_lease=False)
        self._names = 0

    def sender(self, rates: Rates | None = None, manners: Manners = QUICK, writer: Writer | None = None) -> Sender:
        self._names += 1
        doors: dict[str, Channel] = {"kannel": self.sms, "telegram": self.telegram}
        return Sender(writer or self.writer, self.clock, doors, rates or Rates(), f"run {self._names}", manners=manners)

    @contextlib.asynccontextmanager
    async def sending(self, rates: Rates | None = None, manners: Manners = QUICK) -> AsyncIterator[Sender]:
        sender = self.sender(rates, manners)
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            await sender.stop()
            await running

    def people(self, count: int, office: Office | None = None) -> list[int]:
        office = office or self.office
        return [office.person(f"+336399{number:05d}" if office is self.office else str(number + 1)) for number in range(count)]

    def states(self, ids: list[int]) -> list[str]:
        with self.database.read() as session:
            rows = {row.id: f"{row.state} {row.why}".strip() for row in session.execute(sa.select(outbox).where(outbox.c.id.in_(ids)))}
        return [rows[number] for number in ids]

    async def later(self, sender: Sender, **much: float) -> None:
        """Time passes in the office."""
        self.clock.advance(**much)
        sender.ring()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come, however busy the machine is."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.02)


__all__ = ["QUICK", "City", "Door", "Rates", "Sent", "Writer", "until"]
