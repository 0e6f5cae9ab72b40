"""Pages of the desk that look over everything: the month, the week, contacts, settings, the chain of who did what."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from bot.settings import VARIABLES
from outreach import audit, campaigns, consents, documents, invented, notary, processes
from outreach.db import Database
from outreach.tables import address, contact
from outreach.tables import audit as lines
from tests.conftest import Clock
from tests.contributing import given, person
from tests.test_rights_matrix import OTHER, furnish, sign_in
from tests.town import SLUG, Town, town

NUMBER, CHAT = "+33639985501", "77123450"
WORDING = "un SMS quand il y a un atelier ? 1 oui"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, SMTP_URL="smtp://relay:hunter2@mail.ville.example/?from=a@ville.example") as made:
        await made.opened()
        yield made


async def scheduled(city: Town, days: int, name: str, slug: str = SLUG, to: campaigns.Audience | None = None) -> str:
    def make(session: Any) -> str:
        at = city.now + timedelta(days=days)
        whom = to or campaigns.Audience()
        draft = campaigns.Draft(process=slug, kind="panel", texts={"fr": "venez"}, in_french=True, name=name, at=at, audience=whom)
        subject = campaigns.create(session, city.now, draft, "staff:98").id
        campaigns.tried(session, city.now, subject, "staff:98")
        campaigns.submit(session, city.now, subject, "staff:98")
        campaigns.approve(session, city.now, subject, "staff:99")
        return subject

    return await city.ledger.write(make)


async def people(city: Town, many: int, *, write: bool = False) -> None:
    def agree(session: Any) -> None:
        for number in range(many):
            where = person(session, city.now, f"+3363997{number:04d}")
            consents.give(session, [consents.Given(where, "workshops", WORDING, "fr", "receipt")], city.now)
            if write:
                given(session, city.now, where, f"Un banc, numéro {number}")

    await city.ledger.write(agree)


async def test_two_campaigns_to_the_same_people_warn_on_their_page_in_the_month_and_for_programs(city: Town) -> None:
    await people(city, 60)
    first, second = await scheduled(city, 2, "Quarante habitants"), await scheduled(city, 8, "Rappel")
    await city.enter("lead")
    page = await city.text(f"/desk/campagnes/{second}")
    assert "Des personnes recevraient deux messages de nous en une semaine" in page
    assert "60 personnes" in page
    assert f'href="/desk/campagnes/{first}"' in page
    month = await city.text("/desk/calendrier", mois="2027-03")
    assert "Des personnes pourraient recevoir deux messages de nous en une semaine" in month
    assert month.count("Quarante habitants") == 2, "among the days, and in the warning"
    headers = await city.token("lead")
    async with city.http.post(f"/api/v1/campaigns/{second}/preview", headers=headers) as answer:
        (near,) = (await answer.json())["near"]
    assert (near["id"], near["people"]) == (first, 60)


async def test_a_month_is_asked_for_by_its_address(city: Town) -> None:
    await city.enter("observer")
    may = await city.text("/desk/calendrier", mois="2027-05")
    assert "Fête du Travail" in may
    assert 'href="/desk/calendrier?mois=2027-04"' in may
    assert "Labor Day" in await city.text("/desk/calendrier", mois="2027-05", lang="en")
    assert "Mars 2027" in await city.text("/desk/calendrier")
    assert "Réponse promise" in await city.text("/desk/calendrier", mois="2027-06")
    for wrong in ("2027-13", "2027-5", "mai", "1815-06", "2027-05\n"):
        await city.text("/desk/calendrier", 404, mois=wrong)


async def test_a_right_for_one_project_shows_its_own_days_alone(city: Town) -> None:
    await furnish(city)
    await people(city, 60, write=True)
    here = await scheduled(city, 2, "Ici", to=campaigns.Audience(process=SLUG))
    elsewhere = await scheduled(city, 2, "Ailleurs", OTHER)
    await sign_in(city, "lead", SLUG)
    month = await city.text("/desk/calendrier")
    assert here in month
    assert elsewhere not in month
    assert "Ailleurs" not in month
    page = await city.text(f"/desk/campagnes/{here}")
    assert "60 personnes" in page, "that they are told elsewhere is worth knowing"
    assert elsewhere not in page
    week = await city.text("/desk/semaine")
    assert f"of-{SLUG}" in week
    assert OTHER not in week


async def test_campaigns_stay_with_who_may_see_them(city: Town) -> None:
    await people(city, 60)
    await scheduled(city, 2, "Quarante habitants")
    await city.enter("observer")
    assert "Quarante habitants" not in await city.text("/desk/calendrier")


async def test_the_week_is_the_same_on_the_page_and_in_its_file(city: Town) -> None:
    for number in range(6):
        await city.say(f"des bancs {number}", phone=f"+3363998000{number}")
    await city.enter("observer")
    page = await city.text("/desk/semaine")
    assert "La semaine du 15 mars au 21 mars" in page
    async with city.http.get("/desk/semaine.csv", params={"semaine": "2027-W11"}) as answer:
        assert answer.headers["Content-Disposition"] == 'attachment; filename="semaine-2027-W11.csv"'
        assert answer.headers["Cache-Control"] == "no-store"
        table = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig")), delimiter=";"))
    assert table[0] == ["Démarche", "Rubrique", "Chiffre", "Part", "Valeur"]
    assert ["Place du Marché", "Combien", "avis cette semaine", "", "6"] in table
    assert ["Place du Marché", "Qui", "langues", "français", "6"] in table
    shown = re.sub(r"<[^>]+>", " ", page)
    assert all(row[4] in shown and row[2] in shown for row in table[1:]), "every number of the file stands on the page"


async def test_of_many_projects_the_week_tells_a_dozen_in_full_and_the_rest_in_a_line(city: Town) -> None:
    def open_more(session: Any) -> None:
        whole = documents.parse(invented.bicycle_plan(city.now.date()).encode(), yaml=True)
        for number in range(13):
            slug, title = f"projet-{number}", {"fr": f"Projet {number}"}
            processes.put(session, city.now, msgspec.structs.replace(whole, slug=slug, title=title, entry_points=()), "command")
            processes.open(session, city.now, slug, "command")

    await city.ledger.write(open_more)
    await city.say("des bancs")
    await city.enter("observer")
    page = await city.text("/desk/semaine")
    assert page.count('<section class="project"') == 12
    assert f"of-{SLUG}" in page, "something came in for it"
    assert "Les autres démarches" in page
    others = re.findall(r"demarche=(projet-\d+)", page)
    assert len(others) == 2
    alone = await city.text("/desk/semaine", demarche=others[0])
    assert re.findall(r'id="of-([^"]+)"', alone) == [others[0]]
    assert "toutes les démarches de cette semaine" in alone
    await city.text("/desk/semaine", 404, demarche="nulle-part")


async def test_a_small_number_is_never_shown_in_the_week(city: Town) -> None:
    for number in range(3):
        await city.say(f"des bancs {number}", phone=f"+3363998000{number}")
    await city.enter("observer")
    page = await city.text("/desk/semaine")
    assert "&lt;5" in page
    assert "trop peu pour le dire" in page
    assert "français" not in re.sub(r"<head>.*</head>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("week", ["2027-W12", "2027-W54", "2026-W00", "semaine", "2025-W53"])
async def test_a_week_that_is_none_or_has_not_come_is_not_found(city: Town, week: str) -> None:
    await city.enter("observer")
    await city.text("/desk/semaine", 404, semaine=week)


async def met(city: Town) -> tuple[str, str]:
    """Somebody who agreed by SMS and wrote on Telegram: the pseudonym and the subject of the first."""

    def meet(session: Any) -> tuple[str, str]:
        where = person(session, city.now, NUMBER)
        person(session, city.now, CHAT, "telegram")
        consents.give(session, [consents.Given(where, "workshops", WORDING, "fr", "receipt")], city.now)
        query = sa.select(contact.c.pseudonym, contact.c.subject).join(address, address.c.contact_id == contact.c.id)
        row = session.execute(query.where(address.c.id == where)).one()
        return str(row.pseudonym), str(row.subject)

    return await city.ledger.write(meet)


async def test_a_contact_is_found_by_pseudonym_with_its_consents_and_each_look_is_written_down(city: Town) -> None:
    pseudonym, subject = await met(city)
    await city.say("Il manque des bancs", phone=NUMBER[:-1] + "9")
    await city.enter("dpo")
    listed = await city.text("/desk/contacts", pseudonyme=pseudonym.lower())
    assert f'href="/desk/contacts/{subject}"' in listed
    page = await city.text(f"/desk/contacts/{subject}")
    assert WORDING in page
    assert pseudonym in page
    for text in (listed, page, await city.text("/desk/contacts")):
        assert NUMBER[1:] not in text
        assert CHAT not in text
        assert "bancs" not in text
    await city.text(f"/desk/contacts/{'A' * 22}", 404)
    await city.text("/desk/contacts", 404, suite="!")
    await city.text("/desk/contacts", 404, pseudonyme="a\0")
    found = (await city.ledger.read(audit.search, action="contact.")).items
    assert [(one.action, one.subject) for one in found] == [("contact.listed", ""), ("contact.opened", subject), ("contact.listed", "")]
    assert len({one.actor for one in found}) == 1


async def test_a_moderator_finds_no_contact(city: Town) -> None:
    pseudonym, subject = await met(city)
    await city.enter("moderator", "lead", "staff")
    await city.text("/desk/contacts", 403, pseudonyme=pseudonym)
    await city.text(f"/desk/contacts/{subject}", 403)
    assert "/desk/contacts" not in await city.text("/desk")


async def test_every_setting_is_explained_and_no_secret_shown(city: Town) -> None:
    await city.enter("admin")
    page = await city.text("/desk/reglages")
    assert all(f"ALLERVERS_{variable.name}<" in page for variable in VARIABLES)
    assert "hunter2" not in page
    assert "renseigné, non montré" in page
    assert "Ville de Nantes" in page
    english = await city.text("/desk/reglages", lang="en")
    assert "The city’s own time." in english
    assert "<code>postgresql://…</code>" in english


async def test_the_chain_of_who_did_what_is_verified_at_the_desk(city: Town) -> None:
    ref = await city.say("Il manque des bancs")
    await city.publish(ref)
    await city.enter("dpo")
    await city.ledger.write(notary.chain, city.now)
    async with await city.post("/desk/journal/verifier", form_on="/desk/journal") as answer:
        assert answer.status == 200
        assert "La chaîne tient." in await answer.text()

    def forge(session: Any) -> None:
        session.execute(sa.update(lines).where(lines.c.place == 2).values(actor="staff:666"))

    await city.ledger.write(forge)
    async with await city.post("/desk/journal/verifier", form_on="/desk/journal") as answer:
        assert "La chaîne est rompue à la place 2." in await answer.text()


async def test_the_journal_names_colleagues_and_ends_on_a_day(city: Town) -> None:
    await city.enter("dpo")
    assert "camille@ville.example" in await city.text("/desk/journal", action="staff.")
    yesterday = f"{city.now - timedelta(days=1):%Y-%m-%d}"
    assert "staff.signed_in" in await city.text("/desk/journal", jour=f"{city.now:%Y-%m-%d}")
    assert "staff.signed_in" not in await city.text("/desk/journal", jour=yesterday)
    await city.text("/desk/journal", 404, jour="hier")
