"""A large city after two years, and its service: what the pages are measured on."""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bot.bench import founding, landmarks
from bot.bench.founding import Key
from bot.bench.servers import environment

if TYPE_CHECKING:
    from bot.settings import Settings

Tell = Callable[[str, int], None]


class Size(msgspec.Struct, frozen=True):
    """How many gave how many contributions, and how many of them wait."""

    contributions: int
    people: int
    waiting: int


def serve(orders: Connection, folder: str, size: Size) -> None:
    """Found the city and open its service, the web role; tells the port, the key and what the city holds; anything back ends it."""
    asyncio.run(_serve(orders, Path(folder), size))


async def _serve(orders: Connection, folder: Path, size: Size) -> None:
    from bot.app import Service
    from bot.settings import read
    from bot.telemetry import configure

    settings = read(environment(folder))
    configure("error")
    key, known = await asyncio.to_thread(found, settings, size)
    async with Service(settings, "web").running():
        orders.send((settings.port, key, known))
        with contextlib.suppress(EOFError):
            await asyncio.get_running_loop().run_in_executor(None, orders.recv)


def told(what: str, done: int) -> None:
    """How far it came, for who waits."""
    sys.stderr.write(f"{done:>11,} {what}\n")


def found(settings: "Settings", size: Size, tell: Tell = told) -> tuple[Key, landmarks.Known]:
    """Found the city: the key of an account that may do everything, and what stands for the placeholders of addresses."""
    from bot.app import make_house
    from bot.clock import Clock
    from outreach import crowd, db, keyhole
    from outreach.crypto import make_key_file, read_key_file

    if not settings.key_file.exists():
        make_key_file(settings.key_file)
    house = make_house(settings, read_key_file(settings.key_file))
    database = db.Database(settings.database_url, house)
    try:
        db.migrate(database)
        with database.write() as session:
            keyhole.prove(session, house.keys)
        crowd.hurry(database)
        now = Clock().now()
        founder = founding.Founder(database, crowd.Plan(size.contributions, size.people, size.waiting, now), tell)
        founder.open_projects()
        key = founder.hire()
        founder.speak()
        founder.answer()
        founder.work()
        crowd.settle(database, now, tell)
        founder.count()
        with database.write() as session:
            known = landmarks.of(session, now, founder)
        database.fold()
        return key, known
    finally:
        database.close()
