"""The phones in a page: their JSON, through the whole service, and the page that plays with them."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.simulator.sentences import sentences
from outreach.db import Database
from tests.simulated import City, simulated

SMS, TELEGRAM = "/simulator/sms/+33639980001/messages", "/simulator/telegram/900001/messages"
SCRIPTS = sorted((Path(__file__).resolve().parents[1] / "bot/simulator/static").glob("*.js"))


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    async with simulated(tmp_path) as made:
        yield made


async def test_two_sms_make_a_contribution(city: City) -> None:
    await city.post(SMS, {"text": "Place des bancs et de l'ombre"})
    assert (await city.get(SMS))["items"] == []
    await city.advance(61)
    (question,) = await city.heard(SMS)
    assert set(question) >= {"id", "text", "choices", "parts", "encoding", "at"}
    assert "Publier sans votre nom" in question["text"]
    assert (question["parts"], question["encoding"], question["choices"]) == (2, "GSM-7", [])
    await city.post(SMS, {"text": "1"})
    receipt = (await city.heard(SMS, 2))[1]
    assert "bien arrivé" in receipt["text"]
    assert (await city.get(SMS, after=question["id"]))["items"] == [receipt]
    assert (await city.get("/simulator/state"))["contributions"] == 1


async def test_telegram_is_started_written_to_and_pressed(city: City) -> None:
    async with city.http.get(f"{city.base}/simulator") as answer:
        found = re.search(r'data-start="([^"]+)"', await answer.text())
    assert found
    await city.post(TELEGRAM, {"start": found[1]})
    (welcome,) = await city.heard(TELEGRAM)
    assert "De quoi avez-vous besoin" in welcome["text"]
    await city.post(TELEGRAM, {"text": "ya trop de bitume"})
    await city.post(TELEGRAM, {"text": "la place a midi", "attachment": "photo"})
    await city.advance(21)
    card = (await city.heard(TELEGRAM, 3))[2]
    assert "en 2 messages" in card["text"]
    assert "la place a midi" in card["text"]
    await city.post(TELEGRAM, {"press": card["choices"][0]["press"]})
    receipt = (await city.heard(TELEGRAM, 4))[3]
    assert receipt["replaces"] == card["id"]  # the same card, changed
    assert "bien reçu" in receipt["text"]


async def test_an_arabic_text_is_kept_whole_and_its_digit_understood(city: City) -> None:
    text = "نحتاج الى مقاعد و ظل للاطفال"
    await city.post(SMS, {"text": f"SAHA {text}"})
    await city.advance(61)
    await city.heard(SMS)
    await city.post(SMS, {"text": "١"})
    assert "bien arrivé" in (await city.heard(SMS, 2))[1]["text"]
    from outreach.contributions import queue

    (item,) = (await city.service.ledger.read(queue.listing, city.service.clock.now())).items
    assert text in item.text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (SMS, {}, 400),
        (SMS, {"text": "a", "press": "b"}, 400),
        (SMS, [], 400),
        ("/simulator/sms/nonsense/messages", {"text": "a"}, 400),
        ("/simulator/pigeon/1/messages", {"text": "a"}, 404),
        ("/simulator/clock", {"advance": -1}, 422),
        ("/simulator/clock", {"advance": 1e12}, 422),
        ("/simulator/clock", {}, 400),
    ],
)
async def test_what_is_no_message_is_refused(city: City, path: str, body: Any, status: int) -> None:
    await city.post(path, body, status)


async def test_ready_waits_for_who_sends(city: City) -> None:
    async with asyncio.timeout(20):
        while True:
            async with city.http.get(f"{city.base}/ready") as answer:
                told = await answer.json()
            assert (answer.status == 200) == told["leases"]
            if told["leases"]:
                break
            await asyncio.sleep(0.02)
    assert told == {"status": "ready", "migrated": True, "key": True, "writer": True, "leases": True}


async def test_the_clock_moves_and_every_silence_on_the_way_is_heard(city: City) -> None:
    before = city.service.clock.now()
    await city.post(SMS, {"text": "Place un banc"})
    await city.advance(5 * 86_400)
    assert (city.service.clock.now() - before).total_seconds() >= 5 * 86_400
    texts = [item["text"] for item in await city.heard(SMS, 2)]
    assert "attend" in texts[1]  # the nudge of the next decent day, whatever day the tests run


async def test_the_plug_is_pulled_without_a_goodbye(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda process, number: killed.append((process, number)))
    await city.post("/simulator/cut", {}, 500)
    assert killed == [(os.getpid(), signal.SIGKILL)]


async def test_the_page_may_show_the_desk_and_the_site_and_nobody_else_may_show_them(city: City) -> None:
    for path in ("/simulator", "/", "/desk/connexion"):
        async with city.http.get(city.base + path) as answer:
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_the_script_says_only_sentences_that_exist() -> None:
    told = set(re.findall(r'tell\("(\w+)"', "".join(path.read_text(encoding="utf-8") for path in SCRIPTS))) | {"parts"}
    assert told == set(sentences("fr"))
    english = sentences("en")
    for name, sentence in sentences("fr").items():
        assert set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", english[name])), name
    assert json.dumps(english)


async def test_a_number_stands_nowhere_in_the_open_and_the_search_would_find_it(city: City, tmp_path: Path) -> None:
    await city.post(SMS, {"text": "PLACE des bancs"})
    here = SMS.replace("/messages", "/traces")
    assert await city.get(here) == {"stored": 0, "published": 0}
    (tmp_path / "city.db-journal").write_text("appelez le 06 39 98 00 01, ou +33639980001")  # what a careless neighbour would leave
    assert await city.get(here) == {"stored": 2, "published": 0}


async def test_without_the_simulator_its_addresses_do_not_exist(database: Database, clock: Any) -> None:
    from tests.town import town

    async with town(database, clock) as plain:
        await plain.text("/simulator", 404)
        async with plain.http.post("/simulator/cut", json={}) as answer:
            assert answer.status == 404
        async with plain.http.post(SMS, json={"text": "x"}) as answer:
            assert answer.status == 404
