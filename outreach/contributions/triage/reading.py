"""One text: what it may hold, and the language it seems to be written in."""

from functools import cache
from typing import Any

import msgspec

from conversations.keywords import distress
from conversations.keywords.folding import words
from outreach.contributions.redaction import suggestions
from outreach.contributions.triage import lists

FLAGS = ("distress", "threat", "insult", "spam", "personal")
"""In the order in which a reader wants to know."""
URGENT = frozenset({"distress", "threat"})
"""These are read first; the others only warn."""
VIOLENT = frozenset({"threat", "insult"})
"""A list and a page fold these: who opens them has been warned (MOD-56)."""

_LONGEST = 4000
_FEWEST_LETTERS = 20
_SURE = 0.7
"""Below, a short text of the Latin script says nothing sure of its language."""
_LANGUAGES = ("fr", "en", "es", "pt", "it", "de", "ro", "tr", "ar", "fa", "ru", "uk", "zh", "so", "sq", "pl")
"""What a French city hears; the fewer there are, the surer the answer on a few words."""
_LINKS = 3


class Reading(msgspec.Struct, frozen=True):
    """What a text may hold (of FLAGS), and its language: "" when nothing sure can be said."""

    flags: tuple[str, ...]
    language: str = ""

    @property
    def urgent(self) -> bool:
        """Whether it is to be read before the others."""
        return not URGENT.isdisjoint(self.flags)


def read(text: str) -> Reading:
    """Look at a text; about a millisecond."""
    begins = text[:_LONGEST]
    said = " ".join(words(begins))
    found = suggestions(begins)
    told = {
        "distress": distress(begins),
        "threat": lists.THREATS.search(said) is not None,
        "insult": lists.INSULTS.search(said) is not None,
        "spam": lists.SPAM.search(said) is not None or sum(one.kind == "link" for one in found) >= _LINKS,
        "personal": bool(found),
    }
    return Reading(tuple(flag for flag in FLAGS if told[flag]), language_of(begins))


def language_of(text: str) -> str:
    """The language that a text seems to be written in, as a code of two letters; "" when it is too short, or might be several."""
    if sum(letter.isalpha() for letter in text) < (_FEWEST_LETTERS if text.isascii() or max(text) < "\u0370" else 2):
        return ""
    best = _detector().compute_language_confidence_values(text)[0]
    return str(best.language.iso_code_639_1.name).lower() if best.value >= _SURE else ""


@cache
def _detector() -> Any:  # noqa: ANN401 - the library has no types
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = (IsoCode639_1.from_str(code) for code in _LANGUAGES)
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
