"""Yes and no with nothing but courtesy beside, a yes that goes on, and the age that a person tells."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from conversations.keywords import lexicon
from conversations.keywords.folding import WORD, Phrases, fold, words

_COURTESY: Final = Phrases(lexicon.COURTESY)
_YES: Final = Phrases(lexicon.YES)
_NO: Final = Phrases(lexicon.NO)
_PLAIN_YES: Final = Phrases(lexicon.PLAIN_YES)
_TURNS: Final = Phrases(lexicon.TURNS)
_NOTED: Final = Phrases(lexicon.NOTED)
_LONGEST_ANSWER = 120
_UNDER, _FROM = 15, 6  # years; nobody younger writes
_TELLS_AN_AGE = re.compile(r"(?:\b|\d)(?:ans?|old|yo|i ?m|am|anos|ani|yasindayim|عمري|рок|лет|год)", re.IGNORECASE)


def without_courtesy(said: list[str]) -> list[str]:
    """The words without greetings and thanks."""
    if not _COURTESY.begin(said):
        return said
    kept: list[str] = []
    at = 0
    while at < len(said):
        polite = _COURTESY.longest(said, at)
        if not polite:
            kept.append(said[at])
        at += polite or 1
    return kept


def yes(text: str) -> bool:
    """Whether the message says yes, with nothing but courtesy and an age of 15 or more beside. A bare digit says neither."""
    return _means(text, _YES, lexicon.YES_SIGNS, "1") or _turned(text) == "yes"


def no(text: str) -> bool:
    """Whether the message says no, with nothing but courtesy beside. A bare digit says neither."""
    return _means(text, _NO, lexicon.NO_SIGNS, "2") or _turned(text) == "no"


def _turned(text: str) -> str:
    """What somebody means in the end who changes their mind in one message: "non en fait oui"."""
    if len(text) > _LONGEST_ANSWER:
        return ""
    said, at, turns, meant = words(text), 0, False, ""
    while at < len(said):
        yes_, no_ = _YES.longest(said, at), _NO.longest(said, at)
        turn, polite = _TURNS.longest(said, at), _COURTESY.longest(said, at)
        length = max(yes_, no_, turn, polite)
        if not length:
            return ""
        if length in (yes_, no_):
            meant = "yes" if yes_ == length else "no"
        turns = turns or length == turn
        at += length
    return meant if turns else ""


def noted(text: str) -> bool:
    """Whether the message only acknowledges: "ok", "super merci", "👍". Where nothing is asked it needs no answer."""
    if len(text) > _LONGEST_ANSWER or signs(text) - lexicon.YES_SIGNS - lexicon.THANKS_SIGNS:
        return False
    said, at = words(text), 0
    while at < len(said):
        length = _NOTED.longest(said, at) or _COURTESY.longest(said, at)
        if not length:
            return False
        at += length
    return bool(said or signs(text))


def hollow(text: str) -> bool:
    """Whether the message says nothing that could be a view: only courtesy, thanks or marks, "merci", "?", "🙏"."""
    return len(text) <= _LONGEST_ANSWER and not without_courtesy(words(text)) and signs(text) <= lexicon.THANKS_SIGNS


@lru_cache(maxsize=16)
def signs(text: str) -> frozenset[str]:
    """The picture signs of a message."""
    if text.isascii():
        return frozenset()
    return frozenset(letter for letter in text if unicodedata.category(letter) == "So")


def _means(text: str, known: Phrases, drawn: frozenset[str], number: str) -> bool:
    if len(text) > _LONGEST_ANSWER:
        return False
    shown = signs(text)
    if shown & ((lexicon.YES_SIGNS | lexicon.NO_SIGNS) - drawn):
        return False
    said = lexicon.GROWN.sub(" ", " ".join(words(text))).split() if known is _YES else words(text)
    meant, at = bool(shown & drawn), 0
    while at < len(said):
        length = known.longest(said, at)
        meant = meant or length > 0
        # "1 oui", "2 non": the digit printed before the word, as some people copy it
        length = length or _COURTESY.longest(said, at) or int(said[at] == number and len(said) > 1)
        if not length:
            return False
        at += length
    return meant


def begins_with_yes(text: str) -> str | None:
    """What follows a yes that goes on: "mais ajoutez des toilettes" of "oui mais ajoutez des toilettes".

    None when the message does not begin with a plain yes, is nothing but a yes, or takes its yes back.
    """
    spans = list(WORD.finditer(text))
    said = [fold(span[0]) for span in spans]
    at = 0
    while at < len(said) and (length := _PLAIN_YES.longest(said, at) or (_COURTESY.longest(said, at) if at else 0)):
        at += length
    rest = text[spans[at].start() :].strip() if 0 < at < len(said) else ""
    return rest if rest and not yes(text) and not no(rest) else None


def under_15(text: str) -> bool:
    """Whether the person says that they are younger than 15: "j'ai 13 ans", not "j'ai 13 ans de maison" (GDPR-50)."""
    said = " ".join(words(text))
    if not _TELLS_AN_AGE.search(said):
        return False
    if lexicon.NOT_15.search(said):
        return True
    return any(_FROM <= _years(found["years"]) < _UNDER for pattern in lexicon.AGES for found in pattern.finditer(said))


def _years(word: str) -> int:
    return int("".join(str(unicodedata.digit(letter)) for letter in word)) if word.isdecimal() else lexicon.YEARS[word]
