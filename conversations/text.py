"""Words that have no language yet, and how they get one from a catalogue handed in as data."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol, TypeAlias, Union

import msgspec


class Text(msgspec.Struct, frozen=True):
    """An English msgid and its values; `many` is the msgid for a `count` other than one."""

    msgid: str
    values: "Mapping[str, Value]" = msgspec.field(default_factory=dict)
    many: str = ""
    count: int = 1
    as_is: bool = False  # data, not a msgid: a title, a place, a quote


Value: TypeAlias = Union[str, int, date, Text]


class Catalogue(Protocol):
    """One language: what `gettext.NullTranslations` answers to."""

    def gettext(self, message: str, /) -> str:
        """The sentence for a msgid."""
        ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """The sentence for a number."""
        ...


def _(msgid: str, **values: Value) -> Text:
    """Mark a sentence for translation; `values` fill its `{placeholders}` when it is rendered."""
    return Text(msgid, values)


def ngettext(one: str, many: str, count: int, **values: Value) -> Text:
    """Mark a sentence that depends on a number; `{count}` is filled by itself."""
    return Text(one, {"count": count, **values}, many, count)


def verbatim(words: str) -> Text:
    """Words that are nobody's to translate."""
    return Text(words, as_is=True)


def render(text: Text, catalogue: Catalogue) -> str:
    """The sentence in the catalogue's language.

    Dates are numeric, `12/05`: a month in letters can triple the price of an SMS ("août" is not in GSM 03.38).
    """
    if text.as_is:
        return text.msgid
    pattern = catalogue.ngettext(text.msgid, text.many, text.count) if text.many else catalogue.gettext(text.msgid)
    return pattern.format_map({name: _shown(value, catalogue) for name, value in text.values.items()}) if text.values else pattern


def _shown(value: Value, catalogue: Catalogue) -> str:
    match value:
        case Text():
            return render(value, catalogue)
        case date():
            return f"{value:%d/%m}"
        case _:
            return str(value)
