"""SMS over SMPP: our outbox, our sender and our webhooks, Debian's Kannel, and an operator's centre; what becomes of each message."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from aiohttp import web

from bot import webhooks
from bot.channels.kannel import Kannel
from bot.languages import catalogues
from bot.sender import Manners, Sender
from bot.settings import Settings
from bot.web import CHANNELS, CLOCK, LEDGER
from conversations.messages import Inbound, Words
from conversations.segments import count
from outreach import outbox
from outreach.crypto import new_keys
from outreach.db import Database
from outreach.house import House
from outreach.tables import metadata
from tests.conftest import NANTES, Clock
from tests.notebook import when
from tests.outbox_office import Office, agreeing
from tests.peers import free_ports
from tests.peers.kannel import Gateway
from tests.peers.smsc import Centre, Fate, smsc_peer
from tests.sender_city import Rates, Writer
from tests.sms_city import OURS, configured

pytestmark = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

_numbers = iter(range(10, 99))


def number() -> str:
    """Of somebody new."""
    return f"+336399800{next(_numbers)}"


class Book(Writer):
    """The office's writer; what people write is kept in a notebook."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.inbounds: list[Inbound] = []

    async def receive(self, inbound: Inbound) -> None:
        if not any(one.key == inbound.key for one in self.inbounds):
            self.inbounds.append(inbound)


class Cut:
    """A proxy before smsbox: hands a call on and, told so, cuts the connection instead of handing the answer back. It is ours."""

    def __init__(self, behind: int) -> None:
        self.behind, self.next, self.made = behind, False, 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.behind)

        async def go(source: asyncio.StreamReader, goal: asyncio.StreamWriter, *, answers: bool) -> None:
            while data := await source.read(65536):
                if answers and self.next:
                    self.next, self.made = False, self.made + 1
                    break
                goal.write(data)
                await goal.drain()
            goal.close()

        await asyncio.gather(go(reader, back, answers=False), go(there, writer, answers=True), return_exceptions=True)
        for one in (back, writer):
            one.close()


class Place:
    """The office on a real database, its sender and webhooks, the gateway and the centre."""

    def __init__(self, database: Database, clock: Clock, centre: Centre, gateway: Gateway, cut: Cut) -> None:
        self.office = Office(database, clock, take_lease=False)
        self.clock, self.centre, self.gateway, self.cut, self.book = clock, centre, gateway, cut, Book(database)

    async def text(self, to: str, text: str, *fates: Fate, campaign: bool = False) -> int:
        """Put a message in the outbox for somebody, and tell the centre what to do with it."""
        if fates:
            await self.centre.fate(to, *fates)
        where = agreeing(self.office, to) if campaign else self.office.person(to)
        return self.office.put(where, text, "campaign" if campaign else "reply")

    async def ends(self, message: int, state: str, seconds: float = 20) -> None:
        try:
            await when(lambda: self.office.state(message) == state, seconds=seconds)
        except AssertionError:
            raise AssertionError((self.office.state(message), await self.centre.seen())) from None


@asynccontextmanager
async def running(settings: Settings, place: Place) -> AsyncIterator[Place]:
    channel = Kannel(settings, place.clock)
    app = web.Application()
    app[CHANNELS], app[CLOCK] = {"kannel": channel}, place.clock
    app[LEDGER] = cast("Any", place.book)
    webhooks.mount(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port).start()
    await channel.open()
    sender = Sender(place.book, place.clock, {"kannel": channel}, Rates(kannel_rate=50), "run 1", manners=Manners(poll=0.05))
    sending = asyncio.create_task(sender.run())
    try:
        yield place
    finally:
        await sender.stop()
        await sending
        await channel.close()
        await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    port, sendsms, front = free_ports(3)
    settings = configured(f"http://127.0.0.1:{sendsms}", port)
    clock = Clock(datetime(2028, 3, 15, 10, 0, tzinfo=UTC))  # our numbers have 19 digits by then
    house = House(keys=new_keys(), city=NANTES, languages=("fr",), catalogues=catalogues(("fr",)))
    folder: Path = tmp_path_factory.mktemp("smpp")
    database = Database(f"sqlite:///{folder}/office.db", house)
    metadata.create_all(database.engine)
    try:
        cut = Cut(sendsms)
        proxy = await asyncio.start_server(cut.carry, "127.0.0.1", front)
        beside = replace(settings, kannel_url=f"http://127.0.0.1:{front}")
        async with proxy, smsc_peer(settings) as (centre, gateway), running(beside, Place(database, clock, centre, gateway, cut)) as one:
            yield one
    finally:
        database.close()


@pytest.mark.parametrize(("fate", "state"), [
    ("delivered", "delivered"),
    ("undeliverable", "failed UNDELIV 001"),
    ("expired", "failed EXPIRED 002"),
    ("rejected", "failed REJECTD 003"),
    ("refused", "failed 0x0000000b/Invalid Destination Address"),
])  # fmt: skip
async def test_each_fate_ends_in_its_state(place: Place, fate: Fate, state: str) -> None:
    to = number()
    message = await place.text(to, f"Bonjour : {fate}", fate)
    await place.ends(message, state)
    (submit,) = await place.centre.seen(to)
    assert submit.receipt
    assert submit.text == f"Bonjour : {fate}"


@pytest.mark.parametrize("fate", ["throttled", "full"])
async def test_a_throttled_message_is_sent_once(place: Place, fate: Fate) -> None:
    to = number()
    message = await place.text(to, "Bonjour", fate, "delivered")
    await place.ends(message, "delivered")
    assert [one.fate for one in await place.centre.seen(to)] == [fate, "delivered"]
    assert place.office.row(message).attempts == 1


async def test_throttled_for_ever_is_told_as_failed(place: Place) -> None:
    to = number()
    message = await place.text(to, "Bonjour", "throttled")
    await place.ends(message, "failed Retries Exceeded", seconds=40)


async def test_a_missing_receipt_stays_with_the_operator_then_is_unknown_and_a_late_one_resolves_it(place: Place) -> None:
    missing, late = number(), number()
    one, two = await place.text(missing, "Bonjour", "silent"), await place.text(late, "Bonjour", "silent", campaign=True)
    for to, message in ((missing, one), (late, two)):
        await place.ends(message, "wired")
        await place.centre.got(to)
    assert place.office.write(outbox.give_up_on_receipts, place.clock.now() + outbox.RECEIPT_WITHIN - timedelta(minutes=1)) == 0

    def given_up() -> bool:  # again and again: on a busy machine Kannel's own word that the operator took it comes in between
        place.office.write(outbox.give_up_on_receipts, place.clock.now() + outbox.RECEIPT_WITHIN + timedelta(minutes=1))
        return {place.office.state(one), place.office.state(two)} == {"unknown no receipt"}

    await when(given_up)
    await place.centre.receipt(late, "delivered")
    await place.ends(two, "delivered")
    # Kannel's own word that the operator took it may come that late on a busy machine: it is no news of the telephone
    assert place.office.state(one) in {"unknown no receipt", "wired"}
    assert len(await place.centre.seen(missing)) == len(await place.centre.seen(late)) == 1


async def test_a_late_failure_is_a_failure(place: Place) -> None:
    to = number()
    message = await place.text(to, "Bonjour", "silent")
    await place.ends(message, "wired")
    await place.centre.got(to)
    await place.centre.receipt(to, "expired")
    await place.ends(message, "failed EXPIRED 002")


TEXTS = (
    "Réunion à 18 h : où, à Noël ? non, là ! É Ç Ä ö ñ ß § ù ì ò @ £ $ ¥ _ Δ Ω",
    "Tarif : 5 € [oui] {non} ~ ^ | \\",
    "ligne une\nligne deux",
    "Ça va, garçon ? Le cœur fête l'île où naît l'été",
    "L’école « Jean Macé » … à bientôt – merci",
    "شكرا، رأيكم رقم 4821 0736 وصل",
    "Merci 😀 👩‍👩‍👧",
    "À Îlot, Œuvre, Êtes-vous là ? ÿ ë ï",
    "é" * 160, "é" * 161, "a" * 306, "a" * 307,
    "a" * 158 + "€", "a" * 159 + "€", "a" * 152 + "€" + "b" * 152,
    "ê" * 70, "ê" * 71, "ê" * 134, "ê" * 135, "ê" * 65 + "😀" + "ê" * 66,
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
async def test_every_letter_arrives_in_as_many_parts_as_were_counted(place: Place, text: str) -> None:
    to = number()
    message = await place.text(to, text)
    await place.ends(message, "delivered")
    expected = count(text)
    seen = await place.centre.got(to, expected.parts)  # the receipt is the first part's: the others may follow it
    assert len(seen) == expected.parts
    assert {one.coding for one in seen} == {0 if expected.encoding == "GSM-7" else 8}
    assert "".join(one.text for one in sorted(seen, key=lambda one: one.udh[-1:])) == text


async def test_a_long_message_out_of_order_is_one(place: Place) -> None:
    sender = number()
    first, second, third = "Première partie, été ; ".ljust(100, "a"), "deuxième à {b} ".ljust(100, "b"), "et la troisième €."
    await place.centre.write(sender, OURS, (third, "050003cc0303"), (first, "050003cc0301"), (second, "050003cc0302"))
    await when(lambda: any(one.address == sender for one in place.book.inbounds))
    wide = number()
    await place.centre.write(wide, OURS, ("où est l'île 😀 ?", "050003cd0202"), ("Ça, garçon, ", "050003cd0201"), coding=8)
    await when(lambda: any(one.address == wide for one in place.book.inbounds))
    texts = {one.address: one.what.text for one in place.book.inbounds if isinstance(one.what, Words) and one.address in {sender, wide}}
    assert len([one for one in place.book.inbounds if one.address in {sender, wide}]) == 2
    assert texts == {sender: first + second + third, wide: "Ça, garçon, où est l'île 😀 ?"}


@pytest.mark.parametrize("coding", [0, 3, 8])
async def test_whatever_alphabet_the_operator_takes_a_message_is_read(place: Place, coding: int) -> None:
    sender, text = number(), "Où est l'école ? É à è ù ñ"
    await place.centre.write(sender, OURS, (text, ""), coding=coding)
    await when(lambda: any(one.address == sender for one in place.book.inbounds))
    assert [one.what.text for one in place.book.inbounds if one.address == sender and isinstance(one.what, Words)] == [text]


async def test_an_emoji_on_the_edge_of_two_parts_is_cut_by_kannel_and_whole_again_on_the_telephone(place: Place) -> None:
    """We count the pair as one that may not be cut, as telephones have it; Kannel cuts it and never sends more than we count."""
    to, text = number(), "ê" * 66 + "😀" + "ê" * 66
    await place.ends(await place.text(to, text), "delivered")
    assert count(text).parts == 3
    seen = await place.centre.got(to, 2)
    joined = b"".join(one.text.encode("utf-16-be", "surrogatepass") for one in seen)
    assert joined.decode("utf-16-be") == text


async def test_a_link_that_falls_before_the_answer_repeats_one_message_at_most(place: Place) -> None:
    """Kannel sends again what was not acknowledged, and nothing that we can write in its configuration forbids it: so only one is."""
    people = [number() for _ in range(6)]
    await place.centre.fate(people[2], "cut", "delivered")
    messages = [await place.text(to, "Bonjour", campaign=True) for to in people]
    for message in messages:
        await place.ends(message, "delivered")
    assert [len(await place.centre.seen(to)) for to in people] == [1, 1, 2, 1, 1, 1]
    assert {place.office.row(message).attempts for message in messages} == {1}


async def test_a_call_that_is_cut_after_the_message_was_taken_is_unclear_and_a_campaign_goes_out_once(place: Place) -> None:
    """The connection between us and Kannel falls before its answer: the receipt tells that it arrived."""
    to = number()
    place.cut.next = True
    message = await place.text(to, "Bonjour", campaign=True)
    await place.ends(message, "delivered unclear")
    assert place.cut.made == 1
    assert len(await place.centre.seen(to)) == 1
