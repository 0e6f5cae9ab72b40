"""What nothing can go below on this machine: a handler that does nothing, a commit that keeps a batch."""

import asyncio
import sqlite3
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from aiohttp import web

_BATCH, _COMMITS = 64, 50


def raw_commits(folder: Path) -> float:
    """Rows a second that plain sqlite3 keeps in batches of 64, each flushed to the disk."""
    with sqlite3.connect(folder / "floor.db", isolation_level=None) as connection:
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE kept (id INTEGER PRIMARY KEY, text BLOB)"):
            connection.execute(line)
        begun = perf_counter()
        for number in range(_COMMITS):
            connection.execute("BEGIN IMMEDIATE")
            rows = [(number * _BATCH + place, bytes(200)) for place in range(_BATCH)]
            connection.executemany("INSERT INTO kept VALUES (?, ?)", rows)
            connection.execute("COMMIT")
        spent = perf_counter() - begun
    connection.close()
    return _BATCH * _COMMITS / spent


def serve_nothing(orders: Connection) -> None:
    """A process with one empty aiohttp handler; its port is told through `orders`, anything that comes back ends it."""
    asyncio.run(_serve_nothing(orders))


async def _serve_nothing(orders: Connection) -> None:
    async def nothing(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/{anything:.*}", nothing)
    app.router.add_post("/{anything:.*}", nothing)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    orders.send(runner.addresses[0][1])
    await asyncio.get_running_loop().run_in_executor(None, orders.recv)
    await runner.cleanup()
