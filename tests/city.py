"""A whole service for the tests: its own database, key, process and account, as a child that may be killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import aiohttp

from bot import settings as reading
from bot.app import open_database
from outreach import invented, statistics
from outreach.crypto import read_key_file
from outreach.db import Database
from outreach.hours import next_decent
from tests.peers import ROOT, free_ports

ZONE = ZoneInfo("Europe/Paris")
TUESDAY = 2

SETTINGS = {
    "ALLERVERS_LANGUAGES": "fr,en",
    "ALLERVERS_CITY": "Ville de Sorlac",
    "ALLERVERS_CITY_SMS": "Ville de Sorlac",
    "ALLERVERS_CONTROLLER": "Ville de Sorlac",
    "ALLERVERS_DPO": "dpo@sorlac.example",
    "ALLERVERS_LEGAL_BASIS": "délibération 2027-003",
    "ALLERVERS_PHONE": "02 61 91 00 00",
    "ALLERVERS_SMS_NUMBER": "09 37 00 00 00",
    "ALLERVERS_TELEGRAM_NAME": "VilleDeSorlacBot",
    "ALLERVERS_LOG": "info",
}


class City:
    """One deployment in a folder; `serve` is a child process."""

    def __init__(self, folder: Path, **settings: str) -> None:
        (self.port,) = free_ports(1)
        self.folder = folder
        self.base = f"http://127.0.0.1:{self.port}"
        self.settings = {
            **SETTINGS,
            "ALLERVERS_DATABASE_URL": f"sqlite:///{folder}/city.db",
            "ALLERVERS_KEY_FILE": str(folder / "city.key"),
            "ALLERVERS_HOST": "127.0.0.1",
            "ALLERVERS_PORT": str(self.port),
            "ALLERVERS_PUBLIC_URL": self.base,
            **{f"ALLERVERS_{name}": value for name, value in settings.items()},
        }
        self.log = folder / "service.log"
        self.child: subprocess.Popen[bytes] | None = None
        self.token = ""
        self.today = date.today()  # noqa: DTZ011, TID251 - the child's own day

    def on_a_tuesday(self) -> Self:
        """Its clock says ten in the morning of the next Tuesday that is no holiday: a decent hour, whenever the tests run."""
        now = datetime.now(UTC)  # noqa: TID251 - the child's own clock
        local = now.astimezone(ZONE).replace(hour=10, minute=0, second=0, microsecond=0)
        while local <= now or local.isoweekday() != TUESDAY or next_decent(local, "notice", ZONE) != local:
            local += timedelta(days=1)
        self.today = local.date()
        self.settings |= {"ALLERVERS_SIMULATOR": "on", "ALLERVERS_CLOCK": f"{(local - now).total_seconds():.0f}s"}
        return self

    async def advance(self, http: aiohttp.ClientSession, seconds: float) -> None:
        """Move its clock forward: what is due on the way was swept when this returns. Who starts after a kill goes on from there."""
        async with http.post(f"{self.base}/simulator/clock", json={"advance": seconds}) as answer:
            assert answer.status == 200, await answer.text()

    def reading(self) -> reading.Settings:
        """Its settings, as it reads them."""
        return reading.read(self.environ)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Its database with its keys, to look into: beside it, or once it has stopped."""
        settings = self.reading()
        database = open_database(settings, read_key_file(settings.key_file))
        try:
            yield database
        finally:
            database.close()

    def overview(self) -> statistics.Overview:
        """What stands in its outbox, among others."""
        with self.database() as database, database.read() as session:
            return statistics.overview(session)

    async def drained(self, seconds: float = 60) -> None:
        """Return when nothing waits to be sent any more."""
        async with asyncio.timeout(seconds):
            with self.database() as database:
                while True:
                    with database.read() as session:
                        if not statistics.overview(session).queued:
                            return
                    await asyncio.sleep(0.1)

    @property
    def environ(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ALLERVERS_")}
        return plain | self.settings

    def command(self, *words: str, said: str = "") -> str:
        """Run a command of the service; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            env=self.environ,
            cwd=ROOT,
            input=said.encode(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def build(self, *processes: str) -> Self:
        """Migrate, import and open the processes (YAML), make a token."""
        self.command("migrate")
        for number, text in enumerate(processes or (invented.market_square(self.today),)):
            file = self.folder / f"process{number}.yaml"
            file.write_text(text)
            self.command("import", str(file), "--open")
        self.token = self.another_person("tests")
        return self

    def another_person(self, name: str) -> str:
        """The token of one more person who may decide."""
        return self.command("token", "create", "--role", "lead", "--name", name)

    def start(self) -> None:
        """Start the child; `ready` tells when it answers."""
        with self.log.open("ab") as log:
            self.child = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=self.environ, cwd=ROOT, stdout=log, stderr=log)

    def kill(self) -> None:
        """kill -9."""
        assert self.child is not None
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        """Ask it to end, as an administrator would."""
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    async def ready(self, http: aiohttp.ClientSession, seconds: float = 30) -> None:
        """Wait until /ready says so."""
        async with asyncio.timeout(seconds):
            while True:
                assert self.child is not None
                assert self.child.poll() is None, self.log.read_text()[-2000:]
                try:
                    async with http.get(f"{self.base}/ready") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)

    async def api(
        self, http: aiohttp.ClientSession, method: str, path: str, body: Any = None, *, token: str = "", status: int = 200
    ) -> Any:
        """One call of the API; its JSON."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        async with http.request(method, f"{self.base}/api/v1{path}", json=body, headers=headers) as answer:
            assert answer.status == status, (answer.status, await answer.text())
            return await answer.json()

    async def page(self, http: aiohttp.ClientSession, path: str) -> str:
        """A public page, or a file of the open data."""
        async with http.get(f"{self.base}{path}") as answer:
            assert answer.status == 200, (path, answer.status)
            return await answer.text()


@asynccontextmanager
async def living(city: City) -> AsyncIterator[aiohttp.ClientSession]:
    """The service running, and a client; stopped at the end."""
    async with aiohttp.ClientSession() as http:
        city.start()
        try:
            await city.ready(http)
            yield http
        finally:
            city.stop()


def in_some_days(days: int) -> date:
    """A day from the child's own today."""
    return date.today() + timedelta(days=days)  # noqa: DTZ011, TID251 - the child's own day
