"""Every variable: its name, its default, one sentence; read from the environment and `.env`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conversations.segments import count, is_gsm7

PREFIX = "ALLERVERS_"
SMS_NAME_LETTERS = 15
_OURS = ("fr", "en")
_LOCALES = Path(__file__).resolve().parents[1] / "locales"


class SettingTrouble(Exception):
    """A value can't be used. The message names the variable and what to write; it shows no secret."""


@dataclass(frozen=True)
class Variable:
    """One setting, as the README's table and `.env.example` show it."""

    name: str
    default: str
    sentence: str
    secret: bool = False


VARIABLES = (
    Variable("DATABASE_URL", "sqlite:///var/aller-vers.db", "SQLite for one process, `postgresql://…` (psycopg 3) for more.", secret=True),
    Variable("KEY_FILE", "var/key.json", "The key that seals addresses and texts; keep a copy elsewhere."),
    Variable("PUBLIC_URL", "http://127.0.0.1:8080", "Where people and providers reach the public pages."),
    Variable("HOST", "127.0.0.1", "The address that the service listens on."),
    Variable("PORT", "8080", "Its port."),
    Variable("DESK_HOST", "", "A second address for the desk and the API alone; the first one's when empty."),
    Variable("DESK_PORT", "", "Its port; empty: desk and API are on the first port."),
    Variable("TIMEZONE", "Europe/Paris", "The city's own time."),
    Variable(
        "TERRITORY",
        "FR",
        "Whose numbers and public holidays: FR, 57, 67, 68 (Moselle, Alsace), GP, MQ, GF, RE, YT, BL, MF, PM, NC, PF or WF.",
    ),
    Variable("LANGUAGES", "fr,en", "The languages offered, the city's own first."),
    Variable("CITY", "", "The city's name, as it signs its messages."),
    Variable("CITY_SMS", "", "The same for SMS: at most 15 letters, all in GSM-7; the city's name when that fits."),
    Variable("CONTROLLER", "", "Who answers for personal data (GDPR); nothing opens without it."),
    Variable("DPO", "", "The data protection officer's address; nothing opens without it."),
    Variable("LEGAL_BASIS", "", "The act or mission that the processing rests on; nothing opens without it."),
    Variable("PHONE", "", "The number where a person answers."),
    Variable("SMS_NUMBER", "", "Our SMS number, as people dial it."),
    Variable("TELEGRAM_NAME", "", "The bot's name on Telegram, for links."),
    Variable("TELEGRAM_TOKEN", "", "The bot's token; empty: no Telegram.", secret=True),
    Variable("TELEGRAM_MODE", "polling", "`polling` needs no public address; `webhook` needs one with https."),
    Variable("TELEGRAM_API_URL", "https://api.telegram.org", "Where the Bot API answers."),
    Variable("TELEGRAM_SECRET", "", "What Telegram puts in the header of each webhook call.", secret=True),
    Variable("TELEGRAM_RATE", "30", "Messages a second that Telegram allows."),
    Variable("KANNEL_URL", "", "Kannel's smsbox, such as http://127.0.0.1:13013; empty: no SMS."),
    Variable("KANNEL_USERNAME", "", "The sendsms user."),
    Variable("KANNEL_PASSWORD", "", "Its password.", secret=True),
    Variable("KANNEL_SENDER", "", "The short code, number or name that SMS come from; never a 06 or 07."),
    Variable("KANNEL_SECRET", "", "What Kannel puts in the address of each call to us.", secret=True),
    Variable("KANNEL_RATE", "10", "SMS a second that the operator allows."),
    Variable("SMTP_URL", "", "The mail relay: `smtps://user:password@host/?from=dialogue@ville.fr`, or `smtp://`.", secret=True),
    Variable("OIDC_ISSUER", "", "The city's identity provider (OpenID Connect), as it calls itself; empty: passwords alone."),
    Variable("OIDC_CLIENT_ID", "", "Our name there; the address to register is PUBLIC_URL/desk/connexion/retour."),
    Variable("OIDC_CLIENT_SECRET", "", "Our secret there.", secret=True),
    Variable("PROXY_URL", "", "The proxy that calls to the outside go through.", secret=True),
    Variable("SIMULATOR", "off", "Phones in a page, for demonstrations and checks; never where citizens write."),
    Variable("CLOCK", "0", "An offset of the clock, such as `30d` or `-2h`; only with the simulator."),
    Variable("UNDO_SECONDS", "10", "How long a moderator may take a decision back."),
    Variable("METRICS_TOKEN", "", "Lets a monitor read /metrics from elsewhere than this machine.", secret=True),
    Variable("LOG", "info", "`debug`, `info`, `warning` or `error`."),
)


@dataclass(frozen=True)
class Settings:
    """One field a variable. Its `repr` shows no secret."""

    database_url: str = field(repr=False)
    key_file: Path
    public_url: str  # without a slash at its end
    host: str
    port: int
    desk_host: str
    desk_port: int | None
    timezone: ZoneInfo
    territory: str
    languages: tuple[str, ...]
    city: str
    city_sms: str
    controller: str
    dpo: str
    legal_basis: str
    phone: str
    sms_number: str
    telegram_name: str
    telegram_token: str = field(repr=False)
    telegram_mode: Literal["polling", "webhook"]
    telegram_api_url: str
    telegram_secret: str = field(repr=False)
    telegram_rate: float
    kannel_url: str
    kannel_username: str
    kannel_password: str = field(repr=False)
    kannel_sender: str
    kannel_secret: str = field(repr=False)
    kannel_rate: float
    smtp_url: str = field(repr=False)
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)
    proxy_url: str = field(repr=False)
    simulator: bool
    clock: timedelta
    undo_seconds: float
    metrics_token: str = field(repr=False)
    log: str

    @property
    def undo(self) -> timedelta:
        """How long a decision of the desk may be taken back."""
        return timedelta(seconds=self.undo_seconds)


def read(environ: Mapping[str, str], dotenv: Path | None = None) -> Settings:
    """The settings; the environment wins over the file. Raises SettingTrouble naming the variable and what to write."""
    given = read_file(dotenv) if dotenv is not None and dotenv.is_file() else {}
    given |= {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    values: dict[str, Any] = {}
    for variable in VARIABLES:
        text = given.get(PREFIX + variable.name, "").strip() or variable.default
        try:
            values[variable.name.lower()] = check(variable.name, text)
        except ValueError as trouble:
            shown = "" if variable.secret else f" {text!r}"
            raise SettingTrouble(f"{PREFIX}{variable.name}{shown}: {trouble}") from None
    settings = Settings(**values)
    _together(settings)
    return settings if settings.city_sms or not _fits_sms(settings.city) else Settings(**values | {"city_sms": settings.city})


def check(name: str, text: str) -> object:
    """What one variable, named without its prefix, would be. Raises ValueError with what to write."""
    return _READERS.get(name, _words)(text.strip() or _DEFAULTS[name])


def read_file(path: Path) -> dict[str, str]:
    """The values of a `.env`, by their whole names. Raises SettingTrouble for a line or a name that is none."""
    known = {PREFIX + variable.name for variable in VARIABLES}
    given: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SettingTrouble(f"{path} can't be read: it must be UTF-8 text that this user owns") from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = re.fullmatch(r"\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*", line)
        if found is None:
            raise SettingTrouble(f"{path}, line {number}: write NAME=value")
        name, value = found.groups()
        if name.startswith(PREFIX) and name not in known:
            close = get_close_matches(name, known, 1)
            raise SettingTrouble(f"{path}, line {number}: {name} is no setting" + (f"; did you mean {close[0]}?" if close else ""))
        given[name] = unquote(value)
    return given


def unquote(value: str) -> str:
    """A value of `.env`: within quotes, whole; else up to a ` #`."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        inner = value[1:-1]
        return re.sub(r"\\([\"\\$`])", r"\1", inner) if value[0] == '"' else inner
    return re.sub(r"\s#.*$", "", value)


def quote(value: str) -> str:
    """The same, the other way: what `.env` and systemd's EnvironmentFile both read."""
    return value if re.fullmatch(r"[\w./:@,+-]*", value, re.ASCII) else '"' + re.sub(r"([\"\\$`])", r"\\\1", value) + '"'


def _together(settings: Settings) -> None:
    if settings.clock and not settings.simulator:
        raise SettingTrouble(f"{PREFIX}CLOCK: only a demonstration moves its clock; remove it, or write {PREFIX}SIMULATOR=1")
    if settings.telegram_token and settings.telegram_mode == "webhook":
        if not settings.telegram_secret:
            raise SettingTrouble(f"{PREFIX}TELEGRAM_SECRET: a webhook needs one; write 32 letters or digits")
        if urlsplit(settings.public_url).scheme != "https" and settings.telegram_api_url == _DEFAULTS["TELEGRAM_API_URL"]:
            raise SettingTrouble(f"{PREFIX}PUBLIC_URL: a webhook needs an address with https://, or write {PREFIX}TELEGRAM_MODE=polling")
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        raise SettingTrouble(f"{PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET: the identity provider knows us by them; write both")
    if settings.kannel_url:
        for name in ("username", "password", "sender", "secret"):
            if not getattr(settings, f"kannel_{name}"):
                raise SettingTrouble(f"{PREFIX}KANNEL_{name.upper()}: Kannel needs it; write it, or empty {PREFIX}KANNEL_URL")


def _words(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("write it on one line, without control characters")
    return text


def _fits_sms(text: str) -> bool:
    return is_gsm7(text) and count(text).units <= SMS_NAME_LETTERS


def _sms_name(text: str) -> str:
    if text and not _fits_sms(text):
        culprits = " ".join(count(text).culprits)
        raise ValueError(f"write at most {SMS_NAME_LETTERS} letters" + (f", without {culprits}" if culprits else ""))
    return text


def _database(text: str) -> str:
    if not re.match(r"sqlite:///.|postgresql(\+psycopg)?://.", text):
        raise ValueError("write sqlite:///path/of/the/file.db or postgresql://user:password@host/name")
    return text


def _url(*schemes: str) -> Callable[[str], str]:
    def reader(text: str) -> str:
        if text and not _is_url(text, schemes):
            raise ValueError(f"write an address that begins with {' or '.join(scheme + '://' for scheme in schemes)}")
        return text.rstrip("/")

    return reader


def _issuer(text: str) -> str:
    """Whoever may change what a provider says may sign in as anybody: no plain http beyond this machine."""
    plain = _url("http", "https")(text)
    if plain.startswith("http:") and urlsplit(plain).hostname not in {"127.0.0.1", "localhost"}:
        raise ValueError("write an address that begins with https://")
    return plain


def _is_url(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # a port beyond the last, a broken IPv6 address
        return False
    return parts.scheme in schemes and bool(parts.hostname) and port != 0 and not re.search(r"\s", text)


_LAST_PORT = 65535


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _LAST_PORT:
        raise ValueError(f"write a number from 1 to {_LAST_PORT}")
    return int(text)


def _timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("write a zone such as Europe/Paris or Indian/Reunion") from None


def _languages(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not found or not all(re.fullmatch(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?", language) for language in found):
        raise ValueError("write codes with commas, the city's own first, such as fr,en")
    for language in found:
        _signed(language)
    return found


def _signed(language: str) -> None:
    """A language is offered once a named reader has signed its catalogue; French and English are the authors' own."""
    if language in _OURS:
        return
    path = _LOCALES / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        raise ValueError(f"there is no catalogue locales/{language}/LC_MESSAGES/messages.po; write {','.join(_OURS)}")
    if not re.search(r'^"X-Read-By: *[^ \\]', path.read_text(encoding="utf-8"), re.MULTILINE):
        raise ValueError(f"nobody has signed the catalogue of {language}: a named reader writes X-Read-By in its header first")


def _choice(*allowed: str) -> Callable[[str], str]:
    def reader(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"write {', '.join(allowed[:-1])} or {allowed[-1]}")
        return text

    return reader


def _switch(text: str) -> bool:
    if text.lower() not in {"1", "on", "yes", "true", "0", "off", "no", "false"}:
        raise ValueError("write on or off")
    return text.lower() in {"1", "on", "yes", "true"}


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0
    if not 0 < rate <= 10_000:  # noqa: PLR2004 - also refuses "nan"
        raise ValueError("write messages a second, such as 10 or 0.5")
    return rate


_LONGEST_UNDO = 3600


def _undo(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= _LONGEST_UNDO:
        raise ValueError(f"write seconds, from 0 to {_LONGEST_UNDO}")
    return seconds


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "": "seconds"}


def _offset(text: str) -> timedelta:
    found = re.fullmatch(r"([+-]?)(\d{1,9}(?:\.\d+)?)([smhd]?)", text)
    if found is None:
        raise ValueError("write an offset such as 30d, -2h or 90 (seconds)")
    much = timedelta(**{_UNITS[found[3]]: float(found[2])})
    return -much if found[1] == "-" else much


def _telegram_token(text: str) -> str:
    if text and not re.fullmatch(r"[\w:-]+", text, re.ASCII):
        raise ValueError("write the token that @BotFather gave, such as 123456:ABC…")
    return text


def _telegram_secret(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text):
        raise ValueError("write letters, digits, _ and - only, at most 256")
    return text


def _telegram_name(text: str) -> str:
    name = text.removeprefix("https://t.me/").removeprefix("@")
    if name and not re.fullmatch(r"\w{4,32}", name, re.ASCII):
        raise ValueError("write the bot's name, such as VilleDeNantesBot")
    return name


def _sender(text: str) -> str:
    """Arcep forbids 06 and 07 to automatic platforms (decision 18-0881); an alphanumeric sender has at most 11 letters."""
    plain = re.sub(r"[ .]", "", text)
    if re.match(r"(\+33|0033|0)[67]", plain):
        raise ValueError("a 06 or 07 may not send automatic SMS in France (Arcep); write a short code or a 09 37 to 09 39")
    if re.fullmatch(r"\+?\d{3,15}", plain):
        return plain
    if text and not (re.fullmatch(r"[A-Za-z0-9 ._-]{3,11}", text) and re.search(r"[A-Za-z]", text)):
        raise ValueError("write a short code, a number, or a name of 3 to 11 letters")
    return text


_TERRITORIES = ("FR", "57", "67", "68", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM", "NC", "PF", "WF")
_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}
_READERS: Mapping[str, Callable[[str], object]] = {
    "DATABASE_URL": _database,
    "KEY_FILE": Path,
    "PUBLIC_URL": _url("http", "https"),
    "PORT": _port,
    "DESK_PORT": lambda text: _port(text) if text else None,
    "TIMEZONE": _timezone,
    "TERRITORY": _choice(*_TERRITORIES),
    "LANGUAGES": _languages,
    "CITY_SMS": _sms_name,
    "TELEGRAM_NAME": _telegram_name,
    "TELEGRAM_TOKEN": _telegram_token,
    "TELEGRAM_MODE": _choice("polling", "webhook"),
    "TELEGRAM_API_URL": _url("http", "https"),
    "TELEGRAM_SECRET": _telegram_secret,
    "TELEGRAM_RATE": _rate,
    "KANNEL_URL": _url("http", "https"),
    "KANNEL_SENDER": _sender,
    "KANNEL_RATE": _rate,
    "SMTP_URL": _url("smtp", "smtps"),
    "OIDC_ISSUER": _issuer,
    "PROXY_URL": _url("http", "https"),
    "SIMULATOR": _switch,
    "CLOCK": _offset,
    "UNDO_SECONDS": _undo,
    "LOG": _choice("debug", "info", "warning", "error"),
}
