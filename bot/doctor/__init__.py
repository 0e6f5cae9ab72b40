"""What is missing or wrong, in words, and how to mend it: settings, key, database, channels, clock, disk."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from bot.settings import Settings

if TYPE_CHECKING:
    from outreach.crypto import Keys
    from outreach.db import Database

Level = Literal["ok", "warning", "critical"]

SKEW_WARNING, SKEW_CRITICAL = timedelta(seconds=5), timedelta(minutes=2)
DISK_WARNING, DISK_CRITICAL = 2 * 1024**3, 256 * 1024**2  # bytes free
ANSWER_SECONDS = 5.0
SIGNED_WITHIN = timedelta(minutes=5)  # it takes a second
MANY_WAIT = 100  # messages that wait at Telegram: more is no moment of traffic
_OTHERS = 0o077
_OK, _UNAUTHORISED, _NOT_FOUND = 200, 401, 404


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` is empty when all is well."""

    level: Level
    what: str
    mend: str = ""


def examine(settings: Settings, env: Path = Path(".env")) -> list[Finding]:
    """Look at everything, the worst first. No secret and no address stands in a finding."""
    found = [*_settings(settings), *_files(settings, env), *_disk(settings), *_print(), *asyncio.run(_channels(settings))]
    keys, told = _key(settings)
    found += [*told, *_database(settings, keys)]
    return sorted(found, key=lambda finding: ("critical", "warning", "ok").index(finding.level))


def is_demonstration(settings: Settings) -> bool:
    """Phones in a page and no real channel: nobody's city."""
    return settings.simulator and not settings.telegram_token and not settings.kannel_url


def _settings(settings: Settings) -> Iterator[Finding]:
    worst: Level = "warning" if is_demonstration(settings) else "critical"
    if not settings.city:
        yield Finding(worst, "no city signs the messages", "write ALLERVERS_CITY")
    elif not settings.city_sms:
        yield Finding(worst, f"{settings.city!r} is too long or too dear for SMS", "write ALLERVERS_CITY_SMS: 15 letters of GSM-7 at most")
    missing = [name for name in ("controller", "dpo", "legal_basis") if not getattr(settings, name)]
    if missing:
        names = ", ".join(f"ALLERVERS_{name.upper()}" for name in missing)
        yield Finding("warning", f"no process can open without {names}", f"write {names}")
    if not settings.phone:
        yield Finding("warning", "messages name no number where a person answers", "write ALLERVERS_PHONE")
    if not (settings.telegram_token or settings.kannel_url or settings.simulator):
        yield Finding("critical", "no channel: nobody can write", "write ALLERVERS_TELEGRAM_TOKEN or ALLERVERS_KANNEL_URL")
    if settings.simulator and not is_demonstration(settings):
        yield Finding("critical", "the simulator lets anybody write as anybody, beside real citizens", "remove ALLERVERS_SIMULATOR")
    url = urlsplit(settings.public_url)
    if not settings.is_public and not is_demonstration(settings):
        what = "the public pages are said to be on this machine: posters, invitations and the record name an address that nobody reaches"
        yield Finding("warning", what, "write ALLERVERS_PUBLIC_URL")
    elif url.scheme == "http" and not is_demonstration(settings):
        yield Finding("warning", "the public pages are served without https", "put nginx with a certificate before the service")
    if not missing and settings.city:
        yield Finding("ok", f"settings: {settings.city}, {', '.join(settings.languages)}, {settings.timezone}")


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


def _print() -> Iterator[Finding]:
    from bot.print import fonts

    try:
        yield Finding("ok", f"posters are set in {fonts.find().name}")
    except fonts.NoFont as trouble:
        what, _colon, mend = str(trouble).partition(": ")
        yield Finding("warning", what, mend)


def _files(settings: Settings, env: Path) -> Iterator[Finding]:
    for path in (env, settings.key_file):
        if path.is_file() and path.stat().st_mode & _OTHERS:
            yield Finding("critical", f"{path} can be read by others", f"chmod 600 {path}")


def _key(settings: Settings) -> "tuple[Keys | None, list[Finding]]":
    from bot.doctor import recovery
    from outreach.crypto import KeyTrouble, read_key_file

    try:
        keys = read_key_file(settings.key_file)
    except KeyTrouble as trouble:
        return None, [Finding("critical", str(trouble).partition(":")[0], str(trouble).partition(":")[2].strip())]
    if is_demonstration(settings) or recovery.is_copied(settings.key_file, keys.fingerprint):
        return keys, []
    number, _group = recovery.question(settings.key_file, keys.fingerprint)
    mend = f"print the sheet (allervers setup --sheet FILE), then: allervers setup --copied GROUP, the third group of its line {number}"
    return keys, [Finding("critical", "nobody has confirmed that a copy of the key is kept elsewhere", mend)]


def _database(settings: Settings, keys: "Keys | None") -> Iterator[Finding]:
    from outreach import db, keyhole

    path = sqlite_file(settings)
    if path is not None and not path.is_file():
        yield Finding("critical", f"there is no database {path}", "run `allervers migrate`")
        return
    database = db.Database(settings.database_url)
    try:
        if not db.is_current(database):
            yield Finding("critical", "the database is not up to date", "run `allervers migrate`")
            return
        if trouble := _unwritable(database, path):
            yield trouble
        with database.read() as session:
            known = keyhole.fingerprint(session)
            to_do = list(_to_do(session, settings))
    except db.NewerDatabase as newer:
        what, _colon, mend = str(newer).partition(": ")
        yield Finding("critical", what, mend)
        return
    except Exception:  # noqa: BLE001 - whatever a driver raises: its text may hold a password
        yield Finding("critical", "the database can't be opened", "is it running, and are ALLERVERS_DATABASE_URL and its rights correct?")
        return
    finally:
        database.close()
    if keys is not None and known is not None and known != keys.fingerprint:
        yield Finding("critical", "the key file is another database's", "put the copy from your recovery sheet in its place")
    elif keys is not None:
        yield Finding("ok", f"database and key fit together, up to date ({'SQLite' if path else 'PostgreSQL'})")
    yield from to_do


def _to_do(session: Any, settings: Settings) -> Iterator[Finding]:  # noqa: ANN401 - a session of the office; the doctor knows no SQL
    """What waits for a person of the team or for a process that does not run."""
    from bot.clock import Clock
    from outreach import outbox, relays
    from outreach.record import log

    now = Clock(settings.clock).now()
    if unclear := len(outbox.listing(session, "unknown")):
        yield Finding("warning", f"{unclear} messages left and nobody knows whether they arrived", "see the list on the desk")
    copies = relays.waiting(session, now)
    if copies.late:
        what = f"{copies.late} texts that their authors took back still stand on other platforms after 72 hours"
        yield Finding("critical", what, "see /desk/versements?etat=late")
    if copies.people:
        yield Finding("warning", f"{copies.people} copies wait for a person", "see /desk/versements")
    for one in relays.known(session):
        if one.trouble and one.state == "active":
            yield Finding("warning", f"nothing is written to {one.name}: {one.trouble}", f"then: allervers target check {one.name}")
    if unsigned := log.waiting(session, now - SIGNED_WITHIN):
        mend = "is `allervers serve` running, and what does its log say? then: allervers verify-log"
        yield Finding("warning", f"{unsigned} entries of the public record wait for their signature", mend)


def _unwritable(database: "Database", path: Path | None) -> Finding | None:
    """What is tried is thrown away. A file of SQLite and its two companions belong to who runs the service."""
    from outreach import leases, trouble

    try:
        with database.read() as session:
            leases.hold(session, "doctor", "doctor", 0)
    except Exception as error:
        if trouble.kind(error) != "down":
            raise
        mend = f"give {path}, {path}-wal and {path}-shm to the user of the service (chown)" if path else "may its user write its tables?"
        return Finding("critical", "the database can't be written: no message can be taken", mend)
    return None


def sqlite_file(settings: Settings) -> Path | None:
    """The file of an SQLite database, None for PostgreSQL."""
    return Path(settings.database_url.removeprefix("sqlite:///")) if settings.database_url.startswith("sqlite") else None


def _disk(settings: Settings) -> Iterator[Finding]:
    place = (sqlite_file(settings) or settings.key_file).absolute().parent
    place = next((folder for folder in (place, *place.parents) if folder.is_dir()), Path("/"))
    free = shutil.disk_usage(place).free
    said = f"{free / 1024**3:.1f} GiB are free in {place}"
    if free < DISK_WARNING:
        yield Finding("critical" if free < DISK_CRITICAL else "warning", said, "make room: a full disk refuses messages")
    else:
        yield Finding("ok", said)


async def _channels(settings: Settings) -> list[Finding]:
    from bot.channels import kannel_conf

    found: list[Finding] = []
    if settings.telegram_token:
        found += await _telegram(settings)
    else:
        found += await asyncio.to_thread(lambda: list(_kept_time()))
    if settings.oidc_issuer:
        found.append(await _provider(settings))
    if settings.smtp_url:
        found.append(await _relay(settings))
    if settings.kannel_url:
        troubles = await asyncio.to_thread(kannel_conf.check, settings)
        found += [Finding(trouble.level, f"SMS: {trouble.what}", trouble.mend) for trouble in troubles]
        if not any(trouble.level == "critical" for trouble in troubles):
            found.append(Finding("ok", "SMS: the gateway knows us"))
    return found


async def _provider(settings: Settings) -> Finding:
    from bot.clock import Clock
    from bot.desk.provider import Provider, ProviderTrouble

    provider = Provider(settings)
    try:
        await provider.away(provider.begin(Clock().now(), ""))
    except ProviderTrouble as trouble:
        return Finding("warning", f"the city's accounts: {trouble}", "look at ALLERVERS_OIDC_ISSUER; passwords work meanwhile")
    return Finding("ok", "the city's accounts: the provider answers")


async def _relay(settings: Settings) -> Finding:
    from bot.postman import greet

    trouble = await greet(settings, ANSWER_SECONDS)
    if trouble:
        return Finding("warning", f"e-mail: the relay can't be used ({trouble})", "look at ALLERVERS_SMTP_URL; e-mail waits for two days")
    return Finding("ok", "e-mail: the relay takes us")


async def _telegram(settings: Settings) -> list[Finding]:
    import aiohttp

    base = f"{settings.telegram_api_url}/bot{settings.telegram_token}"
    proxy = settings.proxy_url if settings.proxy_url and not _is_here(settings.telegram_api_url) else None
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session,
            session.get(f"{base}/getMe", proxy=proxy) as answer,
        ):
            status, date = answer.status, answer.headers.get("Date", "")
            body: Any = await answer.json(content_type=None) if status == _OK else {}
            async with session.get(f"{base}/getWebhookInfo", proxy=proxy) as told:
                hook: Any = await told.json(content_type=None) if told.status == _OK else {}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        mend = "is the way out open, and ALLERVERS_PROXY_URL right?" if proxy else "is the way out open? A proxy: ALLERVERS_PROXY_URL"
        return [Finding("critical", "Telegram does not answer", mend)]
    if status in {_UNAUTHORISED, _NOT_FOUND}:
        return [Finding("critical", "Telegram does not know this token", "write the one that @BotFather gave as ALLERVERS_TELEGRAM_TOKEN")]
    if status != _OK:
        return [Finding("warning", f"Telegram answers {status}", "try again in a while")]
    name = str(body.get("result", {}).get("username", "")) if isinstance(body, dict) else ""
    return [*_named(settings, name), *_delivery(settings, hook.get("result", {}) if isinstance(hook, dict) else {}), *_skew(date)]


def _delivery(settings: Settings, hook: dict[str, Any]) -> Iterator[Finding]:
    """What Telegram tells of the way it brings messages: where to, how many wait, what went wrong last."""
    waiting, wrong, url = hook.get("pending_update_count", 0), str(hook.get("last_error_message", "")), str(hook.get("url", ""))
    if settings.telegram_mode == "webhook" and url and not url.startswith(settings.public_url):
        yield Finding("critical", "Telegram brings its messages to another address", "start the service: it tells Telegram its own")
    if wrong:
        yield Finding("warning", f"Telegram could not deliver: {wrong}", "is ALLERVERS_PUBLIC_URL reachable from outside, by https?")
    if isinstance(waiting, int) and waiting > MANY_WAIT:
        yield Finding("warning", f"{waiting} messages wait at Telegram", "is the service running?")


def _named(settings: Settings, name: str) -> Iterator[Finding]:
    yield Finding("ok", f"Telegram: @{name} answers, by {settings.telegram_mode}")
    if name and settings.telegram_name.casefold() != name.casefold():
        yield Finding("warning", f"the bot's name is {name}: links lead elsewhere", f"write ALLERVERS_TELEGRAM_NAME={name}")


def _skew(date: str) -> Iterator[Finding]:
    """How far this machine's clock is from a server's `Date`, which counts whole seconds."""
    from bot.clock import Clock

    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return
    yield clock_finding(Clock().now(), there)


def _kept_time() -> Iterator[Finding]:
    """Without Telegram no server tells the hour: whether this machine's own clock is kept right (systemd)."""
    command = shutil.which("timedatectl")
    if command is None:
        return
    done = subprocess.run(  # noqa: S603 - a fixed command of this machine
        [command, "show", "--property=NTPSynchronized", "--value"], capture_output=True, text=True, check=False, timeout=ANSWER_SECONDS
    )
    if done.returncode == 0 and done.stdout.strip() in {"yes", "no"}:
        yield clock_kept(synchronised=done.stdout.strip() == "yes")


def clock_kept(*, synchronised: bool) -> Finding:
    """What systemd says of the clock."""
    if synchronised:
        return Finding("ok", "the clock is kept right")
    return Finding("warning", "nothing keeps this machine's clock right", "run an NTP service: apt-get install systemd-timesyncd")


def clock_finding(here: datetime, there: datetime) -> Finding:
    """What two clocks say together."""
    skew = abs(here - there)
    if skew >= SKEW_WARNING:
        level: Level = "critical" if skew >= SKEW_CRITICAL else "warning"
        return Finding(
            level, f"this machine's clock is {skew.total_seconds():.0f} s off", "run an NTP service: apt-get install systemd-timesyncd"
        )
    return Finding("ok", "the clock is right")
