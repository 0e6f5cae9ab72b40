"""Whether a sentence says that somebody comes to a workshop, and how many: "on vient à 2", "je viens avec mon mari"."""

import re
from typing import Final

from conversations.keywords import lexicon
from conversations.keywords.answers import without_courtesy
from conversations.keywords.folding import words

MOST: Final = 9
"""People that one message signs up; a larger company is for a person of the team."""
_LONGEST = 60  # letters: beyond, it says more than an answer
_COUNTED: Final = (  # from five on
    ("cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze"),
    ("five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_ABOUT: Final = {"vingt": 20, "trente": 30, "une dizaine": 10, "une douzaine": 12, "une quinzaine": 15, "une vingtaine": 20, "a dozen": 12}
_NUMBERS: Final = (
    {word: int(number) for word, number in lexicon.DIGITS.items()}
    | {word: number for said in _COUNTED for number, word in enumerate(said, 5)}
    | _ABOUT
)
_MANY = rf"(?P<many>[1-9]\d{{0,2}}|{'|'.join(_NUMBERS)})"
_COMES = (
    r"(?:oui |ok |d accord |yes )*(?:je viens|je viendrai|je serai la|on vient|on viendra|on sera|on sera la|on est|nous venons"
    r"|nous viendrons|nous serons|nous sommes|je reserve|reservez(?: moi| nous)?|je prends|inscrivez(?: moi| nous)|volontiers|presents?"
    r"|i come|i am coming|i m coming|i ll come|we come|we are coming|we re coming|we are|we re|we will be|we ll be|oui|yes|ok)"
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
    """`yes:2` for two people all told; "" when the sentence does not say how many come, or too many. A bare digit never does."""
    many = how_many(text)
    return f"yes:{many}" if 1 <= many <= MOST else ""


def how_many(text: str) -> int:
    """How many people a sentence says that come, all told; 0 when it does not say so."""
    said = " ".join(without_courtesy(words(text))) if len(text) <= _LONGEST else ""
    if not said or said in _NUMBERS or said.isdigit():
        return 0
    for pattern in _SENTENCES:
        if found := pattern.fullmatch(said):
            many = found.groupdict().get("many")
            return int(_NUMBERS.get(many, many)) if many else 2
    return 0


def so_many_places(text: str) -> str:
    """The "12" of "12 PLACES": more than the keyword takes."""
    many = how_many(text)
    return str(many) if many > MOST and words(text)[-1] in {"place", "places"} else ""
