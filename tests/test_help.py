"""Three lines of help at most on each page of the desk, in both languages (UX-13)."""

import re

import pytest

from bot.desk import DOORS
from bot.desk.help import HELP, LONGEST, MOST
from bot.languages import catalogues
from conversations.text import render
from outreach.db import Database
from tests.conftest import Clock
from tests.test_rights_matrix import plain
from tests.tour import AHEAD, DESK, ROLES, STRANGER, furnish
from tests.town import Town, town

LANGUAGES = catalogues(("fr", "en"))
FILES = re.compile(r"\.(csv|pdf|xlsx|js|json)$")


def test_every_page_of_the_desk_has_its_help_and_no_other_address() -> None:
    pages = {plain(door.path) for door in DOORS if door.method == "GET" and not FILES.search(plain(door.path))}
    pages = {one for one in pages if not one.endswith(AHEAD)}  # that one is the public's
    assert set(HELP) == pages | {"/desk/connexion", "/desk/invitation/{token}"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_help_is_three_short_lines_at_most(language: str) -> None:
    for path, lines in HELP.items():
        assert 1 <= len(lines) <= MOST, path
        for line in lines:
            said = render(line, LANGUAGES[language])
            assert len(said) <= LONGEST, (path, said, len(said))


@pytest.mark.one_engine
async def test_the_help_stands_on_each_page(database: Database, clock: Clock) -> None:
    async with town(database, clock) as city:
        single = await furnish(city)
        await _look(city, STRANGER)
        await city.enter(*ROLES)
        await _look(city, [*DESK, *(path for path in single if path.startswith("/desk"))])


async def _look(city: Town, paths: "list[str] | tuple[str, ...]") -> None:
    for path in (one for one in paths if not one.endswith(AHEAD)):
        for language, word in (("fr", "Aide"), ("en", "Help")):
            async with city.http.get(path, params={"lang": language}) as answer:
                page = await answer.text()
            if "Location" not in answer.headers and "text/html" in answer.content_type:
                found = re.search(r'<details class="help"><summary>(\w+)</summary><ul>(.*?)</ul>', page)
                assert found, path
                assert found[1] == word, path
                assert found[2].count("<li>") in range(1, MOST + 1), path
