"""What people asked a person for: their number is shown for that call alone, an answer leaves once, and never as a novel by SMS."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
import sqlalchemy as sa

from conversations.effects import AskPerson
from outreach import audit, contacts, inbox, outbox, tickets
from outreach.db import Database
from outreach.tables import ticket
from tests.conftest import Clock
from tests.town import Town, town

PAGE, PHONE = "/desk/messages", "+33639980001"


@pytest_asyncio.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await made.say("Des bancs")
        yield made


async def asked(city: Town, kind: str = "question", text: str = "Quand ouvrent les toilettes ?") -> str:
    """Somebody asks for a person: the number of the task."""
    await city.ledger.write(lambda session: tickets.open_(session, city._people[PHONE], AskPerson(kind, text), city.now))  # type: ignore[arg-type]
    with city.database.read() as session:
        return str(session.scalar(sa.select(sa.func.max(ticket.c.id))))


async def post(city: Town, id_: str, what: str, **fields: str) -> tuple[int, str]:
    async with await city.post(f"{PAGE}/{id_}/{what}", form_on=PAGE, **fields) as answer:
        return answer.status, await answer.text()


def heard(city: Town) -> list[str]:
    with city.database.write() as session:
        inbox.say_first(session, city.now)
    with city.database.read() as session:
        found = contacts.find(session, "sms", PHONE)
        return [one.text for one in outbox.said(session, found.address_id)] if found else []


async def test_an_answer_leaves_once_and_closes_the_question(city: Town) -> None:
    id_ = await asked(city)
    await city.enter("moderator")
    page = await city.text(PAGE)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    fields = {"csrf": csrf[1], "text": "En mars, tous les jours de 8h à 20h."}
    for status in (303, 409):
        async with city.http.post(f"{PAGE}/{id_}/repondre", data=fields, allow_redirects=False) as answer:
            assert answer.status == status
    assert heard(city) == ["Ville de Nantes, réponse de l'équipe: En mars, tous les jours de 8h à 20h."]
    assert "Personne n’attend" in await city.text(PAGE)
    with city.database.read() as session:
        assert [line.action for line in audit.search(session, action="ticket.done").items] == ["ticket.done"]


async def test_a_long_answer_to_a_phone_is_refused_with_its_parts_and_nothing_typed_is_lost(city: Town) -> None:
    id_ = await asked(city)
    await city.enter("moderator")
    long = "Les toilettes ouvrent en mars. " * 20
    status, page = await post(city, id_, "repondre", text=long)
    assert status == 422
    assert "prend 5 SMS, trois au plus" in page
    assert long.strip() in page
    assert heard(city) == []
    assert (await post(city, id_, "repondre", text="Les toilettes ouvrent en mars. " * 12))[0] == 303


async def test_an_answer_that_says_nothing_is_refused_and_stays_in_its_form(city: Town) -> None:
    id_ = await asked(city)
    await city.enter("moderator")
    for text in ("\u200b", "En mars\u202e."):
        status, page = await post(city, id_, "repondre", text=text)
        assert (status, heard(city)) == (422, [])
        assert text in page
    assert (await post(city, id_, "repondre", text="En mars."))[0] == 303


async def test_a_number_is_shown_for_the_call_that_was_asked_for_and_written_down(city: Town) -> None:
    question, call = await asked(city), await asked(city, "call_back", "après 18 h")
    await city.enter("moderator")
    assert PHONE not in await city.text(PAGE)
    status, page = await post(city, call, "numero")
    assert (status, PHONE in page) == (200, True)
    assert (await post(city, question, "numero"))[0] == 409
    assert PHONE not in await city.text(PAGE)
    with city.database.read() as session:
        assert len(audit.search(session, action="contact.revealed").items) == 1


async def test_a_decision_that_answers_a_phone_keeps_to_three_sms_too(city: Town) -> None:
    ref = await city.say("Quand commencent les travaux ?")
    await city.enter("moderator")
    here = f"/desk/contributions/{ref}"
    async with await city.post(f"{here}/decision", form_on=here, decision="answer", text="Le conseil le dira en juin. " * 25) as answer:
        assert answer.status == 422
        assert "prend 5 SMS" in await answer.text()
    async with await city.post(f"{here}/decision", form_on=here, decision="answer", text="Le conseil le dira en juin.") as answer:
        assert answer.status == 303
