"""Reading that hurts: violent texts stand folded, anybody leaves one without a reason, and a pause is proposed in time."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from outreach.contributions import breaks, decisions, triage
from outreach.contributions.breaks import Stretch
from outreach.contributions.decisions import Decision
from outreach.db import Database
from tests.conftest import Clock
from tests.contributing import AT_ONCE, LEA, MAX, Desk, given, person, phone
from tests.town import EMAIL, Town, town

INSULT = "Le maire est un gros connard"


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def decide(desk: Desk, count: int, seconds: float, *, text: str = "Des bancs", actor: str = LEA, **more: str) -> None:
    """So many decisions, each so long after the one before."""
    for _ in range(count):
        with desk.database.write() as session:
            ref = given(session, desk.clock.now(), person(session, desk.clock.now(), phone()), text)
            triage.keep(session, desk.clock.now(), triage.unread(session))
        desk.clock.advance(seconds=seconds)
        wanted = Decision(**({"kind": "accept"} | more))
        desk.write(decisions.decide, ref, actor, wanted, AT_ONCE)


def due(desk: Desk, actor: str = LEA) -> Stretch | None:
    with desk.database.read() as session:
        return breaks.due(session, desk.clock.now(), actor)


def test_after_forty_five_minutes_without_a_pause_one_is_proposed_and_ten_minutes_are_one(desk: Desk) -> None:
    decide(desk, 9, 300)
    assert due(desk) is None
    decide(desk, 1, 300)
    assert due(desk) == Stretch(45, 0)
    assert due(desk, MAX) is None
    desk.clock.advance(minutes=11)
    assert due(desk) is None
    decide(desk, 2, 60)
    assert due(desk) is None


def test_after_twenty_hard_texts_a_pause_is_proposed(desk: Desk) -> None:
    decide(desk, 10, 5, text=INSULT, kind="refuse", reason="R2")
    decide(desk, 9, 5, text="Dehors", kind="refuse", reason="R3")
    decide(desk, 5, 5)
    assert due(desk) is None
    decide(desk, 1, 5, text=INSULT)
    found = due(desk)
    assert found is not None
    assert found.hard == breaks.HARD


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def test_a_violent_text_stands_folded_and_is_left_without_a_reason(city: Town) -> None:
    ref, calm = await city.say(INSULT), await city.say("Des bancs", phone="+33639980002")
    await city.ledger.write(lambda session: triage.keep(session, city.now, triage.unread(session)))
    await city.enter("moderator")
    page = await city.text("/desk/contributions")
    assert "connard" not in page
    assert "replié" in page
    assert "Des bancs" in page
    page = await city.text(f"/desk/contributions/{ref}")
    folded = page.partition('<details class="folded">')[2]
    assert "Peut-être violent" in folded
    assert "connard" in folded
    assert "folded" not in await city.text(f"/desk/contributions/{calm}")
    async with await city.post("/desk/contributions/suivante", form_on="/desk", skip=ref) as answer:
        assert answer.headers["Location"].startswith(f"/desk/contributions/{calm}")


async def test_the_page_proposes_the_pause(city: Town) -> None:
    await city.enter("moderator")
    from outreach import staff

    (mine,) = [one for one in await city.ledger.read(staff.listing) if one.email == EMAIL]
    for number in range(10):
        ref = await city.say(f"Banc {number}", phone=f"+336399801{number:02}")
        city.clock.advance(minutes=5)
        await city.ledger.write(decisions.decide, city.now, ref, mine.actor, Decision("accept"), timedelta())
    ref = await city.say("Un banc encore", phone="+33639980199")
    page = await city.text(f"/desk/contributions/{ref}")
    assert "Vous lisez depuis 45 minutes" in page
    city.clock.advance(minutes=11)
    assert "Vous lisez depuis" not in await city.text(f"/desk/contributions/{ref}")
