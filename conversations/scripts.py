"""Which language a script speaks, and how a sentence is shown on each network."""

import re
import unicodedata
from bisect import bisect_right

import msgspec

from conversations.messages import Network, Say
from conversations.segments import count, is_gsm7, soften
from conversations.text import Catalogue, render


class Shown(msgspec.Struct, frozen=True):
    """A message in a language, ready for a network: `buttons` are (callback data, label, row)."""

    text: str
    buttons: tuple[tuple[str, str, int], ...] = ()


_SCRIPTS = (
    # Unicode's blocks: first letter, last, the language that we would answer in
    ("\u0370", "\u03ff", "el"),
    ("\u0400", "\u052f", "cyrillic"),
    ("\u0530", "\u058f", "hy"),
    ("\u0590", "\u05ff", "he"),
    ("\u0600", "\u077f", "arabic"),
    ("\u0900", "\u097f", "hi"),
    ("\u0980", "\u09ff", "bn"),
    ("\u0b80", "\u0bff", "ta"),
    ("\u0e00", "\u0e7f", "th"),
    ("\u10a0", "\u10ff", "ka"),
    ("\u1200", "\u139f", "ti"),
    ("\u1c90", "\u1cbf", "ka"),
    ("\u3040", "\u30ff", "ja"),
    ("\u3400", "\u9fff", "zh"),
    ("\uac00", "\ud7af", "ko"),
    ("\ufb50", "\ufdff", "arabic"),
    ("\ufe70", "\ufefc", "arabic"),
)
_FIRST = tuple(first for first, _last, _language in _SCRIPTS)
_BEGINS = "\u0370"  # below stands the Latin script
_A_WORD_EACH = frozenset({"zh", "ja", "ko"})
_NOT_WORDS = re.compile(r"@\w+|(?:https?://|www\.)\S+")
_SIGNS = (
    # letters that only some languages of a script have (journeys 3.3)
    ("cyrillic", "uk", frozenset("іїєґ")),
    ("cyrillic", "mn", frozenset("өү")),
    ("cyrillic", "ru", frozenset("ыэъё")),
    ("arabic", "ur", frozenset("ٹڈڑںے")),
    ("arabic", "ps", frozenset("ټډړښ")),
    ("arabic", "fa", frozenset("پچژگ")),
)
_USUAL = {"cyrillic": ("ru", "uk"), "arabic": ("ar",)}


def language_of(text: str, offered: tuple[str, ...]) -> str:
    """The offered language that the script of most letters belongs to; "" when the script says nothing: Latin, or none offered."""
    if text.isascii() or max(text) < _BEGINS:
        return ""
    letters = [letter for letter in _NOT_WORDS.sub("", text).casefold() if letter.isalpha()]
    found: dict[str, int] = {}
    for letter in letters:
        script = _script(letter)
        found[script] = found.get(script, 0) + (2 if script in _A_WORD_EACH else 1)
    script = max(found, key=found.__getitem__, default="")
    if "ja" in found and script == "zh":
        script = "ja"  # kana among Chinese characters: nobody but Japanese writes so
    language = _narrow(script, frozenset(letters), offered)
    return language if language in offered else ""


def _script(letter: str) -> str:
    at = bisect_right(_FIRST, letter) - 1
    return _SCRIPTS[at][2] if at >= 0 and letter <= _SCRIPTS[at][1] else ""


def _narrow(script: str, letters: frozenset[str], offered: tuple[str, ...]) -> str:
    for where, language, signs in _SIGNS:
        if where == script and letters & signs:
            return language
    usual = _USUAL.get(script, (script,))
    return next((language for language in offered if language in usual), usual[0])


_SPACES = re.compile(r" {2,}")


def show(say: Say, catalogue: Catalogue, network: Network) -> Shown:
    """Put a sentence into words: choices are digits in the text of an SMS ({choices}), buttons on Telegram."""
    labels = [(choice, render(choice.label, catalogue)) for choice in say.choices if not choice.hidden]
    if network == "sms":
        choices = " ".join(f"{choice.digit or place} {label}" for place, (choice, label) in enumerate(labels, 1))
        ends = f" {render(say.after, catalogue)}" if say.after else ""
        return Shown(soften(_filled(say, catalogue, choices) + ends))
    buttons = tuple(
        (f"{'' if choice.plain else say.question}:{choice.key}", label[:1].upper() + label[1:], choice.row) for choice, label in labels
    )
    return Shown(_filled(say, catalogue, ""), buttons)


def _filled(say: Say, catalogue: Catalogue, choices: str) -> str:
    if say.text.as_is or "{choices}" not in say.text.msgid:
        return render(say.text, catalogue)
    text = render(msgspec.structs.replace(say.text, values={**say.text.values, "choices": choices}), catalogue)
    return text if choices else _SPACES.sub(" ", text).strip()


_CUT = "..."
_WORDS, _USUAL_LIMIT = 6, 40
_A_LOT = 8  # of the letters that a quote may have: beyond, a text is cut anyhow


def quote(text: str, limit: int = 40, network: Network = "sms", most: int = 0) -> str:
    """The first words of a text: at most `limit` letters, and six words unless `most` says how many; "..." when cut.

    A limit beyond the usual 40 letters leaves the words uncounted.

    By SMS they are folded to GSM-7, for a quote must not triple the price; letters of another script give "..." alone.
    """
    most = most or (_WORDS if limit <= _USUAL_LIMIT else limit)
    head = text[: _A_LOT * limit]
    words = (fold(head) if network == "sms" else head).replace('"', "'").split()
    dropped = _drops(head) if network == "sms" else 0
    if not words or dropped > sum(map(len, words)):
        return _CUT
    whole = " ".join(words)
    if len(words) <= most and count(whole).units <= limit and not dropped:
        return whole
    kept = words[:most]
    while len(kept) > 1 and count(" ".join(kept)).units > limit - len(_CUT):
        kept.pop()
    start = " ".join(kept)
    while count(start).units > limit - len(_CUT):
        start = start[:-1]  # one word longer than a quote
    return start.rstrip(" ,;:.!?'-") + _CUT


def _drops(text: str) -> int:
    return sum(letter.isalnum() and not fold(letter) for letter in text)


def fold(text: str) -> str:
    """The text in the letters of GSM-7: accents it lacks are taken off, other scripts and emoji left out."""
    soft = soften(text)
    return soft if is_gsm7(soft) else "".join(letter if is_gsm7(letter) else _bare(letter) for letter in soft)


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if is_gsm7(part))
