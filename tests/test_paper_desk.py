"""Paper at the desk and by SMS: entered by form, looked at by another, followed with the slip; in Chromium by keyboard alone."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import msgspec
import pytest
import sqlalchemy as sa
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from conversations.messages import Inbound, Words
from outreach import audit, paper, staff, statistics
from outreach.contributions import queue
from outreach.db import Database
from outreach.house import house
from outreach.outbox import Body
from outreach.record import story
from outreach.references import new_token
from outreach.tables import outbox
from tests.conftest import Clock
from tests.peers.chromium import DESKTOP, Browser, browser
from tests.town import EMAIL, PASSWORD, SLUG, Town, town

TEXT = "Il manque des bancs et de l'ombre"
OTHER = "max@ville.example"
PHONE, LENT = "+33639980001", "+33639980002"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1") as made:
        await made.opened()
        yield made


class Slip(NamedTuple):
    """What the person takes home."""

    ref: str
    code: str


def sheet(text: str = TEXT, **more: str) -> dict[str, str]:
    return {
        "form": new_token(), "question": f"{SLUG}/besoin", "texte": text, "lieu": "Marché de Bellevue", "le": "2027-03-14",
        "par": "Maison de quartier", "coche": "publish", "langue": "fr",
    } | more  # fmt: skip


async def posted(city: Town, status: int, **fields: str) -> str:
    async with await city.post("/desk/papier", **fields) as answer:
        assert answer.status == status, await answer.text()
        return answer.headers.get("Location", "") or await answer.text()


async def entered(city: Town, text: str = TEXT, **more: str) -> Slip:
    page = await city.text(await posted(city, 303, **sheet(text, **more)))
    return slip_on(page)


def slip_on(page: str) -> Slip:
    ref, code = re.search(r'id="number">([\d ]+)<', page), re.search(r'id="code">(\d{4})<', page)
    assert ref, page
    assert code, page
    return Slip(ref[1].replace(" ", ""), code[1])


async def texted(city: Town, text: str, phone: str = PHONE) -> str:
    """What the city answers to one SMS."""
    await city.ledger.receive(Inbound("simulator", "", new_token(), "sms", phone, Words(text), city.now))

    def last(session: Any) -> str:
        row = session.execute(sa.select(outbox).order_by(outbox.c.id.desc()).limit(1)).one()
        return msgspec.json.decode(house(session).keys.open("outbox", row.id, row.sealed), type=Body).text

    return await city.ledger.read(last)


async def counted(city: Town) -> tuple[int, int]:
    """Received and published, as the public reads them."""
    found = await city.ledger.read(story.process, SLUG)
    figures = await city.ledger.read(statistics.figures, SLUG)
    assert found is not None
    assert figures is not None
    assert (figures.received, figures.published) == (found.received, found.published)
    return found.received, found.published


async def test_a_sheet_without_its_box_who_collected_or_a_day_is_refused_and_nothing_typed_is_lost(city: Town) -> None:
    await city.enter("staff")
    for change, told in (
        ({"coche": ""}, "Sans case cochée"),
        ({"par": ""}, "c’est obligatoire"),
        ({"lieu": " "}, "c’est obligatoire"),
        ({"le": ""}, "c’est obligatoire"),
        ({"le": "2027-03-16"}, "douze derniers mois"),
        ({"question": "nowhere/x"}, "démarche ouverte"),
    ):
        page = await posted(city, 422, **sheet(**change))
        assert told in page
        assert "bancs et de l&#39;ombre" in page
    assert await city.ledger.read(paper.listing, "staff:1") == ()


async def test_the_blank_keeps_what_the_pile_shares_and_the_slip_is_shown_once(city: Town) -> None:
    await city.enter("staff")
    slip = await entered(city, "نحتاج الى مقاعد", langue="ar")
    assert "a déjà été montré" in await city.text(f"/desk/papier/{slip.ref}/talon")
    page = await city.text("/desk/papier")
    for kept in ("Marché de Bellevue", "2027-03-14", "Maison de quartier", 'value="ar" lang="ar" selected'):
        assert kept in page
    assert 'dir="auto" required aria-describedby="h-texte" autofocus></textarea>' in page  # the text itself is not kept
    assert " checked" not in page  # nor the box
    async with await city.post(f"/desk/papier/{slip.ref}/talon") as answer:
        anew = slip_on(await answer.text())
    assert anew.ref == slip.ref
    assert "arrivé sur papier" in await texted(city, f"SUIVI {anew.ref} {anew.code}")


async def test_a_form_sent_twice_is_one_sheet_and_a_near_copy_is_asked_about(city: Town) -> None:
    await city.enter("staff")
    once = sheet()
    assert await posted(city, 303, **once) == await posted(city, 303, **once)
    assert "a déjà servi" in await posted(city, 422, **{**once, "texte": "Une fontaine"})
    near = sheet(TEXT.upper())
    page = await posted(city, 409, **near)
    assert "presque pareil" in page
    assert f'name="form" value="{near["form"]}"' in page
    await posted(city, 303, **near, quand_meme="1")
    assert await counted(city) == (0, 0)


async def test_an_association_enters_in_its_own_name_and_sees_no_sheet_of_others(city: Town) -> None:
    await city.enter("staff")
    theirs = await entered(city)
    token = await city.ledger.write(lambda session: staff.add(session, city.now, OTHER, ("association",), organisation="  Le  Relais "))
    await city.ledger.write(staff.set_password, city.now, token, PASSWORD)
    city.http.session.cookie_jar.clear()
    async with await city.post("/desk/connexion", email=OTHER, password=PASSWORD, code="") as answer:
        assert answer.status == 303
    page = await city.text("/desk/papier")
    assert 'value="Le Relais" readonly' in page
    assert "bancs" not in page
    assert "Relecture" not in page
    mine = await entered(city, par="La Ville")  # and no warning: it would tell of another's sheet
    found = await city.ledger.read(paper.get, mine.ref)
    assert found is not None
    assert found.collected_by == "Le Relais"
    await city.text(f"/desk/papier/{theirs.ref}/talon", 404)
    for path in ("/desk/papier/relecture", "/desk/suivi", f"/desk/contributions/{mine.ref}"):
        await city.text(path, 403)


async def test_an_association_account_without_its_association_enters_nothing(city: Town) -> None:
    await city.enter("association")
    assert "ne nomme aucune association" in await posted(city, 422, **sheet())


async def test_the_second_look_mends_passes_on_throws_away_and_is_never_ones_own(city: Town) -> None:
    await city.enter("staff")
    first, second, third = [await entered(city, text) for text in ("Des bans", "Une fontaine", "De l'ombre")]
    assert "Aucune feuille ne vous attend" in await city.text("/desk/papier/relecture")
    async with await city.post(f"/desk/papier/{first.ref}/relecture", form_on="/desk/papier", acte="conforme", texte="Des bancs") as answer:
        assert answer.headers["Location"].endswith("dit=soi")
    await city.enter("moderator", email=OTHER)
    assert "Relecture" in await city.text("/desk/papier")
    page = await city.text("/desk/papier/relecture")
    for told in ("3 feuilles", "Des bans", "Marché de Bellevue", "Maison de quartier", "14 mars 2027", "sans mon nom"):
        assert told in page
    assert "Une fontaine" in await city.text("/desk/papier/relecture", apres=first.ref)
    for ref, acte, text in ((first.ref, "conforme", "Des bancs"), (second.ref, "ecarter", "")):
        async with await city.post(f"/desk/papier/{ref}/relecture", form_on="/desk/papier/relecture", acte=acte, texte=text) as answer:
            assert answer.status == 303
    for text, said in (("", "vide"), ("De l'ombre", "conforme"), ("De l'ombre", "fait")):
        async with await city.post(f"/desk/papier/{third.ref}/relecture", form_on="/desk/papier", acte="conforme", texte=text) as answer:
            assert answer.headers["Location"] == f"/desk/papier/relecture?dit={said}"
    items = (await city.ledger.read(queue.listing, city.now, "waiting")).items
    assert [item.text for item in items] == ["Des bancs", "De l'ombre"]
    assert "sur papier" in await city.text("/desk/contributions")
    await city.text(f"/suivi/{second.ref}", 404)
    assert await counted(city) == (2, 0)
    lines = (await city.ledger.read(audit.search, action="paper.")).items
    assert [line.action for line in lines].count("paper.discarded") == 1


async def test_the_desk_follows_a_slip_contests_and_erases(city: Town) -> None:
    await city.enter("lead")
    slip = await entered(city)
    assert "deuxième personne vérifie la saisie" in await city.text(f"/suivi/{slip.ref}")

    async def asked(status: int = 200, code: str = slip.code, numero: str = slip.ref, **more: str) -> str:
        async with await city.post("/desk/suivi", numero=numero, code=code, **more) as answer:
            assert answer.status == status, await answer.text()
            return await answer.text()

    wrong = f"{(int(slip.code) + 1) % 10_000:04d}"
    assert "ne va pas avec ce numéro" in await asked(403, wrong)
    assert "huit chiffres" in await asked(422, numero="1234")
    assert "deuxième personne vérifie la saisie" in await asked(numero=f"{slip.ref[:4]} {slip.ref[4:]}")
    await city.ledger.write(paper.check, city.now, slip.ref, "staff:1", TEXT)
    await city.publish(slip.ref, "refuse", reason="R4", fact="nomme un voisin")
    page = await asked()
    assert "nomme un voisin" in page
    assert "Contester" in page
    assert "lit de nouveau" in await asked(acte="appeal") or "relit" in await asked(acte="appeal")
    assert (await city.ledger.read(queue.counts, city.now)).appeals == 1
    assert "C’est effacé" in await asked(acte="erase")
    assert "C’est effacé" not in await asked()
    for _ in range(4):
        await asked(403, wrong)
    assert "aucun code n’est regardé avant" in await asked(429, wrong)
    assert "aucun code n’est regardé avant" in await asked(429)


async def test_the_slip_by_sms_from_any_phone_and_five_guesses(city: Town, clock: Clock) -> None:
    await city.enter("staff")
    slip = await entered(city)
    ref, code = f"{slip.ref[:4]} {slip.ref[4:]}", slip.code
    assert "arrivé sur papier" in await texted(city, f"SUIVI {ref} {code}")
    await city.ledger.write(paper.check, city.now, slip.ref, "staff:1", TEXT)
    assert "un agent le lit avant" in await texted(city, f"{ref} {code}", LENT)
    await city.publish(slip.ref)
    assert f'Texte publié: "{TEXT}"' in await texted(city, f"suivi {slip.ref}{code}")
    assert "Écrit sur papier ?" in await texted(city, f"SUIVI {ref}")
    for guess in range(1, 5):
        assert "ne va pas avec" in await texted(city, f"OUBLI {ref} {(int(code) + guess) % 10_000:04d}")
        clock.advance(minutes=1)
    assert "Trop de codes faux" in await texted(city, f"OUBLI {ref} {(int(code) + 5) % 10_000:04d}")
    assert "Trop de codes faux" in await texted(city, f"OUBLI {ref} {code}", LENT)
    clock.advance(hours=1, minutes=1)
    assert "C'est effacé" in await texted(city, f"OUBLI {ref} {code}", LENT)
    assert "retiré" in await texted(city, f"SUIVI {ref} {code}", LENT)
    assert await counted(city) == (1, 0)


@pytest.mark.peer
@pytest.mark.one_engine
@pytest.mark.timeout(300)
async def test_twenty_sheets_by_keyboard_alone_looked_at_followed_and_counted_once(city: Town) -> None:
    await city.colleague("staff")
    await city.colleague("moderator", email=OTHER)
    base = str(city.http.make_url("/")).rstrip("/")
    texts = [f"{what} {where}" for what in ("Un banc", "De l'ombre", "Une fontaine", "Des jeux", "Moins de bruit") for where in PLACES]

    slips = await asyncio.to_thread(_typed_in, base, texts)
    assert len({slip.ref for slip in slips}) == 20
    assert await counted(city) == (0, 0)
    await asyncio.to_thread(_looked_at, base)
    assert await counted(city) == (20, 0)
    for slip in slips:
        assert "un agent le lit avant" in await texted(city, f"SUIVI {slip.ref} {slip.code}", f"+336399{slip.ref[:5]}")
        await city.publish(slip.ref)
    assert await counted(city) == (20, 20)
    page = await city.text(f"/demarches/{SLUG}/contributions")
    assert all(page.count(one.replace("'", "&#39;")) == 1 for one in texts[-5:])
    found = await asyncio.to_thread(_followed, base, slips[0])
    assert "Publié" in found
    assert texts[0] in found


PLACES = ("près de la pharmacie", "devant l'école", "à l'arrêt du tram", "derrière la halle")


def _sign_in(window: Browser, base: str, email: str) -> None:
    window.size(*DESKTOP)
    window.enter(base, email, PASSWORD)


def _press(window: Browser, *keys: str) -> None:
    ActionChains(window.driver).send_keys(*keys).perform()


def _until(window: Browser, end: str) -> None:
    def there(driver: Any) -> bool:
        return bool(re.search(f"{end}$", driver.current_url)) and driver.execute_script("return document.readyState") == "complete"

    WebDriverWait(window.driver, 20).until(there)


def _typed_in(base: str, texts: list[str]) -> list[Slip]:
    """The first sheet fills in what the pile shares; each of the others is its text, Tab, Space, Enter, Enter."""
    slips = []
    with browser() as window:
        _sign_in(window, base, EMAIL)
        window.driver.get(f"{base}/desk/papier")
        _focus(window, "[name=question]")
        _press(window, Keys.TAB, "Marché de Bellevue", Keys.TAB)
        _press(window, *(Keys.TAB,) * 4, "Maison de quartier", Keys.TAB, Keys.TAB)  # a date has three parts and a button
        for text in texts:
            _focus(window, "[name=texte]")
            _press(window, text, Keys.TAB, Keys.SPACE, Keys.ENTER)
            _until(window, "/talon")
            slips.append(slip_on(window.driver.page_source))
            _focus(window, "main a.button")
            _press(window, Keys.ENTER)
            _until(window, "/desk/papier")
            assert window.driver.find_element(By.NAME, "lieu").get_attribute("value") == "Marché de Bellevue"
    return slips


def _looked_at(base: str) -> None:
    with browser() as window:
        _sign_in(window, base, OTHER)
        window.driver.get(f"{base}/desk/papier/relecture")
        for left in range(20, 0, -1):
            _shows(window, f"{left} feuille")
            _focus(window, "[value=conforme]")
            _press(window, Keys.ENTER)
        _shows(window, "Aucune feuille ne vous attend")


def _focus(window: Browser, which: str) -> None:
    """Where the keyboard stands, by itself."""
    asked = "return document.activeElement.matches(arguments[0])"

    def there(driver: Any) -> bool:
        return bool(driver.execute_script(asked, which))

    WebDriverWait(window.driver, 20).until(there)


def _shows(window: Browser, words: str) -> None:
    """The page is there, whole, and says so; asked of the page in one breath, so that no half-replaced one is read."""
    asked = "return document.readyState === 'complete' && document.querySelector('main').innerText.includes(arguments[0])"

    def there(driver: Any) -> bool:
        return bool(driver.execute_script(asked, words))

    WebDriverWait(window.driver, 20).until(there)


def _followed(base: str, slip: Slip) -> str:
    with browser() as window:
        _sign_in(window, base, EMAIL)
        window.driver.get(f"{base}/desk/suivi")
        _focus(window, "[name=numero]")
        _press(window, slip.ref, Keys.TAB, slip.code, Keys.ENTER)
        _shows(window, "Un autre talon")
        return window.driver.find_element(By.TAG_NAME, "main").text
