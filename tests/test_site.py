"""The public pages and the open data: correct, the same rows the same bytes, nobody in them."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator

import icalendar
import pytest
import sqlalchemy as sa
from msgspec import structs

from conversations.effects import Withdraw
from outreach import processes
from outreach.contributions import withdrawal
from outreach.db import Database
from outreach.documents import ProcessDocument
from outreach.documents.shape import Attachment, Remote
from outreach.references import show_ref
from outreach.tables import workshop
from tests.conftest import Clock
from tests.town import SLUG, Town, town

TEXT = "Il manque des bancs & de l'ombre <ici>"
PROCESS = f"/demarches/{SLUG}"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def test_the_first_page_asks_the_open_question(city: Town) -> None:
    page = await city.text("/")
    assert "De quoi avez-vous besoin pour y rester" in page
    assert f'href="{PROCESS}"' in page
    assert '<html lang="fr" dir="ltr">' in page


async def test_a_project_tells_what_it_is_about_and_how_to_take_part(city: Town) -> None:
    page = await city.text(PROCESS)
    for told in (
        "arbres",
        "le tram",
        "le conseil municipal",
        "Réponse",
        "PLACE",
        "09 37 00 00 00",
        "t.me/VilleDeNantesBot?start=",
        "02 61 91 00 00",
    ):
        assert told in page
    assert 'aria-current="step"' in page
    assert '<meta property="og:title" content="Place du Marché">' in page


async def test_a_document_stands_with_the_digest_that_tells_whether_it_is_the_same(city: Town) -> None:
    view = await city.ledger.read(processes.get, SLUG)
    assert view is not None
    plan = Attachment(id="plan", title={"fr": "Le plan de 2026"}, url="https://ville.example/plan.pdf", sha256="0a" * 32)
    await city.ledger.write(processes.put, city.now, structs.replace(view.document, documents=(plan,)), "command")
    page = await city.text(PROCESS)
    assert '<a href="https://ville.example/plan.pdf" rel="noopener">Le plan de 2026</a>' in page
    assert "<code>" + "0a" * 32 + "</code>" in page
    assert json.loads(await city.text(f"{PROCESS}.json"))["process"]["documents"][0]["sha256"] == "0a" * 32


async def test_a_page_in_another_language_keeps_it_and_marks_what_is_not_translated(city: Town) -> None:
    page = await city.text(PROCESS, lang="en")
    assert '<html lang="en"' in page
    assert "What do you need to stay there" in page
    assert f'href="{PROCESS}/contributions?lang=en"' in page or "lang=en" in page
    assert '<html lang="fr"' in await city.text(PROCESS, lang="xx")


async def test_what_is_not_open_is_not_public(city: Town) -> None:
    await city.ledger.write(processes.put, city.now, _draft(), "command")
    for path in ("/demarches/brouillon", "/demarches/brouillon.json", "/demarches/brouillon/contributions.csv", "/demarches/nothing"):
        await city.text(path, 404)
    assert "brouillon" not in await city.text("/")


def _draft() -> ProcessDocument:
    return ProcessDocument(slug="brouillon", title={"fr": "Brouillon"})


async def test_a_published_text_stands_word_for_word_and_harmless(city: Town) -> None:
    ref = await city.say(TEXT)
    assert "bancs" not in await city.text(f"{PROCESS}/contributions")
    await city.publish(ref)
    for path in (PROCESS, f"{PROCESS}/contributions", f"/suivi/{ref}"):
        page = await city.text(path)
        assert "Il manque des bancs &amp; de l&#39;ombre &lt;ici&gt;" in page
        assert show_ref(ref) in page


async def test_hidden_words_have_their_legend(city: Town) -> None:
    ref = await city.say("Dites à M. Martin de planter des arbres")
    await city.publish(ref, "redact", text="Dites à […] de planter des arbres", reason="R4")
    page = await city.text(f"{PROCESS}/contributions")
    assert "Dites à […] de planter" in page
    assert "mots cachés à la modération" in page
    assert "Martin" not in page


async def test_contributions_go_by_date_page_after_page(city: Town) -> None:
    refs = []
    for number in range(33):
        ref = await city.say(f"Un banc numéro {number}", phone=f"+33639980{number:03}")
        city.clock.advance(minutes=1)
        await city.publish(ref)
        refs.append(ref)
    first = await city.text(f"{PROCESS}/contributions")
    shown = [ref for ref in refs if f'id="avis-{ref}"' in first]
    assert shown == refs[3:]
    assert first.index(refs[32]) < first.index(refs[31])
    _, _, rest = first.partition("cursor=")
    second = await city.text(f"{PROCESS}/contributions", cursor=rest.partition('"')[0].partition("&")[0])
    assert [ref for ref in refs if f'id="avis-{ref}"' in second] == refs[:3]
    await city.text(f"{PROCESS}/contributions", 404, cursor="nonsense")


async def test_nothing_on_the_list_sorts_by_a_count(city: Town) -> None:
    """MOD-73: numbers never rank; what may be asked of the list is its theme, its question, its language and the page after."""
    many, few = await city.say("Une fontaine"), await city.say("Des bancs", phone="+33639980002")
    for number in range(3):
        copy = await city.say("Une fontaine", phone=f"+3363998001{number}")
        if not number:
            await city.publish(many)
            city.clock.advance(minutes=1)
            await city.publish(few)
        await city.publish(copy, "group", with_=many)
    page = await city.text(f"{PROCESS}/contributions")
    asked = set(re.findall(r'href="[^"]*/contributions\?([a-z]+)=', page)) | set(
        re.findall(r'<(?:select|input)[^>]* name="([a-z]+)"', page)
    )
    assert asked <= {"theme", "question", "lang", "cursor", "ref"}, asked
    for tried in ("", "?tri=nombre", "?sort=copies", "?order=desc"):
        page = await city.text(f"{PROCESS}/contributions{tried}")
        assert page.index(f'id="avis-{few}"') < page.index(f'id="avis-{many}"'), "the latest first, however many say the other"


async def test_follow_up_tells_the_state_and_never_the_reason(city: Town) -> None:
    ref = await city.say("Votre maire est un voleur")
    page = await city.text(f"/suivi/{ref}")
    assert "Bien arrivé" in page
    await city.publish(ref, "refuse", reason="R9", fact="accuse le maire")
    page = await city.text(f"/suivi/{ref}")
    assert "Pas publié" in page
    for hidden in ("voleur", "R9", "accuse", "Diffamation", "diffamation"):
        assert hidden not in page
    assert 'content="noindex"' in page


async def test_the_search_takes_a_number_as_people_write_it(city: Town) -> None:
    ref = await city.say(TEXT)
    async with city.http.get("/suivi", params={"ref": f" {show_ref(ref)} "}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"/suivi/{ref}")
    wrong = ref[:-1] + str((int(ref[-1]) + 1) % 10)
    for path in (f"/suivi/{wrong}", "/suivi/12", "/suivi/nonsense"):
        assert "Aucun avis n’a ce numéro" in await city.text(path, 404)


async def test_a_withdrawn_text_leaves_its_mark_alone(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.publish(ref)
    await city.ledger.write(lambda session: withdrawal.withdraw(session, city._people["+33639980001"], Withdraw(ref), city.now))
    for path in (
        f"{PROCESS}/contributions",
        f"/suivi/{ref}",
        f"{PROCESS}/contributions.csv",
        f"{PROCESS}/contributions.json",
        f"{PROCESS}/suivi.atom",
    ):
        page = await city.text(path)
        assert "bancs" not in page, path
    assert "Retiré par son auteur" in await city.text(f"/suivi/{ref}")


async def test_the_data_are_the_same_bytes_for_the_same_rows(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.publish(ref)
    for path, kind in (
        (f"{PROCESS}.json", "application/json"),
        (f"{PROCESS}/contributions.csv", "text/csv"),
        (f"{PROCESS}/contributions.json", "application/json"),
        (f"{PROCESS}/ateliers.ics", "text/calendar"),
        ("/ateliers/atelier-1.ics", "text/calendar"),
        (f"{PROCESS}/suivi.atom", "application/atom+xml"),
        ("/open-data/datapackage.json", "application/json"),
    ):
        first = await city.text(path)
        city.clock.advance(hours=3)
        assert await city.text(path) == first, path
        async with city.http.get(path) as answer:
            assert answer.content_type == kind
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "\r" not in first or kind == "text/calendar"  # RFC 5545 asks for CRLF
            assert "+3363998" not in first


async def test_the_files_can_be_read_by_their_own_readers(city: Town) -> None:
    ref = await city.say(TEXT)
    city.clock.advance(minutes=1)
    await city.publish(ref)
    (row,) = csv.DictReader(io.StringIO(await city.text(f"{PROCESS}/contributions.csv")))
    assert (row["ref"], row["text"]) == (ref, TEXT)
    (item,) = json.loads(await city.text(f"{PROCESS}/contributions.json"))["items"]
    assert item["text"] == TEXT
    assert json.loads(await city.text(f"{PROCESS}.json"))["state"] == "open"
    calendar = icalendar.Calendar.from_ical(await city.text(f"{PROCESS}/ateliers.ics"))
    events = list(calendar.walk("VEVENT"))
    assert [str(event["SUMMARY"]) for event in events] == ["Dessiner la place"] * 2
    assert events[0].decoded("DTSTART").isoformat() == "2027-04-04T18:30:00+02:00"
    one = icalendar.Calendar.from_ical(await city.text("/ateliers/atelier-2.ics"))
    assert len(list(one.walk("VEVENT"))) == 1
    await city.text("/ateliers/nothing.ics", 404)
    feed = ET.fromstring((await city.text(f"{PROCESS}/suivi.atom")).encode())  # noqa: S314 - our own feed
    atom = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{atom}content") for entry in feed.findall(f"{atom}entry")] == [TEXT, "Place du Marché"]


async def test_charter_and_notice_say_what_the_law_asks(city: Town) -> None:
    charter = await city.text("/charte")
    for told in ("avant d’être public", "deux jours ouvrés", "neutralité", "RECOURS", "six mois", "Hors sujet", "Propagande"):
        assert told in charter, told
    notice = await city.text("/vos-donnees")
    for told in (
        "Ville de Nantes", "dpo@ville.example", "délibération du 8 octobre 2021", "mission d’intérêt public", "24 mois", "OUBLI", "CNIL",
        "Telegram", "hors de l’Union européenne", "Aucune machine", "facultatif",
    ):  # fmt: skip
        assert told in notice, told
    for path in ("/", "/desk/connexion", "/charte"):
        assert 'href="/accessibilite">Accessibilité\u00a0: non conforme</a>' in await city.text(path)


async def test_the_workshops_page_tells_seats_in_the_room_and_from_home_apart(city: Town) -> None:
    view = await city.ledger.read(processes.get, SLUG)
    assert view
    first, *others = view.document.workshops
    title = {"fr": "Dessiner </script><b>la place"}
    mixed = structs.replace(first, title=title, capacity=30, remote=Remote(url="https://visio.ville.example/secret", capacity=3))
    await city.ledger.write(processes.put, city.now, structs.replace(view.document, workshops=(mixed, *others)), "staff:1")
    with city.database.write() as session:
        session.execute(sa.update(workshop).where(workshop.c.name == first.id).values(taken=30, remote_taken=2))
    page = await city.text(f"{PROCESS}/ateliers")
    assert "Dans la salle : complet" in page.replace("\xa0", " ").replace("\u202f", " ")
    assert "distance : 1 place libre" in page.replace("\xa0", " ").replace("\u202f", " ")
    assert "visio.ville.example" not in page
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert page.count("<script") == 1  # and it is data: no browser runs it
    graph = json.loads(data)["@graph"]
    (event,) = [one for one in graph if one["@id"].endswith(f"#{first.id}")]
    assert event["@type"] == "Event"
    assert event["name"] == title["fr"]
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert (event["maximumPhysicalAttendeeCapacity"], event["maximumVirtualAttendeeCapacity"], event["remainingAttendeeCapacity"]) == (
        30,
        3,
        1,
    )
