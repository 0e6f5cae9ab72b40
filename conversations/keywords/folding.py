"""Words without case, accents, vowel points, punctuation: what is compared."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

Phrase: TypeAlias = tuple[str, ...]

WORD = re.compile(r"\w+")
_UNSEEN = re.compile("[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Letters without a shape of their own: joiners, marks of direction, soft hyphens, the Arabic stretch."""
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i", "ß": "ss", "ی": "ي", "ک": "ك"})


@lru_cache(maxsize=16)  # one message is read for keywords, digits, yes, no and ages in turn
def fold(text: str) -> str:
    """The words without case, accents and vowel points."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", _UNSEEN.sub("", text).casefold()).translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def words(text: str) -> list[str]:
    """The folded words of a text, without punctuation."""
    return list(_found(text))


@lru_cache(maxsize=16)
def _found(text: str) -> Phrase:
    return tuple(WORD.findall(fold(text)))


class Phrases:
    """Phrases of folded words, found from their first word."""

    def __init__(self, listed: str) -> None:
        """Read a list with commas."""
        self.known = frozenset(phrase(listed))
        self._reach: dict[str, int] = {}
        for found in self.known:
            self._reach[found[0]] = max(len(found), self._reach.get(found[0], 0))

    def begin(self, said: list[str]) -> bool:
        """Whether a phrase could begin anywhere: it does in few messages."""
        return not self._reach.keys().isdisjoint(said)

    def longest(self, said: list[str], at: int) -> int:
        """How many words the longest phrase at this place has, 0 when there is none."""
        reach = self._reach.get(said[at])
        if reach is None:  # nearly every word
            return 0
        for length in range(min(reach, len(said) - at), 0, -1):
            if tuple(said[at : at + length]) in self.known:
                return length
        return 0


def phrase(listed: str) -> Iterator[Phrase]:
    """Each entry of a list with commas, as a phrase of folded words."""
    for entry in listed.split(","):
        if found := words(entry):
            yield tuple(found)


def table(listed: Mapping[str, str]) -> dict[Phrase, str]:
    """Lists by name, the other way round: each phrase and whose it is."""
    return {found: name for name, entries in listed.items() for found in phrase(entries)}
