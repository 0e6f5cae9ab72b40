"""The rarer decisions by forms alone: a model answer, another question, cut in two, joined to a published one, asked again once."""

from collections.abc import AsyncIterator

import pytest

from outreach import inbox, outbox
from outreach.contributions import queue
from outreach.contributions.decisions import apply_due
from outreach.db import Database
from tests.conftest import Clock
from tests.town import Town, town

TEXT = "Il manque des bancs et de l'ombre"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await made.enter("moderator")
        yield made


async def decided(city: Town, ref: str, status: int = 303, **fields: str) -> str:
    here = f"/desk/contributions/{ref}"
    async with await city.post(f"{here}/decision", form_on=here, **fields) as answer:
        assert answer.status == status, await answer.text()
        page = await answer.text()
    city.clock.advance(seconds=11)
    await city.ledger.write(apply_due, city.now)
    return page


async def state(city: Town, ref: str) -> str:
    return (await city.ledger.read(queue.get, city.now, ref)).state


async def test_a_model_answer_is_sent_as_it_stands_or_as_it_was_completed(city: Town) -> None:
    ref, other = await city.say("C'est quand ?"), await city.say("Et où ?", phone="+33639980002")
    await decided(city, ref, decision="answer", model="3", text="")
    await decided(city, other, decision="answer", model="3", text="À la halle, le 12.")
    await city.ledger.write(inbox.say_first, city.clock.advance(hours=3))
    told = [(await city.ledger.read(outbox.said, city._people[phone]))[-1].text for phone in ("+33639980001", "+33639980002")]
    assert "Les dates et lieux des ateliers: envoyez ATELIER." in told[0]
    assert "À la halle, le 12." in told[1]
    third = await city.say("Pourquoi ?", phone="+33639980003")
    assert "Il manque quelque chose" in await decided(city, third, 422, decision="answer", model="", text="")


async def test_a_contribution_is_joined_to_a_published_one(city: Town) -> None:
    first = await city.say(TEXT)
    await city.publish(first)
    ref = await city.say("Des bancs, de l'ombre", phone="+33639980002")
    await decided(city, ref, 422, **{"decision": "group", "with": "00000000"})
    await decided(city, ref, 303, **{"decision": "group", "with": first})
    assert await state(city, ref) == "published"
    assert "envoyé par 2 personnes" in await city.text("/demarches/place-du-marche/contributions")


async def test_a_contribution_is_cut_where_the_dashes_stand(city: Town) -> None:
    ref = await city.say("Des bancs.\nEt une fontaine.")
    page = await decided(city, ref, 422, decision="split", text="Des bancs.\nEt une fontaine.")
    assert "trois tirets" in page
    await decided(city, ref, decision="split", text="Des bancs.\n---\nEt une fontaine.")
    assert await state(city, ref) == "split"
    waiting = (await city.ledger.read(queue.listing, city.now, queue.WAITING)).items
    assert [one.text for one in waiting] == ["Des bancs.", "Et une fontaine."]


async def test_a_contribution_is_moved_to_another_question(city: Town) -> None:
    from outreach import documents, invented, processes

    document = documents.parse(invented.bicycle_plan(city.now.date()).encode(), yaml=True)
    await city.ledger.write(processes.put, city.now, document, "command")
    await city.ledger.write(processes.open, city.now, document.slug, "command")
    ref = await city.say("Des pistes cyclables")
    target = f"{document.slug}/{document.questions[0].id}"
    assert f'<option value="{target}"' in await city.text(f"/desk/contributions/{ref}")
    await decided(city, ref, 303, **{"decision": "move", "with": target})
    item = await city.ledger.read(queue.get, city.now, ref)
    assert (item.state, item.process, item.question) == ("received", document.slug, document.questions[0].id)


async def test_a_text_is_asked_again_once(city: Town) -> None:
    ref = await city.say("pareil")
    await decided(city, ref, decision="ask_again", text="Pareil que quoi ?")
    assert await state(city, ref) == "asked_again"
    await city.ledger.write(inbox.say_first, city.clock.advance(hours=3))
    (told,) = await city.ledger.read(outbox.said, city._people["+33639980001"])
    assert "Pareil que quoi ?" in told.text
