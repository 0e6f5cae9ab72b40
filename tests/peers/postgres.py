"""A PostgreSQL of our own on a free port, gone after the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import psycopg.sql

from tests.peers import debian, free_ports, missing

_NUMBERS = count()


class Cluster:
    """Hands out empty databases."""

    def __init__(self, port: int, user: str) -> None:
        self.base = f"postgresql://{user}@127.0.0.1:{port}"

    def fresh(self, template: str = "template1") -> str:
        """The URL of a new database, a copy of `template`."""
        name = f"t{next(_NUMBERS)}"
        with psycopg.connect(f"{self.base}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"{self.base}/{name}"

    def drop(self, url: str) -> None:
        """Give its room back: a database is eight megabytes, and there is one a test."""
        with psycopg.connect(f"{self.base}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


class Emptied:
    """One database for one test after the other: emptying it is ten times faster than making it anew."""

    def __init__(self, running: Cluster, template: str, tables: Sequence[str]) -> None:
        """`tables`: those that others point at come last."""
        self._running, self._template = running, template
        self._empty = [psycopg.sql.SQL("DELETE FROM {}").format(psycopg.sql.Identifier(name)) for name in tables]
        self._kept: str | None = None

    @contextmanager
    def one(self) -> Iterator[str]:
        """The URL of a database without a row. Whoever still holds it when the test ends is sent away."""
        url, self._kept = self._kept or self._running.fresh(self._template), None
        yield url
        with psycopg.connect(url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            for statement in self._empty:
                connection.execute(statement)
        self._kept = url


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start one; PostgreSQL refuses to run as root, so root lends it to the user `postgres`."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path(debian("postgres", "postgresql")).resolve().parent]
    binaries = [
        folder for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True) if (folder / "initdb").exists()
    ] or binaries
    if not (binaries[0] / "initdb").exists():
        missing("PostgreSQL's server is missing: sudo apt-get install postgresql")
    root = os.geteuid() == 0
    user = "postgres" if root else pwd.getpwuid(os.geteuid()).pw_name
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if root else []
    work = Path(tempfile.mkdtemp(prefix="allervers-pg-"))
    (port,) = free_ports(1)
    try:
        if root:
            shutil.chown(work, "postgres", "postgres")
        initdb = [*prefix, str(binaries[0] / "initdb"), "-D", str(work / "data"), "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={work} -c fsync=off -c max_connections=60"
        control = [*prefix, str(binaries[0] / "pg_ctl"), "-D", str(work / "data"), "-w", "-l", str(work / "log")]
        subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        try:
            yield Cluster(port, user)
        finally:
            subprocess.run(
                [*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
            )
    finally:
        shutil.rmtree(work, ignore_errors=True)
