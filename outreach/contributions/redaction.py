"""What may not stay in a public text, and whether words were only hidden, never rewritten."""

import re
import unicodedata
from itertools import pairwise
from typing import Literal

import msgspec

from outreach.record import MASK

# each run of letters is looked at once: tried again from each of its letters, a long text without a blank takes seconds
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]++\s?(?:@|\(at\)|\[at\]|\(a\))\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_DATE = r"(?!\d{2}([./-])\d{2}\1(?:19|20)\d{2}(?!\d))"  # "01/02/2027 10 h" has ten digits too
_FRENCH_NUMBER = re.compile(rf"(?<!\d)(?:(?:\+|00)\s?33[\s./_-]*(?:\(0\)[\s./_-]*)?|{_DATE}0[\s./_-]*)[1-9](?:[\s./_-]*\d){{8}}(?!\d)")
_FEWEST_DIGITS = 8
_MASKS = re.compile(r"\[\s*(?:…|\.{2,})\s*\]")


class Found(msgspec.Struct, frozen=True):
    """Where something personal stands in a text: [start, end)."""

    kind: Literal["phone", "email"]
    start: int
    end: int


def personal(text: str) -> tuple[Found, ...]:
    """Phone numbers and e-mail addresses, in their order (MOD-54). Digits of any script are digits."""
    plain = "".join(_plain(letter) for letter in text)  # one letter for one letter: places stay
    found = {(one.start(), one.end()): "email" for one in _EMAIL.finditer(plain)}
    if sum(letter.isdigit() for letter in plain) >= _FEWEST_DIGITS:
        found |= dict.fromkeys(_phones(plain), "phone")
    return tuple(Found("email" if kind == "email" else "phone", *place) for place, kind in sorted(found.items()))


def _phones(plain: str) -> set[tuple[int, int]]:
    from phonenumbers import Leniency, PhoneNumberMatcher

    places = {(one.start(), one.end()) for one in _FRENCH_NUMBER.finditer(plain)}
    return places | {(one.start, one.end) for one in PhoneNumberMatcher(plain, "FR", leniency=Leniency.VALID)}


def _plain(letter: str) -> str:
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(letter) in {"Cf", "Zs"}:  # what can't be seen between two digits does not hide them
        return " "
    return letter


class Rewritten(Exception):
    """The public text is not the original with words hidden."""


def hide(original: str, public: str) -> str:
    """The public text, with […] where words of the original are hidden (MOD-06).

    `public` holds the marks, or simply leaves words out. Raises Rewritten when anything was added, changed or put in another
    order, when nothing is hidden, or everything.
    """
    marked = _MASKS.sub(MASK, public.strip())
    if MASK not in marked:
        marked = _marked(original.split(), marked.split())
    fragments = [_spaced(one) for one in marked.split(MASK)]
    if len(fragments) == 1 or not any(fragments) or not _in_order(_spaced(original), fragments):
        raise Rewritten("write the text as it is, with […] in the place of what is hidden")
    return marked


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _in_order(whole: str, fragments: list[str]) -> bool:
    """Whether the fragments stand in the whole one after another, the first at its beginning, the last at its end."""
    first, *between, last = fragments
    if not whole.startswith(first) or not whole.endswith(last):
        return False
    at = len(first)
    for fragment in between:
        at = whole.find(fragment, at)
        if at < 0:
            return False
        at += len(fragment)
    return at <= len(whole) - len(last)


def _marked(original: list[str], kept: list[str]) -> str:
    """The kept words with a mark wherever the original has others between them; "" when they are not its words, in order."""
    places = [-1]
    for word in kept:
        try:
            places.append(original.index(word, places[-1] + 1))
        except ValueError:
            return ""
    words = [
        part
        for (before, place), word in zip(pairwise(places), kept, strict=True)
        for part in ((MASK, word) if place > before + 1 else (word,))
    ]
    return " ".join([*words, MASK] if places[-1] < len(original) - 1 else words)


def parts_of(original: str, text: str) -> tuple[str, ...]:
    """The parts of a text cut by lines of dashes ("---"): at least two, and together the original, word for word; else none."""
    parts = tuple(part.strip() for part in re.split(r"(?m)^\s*-{3,}\s*$", text))
    whole = "".join("".join(parts).split()) == "".join(original.split())
    return parts if len(parts) > 1 and all(parts) and whole else ()
