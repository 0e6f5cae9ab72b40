"""Webhook to commit: known people write three messages that are gathered, then a yes that makes them a contribution.

The whole service answers, in one process, from an own process's load: HTTP, the secret, the update, the ledger, the turn,
sealed rows, the audit line, the commit. The silences between are taken in the measured time too.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

import msgspec

from bot.bench import Contest, Run, Unfaithful, floors, load
from bot.bench.servers import SECRET, environment, server

PEOPLE = 1_024
TEXTS = (
    "PLACE il manque des bancs et de l'ombre, l'été on ne peut pas attendre le tram debout",
    "et un coin pour les jeunes, pas juste du bitume",
    "merci d'avance pour les arbres près de la pharmacie",
)
_HEADERS = (("X-Telegram-Bot-Api-Secret-Token", SECRET),)
_PATH = "/channels/telegram"
_GATHERED = 30  # seconds, more than Telegram's silence
_NEXT_DAY = 86_400  # five contributions a day are the limit (MOD-70)


@contextlib.contextmanager
def contest() -> Iterator[Contest]:
    """Both servers, each in a process of its own, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="allervers-bench-") as folder, contextlib.ExitStack() as stack:
        nothing = stack.enter_context(server(floors.serve_nothing))
        service = stack.enter_context(server(serve, folder))
        nothing_port, service_port = nothing.recv(), service.recv()
        load_ = _Load(service, service_port)
        note = f"{floors.raw_commits(Path(folder)):.0f} rows/s kept by plain sqlite3"
        yield Contest(load_.day, lambda: load.drive(nothing_port, load_.requests()), load_.verify, note)


class _Load:
    """Everybody's messages, a day after the other."""

    def __init__(self, service: Connection, port: int) -> None:
        self._service, self._port = service, port
        self._update = 0
        self._days = 0

    def requests(self) -> list[list[bytes]]:
        """Three messages and a yes of each person, for the floor: the same bytes."""
        return [[self._message(person, text) for text in (*TEXTS, "1")] for person in range(PEOPLE)]

    def day(self) -> Run:
        """Everybody writes, is asked after a silence, and says yes."""
        written = [[self._message(person, text) for text in TEXTS] for person in range(PEOPLE)]
        answered = [[self._message(person, "1")] for person in range(PEOPLE)]
        first = load.drive(self._port, written)
        begun = perf_counter()
        self._tell(_GATHERED)
        silences = perf_counter() - begun
        second = load.drive(self._port, answered)
        self._tell(_NEXT_DAY)
        self._days += 1
        spent = len(first.times) / first.rate + silences + len(second.times) / second.rate
        return Run((len(first.times) + len(second.times)) / spent, first.times + second.times)

    def verify(self) -> None:
        """What was acknowledged is what stands in the records. Raises Unfaithful."""
        self._service.send("count")
        found = self._service.recv()
        expected = (4 * PEOPLE * self._days, PEOPLE * self._days)
        if found != expected:
            raise Unfaithful(f"messages and contributions kept: {found}, acknowledged: {expected}")

    def _tell(self, seconds: int) -> None:
        self._service.send(seconds)
        self._service.recv()

    def _message(self, person: int, text: str) -> bytes:
        self._update += 1
        sender = {"id": 10_000 + person, "is_bot": False, "first_name": "Camille", "language_code": "fr"}
        chat = {"id": 10_000 + person, "type": "private", "first_name": "Camille"}
        message = {"message_id": self._update, "date": 1_800_000_000, "from": sender, "chat": chat, "text": text}
        return load.post(_PATH, msgspec.json.encode({"update_id": self._update, "message": message}), _HEADERS)


def serve(orders: Connection, folder: str) -> None:
    """The real service, its web role, on a new database; obeys `orders`: seconds to let pass, "count", "end"."""
    asyncio.run(_serve(orders, Path(folder)))


async def _serve(orders: Connection, folder: Path) -> None:
    from bot.app import Service, make_house
    from bot.settings import read
    from bot.telemetry import configure
    from outreach import db, documents, invented, processes, statistics
    from outreach.crypto import make_key_file, read_key_file

    settings = read(environment(folder))
    configure("error")
    make_key_file(settings.key_file)
    database = db.Database(settings.database_url, make_house(settings, read_key_file(settings.key_file)))
    db.migrate(database)
    database.close()
    async with Service(settings, "web").running() as service:
        now = service.clock.now()
        document = documents.parse(invented.market_square(now.date()).encode(), yaml=True)
        await service.ledger.write(processes.put, now, document, "command")
        await service.ledger.write(processes.open, now, document.slug, "command")
        orders.send(settings.port)
        loop = asyncio.get_running_loop()
        while (order := await loop.run_in_executor(None, orders.recv)) != "end":
            if order == "count":
                seen = await service.ledger.read(statistics.overview)
                orders.send((seen.heard, seen.contributions))
            else:
                service.clock.advance(timedelta(seconds=order))
                await service.metronome.sweep()
                orders.send("done")
