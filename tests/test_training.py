"""Training: each exercise is prepared by the real code, and done when the account's own records say so, not before."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.desk.training import EXERCISES
from outreach import campaigns, staff, tickets, training
from outreach.contributions import queue, together
from outreach.contributions.decisions import Decision
from outreach.db import Database
from outreach.training import RIGHTS
from tests.conftest import Clock
from tests.simulated import City, simulated
from tests.town import EMAIL, PASSWORD, SLUG, town

HERE = "/desk/formation"
DONE = "fait"


class Trainee:
    """Somebody at the desk of an invented city."""

    def __init__(self, city: City, http: aiohttp.ClientSession, actor: str) -> None:
        self.city, self.http, self.actor = city, http, actor

    async def page(self) -> str:
        async with self.http.get(self.city.base + HERE) as answer:
            assert answer.status == 200
            return await answer.text()

    async def prepare(self, exercise: str, **more: str) -> None:
        found = re.search(r'name="csrf" value="([^"]+)"', await self.page())
        assert found
        async with self.http.post(f"{self.city.base}{HERE}/{exercise}", data={"csrf": found[1], **more}) as answer:
            assert answer.status == 200, await answer.text()

    async def done(self) -> set[str]:
        """The exercises that the page calls done."""
        cards = re.findall(r'<li id="(\w+)" class="card.*?<span class="tag[^"]*">(.*?)</span>', await self.page(), re.DOTALL)
        assert [name for name, _tag in cards] == list(EXERCISES)
        return {name for name, tag in cards if tag == DONE}

    async def waiting(self, word: str) -> list[str]:
        """The references of the waiting texts that hold a word, as soon as there is one."""
        service = self.city.service
        items = (await service.ledger.read(queue.listing, service.clock.now(), limit=100)).items
        return [item.ref for item in items if word in item.text and item.state == "received"]

    async def decide(self, ref: str, decision: Decision) -> None:
        service = self.city.service
        await service.ledger.write(together.decide, service.clock.now(), ref, self.actor, decision)
        await self.city.advance(60)


@pytest.fixture
async def trainee(tmp_path: Path) -> AsyncIterator[Trainee]:
    async with simulated(tmp_path) as city, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        ledger, now = city.service.ledger, city.service.clock.now
        await ledger.write(staff.set_password, now(), await ledger.write(staff.add, now(), EMAIL, ("moderator", "staff")), PASSWORD)
        async with http.get(f"{city.base}/desk/connexion") as answer:
            csrf = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
        assert csrf
        form = {"csrf": csrf[1], "email": EMAIL, "password": PASSWORD, "code": ""}
        async with http.post(f"{city.base}/desk/connexion", data=form) as answer:
            assert answer.status == 200
        (account,) = await ledger.read(staff.listing)
        yield Trainee(city, http, f"staff:{account.id}")


async def test_nothing_is_done_before_it_is_done(trainee: Trainee) -> None:
    assert await trainee.done() == set()
    for exercise in EXERCISES:
        await trainee.prepare(exercise)
    assert await trainee.done() == set(), "to prepare is not to do"


async def test_ten_texts_on_one_page(trainee: Trainee) -> None:
    await trainee.prepare("page")
    refs = await trainee.waiting("")
    assert len(refs) == 10
    service = trainee.city.service
    await service.ledger.write(together.accept_all, service.clock.now(), trainee.actor, refs[:9])
    assert await trainee.done() == set()
    assert "9 sur 10" in await trainee.page()
    await trainee.city.advance(60)
    await trainee.prepare("page")
    await service.ledger.write(together.accept_all, service.clock.now(), trainee.actor, (await trainee.waiting(""))[:2])
    assert await trainee.done() == {"page"}


async def test_a_number_is_hidden(trainee: Trainee) -> None:
    await trainee.prepare("hide")
    (ref,) = await trainee.waiting("06 39 98 41 27")
    await trainee.decide(
        ref, Decision("redact", text="PLACE Des bancs devant la pharmacie. Pour en parler appelez-moi au […]", reason="R4")
    )
    assert await trainee.done() == {"hide"}


async def test_a_refusal_is_contested_by_its_invented_author_and_seen(trainee: Trainee) -> None:
    await trainee.prepare("refuse")
    (ref,) = await trainee.waiting("guignol")
    assert "contester son auteur</button>" not in await trainee.page()
    await trainee.decide(ref, Decision("refuse", reason="R2"))
    assert await trainee.done() == set()
    assert "1 sur 2" in await trainee.page()
    await trainee.prepare("refuse", suite="1")
    assert await trainee.done() == {"refuse"}
    async with trainee.http.get(f"{trainee.city.base}/desk/recours") as answer:
        assert f"{ref[:4]} {ref[4:]}" in await answer.text()


async def test_copies_are_grouped(trainee: Trainee) -> None:
    await trainee.prepare("group")
    refs = await trainee.waiting("Non aux travaux")
    assert len(refs) == 5
    await trainee.decide(refs[0], Decision("accept"))
    assert await trainee.done() == set()
    await trainee.decide(refs[1], Decision("group", with_=refs[0]))
    assert await trainee.done() == {"group"}


async def test_a_question_is_answered(trainee: Trainee) -> None:
    await trainee.prepare("question")
    service = trainee.city.service
    (asked,) = (await service.ledger.read(tickets.listing)).items
    assert "livraisons" in asked.text
    await service.ledger.write(tickets.reply, service.clock.now(), asked.id, "Oui, jusqu'à 11 h chaque matin.", trainee.actor)
    assert await trainee.done() == {"question"}


async def test_a_campaign_is_prepared(trainee: Trainee) -> None:
    await trainee.prepare("campaign")
    service = trainee.city.service
    write, now = service.ledger.write, service.clock.now
    words = {"fr": "atelier {project}, {date} {hour}, {place}.", "en": "workshop {project}, {date} {hour}, {place}."}
    wanted = campaigns.Draft(process=SLUG, kind="workshop", texts=words, workshop="atelier-1")
    made = await write(campaigns.create, now(), wanted, trainee.actor)
    assert (await service.ledger.read(campaigns.look, wanted, now())).reached == 3, "the invented people agreed"
    await write(campaigns.tried, now(), made.id, trainee.actor)
    assert await trainee.done() == set()
    await write(campaigns.submit, now(), made.id, trainee.actor)
    assert await trainee.done() == {"campaign"}


async def test_what_others_did_and_what_was_taken_back_count_for_nothing(trainee: Trainee) -> None:
    await trainee.prepare("refuse")
    (ref,) = await trainee.waiting("guignol")
    service = trainee.city.service
    other = "staff:12"
    await service.ledger.write(together.decide, service.clock.now(), ref, other, Decision("refuse", reason="R2"))
    assert (await service.ledger.read(training.progress, trainee.actor))["refuse"].done == 0
    assert (await service.ledger.read(training.progress, other))["refuse"].done == 1


async def test_beside_real_people_nobody_is_invented(database: Database, clock: Clock) -> None:
    async with town(database, clock) as city:
        await city.opened()
        await city.enter("moderator")
        page = await city.text(HERE)
        assert "make demo" in page
        assert f'action="{HERE}' not in page
        async with await city.post(f"{HERE}/page", form_on=HERE) as answer:
            assert answer.status == 404


def test_each_exercise_has_its_right() -> None:
    assert list(EXERCISES) == list(RIGHTS)
    assert set(RIGHTS.values()) <= set(staff.RIGHTS)
