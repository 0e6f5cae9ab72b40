"""A real Kinto from PyPI on a PostgreSQL of the tests: what it acknowledged survives its death."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from tests.peers import free_ports

USER, PASSWORD = "allervers", "un mot de passe"
HOME = "/buckets/ville/collections/contributions"
PATIENCE = 40.0
_INI = """
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {database}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {database}
kinto.cache_backend = kinto.core.cache.memory
multiauth.policies = account
multiauth.policy.account.use = kinto.plugins.accounts.authentication.AccountsAuthenticationPolicy
kinto.includes = kinto.plugins.accounts
kinto.account_create_principals = system.Everyone
kinto.userid_hmac_secret = of-the-tests
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 16
"""


class Kinto:
    """A running server: its address, its death, and all that it holds."""

    def __init__(self, work: Path, port: int) -> None:
        self.work, self.port = work, port
        self.url = f"http://127.0.0.1:{port}/v1"
        self._program: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns at once."""
        with (self.work / "out").open("ab") as out:
            command = [sys.executable, "-c", "from kinto.__main__ import main; main()", "start", "--ini", str(self.work / "kinto.ini")]
            command += ["--port", str(self.port)]
            self._program = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)

    def kill(self) -> None:
        """kill -9."""
        if self._program is not None:
            os.killpg(self._program.pid, signal.SIGKILL)
            self._program.wait()
            self._program = None

    async def ready(self) -> None:
        """Return when it answers."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                async with aiohttp.ClientSession() as http, http.get(self.url + "/") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            assert self._program is None or self._program.poll() is None, (self.work / "out").read_text()
            assert time.monotonic() < end, (self.work / "out").read_text()
            await asyncio.sleep(0.1)

    async def furnish(self) -> None:
        """An account for us, a bucket, a collection."""
        account = {"data": {"password": PASSWORD}}
        async with aiohttp.ClientSession() as http, http.put(f"{self.url}/accounts/{USER}", json=account) as answer:
            assert answer.status in {200, 201}, await answer.text()
        for path in ("/buckets/ville", HOME):
            await self.call("PUT", path, {"data": {}})

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call with our account, its JSON."""
        headers = {"Authorization": aiohttp.encode_basic_auth(USER, PASSWORD)}
        async with aiohttp.ClientSession(headers=headers) as http, http.request(method, self.url + path, json=body) as answer:
            assert answer.status in {200, 201}, await answer.text()
            return await answer.json()

    async def records(self) -> list[dict[str, Any]]:
        """Everything in the collection."""
        found: list[dict[str, Any]] = (await self.call("GET", f"{HOME}/records"))["data"]
        return found


@contextmanager
def kinto_peer(database: str) -> Iterator[Kinto]:
    """A server on an empty PostgreSQL database, not yet answering: await `ready`, then `furnish`."""
    (port,) = free_ports(1)
    with TemporaryDirectory(prefix="allervers-kinto-") as folder:
        work = Path(folder)
        (work / "kinto.ini").write_text(_INI.format(database=database, port=port))
        command = [sys.executable, "-c", "from kinto.__main__ import main; main()", "migrate", "--ini", str(work / "kinto.ini")]
        subprocess.run(command, check=True, capture_output=True)
        peer = Kinto(work, port)
        peer.start()
        try:
            yield peer
        finally:
            peer.kill()
