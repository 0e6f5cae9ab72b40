"""How dates, references, places and processes are put into a sentence, on each network."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from conversations.facts import Process
from conversations.segments import is_gsm7
from conversations.talk import Talk
from conversations.text import Text, Value, _, verbatim

_MONTHS: Final = (
    _("{day} January"),
    _("{day} February"),
    _("{day} March"),
    _("{day} April"),
    _("{day} May"),
    _("{day} June"),
    _("{day} July"),
    _("{day} August"),
    _("{day} September"),
    _("{day} October"),
    _("{day} November"),
    _("{day} December"),
)
_WEEKDAYS: Final = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
OWN_NAMES: Final = {
    "fr": "Français",
    "en": "English",
    "ar": "العربية",
    "tr": "Türkçe",
    "uk": "Українська",
    "ru": "Русский",
    "es": "Español",
    "pt": "Português",
    "ro": "Română",
    "br": "Brezhoneg",
    "fa": "فارسی",
    "so": "Soomaali",
}
NOTHING: Final = verbatim("")


def day(talk: Talk, when: date) -> Value:
    """`12/05` by SMS, where "août" would triple the price; "12 May" on Telegram, and in French "1er mai"."""
    if talk.sms:
        return when
    return Text(_MONTHS[when.month - 1].msgid, {"day": "1er" if when.day == 1 and talk.language == "fr" else when.day})


def moment(talk: Talk, when: datetime) -> Text:
    """A weekday, a day, an hour."""
    hour = _("{hour}:{minute}", hour=f"{when:%H}".lstrip("0") or "0", minute=f"{when:%M}")
    return _("{weekday} {day} {hour}", weekday=_WEEKDAYS[when.weekday()], day=day(talk, when.date()), hour=hour)


def number(ref: str) -> Text:
    """A reference as it is read: `4821 0736`."""
    return verbatim(f"{ref[:4]} {ref[4:]}")


def city(talk: Talk) -> Text:
    """Who speaks."""
    who = talk.facts.city
    return verbatim((who.sms_name or who.name) if talk.sms else who.name)


def named(talk: Talk, process: Process, *, first: bool = False) -> Text:
    """The process: its short name by SMS, its title on Telegram; `first`: it begins the sentence."""
    name = process.sms_name if talk.sms else said_in(talk, process.title)
    return verbatim(name[:1].upper() + name[1:] if first else name)


def asks(talk: Talk, process: Process) -> Text:
    """The question that is open now, as this network shows it."""
    if process.question is None:
        return NOTHING
    return verbatim(said_in(talk, process.question.sms_text if talk.sms else process.question.text))


def said_in(talk: Talk, words: Mapping[str, str]) -> str:
    """What staff wrote, in this person's language, else in French."""
    return words.get(talk.language) or words.get("fr") or next(iter(words.values()), "")


def own_name(talk: Talk, code: str) -> str:
    """A language by its own name; by SMS in letters that don't triple the price: "FRANÇAIS", since ç is not in GSM 03.38 and Ç is."""
    name = OWN_NAMES.get(code, code)
    if not talk.sms:
        return name
    return next((shown for shown in (name, name.upper(), code.upper()) if is_gsm7(shown)), code)


def besides(known: object, text: Text) -> Text:
    """A sentence that follows when what it tells is known; a space goes before it."""
    return Text(" {it}", {"it": text}) if known else NOTHING
