"""Every page in a real browser, light and dark, on a small phone and a desktop: axe-core finds nothing, nothing scrolls sideways."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest

from outreach.db import Database
from tests.conftest import Clock
from tests.peers.chromium import DESKTOP, PHONE, Browser, browser
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
    found = []
    for path in paths:
        for size, scheme in LOOKS:
            window.size(*size)
            window.scheme(scheme)
            window.driver.get(base + path)
            found += [f"{path} {size[0]} {scheme}: {fault}" for fault in window.violations()]
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
            window.driver.get(f"{base}/desk/connexion")
            window.driver.find_element("name", "email").send_keys(EMAIL)
            window.driver.find_element("name", "password").send_keys(PASSWORD)
            window.driver.find_element("css selector", "main button").click()
            assert window.driver.current_url == f"{base}/desk"
            return found + look(window, base, [*DESK, *(path for path in single if path.startswith("/desk"))])

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
