"""Which language a script speaks, and how a sentence is shown on each network."""

import unicodedata

import msgspec

from conversations.messages import Network, Say
from conversations.segments import is_gsm7, soften
from conversations.text import Catalogue, render


class Shown(msgspec.Struct, frozen=True):
    """A message in a language, ready for a network: `buttons` are (callback data, label, row)."""

    text: str
    buttons: tuple[tuple[str, str, int], ...] = ()


_BLOCKS = (
    ("ARABIC", "ar"),
    ("CYRILLIC", "ru"),
    ("GEORGIAN", "ka"),
    ("ETHIOPIC", "ti"),
    ("ARMENIAN", "hy"),
    ("HEBREW", "he"),
    ("GREEK", "el"),
    ("HANGUL", "ko"),
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("CJK", "zh"),
    ("DEVANAGARI", "hi"),
    ("BENGALI", "bn"),
    ("TAMIL", "ta"),
    ("THAI", "th"),
)


def language_of(text: str, offered: tuple[str, ...]) -> str:
    """The offered language that the script of most letters belongs to; "" when the script says nothing (journeys 3.3)."""
    letters = [letter for letter in text.casefold() if letter.isalpha()]
    names = [unicodedata.name(letter, "") for letter in letters]
    for block, language in _BLOCKS:
        if 2 * sum(name.startswith(block) for name in names) > len(names):
            found = _narrow(language, frozenset(letters), offered)
            return found if found in offered else ""
    return ""


def _narrow(language: str, letters: frozenset[str], offered: tuple[str, ...]) -> str:
    if language == "ar" and letters & frozenset("پچژگ"):
        return "fa"
    if language == "ru" and letters & frozenset("іїєґ"):
        return "uk"
    if language == "ru" and not letters & frozenset("ыэъё") and "ru" not in offered:
        return "uk"
    return language


def show(say: Say, catalogue: Catalogue, network: Network) -> Shown:
    """Put a sentence into words: choices are digits in the text of an SMS ({choices}), buttons on Telegram."""
    labels = [(choice, render(choice.label, catalogue)) for choice in say.choices]
    if network == "sms":
        choices = " ".join(f"{choice.digit or place} {label}" for place, (choice, label) in enumerate(labels, 1))
        return Shown(soften(_filled(say, catalogue, choices)))
    buttons = tuple((f"{say.question}:{choice.key}", label[:1].upper() + label[1:], choice.row) for choice, label in labels)
    return Shown(_filled(say, catalogue, ""), buttons)


def _filled(say: Say, catalogue: Catalogue, choices: str) -> str:
    if say.text.as_is or "{choices}" not in say.text.msgid:
        return render(say.text, catalogue)
    text = render(msgspec.structs.replace(say.text, values={**say.text.values, "choices": choices}), catalogue)
    return text if choices else " ".join(text.split(" ")).replace("  ", " ").strip()


_MOST_WORDS = 6


def quote(text: str, limit: int = 40, network: Network = "sms") -> str:
    """The first words of a text, at most six and `limit` letters, "..." when cut.

    By SMS they are folded to GSM-7 (a quote must not triple the price); what can't be folded, another script, gives "...".
    """
    words = (fold(text) if network == "sms" else text).replace('"', "'").split()
    kept: list[str] = []
    for word in words[:_MOST_WORDS]:
        if len(" ".join([*kept, word])) > limit - 3:
            break
        kept.append(word)
    whole = " ".join(words)
    if len(words) <= _MOST_WORDS and len(whole) <= limit and whole and (network != "sms" or is_gsm7(soften(text)) or _letters(text)):
        return whole
    return (" ".join(kept) or whole[: limit - 3]).rstrip(" ,;:.!?'-") + "..."


def _letters(text: str) -> bool:
    return all(letter in " \n" or fold(letter) for letter in soften(text))


def fold(text: str) -> str:
    """The text in the letters of GSM-7: accents it lacks are taken off, other scripts and emoji left out."""
    return "".join(letter if is_gsm7(letter) else _bare(letter) for letter in soften(text))


def _bare(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if is_gsm7(part) and not unicodedata.combining(part))
