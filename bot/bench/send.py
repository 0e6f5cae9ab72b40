"""A campaign through the real sender and the real SMS door, at several limits: how much of what bulk may use, and never above the limit."""

import asyncio
import contextlib
import multiprocessing
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.bench import Unfaithful, machine
from bot.sender.pace import BULK, SHARE

LIMITS = (30, 100, 1000)
SECONDS = 8.0
"""How long each limit is held; the first second, while the line takes its lease, is not counted."""
_PARIS = ZoneInfo("Europe/Paris")


class _Rates(NamedTuple):
    telegram_rate: float
    kannel_rate: float


def measure(_data: Path) -> dict[str, Any]:
    """Each limit once: messages a second that arrived, of those that bulk may use, and the fullest sliding second at the receiver."""
    found = [_at(limit) for limit in LIMITS]
    return {
        "name": "send",
        "runs": [round(rate, 1) for rate, _fullest in found],
        "median": round(found[1][0], 1),
        "floor": round(LIMITS[1] * SHARE * BULK, 1),
        "ratio": round(min(rate / (limit * SHARE * BULK) for (rate, _fullest), limit in zip(found, LIMITS, strict=True)), 3),
        "p50_ms": 0.0,
        "p99_ms": 0.0,
        "limits": [
            {"limit": limit, "a_second": round(rate, 1), "fullest_second": fullest, "may_use": round(limit * SHARE * BULK, 1)}
            for (rate, fullest), limit in zip(found, LIMITS, strict=True)
        ],
        "machine": machine(),
    }


def _at(limit: int) -> tuple[float, int]:
    many = int(limit * SHARE * BULK * (SECONDS + 3))
    with tempfile.TemporaryDirectory(prefix="allervers-bench-") as folder, _peer() as peer:
        asyncio.run(_send(Path(folder), peer.recv(), limit, many))
        peer.send("tell")
        stamps: list[float] = sorted(peer.recv())
    if not stamps:
        raise Unfaithful("nothing arrived")
    fullest = _fullest(stamps)
    if fullest > limit:
        raise Unfaithful(f"{fullest} messages arrived within a second where {limit} are allowed")
    counted = [at for at in stamps if stamps[0] + 1 <= at < stamps[0] + SECONDS]
    return len(counted) / (SECONDS - 1), fullest


def _fullest(stamps: list[float]) -> int:
    """The most that arrived within any second."""
    first, most = 0, 0
    for last, at in enumerate(stamps):
        while at - stamps[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


@contextlib.contextmanager
def _peer() -> Iterator[Connection]:
    """A smsbox of ours in a process of its own: it accepts everything and notes when."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=count_arrivals, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def count_arrivals(orders: Connection) -> None:
    """Serve until "tell", then tell the instant of each message."""
    asyncio.run(_count(orders))


async def _count(orders: Connection) -> None:
    stamps: list[float] = []

    async def accept(_request: web.Request) -> web.Response:
        stamps.append(monotonic())
        return web.Response(status=202, text="0: Accepted for delivery")

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", accept)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    orders.send(runner.addresses[0][1])
    await asyncio.get_running_loop().run_in_executor(None, orders.recv)
    orders.send(stamps)
    await runner.cleanup()


async def _send(folder: Path, port: int, limit: int, many: int) -> None:
    from bot.bench.people import settle_in
    from bot.channels.kannel import Kannel
    from bot.clock import Clock
    from bot.ledger import Ledger
    from bot.sender import Sender
    from bot.settings import read
    from bot.telemetry import configure
    from outreach import hours, outbox
    from outreach.outbox import Body, Put

    configure("error")
    settings = read(
        {
            "ALLERVERS_DATABASE_URL": f"sqlite:///{folder}/bench.db",
            "ALLERVERS_KEY_FILE": f"{folder}/key.json",
            "ALLERVERS_KANNEL_URL": f"http://127.0.0.1:{port}",
            "ALLERVERS_KANNEL_USERNAME": "bench",
            "ALLERVERS_KANNEL_PASSWORD": "bench",
            "ALLERVERS_KANNEL_SENDER": "38100",
            "ALLERVERS_KANNEL_SECRET": "bench-secret-0123456789",
        }
    )
    real = Clock()
    clock = Clock(hours.next_decent(_morning(real.now()), "campaign", _PARIS) - real.now())
    database = settle_in(settings, many, clock.now(), channel="kannel")
    ledger = Ledger(database, clock.now)
    await ledger.start()
    channel = Kannel(settings, clock)
    await channel.open()
    sender = Sender(ledger, clock, {"kannel": channel}, _Rates(30, limit), "bench")
    try:
        rows = [
            Put(number, "sms", "kannel", "campaign", Body("Ville de Nantes: atelier demain. Fin: STOP")) for number in range(1, many + 1)
        ]
        for start in range(0, many, 1000):
            await ledger.write(outbox.put, rows[start : start + 1000], clock.now())
        running = asyncio.create_task(sender.run())
        await asyncio.sleep(SECONDS + 1.5)
        await sender.stop()
        await running
    finally:
        await channel.close()
        await ledger.stop()
        database.close()


def _morning(now: datetime) -> datetime:
    """Ten o'clock of the next day in Paris: far from the evening's end."""
    local = (now + timedelta(days=1)).astimezone(_PARIS)
    return local.replace(hour=10, minute=0, second=0, microsecond=0).astimezone(UTC)
