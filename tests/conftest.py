"""One city, one clock, both databases."""

import logging
import os
import shutil
import zlib
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from conversations.facts import City
from outreach.crypto import new_keys
from outreach.db import Database
from outreach.house import House
from outreach.tables import metadata
from tests.peers import SHARED
from tests.peers.postgres import Cluster, Emptied, cluster

NANTES = City(
    name="Ville de Nantes",
    sms_name="Ville de Nantes",
    controller="Ville de Nantes",
    dpo="dpo@ville.example",
    legal_basis="délibération du 8 octobre 2021",
    phone="02 61 91 00 00",
    sms_number="09 37 00 00 00",
    telegram="VilleDeNantesBot",
    url="https://dialogue.ville.example",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases", default=os.environ.get("ALLERVERS_TEST_DATABASES", "sqlite,postgresql"), help="which databases the office meets"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", _engines(metafunc), scope="session")


def _engines(metafunc: pytest.Metafunc) -> list[str]:
    """The office meets both; of what looks at pages, each test meets one of them, and both meet half of the tests."""
    engines: list[str] = metafunc.config.getoption("databases").split(",")
    if metafunc.definition.get_closest_marker("one_engine"):
        return engines[:1]
    if hasattr(metafunc.module, "Town"):
        return [engines[zlib.crc32(metafunc.function.__name__.encode()) % len(engines)]]
    return engines


if not (SHARED / "data").is_dir():  # their tests read real contributions and updates, which are not ours to copy
    collect_ignore = ["proof/test_replay.py", "proof/test_data_whole.py"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI is set a skip is a failure: a missing peer must not pass for a green one."""
    del item, call
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
    return report


class Clock:
    """A clock that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **much: float) -> datetime:
        self.at += timedelta(**much)
        return self.at


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command configures the logs of its process; the next test has them as it expects."""
    root = logging.getLogger()
    handlers, level, configured = list(root.handlers), root.level, structlog.get_config()
    silent = {name for name, known in root.manager.loggerDict.items() if isinstance(known, logging.Logger) and known.disabled}
    yield
    for name, known in root.manager.loggerDict.items():  # a configuration elsewhere disables all that it does not name
        if isinstance(known, logging.Logger):
            known.disabled = name in silent
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2027, 3, 15, 10, 0, tzinfo=UTC))  # a Monday, 11:00 in Nantes


@pytest.fixture
def house() -> House:
    from bot.languages import catalogues

    return House(keys=new_keys(), city=NANTES, languages=("fr", "en"), catalogues=catalogues(("fr", "en")))


@pytest.fixture(scope="session")
def postgres() -> Iterator[tuple[Cluster, str]]:
    with cluster() as running:
        template = running.fresh()
        database = Database(template)
        metadata.create_all(database.engine)
        database.close()
        yield running, template.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def emptied(postgres: tuple[Cluster, str]) -> Emptied:
    return Emptied(*postgres, [table.name for table in reversed(metadata.sorted_tables)])


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with every table."""
    path = tmp_path_factory.mktemp("blank") / "office.db"
    made = Database(f"sqlite:///{path}")
    metadata.create_all(made.engine)
    made.close()
    return path


@pytest.fixture
def database(engine_name: str, house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with every table, on each engine in turn."""
    if engine_name == "sqlite":
        shutil.copyfile(request.getfixturevalue("blank"), tmp_path / "office.db")
        made = Database(f"sqlite:///{tmp_path}/office.db", house)
        yield made
        made.close()
        return
    with request.getfixturevalue("emptied").one() as url:
        made = Database(url, house)
        yield made
        made.close()
