"""kill -9 at random instants while a crowd writes: what was acknowledged is kept once, no answer is lost, doubts are listed."""

import asyncio
import os
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from outreach import contacts, outbox
from outreach.db import Database
from outreach.outbox import Said
from outreach.tables import contribution
from outreach.tables import outbox as rows
from tests.connected import Connected, connected
from tests.inhabitants import Inhabitant, OnTelegram, when, without_links
from tests.unsealed import said_by_everybody

pytestmark = [pytest.mark.proof, pytest.mark.peer]

FULL = bool(os.environ.get("FULL"))
MARKED = 8  # messages of a network that stand before the socket; as many may have left whose answer was not written down yet
LEASE = 10.0  # seconds: by then who came after a kill has taken the network over
PATIENCE = 120.0
EACH = 5  # messages that a person writes, and hears at least

RECEIPT = r"[Aa]vis no \d{4} \d{4}, bien (?:arrivé|reçu)"
STEPS: tuple[tuple[str, str], ...] = (
    ("hello", "Urgence|besoin pour y rester"),
    ("data", "garde votre"),
    ("words", "ublier sans votre nom"),
    ("yes", RECEIPT),
    ("follow", r"Votre avis no \d{4} \d{4} du .*: un agent le lit|Votre avis no \d{4} \d{4} du .*publié"),
)
PUBLISHED = r"votre avis \d{4} \d{4} est publié"


@dataclass
class Person:
    """Somebody who writes when the answer before has come, and says what they sent."""

    somebody: Inhabitant
    word: str
    database: Database
    sent: list[str] = field(default_factory=list)  # as the records must hold it

    async def live(self, later: float) -> None:
        """A whole conversation, up to the news that the contribution is published."""
        await asyncio.sleep(later)
        for step, answer in STEPS:
            await self._step(step)
            await self._until(answer)
        await self._until(PUBLISHED)

    async def _step(self, step: str) -> None:
        if step == "hello":
            await self._say("/start" if isinstance(self.somebody, OnTelegram) else "AIDE")
        elif step == "words":
            await self._say(self.text)
        elif step == "yes" and isinstance(self.somebody, OnTelegram) and not self._heard("ublier sans votre nom"):
            await self._say("oui")  # no card, no button
        elif step == "yes":
            await self.somebody.answer("publish")
            self.sent.append("[yes]" if isinstance(self.somebody, OnTelegram) else "1")
        else:
            await self.somebody.ask(step)
            self.sent.append({"data": ("DONNEES", "/donnees"), "follow": ("SUIVI", "/suivi")}[step][isinstance(self.somebody, OnTelegram)])

    @property
    def text(self) -> str:
        """The contribution."""
        return f"un banc {self.word} au soleil" if isinstance(self.somebody, OnTelegram) else f"PLACE un banc {self.word} au soleil"

    async def _say(self, text: str) -> None:
        await self.somebody.say(text)
        self.sent.append(text)

    def heard(self) -> list[str]:
        """All that came, with a sound or without."""
        return [*self.somebody.rang, *(self.somebody.edits if isinstance(self.somebody, OnTelegram) else ())]

    def _heard(self, pattern: str) -> bool:
        return any(re.search(pattern, text, re.DOTALL) for text in self.heard())

    async def _until(self, pattern: str) -> None:
        """Until it is said; or until it is listed that nobody knows whether it was: a second kill met the second try."""
        start = time.monotonic()
        while not self._heard(pattern):
            waited = time.monotonic() - start
            assert waited < PATIENCE, f"{pattern} was not said on {self.somebody.network}: {self.sent}, {self.heard()}"
            if waited > LEASE and any(line.state == "unknown" and re.search(pattern, line.text, re.DOTALL) for line in self.said()):
                return
            await asyncio.sleep(0.1 if waited < LEASE else 2)

    def said(self) -> list[Said]:
        """What the city's books hold for them."""
        with self.database.read() as session:
            found = contacts.find(session, self.somebody.network, self.somebody.address)
            return outbox.said(session, found.address_id) if found else []


@dataclass
class Storm:
    """What the kills left in doubt: messages marked and not settled, by network and lease."""

    doubts: Counter[tuple[str, int]] = field(default_factory=Counter)
    kills: int = 0

    async def rage(self, place: Connected, kills: int, dice: random.Random) -> None:
        """Kill, look, start again: at any instant, and every other time while what piled up meanwhile is leaving."""
        for number in range(kills):
            if number % 2:
                await self._leaving(place)
                await asyncio.sleep(dice.uniform(0, 1.5))
            else:
                await asyncio.sleep(dice.uniform(0.3, 7))
            place.city.kill()
            self.kills += 1
            with place.city.database() as database, database.read() as session:
                marked = (
                    sa.select(rows.c.network, rows.c.epoch, sa.func.count()).where(rows.c.state == "sending").group_by("network", "epoch")
                )
                for network, epoch, count in session.execute(marked):
                    self.doubts[network, epoch] = max(self.doubts[network, epoch], count)
            place.city.start()
            await place.city.ready(place.http, 60)
            await place.city.advance(place.http, 25)  # so that silences pass within the storm

    @staticmethod
    async def _leaving(place: Connected) -> None:
        """Something was sent just now, or nothing is to be sent."""

        def sent() -> int:
            return len(place.telegram.called("sendMessage")) + sum(map(len, place.town.rang.values()))

        before, end = sent(), time.monotonic() + LEASE
        await when(lambda: sent() > before or time.monotonic() > end, "neither")


async def moderate(place: Connected, people: int) -> None:
    """Accept whatever waits until everybody's is published; a call cut off by a kill is made again under the same key."""
    published = 0
    while published < people:
        try:
            for ref in [item["ref"] for item in (await _call(place, "GET", "?state=received&limit=200"))["items"]]:
                await _call(place, "GET", f"/{ref}")
                await _call(place, "POST", f"/{ref}/decision", {"decision": "accept"}, ref)
            published = len((await _call(place, "GET", "?state=published&limit=200"))["items"])
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.5)


async def _call(place: Connected, method: str, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {place.city.token}"} | ({"Idempotency-Key": key} if key else {})
    async with place.http.request(method, f"{place.city.base}/api/v1/contributions{path}", json=body, headers=headers) as answer:
        if answer.status >= 500 or answer.status == 409:  # busy, or the first call is still under way
            raise aiohttp.ClientError
        assert answer.status == 200, await answer.text()
        return await answer.json()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("mode", "networks", "kills", "people"),
    [
        pytest.param("webhook", ("telegram", "sms"), 20 if FULL else 6, 50 if FULL else 15, id="telegram by webhook and sms at once"),
        pytest.param("polling", ("telegram",), 8 if FULL else 3, 30 if FULL else 8, id="telegram by polling"),
    ],
)
async def test_kills_lose_nothing(tmp_path: Path, mode: str, networks: tuple[str, ...], kills: int, people: int) -> None:
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1_000_000)
    dice = random.Random(seed)
    print(f"\nSEED={seed}")
    async with connected(tmp_path, mode, KANNEL_RATE="10") as place:
        with place.city.database() as database:
            names = [(f"numéro{number}{network[0]}", network) for number in range(people) for network in networks]
            crowd = [Person(place.somebody(network), name, database) for name, network in names]
            place.city.start()
            await place.city.ready(place.http)
            storm = Storm()
            async with asyncio.TaskGroup() as everything:
                raging = everything.create_task(storm.rage(place, kills, dice))
                everyone = [everything.create_task(person.live(dice.uniform(0, 5 * kills))) for person in crowd]
                everyone.append(everything.create_task(moderate(place, len(crowd))))
                while not all(one.done() for one in everyone):
                    await asyncio.sleep(2)
                    if raging.done():
                        await place.city.advance(place.http, 20)
            await place.telegram.all_confirmed()
            await place.city.drained()
            place.city.stop()
            report = examine(database, crowd)
        listed = report["listed"]
        print(f"{storm.kills} kills, {report['in']} messages in, {report['out']} out; {listed} in doubt and listed,")
        print(f"{report['twice']} of them came twice, {report['never']} never; by network and lease: {dict(storm.doubts)}")
        assert storm.kills == kills
        assert report["in"] >= EACH * len(crowd)
        assert report["out"] >= EACH * len(crowd)
        assert max(storm.doubts.values(), default=0) <= 2 * MARKED
        assert listed <= sum(storm.doubts.values())


def examine(database: Database, crowd: list[Person]) -> Counter[str]:
    """Everybody's records against what they sent and heard. Figures."""
    report: Counter[str] = Counter()
    kept: dict[str, Counter[str]] = {}
    for one in said_by_everybody(database):
        kept.setdefault(one.where, Counter())[words(one.what)] += 1
    with database.read() as session:
        listed = {line.id for line in outbox.listing(session, "unknown", limit=10_000)}
    report["listed"] = len(listed)
    for person in crowd:
        assert kept.pop(person.somebody.address) == Counter(person.sent), "each message exactly once"
        report["in"] += len(person.sent)
        report += check_answers(person, listed)
    assert not kept, "nobody else wrote"
    assert Counter(contributions(database)) == Counter(person.text for person in crowd), "each contribution exactly once, word for word"
    return report


def words(what: dict[str, Any]) -> str:
    """What a person sent, as Person.sent has it."""
    if "token" in what:
        return f"/start {what['token']}".strip()
    return str(what["text"]) if "text" in what else f"[{what['choice']}]"


def check_answers(person: Person, listed: set[int]) -> Counter[str]:
    """Every answer came; none never unless it is listed, and of a listed one at most as many as kills found it marked. Figures."""
    heard = Counter(person.heard())
    due, doubtful, unknown = Counter[str](), Counter[str](), Counter[str]()
    for line in person.said():
        if line.state == "dropped" and line.how == "quiet":
            continue  # the card to change in silence is not known for sure
        assert line.state in {"wired", "delivered"} or (line.state == "unknown" and line.id in listed), (line.state, line.why)
        shown = line.text if isinstance(person.somebody, OnTelegram) else without_links(line.text)
        due[shown] += 1
        doubtful[shown] += max(1, line.marks - 1) if line.id in listed else 0
        unknown[shown] += line.state == "unknown"
    assert set(heard) <= set(due), "nothing was said that is not in the books"
    for text, times in due.items():
        assert heard[text] >= times - unknown[text], f"lost: {text}"
        assert heard[text] <= times + doubtful[text], f"twice, and not listed: {text}"
    for _, pattern in (*STEPS, ("", PUBLISHED)):
        assert any(re.search(pattern, text, re.DOTALL) for text in due), pattern
    return Counter(out=due.total(), twice=(heard - due).total(), never=(due - heard).total())


def contributions(database: Database) -> list[str]:
    """The texts of all contributions, opened."""
    assert database.house is not None
    with database.read() as session:
        rows = session.execute(sa.select(contribution.c.id, contribution.c.sealed)).all()
    return [database.house.keys.open("contribution", row.id, row.sealed).decode() for row in rows]
