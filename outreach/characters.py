"""Whether words say something and can be shown as they are: what reaches a person or the record does both."""

import re
import unicodedata

UNSHOWN = "a letter that can't be shown: remove it"
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SILENT = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters by their kind that nobody can see."""


def can_be_shown(words: str) -> bool:
    """Whether no letter of it hides or turns others round, and something can be read; nothing at all is fine."""
    plain = words.replace("\r\n", "\n").strip()
    if _UNSEEN.search(plain):
        return False
    return not plain or any(unicodedata.category(one) not in _SILENT and one not in _BLANK for one in plain)


def unturned(words: str) -> str:
    """Without the letters that turn others round (overrides, embeddings, isolates); the marks that real scripts need stay."""
    return _TURNS.sub("", words)
