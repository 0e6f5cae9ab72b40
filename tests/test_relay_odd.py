"""OpenStad and adhocracy+, whose odd answers keep the relay honest: stand-ins with the replies of records.md, and nothing more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.relay import Relay
from outreach import relays
from outreach.db import Database
from tests.conftest import Clock
from tests.peers import adhocracy, openstad
from tests.peers.adhocracy import Adhocracy, adhocracy_stand_in
from tests.peers.openstad import OpenStad, openstad_stand_in
from tests.relaying import QUICK, City
from tests.sender_city import Writer

pytestmark = pytest.mark.one_engine


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock)


@pytest_asyncio.fixture
async def stad() -> AsyncIterator[OpenStad]:
    async with openstad_stand_in() as made:
        yield made


@pytest_asyncio.fixture
async def plus() -> AsyncIterator[Adhocracy]:
    async with adhocracy_stand_in() as made:
        yield made


def on_stad(city: City, stad: OpenStad, token: str = openstad.TOKEN) -> int:
    return city.target("stad", "openstad", stad.url, token=token, project=openstad.PROJECT)


def on_plus(city: City, plus: Adhocracy, **more: str) -> int:
    options = {"user": adhocracy.USER, "password": adhocracy.PASSWORD, "module": adhocracy.MODULE, "category": "1", "labels": "1,2"}
    return city.target("plus", "adhocracy", plus.url, **(options | more))


async def test_openstad_alters_and_it_is_told_with_the_difference(city: City, stad: OpenStad) -> None:
    on_stad(city, stad)
    one, two, three = city.publish("Il manque des bancs", "À l'ombre, près du marché 🌳 & là", "نحتاج الى مقاعد")
    async with city.relaying():
        await city.until(city.is_settled)
    assert (city.line(one).fidelity, city.line(three).fidelity) == ("exact", "exact")
    line = city.line(two)
    assert (line.fidelity, line.seen) == ("altered", "A l'ombre, pres du marche  &amp; la")


async def test_openstad_answers_500_and_keeps_it_and_there_is_one_all_the_same(city: City, stad: OpenStad) -> None:
    on_stad(city, stad)
    stad.lost_answers = 5
    refs = city.publish(*(f"Des bancs numero {number}" for number in range(25)))
    async with city.relaying():
        await city.until(city.is_settled)
    assert sorted(one["title"] for one in stad.resources) == sorted(f"Contribution {ref[:4]} {ref[4:]}" for ref in refs)
    assert stad.creations == 25
    assert {line.fidelity for line in city.lines()} == {"exact"}


async def test_openstad_takes_a_wrong_token_for_a_stranger_and_nothing_is_written(city: City, stad: OpenStad) -> None:
    on_stad(city, stad, token="perime")
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: "takes us for nobody" in city.look_at_trouble())
    assert stad.creations == 0


async def test_openstad_forgets_our_token_and_the_anonymous_write_is_a_persons(city: City, stad: OpenStad) -> None:
    on_stad(city, stad)
    async with city.relaying():
        await city.until(lambda: city.look_at_trouble() == "" and city.is_known())
        stad.token_works = False
        (ref,) = city.publish("Des bancs")
        await city.until(lambda: city.line(ref).state == "with_a_human")
        city.publish("Une fontaine")
        await city.until(lambda: "takes us for nobody" in city.look_at_trouble())
    assert "stranger" in city.line(ref).why
    assert next(row for row in city.rows() if row.ref == ref).external == "1"
    assert stad.creations == 1


async def test_openstads_refusal_in_dutch_is_shown_as_it_is(city: City, stad: OpenStad) -> None:
    on_stad(city, stad)
    (ref,) = city.publish("Non")
    (fine,) = city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: city.line(ref).state == "with_a_human" and city.line(fine).state == "confirmed")
    assert city.line(ref).why.startswith("Beschrijving moet minimaal 5 karakters")


async def test_openstad_has_no_withdrawal_for_programs_and_a_person_is_asked(city: City, stad: OpenStad) -> None:
    on_stad(city, stad)
    (ref,) = city.publish("Des bancs")
    async with city.relaying():
        await city.until(city.is_settled)
        city.withdraw(ref)
        await city.until(lambda: city.line(ref).state == "with_a_human")
    assert city.line(ref).wants == "withdraw"
    assert "Des bancs" not in str(city.line(ref))


async def test_adhocracy_keeps_words_exact_and_one_of_each_after_lost_answers(city: City, plus: Adhocracy) -> None:
    on_plus(city, plus)
    plus.lost_answers = 4
    texts = ("À l'ombre 🌳 & là", "نحتاج الى مقاعد", *(f"Des bancs {number}" for number in range(8)))
    refs = city.publish(*texts)
    async with city.relaying():
        await city.until(city.is_settled)
    assert [one["name"] for one in sorted(plus.ideas, key=lambda one: one["name"])] == sorted(
        f"Contribution {ref[:4]} {ref[4:]}" for ref in refs
    )
    assert {line.fidelity for line in city.lines()} == {"exact"}


@pytest.mark.parametrize("password", ["faux"])
async def test_adhocracy_refuses_our_password_and_nothing_is_written(city: City, plus: Adhocracy, password: str) -> None:
    on_plus(city, plus, password=password)
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: "401" in city.look_at_trouble())
    assert plus.ideas == []


async def test_adhocracy_tells_each_wrong_field_and_a_closed_phase(city: City, plus: Adhocracy) -> None:
    on_plus(city, plus, category="")
    (ref,) = city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: city.line(ref).why == "category: This field is required.")
        plus.is_open = False
        (late,) = city.publish("Une fontaine")
        await city.until(lambda: "phase" in city.line(late).why)


async def test_a_missing_option_is_told_and_does_no_harm(city: City, plus: Adhocracy) -> None:
    city.target("plus", "adhocracy", plus.url, user="x", password="y")
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: city.look_at_trouble() == "the option module is missing")


async def test_a_platform_that_is_paused_in_the_middle_leaves_nothing_on_its_way(city: City, plus: Adhocracy) -> None:
    on_plus(city, plus)
    city.publish(*(f"Des bancs {number}" for number in range(12)))
    async with city.relaying():
        await city.until(lambda: len(plus.ideas) > 2)
        city.write(lambda session, now: relays.change(session, now, "plus", "paused", "staff:1"))
        await city.until(lambda: "sending" not in {state for _wants, state, _fidelity in city.states()})
        there = len(plus.ideas)
        city.write(lambda session, now: relays.change(session, now, "plus", "active", "staff:1"))
        await city.until(city.is_settled)
    assert there <= len(plus.ideas) == 12


async def test_one_that_takes_minutes_holds_no_other_platform(city: City, stad: OpenStad) -> None:
    city.target("absent", "adhocracy", "http://127.0.0.1:9", user="x", password="y", module="1")
    on_stad(city, stad)
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: city.states() == {("publish", "confirmed", "exact"): 1, ("publish", "pending", ""): 1})


async def test_two_processes_write_each_copy_once(city: City, plus: Adhocracy) -> None:
    on_plus(city, plus)
    refs = city.publish(*(f"Des bancs {number}" for number in range(20)))
    async with city.relaying("one"), city.relaying("two"):
        await city.until(city.is_settled)
    assert len(plus.ideas) == len(refs)


async def test_a_process_that_dies_in_the_middle_leaves_a_doubt_that_the_next_resolves(city: City, plus: Adhocracy) -> None:
    on_plus(city, plus)
    refs = city.publish(*(f"Des bancs {number}" for number in range(20)))
    dying = Relay(Writer(city.database), city.situation, "dying", manners=QUICK)
    task = asyncio.create_task(dying.run())
    await city.until(lambda: len(plus.ideas) > 3)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    async with city.relaying("next"):
        await city.until(city.is_settled)
    assert len(plus.ideas) == len(refs)
