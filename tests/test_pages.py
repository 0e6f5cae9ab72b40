"""Every page, without a browser: its outline, its labels, its forms, and no link that leads nowhere."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

import pytest

from outreach.db import Database
from tests.conftest import Clock
from tests.tour import AHEAD, DESK, PUBLIC, ROLES, STRANGER, furnish
from tests.town import Town, town

_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
MISSING = {"/nowhere", "/suivi/12345678", "/registre?ref=12345678"}
ENOUGH = 4
"""Pages of one shape that are opened: the same code makes them."""
_ONE_OF_MANY = re.compile(r"[0-9a-f]{8,}|\d+|(?<=/demarches/)[^/?]+(?=/affiches/)|(?<=/affiches/)[^/?]+")
_SHAPES = {"circle", "ellipse", "line", "path", "polygon", "polyline", "rect"}


class Page(HTMLParser):
    """What a screen reader would list."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.forms: list[tuple[str, list[str]]] = []
        self.title = ""
        self.language = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if len(found) != len(attrs):
            self.faults.append(f"an attribute twice on {tag}")
        if tag not in _VOID | _SHAPES:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "html":
            self.language = found.get("lang", "")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag in {"a", "link"} and "href" in found:
            self.links.append(found["href"])
        if tag == "label":
            self.labels.add(found.get("for", ""))
        if tag == "form":
            self.forms.append((found.get("method", "get"), []))
        if tag in {"input", "textarea", "select"}:
            self._field(found)
        if tag == "img" and "alt" not in found:
            self.faults.append("a picture without alt")

    def _field(self, found: dict[str, str]) -> None:
        if self.forms:
            self.forms[-1][1].append(found.get("name", ""))
        if found.get("type") != "hidden":
            self.fields.append(found | {"inside": "label" if "label" in self.open else ""})

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID | _SHAPES:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["title"] and "svg" not in self.open:
            self.title += data


def shape(address: str) -> str:
    """What addresses have in common that differ by a number, a month or a poster's place: /suivi/…"""
    return _ONE_OF_MANY.sub("…", address)


def check(path: str, text: str) -> Page:
    """Everything that must be true of any page."""
    page = Page(text)
    assert page.faults == [], path
    assert page.open == [], path
    assert len(set(page.ids)) == len(page.ids), (path, sorted(one for one in page.ids if page.ids.count(one) > 1))
    assert page.headings[0] == 1, path
    assert page.headings.count(1) == 1, path
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), (path, page.headings)
    assert page.language, path
    assert page.title.endswith("Ville de Nantes"), path
    for field in page.fields:
        assert field["inside"] or field.get("id") in page.labels, (path, field)
    for method, names in page.forms:
        proven = path.startswith("/relecture/")  # the address itself is the secret: no cookie is abused, no other page knows it
        assert (method == "post") == ("csrf" in names or proven), (path, names)
    assert "{{" not in text, path
    assert "{%" not in text, path
    assert "None" not in text, path
    return page


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        yield made


@pytest.mark.one_engine
@pytest.mark.timeout(300)  # some hundreds of pages
async def test_every_page_is_well_made_and_no_link_leads_nowhere(city: Town) -> None:
    single = await furnish(city)
    titles: dict[str, str] = {}
    todo = [(path, "") for path in (*PUBLIC, *STRANGER, *(path for path in single if not path.startswith("/desk")))]
    seen = {path for path, _from in todo}
    alike: Counter[str] = Counter()
    signed_in = False
    while todo or not signed_in:
        if not todo:
            await city.enter(*ROLES)
            signed_in = True
            todo = [(path, "") for path in (*DESK, *(path for path in single if path.startswith("/desk")))]
            seen |= {path for path, _from in todo}
        path, source = todo.pop()
        async with city.http.get(path, allow_redirects=False) as answer:
            expected = {404} if path in {*MISSING, "/desk/invitation/used"} else {200, 303}
            assert answer.status in expected, (path, source, answer.status)
            if answer.content_type != "text/html" or answer.status == 303:
                continue
            page = check(path, await answer.text())
        if source == "":
            titles.setdefault(page.title, path)
        for link in page.links if not path.partition("?")[0].endswith(AHEAD) else ():
            address = urldefrag(link).url
            if address.startswith("?"):
                address = f"{path.partition('?')[0]}{address}"
            if not address or urlsplit(address).scheme or address in seen or path in MISSING:
                continue
            if address.startswith("/desk") and not signed_in:
                continue
            seen.add(address)
            alike[shape(address)] += 1
            if alike[shape(address)] <= ENOUGH:
                todo.append((address, path))
    assert len(seen) > 60
    assert len(titles) > 20  # pages are told apart by their titles


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_speaks_one_language(city: Town, language: str) -> None:
    """No sentence of the other language is left on a page: the words that stand on every page are looked for."""
    await furnish(city)
    await city.enter(*ROLES)
    foreign = {
        "fr": ("Skip to the content", "Main menu", "Moderation charter"),
        "en": ("Aller au contenu", "Menu principal", "Charte de modération"),
    }
    for path in (*PUBLIC, *DESK):
        async with city.http.get(path, params={"lang": language}) as answer:
            text = await answer.text()
        assert Page(text).language == language
        for words in foreign[language]:
            assert words not in text, path
