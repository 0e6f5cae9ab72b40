"""Whole-message keywords in every script, digits, yes and no, and the one-letter slip."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from rapidfuzz.distance import OSA
from stdnum import damm

from conversations.keywords import lexicon


class Keyword(msgspec.Struct, frozen=True):
    """A word that acts: `name` as the city prints it, "STOP", "SUIVI"…; `argument` a reference, a count or a language's code."""

    name: str
    argument: str = ""


_WORD = re.compile(r"\w+")
_SKIN_AND_SELECTORS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d\u20e3]")


def fold(word: str) -> str:
    """The word without case, accents, vowel points, œ."""
    plain = unicodedata.normalize("NFKD", word).casefold().replace("œ", "oe").replace("æ", "ae").replace("ı", "i").replace("ـ", "")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The folded words of a text, without punctuation."""
    return [fold(word) for word in _WORD.findall(text)]


def _phrases(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(text)) for text in texts)


def _table(names: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    return {phrase: name for name, spellings in names.items() for phrase in _phrases(spellings.split("|"))}


_KEYWORDS: Final = _table(lexicon.KEYWORDS)
_LANGUAGES: Final = _table(lexicon.LANGUAGES)
_COMMANDS: Final = _table(lexicon.COMMANDS)
_COURTESY: Final = _phrases(lexicon.COURTESY.split("|"))
_YES: Final = _phrases(lexicon.YES.split("|"))
_NO: Final = _phrases(lexicon.NO.split("|"))
_PLAIN_YES: Final = _phrases(lexicon.PLAIN_YES.split("|"))
_PRINTED: Final = {phrase[0]: name for phrase, name in _table(lexicon.PRINTED).items()}
_OTHER_WORDS: Final = frozenset(words(lexicon.NOT_SLIPS))
_LONGEST: Final = max(map(len, _YES | _NO | _COURTESY))
_REFERENCE_DIGITS, _SHORTEST_SLIP = 8, 4
_TAKE_REFERENCE: Final = frozenset({"SUIVI", "OUBLI", "RECOURS", "ANNULER", "DONNEES"})
_NUMBER_WORDS: Final = frozenset({"no", "n", "nr", "numero", "number", "avis", "ref", "reference"})


def find(text: str) -> Keyword | None:
    """The keyword that the whole message is; case, accents, punctuation and courtesy are ignored (DESIGN §5)."""
    command = re.match(r"\s*/(\w+)(?:@\w+)?(.*)", text, re.DOTALL)
    if command:
        return _command(command[1], command[2])
    said = _without_courtesy(words(text))
    if not said:
        return None
    whole = tuple(said)
    if whole in _KEYWORDS:
        return Keyword(_KEYWORDS[whole])
    if whole in _LANGUAGES:
        return Keyword("LANGUE", _LANGUAGES[whole])
    return _with_number(said)


def _command(word: str, rest: str) -> Keyword | None:
    name = _COMMANDS.get((fold(word),)) or _KEYWORDS.get((fold(word),))
    if name is None:
        return None
    reference = _reference(words(rest))
    if name == "ANNULER" and reference:
        return Keyword("OUBLI", reference)  # `/cancel 4821 0736` takes one contribution back (TG-11)
    if name == "LANGUE":
        return Keyword(name, _LANGUAGES.get(tuple(words(rest)), ""))
    return Keyword(name, reference) if reference or not rest.strip() else None


def _with_number(said: list[str]) -> Keyword | None:
    places = _places(said)
    if places:
        return Keyword("PLACES", places)
    alone = _reference(said)
    if alone and damm.is_valid(alone):
        return Keyword("SUIVI", alone)
    name = _KEYWORDS.get((said[0],), "")
    reference = _reference(said[1:])
    return Keyword(name, reference) if name in _TAKE_REFERENCE and reference else None


def _places(said: list[str]) -> str:
    if len(said) == 2 and said[1] in {"place", "places"} and said[0].isdecimal() and len(said[0]) == 1:  # noqa: PLR2004 - "3 PLACES"
        return str(int(said[0]))
    return ""


def _reference(said: list[str]) -> str:
    """Eight digits of any script, however they are cut; whether they are a reference of ours is the office's to say."""
    digits = "".join(word for word in said if word not in _NUMBER_WORDS)
    return "".join(str(unicodedata.digit(letter)) for letter in digits) if len(digits) == _REFERENCE_DIGITS and digits.isdecimal() else ""


def _without_courtesy(said: list[str]) -> list[str]:
    """Drop greetings and thanks at both ends."""
    return [said[at] for at in range(len(said)) if not _courteous(said)[at]]


def _courteous(said: list[str]) -> list[bool]:
    marks = [False] * len(said)
    at = 0
    while at < len(said):
        length = _longest(said, at, _COURTESY)
        for place in range(at, at + length):
            marks[place] = True
        at += length or 1
    return marks


def _longest(said: list[str], at: int, phrases: frozenset[tuple[str, ...]]) -> int:
    return next((length for length in range(min(_LONGEST, len(said) - at), 0, -1) if tuple(said[at : at + length]) in phrases), 0)


def slip(text: str) -> str | None:
    """The keyword that a single word of four letters or more misses by one slip; it is asked, never done (A11Y-15)."""
    said = words(text)
    if len(said) != 1 or len(said[0]) < _SHORTEST_SLIP or said[0] in _OTHER_WORDS or find(text):
        return None
    near = [name for word, name in _PRINTED.items() if OSA.distance(word, said[0], score_cutoff=1) == 1]
    return near[0] if near else None


def digit(text: str) -> str | None:
    """The one digit that a message is, whatever its script: "١", "1.", "(1)", "1️⃣", "un"."""
    said = _without_courtesy(words(_SKIN_AND_SELECTORS.sub("", text)))
    if len(said) != 1:
        return None
    if len(said[0]) == 1 and said[0].isdigit():
        return str(unicodedata.digit(said[0]))
    return lexicon.DIGITS.get(said[0])


def yes(text: str) -> bool:
    """Whether the message says yes, with nothing but courtesy beside."""
    return _means(text, _YES, lexicon.YES_SIGNS, "1")


def no(text: str) -> bool:
    """Whether the message says no, with nothing but courtesy beside."""
    return _means(text, _NO, lexicon.NO_SIGNS, "2")


def _means(text: str, phrases: frozenset[tuple[str, ...]], signs: frozenset[str], number: str) -> bool:
    """`1 oui` and `2 non` are read too: the digit printed before the word."""
    said = words(text)
    shown = frozenset(letter for letter in _SKIN_AND_SELECTORS.sub("", text) if unicodedata.category(letter) == "So")
    if not shown <= signs and shown & (lexicon.YES_SIGNS | lexicon.NO_SIGNS):
        return False
    meant, at = bool(shown & signs), 0
    while at < len(said):
        length = _longest(said, at, phrases)
        meant = meant or length > 0
        if not length:
            length = _longest(said, at, _COURTESY) or (said[at] == number and len(said) > 1)
        if not length:
            return False
        at += length
    return meant


def begins_with_yes(text: str) -> str | None:
    """What follows a yes that goes on: "oui mais ajoutez des toilettes" gives "mais ajoutez des toilettes"; None when it is no such thing."""
    spans = list(_WORD.finditer(text))
    said = [fold(span[0]) for span in spans]
    at = 0
    while at < len(said) and (length := _longest(said, at, _PLAIN_YES) or (at and _longest(said, at, _COURTESY))):
        at += length
    if not at or at == len(said):
        return None
    return text[spans[at].start() :].strip()


_YOUNG, _GROWN = 3, 15


def under_15(text: str) -> bool:
    """Whether the person says that they are younger than 15: "j'ai 13 ans", not "j'ai 13 ans de maison"."""
    said = " ".join(words(text))
    for found in lexicon.AGE.finditer(said):
        years = found["years"]
        number = int("".join(str(unicodedata.digit(letter)) for letter in years)) if years.isdecimal() else lexicon.YEARS.get(years, _GROWN)
        if _YOUNG <= number < _GROWN:
            return True
    return bool(lexicon.NOT_15.search(said))
