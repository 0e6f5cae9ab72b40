"""The demonstration in a real browser, scenes 2, 3, 6 and 8 by their buttons; and a moderator who never touches the mouse."""

import asyncio
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from outreach import invented
from outreach.db import Database
from tests.city import City
from tests.conftest import Clock
from tests.peers import ROOT, free_ports
from tests.peers.chromium import DESKTOP, PHONE, Browser, browser
from tests.stage import heard, play
from tests.town import EMAIL, PASSWORD, town

pytestmark = [pytest.mark.proof, pytest.mark.peer]


@contextmanager
def demonstration(folder: Path) -> Iterator[City]:
    """A service with phones, started again whenever it dies: what `allervers demo` is to its child."""
    city = City(folder, SIMULATOR="1", LOG="warning").on_a_tuesday()
    city.build(invented.market_square(city.today).replace("capacity: 30", "capacity: 2"))
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            city.start()
            assert city.child is not None
            while city.child.poll() is None and not ended.wait(0.1):
                pass

    parent = threading.Thread(target=watch)
    parent.start()
    try:
        asyncio.run(_until_ready(city))
        yield city
    finally:
        ended.set()
        parent.join()
        city.stop()


async def _until_ready(city: City) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(30):
        while True:
            try:
                async with http.get(f"{city.base}/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


@pytest.mark.timeout(200)
def test_the_command_shows_the_whole_line_in_the_terminal_and_ends(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "bot", "demo", "--once", "--port", str(port), "--folder", str(tmp_path / "demo")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr
    told = done.stdout
    for line in ("> Place des bancs et de l'ombre", "1 oui, j'ai 15 ans ou plus", "bien arrivé", "est publié, sans votre nom", "/suivi/"):
        assert line in told, told
    assert told.index("bien arrivé") < told.index("est publié")


@pytest.mark.timeout(400)
def test_scenes_2_3_6_and_8_play_by_their_buttons(tmp_path: Path) -> None:
    with demonstration(tmp_path) as city, browser() as window:
        for size in (PHONE, DESKTOP, (1680, 950)):
            for scheme in ("light", "dark"):
                window.size(*size)
                window.scheme(scheme)
                window.driver.get(f"{city.base}/simulator")
                assert window.violations() == []
        assert "deux SMS" in play(window, "2")
        assert "bien arrivé" in heard(window, "keypad")
        assert "0,28" in window.driver.find_element(By.ID, "euros").text
        assert "STOP" in play(window, "3")
        assert "plus de SMS" in heard(window, "keypad")
        assert "bien reçu" in heard(window, "touch")
        assert "cahier" in play(window, "6")
        keypad, touch = heard(window, "keypad"), heard(window, "touch")
        assert re.search(r"2 places pour vous.*Code à l'entrée: \d{4}.*Vous venez \?.*votre place est libre", keypad, re.DOTALL), keypad
        assert re.search(r"complet.*rang 1.*une place pour vous !.*Code à l'entrée : \d{4}", touch, re.DOTALL), touch
        told = play(window, "8")
        assert "40 messages reçus, 40 dans les registres, 0 perdu. 40 réponses parties" in told, told
        contributions = asyncio.run(_texts(city))
        assert "نحتاج الى مقاعد و ظل للاطفال" in " ".join(contributions)
        assert "Stop aux voitures place du Marché" in contributions


async def _texts(city: City) -> list[str]:
    async with aiohttp.ClientSession() as http:
        return [item["text"] for item in (await city.api(http, "GET", "/contributions?limit=200"))["items"]]


@pytest.mark.timeout(200)
@pytest.mark.one_engine
async def test_a_moderator_reads_five_without_a_mouse(database: Database, clock: Clock) -> None:
    """A11Y-04: publish three by a key, hide words, refuse, take it back; keys sleep in text fields and when turned off."""
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1", UNDO_SECONDS="60") as city:
        await city.opened()
        refs = [await city.say(f"Un banc numéro {number}", phone=f"+3363998001{number}") for number in range(7)]
        await city.colleague("moderator")
        base = str(city.http.make_url("/")).rstrip("/")

        def work() -> None:
            with browser() as window:
                window.size(*DESKTOP)
                morning(window, base, refs)

        await asyncio.to_thread(work)


def morning(window: Browser, base: str, refs: list[str]) -> None:
    driver = window.driver

    def press(*keys: str) -> None:
        ActionChains(driver).send_keys(*keys).perform()

    def at(ref: str) -> None:
        WebDriverWait(driver, 10).until(
            lambda _d: driver.current_url.split("?")[0].endswith(ref) and driver.execute_script("return document.readyState") == "complete"
        )

    driver.get(f"{base}/desk/connexion")
    driver.find_element(By.NAME, "email").send_keys(EMAIL, Keys.TAB)
    press(PASSWORD, Keys.ENTER)
    WebDriverWait(driver, 10).until(lambda _d: driver.current_url == f"{base}/desk")
    while driver.switch_to.active_element.text != "Lire le suivant":
        press(Keys.TAB)
        assert driver.execute_script("return document.activeElement.matches(':focus-visible')")
    press(Keys.ENTER)
    for ref in refs[:3]:
        at(ref)
        press("d")
    at(refs[3])
    press("r")
    assert driver.switch_to.active_element.get_attribute("name") == "text"
    press("d", Keys.BACKSPACE)  # in a text field a key is a letter
    at(refs[3])
    field = driver.switch_to.active_element
    field.clear()
    field.send_keys("Un banc […]")
    field.submit()
    at(refs[4])
    press("?")  # the list of keys, where they can be turned off
    driver.find_element(By.CSS_SELECTOR, "[data-keys-switch]").send_keys(Keys.ENTER)
    press("d")
    time.sleep(0.3)  # nothing may come of it
    at(refs[4])
    driver.find_element(By.CSS_SELECTOR, "[data-keys-switch]").send_keys(Keys.ENTER)
    press("f")
    driver.find_element(By.CSS_SELECTOR, "input[value='R1']").send_keys(Keys.SPACE, Keys.ENTER)
    at(refs[5])
    press("u")
    at(refs[4])
    assert "annulée" in " ".join(one.text for one in driver.find_elements(By.CSS_SELECTOR, "[role=alert], [role=status]"))
