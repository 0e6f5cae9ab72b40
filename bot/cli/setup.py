"""setup: ask what going live needs; write .env, the key file with its recovery sheet, the first account; show the unit."""

import contextlib
import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from bot.cli import fail, systemd
from bot.doctor import recovery
from bot.settings import PREFIX, VARIABLES, Settings, SettingTrouble, check, quote, read, read_file
from conversations.scripts import fold

OWNER_ONLY = 0o600
_SECRET = {variable.name for variable in VARIABLES if variable.secret}
_CITY = ("CITY", "CITY_SMS", "CONTROLLER", "DPO", "LEGAL_BASIS", "PHONE")
_SERVER = ("PUBLIC_URL", "HOST", "PORT", "TIMEZONE", "TERRITORY", "LANGUAGES", "DATABASE_URL", "SMTP_URL", "PROXY_URL")
_TELEGRAM = ("TELEGRAM_TOKEN", "TELEGRAM_NAME", "TELEGRAM_MODE")
_KANNEL = ("KANNEL_URL", "KANNEL_USERNAME", "KANNEL_PASSWORD", "KANNEL_SENDER", "KANNEL_RATE", "SMS_NUMBER")
_GENERATED = ("TELEGRAM_SECRET", "KANNEL_SECRET", "METRICS_TOKEN")


@click.command("setup")
@click.option("--folder", default=".", type=click.Path(file_okay=False, path_type=Path), help="Where .env stands and relative paths begin.")
@click.option("--yes", is_flag=True, help="Ask nothing: take --set, the environment and what .env holds.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A setting, without ALLERVERS_; may be repeated.")
@click.option("--admin", default="", metavar="EMAIL", help="The first administrator.")
@click.option("--replace", is_flag=True, help="Replace a .env that is there; the old one is kept as .env.old.")
@click.option(
    "--sheet", type=click.Path(dir_okay=False, path_type=Path), help="Write the recovery sheet there too, to print it; then delete it."
)
@click.option(
    "--copied", default="", metavar="GROUP", help="Confirm that the recovery sheet is kept elsewhere: the group that setup asks for."
)
@click.option("--recover", is_flag=True, help="Make the key file again from a recovery sheet typed on standard input.")
@click.option("--dry", is_flag=True, help="Show what would be written, and write nothing.")
def setup_command(folder: Path, given: tuple[str, ...], admin: str, sheet: Path | None, copied: str, **flags: bool) -> None:
    """Ask what going live needs; write .env, the key file and the first account."""
    sheet = sheet.absolute() if sheet else None
    try:
        answers = _answers(folder / ".env", given, yes=flags["yes"] or flags["recover"] or bool(copied))
        settings = _checked(answers, yes=flags["yes"])
    except SettingTrouble as trouble:
        fail(str(trouble))
    if flags["dry"]:
        click.echo(env_text(answers, hide=True) + "\n" + _unit(settings, folder.absolute()))
        return
    umask = os.umask(0o077)  # database and folders are the owner's too
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.chdir(folder):
            if flags["recover"]:
                _recover(settings)
            elif copied:
                _confirm(settings, copied)
            else:
                _write_env(Path(".env"), answers, yes=flags["yes"], replace=flags["replace"])
                _go_live(settings, admin, sheet, yes=flags["yes"])
    finally:
        os.umask(umask)


def _go_live(settings: Settings, admin: str, sheet: Path | None, *, yes: bool) -> None:
    _make_key(settings, sheet, yes=yes)
    _make_account(settings, admin, yes=yes)
    click.echo(
        f"\nThe service for systemd, to be written as root to /etc/systemd/system/aller-vers.service:\n\n{_unit(settings, Path.cwd())}"
    )
    if os.geteuid() == 0:
        click.echo(f"Its user: useradd --system --home-dir {Path.cwd()} {systemd.USER} && chown -R {systemd.USER}: {Path.cwd()}\n")
    if settings.kannel_url:
        click.echo("The SMS gateway's configuration: allervers kannel > kannel.conf\n")
    _examine(settings)


def env_text(values: Mapping[str, str], *, hide: bool = False) -> str:
    """A whole `.env`: each variable under its sentence, those that keep their default as comments."""
    lines = ["# Aller-vers: every setting. The environment wins over this file. Keep it readable by its owner alone."]
    for variable in VARIABLES:
        value = values.get(variable.name, "")
        shown = "(hidden)" if hide and variable.secret and value else quote(value)
        written = f"{PREFIX}{variable.name}={shown}" if value else f"# {PREFIX}{variable.name}={quote(variable.default)}"
        lines += ["", f"# {variable.sentence}", written]
    return "\n".join(lines) + "\n"


def _answers(env: Path, given: tuple[str, ...], *, yes: bool) -> dict[str, str]:
    known = {
        name.removeprefix(PREFIX): value for name, value in (read_file(env) if env.is_file() else {}).items() if name.startswith(PREFIX)
    }
    names = {variable.name for variable in VARIABLES}
    known |= {name: os.environ[PREFIX + name] for name in names if os.environ.get(PREFIX + name)}
    for one in given:
        name, _, value = one.removeprefix(PREFIX).partition("=")
        if name not in names:
            raise SettingTrouble(f"--set {name}: there is no such setting")
        known[name] = value
    if not yes:
        _ask_all(known)
    for name in _GENERATED:
        wanted = name == "METRICS_TOKEN" or known.get(name.replace("SECRET", "TOKEN" if name.startswith("TELEGRAM") else "URL"))
        if wanted and not known.get(name):
            known[name] = secrets.token_urlsafe(24)
    return {name: value for name, value in known.items() if value}


def _ask_all(known: dict[str, str]) -> None:
    click.echo("An empty answer keeps what stands in brackets. Nothing is written before the end.\n")
    for name in _CITY:
        _ask(known, name, propose=_proposals(known).get(name, ""))
    for name in _SERVER:
        _ask(known, name)
    if click.confirm("Telegram?", default=bool(known.get("TELEGRAM_TOKEN"))):
        click.echo("Write to @BotFather on Telegram: /newbot gives a name and a token.")
        for name in _TELEGRAM:
            _ask(known, name)
    if click.confirm("SMS through Kannel?", default=bool(known.get("KANNEL_URL"))):
        for name in _KANNEL:
            _ask(known, name, propose={"KANNEL_URL": "http://127.0.0.1:13013", "KANNEL_USERNAME": "allervers"}.get(name, ""))


def _proposals(known: Mapping[str, str]) -> dict[str, str]:
    city = known.get("CITY", "")
    return {"CITY_SMS": fold(city)[:15].strip(), "CONTROLLER": city}


def _ask(known: dict[str, str], name: str, propose: str = "") -> None:
    variable = next(variable for variable in VARIABLES if variable.name == name)
    current = known.get(name) or propose or variable.default

    def reader(text: str) -> str:
        try:
            check(name, text)
        except ValueError as trouble:
            raise click.UsageError(str(trouble)) from None
        return text.strip()

    secret = variable.secret and name != "DATABASE_URL"
    shown: Any = "kept" if secret and current else _without_password(current) if name == "DATABASE_URL" else current
    answer = click.prompt(
        f"{variable.sentence}\n{name}",
        default=current,
        show_default=shown if current else False,
        hide_input=secret,
        value_proc=reader,
        prompt_suffix=" > ",
    )
    known[name] = "" if answer == variable.default else answer


def _without_password(url: str) -> str:
    return re.sub(r"(?<=://)([^:/@]+):.*@", r"\1:…@", url)


def _checked(answers: dict[str, str], *, yes: bool) -> Settings:
    """The settings, or the variables asked again that do not go together."""
    while True:
        try:
            return read({PREFIX + name: value for name, value in answers.items()}, None)
        except SettingTrouble as trouble:
            name = str(trouble).removeprefix(PREFIX).split(":")[0].split(" ")[0]
            if yes or name not in {variable.name for variable in VARIABLES}:
                raise
            click.echo(str(trouble))
            _ask(answers, name)


def _write_env(env: Path, answers: Mapping[str, str], *, yes: bool, replace: bool) -> None:
    text = env_text(answers)
    if env.exists():
        if env.read_text(encoding="utf-8") == text:
            env.chmod(OWNER_ONLY)
            return
        if not replace and (yes or not click.confirm(f"{env} is there already. Replace it? The old one is kept as .env.old")):
            fail(f"{env.absolute()} was left as it is: say --replace to write it anew")
    new = env.with_name(".env.new")  # a full disk leaves the one that is there
    new.unlink(missing_ok=True)
    try:
        write_private(new, text)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    if env.exists():
        env.replace(env.with_name(".env.old"))
    new.replace(env)
    click.echo(f"written: {env.absolute()}, readable by you alone")


def write_private(path: Path, text: str) -> None:
    """A new file that its owner alone may read. Raises FileExistsError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8") as file:
        file.write(text)


def _make_key(settings: Settings, sheet: Path | None, *, yes: bool) -> None:
    """Migrate; on an empty database without a key, make one; show its sheet until somebody keeps it."""
    from outreach import db, keyhole
    from outreach.crypto import make_key_file, read_key_file

    database = db.Database(settings.database_url)
    try:
        db.migrate(database)
        with database.write() as session:
            if not settings.key_file.exists() and keyhole.fingerprint(session) is None and keyhole.is_empty(session):
                make_key_file(settings.key_file)
                click.echo(f"key file made: {settings.key_file.absolute()}")
            keys = read_key_file(settings.key_file)
            keyhole.prove(session, keys)
    finally:
        database.close()
    if sheet is not None:
        if sheet.exists():
            fail(f"{sheet} is there already: choose another name for the recovery sheet")
        write_private(sheet, recovery.sheet(settings.key_file, settings.city, keys.fingerprint))
        click.echo(f"recovery sheet: {sheet}. Print it, then delete it.")
    if recovery.is_copied(settings.key_file, keys.fingerprint):
        return
    if yes:
        number, _group = recovery.question(settings.key_file, keys.fingerprint)
        click.echo(f"Once the sheet is on paper, elsewhere: allervers setup --copied GROUP, the third group of its line {number}.")
        return
    click.echo("\n" + recovery.sheet(settings.key_file, settings.city, keys.fingerprint, dark=False))
    number, group = recovery.question(settings.key_file, keys.fingerprint)
    answer = click.prompt(
        f"Print or copy it. Then the third group of line {number} of your copy (empty: later)", default="", show_default=False
    )
    if answer.strip().upper() == group:
        _note_copy(settings, keys.fingerprint)
    else:
        click.echo("Not confirmed. `allervers doctor` reminds you; `allervers setup --copied GROUP` confirms it.")


def _confirm(settings: Settings, answer: str) -> None:
    from outreach.crypto import read_key_file

    keys = read_key_file(settings.key_file)
    number, group = recovery.question(settings.key_file, keys.fingerprint)
    if answer.strip().upper() != group:
        fail(f"this is not the third group of line {number} of the sheet")
    _note_copy(settings, keys.fingerprint)


def _note_copy(settings: Settings, fingerprint: str) -> None:
    recovery.copied(settings.key_file).write_text(fingerprint + "\n", encoding="utf-8")
    click.echo("Noted: a copy of the key is kept elsewhere.")


def _recover(settings: Settings) -> None:
    if settings.key_file.exists():
        fail(f"{settings.key_file.absolute()} is there already: a key is never overwritten; move it away first")
    click.echo("Type the lines of the recovery sheet, then Ctrl-D.", err=True)
    try:
        text = recovery.restore(sys.stdin.read()).decode()
    except recovery.SheetTrouble as trouble:
        fail(str(trouble))
    settings.key_file.parent.mkdir(parents=True, exist_ok=True)
    write_private(settings.key_file, text)
    click.echo(f"key file made again: {settings.key_file.absolute()}")


def _make_account(settings: Settings, admin: str, *, yes: bool) -> None:
    from bot import app
    from bot.clock import Clock
    from outreach import staff
    from outreach.crypto import read_key_file

    admin = admin or (
        "" if yes else click.prompt("E-mail address of the first administrator (empty: none now)", default="", show_default=False)
    )
    if not admin:
        return
    database = app.open_database(settings, read_key_file(settings.key_file))
    try:
        with database.write() as session:
            token = staff.add(session, Clock().now(), admin, ("admin",))
    except staff.StaffTrouble as trouble:
        fail(str(trouble))
    finally:
        database.close()
    click.echo(f"first account: {settings.public_url}/desk/invitation/{token} (works once, for three days)")


def _unit(settings: Settings, folder: Path) -> str:
    from bot import doctor

    database = doctor.sqlite_file(settings)
    writes = {(folder / path).parent for path in (settings.key_file, database) if path is not None}
    return systemd.unit(folder, sorted(writes), settings.city)


def _examine(settings: Settings) -> None:
    from bot import doctor

    for finding in doctor.examine(settings):
        click.echo(f"{finding.level:>8}  {finding.what}" + (f"\n          → {finding.mend}" if finding.mend else ""))
