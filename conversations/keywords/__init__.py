"""Whole-message keywords in every script, digits, yes and no, ages, and the one-letter slip."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import msgspec
from rapidfuzz.distance import OSA
from stdnum import damm

from conversations.keywords import lexicon
from conversations.keywords.answers import begins_with_yes, hollow, no, noted, under_15, without_courtesy, yes
from conversations.keywords.distress import distress
from conversations.keywords.folding import Phrases, fold, phrase, table, words

__all__ = [
    "Keyword",
    "begins_with_yes",
    "calls_off",
    "chosen",
    "contests",
    "digit",
    "distress",
    "find",
    "fold",
    "hollow",
    "near",
    "no",
    "noted",
    "slip",
    "under_15",
    "without_courtesy",
    "words",
    "yes",
]


class Keyword(msgspec.Struct, frozen=True):
    """A word that acts: `name` as the city prints it, "STOP", "SUIVI", also "LANGUE" and "PLACES".

    `argument`: eight digits of a reference, twelve with the code of a slip, a language's code, a count of places, or "".
    """

    name: str
    argument: str = ""


_KEYWORDS: Final = table(lexicon.KEYWORDS)
_LANGUAGES: Final = table(lexicon.LANGUAGES)
_COMMANDS: Final = table(lexicon.COMMANDS)
_PRINTED: Final = {phrase[0]: name for phrase, name in table(lexicon.PRINTED).items()}
_ANSWERING: Final = Phrases(lexicon.ANSWERING)
_CONTESTS: Final = frozenset(phrase(lexicon.CONTESTS))
_OTHER_WORDS: Final = frozenset(words(lexicon.NOT_SLIPS))
_LONGEST_KEYWORD, _SHORTEST_SLIP, _REFERENCE_DIGITS, _PLACES_WORDS = 80, 4, 8, 2
_TAKE_REFERENCE: Final = frozenset({"SUIVI", "OUBLI", "RECOURS", "DONNEES"})
_TAKE_CODE: Final = frozenset({"SUIVI", "OUBLI", "RECOURS"})
_CODE_DIGITS: Final = 4
_PAIRING: Final = frozenset({"essai", "test"})
_PAIRING_DIGITS: Final = 6
_NUMBER_WORDS: Final = frozenset({"no", "n", "nr", "num", "numero", "number", "avis", "ref", "reference", "code", "talon"})
_COMMAND = re.compile(r"\s*/(\w+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_STOP_AT = re.compile(r"stop (?:sms )?(?:au )?3[68]\d{3}")
_KEYCAPS = re.compile("[\ufe0e\ufe0f\u20e3]")


def find(text: str) -> Keyword | None:
    """The keyword that the whole message is; case, accents, punctuation and courtesy are ignored (DESIGN §5)."""
    if len(text) > _LONGEST_KEYWORD:
        return None
    if command := _COMMAND.fullmatch(text):
        return _command(command[1], command[2] or "")
    said = without_courtesy(words(text))
    if not said:
        return None
    whole = tuple(said)
    if whole in _KEYWORDS:
        return Keyword(_KEYWORDS[whole])
    if whole in _LANGUAGES:
        return Keyword("LANGUE", _LANGUAGES[whole])
    return _with_argument(said)


def _command(word: str, rest: str) -> Keyword | None:
    command = (fold(word),)
    name = _COMMANDS.get(command)
    if name is None:
        return Keyword("LANGUE", _LANGUAGES[command]) if command in _LANGUAGES and not rest else None
    said = words(rest)
    reference = _reference(said)
    if name == "ANNULER" and reference:
        return Keyword("OUBLI", reference)  # `/cancel 4821 0736` takes one contribution back (TG-11)
    if name == "LANGUE":
        return Keyword(name, _LANGUAGES.get(tuple(said), ""))
    if not said or reference or (name in _TAKE_CODE and (reference := _slip(said))):
        return Keyword(name, reference)
    return None


def _with_argument(said: list[str]) -> Keyword | None:
    if len(said) == _PLACES_WORDS and said[1] in {"place", "places"} and (many := _one_digit(said[0])):
        return Keyword("PLACES", many)
    alone = _reference(said) or (_slip(said) if len(said[-1]) == _CODE_DIGITS else "")  # 12 digits in one are a telephone number
    if alone and damm.is_valid(alone[:_REFERENCE_DIGITS]):
        return Keyword("SUIVI", alone)  # a number alone asks what became of it
    if _STOP_AT.fullmatch(" ".join(said)):
        return Keyword("STOP")  # "STOP AU 36111", as the provider's own clause says it
    return _word_and_more(said)


def _word_and_more(said: list[str]) -> Keyword | None:
    if said[0] in _PAIRING and (code := _digits(said[1:], _PAIRING_DIGITS)):
        return Keyword("ESSAI", code)
    name, rest = _KEYWORDS.get((said[0],), ""), said[1:]
    if name == "LANGUE" and tuple(rest) in _LANGUAGES:
        return Keyword(name, _LANGUAGES[tuple(rest)])
    if name == "OUBLI" and (yes(" ".join(rest)) or no(" ".join(rest))):
        return Keyword(name, "yes" if yes(" ".join(rest)) else "no")
    reference = (name in _TAKE_REFERENCE and _reference(rest)) or (name in _TAKE_CODE and _slip(rest))
    return Keyword(name, reference) if reference else None


def _reference(said: list[str]) -> str:
    """Eight digits of any script, however they are cut; whether they are a reference of ours is the office's to say."""
    return _digits(said, _REFERENCE_DIGITS)


def _slip(said: list[str]) -> str:
    """A reference and the four digits of its slip: "4821 0736 5307"."""
    return _digits(said, _REFERENCE_DIGITS + _CODE_DIGITS)


def _digits(said: list[str], many: int) -> str:
    digits = "".join(word for word in said if word not in _NUMBER_WORDS)
    if len(digits) != many or not digits.isdecimal():
        return ""
    return "".join(str(unicodedata.digit(letter)) for letter in digits)


def slip(text: str) -> str | None:
    """The keyword that a single word of four letters or more misses by one slip; to be asked, never to be done (A11Y-15).

    Common French words that mean something else are no slips: "vide", "secours", "autre" one letter away stay an opinion.
    "Pas d'accord" comes to RECOURS.
    """
    if contests(text):
        return "RECOURS"
    said = without_courtesy(words(text)) if len(text) <= _LONGEST_KEYWORD else []
    if len(said) != 1 or len(said[0]) < _SHORTEST_SLIP or said[0] in _OTHER_WORDS or find(text):
        return None
    return next((name for word, name in _PRINTED.items() if OSA.distance(word, said[0], score_cutoff=1) == 1), None)


def contests(text: str) -> bool:
    """Whether the message does nothing but disagree: RECOURS where something was refused, else an opinion."""
    return len(text) <= _LONGEST_KEYWORD and tuple(without_courtesy(words(text))) in _CONTESTS


def calls_off(text: str) -> bool:
    """Whether somebody who asked for a call a moment ago wants none: "non", "finalement pas besoin de m'appeler"."""
    said = " ".join(words(text))
    return no(text) or any(off in said for off in lexicon.CALL_OFF)


def near(text: str, among: Iterable[str]) -> str | None:
    """Which of these words, of four letters or more, a message of one word is, or misses by one slip."""
    said = without_courtesy(words(text)) if len(text) <= _LONGEST_KEYWORD else []
    if len(said) != 1 or len(said[0]) < _SHORTEST_SLIP or not all(words(one) for one in text.split()):
        return None  # "PLACE 👶" is an answer, "PLACE ." too
    close = (word for word in among if len(word) >= _SHORTEST_SLIP and OSA.distance(fold(word), said[0], score_cutoff=1) <= 1)
    return min(close, key=lambda word: OSA.distance(fold(word), said[0]), default=None)


def digit(text: str) -> str | None:
    """The one digit that a message is, in any script or in letters: "١", "1.", "(1)", "1️⃣", "un", "réponse 1"."""
    said = without_courtesy(words(_KEYCAPS.sub("", text))) if len(text) <= _LONGEST_KEYWORD else []
    if len(said) > 1 and _ANSWERING.longest(said, 0) == len(said) - 1:
        said = said[-1:]
    return (_one_digit(said[0]) or None) if len(said) == 1 else None


def _one_digit(word: str) -> str:
    return str(unicodedata.digit(word)) if len(word) == 1 and word.isdigit() else lexicon.DIGITS.get(word, "")


def chosen(text: str, choices: Iterable[tuple[str, str]]) -> str | None:
    """The digit of the (digit, label) that the message repeats: "3", "effacer", "3 effacer", "A"."""
    said = without_courtesy(words(_KEYCAPS.sub("", text)))
    if not said:
        return None
    number = _one_digit(said[0])
    for key, label in choices:
        spelt, told = words(key), without_courtesy(words(label))
        if said in (spelt, told) or (number == key and said[1:] in ([], told)) or (said[:1] == spelt and said[1:] == told):
            return key
    return None
