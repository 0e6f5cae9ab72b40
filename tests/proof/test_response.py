"""A project from a department's request to the answer, in a browser; thirty authors on two networks and on paper each get their own, once.

The phones are the simulator's, through the whole service; two sheets of paper are entered and checked by the office's own verbs.
"""

import asyncio
import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from outreach import documents, invented, paper, processes
from outreach.references import new_token, show_ref
from tests.city import ZONE, City, living
from tests.peers.chromium import DESKTOP, Browser, browser, gone
from tests.town import EMAIL, PASSWORD, SLUG

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.timeout(400)]

POINTS = ("Planter des arbres", "Poser des bancs", "Remettre la fontaine", "Apaiser la rue", "Ouvrir un jardin")
DECISIONS = ("partly", "kept", "not_kept", "kept", "partly")
DONE = ("24 arbres avant mars 2028", "30 bancs avant mai 2028", "", "zone 30 avant juin 2028", "un jardin avant 2029")
DONE_EN = ("24 trees before March 2028", "30 benches before May 2028", "", "30 km/h before June 2028", "a garden before 2029")
REASONS = ("les rails limitent les racines", "la place le permet", "le réseau est trop vieux", "la rue est étroite", "le sol est pollué")
REASONS_EN = ("the rails limit the roots", "there is room for it", "the pipes are too old", "the street is narrow", "the soil is polluted")
LEFT_OUT = "le groupe a choisi l'ombre"
FRENCH = {"partly": "retenu en partie", "kept": "retenu", "not_kept": "non retenu"}
ENGLISH = {"partly": "kept in part", "kept": "kept", "not_kept": "not kept"}


class Author(NamedTuple):
    """Somebody who writes; `point` is the place of the point that takes it up, None for none."""

    network: str
    address: str
    language: str
    point: int | None

    @property
    def phone(self) -> str:
        return f"/simulator/{self.network}/{self.address}/messages"


def authors() -> Iterator[Author]:
    """Sixteen by SMS, twelve on Telegram, every third in English; every fourth is taken up by no point."""
    for number in range(28):
        network = "sms" if number < 16 else "telegram"
        address = f"+336399860{number:02}" if network == "sms" else f"9100{number:02}"
        yield Author(network, address, "en" if number % 3 == 2 else "fr", None if number % 4 == 3 else number % len(POINTS))


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = City(tmp_path, SIMULATOR="1", UNDO_SECONDS="1", LOG="warning").on_a_tuesday()
    made.command("migrate")
    made.command("staff", "add", EMAIL, "--role", "lead", "--role", "staff", "--password-stdin", said=PASSWORD)
    made.token = made.another_person("moderator")
    return made


async def test_thirty_authors_each_get_their_own_answer_once(city: City, tmp_path: Path) -> None:
    people = list(authors())
    async with living(city) as http:
        with browser() as window:
            desk = Desk(window, city)
            await asyncio.to_thread(desk.from_request_to_opening)
            refs = {who: await contributes(city, http, who, number) for number, who in enumerate(people)}
            slips = await asyncio.to_thread(two_sheets, city)
            for ref in (*refs.values(), *(slip.ref for slip in slips)):
                await city.api(http, "POST", f"/contributions/{ref}/claim")
                await city.api(http, "POST", f"/contributions/{ref}/decision", {"decision": "accept"})
            await city.advance(http, 7200)
            await city.drained()
            before = {who: len(await rang(city, http, who)) for who in people}
            cited = {place: [refs[who] for who in people if who.point == place] for place in range(len(POINTS))}
            cited[0].append(slips[0].ref)
            await asyncio.to_thread(desk.from_avis_to_response, tmp_path, cited)
            for _ in range(3):  # the response, then a day and a week on which nothing is said again
                await city.advance(http, 26 * 3600)
                await city.drained()
            async with asyncio.timeout(60):  # on a busy machine the clock's last slice may be on its way still
                while not all([len(await rang(city, http, who)) > before[who] for who in people]):  # noqa: ASYNC110 - phones ring
                    await asyncio.sleep(0.2)
            for who in people:
                check(who, refs[who], (await rang(city, http, who))[before[who] :])
            slip, left = slips
            asks = "/simulator/sms/+33639986099/messages"
            for one, told in ((slip, f"Point 1. Décision: retenu en partie. {DONE[0]}. Raison: {REASONS[0]}."), (left, LEFT_OUT)):
                await posted(city, http, asks, {"text": f"SUIVI {one.ref} {one.code}"})
                await city.drained()
                assert told in " ".join(await texts(city, http, asks))
            page = await city.page(http, f"/demarches/{SLUG}")
            for place, title in enumerate(POINTS):
                assert f'id="point-{place + 1}"' in page
                assert title in page
            found: Any = await (await http.get(f"{city.base}/demarches/{SLUG}.json")).json()
            assert [sorted(one["contributions"]) for one in found["avis"]["points"]] == [sorted(those) for those in cited.values()]
            assert [one["response"]["decision"] for one in found["avis"]["points"]] == list(DECISIONS)
            assert f"#point-{(people[0].point or 0) + 1}" in await city.page(http, f"/suivi/{refs[people[0]]}")
            with city.database() as database, database.read() as session:
                view = processes.get(session, SLUG)
            assert view is not None
            assert view.state == "follow_up"


def check(who: Author, ref: str, said: list[str]) -> None:
    """One message, about their own view, in their language."""
    assert len(said) == 1, (who, said)
    (told,) = said
    assert show_ref(ref) in told
    french = who.language == "fr"
    if who.point is None:
        assert (LEFT_OUT if french else "the group did not take it up") in told, told
        return
    decision = DECISIONS[who.point]
    wanted = [f"point {who.point + 1}", (FRENCH if french else ENGLISH)[decision], (REASONS if french else REASONS_EN)[who.point]]
    done = (DONE if french else DONE_EN)[who.point]
    for part in (*wanted, done):
        assert part in told, (part, told)
    assert ("élus ont répondu" if french else "elected officials have answered") in told
    asks = "Savoir quand ce sera fait" if french else "Know when it is done"
    if who.network == "sms":
        assert (asks in told) == (decision != "not_kept")


async def contributes(city: City, http: aiohttp.ClientSession, who: Author, number: int) -> str:
    """Write, wait, say yes: the reference that the phone was told."""
    word = "PLACE" if who.language == "fr" else "SQUARE"
    if who.network == "telegram":
        with city.database() as database, database.read() as session:
            view = processes.get(session, SLUG)
        assert view is not None
        await posted(city, http, who.phone, {"start": next(one.token for one in view.entries if one.language == who.language)})
        await posted(city, http, who.phone, {"text": f"Des bancs et de l'ombre, numéro {number}"})
    else:
        await posted(city, http, who.phone, {"text": f"{word} Des bancs et de l'ombre, numéro {number}"})
    await city.advance(http, 61)
    if who.network == "telegram":
        await city.drained()
        asked = [one for one in await _items(city, http, who.phone) if len(one["choices"]) == 3][-1]
        await posted(city, http, who.phone, {"press": asked["choices"][0]["press"]})
    else:
        await posted(city, http, who.phone, {"text": "1"})
    async with asyncio.timeout(20):
        while True:
            told = " ".join(await texts(city, http, who.phone))
            if found := re.search(r"no (\d{4}) (\d{4})", told):
                return found[1] + found[2]
            await asyncio.sleep(0.05)


async def posted(city: City, http: aiohttp.ClientSession, path: str, body: dict[str, str]) -> None:
    async with http.post(city.base + path, json=body) as answer:
        assert answer.status == 200, await answer.text()


async def _items(city: City, http: aiohttp.ClientSession, path: str) -> list[dict[str, Any]]:
    async with http.get(city.base + path) as answer:
        items: list[dict[str, Any]] = (await answer.json())["items"]
    return items


async def texts(city: City, http: aiohttp.ClientSession, path: str) -> list[str]:
    return [one["text"] for one in await _items(city, http, path)]


async def rang(city: City, http: aiohttp.ClientSession, who: Author) -> list[str]:
    """What made a sound: no silent change of a card."""
    return [one["text"] for one in await _items(city, http, who.phone) if not one["silent"] and not one["replaces"]]


def two_sheets(city: City) -> list[paper.Drawn]:
    """Entered by one colleague, looked at by another, with their slips."""
    slips = []
    with city.database() as database:
        for text in ("Des arbres, svp", "Une piscine"):
            blank = paper.Typed(new_token(), SLUG, "besoin", text, "Marché", city.today, "Le Relais", "oui", anyway=True)
            with database.write() as session:
                now = morning(city)
                entered = paper.enter(session, now, "staff:1", blank)
                assert isinstance(entered, paper.Entered)
                paper.check(session, now, entered.ref, "staff:2", text)
                drawn = paper.draw(session, now, entered.ref, "staff:1")
                assert drawn is not None
                slips.append(drawn)
    return slips


def morning(city: City) -> datetime:
    """Ten o'clock of the city's Tuesday."""
    return datetime.combine(city.today, datetime.min.time(), ZONE).replace(hour=10)


class Desk:
    """A colleague in the browser."""

    def __init__(self, window: Browser, city: City) -> None:
        self.window, self.city, self.driver = window, city, window.driver
        window.size(*DESKTOP)

    def go(self, path: str) -> None:
        self.driver.get(f"{self.city.base}{path}")

    def form(self, action: str) -> WebElement:
        """The form that leads there, unfolded."""
        form = self.driver.find_element(By.CSS_SELECTOR, f"form[action$='{action}']")
        self.driver.execute_script(
            "for (let at = arguments[0]; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true", form
        )
        for inner in form.find_elements(By.TAG_NAME, "details"):
            self.driver.execute_script("arguments[0].open = true", inner)
        return form

    def send(self, action: str, **fields: str) -> None:
        """Fill a form as a person would, and send it."""
        form = self.form(action)
        for name, value in fields.items():
            name = name.replace("_en", "-en")  # noqa: PLW2901 - a field's own name
            found = form.find_elements(By.NAME, name)
            assert found, (action, name)
            if found[0].get_attribute("type") == "radio":
                next(one for one in found if one.get_attribute("value") == value).click()
            elif found[0].get_attribute("type") == "date":
                self.driver.execute_script("arguments[0].value = arguments[1]", found[0], value)
            else:
                found[0].clear() if found[0].get_attribute("type") != "file" else None
                found[0].send_keys(value)
        self.press(form)
        notes = [one.text for one in self.driver.find_elements(By.CSS_SELECTOR, ".note.bad") if one.is_displayed()]
        assert notes == []

    def press(self, form: WebElement) -> None:
        """Its button; the page that follows is there when this returns."""
        form.find_element(By.CSS_SELECTOR, "button:not([type=button])").click()
        WebDriverWait(self.driver, 30).until(gone(form))

    def sees(self, words: str) -> None:
        """What the page says."""
        text = self.driver.find_element(By.TAG_NAME, "main").text
        assert words in text, text

    def from_request_to_opening(self) -> None:
        """Eight questions, the framing, the mandate, the doors open."""
        self.go("/desk/connexion")
        self.send("/desk/connexion", email=EMAIL, password=PASSWORD)
        self.go("/desk/demarches/demande")
        said = {"need": "La place est une nappe de bitume.", "publics": "Les riverains", "unheard": "Qui travaille la nuit"}
        said |= {
            "reach": "La pharmacie",
            "can_change": "arbres, bancs",
            "cannot_change": "le tram",
            "decided_by": "le conseil",
            "use": "on lit",
        }
        self.send("/desk/demarches/demande", title="Place du Marché", department="Espace public", **said)
        self.sees("La demande est chez l'équipe")
        document = documents.parse(invented.market_square(self.city.today).encode(), yaml=True)
        validated = document.mandate.validated
        text = re.sub(r"  validated: .*\n", "", invented.market_square(self.city.today))
        self.go(f"/desk/demarches?reprendre={SLUG}")
        area = self.driver.find_element(By.NAME, "document")
        assert "nappe de bitume" in str(area.get_attribute("value"))
        self.driver.execute_script("arguments[0].value = arguments[1]", area, text)
        self.press(self.form("/desk/demarches"))
        self.send("/mandat", by=validated.by, on=str(validated.on), act=validated.act)
        self.press(self.form("/ouvrir"))
        self.sees("Ouverte")

    def from_avis_to_response(self, folder: Path, cited: dict[int, list[str]]) -> None:
        """The avis from a spreadsheet, each point to a service and back, a decision, the response."""
        file = folder / "avis.csv"
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(["Point", "Titre", "Texte", "Avis cités"])
        for place, title in enumerate(POINTS):
            writer.writerow([place + 1, title, f"{title}, dit le groupe.", ", ".join(map(show_ref, cited[place]))])
        file.write_bytes(out.getvalue().encode("cp1252"))
        self.go(f"/desk/demarches/{SLUG}/reponse")
        self.send("/reponse/avis", file=str(file), written_by="40 habitants", handed_to="à la maire", left_out=LEFT_OUT)
        self.sees("Avant publication")
        self.press(self.form("/reponse/avis/importer"))
        self.sees("L'avis est")
        later = self.city.today + timedelta(days=30)
        for place in range(len(POINTS)):
            self.go(f"/desk/demarches/{SLUG}/points/{place + 1}")
            self.send("/service", service="Espaces verts", person="Mme Roux", due_on=str(later))
            self.send("/instruction", feasible="conditions", cost="12 000 euros", note="Rien ne s'y oppose.")
            self.send("/position", **self._position(place, later))
        self.go("/desk/dettes")
        self.sees("La réponse promise")
        self.go(f"/desk/demarches/{SLUG}/reponse")
        self.press(self.form("/publier"))
        self.sees("La réponse est publique")

    def _position(self, place: int, day: date) -> dict[str, str]:
        given = {"decision": DECISIONS[place], "decided_by": "l'adjointe", "decided_on": str(day), "reasons": f"{REASONS[place]}, hélas."}
        given |= {"reason": REASONS[place], "reason_en": REASONS_EN[place]}
        if DONE[place]:
            given |= {"done": DONE[place], "done_en": DONE_EN[place], "due_on": str(day + timedelta(days=700))}
        return given
