"""A theme is given by a key, in a real browser; the pages with posters and themes are readable by all and small enough."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.wait import WebDriverWait

from outreach.contributions import queue
from outreach.db import Database
from tests.conftest import Clock
from tests.peers.chromium import DESKTOP, browser, gone
from tests.town import EMAIL, PASSWORD, SLUG, Town, town

pytestmark = [pytest.mark.peer, pytest.mark.one_engine]


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        await made.opened()
        yield made


@pytest.mark.timeout(240)
async def test_a_key_gives_a_theme_and_the_same_key_takes_it_back(city: Town) -> None:
    ref = await city.say("Des arbres, et de quoi s'asseoir")
    await city.colleague("moderator", "staff")
    base = str(city.http.make_url("/")).rstrip("/")

    def visit() -> list[str]:
        with browser() as window:
            window.size(*DESKTOP)
            window.enter(base, EMAIL, PASSWORD)
            seen = []
            window.driver.get(f"{base}/desk/contributions/{ref}")
            for _once in range(2):
                before = window.driver.find_element("css selector", ".themes")
                ActionChains(window.driver).send_keys("2").perform()
                WebDriverWait(window.driver, 20).until(gone(before))
                seen.append(window.driver.find_element("css selector", '.themes [data-keys="2"]').get_attribute("aria-pressed"))
            assert seen == ["true", "false"]
            ActionChains(window.driver).send_keys("1").perform()
            WebDriverWait(window.driver, 20).until(
                lambda driver: driver.find_elements("css selector", '.themes [data-keys="1"][aria-pressed="true"]')
            )
            found = []
            for name in (f"contributions/{ref}", f"demarches/{SLUG}/affiches", f"demarches/{SLUG}"):
                found += window.faults(name, f"{base}/desk/{name}")
            return found

    assert await asyncio.to_thread(visit) == []
    item = await city.ledger.read(queue.get, city.now, ref)
    assert item.theme == "ombre"
