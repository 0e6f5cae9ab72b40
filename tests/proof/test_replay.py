"""3,755 real answers to a civic chat-bot, said again on both networks: each stands word for word in the queue, at a known price.

The texts are read where they lie and never copied.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from conversations import engine, notices, scripts, segments
from conversations.facts import Facts, Process
from conversations.messages import NETWORKS, Inbound, Network, Words
from conversations.steps import State, Turn
from outreach import contacts, documents, inbox, invented, outbox, processes
from outreach.contributions import queue
from outreach.db import Database
from tests.conftest import Clock
from tests.peers import SHARED

pytestmark = pytest.mark.proof

ANSWERS = SHARED / "data/contributions/fr_chatbot_elf.jsonl"
CROWD = 400
SHARE = 1 if os.environ.get("FULL") else 5  # one answer in five, unless the full count is asked for
MOST = {"typical": 8, "long": 9}  # parts from the city for one contribution by SMS (journeys 2)
LONGEST_NAME = "quartier des Peupliers"  # 22 letters: the cap at entry
LONGEST_REASON = "les rails limitent beaucoup les racines oui"[:42]
LONGEST_DONE = "24 grands arbres avant mars 2028 oui"[:34]


def answers() -> list[list[str]]:
    """The messages of each answer, as they were sent."""
    rows = [json.loads(line) for line in ANSWERS.read_text().splitlines()]
    return [row.get("messages") or [row["text"]] for row in rows][::SHARE]


def crowds(said: Sequence[list[str]]) -> Iterator[list[tuple[str, list[str]]]]:
    for start in range(0, len(said), CROWD):
        yield [(f"+336{number:08d}", messages) for number, messages in enumerate(said[start : start + CROWD], start)]


@pytest.fixture(params=["typical", "long"])
def fill(request: pytest.FixtureRequest) -> str:
    """How long the names are that a message is filled with."""
    return str(request.param)


@pytest.fixture
def open_city(database: Database, clock: Clock, fill: str) -> Database:
    text = invented.market_square(clock.now().date())
    if fill == "long":
        text = text.replace("sms_name: place du Marché", f"sms_name: {LONGEST_NAME}")
    with database.write() as session:
        document = documents.parse(text.encode(), yaml=True)
        processes.put(session, clock.now(), document, "staff:1")
        processes.open(session, clock.now(), document.slug, "staff:1")
    return database


def say(database: Database, network: Network, lines: Sequence[tuple[str, str]], now: datetime) -> None:
    keys = Counter[str]()
    batch = []
    for who, text in lines:
        keys[who] += 1
        batch.append(Inbound("simulator", "replay", f"{who}:{now.timestamp()}:{keys[who]}", network, who, Words(text), now))
    with database.write() as session:
        assert all(one.fresh and not one.failed for one in inbox.receive(session, batch, now))


def silence(database: Database, clock: Clock) -> None:
    clock.advance(seconds=61)
    with database.write() as session:
        while inbox.sweep(session, clock.now(), limit=CROWD):
            pass


@pytest.mark.parametrize("network", NETWORKS)
def test_every_answer_stands_word_for_word_in_the_queue(open_city: Database, clock: Clock, network: Network, fill: str) -> None:
    said = answers()
    if network == "telegram" and fill == "long":
        said = said[::10]  # a name's length changes nothing there
    for crowd in crowds(said):
        for number in range(max(len(messages) for _who, messages in crowd)):
            say(
                open_city,
                network,
                [(who, messages[number] if number else f"PLACE {messages[0]}") for who, messages in crowd if number < len(messages)],
                clock.now(),
            )
            clock.advance(seconds=8)
        silence(open_city, clock)
        say(open_city, network, [(who, "1") for who, _messages in crowd], clock.now())
        clock.advance(minutes=5)
        say(open_city, network, [(who, "1") for who, _messages in crowd], clock.now())  # to the opt-in, or to nothing on Telegram
        clock.advance(hours=1)
    expected = Counter("\n".join(["PLACE " + messages[0].strip(), *(one.strip() for one in messages[1:])]) for messages in said)
    assert queued(open_city, clock) == expected
    if network == "sms":
        count_parts(open_city, clock, said, fill)


def queued(database: Database, clock: Clock) -> Counter[str]:
    found: Counter[str] = Counter()
    cursor: str | None = None
    with database.read() as session:
        while True:
            page = queue.listing(session, clock.now(), cursor=cursor, limit=200)
            found.update(item.text for item in page.items)
            cursor = page.next
            if not cursor:
                return found


def count_parts(database: Database, clock: Clock, said: Sequence[list[str]], fill: str) -> None:
    """Every part that the city sent for a contribution: 1b, 5, the echo of the opt-in, then 10 and 12 as they would be rendered."""
    prices: Counter[int] = Counter()
    with database.read() as session:
        later = later_parts(database, processes.open_facts(session, clock.now()), clock.now(), fill)
        for number in range(len(said)):
            contact = contacts.find(session, "sms", f"+336{number:08d}")
            assert contact is not None
            sent = outbox.said(session, contact.address_id)
            parts = sum(segments.count(one.text).parts for one in sent) + later
            prices[parts] += 1
    total = sum(prices.values())
    mean = sum(parts * people for parts, people in prices.items()) / total
    print(
        f"\nparts from the city for a contribution by SMS, {fill} fill, 10 and 12 included: {dict(sorted(prices.items()))}, mean {mean:.2f}"
    )
    assert max(prices) <= MOST[fill]


def later_parts(database: Database, open_now: tuple[Process, ...], now: datetime, fill: str) -> int:
    """The parts of message 10 (published) and message 12 (the elected officials' answer)."""
    house = database.house
    assert house is not None
    about = open_now[0]
    facts = Facts(now, "sms", house.city, house.languages, open_now)
    told = (
        notices.Published("48210736", about.read_on, about.answer_promised_on),
        notices.Responded("48210736", "12", "partly", {"fr": LONGEST_REASON}, {"fr": LONGEST_DONE})
        if fill == "long"
        else notices.Responded("48210736", "7", "partly", {"fr": "les rails limitent les racines"}, {"fr": "24 arbres avant mars 2028"}),
    )
    parts = 0
    for notice in told:
        turn = engine.prompt(State(language="fr"), notice, facts)
        assert isinstance(turn, Turn)
        parts += sum(segments.count(scripts.show(say, house.catalogues["fr"], "sms").text).parts for say in turn.says)
    return parts
