"""The door in real browsers: two phones without a network for an hour, then with one again; and by the keyboard alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.support.ui import WebDriverWait

from outreach.db import Database
from tests.conftest import Clock
from tests.evening import evening
from tests.peers.chromium import PHONE, Browser, browser
from tests.peers.wire import Wire, wire
from tests.town import EMAIL, PASSWORD, Town, town

pytestmark = [pytest.mark.peer, pytest.mark.one_engine, pytest.mark.timeout(240)]  # a browser does not see which database answers


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        yield made


class Phone:
    """A host's window on the door, on a wire of its own."""

    def __init__(self, window: Browser, line: Wire, path: str) -> None:
        self.driver, self.line, self.path = window.driver, line, path
        window.size(*PHONE)
        window.enter(f"http://127.0.0.1:{line.port}", EMAIL, PASSWORD)
        self.open()
        self.until(lambda: self.js("return document.querySelector('[data-door]').dataset.kept === 'yes'"))

    def open(self) -> None:
        self.driver.get(f"http://127.0.0.1:{self.line.port}{self.path}/accueil")

    def js(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def text(self, selector: str) -> str:
        return str(self.js(f"return document.querySelector({selector!r}).textContent")).strip()

    def until(self, met: Callable[[], Any]) -> None:
        WebDriverWait(self.driver, 30, 0.05).until(lambda _driver: met())

    def type(self, *keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(*keys)

    def tick(self, code: str) -> None:
        field = self.driver.find_element("id", "code")
        field.send_keys(code, Keys.ENTER)

    @property
    def net(self) -> str:
        return str(self.js("return document.querySelector('[data-net]').dataset.net"))

    def is_cut_off(self) -> bool:
        return self.net == "offline"

    def has_sent_all(self) -> bool:
        return self.net == "online" and self.waiting == 0

    @property
    def waiting(self) -> int:
        return int(self.js("return Object.keys(localStorage).filter(name => name.startsWith('allervers-door:'))"
                           ".reduce((sum, name) => sum + JSON.parse(localStorage.getItem(name)).queue.length, 0)"))  # fmt: skip


async def test_thirty_people_on_two_phones_without_network_are_thirty_once_each(city: Town) -> None:
    tonight = await evening(city, 30)
    await city.colleague("host")
    codes = await tonight.codes()
    port = city.http.port
    assert port

    def work() -> tuple[str, str]:
        with wire(port) as one, wire(port) as two, browser() as left, browser() as right:
            first, second = Phone(left, one, tonight.path), Phone(right, two, tonight.path)
            for phone in (first, second):
                phone.line.cut()
            for code in codes[:20]:
                first.tick(code)
            for code in codes[10:]:  # ten of them told both hosts their code
                second.tick(code)
            for phone in (first, second):
                phone.until(phone.is_cut_off)
                assert (phone.waiting, phone.text("[data-came]")) == (20, "20")
            first.open()  # the phone was off in between: the page comes back all the same, and so do its ticks
            first.until(first.is_cut_off)
            assert (first.waiting, first.text("[data-came]")) == (20, "20")
            first.driver.find_element("css selector", "[data-mark=plus] button").click()
            assert first.text("[data-came]") == "21"
            for phone in (first, second):
                phone.line.mend()
                phone.js("dispatchEvent(new Event('online'))")
                phone.until(phone.has_sent_all)
            first.js("dispatchEvent(new Event('online'))")
            first.until(lambda: first.text("[data-came]") == "31")
            return first.text("[data-came]"), second.text("[data-came]")

    assert await asyncio.to_thread(work) == ("31", "31")
    room = await tonight.book()
    assert [(guest.state, guest.people) for guest in room.guests] == [("attended", 1)] * 30
    assert (room.came, room.walk_ins) == (31, 1)


async def test_three_people_are_checked_in_by_the_keyboard_alone(city: Town) -> None:
    tonight = await evening(city, 3, parties={0: 3})
    await city.colleague("host")
    room = await tonight.book()
    port = city.http.port
    assert port

    def work() -> tuple[str, list[str]]:
        with wire(port) as line, browser() as window:
            phone = Phone(window, line, tonight.path)
            assert phone.js("return document.activeElement.id") == "code"  # at once, without a pointer
            phone.type(room.guests[0].code, Keys.ENTER)
            phone.type(room.guests[1].code, Keys.TAB, "2", Keys.ENTER)  # two came
            while phone.js("return document.activeElement.closest('[data-who]')?.dataset.who") != room.guests[2].who:
                phone.type(Keys.TAB)
            phone.type(Keys.TAB, Keys.ENTER) if phone.js("return document.activeElement.name") == "people" else phone.type(Keys.ENTER)
            said = [phone.text("[data-said]")]
            phone.until(phone.has_sent_all)
            assert phone.js("return document.activeElement.closest('[data-mark]').dataset.mark") == "undo"  # the focus is not lost
            phone.type(Keys.ENTER)
            said.append(phone.text("[data-said]"))
            phone.type(Keys.ENTER)
            phone.until(phone.has_sent_all)
            return phone.text("[data-came]"), said

    came, said = await asyncio.to_thread(work)
    now = await tonight.book()
    assert {guest.state for guest in now.guests} == {"attended"}
    expected = {room.guests[0].code: room.guests[0].seats, room.guests[1].code: 2, room.guests[2].code: room.guests[2].seats}
    assert {guest.code: guest.people for guest in now.guests} == expected
    assert came == str(sum(expected.values()))
    assert said == [
        f"{room.guests[2].code}\u00a0: présent, {expected[room.guests[2].code]}.",
        f"{room.guests[2].code}\u00a0: pointage annulé.",
    ]


async def test_a_phone_whose_session_ended_keeps_its_ticks_until_its_host_signs_in_again(city: Town) -> None:
    tonight = await evening(city, 1)
    await city.colleague("host")
    (code,) = await tonight.codes()
    port = city.http.port
    assert port

    def work() -> None:
        with wire(port) as line, browser() as window:
            phone = Phone(window, line, tonight.path)
            phone.driver.delete_all_cookies()
            phone.tick(code)
            phone.until(lambda: phone.net == "signin")
            assert phone.waiting == 1
            phone.driver.find_element("css selector", "[data-net-link]").click()
            phone.driver.find_element("name", "email").send_keys(EMAIL)
            phone.driver.find_element("name", "password").send_keys(PASSWORD)
            phone.driver.find_element("css selector", "main button").click()
            phone.until(lambda: "/accueil" in phone.driver.current_url and phone.net == "online" and phone.waiting == 0)

    await asyncio.to_thread(work)
    assert (await tonight.book()).came == 1


async def test_a_tick_while_others_are_on_their_way_is_not_lost(city: Town) -> None:
    tonight = await evening(city, 3)
    await city.colleague("host")
    codes = await tonight.codes()
    port = city.http.port
    assert port

    def work() -> None:
        with wire(port) as line, browser() as window:
            phone = Phone(window, line, tonight.path)
            phone.js(
                "const real = fetch; window.fetch = (...asked) => new Promise((go) => setTimeout(go, 1500)).then(() => real(...asked))"
            )
            phone.tick(codes[0])  # a slow network: its answer is away for a second and a half
            phone.tick(codes[1])
            phone.tick(codes[2])
            assert phone.waiting == 3
            phone.until(phone.has_sent_all)

    await asyncio.to_thread(work)
    assert (await tonight.book()).came == 3
