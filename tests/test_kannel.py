"""SMS through Debian's Kannel: both boxes running with our own configuration, its fake operator for the telephones."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import structlog
from aiohttp import web

from bot import settings
from bot.channels import Fatal, Rejected, SendError, Throttled, Unreachable, kannel
from bot.channels.kannel import Kannel, check, letters
from bot.channels.kannel_conf import examine
from bot.channels.numbers import normalise
from bot.settings import Settings
from conversations.messages import Inbound, Outbound, Receipt, Words
from conversations.segments import count
from tests.conftest import Clock
from tests.peers import free_ports
from tests.peers.handsets import Handsets
from tests.peers.kannel import Gateway, kannel_peer

PHONE, OURS = "+33639980001", "38100"
SECRET = "a-secret-of-ours-0123456789abcdef"
PASSWORD = "a-password-of-ours"
MARK = "zélébureau"  # stands in each text, and nowhere in a log


def configured(url: str, port: int = 8080, **more: str) -> Settings:
    given = {"KANNEL_URL": url, "KANNEL_USERNAME": "outreach", "KANNEL_PASSWORD": PASSWORD, "KANNEL_SENDER": OURS, "KANNEL_SECRET": SECRET}
    given |= {"PORT": str(port), "CITY": "Ville de Nantes"} | more
    return settings.read({f"ALLERVERS_{name}": value for name, value in given.items()})


def say(number: int, text: str, to: str = PHONE) -> Outbound:
    return Outbound(number, "sms", "kannel", to, text)


async def when(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(0.01)


class Service:
    """Stands for ours: the channel's `read` behind a real web server, and a notebook."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.channel = Kannel(settings, clock)
        self.said: list[Inbound | Receipt] = []
        self.refuse = 0  # how many calls yet to answer with 503
        self.refused = 0

    async def take(self, request: web.Request) -> web.Response:
        said = await self.channel.read(request)
        if self.refuse:
            self.refuse -= 1
            self.refused += 1
            raise web.HTTPServiceUnavailable
        self.said += said
        return web.Response()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        app = web.Application()
        app.router.add_route("*", "/channels/kannel/{what}", self.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, self.settings.host, self.settings.port).start()
        await self.channel.open()
        try:
            yield self
        finally:
            await self.channel.close()
            await runner.cleanup()

    async def inbound(self, number: int = 1) -> list[Inbound]:
        await when(lambda: len(self.inbounds()) >= number)
        return self.inbounds()

    def inbounds(self) -> list[Inbound]:
        return [one for one in self.said if isinstance(one, Inbound)]

    def receipts(self, outbound: int) -> list[str]:
        return [one.state for one in self.said if isinstance(one, Receipt) and one.outbound == outbound]

    async def delivered(self, outbound: int) -> None:
        await when(lambda: "delivered" in self.receipts(outbound))


@pytest.fixture(autouse=True)
def no_leak(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever happens in these tests, none of our log lines holds a secret, a number or a text."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        yield
    for secret in (SECRET, PASSWORD, "63998", MARK):
        assert secret not in caplog.text + repr(events)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway() -> AsyncIterator[tuple[Gateway, Settings]]:
    port, sendsms = free_ports(2)
    given = configured(f"http://127.0.0.1:{sendsms}", port)
    # a failed call comes again after 10 s; a test is less patient
    with kannel_peer(given, edit=(("http-queue-delay = 10", "http-queue-delay = 1"),)) as running:
        yield running, given


@pytest_asyncio.fixture(loop_scope="module")
async def service(gateway: tuple[Gateway, Settings], clock: Clock) -> AsyncIterator[Service]:
    async with Service(gateway[1], clock).running() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def phones(gateway: tuple[Gateway, Settings]) -> AsyncIterator[Handsets]:
    async with gateway[0].phones as connected:
        await gateway[0].connected()
        yield connected


both_boxes = [pytest.mark.peer, pytest.mark.asyncio(loop_scope="module")]


def real(test: Any) -> Any:
    for mark in both_boxes:
        test = mark(test)
    return test


@real
async def test_an_sms_comes_in_with_its_accents_sender_and_a_key_of_its_own(service: Service, phones: Handsets, clock: Clock) -> None:
    await phones.text(PHONE, OURS, f"Où est la mairie ? {MARK} éèàù & 100 % + = #")
    await phones.wide(PHONE, OURS, f"Ça va ?\nبلدية ê œ ’ € 😀 {MARK}")
    first, second = await service.inbound(2)
    assert isinstance(first.what, Words)
    assert isinstance(second.what, Words)
    assert first.what.text == f"Où est la mairie ? {MARK} éèàù & 100 % + = #"
    assert second.what.text == f"Ça va ?\nبلدية ê œ ’ € 😀 {MARK}"
    assert (first.channel, first.account, first.network, first.address, first.at) == ("kannel", OURS, "sms", PHONE, clock.now())
    assert len(first.key) == len(second.key) == 36
    assert first.key != second.key


@real
@pytest.mark.parametrize(("octets", "text"), [
    (f"8 bits: été, {MARK}".encode(), f"8 bits: été, {MARK}"),
    (f"vieux: été, {MARK}".encode("latin-1"), f"vieux: été, {MARK}"),
])  # fmt: skip
async def test_8_bit_data_is_read_all_the_same(service: Service, phones: Handsets, octets: bytes, text: str) -> None:
    await phones.octets(PHONE, OURS, octets)
    (inbound,) = await service.inbound()
    assert isinstance(inbound.what, Words)
    assert inbound.what.text == text


@real
async def test_a_long_sms_comes_in_as_one_in_the_right_order(service: Service, phones: Handsets) -> None:
    parts = [f"{MARK}, première partie ; ".ljust(100, "a"), "deuxième été ".ljust(100, "b"), "et la troisième."]
    await phones.parts(PHONE, OURS, parts, order=[3, 1, 2])
    (inbound,) = await service.inbound()
    assert isinstance(inbound.what, Words)
    assert inbound.what.text == "".join(parts)


@real
async def test_a_short_code_or_a_name_is_no_citizen(service: Service, phones: Handsets) -> None:
    await phones.text("36111", OURS, f"{MARK} de l'opérateur")
    await phones.text("INFO", OURS, f"{MARK} de l'opérateur")
    await phones.text(PHONE, OURS, MARK)
    inbounds = await service.inbound()
    assert [one.address for one in inbounds] == [PHONE]


@real
@pytest.mark.parametrize(("text", "kind"), [
    (f"Ville de Nantes: {MARK} été à Noël ? ".replace("ë", "e") + "§ ñ Ç É € [oui] {non} ~ \\ ^ | 100 % + & = # @ £", "text"),
    ("Ligne une\nligne deux: bien noté, à demain", "text"),
    (f"Fête à l'île : où ça ? ç ê œ ’ « {MARK} »", "ucs-2"),
    ("شكرا! رأيكم رقم 4821 0736 وصل 😀", "ucs-2"),
    (" déjà " + "é" * 300, "data"),
    ("ê" * 200, "data"),
])  # fmt: skip
async def test_an_sms_goes_out_letter_for_letter_and_its_receipts_come_back(
    service: Service, phones: Handsets, text: str, kind: str
) -> None:
    number = 1000 + len(text) + ord(text[0])
    assert await service.channel.send(say(number, text)) == str(number)
    sms = await phones.next()
    assert (sms.sender, sms.receiver, sms.kind) == (OURS, PHONE, kind)
    assert sms.text == text
    await service.delivered(number)
    assert set(service.receipts(number)) <= {"wired", "delivered"}


@real
async def test_a_message_that_the_service_could_not_take_comes_again(service: Service, phones: Handsets) -> None:
    service.refuse = 2
    await phones.text(PHONE, OURS, MARK)
    (inbound,) = await service.inbound()
    assert service.refused == 2
    assert isinstance(inbound.what, Words)
    assert inbound.what.text == MARK


@real
async def test_a_wrong_password_is_fatal_and_no_receiver_is_refused(
    gateway: tuple[Gateway, Settings], service: Service, clock: Clock
) -> None:
    stranger = Kannel(replace(gateway[1], kannel_password="wrong"), clock)
    await stranger.open()
    try:
        with pytest.raises(Fatal):
            await stranger.send(say(1, MARK))
    finally:
        await stranger.close()
    with pytest.raises(Rejected):
        await service.channel.send(say(2, MARK, to=""))
    for text in ("", " \n", "é" * 1531, "ê" * 671):  # 11 parts
        with pytest.raises(Rejected):
            await service.channel.send(say(3, text))


@real
async def test_nothing_of_a_whole_exchange_stands_in_the_gateways_logs(clock: Clock) -> None:
    """Both boxes started as Debian starts them; good and bad calls, a service that is away, an operator that goes away."""
    port, sendsms = free_ports(2)
    given = configured(f"http://127.0.0.1:{sendsms}", port)
    with kannel_peer(given, edit=(("http-queue-delay = 10", "http-queue-delay = 1"),)) as running:
        async with running.phones as phones:
            await running.connected()
            await phones.text(PHONE, OURS, f"avant: {MARK}")  # nobody answers at our port yet
            await asyncio.sleep(1.5)
            async with Service(given, clock).running() as service:
                service.refuse = 1
                await service.inbound()
                await phones.octets(PHONE, OURS, MARK.encode("latin-1"))
                await phones.text("INFO", OURS, MARK)
                await phones.parts(PHONE, OURS, [MARK, MARK], order=[2, 2, 1])  # one part twice
                await service.inbound(3)
                await service.channel.send(say(71, f"{MARK} ê"))
                await phones.next()
                await service.delivered(71)
                for to in ("", "ABC"):
                    with pytest.raises(SendError):
                        await service.channel.send(say(72, MARK, to=to))
        async with Service(given, clock).running() as service:
            await service.channel.send(say(73, f"{MARK} sans opérateur"))  # waits in the store
            running.kill("smsbox")
            running.kill("bearerbox")
            running.start("bearerbox")
            running.start("smsbox")
            async with running.phones as phones:
                assert (await phones.next(30)).text == f"{MARK} sans opérateur"
        running.kill("smsbox")  # a receipt waits there for a service that is gone: it would not end by itself
        logged = running.logged()
    for secret in (MARK, "63998", "z\\xe9", SECRET, PASSWORD):
        assert secret not in logged


@real
async def test_the_search_finds_what_a_log_of_a_lower_level_holds(clock: Clock) -> None:
    """The counter-proof: one level of the configuration changed, and the same words stand in the logs."""
    port, sendsms = free_ports(2)
    given = configured(f"http://127.0.0.1:{sendsms}", port)
    with kannel_peer(given, edit=(("log-level = 4\n", "log-level = 1\n"),)) as running:
        async with running.phones as phones, Service(given, clock).running() as service:
            await running.connected()
            await phones.text(PHONE, OURS, MARK)
            await service.inbound()
            assert MARK in running.logged()
            assert PHONE in running.logged()


@real
async def test_a_receipt_that_comes_after_a_crash_is_still_ours(clock: Clock) -> None:
    port, sendsms = free_ports(2)
    given = configured(f"http://127.0.0.1:{sendsms}", port)
    with kannel_peer(given) as running:
        async with Service(given, clock).running() as service:
            await service.channel.send(say(81, MARK))  # the telephones are off
            running.kill("smsbox")
            running.kill("bearerbox")
            running.start("bearerbox")
            running.start("smsbox")
            async with running.phones as phones:
                assert (await phones.next(30)).text == MARK
                await service.delivered(81)


@real
@pytest.mark.proof
async def test_what_the_gateway_holds_too_long_is_dropped_and_told(clock: Clock) -> None:
    port, sendsms = free_ports(2)
    given = configured(f"http://127.0.0.1:{sendsms}", port)
    with kannel_peer(given) as running:
        async with Service(given, clock).running() as service:
            # the operator is away: the telephones are not connected
            await service.channel.send(replace_until(say(91, f"{MARK}, une minute"), clock.now() + timedelta(seconds=61)))
            await service.channel.send(replace_until(say(92, f"{MARK}, une heure"), clock.now() + timedelta(hours=1)))
            await when(lambda: "failed" in service.receipts(91), seconds=110)
            async with running.phones as phones:
                assert (await phones.next(30)).text == f"{MARK}, une heure"
                await service.delivered(92)


def replace_until(outbound: Outbound, until: datetime) -> Outbound:
    return msgspec.structs.replace(outbound, until=until)


# the doctor


@real
async def test_the_doctor_is_content_with_our_configuration_and_knows_a_wrong_password(gateway: tuple[Gateway, Settings]) -> None:
    running, given = gateway
    conf = running.work / "kannel.conf"
    assert await asyncio.to_thread(check, given, conf) == []
    (found,) = await asyncio.to_thread(check, replace(given, kannel_password="wrong"), conf)
    assert (found.level, found.what) == ("critical", "Kannel refuses user or password")


def test_the_doctor_says_what_is_wrong_before_anything_runs(tmp_path: Path) -> None:
    (closed,) = free_ports(1)
    given = configured(f"http://127.0.0.1:{closed}", KANNEL_SECRET="short")
    says = [found.what for found in check(given, tmp_path / "kannel.conf")]
    assert len(says) == 3
    assert "KANNEL_SECRET" in says[0]
    assert "does not answer" in says[1]
    assert "is missing" in says[2]
    assert check(configured("")) == []


def test_a_configuration_that_leaks_or_loses_is_seen() -> None:
    good = kannel.configuration(configured("http://127.0.0.1:13013"))
    assert examine(good) == []
    for old, new, words in (
        ("log-level = 4", "log-level = 1", "names numbers and texts"),
        ("log-level = 4", "", "names numbers and texts"),
        ("log-level = 4", "log-level = 4\naccess-log = /var/log/kannel/access.log", "access-log"),
        ("max-messages = 0", "max-messages = 1", "texts our HTTP answers"),
        ("http-request-retry = 100000", "http-request-retry = 3", "is lost"),
        ("store-type = spool", "", "lost in a crash"),
        ("dlr-storage = spool", "dlr-storage = internal", "lost in a crash"),
    ):
        troubles = examine(good.replace(old, new))
        assert troubles
        assert all(words in trouble.what for trouble in troubles), troubles


def test_the_configuration_listens_on_loopback_and_holds_our_addresses() -> None:
    text = kannel.configuration(configured("http://127.0.0.1:14013", 8099))
    assert "sendsms-port = 14013" in text
    assert f"http://127.0.0.1:8099/channels/kannel/mo?secret={SECRET}&id=%I&from=%p&to=%P&charset=%C&coding=%c&udh=%u" in text
    interfaces = [line for line in text.splitlines() if line.endswith(("-interface", "-host")) or "-interface =" in line]
    assert interfaces
    assert all(line.endswith("127.0.0.1") for line in interfaces)
    away = kannel.configuration(configured("https://sms.ville.example", PUBLIC_URL="https://dialogue.ville.example"))
    assert "https://dialogue.ville.example/channels/kannel/mo" in away


# what needs no gateway; the answers below are our reading of channels.md


@pytest.mark.parametrize(("status", "words", "kind"), [
    (202, "0: Accepted for delivery", None),
    (202, "3: Queued for later delivery", None),
    (400, "Empty receiver number not allowed, rejected", Rejected),
    (403, "Authorization failed for sendsms", Fatal),
    (403, "Not routable. Do not try again.", Rejected),
    (401, "", Fatal),
    (404, "", Fatal),
    (429, "", Throttled),
    (500, "", Unreachable),
    (503, "Temporal failure, try again later.", Unreachable),
    (504, "", Unreachable),
])  # fmt: skip
def test_every_answer_of_smsbox_means_what_the_sender_must_do(status: int, words: str, kind: type[SendError] | None) -> None:
    found = kannel.refusal(status, words)
    assert type(found) is kind if kind else found is None
    if isinstance(found, Unreachable):
        assert found.sent == ("maybe" if status == 504 else "no")


@pytest.mark.parametrize(("seconds", "minutes"), [(3600, "60"), (119, "1"), (5, "1"), (-5, "1")])
async def test_a_message_says_until_when_it_is_worth_sending(clock: Clock, seconds: int, minutes: str) -> None:
    channel = Kannel(configured("http://127.0.0.1:13013"), clock)
    dated = replace_until(say(1, MARK), clock.now() + timedelta(seconds=seconds))
    assert channel._headers(dated, count(dated.text))["X-Kannel-Validity"] == minutes
    assert "X-Kannel-Validity" not in channel._headers(say(1, MARK), count(MARK))


async def test_nobody_at_the_door_is_surely_not_sent_and_silence_is_unclear(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    (closed, open_) = free_ports(2)
    channel = Kannel(configured(f"http://127.0.0.1:{closed}"), clock)
    with pytest.raises(Unreachable) as raised:
        await channel.send(say(1, MARK))  # not open yet
    assert raised.value.sent == "no"
    await channel.open()
    with pytest.raises(Unreachable) as raised:
        await channel.send(say(1, MARK))
    assert raised.value.sent == "no"
    await channel.close()

    mute = asyncio.Event()
    ended: asyncio.Queue[None] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if mute.is_set():
            await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.put_nowait(None)

    server = await asyncio.start_server(answer, "127.0.0.1", open_)
    monkeypatch.setattr(kannel, "READ_SECONDS", 0.2)
    channel = Kannel(configured(f"http://127.0.0.1:{open_}"), clock)
    await channel.open()
    for _ in range(2):  # cut, then mute
        with pytest.raises(Unreachable) as raised:
            await channel.send(say(1, MARK))
        assert raised.value.sent == "maybe"
        assert "63998" not in repr(raised.value)
        mute.set()
    await channel.close()
    for _ in range(2):
        await ended.get()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(("octets", "charset", "coding", "text"), [
    ("été".encode(), "UTF-8", "0", "été"),
    ("été".encode(), "", "", "été"),
    ("été".encode(), "8-BIT", "1", "été"),
    ("été".encode("cp1252"), "8-BIT", "1", "été"),
    ("été".encode("latin-1"), "ISO-8859-1", "0", "été"),
    ("été".encode("latin-1"), "NO-SUCH-THING", "0", "été"),
    ("é😀".encode("utf-16-be"), "UTF-16BE", "2", "é😀"),
    ("é😀".encode("utf-16-be"), "", "2", "é😀"),
    (b"\xd8", "UTF-16BE", "2", "\ufffd"),
    (b"a\0b\x81", "8-BIT", "1", "ab\ufffd"),
    (b"", "UTF-8", "0", ""),
])  # fmt: skip
def test_any_octets_are_read(octets: bytes, charset: str, coding: str, text: str) -> None:
    assert letters(octets, charset, coding) == text


@pytest.mark.parametrize(("sender", "number"), [
    ("+33639980001", "+33639980001"),
    ("0639980001", "+33639980001"),
    ("33639980001", "+33639980001"),
    ("06 12 34 56 78", "+33612345678"),
    ("0033612345678", "+33612345678"),
    ("+33 (0)6 12 34 56 78", "+33612345678"),
    ("0692123456", "+262692123456"),
    ("0639012345", "+262639012345"),
    ("0690123456", "+590690123456"),
    ("0696123456", "+596696123456"),
    ("0694123456", "+594694123456"),
    ("+2349067554729", "+2349067554729"),
    ("+68673076228", "+68673076228"),
    ("36111", None),
    ("38100", None),
    ("3646", None),
    ("118218", None),
    ("INFO", None),
    ("", None),
    ("+", None),
    ("+1", None),
    ("1" * 40, None),
    ("٠٦١٢٣٤٥٦٧٨", None),
])  # fmt: skip
def test_a_number_is_one_number_however_it_is_written(sender: str, number: str | None) -> None:
    assert normalise(sender) == number
