"""The inbox as the team works with it: what was said, model answers, whose it is, what is late, an opinion noted as a contribution."""

import re
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from conversations.effects import AskPerson
from outreach import audit, exchanges, inbox, model_answers, outbox, staff, tickets
from outreach.contributions import queue
from outreach.db import Database
from outreach.outbox import Body, Put
from outreach.staff import Grant
from outreach.tables import ticket
from tests.conftest import Clock
from tests.town import EMAIL, SLUG, Town, town

PAGE, PHONE = "/desk/messages", "+33639980001"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await made.say("Des bancs")
        yield made


async def asked(city: Town, text: str = "Quand ouvrent les toilettes ?", slug: str = "", kind: str = "question") -> str:
    effect = AskPerson(kind, text, slug)  # type: ignore[arg-type]
    await city.ledger.write(lambda session: tickets.open_(session, city._people[PHONE], effect, city.now))
    with city.database.read() as session:
        return str(session.scalar(sa.select(sa.func.max(ticket.c.id))))


async def send(city: Town, id_: str, what: str, **fields: str) -> tuple[int, str]:
    async with await city.post(f"{PAGE}/{id_}/{what}", form_on=PAGE, **fields) as answer:
        return answer.status, answer.headers.get("Location", "")


async def test_what_was_said_stands_beside_the_matter_and_the_look_is_written_down(city: Town) -> None:
    put = Put(city._people[PHONE], "sms", "simulator", "reply", Body("Bonjour, ici la Ville."))
    await city.ledger.write(lambda session: outbox.put(session, [put], city.now))
    old = await city.ledger.read(exchanges.of_address, city._people[PHONE])
    assert [one.text for one in old] == ["Bonjour, ici la Ville."]
    city.clock.advance(days=1)
    id_ = await asked(city)
    await city.enter("moderator")
    page = await city.text(f"{PAGE}/{id_}")
    assert "Bonjour, ici la Ville." in page
    assert "Quand ouvrent les toilettes" in page
    assert PHONE not in page
    assert len((await city.ledger.read(audit.search, action="ticket.opened")).items) == 1
    city.clock.advance(days=3)
    other = await asked(city, "Autre chose ?")
    await city.enter("moderator", email="b@ville.example")
    assert "ici la Ville" not in (await city.text(f"{PAGE}/{other}")).split("<main")[1], "two days before, and no further back"
    await city.text(f"{PAGE}/99999999999999999999", 404)


async def test_a_model_answer_is_chosen_changed_and_sent(city: Town) -> None:
    id_ = await asked(city)
    await city.enter("moderator")
    form = {"name": "Toilettes", "language": "fr", "text": "Les toilettes ouvrent en mars."}
    async with await city.post(f"{PAGE}/modeles", **form) as answer:
        assert answer.status == 303
    async with await city.post(f"{PAGE}/modeles", **(form | {"text": "Elles ouvrent en mars."})) as answer:
        assert answer.status == 303
    async with await city.post(f"{PAGE}/modeles", name="", language="en", text="They open in March.") as answer:
        assert answer.status == 422
        assert "They open in March." in await answer.text()
    async with await city.post(f"{PAGE}/modeles", name="Toilets", language="en", text="They open in March."):
        pass
    english, french = await city.ledger.read(model_answers.listing)
    assert (french.text, english.language) == ("Elles ouvrent en mars.", "en")
    page = await city.text(f"{PAGE}/{id_}")
    assert f'href="{PAGE}/{id_}?modele={french.id}" data-keys="1"' in page
    assert english.id not in page, "only those of the person's language"
    page = await city.text(f"{PAGE}/{id_}", modele=french.id)
    assert re.search(r"<textarea[^>]*>Elles ouvrent en mars.</textarea>", page)
    status, location = await send(city, id_, "repondre", text="Elles ouvrent en mars, à 8h.")
    assert (status, location) == (303, f"{PAGE}?fait=reponse")
    await city.ledger.write(inbox.say_first, city.now)
    assert [one.text for one in await city.ledger.read(exchanges.of_address, city._people[PHONE])] == [
        "Ville de Nantes, réponse de l'équipe: Elles ouvrent en mars, à 8h."
    ]
    async with await city.post(f"{PAGE}/modeles/{english.id}/retirer", form_on=PAGE):
        pass
    assert await city.ledger.read(model_answers.listing) == (french,)


async def test_somebody_takes_a_matter_and_finds_it_among_hers(city: Town) -> None:
    first, second = await asked(city), await asked(city, "Et les fontaines ?", SLUG)
    await city.colleague("moderator", email="nina@ville.example")
    await city.ledger.write(staff.add, city.now, "far@ville.example", [Grant("moderator", (SLUG,))])
    await city.enter("moderator")
    people = {one.email: one.id for one in await city.ledger.read(staff.listing)}
    page = await city.text(f"{PAGE}/{first}")
    assert f'value="{people["nina@ville.example"]}"' in page
    assert f'value="{people["far@ville.example"]}"' not in page, "a matter of no project is not for who works on one"
    assert (await send(city, first, "attribuer", a=str(people["far@ville.example"])))[0] == 409
    assert (await send(city, second, "attribuer", a=str(people["far@ville.example"])))[0] == 303
    assert (await send(city, first, "attribuer", a="moi"))[0] == 303
    mine = await city.text(PAGE, a="moi")
    assert first in mine
    assert second not in mine
    assert (await send(city, first, "attribuer", a=""))[0] == 303
    assert first not in await city.text(PAGE, a="moi")
    kinds = [line.detail["kind"] for line in (await city.ledger.read(audit.search, action="ticket.assigned")).items]
    assert kinds == ["nobody", "self", "colleague"]


async def test_two_working_days_and_then_it_is_late(city: Town) -> None:
    id_ = await asked(city)  # a Monday
    await city.enter("moderator")
    (shown,) = (await city.ledger.read(tickets.listing)).items
    assert f"{shown.due_at:%Y-%m-%d %H}" == "2027-03-17 18"
    page = await city.text(PAGE)
    assert "avant le 17 mars" in page
    assert "en retard" not in page
    city.clock.advance(days=3)
    await city.enter("moderator", email="late@ville.example")
    assert "1 en retard" in await city.text(PAGE)
    assert await city.ledger.read(tickets.counts, city.now) == tickets.Counts(1, 1)
    await send(city, id_, "fait")
    assert await city.ledger.read(tickets.counts, city.now) == tickets.Counts(0, 0)


async def test_an_opinion_is_noted_as_a_contribution_read_never_published_and_its_author_is_told(city: Town) -> None:
    id_, call = await asked(city, "Mettez une fontaine au milieu"), await asked(city, "", kind="call_back")
    await city.enter("moderator")
    assert f'value="{SLUG}/besoin"' in await city.text(f"{PAGE}/{id_}")
    assert (await send(city, id_, "avis", question=f"{SLUG}/rien"))[0] == 409
    assert (await send(city, call, "avis", question=f"{SLUG}/besoin"))[0] == 409
    status, location = await send(city, id_, "avis", question=f"{SLUG}/besoin")
    assert status == 303
    ref = location[-8:]
    item = await city.ledger.read(queue.get, city.now, ref)
    assert (item.text, item.state, item.publish) == ("Mettez une fontaine au milieu", "read_only", False)
    await city.ledger.write(inbox.say_first, city.now)
    said = [one.text for one in await city.ledger.read(exchanges.of_address, city._people[PHONE])]
    assert len(said) == 1
    assert f"{ref[:4]} {ref[4:]}" in said[0]
    assert "il n'est pas publié" in said[0]
    from conversations.segments import count, is_gsm7

    assert is_gsm7(said[0])
    assert count(said[0]).parts <= 2
    assert (await send(city, id_, "avis", question=f"{SLUG}/besoin"))[0] == 409, "once"


async def test_a_moderator_of_one_project_answers_for_that_one_alone(city: Town) -> None:
    everywhere, here = await asked(city), await asked(city, "Et ici ?", SLUG)
    token = await city.ledger.write(staff.add, city.now, EMAIL, [Grant("moderator", (SLUG,))])
    await city.ledger.write(staff.set_password, city.now, token, "une phrase facile à garder")
    async with await city.post("/desk/connexion", email=EMAIL, password="une phrase facile à garder"):
        pass
    page = await city.text(PAGE)
    assert here in page
    assert everywhere not in page
    await city.text(f"{PAGE}/{everywhere}", 403)
    await city.text(f"{PAGE}/{here}")


async def test_a_number_is_shown_to_the_one_person_who_calls(city: Town) -> None:
    call = await asked(city, "", kind="call_back")
    await city.enter("moderator")
    async with await city.post(f"{PAGE}/{call}/numero", form_on=PAGE) as answer:
        assert PHONE in await answer.text()
    assert call in await city.text(PAGE, a="moi"), "who saw it has taken it"
    await city.enter("moderator", email="nina@ville.example")
    page = await city.text(f"{PAGE}/{call}")
    assert "/numero" not in page
    assert "camille" in page
    assert (await send(city, call, "numero"))[0] == 409
    assert (await send(city, call, "attribuer", a="moi"))[0] == 303
    async with await city.post(f"{PAGE}/{call}/numero", form_on=PAGE) as answer:
        assert PHONE in await answer.text()
    assert len((await city.ledger.read(audit.search, action="contact.revealed")).items) == 2
