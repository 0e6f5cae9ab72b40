"""A text as words that know what stood before them: what the finder of names reads."""

import re
from functools import cached_property, lru_cache

from conversations.keywords import folding


def folded_words(listed: str) -> frozenset[str]:
    """A list with blanks, as words are compared."""
    return frozenset(folding.fold(one) for one in listed.split())


PARTICLES = folded_words("de du des d le la l ben bent bin ibn el al ait ould van von der den da das do dos di del della mac mc o n t y")
"""Small words inside a surname, in small letters or not."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_JOINS = frozenset({" ", "  ", "'", "’"})


class Word:
    """One word; `gap` is what stood between it and the word before."""

    def __init__(self, found: re.Match[str], gap: str) -> None:
        """Read a word of a text."""
        self.start, self.end = found.span()
        self.text, self.gap = found[0], gap
        self.capital = self.text[0].isupper()
        self.joined = gap in _JOINS
        self.counts = gap.rstrip()[-1:].isdigit()  # "50 m", "2 M"

    @cached_property
    def folded(self) -> str:
        """Without case and accents."""
        return _folded(self.text)

    @cached_property
    def shouted(self) -> bool:
        """All in capitals."""
        return self.text.isupper() and len(self.text) > 1

    @property
    def caseless(self) -> bool:
        """Of a script without capitals."""
        return not self.text[0].isupper() and not self.text[0].islower()


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return folding.fold(text)


def read(plain: str) -> list[Word]:
    """The words of a text."""
    words, end = [], 0
    for found in _WORD.finditer(plain):
        words.append(Word(found, plain[end : found.start()]))
        end = found.end()
    return words
