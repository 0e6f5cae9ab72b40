"""Everybody's own keys (MOD-51): changed by a form alone, never two the same, shown where they act; the old key does nothing."""

import asyncio
import html
import re
from collections.abc import AsyncIterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from outreach import staff
from outreach.contributions import queue
from outreach.db import Database
from outreach.staff import Shortcuts, StaffTrouble, shortcuts
from tests.conftest import Clock
from tests.peers.chromium import DESKTOP, browser
from tests.town import EMAIL, PASSWORD, Town, town

HERE, FORM = "/desk/compte", "/desk/compte/touches"
USUAL = {
    "publish": "d", "redact": "r", "suggestion": "h", "refuse": "f", "next": "j", "before": "k", "undo": "u", "many": "z", "help": "?",
}  # fmt: skip


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        await made.opened()
        yield made


def shown(page: str) -> dict[str, str]:
    """What stands in the boxes of the form."""
    return {name: html.unescape(key) for name, key in re.findall(r'<input id="k-(\w+)" name="\w+" value="([^"]*)"', page)}


async def test_a_form_changes_the_keys_of_one_account_and_a_button_puts_the_usual_ones_back(city: Town) -> None:
    ref = await city.say("Des bancs")
    await city.enter("moderator")
    assert shown(await city.text(HERE)) == USUAL
    async with await city.post(FORM, form_on=HERE, **USUAL | {"publish": "É", "help": "!", "next": "d"}) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"{HERE}?dit=touches#keys")
    page = await city.text(HERE, dit="touches")
    assert shown(page) == USUAL | {"publish": "é", "help": "!", "next": "d"}
    assert "Vos touches sont enregistrées" in page
    page = await city.text(f"/desk/contributions/{ref}")
    assert 'data-keys="é">Publier' in page
    assert re.search(r'<summary data-keys="!">Touches <kbd aria-hidden="true">!</kbd>', page)
    assert "<dt><kbd>é</kbd></dt><dd>publier" in page
    assert 'data-keys="j"' not in page
    await city.enter("moderator", email="max@ville.example")
    assert shown(await city.text(HERE)) == USUAL
    await city.enter("moderator")
    async with await city.post(FORM, form_on=HERE, usual="1", publish="x", next="x") as answer:
        assert answer.status == 303
    assert shown(await city.text(HERE)) == USUAL


@pytest.mark.parametrize(
    ("changed", "at", "why"),
    [
        ({"refuse": "d"}, "refuse", "deux actions ont la touche d"),
        ({"refuse": "D"}, "refuse", "deux actions ont la touche d"),
        ({"next": "7"}, "next", "une lettre pour chaque action"),
        ({"undo": "ab"}, "undo", "une lettre pour chaque action"),
        ({"undo": ""}, "undo", "une lettre pour chaque action"),
        ({"many": '"'}, "many", "une lettre pour chaque action"),
    ],
)
async def test_two_actions_with_one_key_and_what_is_no_key_are_refused_in_words(
    city: Town, changed: dict[str, str], at: str, why: str
) -> None:
    await city.enter("moderator")
    async with await city.post(FORM, form_on=HERE, **USUAL | changed) as answer:
        page = await answer.text()
        assert answer.status == 422
    assert why in page
    assert shown(page) == USUAL | changed  # nothing typed is lost
    assert re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', page) == [at]
    assert shown(await city.text(HERE)) == USUAL


def test_keys_that_are_kept_are_read_again_and_a_new_action_has_its_usual_one() -> None:
    assert shortcuts.read("") == Shortcuts()
    assert shortcuts.read("xrhfjkuz?") == Shortcuts(publish="x")
    assert shortcuts.read("x") == Shortcuts(publish="x")
    assert shortcuts.read("r") == Shortcuts()  # two would have the same
    assert shortcuts.read("xrhfjkuz?more") == Shortcuts(publish="x")


def test_an_action_that_is_not_named_has_its_usual_key(database: Database, clock: Clock) -> None:
    with database.write() as session:
        staff.add(session, clock.now(), "lea@ville.example", ["moderator"])
        (account,) = staff.listing(session)
        staff.set_shortcuts(session, account.id, {"publish": "j", "next": "d"})
        with pytest.raises(StaffTrouble, match="two actions have the key k"):
            staff.set_shortcuts(session, account.id, {"publish": "k"})


@pytest.mark.peer
@pytest.mark.one_engine
@pytest.mark.timeout(240)
async def test_a_changed_key_publishes_and_the_old_one_does_nothing(city: Town) -> None:
    refs = [await city.say(f"Un avis {number}", phone=f"+3363998000{number}") for number in range(3)]
    personal = await city.say("Appelez-moi au 06 12 34 56 78", phone="+33639980009")
    await city.colleague("moderator")
    base = str(city.http.make_url("/")).rstrip("/")

    def visit() -> list[str]:
        with browser() as window:
            window.size(*DESKTOP)
            window.enter(base, EMAIL, PASSWORD)
            window.driver.get(f"{base}{HERE}")
            for action, key in {"publish": "p", "next": "n", "before": "b", "help": "é", "suggestion": "m"}.items():
                box = window.driver.find_element("id", f"k-{action}")
                box.clear()
                box.send_keys(key)
            window.press(Keys.ENTER)
            faults = []
            faults += window.faults("keys")
            window.driver.get(f"{base}/desk/contributions")
            ActionChains(window.driver).send_keys("jnnb").perform()  # in the list: j is nobody's key any more
            assert window.driver.switch_to.active_element.get_attribute("href") == f"{base}/desk/contributions/{refs[0]}"
            window.driver.get(f"{base}/desk/contributions/{refs[0]}")
            ActionChains(window.driver).send_keys("d?é").perform()
            note = window.driver.find_element("css selector", "[data-keys-note]")
            assert note.get_attribute("open")
            assert "p\npublier" in note.text
            window.press("p")
            assert refs[1] in window.driver.current_url  # the next one that waits
            window.press("n")
            assert refs[2] in window.driver.current_url
            window.driver.get(f"{base}/desk/contributions/{personal}")
            boxes = "return document.querySelectorAll('[name^=hide-]:checked').length"
            ActionChains(window.driver).send_keys("h").perform()
            was = window.driver.execute_script(boxes)
            ActionChains(window.driver).send_keys("m").perform()
            assert (was, window.driver.execute_script(boxes)) == (1, 0)
            return faults

    assert await asyncio.to_thread(visit) == []
    made = [(await city.ledger.read(queue.get, city.now, ref)).pending for ref in refs]
    assert [one.kind if one else "" for one in made] == ["accept", "", ""]
