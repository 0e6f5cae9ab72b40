"""What a value of each variable may be, and what it becomes; each reader raises ValueError with what to write instead."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conversations.segments import count, is_gsm7

SMS_NAME_LETTERS = 15
_OURS = ("fr", "en")
_LOCALES = Path(__file__).resolve().parents[2] / "locales"


def words(text: str) -> str:
    """Any words, on one line."""
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("write it on one line, without control characters")
    return text


def fits_sms(text: str) -> bool:
    """Whether a name is short enough to open an SMS with, in its cheaper letters."""
    return is_gsm7(text) and count(text).units <= SMS_NAME_LETTERS


def _sms_name(text: str) -> str:
    if text and not fits_sms(text):
        culprits = " ".join(count(text).culprits)
        raise ValueError(f"write at most {SMS_NAME_LETTERS} letters" + (f", without {culprits}" if culprits else ""))
    return text


_DATABASE = "write sqlite:///path/of/the/file.db or postgresql://user:password@host:port/name; in a password, @ is %40 and / is %2F"


def _database(text: str) -> str:
    if not re.match(r"sqlite:///.|postgresql(\+psycopg)?://.", text):
        raise ValueError(_DATABASE)
    try:
        urlsplit(text).port  # noqa: B018 - read for what it raises
    except ValueError:
        raise ValueError(_DATABASE) from None
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


def _euros(text: str) -> Decimal:
    try:
        euros = Decimal(text.replace(",", ".").removesuffix("€").strip())
    except InvalidOperation:
        euros = Decimal(-1)
    if not 0 <= euros <= 10**7:
        raise ValueError("write euros, such as 0.07 or 150")
    return euros


_A_YEAR = 8784


def _hours(text: str) -> int:
    if not text.isdecimal() or int(text) > _A_YEAR:
        raise ValueError("write hours, such as 48; 0 means always")
    return int(text)


def _days(text: str) -> tuple[date, ...]:
    try:
        return tuple(sorted(date.fromisoformat(part.strip()) for part in text.split(",") if part.strip()))
    except ValueError:
        raise ValueError("write days with commas, such as 2028-03-12,2028-03-19") from None


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


READERS: Mapping[str, Callable[[str], object]] = {
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
    "SMS_PRICE": _euros,
    "SMS_BUDGET": lambda text: _euros(text) if text else None,
    "SMS_LINKS": _switch,
    "SMS_ANSWER_HOURS": _hours,
    "POLLING_DAYS": _days,
    "OIDC_ISSUER": _issuer,
    "SMTP_URL": _url("smtp", "smtps"),
    "PROXY_URL": _url("http", "https"),
    "SIMULATOR": _switch,
    "CLOCK": _offset,
    "UNDO_SECONDS": _undo,
    "LOG": _choice("debug", "info", "warning", "error"),
}
"""By the variable's name; one that is not here takes any words."""
