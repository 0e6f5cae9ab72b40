"""Where everything meets: settings, keys, database, ledger, channels, sender, clock and the web."""

import asyncio
import contextlib
import gc
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import web as http

from bot import api, channels, desk, events, simulator, site, web, webhooks
from bot.clock import Clock, Metronome
from bot.languages import catalogues
from bot.ledger import Ledger, Overloaded
from bot.postman import Postman
from bot.relay import Relay
from bot.sender import Sender
from bot.settings import Settings
from bot.targets import Situation
from bot.telemetry import log
from conversations.facts import City
from conversations.messages import Inbound
from outreach import agenda, db, keyhole, leases
from outreach.crypto import Keys, read_key_file
from outreach.db import Database
from outreach.house import House, Sms

Role = Literal["all", "web", "work"]
LISTENING = 9.0  # seconds that a process may hold a provider's feed without renewing
MIGRATE_FIRST = "the database is out of date or empty: run `allervers migrate`"


class NotReady(Exception):
    """The service can't start; the message says what to do."""


def make_house(settings: Settings, keys: Keys) -> House:
    """The office's own knowledge, from the settings."""
    return House(
        keys=keys,
        city=City(
            name=settings.city,
            sms_name=settings.city_sms,
            controller=settings.controller,
            dpo=settings.dpo,
            legal_basis=settings.legal_basis,
            phone=settings.phone,
            sms_number=settings.sms_number,
            telegram=settings.telegram_name,
            url=settings.public_url,
        ),
        languages=settings.languages,
        catalogues=catalogues(settings.languages),
        timezone=settings.timezone,
        undo=settings.undo,
        territory=settings.territory,
        sms=Sms(
            hears=settings.kannel_sender.lstrip("+").isdecimal() or not settings.kannel_sender,
            links=settings.sms_links,
            answer_hours=settings.sms_answer_hours,
            price=settings.sms_price,
            budget=settings.sms_budget,
        ),
        rates={"telegram": settings.telegram_rate, "sms": settings.kannel_rate},
        polling=settings.polling_days,
    )


def open_database(settings: Settings, keys: Keys) -> Database:
    """The database, migrated and sealed with these keys. Raises NotReady, KeyTrouble."""
    database = Database(settings.database_url, make_house(settings, keys))
    if not db.is_current(database):
        raise NotReady(MIGRATE_FIRST)
    with database.write() as session:
        keyhole.prove(session, keys)
    database.study()
    return database


class Service:
    """One process of the service, in one of its roles."""

    def __init__(self, settings: Settings, role: Role = "all") -> None:
        self.settings, self.role = settings, role
        self.clock = Clock(settings.clock)
        keys = read_key_file(settings.key_file)
        self.house = make_house(settings, keys)
        self.database = open_database(settings, keys)
        self.holder = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(4)}"
        if settings.simulator:
            with self.database.read() as session:
                self.clock.advance(agenda.advanced(session))
        self.ledger = Ledger(self.database, self.clock.now)
        self.channels = channels.registry(settings, self.clock)
        self.sender = Sender(self.ledger, self.clock, self.channels, settings, self.holder)
        self.relay = Relay(self.ledger, Situation(self.clock.now, settings.public_url, settings.proxy_url), self.holder)
        self.metronome = Metronome(self.ledger, self.clock, self.holder)
        postman = Postman(self.ledger, settings) if settings.smtp_url else None
        self.metronome = Metronome(self.ledger, self.clock, self.holder, postman, lambda: self.sender.troubles)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def troubles(self) -> dict[str, str]:
        """Networks on which nothing more is sent, and why: what /ready tells."""
        return self.sender.troubles

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        """Everything of this role, open; closed in the opposite order."""
        async with contextlib.AsyncExitStack() as stack:
            stack.callback(self.database.close)
            await self.ledger.start()
            stack.push_async_callback(self.ledger.stop)
            for channel in self.channels.values():
                await channel.open()
                stack.push_async_callback(channel.close)
            if self.role != "web":
                stack.push_async_callback(self._end_tasks)
                self._begin_work()
                stack.callback(self.metronome.stop)
                stack.push_async_callback(self.sender.stop)
                stack.push_async_callback(self.relay.stop)
            if self.role != "work":
                await self._listen(stack)
            _settle_memory()
            yield self

    def _begin_work(self) -> None:
        self.ledger.after_queuing.append(self.sender.ring)
        self._tasks.append(asyncio.create_task(self.sender.run(), name="sender"))
        self._tasks.append(asyncio.create_task(self.relay.run(), name="relay"))
        self._tasks += [asyncio.create_task(self._listen_alone(name), name=f"listen {name}") for name in self.channels]
        self.metronome.start()

    async def _listen_alone(self, name: str) -> None:
        """Fetch what a provider keeps for us, as the only process that does: two that poll would fight."""
        lease = f"listen:{name}"
        try:
            while True:
                if await self._listened(name, lease):
                    return
                await asyncio.sleep(LISTENING / 3)
        finally:  # who comes next need not wait until it has run out
            with contextlib.suppress(Exception):
                await self.ledger.write(leases.release, lease, self.holder)

    async def _listened(self, name: str, lease: str) -> bool:
        """Listen while the lease is ours; whether there is nothing to fetch, because the provider calls us."""
        if not await self._holds(lease):
            return False
        listening = asyncio.create_task(self.channels[name].listen(self.take))
        try:
            while not listening.done() and await self._holds(lease):
                await asyncio.wait([listening], timeout=LISTENING / 3)
            if listening.done() and not listening.cancelled():
                if (error := listening.exception()) is None:
                    return True
                log.error("listening_broke", channel=name, error=type(error).__name__)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
        return False

    async def _holds(self, lease: str) -> bool:
        try:
            return await self.ledger.write(leases.hold, lease, self.holder, LISTENING) is not None
        except Overloaded:
            return False
        except Exception as error:  # noqa: BLE001 - whatever ails the database, we listen again when it is well
            log.error("lease_not_taken", lease=lease, error=type(error).__name__)
            return False

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def take(self, inbound: Inbound) -> None:
        """One message that a channel fetched by itself; returns after the commit, however long the database is away."""
        while True:
            try:
                await self.ledger.receive(inbound)
            except Overloaded as overloaded:
                await asyncio.sleep(overloaded.after)
            else:
                return

    async def sweep(self) -> None:
        """All that is due now, for the simulator's clock."""
        await self.metronome.sweep()
        self.sender.ring()

    def application(self, *, desk_only: bool = False) -> http.Application:
        """The web of this process: everything on one port, or the desk and the API apart."""
        application = web.application(self.settings, self.clock, self.ledger, self.house, self.channels)
        application[web.SERVICE] = self
        inside = not desk_only and self.settings.desk_port is None
        if desk_only or inside:
            desk.mount(application)
            api.mount(application)
        if not desk_only:
            site.mount(application)
            webhooks.mount(application)
            events.mount(application)
            if self.settings.simulator:
                simulator.mount(application)
        return application

    async def _listen(self, stack: contextlib.AsyncExitStack) -> None:
        await self._serve(stack, self.application(), self.settings.host, self.settings.port)
        if self.settings.desk_port is not None:
            await self._serve(
                stack, self.application(desk_only=True), self.settings.desk_host or self.settings.host, self.settings.desk_port
            )

    @staticmethod
    async def _serve(stack: contextlib.AsyncExitStack, application: http.Application, host: str, port: int) -> None:
        runner = http.AppRunner(application, access_log=None, shutdown_timeout=5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        try:
            await http.TCPSite(runner, host, port).start()
        except OSError as error:
            raise NotReady(f"port {port} of {host} can't be opened ({error.strerror}): choose another with ALLERVERS_PORT") from None


def _settle_memory() -> None:
    """What stands after the start stays: the collector need not look at it again at every few hundred messages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def serve(settings: Settings, role: Role = "all") -> None:
    """Run until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with Service(settings, role).running() as service:
        log.info("serving", role=role, url=f"http://{settings.host}:{settings.port}", channels=sorted(service.channels))
        await ended.wait()
        log.info("stopping")
