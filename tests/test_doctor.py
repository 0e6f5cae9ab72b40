import asyncio
import os
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from bot import doctor
from bot.cli import checks
from bot.cli.setup import setup_command
from bot.clock import Clock
from bot.doctor import Finding, examine, recovery
from bot.settings import PREFIX, Settings, read
from outreach.crypto import make_key_file, read_key_file
from outreach.db import Database
from outreach.tables import leaf
from tests.peers import free_ports
from tests.peers.postgres import Cluster
from tests.peers.telegram import TOKEN, telegram_peer

CITY = {
    "CITY": "Ville de Sorlac",
    "CONTROLLER": "Ville de Sorlac",
    "DPO": "dpo@sorlac.example",
    "LEGAL_BASIS": "mission",
    "PHONE": "03 53 01 00 00",
    "SIMULATOR": "on",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def settings(**more: str) -> Settings:
    return read({PREFIX + name: value for name, value in (CITY | more).items()})


def installed(**more: str) -> Settings:
    """A city that `setup` has made ready."""
    given = [word for name, value in (CITY | more).items() for word in ("--set", f"{name}={value}")]
    done = CliRunner().invoke(setup_command, ["--yes", *given])
    assert done.exit_code == 0, done.output
    return read({}, Path(".env"))


def confirm(given: Settings) -> None:
    recovery.copied(given.key_file).write_text(read_key_file(given.key_file).fingerprint)


def brief() -> tuple[int, str]:
    done = CliRunner().invoke(checks.doctor_command, ["--brief"])
    return done.exit_code, done.output


def said(found: list[Finding], words: str) -> Finding:
    (one,) = (finding for finding in found if words in finding.what)
    return one


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", metafunc.config.getoption("databases").split(","))


@pytest.fixture
def url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if engine == "sqlite":
        return f"sqlite:///{tmp_path}/var/office.db"
    running: Cluster = request.getfixturevalue("postgres")[0]
    return running.fresh()


def test_a_demonstration_that_was_set_up_is_well(url: str) -> None:
    found = examine(installed(DATABASE_URL=url))
    assert {finding.level for finding in found} == {"ok"}, found
    assert all(not finding.mend for finding in found)
    code, line = brief()
    assert (code, line) == (0, "OK - all is well\n")


def test_a_database_that_was_never_migrated_is_told_with_the_command(url: str) -> None:
    make_key_file(Path("var/key.json"))
    found = examine(settings(DATABASE_URL=url))
    assert found[0].level == "critical"
    assert "migrate" in found[0].mend
    assert not Path("var/office.db").exists()  # who looks makes nothing


def test_a_database_that_does_not_answer_is_told_without_its_password() -> None:
    make_key_file(Path("var/key.json"))
    (port,) = free_ports(1)
    found = examine(settings(DATABASE_URL=f"postgresql://city:hunter2@127.0.0.1:{port}/x?connect_timeout=2"))
    assert said(found, "can't be opened").level == "critical"
    assert "hunter2" not in repr(found)


def test_a_database_that_can_be_read_and_not_written_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = installed(DATABASE_URL=url)
    if url.startswith("sqlite"):
        monkeypatch.setattr("outreach.db._PRAGMAS", ("query_only=ON",))
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET default_transaction_read_only = on")
    one = said(examine(given), "can't be written")
    assert one.level == "critical"
    assert one.mend


def test_a_key_of_another_city_is_seen(url: str) -> None:
    given = installed(DATABASE_URL=url)
    given.key_file.unlink()
    assert said(examine(given), "is missing").level == "critical"
    make_key_file(given.key_file)
    assert said(examine(given), "another database's").level == "critical"


def test_the_doctor_is_red_until_a_copy_of_the_key_is_kept_elsewhere() -> None:
    given = installed(TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=f"http://127.0.0.1:{free_ports(1)[0]}", SIMULATOR="off")
    assert said(examine(given), "nobody has confirmed").level == "critical"
    confirm(given)
    assert not any("confirmed" in finding.what for finding in examine(given))
    recovery.copied(given.key_file).write_text("of another key")
    assert said(examine(given), "nobody has confirmed").level == "critical"


def test_files_that_others_can_read_are_seen() -> None:
    given = installed()
    Path(".env").chmod(0o644)
    given.key_file.chmod(0o640)
    found = [finding for finding in examine(given) if "can be read by others" in finding.what]
    assert [finding.level for finding in found] == ["critical", "critical"]
    assert brief()[0] == 2


@pytest.mark.parametrize(
    ("more", "words", "level"),
    [
        ({"CITY": "", "SIMULATOR": "off"}, "no city", "critical"),
        ({"CITY": ""}, "no city", "warning"),
        ({"CITY": "Ville de Besançon"}, "for SMS", "warning"),
        ({"DPO": ""}, "ALLERVERS_DPO", "warning"),
        ({"PHONE": ""}, "no number", "warning"),
        ({"SIMULATOR": "off"}, "no channel", "critical"),
        (
            {
                "KANNEL_URL": "http://127.0.0.1:9",
                "KANNEL_USERNAME": "u",
                "KANNEL_PASSWORD": "p",
                "KANNEL_SENDER": "38100",
                "KANNEL_SECRET": "s",
            },
            "as anybody",
            "critical",
        ),
        ({"PUBLIC_URL": "http://dialogue.sorlac.example", "SIMULATOR": "off"}, "without https", "warning"),
        ({"SIMULATOR": "off"}, "that nobody reaches", "warning"),
    ],
)
def test_what_is_missing_in_the_settings_is_said(more: dict[str, str], words: str, level: str) -> None:
    one = said(examine(settings(**more)), words)
    assert one.level == level
    assert one.mend


def test_one_warning_is_exit_1() -> None:
    installed(PHONE="")
    code, line = brief()
    assert code == 1
    assert line.startswith("WARNING - ")
    assert line.count("\n") == 1


def test_half_a_gateway_is_told_by_the_gateways_own_check() -> None:
    (port,) = free_ports(1)
    given = settings(
        KANNEL_URL=f"http://127.0.0.1:{port}", KANNEL_USERNAME="u", KANNEL_PASSWORD="hunter2", KANNEL_SENDER="38100", KANNEL_SECRET="s"
    )
    found = examine(given)
    assert said(found, "smsbox does not answer").level == "critical"
    assert not any("knows us" in finding.what for finding in found)
    assert "hunter2" not in repr(found)


def test_a_full_disk_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - shutil's own shape
    for free, level in ((doctor.DISK_CRITICAL - 1, "critical"), (doctor.DISK_WARNING - 1, "warning"), (doctor.DISK_WARNING, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: usage(10**12, 0, free))
        assert said(examine(settings()), "free in").level == level


@pytest.mark.parametrize(("seconds", "level"), [(0, "ok"), (4, "ok"), (-30, "warning"), (600, "critical")])
def test_a_clock_that_is_off_is_seen(seconds: int, level: str) -> None:
    now = datetime(2027, 3, 15, 10, 0, tzinfo=UTC)
    assert doctor.clock_finding(now, now + timedelta(seconds=seconds)).level == level


@pytest.mark.parametrize(("synchronised", "level"), [(True, "ok"), (False, "warning")])
def test_a_clock_that_nothing_keeps_right_is_seen_without_telegram(synchronised: bool, level: str) -> None:  # noqa: FBT001 - a value
    assert doctor.clock_kept(synchronised=synchronised).level == level


@pytest.mark.parametrize(("hook", "told"), [
    ({"url": "", "pending_update_count": 3}, ""),
    ({"url": "https://old.example/x", "pending_update_count": 0}, "to another address"),
    ({"url": "", "pending_update_count": 500}, "500 messages wait"),
    ({"url": "", "last_error_message": "Connection timed out"}, "could not deliver: Connection timed out"),
])  # fmt: skip
def test_what_telegram_tells_of_its_deliveries_is_told(hook: dict[str, Any], told: str) -> None:
    given = settings(TELEGRAM_TOKEN="1:x", TELEGRAM_MODE="webhook", TELEGRAM_SECRET="s" * 32, PUBLIC_URL="https://new.example")
    says = [finding.what for finding in doctor._delivery(given, hook)]
    assert [one for one in says if told in one] == says
    assert bool(says) == bool(told)


@pytest.mark.peer
async def test_telegram_is_asked_who_the_bot_is() -> None:
    async with telegram_peer() as peer:
        given = settings(TELEGRAM_TOKEN=peer.token, TELEGRAM_API_URL=peer.url)
        found = await asyncio.to_thread(examine, given)
        assert said(found, "answers, by polling").level == "ok"
        assert said(found, "the clock is right").level == "ok"
        assert "links lead elsewhere" in said(found, "the bot's name").what
        stranger = await asyncio.to_thread(examine, settings(TELEGRAM_TOKEN="1:another", TELEGRAM_API_URL=peer.url))
        assert said(stranger, "does not know this token").level == "critical"
        peer.fail("getMe", "500")
        assert said(await asyncio.to_thread(examine, given), "Telegram answers 500").level == "warning"
    gone = await asyncio.to_thread(examine, given)
    assert said(gone, "does not answer").level == "critical"
    assert peer.token not in repr(gone)


def test_a_machine_without_fonts_is_told_that_nothing_can_be_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from bot.print import fonts

    assert said(examine(settings()), "posters are set in").level == "ok"

    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(fonts, "import_module", absent)
    monkeypatch.setattr(fonts, "_DEBIAN", tmp_path)
    fonts.find.cache_clear()
    try:
        found = said(examine(settings()), "no font for posters")
    finally:
        fonts.find.cache_clear()
    assert found.level == "warning"
    assert "pip install pymupdf-fonts" in found.mend


def test_a_record_that_nobody_signs_is_noticed() -> None:
    given = installed()
    confirm(given)
    database = Database(given.database_url)
    with database.write() as session:
        at = Clock().now() - timedelta(minutes=6)
        session.execute(leaf.insert().values(id=1, kind="published", subject="s", commitment=b"", at=at))
    database.close()
    assert said(examine(given), "1 entries of the public record wait for their signature").level == "warning"
