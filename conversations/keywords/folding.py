"""Words without case, accents, vowel points, punctuation: what is compared."""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeAlias

Phrase: TypeAlias = tuple[str, ...]

LONGEST = 6
"""Words of the longest phrase that a lexicon may hold."""

WORD = re.compile(r"\w+")
_UNSEEN = re.compile("[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Letters without a shape of their own: joiners, marks of direction, soft hyphens, the Arabic stretch."""
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i", "ß": "ss", "ی": "ي", "ک": "ك"})


def fold(word: str) -> str:
    """The word without case, accents and vowel points."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", _UNSEEN.sub("", word).casefold()).translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def words(text: str) -> list[str]:
    """The folded words of a text, without punctuation."""
    return [fold(word) for word in WORD.findall(text if text.isascii() else _UNSEEN.sub("", text))]


def phrases(listed: str) -> frozenset[Phrase]:
    """A list with commas, as phrases of folded words."""
    return frozenset(tuple(found) for entry in listed.split(",") if (found := words(entry)))


def table(listed: Mapping[str, str]) -> dict[Phrase, str]:
    """Lists by name, the other way round: each phrase and whose it is."""
    return {phrase: name for name, entries in listed.items() for phrase in phrases(entries)}


def longest(said: list[str], at: int, known: frozenset[Phrase]) -> int:
    """How many words the longest known phrase at this place has, 0 when there is none."""
    return next((length for length in range(min(LONGEST, len(said) - at), 0, -1) if tuple(said[at : at + length]) in known), 0)
