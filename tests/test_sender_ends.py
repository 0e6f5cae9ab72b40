"""STOP and OUBLI while messages leave; a service that stops, dies, follows another, or loses its database."""

import asyncio
import time
from collections import Counter

import pytest

from bot.sender import Manners
from outreach import contacts, leases
from outreach.db import Database
from outreach.outbox import Body
from tests.conftest import Clock
from tests.outbox_office import agreeing
from tests.sender_city import QUICK, City, Rates, Writer, until


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock)


async def test_stop_in_the_middle_of_a_campaign_is_the_last_word(city: City) -> None:
    people = [agreeing(city.office, f"+336399{number:05d}") for number in range(40)]
    ids = [city.office.put(where, str(where), "campaign") for where in people]
    async with city.sending(Rates(kannel_rate=40)):
        await until(lambda: len(city.sms.book) >= 5)
        city.office.write(contacts.stop, people[-1], city.clock.now())
        city.office.put(people[-1], "C'est fait.", after_stop=True)
        await until(lambda: not {"queued", "sending"} & set(city.states(ids)))
    assert city.office.state(ids[-1]) == "dropped stopped"
    assert "C'est fait." in city.sms.texts
    assert str(people[-1]) not in city.sms.texts


async def test_the_last_word_after_forgetting_is_sent(city: City) -> None:
    last = city.office.put(None, body=Body("Tout est effacé.", address="+33639980001"), after_stop=True)
    async with city.sending():
        await until(lambda: city.office.state(last) == "wired")
    assert city.sms.book[0].outbound.address == "+33639980001"
    assert city.office.row(last).sealed is None


async def test_a_stopping_service_waits_for_answers_and_leaves_nothing_in_doubt(city: City) -> None:
    city.sms.delay = 0.3
    ids = [city.office.put(where) for where in city.people(60)]
    async with city.sending(Rates(kannel_rate=60)):
        await until(lambda: len(city.sms.book) >= 5)
    states = Counter(city.states(ids))
    assert states == {"wired": len(city.sms.book), "queued": 60 - len(city.sms.book)}
    with city.database.read() as session:
        assert leases.holders(session) == {}
    city.sms.delay = 0
    async with city.sending():
        await until(lambda: city.states(ids) == ["wired"] * 60)
    assert len(city.sms.book) == 60


async def test_a_provider_that_never_answers_does_not_keep_the_service_from_stopping(city: City) -> None:
    city.sms.is_open.clear()
    number = city.office.put(city.people(1)[0])
    async with city.sending(manners=Manners(lease=1.5, poll=0.05, grace=0.1)):
        await until(lambda: len(city.sms.book) == 1)
    assert city.office.state(number) == "queued unclear"


async def test_of_two_services_one_sends_and_the_other_takes_over(city: City) -> None:
    first, second = city.sender(), city.sender()
    running = asyncio.create_task(first.run())
    ids = [city.office.put(where) for where in city.people(5)]
    await until(lambda: city.states(ids) == ["wired"] * 5)
    waiting = asyncio.create_task(second.run())
    await until(lambda: city.writer.written.count("hold") >= 4)
    await first.stop()
    await running
    late = city.office.put(city.office.person("+33639990000"))
    await until(lambda: city.office.state(late) == "wired")
    await second.stop()
    await waiting
    assert len(city.sms.book) == 6


async def test_a_dead_service_is_followed_and_what_it_left_is_accounted_for(city: City) -> None:
    """Cut off from the database and cancelled in the middle: what a kill leaves behind."""
    people = [agreeing(city.office, f"+336399{number:05d}") for number in range(8)]
    ids = [city.office.put(where, f"reply {where}") for where in people[:4]]
    ids += [city.office.put(where, f"campaign {where}", "campaign") for where in people[4:]]
    cut = Writer(city.database)
    dying = asyncio.create_task(city.sender(writer=cut).run())
    city.sms.is_open.clear()
    await until(lambda: len(city.sms.book) >= 8)
    cut.is_away = True
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    city.sms.is_open.set()
    assert city.states(ids) == ["sending"] * 8
    async with city.sending() as sender:
        await until(lambda: city.states(ids) == ["queued unclear"] * 4 + ["unknown unclear"] * 4)
        await city.later(sender, seconds=6)
        await until(lambda: city.states(ids) == ["wired unclear"] * 4 + ["unknown unclear"] * 4)
    assert Counter(text.split()[0] for text in city.sms.texts) == {"reply": 8, "campaign": 4}


async def test_while_the_database_is_away_no_result_is_lost_and_nothing_goes_twice(city: City) -> None:
    city.sms.delay = 0.2
    people = [agreeing(city.office, f"+336399{number:05d}") for number in range(20)]
    ids = [city.office.put(where, "?", "campaign") for where in people]
    async with city.sending(manners=Manners(lease=0.6, poll=0.05)):
        await until(lambda: len(city.sms.book) >= 3)
        city.writer.is_away = True
        away_at = time.monotonic()
        await until(lambda: time.monotonic() > away_at + 1)
        city.writer.is_away = False
        await until(lambda: city.states(ids) == ["wired"] * 20)
    assert len(city.sms.book) == 20


async def test_a_late_holder_sends_nothing_more(city: City) -> None:
    city.sms.delay = 0.05
    ids = [city.office.put(where) for where in city.people(60)]
    async with city.sending(Rates(kannel_rate=30), QUICK):
        await until(lambda: len(city.sms.book) >= 3)
        city.office.holder = "run 1"
        city.office.take_over()  # another one has it now, as after a long pause of this process
        sent = len(city.sms.book)
        await until(lambda: city.writer.written.count("hold") >= 4 and "sending" not in city.states(ids))
        assert len(city.sms.book) - sent <= 8  # at most those that were marked before
    assert set(city.states(ids)) == {"wired", "queued"}
    assert Counter(city.states(ids))["wired"] == len(city.sms.book)
