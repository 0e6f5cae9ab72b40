"""Words are hidden at the desk: suggestions ticked one by one, by forms alone and by key; what may not stay is refused in words."""

import asyncio
import html
import re
from collections.abc import AsyncIterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.wait import WebDriverWait

from outreach.contributions import queue, redaction
from outreach.db import Database
from tests.conftest import Clock
from tests.peers.chromium import DESKTOP, browser
from tests.town import EMAIL, PASSWORD, Town, town

TEXT = "Des bancs, et Mme Benali en a besoin.\nAppelez-moi au 06 12 34 56 78 ou jean@exemple.fr, merci"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        await made.opened()
        yield made


def boxes(page: str) -> dict[str, bool]:
    """The words of each box, and whether it is ticked."""
    found = re.findall(r'name="(hide-\d+-\d+)" value="1"( checked)?>', page)
    return {html.unescape(words_of(page, name)): bool(checked) for name, checked in found}


def words_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*> <span><span[^>]*>([^<]+)<', page)
    assert found
    return found[1]


def shown_text(page: str) -> str:
    found = re.search(r'<textarea id="f-redacted"[^>]*>([^<]*)</textarea>', page)
    assert found
    return html.unescape(found[1])


async def test_what_is_surely_personal_is_ticked_the_rest_is_for_the_reader(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.enter("moderator")
    page = await city.text(f"/desk/contributions/{ref}")
    assert boxes(page) == {"Mme Benali": False, "06 12 34 56 78": True, "jean@exemple.fr": True}
    assert shown_text(page) == "Des bancs, et Mme Benali en a besoin.\nAppelez-moi au […] ou […], merci"
    assert page.count('<del class="found"') == 2
    assert page.count('<mark class="found"') == 1
    for kind in ("numéro de téléphone", "adresse e-mail", "personne nommée"):
        assert page.count(f'class="kind">{kind}</span>') + page.count(f'class="kind" lang="fr">{kind}</span>') == 2, kind  # text and form


async def test_ticked_words_are_hidden_and_a_hand_written_mask_stays(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.enter("moderator")
    here = f"/desk/contributions/{ref}"
    page = await city.text(here)
    was = shown_text(page)
    all_boxes = dict.fromkeys(re.findall(r'name="(hide-\d+-\d+)"', page), "1")
    by_hand = was.replace("Des bancs", "[…]")
    fields = {"decision": "redact", "reason": "R4", "text": by_hand, "was": was, **all_boxes}
    async with await city.post(f"{here}/decision", form_on=here, preview="1", **fields) as answer:
        preview = await answer.text()
        assert answer.status == 200
    assert shown_text(preview) == "[…], et […] en a besoin.\nAppelez-moi au […] ou […], merci"
    assert preview.count('<del class="found"') == 4
    item = await city.ledger.read(queue.get, city.now, ref)
    assert item.pending is None  # to look decides nothing
    async with await city.post(f"{here}/decision", form_on=here, **fields) as answer:
        assert answer.status == 303, await answer.text()
    await city.ledger.write(_apply, city.clock.advance(seconds=11))
    item = await city.ledger.read(queue.get, city.now, ref)
    assert item.public_text == "[…], et […] en a besoin.\nAppelez-moi au […] ou […], merci"


async def test_a_box_that_is_unticked_shows_the_words_again_and_a_number_blocks(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.enter("moderator")
    here = f"/desk/contributions/{ref}"
    was = shown_text(await city.text(here))
    async with await city.post(f"{here}/decision", form_on=here, decision="redact", reason="R4", text=was, was=was) as answer:
        page = await answer.text()
        assert answer.status == 422
    assert "Mettez […]" in page.replace("mettez", "Mettez")  # nothing is hidden at all: it is no redaction
    (name,) = (one for one in set(re.findall(r'name="(hide-\d+-\d+)"', page)) if words_of(page, one) == "Mme Benali")
    async with await city.post(
        f"{here}/decision", form_on=here, decision="redact", reason="R4", text=was, was=was, **{name: "1"}
    ) as answer:
        page = await answer.text()
        assert answer.status == 422
    assert "serait public" in page
    assert boxes(page) == {"Mme Benali": True, "06 12 34 56 78": False, "jean@exemple.fr": False}
    async with await city.post(f"{here}/decision", form_on=here, decision="accept") as answer:
        page = await answer.text()
        assert answer.status == 422
    assert "serait public" in page
    assert re.search(r'<details name="decision" open><summary data-keys="r">', page)


async def test_the_api_names_what_would_be_public_and_where(city: Town) -> None:
    ref = await city.say(TEXT)
    token = await city.token("moderator")
    async with city.http.get(f"/api/v1/contributions/{ref}", headers=token) as answer:
        item = await answer.json()
    assert [(one["kind"], TEXT[one["start"] : one["end"]]) for one in item["suggestions"]] == [
        ("person", "Mme Benali"),
        ("phone", "06 12 34 56 78"),
        ("email", "jean@exemple.fr"),
    ]
    async with city.http.post(f"/api/v1/contributions/{ref}/decision", headers=token, json={"decision": "accept"}) as answer:
        problem = await answer.json()
        assert answer.status == 422
    assert problem["errors"][0]["field"] == "text"
    start = TEXT.index("06 12")
    assert f"a phone number (letters {start + 1} to {start + 14}) and an e-mail address" in problem["errors"][0]["message"]
    assert "06 12" not in str(problem)


def test_what_marks_stand_for_is_found_again() -> None:
    original = "Bonjour Jean,\nappelez le 06 12 34 56 78  merci Jean"
    for places in ([(8, 12)], [(8, 12), (25, 39)], [(0, 7)], [(41, 51)], [(0, 12), (41, 51)]):
        public = redaction.mask(original, places)
        assert redaction.hide(original, public) == public
        assert redaction.hidden(original, public) == tuple(places), public
    assert redaction.hidden(original, original) == ()
    assert redaction.hidden(original, "Bonsoir […]") == ()


def _apply(session: object, now: object) -> int:
    from outreach.contributions.decisions import apply_due

    return apply_due(session, now)  # type: ignore[arg-type]


@pytest.mark.peer
@pytest.mark.one_engine
@pytest.mark.timeout(240)
async def test_suggestions_are_hidden_by_keys_alone(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.colleague("moderator")
    base = str(city.http.make_url("/")).rstrip("/")

    def visit() -> list[str]:
        with browser() as window:
            window.size(*DESKTOP)
            window.enter(base, EMAIL, PASSWORD)
            window.driver.get(f"{base}/desk/contributions/{ref}")
            field = window.driver.find_element("id", "f-redacted")
            assert "Mme Benali" in (field.get_attribute("value") or "")
            ActionChains(window.driver).send_keys("h").perform()  # the first suggestion
            WebDriverWait(window.driver, 10).until(lambda _driver: "Mme Benali" not in (field.get_attribute("value") or ""))
            assert field.get_attribute("value") == "Des bancs, et […] en a besoin.\nAppelez-moi au […] ou […], merci"
            assert len(window.driver.find_elements("css selector", "del.found")) == 3
            rect = "return document.querySelector('details[open] form button:not([name])').getBoundingClientRect().bottom + scrollY"
            bottom = window.driver.execute_script(rect)
            found = [] if bottom <= DESKTOP[1] else [f"the button ends at {bottom} pixels"]
            found += window.faults("hiding")
            window.driver.find_element("css selector", "details[open] form button:not([name])").click()
            WebDriverWait(window.driver, 20).until(lambda driver: driver.find_elements("css selector", ".undo"))
            return found

    assert await asyncio.to_thread(visit) == []
    item = await city.ledger.read(queue.get, city.now, ref)
    assert item.pending is not None
    assert item.pending.kind == "redact"
