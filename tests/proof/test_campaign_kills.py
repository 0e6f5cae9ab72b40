"""kill -9 while a campaign leaves by SMS and on Telegram: nobody hears it twice, and who may not have heard it is listed."""

import os
import random
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import Clock
from outreach import agenda, consents
from outreach.tables import address, outbox, solicitation
from tests.connected import Connected, connected
from tests.contributing import person
from tests.inhabitants import when
from tests.town import SLUG

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.timeout(1400)]

FULL = bool(os.environ.get("FULL"))
KILLS, PEOPLE = (20, 1000) if FULL else (8, 160)
MOST_IN_DOUBT = 8  # messages a kill (DESIGN 4)
SAID = "Rendez-vous place des Tilleuls"


def settle_in(place: Connected) -> dict[str, str]:
    """People who agreed, half of them with a keypad phone: their addresses, and by which network."""
    found = {}
    with place.city.database() as database, database.write() as session:
        now = Clock(place.city.reading().clock).now()
        for number in range(PEOPLE):
            network, where = ("sms", f"+3363998{number:04d}") if number % 2 else ("telegram", str(771_000_000 + number))
            who = person(session, now, where, network)
            session.execute(sa.update(address).where(address.c.id == who).values(channel="kannel" if network == "sms" else "telegram"))
            consents.give(session, [consents.Given(who, "workshops", "un SMS ? 1 oui", "fr", "receipt")], now)
            found[where] = network
    return found


async def announce(place: Connected) -> str:
    """A campaign that a second person approved."""
    city, http = place.city, place.http
    draft = {"process": SLUG, "kind": "panel", "texts": {"fr": SAID, "en": SAID}}
    written = await city.api(http, "POST", "/campaigns", draft, status=201)
    for step in ("test", "submit"):
        await city.api(http, "POST", f"/campaigns/{written['id']}/{step}")
    await city.api(http, "POST", f"/campaigns/{written['id']}/approve", token=place.second_token)
    return str(written["id"])


def heard(place: Connected, people: dict[str, str]) -> Counter[str]:
    """How often each telephone rang with it."""
    found: Counter[str] = Counter()
    for where, network in people.items():
        if network == "sms":
            found[where] = sum(SAID in text for text in place.town.phone(where).rang)
    for call in place.telegram.called("sendMessage"):
        if SAID in call["text"]:
            found[str(call["chat_id"])] += 1
    return found


async def restarted(place: Connected) -> None:
    place.city.start()
    await place.city.ready(place.http, 60)


async def test_a_service_that_dies_again_and_again_tells_nobody_twice(tmp_path: Path) -> None:
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1_000_000)
    dice = random.Random(seed)
    print(f"\nSEED={seed}")
    rate = "8" if FULL else "12"  # the slower, the fewer stand before the socket at a kill
    async with connected(tmp_path, "webhook", KANNEL_RATE=rate, TELEGRAM_RATE=rate) as place:
        people = settle_in(place)
        await restarted(place)
        subject = await announce(place)
        for _ in range(KILLS):
            goal = sum(heard(place, people).values()) + dice.randint(1, PEOPLE // KILLS)
            await when(lambda goal=goal: sum(heard(place, people).values()) >= goal or done(place), "nothing leaves any more", 90)  # type: ignore[misc]
            place.city.kill()
            await restarted(place)
        await when(lambda: done(place), "it does not end", 300)
        await place.gateway_is_empty()
        rang = heard(place, people)
        found = await place.city.api(place.http, "GET", f"/campaigns/{subject}")
        assert max(rang.values()) == 1, "nobody hears it twice"
        missed = [where for where in people if not rang[where]]
        unknown = found["counts"]["unknown"]
        assert len(missed) <= unknown, "nobody is missed but those listed as unknown"
        assert unknown <= min(MOST_IN_DOUBT * 2 * KILLS, PEOPLE // 20 if FULL else PEOPLE), found["counts"]
        assert found["state"] == "done"
        print(f"{KILLS} kills, {PEOPLE} people: {sum(rang.values())} told once, 0 twice, {len(missed)} not, {unknown} listed as unknown")


def done(place: Connected) -> bool:
    """Nobody is planned and nothing waits."""
    with place.city.database() as database, database.read() as session:
        filled = session.scalar(sa.select(sa.func.count()).select_from(solicitation)) or 0
        planned = session.scalar(sa.select(sa.func.count()).where(solicitation.c.state == "planned"))
        waits = session.scalar(sa.select(sa.func.count()).where(outbox.c.state.in_(("queued", "sending"))))
        agenda_now = agenda.due(session, Clock(place.city.reading().clock).now())
    return filled == PEOPLE and not planned and not waits and not agenda_now.campaigns
