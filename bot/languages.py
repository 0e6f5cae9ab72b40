"""locales/*.po into catalogues, in memory: nothing is compiled, nothing can be forgotten."""

from collections.abc import Iterable
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from conversations.text import Catalogue

LOCALES = Path(__file__).resolve().parents[1] / "locales"


class _Translations(NullTranslations):
    """One language; a sentence that is missing stays English, which `test_locales` does not let happen."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._one = {message.id: message.string for message in catalog if message.id and message.string and isinstance(message.id, str)}
        self._many = {message.id[0]: message.string for message in catalog if isinstance(message.id, (tuple, list)) and all(message.string)}
        self._form = _plural(catalog)

    def gettext(self, message: str) -> str:
        return str(self._one.get(message, message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._many.get(msgid1)
        return str(forms[self._form(n)]) if forms else super().ngettext(msgid1, msgid2, n)


def _plural(catalog: Catalog):  # noqa: ANN202
    from gettext import c2py

    return c2py(catalog.plural_expr)


@cache
def read(language: str) -> Catalogue:
    """The catalogue of one language; English is the msgids themselves unless a catalogue says better."""
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        return _Translations(read_po(file, locale=language))


def catalogues(languages: Iterable[str]) -> dict[str, Catalogue]:
    """The catalogues of the languages offered."""
    return {language: read(language) for language in languages}
