import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.cli import systemd
from bot.cli.setup import env_text, setup_command
from bot.doctor import recovery
from bot.settings import PREFIX, VARIABLES, read
from outreach import db, keyhole, staff
from outreach.crypto import KEY_BYTES, KeyTrouble, make_key_file, read_key_file
from tests.peers import ROOT, missing
from tests.peers.postgres import Cluster

CITY = (
    "--set",
    "CITY=Ville de Sorlac",
    "--set",
    "CONTROLLER=Ville de Sorlac",
    "--set",
    "DPO=dpo@sorlac.example",
    "--set",
    "LEGAL_BASIS=mission",
)
ADMIN = "first@sorlac.example"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def setup(folder: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(setup_command, ["--folder", str(folder), *arguments], input=typed)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def line_and_group(folder: Path) -> tuple[int, str]:
    key = folder / "var" / "key.json"
    return recovery.question(key, read_key_file(key).fingerprint)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", metafunc.config.getoption("databases").split(","))


@pytest.fixture
def url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if engine == "sqlite":
        return f"sqlite:///{tmp_path}/var/office.db"
    running: Cluster = request.getfixturevalue("postgres")[0]
    return running.fresh()


def test_everything_that_going_live_needs_is_made_at_once(tmp_path: Path, url: str) -> None:
    before = os.umask(0o022)
    try:
        done = setup(
            tmp_path,
            "--yes",
            *CITY,
            "--set",
            f"DATABASE_URL={url}",
            "--set",
            "TELEGRAM_TOKEN=1:hunter2",
            "--set",
            "TELEGRAM_API_URL=http://127.0.0.1:9",
        )
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert done.exit_code == 0, done.output
    assert "hunter2" not in done.output
    assert mode(tmp_path / ".env") == mode(tmp_path / "var" / "key.json") == 0o600
    settings = read({}, tmp_path / ".env")
    assert settings.telegram_token == "1:hunter2"
    assert len(settings.telegram_secret) >= 32
    assert settings.kannel_secret == ""
    assert len(settings.metrics_token) >= 32
    assert settings.city_sms == "Ville de Sorlac"
    database = db.Database(settings.database_url)
    assert db.is_current(database)
    with database.read() as session:
        assert keyhole.fingerprint(session) == read_key_file(tmp_path / "var" / "key.json").fingerprint
    database.close()
    assert "[Service]" in done.output
    assert "Telegram does not answer" in done.output  # the doctor had a look


def test_the_first_account_gets_a_link_that_works_once(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = setup(tmp_path, "--yes", *CITY, "--set", f"DATABASE_URL={url}", "--admin", ADMIN)
    assert done.exit_code == 0, done.output
    token = done.output.split("/desk/invitation/")[1].split()[0]
    monkeypatch.chdir(tmp_path)
    settings = read({}, tmp_path / ".env")
    database = app.open_database(settings, read_key_file(settings.key_file))
    with database.read() as session:
        (account,) = staff.listing(session)
        assert account.email == ADMIN
        assert account.roles == {"admin"}
        assert len(token) >= 22
    database.close()


def test_nothing_is_overwritten_in_silence(tmp_path: Path) -> None:
    assert setup(tmp_path, "--yes", *CITY).exit_code == 0
    env, key = (tmp_path / ".env").read_text(), (tmp_path / "var" / "key.json").read_bytes()
    again = setup(tmp_path, "--yes")
    assert again.exit_code == 0, again.output
    changed = setup(tmp_path, "--yes", "--set", "CITY=Ville de Rocvert")
    assert changed.exit_code == 1
    assert "--replace" in changed.output
    assert (tmp_path / ".env").read_text() == env
    replaced = setup(tmp_path, "--yes", "--replace", "--set", "CITY=Ville de Rocvert")
    assert replaced.exit_code == 0, replaced.output
    assert (tmp_path / ".env.old").read_text() == env
    assert mode(tmp_path / ".env.old") == 0o600
    assert read({}, tmp_path / ".env").city == "Ville de Rocvert"
    assert read({}, tmp_path / ".env").dpo == "dpo@sorlac.example"
    assert (tmp_path / "var" / "key.json").read_bytes() == key


def test_a_key_is_made_on_an_empty_database_only(tmp_path: Path) -> None:
    assert setup(tmp_path, "--yes", *CITY, "--admin", ADMIN).exit_code == 0
    key = tmp_path / "var" / "key.json"
    key.rename(tmp_path / "elsewhere")
    lost = setup(tmp_path, "--yes")
    assert isinstance(lost.exception, KeyTrouble)
    assert "recovery sheet" in str(lost.exception)
    assert not key.exists()
    make_key_file(key)
    other = setup(tmp_path, "--yes")
    assert isinstance(other.exception, KeyTrouble)
    assert "not the one of this database" in str(other.exception)


ANSWERS = [
    ("Ville de Besançon", "CITY"),
    ("Ville de Besançon", "CITY_SMS"),  # refused: ç, and too long
    ("", "CITY_SMS"),  # what was proposed
    ("", "CONTROLLER"),
    ("dpo@besancon.example", "DPO"),
    ("mission d'intérêt public", "LEGAL_BASIS"),
    ("03 53 01 00 00", "PHONE"),
    ("https://dialogue.besancon.example", "PUBLIC_URL"),
    *[("", name) for name in ("HOST", "PORT", "TIMEZONE", "TERRITORY", "LANGUAGES", "DATABASE_URL", "SMTP_URL", "PROXY_URL")],
    ("y", "Telegram?"),
    ("123:hunter2", "TELEGRAM_TOKEN"),
    ("@BesanconBot", "TELEGRAM_NAME"),
    ("", "TELEGRAM_MODE"),
    ("n", "Kannel?"),
]


def test_questions_lead_to_the_same_and_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    done = setup(tmp_path, "--dry", typed="\n".join(answer for answer, _question in ANSWERS) + "\n")
    assert done.exit_code == 0, done.output
    assert "without ç" in done.output
    for _answer, question in ANSWERS:
        assert question in done.output
    assert 'ALLERVERS_CITY_SMS="Ville de Besanc"' in done.output
    assert 'ALLERVERS_CONTROLLER="Ville de Besançon"' in done.output
    assert "ALLERVERS_TELEGRAM_TOKEN=(hidden)" in done.output.replace('"', "")
    assert "hunter2" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_going_live_by_hand_shows_the_sheet_until_somebody_holds_it(tmp_path: Path) -> None:
    typed = "\n".join(answer for answer, _question in ANSWERS) + "\n"
    done = setup(tmp_path, "--set", "TELEGRAM_API_URL=http://127.0.0.1:9", typed=f"{typed}AAAA\n{ADMIN}\n")
    assert done.exit_code == 0, done.output
    assert "FICHE DE SECOURS" in done.output
    assert "Not confirmed" in done.output
    assert "/desk/invitation/" in done.output
    number, group = line_and_group(tmp_path)
    shown = next(line for line in done.output.splitlines() if line.startswith(f"{number:2}  "))
    assert shown.split()[3] == group
    assert setup(tmp_path, "--copied", "ZZZZ").exit_code == 1
    assert setup(tmp_path, "--copied", group.lower()).exit_code == 0
    key = tmp_path / "var" / "key.json"
    assert recovery.is_copied(key, read_key_file(key).fingerprint)
    assert "FICHE" not in setup(tmp_path, "--yes").output


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("CITYY=x", "no such setting"),
        ("CITY_SMS=Besançon", "ALLERVERS_CITY_SMS"),
        ("CLOCK=3d", "ALLERVERS_CLOCK"),
        ("KANNEL_URL=http://h", "ALLERVERS_KANNEL_USERNAME"),
    ],
)
def test_a_wrong_setting_ends_with_one_line_and_writes_nothing(tmp_path: Path, argument: str, said: str) -> None:
    done = setup(tmp_path, "--yes", "--set", argument)
    assert done.exit_code == 1
    assert said in done.output
    assert done.output.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_password_of_the_database_is_not_shown_when_asked_again(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ALLERVERS_DATABASE_URL=postgresql://aller:hunter2@127.0.0.1:1/ville\n", encoding="utf-8")
    done = setup(tmp_path, "--dry", typed="\n" * 40)
    assert "postgresql://aller:…@127.0.0.1:1/ville" in done.output
    assert "hunter2" not in done.output


def test_what_the_system_refuses_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "bot", "setup", "--yes", "--folder", str(tmp_path / "file" / "city")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"allervers: {tmp_path}/file/city: Not a directory\n"


def test_a_gateway_gets_a_secret_and_its_configuration_is_named(tmp_path: Path) -> None:
    gateway = {"KANNEL_URL": "http://127.0.0.1:9", "KANNEL_USERNAME": "u", "KANNEL_PASSWORD": "hunter2", "KANNEL_SENDER": "38100"}
    done = setup(tmp_path, "--yes", *CITY, *(word for name, value in gateway.items() for word in ("--set", f"{name}={value}")))
    assert done.exit_code == 0, done.output
    assert "allervers kannel" in done.output
    assert "hunter2" not in done.output
    assert len(read({}, tmp_path / ".env").kannel_secret) >= 32


def test_the_sheet_makes_the_key_again(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    assert setup(tmp_path / "one", "--yes", *CITY, "--sheet", str(sheet)).exit_code == 0
    assert mode(sheet) == 0o600
    assert setup(tmp_path / "one", "--yes", "--sheet", str(sheet)).exit_code == 1  # a sheet is not overwritten either
    key = tmp_path / "one" / "var" / "key.json"
    lines = "\n".join(line for line in sheet.read_text(encoding="utf-8").splitlines() if line[:2].strip().isdecimal())
    assert setup(tmp_path / "one", "--recover", typed=lines).exit_code == 1
    assert "never overwritten" in setup(tmp_path / "one", "--recover", typed=lines).output
    again = setup(tmp_path / "two", "--recover", typed=lines.lower())
    assert again.exit_code == 0, again.output
    made = tmp_path / "two" / "var" / "key.json"
    assert made.read_bytes() == key.read_bytes()
    assert mode(made) == 0o600


def test_a_slip_in_the_sheet_is_found_with_its_line(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    make_key_file(key)
    lines = recovery.lines(key)
    slipped = lines[2].replace(lines[2].split()[1], "7777" if lines[2].split()[1] != "7777" else "6666")
    with pytest.raises(recovery.SheetTrouble, match="line 3"):
        recovery.restore("\n".join([*lines[:2], slipped, *lines[3:]]))
    for broken in (lines[:-1], lines[::-1], [], ["bonjour"], ["é"]):
        with pytest.raises(recovery.SheetTrouble):
            recovery.restore("\n".join(broken))
    missed = setup(tmp_path / "lost", "--recover", typed="AAAA\n")
    assert missed.exit_code == 1
    assert not (tmp_path / "lost" / "var").exists()


@given(st.lists(st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), min_size=3, max_size=6))
def test_any_key_file_survives_paper(tmp_path_factory: pytest.TempPathFactory, found: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("key") / "key.json"
    seals = [{"id": number, "secret": secret} for number, secret in enumerate(found[2:], 1)]
    path.write_bytes(msgspec.json.encode({"seals": seals, "lookup": found[0], "suppression": found[1]}))
    for typed in ("\n".join(recovery.lines(path)), "".join(recovery.groups(path)), " ".join(recovery.groups(path)).lower()):
        assert msgspec.json.decode(recovery.restore(typed)) == msgspec.json.decode(path.read_bytes())


def test_the_code_on_paper_and_on_a_dark_screen_are_each_others_negative(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    make_key_file(key)
    paper, screen = recovery.drawn(key, dark=True), recovery.drawn(key, dark=False)
    assert paper.translate(str.maketrans("█▀▄ ", " ▄▀█")) == screen
    assert set(paper.splitlines()[0]) == {" "}  # the quiet edge stays white


def test_the_unit_is_what_systemd_reads(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze is missing: sudo apt-get install systemd")
    folder = tmp_path / "a folder" / "100%"
    folder.mkdir(parents=True)
    path = tmp_path / "aller-vers.service"
    path.write_text(systemd.unit(folder, [folder / "var"], "Ville de Sorlac"), encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", str(path)], check=False, capture_output=True, text=True, timeout=60)
    told = [line for line in checked.stderr.splitlines() if path.name in line and "not executable" not in line]
    assert told == []
    assert checked.returncode == 0, checked.stderr


def test_the_example_names_every_setting() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert text == env_text({})
    assert all(f"# {PREFIX}{variable.name}=" in text for variable in VARIABLES)
    assert not any(line.startswith(PREFIX) for line in text.splitlines())
