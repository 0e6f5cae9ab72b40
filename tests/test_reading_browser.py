"""A moderator's morning in Debian's Chromium: twenty by keyboard alone, ten on a page, two people, a killed browser, an appeal."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from conversations.messages import Inbound, Words
from outreach import inbox, outbox
from outreach.contributions import queue, reports, triage
from outreach.contributions.decisions import apply_due
from outreach.db import Database
from outreach.references import new_token
from tests.conftest import Clock
from tests.peers.chromium import DESKTOP, Browser, browser, gone
from tests.town import EMAIL, PASSWORD, Town, town

pytestmark = [pytest.mark.peer, pytest.mark.one_engine]

OTHER = "max@ville.example"
HERE = "/desk/contributions"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        await made.opened()
        yield made


def base_of(city: Town) -> str:
    return str(city.http.make_url("/")).rstrip("/")


def enter(window: Browser, base: str, email: str = EMAIL) -> None:
    window.size(*DESKTOP)
    window.enter(base, email, PASSWORD)


def shown(window: Browser) -> str:
    """The number of the item that is open."""
    return window.driver.current_url.split("?")[0].rsplit("/", 1)[1]


async def looked(city: Town) -> None:
    while found := await city.ledger.read(triage.unread):
        await city.ledger.write(triage.keep, city.now, found)


async def said(city: Town, count: int, text: str = "Un avis court numéro {number}") -> list[str]:
    refs = [await city.say(text.format(number=number), phone=f"+336399820{number:02}") for number in range(count)]
    await looked(city)
    return refs


@pytest.mark.timeout(300)
async def test_twenty_items_by_keyboard_alone(city: Town) -> None:
    refs = await said(city, 20)
    await city.colleague("moderator")
    base = base_of(city)

    def visit() -> list[str]:
        with browser() as window:
            enter(window, base)
            window.driver.get(f"{base}{HERE}")
            ActionChains(window.driver).send_keys("jj").perform()
            assert window.driver.switch_to.active_element.get_attribute("href") == f"{base}{HERE}/{refs[1]}"
            ActionChains(window.driver).send_keys("k", Keys.ENTER).perform()
            WebDriverWait(window.driver, 20).until(lambda driver: refs[0] in driver.current_url)
            seen = []
            for number in range(20):
                seen.append(shown(window))
                heights = "return [document.querySelector('.decide').getBoundingClientRect().bottom, innerHeight]"
                bottom, height = window.driver.execute_script(heights)
                assert bottom <= height, f"the decision ends at {bottom}"
                if number % 5 == 4:  # refuse: the reason by its number, then Enter
                    ActionChains(window.driver).send_keys("f5").perform()
                    window.press(Keys.ENTER)
                else:
                    window.press("d")
            return seen

    assert await asyncio.to_thread(visit) == refs
    city.clock.advance(seconds=11)
    while await city.ledger.write(apply_due, city.now):
        pass
    states = [(await city.ledger.read(queue.get, city.now, ref)).state for ref in refs]
    assert (states.count("published"), states.count("refused")) == (16, 4)


@pytest.mark.timeout(300)
async def test_ten_on_a_page_without_scrolling_and_undo_sends_nothing(city: Town) -> None:
    long = "Il manque des bancs et de l'ombre, on ne peut pas attendre le tram debout avec deux enfants et des courses, numéro {number}"
    refs = await said(city, 11, long + ", c'est simple: trois bancs et deux platanes")
    await city.colleague("moderator")
    base = base_of(city)

    def visit() -> list[str]:
        with browser() as window:
            enter(window, base)
            window.driver.get(f"{base}{HERE}/page")
            found = [one.get_attribute("name") for one in window.driver.find_elements("css selector", ".ten input")]
            assert found == [f"garder-{ref}" for ref in refs[:10]]
            bottom = window.driver.execute_script("return document.querySelector('[data-keys=d]').getBoundingClientRect().bottom")
            faults = [] if bottom <= DESKTOP[1] else [f"the page of ten ends at {bottom}"]
            faults += window.faults("ten")
            ActionChains(window.driver).send_keys("3").perform()  # the third is taken out
            window.press("d")
            assert "9" in window.driver.find_element("css selector", ".undo").text
            window.press("u")
            return faults

    assert await asyncio.to_thread(visit) == []
    city.clock.advance(seconds=11)
    await city.ledger.write(apply_due, city.now)
    await city.ledger.write(inbox.say_first, city.clock.advance(hours=4))
    for place in range(11):
        assert await city.ledger.read(outbox.said, city._people[f"+336399820{place:02}"]) == []
    assert {(await city.ledger.read(queue.get, city.now, ref)).state for ref in refs} == {"received"}


@pytest.mark.timeout(300)
async def test_two_moderators_never_get_the_same_and_a_killed_browser_frees_it(city: Town) -> None:
    refs = await said(city, 14)
    await city.colleague("moderator")
    await city.colleague("moderator", email=OTHER)
    base = base_of(city)

    def first() -> list[str]:
        with browser() as window, browser() as other:
            enter(window, base)
            enter(other, base, OTHER)
            window.driver.get(f"{base}{HERE}/page")
            mine = [name_of(one) for one in window.driver.find_elements("css selector", ".ten input")]
            seen = []
            other.driver.get(f"{base}{HERE}/page")
            theirs = [name_of(one) for one in other.driver.find_elements("css selector", ".ten input")]
            assert not set(mine) & set(theirs)
            other.press("z")
            for _ in theirs:
                seen.append(shown(other))
                other.press("j")
            assert set(seen) == set(theirs)
            window.driver.service.process.kill()  # no goodbye
            return mine

    def later() -> list[str]:
        with browser() as other:
            enter(other, base, OTHER)
            other.driver.get(f"{base}{HERE}/page")
            return [name_of(one) for one in other.driver.find_elements("css selector", ".ten input")]

    mine = await asyncio.to_thread(first)
    assert mine == refs[:10]
    assert not set(await asyncio.to_thread(later)) & set(mine)
    city.clock.advance(minutes=10, seconds=1)
    assert await asyncio.to_thread(later) == mine


def name_of(box: object) -> str:
    return str(box.get_attribute("name")).removeprefix("garder-")  # type: ignore[attr-defined]


@pytest.mark.timeout(300)
async def test_keys_are_off_in_fields_and_can_be_turned_off(city: Town) -> None:
    refs = await said(city, 2)
    await city.colleague("moderator")
    base = base_of(city)

    def visit() -> str:
        with browser() as window:
            enter(window, base)
            window.driver.get(f"{base}/desk/compte")
            ActionChains(window.driver).send_keys("?").perform()
            window.driver.find_element("css selector", "[data-keys-switch]").click()
            window.driver.get(f"{base}{HERE}/{refs[0]}")
            ActionChains(window.driver).send_keys("d").perform()
            assert shown(window) == refs[0]
            window.driver.execute_script("localStorage.clear()")
            window.driver.get(f"{base}{HERE}/{refs[0]}")
            ActionChains(window.driver).send_keys("f").perform()
            window.driver.find_element("id", "refusal-fact").send_keys("dudzj")
            assert shown(window) == refs[0]
            return str(window.driver.find_element("id", "refusal-fact").get_attribute("value"))

    assert await asyncio.to_thread(visit) == "dudzj"
    assert (await city.ledger.read(queue.get, city.now, refs[0])).pending is None


@pytest.mark.timeout(300)
async def test_a_refusal_reaches_the_phone_with_its_appeal_and_another_account_decides_it(city: Town) -> None:
    (ref,) = await said(city, 1, "Achetez mes bancs en plastique")
    who, phone = city._people["+33639982000"], "+33639982000"
    await city.colleague("moderator")
    await city.colleague("moderator", email=OTHER)
    base = base_of(city)

    def refuse() -> None:
        with browser() as window:
            enter(window, base)
            window.driver.get(f"{base}{HERE}/{ref}")
            ActionChains(window.driver).send_keys("f12").perform()
            assert window.driver.find_element("css selector", "details[open] input[name=reason]:checked").get_attribute("value") == "R12"
            ActionChains(window.driver).send_keys("5").perform()
            window.driver.find_element("id", "refusal-fact").send_keys("vend des bancs")
            window.press(Keys.ENTER)

    def judge(email: str) -> str:
        with browser() as window:
            enter(window, base, email)
            window.driver.get(f"{base}{HERE}/{ref}")
            reversing = window.driver.find_elements("css selector", "input[name=decision][value=reverse]")
            if not reversing:
                return window.driver.find_element("css selector", ".decide .note").text
            before = window.driver.find_element("tag name", "body")
            reversing[0].find_element("xpath", "..").find_element("css selector", "button").click()
            WebDriverWait(window.driver, 20).until(gone(before))
            return ""

    await asyncio.to_thread(refuse)
    assert await city.ledger.read(outbox.said, who) == []
    await city.ledger.write(apply_due, city.clock.advance(seconds=11))
    await city.ledger.write(inbox.say_first, city.now)
    (told,) = await city.ledger.read(outbox.said, who)
    for part in ("n'est pas publié", "règle 5", "vend des bancs", "RECOURS"):
        assert part in told.text
    await city.ledger.receive(Inbound("simulator", "", new_token(), "sms", phone, Words("RECOURS"), city.clock.advance(minutes=5)))
    assert "C’est vous qui aviez décidé" in await asyncio.to_thread(judge, EMAIL)
    assert await asyncio.to_thread(judge, OTHER) == ""
    await city.ledger.write(apply_due, city.clock.advance(seconds=11))
    await city.ledger.write(inbox.say_first, city.clock.advance(hours=3))
    told_after = [one.text for one in await city.ledger.read(outbox.said, who)]
    assert f"votre avis {ref[:4]} {ref[4:]} est publié" in told_after[-1]
    assert (await city.ledger.read(queue.get, city.now, ref)).state == "published"


@pytest.mark.timeout(300)
async def test_the_pages_of_the_reading_desk_are_readable_by_all(city: Town) -> None:
    public = await city.say("Une fontaine, comme avant")
    await city.publish(public)
    await city.ledger.write(reports.make, city.now, public, "R9", reports.Words("C'est faux"))
    hard = await city.say("Dehors", phone="+33639980002")
    await city.publish(hard, "refuse", reason="R3")
    same = await said(city, 4, "Il faut des bancs à l'ombre sur la place du marché")
    urgent = await city.say("We will kill you if there are no benches on the square, call 06 12 34 56 78", phone="+33639980003")
    await looked(city)
    await city.colleague("moderator", "lead")
    base = base_of(city)
    pages = {
        "looks": f"{HERE}/relecture",
        "list": HERE,
        "copies": f"{HERE}/{same[0]}",
        "urgent": f"{HERE}/{urgent}",
        "account": "/desk/compte",
        "home": "/desk",
        "report": f"/suivi/{public}/signaler",
        "record": "/demarches/place-du-marche/contributions",
        "looks-en": f"{HERE}/relecture?lang=en",
    }

    def visit() -> list[str]:
        faults = []
        with browser() as window:
            enter(window, base)
            for name, path in pages.items():
                faults += window.faults(name, base + path)
        return faults

    assert await asyncio.to_thread(visit) == []
