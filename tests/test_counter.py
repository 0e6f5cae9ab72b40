"""A copy of everything at the counter: the phone is the proof, the register says so, and the agent learns nothing without it."""

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import jsonschema
import pytest_asyncio
import sqlalchemy as sa

from conversations.messages import Inbound, Network, Press, Start, Words
from outreach import audit, contacts, inbox, outbox, rights
from outreach.db import Database
from outreach.privacy import counter, export
from outreach.references import new_token
from outreach.tables import contribution, handover
from tests.conftest import Clock
from tests.needles import search_database
from tests.town import Town, town

PHONE, SHOWN, CHAT = "+33639980001", "06 39 98 00 01", "900001"
PAGE = "/desk/droits/copie"


@pytest_asyncio.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def says(city: Town, text: str, who: str = PHONE, network: Network = "sms") -> None:
    city.clock.advance(seconds=61)
    with city.database.write() as session:
        inbox.sweep(session, city.now)
    await city.ledger.receive(Inbound("simulator", "", new_token(), network, who, Words(text), city.now))


async def known(city: Town) -> str:
    """Somebody with a view: its reference."""
    await says(city, "PLACE des bancs avec un dossier")
    await says(city, "1")
    with city.database.read() as session:
        return str(session.scalar(sa.select(contribution.c.ref)))


def heard(city: Town, who: str = PHONE, network: Network = "sms") -> list[str]:
    with city.database.write() as session:
        inbox.say_first(session, city.now)
        found = contacts.find(session, network, who)
        return [one.text for one in outbox.said(session, found.address_id)] if found else []


def code_of(city: Town) -> str:
    found = re.search(r"votre code (\d{6}), à dire à l'agent", heard(city)[-1])
    assert found, heard(city)
    return found[1]


async def asked(city: Town, who: str = SHOWN) -> str:
    """The address at which the code is typed."""
    async with await city.post(PAGE, qui=who) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]


async def typed(city: Town, where: str, code: str, status: int = 303) -> str:
    async with await city.post(where, code=code) as answer:
        assert answer.status == status, await answer.text()
        return answer.headers.get("Location", "") or await answer.text()


async def test_from_the_counter_to_the_printed_copy_and_its_file(city: Town) -> None:
    ref = await known(city)
    await city.enter("dpo")
    where = await asked(city)
    page = await city.text(await typed(city, where, code_of(city)))
    for told in ("des bancs avec un dossier", PHONE, f"{ref[:4]} {ref[4:]}", "Tout ce qui est gardé sur vous", "remise au guichet"):
        assert told in page.replace("\u202f", " ").replace("\u00a0", " "), told
    file = json.loads(await city.text(where.removesuffix("/code") + ".json"))
    jsonschema.validate(file, json.loads(export.schema()))
    assert [one["number"] for one in file["views"]] == [ref]
    assert [one["purpose"] for one in file["seen"]] == ["copy"], "its owner may know that the number was seen"
    with city.database.read() as session:
        (line,) = [one for one in rights.page(session) if one.kind == "access"]
        assert (line.network, line.outcome, line.days) == ("sms", "handed_over", 0)
        (seen,) = audit.search(session, action="contact.revealed").items
        assert (seen.detail["kind"], seen.detail["roles"]) == ("copy", ["dpo"])
    assert "remise au guichet" in await city.text("/desk/droits")


async def test_by_the_number_of_a_view_and_after_stop(city: Town) -> None:
    ref = await known(city)
    await says(city, "STOP")
    await city.enter("dpo")
    where = await asked(city, f"{ref[:4]} {ref[4:]}")
    assert (await typed(city, where, code_of(city))).endswith(where.removesuffix("/code"))


async def test_at_night_too_since_somebody_stands_there(city: Town) -> None:
    await known(city)
    city.clock.at = datetime(2027, 3, 16, 22, 30, tzinfo=ZoneInfo("Europe/Paris"))
    await city.enter("dpo")
    await asked(city)
    assert len(code_of(city)) == 6


async def test_an_unknown_number_looks_the_same_and_opens_nothing(city: Town) -> None:
    await known(city)
    await city.enter("dpo")
    there, nowhere = await asked(city), await asked(city, "06 39 98 00 77")
    pages = [re.sub(r"\d{9,}|[A-Za-z0-9_-]{22,}", "", await city.text(where)) for where in (there, nowhere)]
    assert pages[0] == pages[1]
    assert "ne vaut plus" in await typed(city, nowhere, "123456", 403)
    with city.database.read() as session:
        assert contacts.find(session, "sms", "+33639980077") is None, "nobody becomes known by being asked for"
    async with await city.post(PAGE, qui="bonjour") as answer:
        assert answer.status == 422


async def test_three_wrong_codes_end_it_the_right_one_then_too(city: Town) -> None:
    await known(city)
    await city.enter("dpo")
    where = await asked(city)
    right = code_of(city)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert "n’est pas le code" in await typed(city, where, wrong, 403)
    assert "n’est pas le code" in await typed(city, where, wrong, 403)
    assert "ne vaut plus" in await typed(city, where, wrong, 403)
    assert "ne vaut plus" in await typed(city, where, right, 403)
    with city.database.read() as session:
        assert rights.tally(session)["access"] == 0


async def test_a_quarter_of_an_hour_and_one_agent(city: Town) -> None:
    await known(city)
    await city.enter("dpo")
    late = await asked(city)
    code = code_of(city)
    city.clock.advance(minutes=15)
    assert "ne vaut plus" in await typed(city, late, code, 403)
    where = await asked(city)
    code = code_of(city)
    await city.enter("dpo", email="other@ville.example")
    assert "ne vaut plus" in await typed(city, where, code, 403), "another agent's request"
    mine = await asked(city)
    opened = await typed(city, mine, code_of(city))
    assert "des bancs" in await city.text(opened)
    assert "ne vaut plus" in await typed(city, mine, code, 403), "a code serves once"
    city.clock.advance(minutes=15)
    await city.text(opened, status=303)
    await city.text(f"{opened}.json", status=303)


async def test_nobody_is_pestered_with_codes_and_none_is_kept(city: Town) -> None:
    await known(city)
    await city.enter("dpo")
    for _ in range(5):
        await asked(city)
        code = code_of(city)
    assert sum("votre code" in text for text in heard(city)) == counter.MOST
    with city.database.read() as session:
        rows = session.execute(sa.select(handover)).all()
        assert len(rows) == counter.MOST
    assert search_database(city.database, [code]) == []
    city.clock.advance(days=1, minutes=1)
    await city.enter("dpo", email="later@ville.example")
    await asked(city)
    assert sum("votre code" in text for text in heard(city)) == counter.MOST + 1


async def test_only_who_answers_for_rights_may(city: Town) -> None:
    await city.enter("moderator")
    await city.text(PAGE, status=403)


async def test_on_telegram_the_code_comes_into_the_conversation(city: Town) -> None:
    await city.ledger.receive(Inbound("simulator", "", new_token(), "telegram", CHAT, Start(), city.now))
    await says(city, "il manque des bancs", CHAT, "telegram")
    city.clock.advance(seconds=21)
    with city.database.write() as session:
        inbox.sweep(session, city.now)
        card = contacts.find(session, "telegram", CHAT)
        assert card
        data = next(data for one in outbox.said(session, card.address_id) for data, label, _row in one.buttons if label.startswith("Oui"))
    await city.ledger.receive(Inbound("simulator", "", new_token(), "telegram", CHAT, Press(*data.split(":", 1)), city.now))
    with city.database.read() as session:
        ref = str(session.scalar(sa.select(contribution.c.ref)))
    await city.enter("dpo")
    where = await asked(city, ref)
    found = re.search(r"votre code (\d{6})", heard(city, CHAT, "telegram")[-1])
    assert found
    assert "il manque des bancs" in await city.text(await typed(city, where, found[1]))
