"""A number left on a sheet of paper: its owner is asked once, a yes brings the news, silence is forgotten (LINK-10, GDPR-04)."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.channels.simulator import Simulator
from conversations.messages import Inbound, Words
from outreach import contacts, inbox, outbox, privacy, signups
from outreach.contributions import decisions
from outreach.db import Database
from outreach.references import new_token
from outreach.tables import address, consent, contribution, optin
from outreach.tables import paper as papers
from tests.conftest import Clock
from tests.needles import phone as ways_to_write
from tests.needles import search_database
from tests.test_paper_desk import TEXT, entered, posted, sheet, texted
from tests.town import EMAIL, PASSWORD, Town, town

NUMBER, SHOWN = "+33639980042", "06 39 98 00 42"
OTHER = "max@ville.example"
ASKED = "ce numéro est noté sur une feuille"


@pytest_asyncio.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, channels={"simulator": Simulator(clock)}) as made:
        await made.opened()
        await made.colleague("moderator", email=OTHER)
        await made.enter("moderator")
        yield made


async def sign_in(city: Town, email: str) -> None:
    city.http.session.cookie_jar.clear()
    async with await city.post("/desk/connexion", email=email, password=PASSWORD, code="") as answer:
        assert answer.status == 303


async def looked(city: Town, ref: str, **fields: str) -> str:
    """The second look, by the other account: where it leads."""
    await sign_in(city, OTHER)
    form = {"acte": "conforme", "texte": TEXT, "numero": SHOWN} | fields
    async with await city.post(f"/desk/papier/{ref}/relecture", form_on="/desk/papier/relecture", **form) as answer:
        return answer.headers["Location"]


def beat(city: Town) -> None:
    with city.database.write() as session:
        inbox.say_first(session, city.now)


def heard(city: Town, number: str = NUMBER) -> list[str]:
    with city.database.read() as session:
        known = contacts.find(session, "sms", number)
        return [one.text for one in outbox.said(session, known.address_id)] if known else []


async def says(city: Town, text: str, number: str = NUMBER) -> None:
    city.clock.advance(seconds=30)
    await city.ledger.receive(Inbound("simulator", "", new_token(), "sms", number, Words(text), city.now))


async def left(city: Town, text: str = TEXT, number: str = SHOWN) -> str:
    """A sheet with a number, through both looks; its owner is asked."""
    slip = await entered(city, text, numero=number)
    assert await looked(city, slip.ref, texte=text, numero=number) == "/desk/papier/relecture?dit=conforme"
    beat(city)
    await sign_in(city, EMAIL)
    return slip.ref


async def test_from_the_sheet_by_one_yes_to_what_became_of_it(city: Town) -> None:
    slip = await entered(city, numero=SHOWN)
    beat(city)
    assert heard(city) == [], "nobody is asked before the second look"
    await sign_in(city, OTHER)
    assert f'value="{SHOWN}"' in await city.text("/desk/papier/relecture")
    await looked(city, slip.ref)
    beat(city)
    (question,) = heard(city)
    assert ASKED in question
    assert f"{slip.ref[:4]} {slip.ref[4:]}" in question
    assert "bancs" not in question, "the sheet may have been misread: nothing of the view is said"
    await says(city, "OUI")
    assert "la suite de votre avis" in heard(city)[-1]
    await city.ledger.write(decisions.decide, city.now, slip.ref, "token:1", decisions.Decision(kind="accept"), delay=timedelta())
    city.clock.advance(minutes=1)
    beat(city)
    assert f"votre avis {slip.ref[:4]} {slip.ref[4:]} est publié" in heard(city)[-1]
    with city.database.read() as session:
        rows = session.execute(sa.select(consent.c.purpose, consent.c.source, consent.c.wording).order_by(consent.c.purpose))
        assert [tuple(row) for row in rows] == [("answer", "paper", question), ("follow_up", "paper", question)]


async def test_what_was_decided_before_the_yes_is_told_with_it(city: Town) -> None:
    ref = await left(city)
    await city.ledger.write(decisions.decide, city.now, ref, "token:1", decisions.Decision(kind="refuse", reason="R4"), delay=timedelta())
    beat(city)
    assert len(heard(city)) == 1, "no news before the yes"
    await says(city, "oui")
    assert "RECOURS" in heard(city)[-1]
    await says(city, "RECOURS")
    with city.database.read() as session:
        assert session.scalar(sa.select(contribution.c.state)) == "appealed"


async def test_silence_is_forgotten_after_two_days_and_the_sheet_stays(city: Town) -> None:
    ref = await left(city)
    assert search_database(city.database, ways_to_write(NUMBER)) == [], "it is sealed wherever it stands"
    city.clock.advance(days=2, minutes=5)
    with city.database.write() as session:
        assert signups.forget_silent(session, city.now, 100) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(address)) == 0
        privacy.purge(session, city.now)
        assert session.scalar(sa.select(sa.func.count()).select_from(optin)) == 0
        assert session.scalar(sa.select(papers.c.phone)) is None
        assert session.scalar(sa.select(contribution.c.state).where(contribution.c.ref == ref)) == "received"
    await says(city, "oui")
    with city.database.read() as session:
        assert session.scalar(sa.select(contribution.c.address_id)) is None, "a yes without its question ties nothing"


async def test_two_sheets_with_one_number_are_one_question_and_one_yes(city: Town) -> None:
    await left(city)
    await left(city, "Une fontaine à boire près du marché")
    assert len(heard(city)) == 1
    await says(city, "1")
    with city.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(contribution).where(contribution.c.address_id.is_not(None))) == 2


async def test_who_said_stop_or_was_forgotten_is_never_asked(city: Town) -> None:
    await texted(city, "STOP", NUMBER)
    forgotten = "+33639980043"
    await texted(city, "AIDE", forgotten)
    with city.database.write() as session:
        privacy.forget_address(session, city.now, "sms", forgotten)
    before = len(heard(city))
    await left(city)
    await left(city, "Une fontaine à boire près du marché", "06 39 98 00 43")
    assert len(heard(city)) == before
    assert heard(city, forgotten) == []


async def test_a_no_ties_nothing_and_the_slip_taken_back_before_the_yes_neither(city: Town) -> None:
    await left(city)
    await says(city, "non")
    assert "rien ne part vers vous" in heard(city)[-1]
    slip = await entered(city, "Une fontaine à boire près du marché", numero="06 39 98 00 44")
    await looked(city, slip.ref, texte="Une fontaine à boire près du marché", numero="06 39 98 00 44")
    beat(city)
    await texted(city, f"OUBLI {slip.ref} {slip.code}")
    await says(city, "oui", "+33639980044")
    assert "a été retiré entre-temps" in heard(city, "+33639980044")[-1]
    with city.database.read() as session:
        assert list(session.scalars(sa.select(contribution.c.address_id))) == [None, None]


async def test_a_number_that_no_mobile_phone_has_is_told_and_nothing_typed_is_lost(city: Town) -> None:
    page = await posted(city, 422, **sheet(numero="01 40 20 50 50"))
    assert "par exemple 06 12 34 56 78" in page
    assert 'value="01 40 20 50 50"' in page
    assert "bancs et de l&#39;ombre" in page
    slip = await entered(city, numero=SHOWN)
    assert await looked(city, slip.ref, numero="12") == "/desk/papier/relecture?dit=numero"
    assert await looked(city, slip.ref, numero="") == "/desk/papier/relecture?dit=conforme"
    beat(city)
    assert heard(city) == [], "the paper has no number: nobody is asked"


async def test_without_sms_the_sheet_has_no_field_for_it(database: Database, clock: Clock) -> None:
    async with town(database, clock) as made:
        await made.opened()
        await made.enter("moderator")
        assert 'name="numero"' not in await made.text("/desk/papier")


@pytest.mark.parametrize("number", [NUMBER])
async def test_the_number_goes_with_a_sheet_that_is_thrown_away(city: Town, number: str) -> None:
    slip = await entered(city, numero=SHOWN)
    await sign_in(city, OTHER)
    async with await city.post(f"/desk/papier/{slip.ref}/relecture", form_on="/desk/papier/relecture", acte="ecarter") as answer:
        assert answer.status == 303
    with city.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(papers)) == 0
        assert contacts.find(session, "sms", number) is None
