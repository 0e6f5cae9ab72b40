"""An operator puts a platform in, asks it who we are, sees what is wrong; the whole service then carries what is published."""

import asyncio
import os
import time
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from aiohttp import ClientSession
from click.testing import CliRunner, Result

from bot import doctor
from bot.app import Service, make_house
from bot.cli import allervers
from bot.clock import Clock
from bot.settings import PREFIX, Settings, read
from outreach import relays
from outreach.contributions import withdrawal
from outreach.crypto import read_key_file
from outreach.db import Database
from outreach.tables import audit, contribution, relay, target
from tests.contributing import Desk
from tests.peers import free_ports
from tests.peers.adhocracy import MODULE, PASSWORD, USER, adhocracy_stand_in
from tests.peers.openstad import PROJECT, TOKEN, openstad_stand_in


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLERVERS_CITY", "Ville de Sorlac")
    monkeypatch.setenv("ALLERVERS_PORT", str(free_ports(1)[0]))
    assert run("migrate").exit_code == 0
    return tmp_path


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(allervers, arguments, input=typed)


def settings() -> Settings:
    return read(os.environ, None)


def office() -> Database:
    chosen = settings()
    return Database(chosen.database_url, make_house(chosen, read_key_file(chosen.key_file)))


def add_stad(url: str, token: str = TOKEN, name: str = "stad") -> Result:
    return run(
        "target", "add", name, "--kind", "openstad", "--url", url, "--option", f"project={PROJECT}", "--secret-stdin", typed=token
    )  # fmt: skip


@pytest.mark.usefixtures("folder")
async def test_a_platform_is_put_in_and_tells_whom_it_takes_us_for() -> None:
    async with openstad_stand_in() as stad:
        assert (await asyncio.to_thread(add_stad, stad.url)).exit_code == 0
        told = await asyncio.to_thread(run, "target", "check", "stad")
        assert (told.exit_code, told.output) == (0, "stad takes us for Aller-vers 17\n")
        assert (await asyncio.to_thread(add_stad, stad.url, "perime", "autre")).exit_code == 0
        wrong = await asyncio.to_thread(run, "target", "check", "autre")
        assert wrong.exit_code == 1
        assert "takes us for nobody" in wrong.output
        assert "perime" not in wrong.output
    listed = run("target", "list").output
    assert [line.split()[:3] for line in listed.splitlines()] == [["autre", "openstad", "active"], ["stad", "openstad", "active"]]
    assert TOKEN not in listed
    with office().read() as session:
        assert all(TOKEN.encode() not in sealed for sealed in session.scalars(sa.select(target.c.sealed)))
        actions = session.scalars(sa.select(audit.c.action).where(audit.c.action.startswith("target."))).all()
    assert actions == ["target.added"] * 2


@pytest.mark.usefixtures("folder")
def test_a_slip_is_one_clear_sentence() -> None:
    assert run("target", "add", "files", "--kind", "file-cap", "--option", "author=a@ville.example").exit_code == 0
    again = run("target", "add", "files", "--kind", "file-cap")
    assert (again.exit_code, again.output) == (1, "allervers: there is a platform files already\n")
    assert "carried over by hand" in run("target", "check", "files").output
    assert "there is no platform rien" in run("target", "check", "rien").output
    assert "there is no platform rien" in run("target", "pause", "rien").output
    assert run("target", "add", "x", "--kind", "excel").exit_code == 2
    assert run("target", "pause", "files").output == "files is paused\n"
    assert run("target", "resume", "files").output == "files is active\n"
    assert run("target", "remove", "files").output == "files is forgotten\n"
    assert run("target", "list").output == ""


@pytest.mark.usefixtures("folder")
async def test_the_service_carries_what_is_published_and_the_doctor_tells_what_is_late() -> None:
    database = office()
    clock = Clock()
    city = Desk(database, clock)  # type: ignore[arg-type]
    async with adhocracy_stand_in() as plus:
        options = {"user": USER, "password": PASSWORD, "module": MODULE, "category": "1"}
        with database.write() as session:
            relays.add(session, clock.now(), "assemblee", "adhocracy", url=plus.url, options=options, actor="command")
        ref = city.receive("Des bancs à l'ombre")
        city.decide(ref, "accept")
        async with Service(settings()).running() as service:
            end = time.monotonic() + 20
            while not plus.ideas or "confirmed" not in states(database):
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
            async with ClientSession() as http, http.get(f"http://127.0.0.1:{service.settings.port}/metrics") as answer:
                metrics = await answer.text()
        assert 'allervers_relayed_total{outcome="there",target="assemblee"} 1.0' in metrics
        assert [one["description"] for one in plus.ideas] == ["Des bancs à l'ombre"]
    with database.write() as session:
        rows = session.execute(sa.select(contribution).where(contribution.c.ref == ref)).all()
        withdrawal.erase(session, rows, clock.now(), "citizen")
        session.execute(sa.update(relay).values(since=clock.now() - timedelta(hours=73)))
        relays.troubled(session, session.scalars(sa.select(target.c.id)).one(), "answered 401")
    found = {one.what: one.level for one in await asyncio.to_thread(doctor.examine, settings())}
    assert found["1 texts that their authors took back still stand on other platforms after 72 hours"] == "critical"
    assert found["nothing is written to assemblee: answered 401"] == "warning"
    database.close()


def states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(sa.select(relay.c.state)))


def test_a_platform_never_shows_its_options() -> None:
    opened = relays.Opened(1, "stad", "openstad", "", "https://stad.example", {"token": "secret"})
    assert "secret" not in repr(opened)
    assert "secret" not in str([opened])
    assert msgspec.structs.asdict(opened)["options"] == {"token": "secret"}
