"""The command line as an operator meets it: one clear sentence, the right exit code, nothing lost by a slip."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from bot.app import make_house
from bot.cli import allervers, main
from bot.settings import PREFIX, read
from outreach import contacts, invented, processes, staff
from outreach.contributions import intake
from outreach.crypto import read_key_file
from outreach.db import Database
from outreach.tables import audit
from tests.conftest import Clock
from tests.contributing import open_process, person, submission

NUMBER = "+33639980001"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a migrated database and its key, as `allervers migrate` makes them."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    assert run("migrate").exit_code == 0
    return tmp_path


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(allervers, arguments, input=typed)


def office() -> Database:
    chosen = read(os.environ, None)
    return Database(chosen.database_url, make_house(chosen, read_key_file(chosen.key_file)))


def said(result: Result) -> str:
    """The one sentence of a command that failed: never a traceback."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.output.splitlines()
    return line


@pytest.mark.usefixtures("folder")
def test_a_token_is_printed_alone_and_a_name_is_taken_once() -> None:
    made = run("token", "create", "--role", "moderator", "--name", "checks")
    assert (made.exit_code, made.output.count("\n")) == (0, 1)
    with office().read() as session:
        holder = staff.token_holder(session, made.output.strip())
    assert holder is not None
    assert (holder.name, holder.role) == ("checks", "moderator")
    assert "exists already" in said(run("token", "create", "--role", "moderator", "--name", "checks"))


@pytest.mark.usefixtures("folder")
def test_an_account_is_made_by_a_link_or_with_a_password_and_never_by_halves() -> None:
    link = run("staff", "add", "lea@ville.example", "--role", "moderator")
    assert link.output.startswith("http://127.0.0.1:8080/desk/invitation/")
    assert "e-mail address" in said(run("staff", "add", "lea", "--role", "moderator"))
    assert "at least 12" in said(run("staff", "add", "max@ville.example", "--role", "admin", "--password-stdin", typed="court\n"))
    with office().read() as session:
        assert [one.email for one in staff.listing(session)] == ["lea@ville.example"]
    done = run("staff", "add", "max@ville.example", "--role", "admin", "--password-stdin", typed="une phrase assez longue\n")
    assert (done.exit_code, done.output) == (0, "max@ville.example may sign in\n")


@pytest.mark.usefixtures("folder")
def test_an_association_has_its_name_on_its_account() -> None:
    run("staff", "add", "relais@asso.example", "--role", "association", "--organisation", "  Le  Relais ")
    run("staff", "add", "relais@asso.example", "--role", "association")  # a new link leaves the name
    assert "at most 120" in said(run("staff", "add", "b@asso.example", "--role", "association", "--organisation", "a" * 121))
    with office().read() as session:
        assert [(one.email, one.organisation) for one in staff.listing(session)] == [("relais@asso.example", "Le Relais")]


def test_every_role_may_be_given() -> None:
    from bot.cli.people import ROLES

    assert list(ROLES) == list(staff.ROLES)


@pytest.mark.parametrize("typed", [NUMBER, "06 39 98 00 01", "0033639980001"])
@pytest.mark.parametrize("options", [(), ("--network", "sms")])
@pytest.mark.usefixtures("folder")
def test_who_asks_to_be_forgotten_is_however_the_number_is_written(typed: str, options: tuple[str, ...], clock: Clock) -> None:
    with office().write() as session:
        person(session, clock.now(), NUMBER)
    assert run("forget", *options, typed=f"{typed}\n").exit_code == 0
    with office().read() as session:
        assert contacts.find(session, "sms", NUMBER) is None
        assert set(session.execute(sa.select(audit.c.actor, audit.c.action))) == {
            ("command", "contact.forgotten"), ("command", "right.used"),
        }  # fmt: skip
    assert "nobody" in said(run("forget", *options, typed=f"{typed}\n"))


@pytest.mark.usefixtures("folder")
def test_a_chat_is_forgotten_too_and_nonsense_is_a_usage_error(clock: Clock) -> None:
    with office().write() as session:
        person(session, clock.now(), "910000001", "telegram")
    assert run("forget", typed="910000001\n").exit_code == 0
    for typed in ("\n", "Jean\n", "+33\n"):
        assert run("forget", typed=typed).exit_code == 2


def test_hours_of_an_imported_file_are_the_citys_own(folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}TIMEZONE", "Indian/Reunion")
    text = invented.market_square(clock.now().date())
    (folder / "process.yaml").write_text(text)
    done = run("import", "process.yaml")
    assert done.exit_code == 0, done.output
    with office().read() as session:
        view = processes.get(session, "place-du-marche")
        assert view is not None
        assert list(session.scalars(sa.select(audit.c.actor).distinct())) == ["command"]
    assert "T18:30" in text
    assert f"{view.document.workshops[0].starts_at.astimezone(UTC):%H:%M}" == "14:30"


def test_a_faulty_file_is_told_by_field_and_line(folder: Path) -> None:
    (folder / "process.yaml").write_text("slug: x\n")
    done = run("import", "process.yaml")
    assert done.exit_code == 1
    assert "process.yaml:1: title: " in done.output


def test_open_data_is_written_to_a_folder(folder: Path, clock: Clock) -> None:
    with office().write() as session:
        open_process(session, clock.now())
        intake.submit(session, [submission(person(session, clock.now()))], clock.now())
    assert run("export", "out").exit_code == 0
    assert (folder / "out" / "demarches" / "place-du-marche" / "contributions.csv").read_bytes().startswith(b"ref,process,")


def test_a_copy_is_made_and_comes_back(folder: Path, clock: Clock) -> None:
    with office().write() as session:
        person(session, clock.now(), NUMBER)
    assert run("backup", "copy").exit_code == 0
    assert "exists already" in said(run("backup", "copy"))
    assert run("forget", typed=NUMBER).exit_code == 0
    assert "1 erasures replayed" in run("restore", "copy").output
    with office().read() as session:
        assert contacts.find(session, "sms", NUMBER) is None
    (folder / "letter").write_text("Madame, Monsieur")
    assert "backup" in said(run("restore", "letter"))


@pytest.mark.usefixtures("folder")
def test_the_gateways_configuration_is_never_printed_without_its_secret() -> None:
    assert "ALLERVERS_KANNEL_URL" in said(run("kannel"))


@pytest.mark.usefixtures("folder")
def test_an_altered_line_is_found_with_its_place(clock: Clock) -> None:
    from outreach import notary

    run("staff", "add", "lea@ville.example", "--role", "moderator")
    with office().write() as session:
        notary.chain(session, clock.now())
    assert run("verify-log").output == "the chain of 1 lines is whole\n"
    with office().write() as session:
        session.execute(sa.update(audit).values(actor="clock"))
    assert said(run("verify-log")) == "allervers: the audit chain is broken at place 1: altered, reordered or inserted"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["verify-log", "migrate", "serve"])
def test_an_absent_database_is_one_sentence_without_its_password(
    command: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", "postgresql://av:geheim@127.0.0.1:1/city")
    monkeypatch.setattr("sys.argv", ["allervers", command])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capfd.readouterr().err
    assert (ended.value.code, told.count("\n")) == (1, 1)
    assert "can't be reached" in told
    assert "geheim" not in told


def test_the_demonstration_is_never_built_over_something_else(folder: Path) -> None:
    (folder / "photos").mkdir()
    (folder / "photos" / "summer.jpg").write_bytes(b"jpg")
    assert "choose another" in said(run("demo", "--once", "--folder", "photos"))
    assert (folder / "photos" / "summer.jpg").exists()


@pytest.mark.usefixtures("folder")
def test_a_role_is_given_for_the_projects_that_are_named() -> None:
    assert "there is no process nulle-part" in said(
        run("staff", "add", "lea@ville.example", "--role", "moderator", "--process", "nulle-part")
    )
    database = office()
    try:
        with database.write() as session:
            open_process(session, Clock(datetime(2027, 3, 15, tzinfo=UTC)).now())
            (view,) = processes.listing(session)
        run("staff", "add", "lea@ville.example", "--role", "moderator", "--role", "host", "--process", view.slug)
        secret = run("token", "create", "--role", "observer", "--name", "tableau", "--process", view.slug).output.strip()
        assert "whole city" in said(run("staff", "add", "max@ville.example", "--role", "dpo", "--process", view.slug))
        with database.read() as session:
            (lea,) = staff.listing(session)
            assert lea.grants == (staff.Grant("host", (view.slug,)), staff.Grant("moderator", (view.slug,)))
            holder = staff.token_holder(session, secret)
            assert holder is not None
            assert holder.within("statistics.read") == frozenset({view.slug})
            assert not holder.may("statistics.read", "autre")
    finally:
        database.close()
