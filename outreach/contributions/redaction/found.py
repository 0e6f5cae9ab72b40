"""A place in a text where something personal stands, and the letters as the finders read them."""

import unicodedata
from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["phone", "email", "iban", "nir", "plate", "address", "link", "handle", "person"]
Place: TypeAlias = tuple[int, int]
"""[start, end) in the text."""


class Found(msgspec.Struct, frozen=True):
    """Where something personal stands in a text: [start, end)."""

    kind: Kind
    start: int
    end: int


def plain(text: str) -> str:
    """The text with Latin digits and plain spaces, one letter for one letter: places stay."""
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(letter: str) -> str:
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(letter) in {"Cf", "Zs"}:  # what can't be seen between two digits does not hide them
        return " "
    return letter
