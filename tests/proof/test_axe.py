"""Every page in a real browser, light and dark, on a small phone and a desktop: axe-core finds nothing, nothing scrolls sideways."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from outreach.db import Database
from tests import answering, avising
from tests.answering import STUDIED
from tests.conftest import Clock
from tests.peers.chromium import DESKTOP, PHONE, Browser, browser, gone
from tests.tour import DESK, PUBLIC, ROLES, STRANGER, furnish
from tests.town import EMAIL, PASSWORD, Town, town

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.one_engine]  # pages do not depend on it

LOOKS = [(size, scheme) for size in (PHONE, DESKTOP) for scheme in ("light", "dark")]


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        yield made


def look(window: Browser, base: str, paths: Iterable[str]) -> list[str]:
    """What is wrong, page by page."""
    return [fault for path in paths for fault in glance(window, path, base + path)]


def glance(window: Browser, name: str, address: str = "") -> list[str]:
    """What is wrong with one page, or with the one that is open."""
    found = []
    for size, scheme in LOOKS:
        window.size(*size)
        window.scheme(scheme)
        if address:
            window.driver.get(address)
        found += [f"{name} {size[0]} {scheme}: {fault}" for fault in window.violations()]
    return found


@pytest.mark.timeout(600)
async def test_axe_finds_nothing_on_any_page(city: Town) -> None:
    single = await furnish(city)
    await city.colleague(*ROLES)
    base = str(city.http.make_url("/")).rstrip("/")

    def visit() -> list[str]:
        with browser() as window:
            window.size(*DESKTOP)
            public = [*PUBLIC, *STRANGER, "/?lang=en", *(path for path in single if not path.startswith("/desk"))]
            found = look(window, base, public)
            window.enter(base, EMAIL, PASSWORD)
            return found + look(window, base, [*DESK, *(path for path in single if path.startswith("/desk"))])

    assert await asyncio.to_thread(visit) == []


@pytest.mark.timeout(300)
async def test_axe_finds_nothing_on_an_avis_before_it_is_public(city: Town, tmp_path: Path) -> None:
    """No address leads there: it is what a file is answered with, here a first avis and one in the place of another; faults likewise."""
    await furnish(city)
    await city.colleague("lead")
    refs = await city.ledger.write(lambda session: answering.opened(session, city.now, "quai-neuf", "Quai neuf", "NEUF"))
    await city.ledger.write(avising.cards)
    base = str(city.http.make_url("/")).rstrip("/")
    first, again, faulty = (tmp_path / f"{name}.csv" for name in ("premier", "nouveau", "fautes"))
    first.write_bytes(avising.sheet([("1", "Des arbres", "Planter,\nlà.", "Trois préfèrent des auvents.", refs[0])]))
    again.write_bytes(avising.sheet([(number, "Des arbres", "Planter", "", "") for number in ("1", "2", "3", "4 bis")]))
    faulty.write_bytes(avising.sheet([("1", "", "", "", "x")]))

    def visit() -> list[str]:
        with browser() as window:
            window.size(*DESKTOP)
            window.enter(base, EMAIL, PASSWORD)
            found = []
            for slug, file in (("quai-neuf", first), (STUDIED, again), ("quai-neuf", faulty)):
                for language in ("", "?lang=en"):
                    window.driver.get(f"{base}/desk/demarches/{slug}/reponse{language}")
                    form = window.driver.find_element("css selector", "form[action*='/reponse/avis']")
                    window.driver.execute_script("arguments[0].closest('details').open = true", form)
                    form.find_element("name", "file").send_keys(str(file))
                    for name, words in (("written_by", "40 habitants"), ("handed_to", "à la maire"), ("left_out", "trop tard")):
                        form.find_element("name", name).clear()
                        form.find_element("name", name).send_keys(words)
                    form.find_element("css selector", "button").click()
                    WebDriverWait(window.driver, 20).until(gone(form))
                    assert ('name="lines"' in window.driver.page_source) == (file != faulty)
                    found += glance(window, f"{file.stem}{language}")
            return found

    assert await asyncio.to_thread(visit) == []


@pytest.mark.timeout(300)
async def test_a_page_that_lost_a_label_or_grew_too_wide_is_noticed(city: Town) -> None:
    """The check itself is checked: a page spoilt in the browser must not pass."""
    base = str(city.http.make_url("/")).rstrip("/")

    def visit() -> tuple[list[str], list[str]]:
        with browser() as window:
            window.size(*PHONE)
            window.driver.get(f"{base}/suivi")
            window.driver.execute_script("document.querySelector('main label').remove()")
            unlabelled = window.violations()
            window.driver.get(f"{base}/suivi")
            window.driver.execute_script("document.querySelector('h1').style.width = '900px'")
            return unlabelled, window.violations()

    unlabelled, wide = await asyncio.to_thread(visit)
    assert any(fault.startswith("label:") for fault in unlabelled)
    assert any("sideways" in fault for fault in wide)
