"""locales/*.po into catalogues, in memory: nothing is compiled, nothing can be forgotten."""

import re
from collections.abc import Iterable
from functools import cache
from gettext import NullTranslations, c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from conversations.text import Catalogue

LOCALES = Path(__file__).resolve().parents[1] / "locales"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})
_BEFORE = re.compile(r" ([?!;:»])")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


class Translations(NullTranslations):
    """One language; a sentence that is missing stays English, which `test_locales` does not let happen."""

    def __init__(self, catalog: Catalog) -> None:
        """Take what is translated and not doubtful."""
        super().__init__()
        self._one: dict[str, str] = {}
        self._many: dict[str, tuple[str, ...]] = {}
        self._form = c2py(catalog.plural_expr)
        for message in catalog:
            if not message.id or message.fuzzy:
                continue
            if isinstance(message.id, str):
                if isinstance(message.string, str) and message.string:
                    self._one[message.id] = message.string
            elif isinstance(message.string, (tuple, list)) and all(message.string):
                self._many[message.id[0]] = tuple(message.string)

    def gettext(self, message: str) -> str:
        """The sentence in this language."""
        return self._one.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form that this language uses for `n`."""
        forms = self._many.get(msgid1)
        return forms[self._form(n)] if forms else super().ngettext(msgid1, msgid2, n)


def path_of(language: str) -> Path:
    """Where the catalogue of a language stands."""
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


@cache
def read(language: str) -> Catalogue:
    """The catalogue of one language; English is the msgids themselves unless a catalogue says better."""
    path = path_of(language)
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return Translations(read_po(file, locale=language))


def catalogues(languages: Iterable[str]) -> dict[str, Catalogue]:
    """The catalogues of the languages offered."""
    return {language: read(language) for language in languages}


def spaced(sentence: str) -> str:
    """As it is printed: no line begins with a sign that belongs to the word before it, apostrophes are round."""
    sentence = _APOSTROPHE.sub("’", sentence)
    return _BEFORE.sub(lambda found: f"\u202f{found[1]}" if found[1] in "?!;" else f"\u00a0{found[1]}", sentence).replace("« ", "«\u00a0")
