"""How dates, references, places and processes are put into a sentence, on each network."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from conversations.facts import Process, Workshop
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
REF: Final = 8
"""Digits of a reference; what follows them is the code of a slip."""


def day(talk: Talk, when: date) -> Value:
    """`12/05` by SMS, where "août" would triple the price; "12 May" on Telegram, and in French "1er mai"."""
    if talk.sms:
        return when
    return Text(_MONTHS[when.month - 1].msgid, {"day": "1er" if when.day == 1 and talk.language == "fr" else when.day})


def moment(talk: Talk, when: datetime) -> Text:
    """A weekday, a day, an hour."""
    return _("{weekday} {day} {hour}", weekday=_WEEKDAYS[when.weekday()], day=day(talk, when.date()), hour=clock(when))


def clock(when: datetime) -> Text:
    """An hour and its minutes."""
    return _("{hour}:{minute}", hour=f"{when:%H}".lstrip("0") or "0", minute=f"{when:%M}")


def workshop_named(talk: Talk, workshop: Workshop, *, first: bool = False) -> Text:
    """The workshop: its short name by SMS, its title on Telegram; `first`: it begins the sentence."""
    name = (workshop.sms_name if talk.sms else "") or said_in(talk, workshop.title)
    return verbatim(name[:1].upper() + name[1:] if first else name)


def workshop_place(talk: Talk, workshop: Workshop) -> Text:
    """Where it is: in few letters by SMS."""
    return verbatim((workshop.place_sms if talk.sms else "") or workshop.place)


def number(ref: str) -> Text:
    """A reference as it is read: `4821 0736`."""
    return verbatim(f"{ref[:4]} {ref[4:]}")


def none_of_yours(talk: Talk, ref: str) -> Text:
    """Rights over a text go by the address it came from, or by the code of a slip."""
    return talk.either(
        _(
            "No view {ref} came from this phone. Check the number, or send CONTACT. Written on paper? Add the 4 digits of its code.",
            ref=number(ref),
        ),
        _(
            "No view {ref} came from this account. Check the number, or send /contact. Written on paper? Add the 4 digits of its code.",
            ref=number(ref),
        ),
    )


def city(talk: Talk) -> Text:
    """Who speaks."""
    who = talk.facts.city
    return verbatim((who.sms_name or who.name) if talk.sms else who.name)


def who_reads(talk: Talk) -> Text:
    """The facts of GDPR-10 for who comes for the first time, where there is no question to go with them."""
    return talk.either(
        _("A robot replies, staff read. We keep your number to reply. Your rights: DATA. Erase: ERASE. End: STOP"),
        _(
            "I am a robot, staff read your messages. We keep your Telegram identifier, without your name, to reply. "
            "Erase everything: /forget."
        ),
    )


def named(talk: Talk, process: Process, *, first: bool = False) -> Text:
    """The process: its short name by SMS, its title on Telegram; `first`: it begins the sentence."""
    name = process.sms_name if talk.sms else said_in(talk, process.title)
    return verbatim(name[:1].upper() + name[1:] if first else name)


def shown(talk: Talk, process: Process, *, first: bool = False) -> Text:
    """The process where it is presented: a test is called one."""
    name = named(talk, process, first=first)
    return _("{process} (a test)", process=name) if process.pilot else name


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
