"""SMS through Debian's Kannel: both boxes running with our own configuration, its fake operator for the telephones."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import structlog
from aiohttp import web

from bot.channels import Fatal, Rejected, SendError
from bot.channels.kannel import Kannel, check
from bot.settings import Settings
from conversations.messages import Inbound, Receipt, Words
from tests.conftest import Clock
from tests.notebook import when
from tests.peers import free_ports
from tests.peers.handsets import Handsets
from tests.peers.kannel import Gateway, kannel_peer
from tests.sms_city import MARK, OURS, PASSWORD, PHONE, SECRET, configured, dated, say


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
            await service.channel.send(dated(say(91, f"{MARK}, une minute"), clock.now() + timedelta(seconds=61)))
            await service.channel.send(dated(say(92, f"{MARK}, une heure"), clock.now() + timedelta(hours=1)))
            await when(lambda: "failed" in service.receipts(91), seconds=110)
            async with running.phones as phones:
                assert (await phones.next(30)).text == f"{MARK}, une heure"
                await service.delivered(92)


# the doctor


@real
async def test_the_doctor_is_content_with_our_configuration_and_knows_a_wrong_password(gateway: tuple[Gateway, Settings]) -> None:
    running, given = gateway
    conf = running.work / "kannel.conf"
    assert await asyncio.to_thread(check, given, conf) == []
    (found,) = await asyncio.to_thread(check, replace(given, kannel_password="wrong"), conf)
    assert (found.level, found.what) == ("critical", "Kannel refuses user or password")
