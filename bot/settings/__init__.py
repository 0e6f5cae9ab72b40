"""Every variable: its name, its default, one sentence; read from the environment and `.env`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.settings.readers import READERS, fits_sms, words

PREFIX = "ALLERVERS_"


class SettingTrouble(Exception):
    """A value can't be used. The message names the variable and what to write; it shows no secret."""


@dataclass(frozen=True)
class Variable:
    """One setting, as the README's table and `.env.example` show it."""

    name: str
    default: str
    sentence: str
    secret: bool = False


def _(sentence: str) -> str:
    """Mark a sentence for the catalogues: the desk shows it in its reader's language, the terminal as it is."""
    return sentence


VARIABLES = (
    Variable(
        "DATABASE_URL", "sqlite:///var/aller-vers.db", _("SQLite for one process, `postgresql://…` (psycopg 3) for more."), secret=True
    ),
    Variable("KEY_FILE", "var/key.json", _("The key that seals addresses and texts; keep a copy elsewhere.")),
    Variable("PUBLIC_URL", "http://127.0.0.1:8080", _("Where people and providers reach the public pages.")),
    Variable("HOST", "127.0.0.1", _("The address that the service listens on.")),
    Variable("PORT", "8080", _("Its port.")),
    Variable("DESK_HOST", "", _("A second address for the desk and the API alone; the first one's when empty.")),
    Variable("DESK_PORT", "", _("Its port; empty: desk and API are on the first port.")),
    Variable("TIMEZONE", "Europe/Paris", _("The city's own time.")),
    Variable(
        "TERRITORY",
        "FR",
        _("Whose numbers and public holidays: FR, 57, 67, 68 (Moselle, Alsace), GP, MQ, GF, RE, YT, BL, MF, PM, NC, PF or WF."),
    ),
    Variable("LANGUAGES", "fr,en", _("The languages offered, the city's own first.")),
    Variable("CITY", "", _("The city's name, as it signs its messages.")),
    Variable("CITY_SMS", "", _("The same for SMS: at most 15 letters, all in GSM-7; the city's name when that fits.")),
    Variable("CONTROLLER", "", _("Who answers for personal data (GDPR); nothing opens without it.")),
    Variable("DPO", "", _("The data protection officer's address; nothing opens without it.")),
    Variable("LEGAL_BASIS", "", _("The act or mission that the processing rests on; nothing opens without it.")),
    Variable("PHONE", "", _("The number where a person answers.")),
    Variable("SMS_NUMBER", "", _("Our SMS number, as people dial it.")),
    Variable("TELEGRAM_NAME", "", _("The bot's name on Telegram, for links.")),
    Variable("TELEGRAM_TOKEN", "", _("The bot's token; empty: no Telegram."), secret=True),
    Variable("TELEGRAM_MODE", "polling", _("`polling` needs no public address; `webhook` needs one with https.")),
    Variable("TELEGRAM_API_URL", "https://api.telegram.org", _("Where the Bot API answers.")),
    Variable("TELEGRAM_SECRET", "", _("What Telegram puts in the header of each webhook call."), secret=True),
    Variable("TELEGRAM_RATE", "30", _("Messages a second that Telegram allows.")),
    Variable("KANNEL_URL", "", _("Kannel's smsbox, such as http://127.0.0.1:13013; empty: no SMS.")),
    Variable("KANNEL_USERNAME", "", _("The sendsms user.")),
    Variable("KANNEL_PASSWORD", "", _("Its password."), secret=True),
    Variable("KANNEL_SENDER", "", _("The short code, number or name that SMS come from; never a 06 or 07.")),
    Variable("KANNEL_SECRET", "", _("What Kannel puts in the address of each call to us."), secret=True),
    Variable("KANNEL_RATE", "10", _("SMS a second that the operator allows.")),
    Variable("SMS_PRICE", "0.07", _("Euros that a part of an SMS costs.")),
    Variable("SMS_BUDGET", "", _("Euros a month that campaigns by SMS may cost; empty: no limit.")),
    Variable("SMS_LINKS", "off", _("Whether the operator lets links through; a shared short code does not.")),
    Variable("SMS_ANSWER_HOURS", "0", _("For how many hours an answer finds its way to us; 0: always.")),
    Variable("POLLING_DAYS", "", _("Days of election, such as 2028-03-12,2028-03-19: reserve in the months before, silence on the eve.")),
    Variable("SMTP_URL", "", _("The mail relay: `smtps://user:password@host/?from=dialogue@ville.fr`, or `smtp://`."), secret=True),
    Variable("OIDC_ISSUER", "", _("The city's identity provider (OpenID Connect), as it calls itself; empty: passwords alone.")),
    Variable("OIDC_CLIENT_ID", "", _("Our name there; the address to register is PUBLIC_URL/desk/connexion/retour.")),
    Variable("OIDC_CLIENT_SECRET", "", _("Our secret there."), secret=True),
    Variable("PROXY_URL", "", _("The proxy that calls to the outside go through."), secret=True),
    Variable("SIMULATOR", "off", _("Phones in a page, for demonstrations and checks; never where citizens write.")),
    Variable("CLOCK", "0", _("An offset of the clock, such as `30d` or `-2h`; only with the simulator.")),
    Variable("UNDO_SECONDS", "10", _("How long a moderator may take a decision back.")),
    Variable("METRICS_TOKEN", "", _("Lets a monitor read /metrics from elsewhere than this machine."), secret=True),
    Variable("LOG", "info", _("`debug`, `info`, `warning` or `error`.")),
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
    sms_price: Decimal
    sms_budget: Decimal | None
    sms_links: bool
    sms_answer_hours: int
    polling_days: tuple[date, ...]
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
    def is_public(self) -> bool:
        """Whether others than this machine find the public pages where they are said to be."""
        return urlsplit(self.public_url).hostname not in {"127.0.0.1", "::1", "localhost"}

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
    if not given.get(PREFIX + "PUBLIC_URL", "").strip():
        values["public_url"] = f"http://127.0.0.1:{values['port']}"
    settings = Settings(**values)
    _together(settings)
    return settings if settings.city_sms or not fits_sms(settings.city) else Settings(**values | {"city_sms": settings.city})


def check(name: str, text: str) -> object:
    """What one variable, named without its prefix, would be. Raises ValueError with what to write."""
    return READERS.get(name, words)(text.strip() or _DEFAULTS[name])


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
        try:
            given[name] = unquote(value)
        except ValueError as trouble:
            raise SettingTrouble(f"{path}, line {number}: {name} {trouble}") from None
    return given


def unquote(value: str) -> str:
    """A value of `.env`: within quotes, whole; else up to a ` #`. Raises ValueError for a quote that is not closed."""
    if found := re.fullmatch(r"""(["'])(.*)\1(?:\s+#.*)?""", value):
        return re.sub(r"\\([\"\\$`])", r"\1", found[2]) if found[1] == '"' else found[2]
    if value[:1] in {'"', "'"}:
        raise ValueError(f"opens with {value[0]} and does not close with it")
    return re.sub(r"\s#.*$", "", value)


def quote(value: str) -> str:
    """The same, the other way: what `.env` and systemd's EnvironmentFile both read."""
    return value if re.fullmatch(r"[\w./:@,+-]*", value, re.ASCII) else '"' + re.sub(r"([\"\\$`])", r"\\\1", value) + '"'


def _together(settings: Settings) -> None:
    if settings.clock and not settings.simulator:
        raise SettingTrouble(f"{PREFIX}CLOCK: only a demonstration moves its clock; remove it, or write {PREFIX}SIMULATOR=1")
    if settings.desk_host and settings.desk_port is None:
        raise SettingTrouble(f"{PREFIX}DESK_PORT: the desk and the API go to {PREFIX}DESK_HOST on a port of their own; write one")
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


_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}
