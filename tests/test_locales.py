import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot import languages
from bot.settings import read as read_settings
from conversations import keywords
from tests.peers import ROOT

LOCALES = ROOT / "locales"
TEMPLATE = LOCALES / "messages.pot"
OFFERED = [language for language in read_settings({}).languages if language != "en"]  # English is the msgids themselves
WRITTEN = sorted({path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/messages.po")} | set(OFFERED))

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff]\ufe0f?")
CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{4,}(?: [A-ZÀ-ÖØ-Þ]{4,})*\b")
NO_KEYWORDS = {"TEST", "CNIL", "JSON", "YAML", "RGAA", "WCAG", "RGPD", "GDPR", "PHAROS", "PLACE", "PLACES"}  # "3 PLACES": with its count


def catalog(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalog(languages.path_of(language), language) if message.id)


def strings(given: object) -> list[str]:
    return [given] if isinstance(given, str) else [str(one) for one in given] if isinstance(given, (tuple, list)) else []


def holes(text: str, flags: set[str]) -> set[str]:
    """The placeholders of a sentence, `{name}` or `%(name)s`."""
    if "python-format" in flags:
        return set(re.findall(r"%\((\w+)\)[sd]", text))
    return (
        {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
        if "python-brace-format" in flags
        else set()
    )


def test_the_template_holds_every_sentence_of_the_code(tmp_path: Path) -> None:
    fresh = tmp_path / "messages.pot"
    command = ["extract", "-F", "pyproject.toml", "--no-location", "--sort-output", "--omit-header", "-o", str(fresh), "."]
    subprocess.run([Path(sys.executable).with_name("pybabel"), "-q", *command], cwd=ROOT, check=True, capture_output=True)
    assert fresh.read_text(encoding="utf-8") == TEMPLATE.read_text(encoding="utf-8"), "run `make locales`"


def test_the_template_has_no_line_numbers() -> None:
    assert not re.search(r"^#:", TEMPLATE.read_text(encoding="utf-8"), re.MULTILINE)


def test_no_compiled_catalogue_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "*.mo", "locales"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert listed
    assert {Path(name).suffix for name in listed} <= {".po", ".pot"}


def test_the_makefile_takes_sentences_out_as_this_test_does() -> None:
    assert "extract -F pyproject.toml --no-location --sort-output --omit-header -o locales/messages.pot" in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("language", WRITTEN)
def test_a_catalogue_has_the_sentences_of_the_template_and_no_other(language: str) -> None:
    wanted = {message.id for message in catalog(TEMPLATE) if message.id}
    found = catalog(languages.path_of(language), language)
    assert {message.id for message in found if message.id} == wanted
    assert not found.obsolete
    assert str(found.locale) == language


@pytest.mark.parametrize("language", OFFERED)
def test_an_offered_language_is_complete(language: str) -> None:
    missing = [message.id for message in messages(language) if message.fuzzy or not all(strings(message.string) or [""])]
    assert missing == []


@pytest.mark.parametrize("language", WRITTEN)
def test_placeholders_are_those_of_the_original(language: str) -> None:
    for message in messages(language):
        flags = {str(flag) for flag in message.flags}
        wanted = set[str]().union(*(holes(text, flags) for text in strings(message.id)))
        for text in filter(None, strings(message.string)):
            found = holes(text, flags)
            if len(strings(message.id)) > 1:
                assert found <= wanted <= found | {"count"}, message.id  # "un avis" may do without the number
            else:
                assert found == wanted, message.id


@pytest.mark.parametrize("language", WRITTEN)
def test_every_plural_form_is_written(language: str) -> None:
    forms = catalog(languages.path_of(language), language).num_plurals
    for message in messages(language):
        if isinstance(message.id, (tuple, list)) and any(strings(message.string)):
            assert len(strings(message.string)) == forms, message.id
            assert all(strings(message.string)), message.id


@pytest.mark.parametrize("language", WRITTEN)
def test_tags_are_those_of_the_original(language: str) -> None:
    for message in messages(language):
        for text in filter(None, strings(message.string)):
            tags = sorted(re.findall(r"</?\w+", text))
            assert tags in [sorted(re.findall(r"</?\w+", original)) for original in strings(message.id)], message.id


@pytest.mark.parametrize("language", WRITTEN)
def test_at_most_one_emoji_and_none_at_the_start_of_a_line(language: str) -> None:
    """A11Y-13: a screen reader says each by its name."""
    for message in messages(language):
        for text in (*strings(message.id), *strings(message.string)):
            assert len(EMOJI.findall(text)) <= 1, text
            assert not any(EMOJI.match(line.lstrip()) for line in text.splitlines()), text


@pytest.mark.parametrize("language", WRITTEN)
def test_a_word_that_we_ask_people_to_send_is_understood_and_means_the_same(language: str) -> None:
    for message in messages(language):
        if not all(strings(message.string)):
            continue
        asked = set[str]().union(*map(_keywords_of, strings(message.id)))
        for text in strings(message.string):
            assert asked <= _keywords_of(text), (message.id, text)


def _keywords_of(text: str) -> set[str]:
    printed = set(CAPITALS.findall(text)) - NO_KEYWORDS
    found = {word: keywords.find(word) for word in printed}
    assert all(found.values()), f"nobody understands {[word for word, known in found.items() if not known]} in {text!r}"
    return {known.name for known in found.values() if known}


def test_a_number_chooses_its_form() -> None:
    french = languages.Translations(catalog(LOCALES / "fr" / "LC_MESSAGES" / "messages.po", "fr"))
    french._many["one view"] = ("un avis", "{count} avis")
    assert [french.ngettext("one view", "{count} views", count) for count in (0, 1, 2)] == ["un avis", "un avis", "{count} avis"]
    assert french.ngettext("a bench nobody wrote of", "benches", 2) == "benches"


def test_a_doubtful_translation_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    header = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    path.write_text(header + '#, fuzzy\nmsgid "yes"\nmsgstr "non"\n\nmsgid "no"\nmsgstr "non"\n')
    found = languages.Translations(catalog(path, "fr"))
    assert found.gettext("yes") == "yes"
    assert found.gettext("no") == "non"


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert languages.read("xx").gettext("Send it") == "Send it"
    assert list(languages.catalogues(("fr", "en"))) == ["fr", "en"]
