"""The sign-up page: a double opt-in that reveals nothing, sends little, and forgets who says nothing (GDPR-04)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.channels.numbers import mobile
from bot.channels.simulator import Simulator
from conversations.messages import Inbound, Words
from outreach import consents, contacts, inbox, outbox, privacy, signups
from outreach.db import Database
from outreach.tables import address, contact, entry_point, notice, optin
from tests.conftest import Clock
from tests.needles import phone as ways_to_write
from tests.needles import search_database
from tests.town import SLUG, Town, town

NUMBER, SHOWN = "+33639980042", "06 39 98 00 42"


@pytest_asyncio.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, channels={"simulator": Simulator(clock)}) as made:
        await made.opened()
        yield made


class Page:
    """The page of the pharmacy's flyer."""

    def __init__(self, city: Town) -> None:
        self.city = city
        with city.database.read() as session:
            self.token = session.scalars(sa.select(entry_point.c.token).where(entry_point.c.name == "pharmacie")).one()
        self.path = f"/inscription/{self.token}"

    async def send(self, number: str = SHOWN, language: str = "fr", **headers: str) -> tuple[int, str]:
        async with self.city.http.post(self.path, data={"number": number, "language": language}, headers=headers) as answer:
            return answer.status, await answer.text()

    def beat(self) -> None:
        with self.city.database.write() as session:
            inbox.say_first(session, self.city.now)

    def heard(self, number: str = NUMBER) -> list[str]:
        with self.city.database.read() as session:
            known = contacts.find(session, "sms", number)
            return [one.text for one in outbox.said(session, known.address_id)] if known else []

    def says(self, text: str, number: str = NUMBER) -> None:
        self.city.clock.advance(seconds=30)
        words = Inbound("simulator", "38100", f"k{self.city.now.timestamp()}", "sms", number, Words(text), self.city.now)
        with self.city.database.write() as session:
            inbox.receive(session, [words], self.city.now)

    def count(self, table: sa.Table) -> int:
        with self.city.database.read() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0

    def agreed(self, number: str = NUMBER) -> Any:
        with self.city.database.read() as session:
            known = contacts.find(session, "sms", number)
            return consents.proofs(session, known.address_id) if known else ()


@pytest.fixture
def page(city: Town) -> Page:
    return Page(city)


async def test_two_yeses_make_an_opt_in_with_its_words(page: Page) -> None:
    status, text = await page.send()
    assert status == 200
    assert "Répondez 1" in text
    assert SHOWN not in text
    page.beat()
    (question,) = page.heard()
    assert "D'accord pour un SMS quand il y a un atelier" in question
    assert page.agreed() == ()
    page.says("1")
    assert "C'est noté: un SMS quand il y a un atelier" in page.heard()[-1]
    (proof,) = page.agreed()
    assert (proof.purpose, proof.source, proof.language) == ("workshops", "inscription", "fr")
    assert proof.wording == question


async def test_the_language_of_the_page_is_that_of_the_sms(page: Page) -> None:
    await page.send(language="en")
    page.beat()
    assert "this number was signed up" in page.heard()[0]


async def test_the_answer_is_the_same_whoever_the_number_belongs_to(page: Page) -> None:
    await page.send()
    page.beat()
    page.says("1")
    agreed, stopped, forgotten, fresh = NUMBER, "+33639980043", "+33639980044", "+33639980045"
    page.says("STOP", stopped)
    page.says("AIDE", forgotten)
    with page.city.database.write() as session:
        privacy.forget_address(session, page.city.now, "sms", forgotten)
    before = {number: len(page.heard(number)) for number in (agreed, stopped)}
    page.city.clock.advance(days=1, minutes=1)
    answers = {await page.send(number) for number in (agreed, stopped, forgotten, fresh)}
    assert len(answers) == 1
    page.beat()
    assert {number: len(page.heard(number)) for number in (agreed, stopped)} == before
    assert page.heard(forgotten) == []
    assert len(page.heard(fresh)) == 1


async def test_a_number_is_asked_once_however_often_it_is_typed(page: Page) -> None:
    for _ in range(4):
        assert (await page.send())[0] == 200
    assert page.count(notice) == page.count(optin) == 1
    page.city.clock.advance(days=1, minutes=1)
    await page.send()
    assert page.count(optin) == 2


async def test_a_machine_is_slowed_down_and_told_so(page: Page) -> None:
    for number in range(signups.OF_A_PLACE):
        assert (await page.send(f"06 39 98 01 {number:02d}"))[0] == 200
    status, text = await page.send("06 39 98 02 00")
    assert status == 429
    assert "revenez dans une heure" in text
    assert page.count(optin) == signups.OF_A_PLACE
    page.city.clock.advance(hours=1, minutes=1)
    assert (await page.send("06 39 98 02 00"))[0] == 200


async def test_who_says_nothing_for_two_days_was_never_there(page: Page) -> None:
    await page.send()
    page.beat()
    await page.send("06 39 98 00 43")
    page.beat()
    page.says("2", "+33639980043")
    page.city.clock.advance(days=1, hours=23)
    with page.city.database.write() as session:
        privacy.purge(session, page.city.now)
    assert page.count(address) == 2
    page.city.clock.advance(hours=2)
    with page.city.database.write() as session:
        privacy.purge(session, page.city.now)
    assert page.count(address) == page.count(contact) == 1  # who answered no has a right to know what is kept
    assert page.count(optin) == 0
    assert page.heard() == []
    assert search_database(page.city.database, [NUMBER, *ways_to_write(NUMBER)]) == []


async def test_at_night_the_sms_waits_for_the_morning(page: Page) -> None:
    page.city.clock.at = page.city.clock.at.replace(hour=22)
    await page.send()
    page.beat()
    assert page.heard() == []
    page.city.clock.at += timedelta(hours=10)
    page.beat()
    assert len(page.heard()) == 1


@pytest.mark.parametrize(("typed", "number"), [
    ("06 39 98 00 42", "+33639980042"),
    ("0612345678", "+33612345678"),
    ("07.56.78.90.12", "+33756789012"),
    ("0692 12 34 56", "+262692123456"),
    ("+33 6 12 34 56 78", "+33612345678"),
    ("01 40 20 50 50", None),
    ("0899 12 34 56", None),
    ("36 46", None),
    ("+44 7911 123456", None),
    ("+1 900 555 0100", None),
    ("bonjour", None),
    ("", None),
])  # fmt: skip
def test_only_a_mobile_phone_of_the_republic_is_ever_asked(typed: str, number: str | None) -> None:
    assert mobile(typed) == number


async def test_a_wrong_number_is_told_and_kept_in_the_field(page: Page) -> None:
    status, text = await page.send("01 40 20 50 50")
    assert status == 422
    assert "par exemple 06 12 34 56 78" in text
    assert 'value="01 40 20 50 50"' in text
    assert 'aria-invalid="true"' in text
    assert page.count(optin) == 0


async def test_another_site_cant_send_the_form_and_an_unknown_token_opens_nothing(page: Page) -> None:
    assert (await page.send(**{"Sec-Fetch-Site": "cross-site"}))[0] == 403
    await page.city.text("/inscription/nothing", status=404)
    with page.city.database.read() as session:
        assert session.scalar(sa.select(entry_point.c.scans).where(entry_point.c.token == page.token)) == 0
    text = await page.city.text(page.path)
    assert f"?start={page.token}" in text
    assert SLUG in text
    with page.city.database.read() as session:
        assert session.scalar(sa.select(entry_point.c.scans).where(entry_point.c.token == page.token)) == 1
