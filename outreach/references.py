"""Public references with their check digit, opaque tokens, pseudonyms, and the numbers of rows."""

import secrets
import unicodedata
from datetime import UTC, datetime, timedelta

from stdnum import damm

_DIGITS = 7
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_NODE = secrets.randbelow(1024)
_PLACES = (
    "Loire",
    "Erdre",
    "Sevre",
    "Chezine",
    "Cens",
    "Gesvres",
    "Maine",
    "Vienne",
    "Orne",
    "Seine",
    "Rance",
    "Aven",
    "Isac",
    "Brivet",
    "Don",
)
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SPACES = " .-\u00a0\u202f\n"
_highest = 0


def new_ref() -> str:
    """Seven random digits and a Damm check digit, "48210736". Public, and proves nothing."""
    digits = f"{secrets.randbelow(10**_DIGITS):07d}"
    return digits + damm.calc_check_digit(digits)


def read_ref(words: str) -> str | None:
    """The reference in "4821 0736", "48210736" or the like, in digits of any script; None when it is none, or mistyped."""
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in words if letter not in _SPACES)
    return digits if len(digits) == _DIGITS + 1 and digits.isdecimal() and damm.is_valid(digits) else None


def show_ref(ref: str) -> str:
    """As people read it: "4821 0736"."""
    return f"{ref[:4]} {ref[4:]}"


_HIGHEST_ID = 2**63 - 1  # what a column holds


def new_token() -> str:
    """22 letters of A-Za-z0-9_-, 16 random bytes: for links and subjects of audit lines."""
    return secrets.token_urlsafe(16)


def new_pseudonym() -> str:
    """What staff see instead of a person: "Loire-2F7K"."""
    return f"{secrets.choice(_PLACES)}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"


def new_id(now: datetime) -> int:
    """A row's number: rises with time, unique in this process, told apart from another's by ten random bits."""
    global _highest  # noqa: PLW0603 - one counter a process
    _highest = max(_highest + 1, (now - _EPOCH) // timedelta(milliseconds=1) << 12)
    return _highest << 10 | _NODE


def first_id(at: datetime) -> int:
    """The lowest number that a row made at this instant may have: rows since then are found by their number."""
    return (at - _EPOCH) // timedelta(milliseconds=1) << 22


def read_id(text: str) -> int:
    """A row's number as an address or a provider wrote it; -1 for what can't be one."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(_HIGHEST_ID)) else -1
    return number if number <= _HIGHEST_ID else -1
