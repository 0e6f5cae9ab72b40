"""GSM-7 or UCS-2, how many parts, and which letters force the dearer one."""

import re
import unicodedata
from typing import Literal

import msgspec
from gsm0338 import Codec

Encoding = Literal["GSM-7", "UCS-2"]

ONE_GSM, PART_GSM = 160, 153
ONE_UCS, PART_UCS = 70, 67
"""Units of a lone SMS and of each part of a long one (3GPP TS 23.040: six bytes of each part name its place)."""


class Segments(msgspec.Struct, frozen=True):
    """What an SMS costs. `units` are septets in GSM-7, UTF-16 units in UCS-2; `culprits` the letters that force UCS-2, once each."""

    encoding: Encoding
    units: int
    parts: int
    culprits: tuple[str, ...] = ()


def _septets() -> dict[str, int]:
    codec, widths = Codec(), {}
    for letter in map(chr, range(0x2100)):
        try:
            widths[letter] = len(codec.encode(letter)[0])
        except UnicodeEncodeError:
            continue
    widths.pop("\x1b", None)  # the escape itself is no letter: alone it would swallow the next one
    return widths


_WIDTHS = _septets()
_GSM = frozenset(_WIDTHS)
_EXTENDED = frozenset(letter for letter, width in _WIDTHS.items() if width > 1)
_LAST_BMP = "\uffff"


def is_gsm7(text: str) -> bool:
    """Whether the text fits the cheaper alphabet."""
    return _GSM.issuperset(text)


def count(text: str) -> Segments:
    """Encoding, units and parts of an SMS. An escape pair and a surrogate pair never straddle two parts."""
    letters = frozenset(text)
    if letters <= _GSM:
        double = letters & _EXTENDED
        units = len(text) + sum(map(text.count, double))
        return Segments("GSM-7", units, _parts(text, units, ONE_GSM, PART_GSM, double))
    double = frozenset(letter for letter in letters if letter > _LAST_BMP)
    units = len(text) + sum(map(text.count, double))
    culprits = tuple(letter for letter in dict.fromkeys(text) if letter not in _GSM)
    return Segments("UCS-2", units, _parts(text, units, ONE_UCS, PART_UCS, double), culprits)


def _parts(text: str, units: int, one: int, part: int, double: frozenset[str]) -> int:
    if units <= one:
        return 1
    if not double:
        return -(-units // part)
    parts, room = 1, part
    for letter in text:
        width = 2 if letter in double else 1
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return parts


def left(text: str) -> int:
    """How many units still fit into the parts that an SMS takes anyway."""
    cost = count(text)
    one, part = (ONE_GSM, PART_GSM) if cost.encoding == "GSM-7" else (ONE_UCS, PART_UCS)
    return (one if cost.parts <= 1 else part * cost.parts) - cost.units


_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ‛′´`", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("–—‒―−‑‐", "-"),
        **dict.fromkeys("\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\u2008\t", " "),
        **dict.fromkeys("\u00ad\u200b\ufeff\u2060", ""),
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
    }
)
_OPENING, _CLOSING = re.compile(r"«\s?"), re.compile(r"\s?»")


def soften(text: str) -> str:
    """The same words with plain typography: quotes, dashes, dots, spaces, œ. No accent is touched."""
    composed = unicodedata.normalize("NFC", text)
    if is_gsm7(composed):
        return composed
    return _CLOSING.sub('"', _OPENING.sub('"', composed)).translate(_TYPOGRAPHY)
