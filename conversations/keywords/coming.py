"""Whether a sentence says that somebody comes to a workshop, and how many: "on vient à 2", "je viens avec mon mari"."""

import re
from typing import Final

from conversations.keywords import lexicon
from conversations.keywords.answers import without_courtesy
from conversations.keywords.folding import words

MOST: Final = 9
_LONGEST = 60  # letters: beyond, it says more than an answer
_NUMBERS: Final = {**lexicon.DIGITS, "cinq": "5", "six": "6", "five": "5"}
_MANY = rf"(?P<many>[1-9]|{'|'.join(_NUMBERS)})"
_COMES = (
    r"(?:oui |ok |d accord |yes )*(?:je viens|je viendrai|je serai la|on vient|on viendra|on sera|on sera la|on est|nous venons"
    r"|nous viendrons|nous serons|nous sommes|je reserve|reservez(?: moi| nous)?|je prends|inscrivez(?: moi| nous)|volontiers|presents?"
    r"|i come|i am coming|i m coming|i ll come|we come|we are coming|we re coming|we will be|we ll be|oui|yes|ok)"
)
_WHO = r"(?:mon|ma|un|une|le|la|my|a|an)"
_SENTENCES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:{_COMES} )?(?:a |pour |for |the )?{_MANY}(?: (?:places?|personnes?|people|persons|seats?|of us))?(?: la)?",
        rf"{_COMES} (?:avec|with) (?P<one>{_WHO} \w+(?: \w+)?)",
    )
)


def comes(text: str) -> str:
    """`yes:2` for two people all told; "" when the sentence does not say how many come. A bare digit never does."""
    said = " ".join(without_courtesy(words(text))) if len(text) <= _LONGEST else ""
    if not said or said in _NUMBERS or (len(said) == 1 and said.isdigit()):
        return ""
    for pattern in _SENTENCES:
        if found := pattern.fullmatch(said):
            named = found.groupdict()
            many = int(_NUMBERS.get(named["many"], named["many"])) if named.get("many") else 2
            return f"yes:{many}"
    return ""
