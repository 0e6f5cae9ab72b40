"""Public pages of a city with a hundred thousand published contributions: how long the server takes for each, and how large it is.

One page at a time on one connection, so that a time is the server's own and not that of a queue.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bot.bench import Contest, Run, Unfaithful, floors
from bot.bench.servers import environment, server

CONTRIBUTIONS = 100_000
ROUNDS = 10  # of every page, in one run
LARGEST = 100_000  # bytes
SLICE = 1_000

PAGES = (
    "/",
    "/demarches/{slug}",
    "/demarches/{slug}/contributions",
    "/demarches/{slug}/contributions?cursor={deep}",
    "/demarches/{slug}/contributions?theme={theme}",
    "/demarches/{slug}/contributions?theme={theme}&cursor={deep}",
    "/demarches/{slug}/contributions/{ref}",
    "/demarches/{slug}/ateliers",
    "/demarches/{slug}/suivi.atom",
    "/suivi/{ref}",
    "/registre",
    "/registre?ref={ref}",
    "/registre/preuve/{ref}.json",
    "/registre/coherence.json?from={half}&to={all}",
    "/transparence",
    "/open-data",
    "/charte",
)
"""What is measured: add a line for a page more. In braces, what `serve` tells of the city that it made."""


@contextlib.contextmanager
def contest() -> Iterator[Contest]:
    """The service and an empty handler, each in a process of its own, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="allervers-bench-") as folder, contextlib.ExitStack() as stack:
        nothing = stack.enter_context(server(floors.serve_nothing))
        service = stack.enter_context(server(serve, folder, CONTRIBUTIONS))
        nothing_port, (service_port, known) = nothing.recv(), service.recv()
        visit = _Visit(service_port, [page.format(**known) for page in PAGES])
        idle = _Visit(nothing_port, visit.addresses)
        for one in (visit, idle):
            stack.callback(one.close)
        yield Contest(visit.run, idle.run, visit.verify, f"{CONTRIBUTIONS} contributions", visit.told)


class _Visit:
    """Somebody who opens every page again and again."""

    def __init__(self, port: int, addresses: list[str]) -> None:
        self.addresses = addresses
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._times: dict[str, list[float]] = {address: [] for address in addresses}
        self._bytes: dict[str, int] = {}

    def run(self) -> Run:
        """Each page, `ROUNDS` times."""
        times = []
        for _ in range(ROUNDS):
            for address in self.addresses:
                begun = perf_counter()
                self._connection.request("GET", address)
                answer = self._connection.getresponse()
                body = answer.read()
                spent = (perf_counter() - begun) * 1000
                if answer.status != 200:  # noqa: PLR2004 - what else is no page
                    raise Unfaithful(f"{address} answers {answer.status}")
                times.append(spent)
                self._times[address].append(spent)
                self._bytes[address] = max(self._bytes.get(address, 0), len(body))
        return Run(len(times) / (sum(times) / 1000), tuple(times))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def verify(self) -> None:
        """No page is larger than a phone on a slow network can take. Raises Unfaithful."""
        for address, size in self._bytes.items():
            if size > LARGEST:
                raise Unfaithful(f"{address} has {size} bytes, {LARGEST} are allowed")

    def told(self) -> dict[str, Any]:
        """Each page by itself, the slowest first; the first run, which warms up, counts too in its slowest time."""
        rows = [
            {
                "path": address,
                "bytes": self._bytes[address],
                "p50_ms": round(median(times), 1),
                "p95_ms": round(sorted(times)[int(len(times) * 0.95)], 1),
                "most_ms": round(max(times), 1),
            }
            for address, times in self._times.items()
        ]
        return {"pages": sorted(rows, key=lambda row: -float(str(row["p50_ms"])))}


def serve(orders: Connection, folder: str, count: int) -> None:
    """The real service, its web role, on a new database with so many published contributions; obeys `orders`: "end"."""
    asyncio.run(_serve(orders, Path(folder), count))


async def _serve(orders: Connection, folder: Path, count: int) -> None:
    from bot.app import Service, make_house
    from bot.settings import read
    from bot.telemetry import configure
    from outreach import crowd, db, documents, files, invented, processes, record, transparency
    from outreach.crypto import make_key_file, read_key_file
    from outreach.record.cursors import write_cursor

    settings = read(environment(folder))
    configure("error")
    make_key_file(settings.key_file)
    database = db.Database(settings.database_url, make_house(settings, read_key_file(settings.key_file)))
    db.migrate(database)
    async with Service(settings, "web").running() as service:
        now = service.clock.now()
        document = documents.parse(invented.market_square(now.date()).encode(), yaml=True)
        await service.ledger.write(processes.put, now, document, "command")
        await service.ledger.write(processes.open, now, document.slug, "command")
        refs = crowd.references(count)
        for start in range(0, count, SLICE):
            part = refs[start : start + SLICE]
            at = now - crowd.APART * (count - start - len(part))
            await service.ledger.write(crowd.publish, at, document.slug, part)
        await asyncio.to_thread(files.settle, database, now)
        while await service.ledger.write(transparency.close_month, now):
            pass
        middle = refs[count // 2]
        entry = await service.ledger.read(record.find, middle)
        deep = write_cursor(entry.published_at, middle) if entry else ""
        known = {"slug": document.slug, "ref": middle, "deep": deep, "theme": document.themes[0].id, "half": count // 2, "all": count}
        orders.send((settings.port, known))
        await asyncio.get_running_loop().run_in_executor(None, orders.recv)
    database.close()
