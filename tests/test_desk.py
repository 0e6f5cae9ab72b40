"""The desk: who may enter, what each role sees, and a moderator's morning by forms alone."""

import re
from collections.abc import AsyncIterator

import pyotp
import pytest

from bot.desk import DOORS
from outreach import audit, inbox, invented, outbox, staff
from outreach.contributions import appeals, queue
from outreach.contributions.decisions import apply_due
from outreach.db import Database
from outreach.staff import ROLES
from tests.conftest import Clock
from tests.town import EMAIL, PASSWORD, SLUG, Town, town

TEXT = "Il manque des bancs et de l'ombre"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


def addresses() -> list[tuple[str, str, str]]:
    concrete = {"{slug": SLUG, "{ref": "48210736", "{id": "1", "{place": "pharmacie.pdf", "{link": "1", "{name": "kinto"}
    concrete |= {"{campaign": "a" * 22, "{contact": "a" * 22, "{number": "1"}
    found = []
    for door in DOORS:
        path = "/".join(next((value for start, value in concrete.items() if part.startswith(start)), part) for part in door.path.split("/"))
        found.append((door.method, path, door.right))
    return found


async def test_a_stranger_sees_the_sign_in_alone(city: Town) -> None:
    for method, path, _right in addresses():
        async with city.http.request(method, path, allow_redirects=False) as answer:
            assert answer.status == 303, path
            assert answer.headers["Location"].startswith("/desk/connexion"), path


async def test_the_sign_in_leads_back_to_where_one_was_going_and_never_elsewhere(city: Town) -> None:
    await city.colleague("moderator")
    for asked, reached in (
        ("/desk/contributions?etat=refused", "/desk/contributions?etat=refused"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example", "/desk"),
        ("/desk/\\evil", "/desk"),
    ):
        city.http.session.cookie_jar.clear()
        async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD, next=asked) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, reached)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(city: Town) -> None:
    await city.colleague("moderator")
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD) as answer:
        (cookie,) = [value for value in answer.headers.getall("Set-Cookie") if value.startswith("allervers_desk=")]
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/desk"):
        assert part in cookie


async def test_a_form_without_its_token_does_nothing(city: Town) -> None:
    await city.colleague("moderator")
    async with city.http.post("/desk/connexion", data={"email": EMAIL, "password": PASSWORD, "csrf": "guess"}) as answer:
        assert answer.status == 403
    await city.enter("moderator", email="b@ville.example")
    ref = await city.say(TEXT)
    async with city.http.post(f"/desk/contributions/{ref}/decision", data={"decision": "accept", "csrf": "guess"}) as answer:
        assert answer.status == 403
    item = await city.ledger.read(queue.get, city.now, ref)
    assert item.pending is None


async def test_a_wrong_password_says_no_more_than_that(city: Town) -> None:
    await city.colleague("moderator")
    for email in (EMAIL, "nobody@ville.example"):
        async with await city.post("/desk/connexion", email=email, password="wrong") as answer:
            assert answer.status == 403
            assert "ne vont pas ensemble" in await answer.text()


async def test_too_many_tries_close_the_account_for_a_while(city: Town) -> None:
    await city.colleague("moderator")
    for _ in range(5):
        async with await city.post("/desk/connexion", email=EMAIL, password="wrong") as answer:
            page = await answer.text()
    assert "Trop d’essais" in page
    assert re.search(r"jusqu’à \d\d:\d\d", page)


async def test_an_invitation_opens_an_account_once(city: Town) -> None:
    link = await city.ledger.write(staff.add, city.now, EMAIL, ("moderator",))
    path = f"/desk/invitation/{link}"
    assert EMAIL in await city.text(path)
    async with await city.post(path, password="short") as answer:
        assert answer.status == 422
    async with await city.post(path, password=PASSWORD) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/desk/connexion")
    assert "a déjà servi" in await city.text(path, 404)


async def test_a_second_factor_once_enrolled_is_asked_for(city: Town) -> None:
    await city.enter("moderator")
    page = await city.text("/desk/compte")
    assert "<svg" in page
    found = re.search(r'name="secret" value="([A-Z2-7]+)"', page)
    assert found
    async with await city.post("/desk/compte", secret=found[1], code="000000") as answer:
        assert answer.status == 422
        assert found[1] in await answer.text()
    async with await city.post("/desk/compte", secret=found[1], code=pyotp.TOTP(found[1]).at(city.now)) as answer:
        assert answer.status == 200
        codes = re.findall(r"<code>((?:[A-Z2-9]{4}-){3}[A-Z2-9]{4})</code>", await answer.text())
    assert len(set(codes)) == 10
    assert codes[0] not in await city.text("/desk/compte")
    city.http.session.cookie_jar.clear()
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD) as answer:
        assert answer.status == 403
    for status in (303, 403):  # a code on paper takes the place of the phone once
        city.http.session.cookie_jar.clear()
        async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD, code=codes[3].lower()) as answer:
            assert answer.status == status
    city.clock.advance(minutes=2)
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD, code=pyotp.TOTP(found[1]).at(city.now)) as answer:
        assert answer.status == 303


async def test_signing_out_ends_the_session(city: Town) -> None:
    await city.enter("moderator")
    await city.text("/desk")
    async with await city.post("/desk/deconnexion", form_on="/desk") as answer:
        assert answer.status == 303
    await city.text("/desk", 303)


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_each_role_passes_its_own_doors_and_no_other(city: Town, role: str) -> None:
    await city.enter(role)
    for method, path, right in addresses():
        if path == "/desk/deconnexion":
            continue
        async with city.http.request(method, path, allow_redirects=False) as answer:
            refused = answer.status == 403 and "Ce formulaire est trop ancien" not in await answer.text()
            assert refused == (bool(right) and right not in ROLES[role]), (role, method, path, answer.status)
    lines = (await city.ledger.read(audit.search, action="access.refused", limit=200)).items
    assert len(lines) == sum(1 for _m, _p, right in addresses() if right and right not in ROLES[role])


async def test_a_moderators_morning_by_forms_alone(city: Town, clock: Clock) -> None:
    refs = [
        await city.say(text, phone=f"+3363998000{place}")
        for place, text in enumerate((TEXT, "Appelez-moi au 06 12 34 56 78", "Pourquoi ?"))
    ]
    await city.enter("moderator")
    assert "À lire" in await city.text("/desk")
    async with await city.post("/desk/contributions/suivante", form_on="/desk") as answer:
        assert answer.headers["Location"] == f"/desk/contributions/{refs[0]}"
    page = await city.text(f"/desk/contributions/{refs[0]}")
    assert "Il manque des bancs et de l&#39;ombre" in page
    assert "de quoi avez-vous besoin pour y rester ?" in page
    for private in ("+3363998", "0639", "pharmacie", "profil"):
        assert private not in page
    async with await city.post(
        f"/desk/contributions/{refs[0]}/decision", form_on=f"/desk/contributions/{refs[0]}", decision="accept"
    ) as answer:
        assert answer.headers["Location"] == f"/desk/contributions/{refs[1]}?fait={refs[0]}"
    page = await city.text(f"/desk/contributions/{refs[1]}", fait=refs[0])
    assert "Annuler la décision" in page
    assert "Appelez-moi au […]" in page  # proposed, the moderator decides
    here = f"/desk/contributions/{refs[1]}"
    async with await city.post(f"{here}/decision", form_on=here, decision="accept") as answer:
        assert answer.status == 422
        assert "Un numéro de téléphone ou une adresse e-mail serait public" in await answer.text()
    async with await city.post(f"{here}/decision", form_on=here, decision="redact", text="Appelez-moi au […]", reason="R4") as answer:
        assert answer.headers["Location"] == f"/desk/contributions/{refs[2]}?fait={refs[1]}"
    here = f"/desk/contributions/{refs[2]}"
    async with await city.post(f"{here}/decision", form_on=here, decision="refuse", fact="rien") as answer:
        assert answer.status == 422  # no reason was chosen
        assert 'value="rien"' in await answer.text()
    async with await city.post(f"{here}/decision", form_on=here, decision="answer", text="Le conseil le dira en juin.") as answer:
        assert answer.headers["Location"] == f"/desk/contributions?fait={refs[2]}"
    clock.advance(seconds=11)
    await city.ledger.write(apply_due, city.now)
    for ref, told in zip(refs, ("Publié", "Publié", "Répondu"), strict=True):
        assert told in await city.text(f"/suivi/{ref}")


async def test_a_decision_is_taken_back_in_time_and_not_after(city: Town, clock: Clock) -> None:
    ref = await city.say(TEXT)
    await city.enter("moderator")
    here = f"/desk/contributions/{ref}"
    async with await city.post(f"{here}/decision", form_on=here, decision="refuse", reason="R1"):
        pass
    assert "Une décision est prise" in await city.text(here)
    async with await city.post(f"{here}/annuler", form_on="/desk") as answer:
        assert answer.headers["Location"] == f"{here}?dit=back"
    assert "Publier tel quel" in await city.text(here, dit="back")
    async with await city.post(f"{here}/decision", form_on=here, decision="refuse", reason="R1"):
        pass
    clock.advance(seconds=11)
    async with await city.post(f"{here}/annuler", form_on="/desk") as answer:
        assert answer.headers["Location"] == f"{here}?dit=late"


async def test_two_people_never_read_the_same(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.ledger.write(queue.claim, city.now, ref, "staff:99")
    await city.enter("moderator")
    page = await city.text(f"/desk/contributions/{ref}")
    assert "Une autre personne est en train de le lire" in page
    assert "Publier tel quel" not in page
    async with await city.post("/desk/contributions/suivante", form_on="/desk") as answer:
        assert answer.headers["Location"] == "/desk/contributions"


async def test_an_appeal_comes_first_and_is_for_another_person(city: Town, clock: Clock) -> None:
    ref = await city.say(TEXT)
    await city.enter("moderator")
    here = f"/desk/contributions/{ref}"
    async with await city.post(f"{here}/decision", form_on=here, decision="refuse", reason="R1"):
        pass
    clock.advance(seconds=11)
    await city.ledger.write(apply_due, city.now)
    await city.ledger.write(lambda session: appeals.open_(session, city.now, city._people["+33639980001"], ref))
    assert "Recours, pour une autre personne" in await city.text("/desk/contributions")
    assert "C’est vous qui aviez décidé" in await city.text(here)
    await city.enter("lead", email="lead@ville.example")
    page = await city.text(here)
    assert "Le refus est maintenu" in page
    async with await city.post(f"{here}/decision", form_on=here, decision="reverse") as answer:
        assert answer.status == 303


async def test_hidden_words_are_contested_listed_with_their_day_and_the_answer_goes_out_on_the_same_channel(
    city: Town, clock: Clock
) -> None:
    ref = await city.say("Il manque des bancs, dites-le à Dupont")
    await city.enter("moderator")
    here = f"/desk/contributions/{ref}"
    form = {"decision": "redact", "reason": "R4", "text": "Il manque des bancs, dites-le à […]"}
    async with await city.post(f"{here}/decision", form_on=here, **form) as answer:
        assert answer.status == 303
    clock.advance(seconds=11)
    await city.ledger.write(apply_due, city.now)
    who = city._people["+33639980001"]
    await city.ledger.write(lambda session: appeals.open_(session, city.now, who, ref))
    await city.enter("lead", email="lead@ville.example")
    assert 'href="/desk/recours"' in await city.text("/desk")
    await city.text("/desk/recours", 303)
    page = await city.text("/desk/contributions", etat="appeals")
    assert f'href="{here}"' in page
    assert "répondre avant le 22 mars" in page, page[page.find("avant") :][:80]
    page = await city.text(here)
    for told in ("Ce que tout le monde lit", "dites-le à […]</q>", "Les mots restent cachés", "Les mots sont montrés"):
        assert told in page
    assert "à lire avant" not in page
    async with await city.post(f"{here}/decision", form_on=here, decision="reverse") as answer:
        assert answer.status == 303
    clock.advance(seconds=11)
    await city.ledger.write(apply_due, city.now)
    assert here not in await city.text("/desk/contributions", etat="appeals")
    clock.advance(hours=3)
    await city.ledger.write(inbox.say_first, city.now)
    (*_earlier, last) = await city.ledger.read(outbox.said, who)
    assert "une autre personne a relu votre avis" in last.text
    assert "Vous aviez raison: des mots cachés sont rétablis" in last.text


async def test_an_observer_reads_projects_and_no_citizen(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.enter("observer")
    page = await city.text("/desk")
    assert "Place du Marché" in page
    assert "Avis</a>" not in page
    await city.text(f"/desk/contributions/{ref}", 403)


async def test_a_document_is_brought_in_mended_opened_and_closed(city: Town) -> None:
    await city.enter("staff")
    broken = invented.bicycle_plan(city.now.date()).replace("sms_name: plan vélo de la gare", "sms_nam: plan velo")
    async with await city.post("/desk/demarches", document=broken) as answer:
        page = await answer.text()
        assert answer.status == 422
        assert "ligne 3" in page
        assert "sms_nam" in page
    unfinished = invented.bicycle_plan(city.now.date()).replace("  decided_by: le conseil municipal\n", "")
    async with await city.post("/desk/demarches", document=unfinished) as answer:
        assert answer.headers["Location"] == "/desk/demarches/velo-gare?fait=cree"
    here = "/desk/demarches/velo-gare"
    async with await city.post(f"{here}/ouvrir", form_on=here) as answer:
        assert answer.status == 409
        assert "decided_by" in await answer.text()
    async with await city.post("/desk/demarches", document=invented.bicycle_plan(city.now.date())) as answer:
        assert answer.status == 303
    async with await city.post(f"{here}/ouvrir", form_on=here) as answer:
        assert answer.headers["Location"] == f"{here}?fait=ouverte"
    assert "on peut écrire" in await city.text(here, fait="ouverte")
    await city.text("/demarches/velo-gare")
    async with await city.post(f"{here}/fermer", form_on=here) as answer:
        assert answer.headers["Location"] == f"{here}?fait=fermee"


async def test_the_journal_is_searched_and_names_no_text(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.publish(ref)
    await city.enter("dpo")
    page = await city.text("/desk/journal", action="contribution.")
    assert "contribution.published" in page
    assert "bancs" not in page
    assert ref not in page
    await city.text("/desk/journal", 404, suite="!")


async def test_a_message_for_somebody_is_listed_and_done(city: Town) -> None:
    from conversations.effects import AskPerson
    from outreach import tickets

    await city.say(TEXT)
    await city.ledger.write(
        lambda session: tickets.open_(session, city._people["+33639980001"], AskPerson("call_back", "après 18 h"), city.now)
    )
    await city.enter("moderator")
    page = await city.text("/desk/messages")
    assert "veut être rappelée" in page
    assert "après 18 h" in page
    assert "+33" not in page
    found = re.search(r"/desk/messages/(\d+)", page)
    assert found
    async with await city.post(f"/desk/messages/{found[1]}/fait", form_on="/desk/messages") as answer:
        assert answer.status == 303
    assert "Personne n’attend" in await city.text("/desk/messages")


async def test_a_desk_on_a_port_of_its_own_leads_to_the_public_pages_of_the_other(database: Database, clock: Clock) -> None:
    async with town(database, clock, DESK_PORT="8081") as apart:
        page = await apart.text("/desk/connexion")
        assert 'href="https://dialogue.ville.example/charte"' in page
