"""A campaign in two languages in Debian's Chromium: from a model to approved by a second person, in fifteen interactions at most."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from conversations.messages import Inbound, Words
from outreach import campaigns, consents
from outreach.db import Database
from tests.conftest import Clock
from tests.contributing import person
from tests.peers.chromium import DESKTOP, PHONE, Browser, browser, gone
from tests.town import EMAIL, PASSWORD, Town, town

pytestmark = [pytest.mark.peer, pytest.mark.one_engine]

LEAD = "chef@ville.example"
MOST = 15
"""Interactions of both people together: a press, a field filled in, a message from one's own phone."""


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        await made.opened()
        yield made


async def settle_in(city: Town, many: int) -> None:
    def agree(session: Any) -> None:
        for number in range(many):
            where = person(session, city.now, f"+3363998{number:04d}")
            language = "en" if number % 3 == 0 else "fr"
            consents.give(session, [consents.Given(where, "workshops", "un SMS ? 1 oui", language, "receipt")], city.now)

    await city.ledger.write(agree)


class Hands:
    """What one person does in a window, counted."""

    def __init__(self, window: Browser, base: str) -> None:
        self.window, self.base, self.count = window, base, 0

    def enter(self, email: str) -> None:
        """Sign in: not counted, a day begins with it."""
        self.window.driver.delete_all_cookies()
        self.window.enter(self.base, email, PASSWORD)

    def press(self, words: str, inside: str = "") -> None:
        """A button or link by its words; the next page is there when this returns."""
        driver = self.window.driver
        before = driver.find_element("tag name", "body")
        path = f'{inside or "//*[self::main or self::nav]"}//*[self::a or self::button][normalize-space()="{words}"]'
        driver.find_element("xpath", path).click()
        WebDriverWait(driver, 20).until(gone(before))
        WebDriverWait(driver, 20).until(lambda driver: driver.execute_script("return document.readyState") == "complete")
        self.count += 1

    def write(self, name: str, words: str) -> None:
        field = self.window.driver.find_element("name", name)
        field.clear()
        field.send_keys(words)
        self.count += 1

    def said(self) -> str:
        return self.window.driver.find_element("tag name", "main").text


@pytest.mark.timeout(300)
async def test_from_a_model_to_approved_within_fifteen_interactions(city: Town) -> None:
    await settle_in(city, 60)
    await city.colleague("staff")
    await city.colleague("lead", email=LEAD)
    base, pictures, loop = str(city.http.make_url("/")).rstrip("/"), os.environ.get("PICTURES"), asyncio.get_running_loop()

    def wait(work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(20)

    def visit() -> tuple[int, list[str]]:
        with browser() as window:
            window.size(*DESKTOP)
            hands = Hands(window, base)
            faults: list[str] = []

            def look(name: str) -> None:
                for size in (DESKTOP, PHONE):
                    window.size(*size)
                    faults.extend(f"{name} {size[0]}: {fault}" for fault in window.violations())
                    if pictures:
                        window.picture(Path(pictures) / f"campaign-{name}-{size[0]}.png")
                window.size(*DESKTOP)

            hands.enter(EMAIL)
            hands.press("Campagnes")
            hands.press("Annoncer un atelier")
            hands.write("text-fr", "{workshop}, {date} à {hour}, {place}. Il y a des jeux pour les enfants.")
            hands.write("text-en", "{workshop}, {date} at {hour}, {place}. There are games for the children.")
            look("form")
            hands.press("La regarder")
            assert "Il y a des jeux pour les enfants" in hands.said()
            assert "There are games for the children" in hands.said()
            hands.press("Montrer quel téléphone est le mien")
            code = re.search(r"TEST (\d{6})", hands.said())
            assert code
            phone = Inbound("simulator", "3609", "k1", "sms", "+33639989999", Words(f"TEST {code[1]}"), city.now)
            wait(city.ledger.receive(phone))
            hands.count += 1
            hands.press("C'est envoyé")
            hands.press("L'envoyer sur mon téléphone")
            look("preview")
            hands.press("Demander l'approbation")
            hands.enter(LEAD)
            hands.press("attend votre accord")
            hands.press("Annoncer un atelier", inside='//ul[@class="rows"]')
            hands.press("Approuver : je l'ai lue")
            assert "approuvée" in hands.said()
            return hands.count, faults

    count, faults = await asyncio.to_thread(visit)
    assert faults == []
    assert count <= MOST
    (view,) = (await city.ledger.read(campaigns.listing)).items
    assert view.state == "scheduled"
    assert set(view.draft.texts) == {"fr", "en"}
