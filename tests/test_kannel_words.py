"""Kannel without a gateway: its configuration, what its answers mean, and the letters and numbers that it brings."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from click.testing import CliRunner

from bot.channels import Fatal, Rejected, SendError, Throttled, Unreachable, kannel, kannel_conf
from bot.channels.kannel import Kannel, check, letters
from bot.channels.kannel_conf import examine
from bot.channels.numbers import normalise
from bot.cli.checks import kannel_command
from conversations.messages import Inbound
from conversations.segments import count
from tests.conftest import Clock
from tests.peers import free_ports
from tests.sms_city import MARK, SECRET, configured, dated, say


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


@pytest.mark.parametrize(("level", "is_silent"), [
    ("debug", False), ("", False), ("0x04", True), ("04", True), ("4 # panics", True), ("5", True), ("-1", False), ("9" * 30, True),
])  # fmt: skip
def test_a_level_that_is_no_number_is_read_as_kannel_reads_it(level: str, is_silent: bool) -> None:  # noqa: FBT001 - a row of the table
    text = kannel.configuration(configured("http://127.0.0.1:13013")).replace("log-level = 4", f"log-level = {level}")
    assert (examine(text) == []) is is_silent


def test_what_goes_to_syslog_is_seen() -> None:
    good = kannel.configuration(configured("http://127.0.0.1:13013"))
    assert [one.what for one in examine(good.replace("group = core", "group = core\nsyslog-level = 1"))] == [
        "Kannel writes numbers and texts to syslog"
    ]
    assert examine(good.replace("group = core", "group = core\nsyslog-level = none")) == []


def test_what_a_configuration_includes_is_looked_at_too(tmp_path: Path) -> None:
    (closed,) = free_ports(1)
    given, conf, folder = configured(f"http://127.0.0.1:{closed}"), tmp_path / "kannel.conf", tmp_path / "more"
    folder.mkdir()
    good = kannel.configuration(given)
    (folder / "leak.conf").write_text(f"group = smsbox\nlog-level = 0\nlog-file = x\nhttp-request-retry = 100000\ninclude = {conf}\n")
    conf.write_text(f'{good}\ninclude = "{folder}"\n')
    assert [one.what for one in check(given, conf)][1:] == ["Kannel's log of `smsbox` names numbers and texts"]
    conf.write_text(f'{good}\ninclude = "{tmp_path}/none.conf"\n')
    assert [one.what for one in check(given, conf)][1:] == [f"{tmp_path}/none.conf, which {conf} includes, is missing"]


def test_a_link_to_an_operator_is_written_as_the_contract_says() -> None:
    given = configured("http://127.0.0.1:13013", KANNEL_RATE="40")
    link = kannel_conf.smpp(given, kannel_conf.Account("smpp.operator.example", 3550, "ville", "p@ss=word#", tls=True, system_type="VMA"))
    for line in (
        'host = "smpp.operator.example"', "port = 3550", "use-ssl = true", 'smsc-username = "ville"', 'smsc-password = "p@ss=word#"',
        'system-type = "VMA"', "throughput = 40", "source-addr-ton = 3",
    ):  # fmt: skip
        assert line in link.splitlines()
    assert link in kannel.configuration(given, operator=link)
    with pytest.raises(ValueError, match="quotation mark"):
        kannel_conf.smpp(given, kannel_conf.Account(password='a"\ngroup = core'))
    for sender, kind in (("38100", 3), ("+33937000000", 1), ("NANTES", 5)):
        assert f"source-addr-ton = {kind}\n" in kannel_conf.smpp(configured("http://127.0.0.1:13013", KANNEL_SENDER=sender))


def test_the_command_writes_a_whole_file_for_an_operators_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"URL": "http://127.0.0.1:13013", "USERNAME": "outreach", "PASSWORD": "p", "SENDER": "38100", "SECRET": SECRET}
    for name, value in given.items():
        monkeypatch.setenv(f"ALLERVERS_KANNEL_{name}", value)
    words = ["--smpp", "smpp.operator.example:3550", "--user", "ville", "--tls"]
    done = CliRunner().invoke(kannel_command, [*words, "--password-stdin"], input="p@ss\n")
    assert done.exit_code == 0, done.output
    assert 'smsc-password = "p@ss"' in done.output
    assert examine(done.output) == []
    asked = CliRunner().invoke(kannel_command, words, input="p@ss\n")
    assert asked.exit_code == 0
    assert "smsc-password = " in asked.stdout
    assert CliRunner().invoke(kannel_command, ["--smpp", "no-port", "--user", "ville"]).exit_code == 2
    assert CliRunner().invoke(kannel_command, [*words, "--password-stdin"], input='a"b\n').exit_code == 1


def test_the_configuration_listens_on_loopback_and_holds_our_addresses() -> None:
    text = kannel.configuration(configured("http://127.0.0.1:14013", 8099))
    assert "sendsms-port = 14013" in text
    assert f"http://127.0.0.1:8099/channels/kannel/mo?secret={SECRET}&id=%I&from=%p&to=%P&charset=%C&coding=%c&udh=%u" in text
    interfaces = [line for line in text.splitlines() if line.endswith(("-interface", "-host")) or "-interface =" in line]
    assert interfaces
    assert all(line.endswith("127.0.0.1") for line in interfaces)
    away = kannel.configuration(configured("https://sms.ville.example", PUBLIC_URL="https://dialogue.ville.example"))
    assert "https://dialogue.ville.example/channels/kannel/mo" in away


# the answers below are our reading of channels.md


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
    message = dated(say(1, MARK), clock.now() + timedelta(seconds=seconds))
    assert channel._headers(message, count(MARK))["X-Kannel-Validity"] == minutes
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
    ("5 €".encode("cp1252"), "windows-1252", "0", "5 €"),
    ("5 €".encode("iso8859-15"), "ISO-8859-15", "0", "5 €"),
    ("été".encode("utf-16-le"), "UTF-16LE", "0", "été"),
    (b"a+2AA-", "utf-7", "0", "a+2AA-"),
    (b"a\\ud800", "unicode_escape", "0", "a\\ud800"),
    (b"a\\ud800", "raw_unicode_escape", "0", "a\\ud800"),
    ("été".encode(), "undefined", "0", "été"),
    ("été".encode(), "punycode", "0", "été"),
    ("été".encode(), "idna", "0", "été"),
    ("été".encode(), "hex", "0", "été"),
    (b"a\xed\xa0\x80", "UTF-8", "0", "aí\xa0€"),
    (b"\0a\xd8\0\0b", "UTF-16BE", "2", "a\ufffdb"),
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


async def test_a_receiver_that_no_column_holds_is_cut(clock: Clock) -> None:
    """PostgreSQL refuses both: the operator would repeat such a message for ever."""
    channel = Kannel(configured("http://127.0.0.1:13013"), clock)
    path = f"/channels/kannel/mo?secret={SECRET}&id=1&from=%2B33639980001&text=Bonjour&to=38%00100{'9' * 90}"
    (inbound,) = await channel.read(make_mocked_request("GET", path))
    assert isinstance(inbound, Inbound)
    assert inbound.account.startswith("38100")
    assert len(inbound.account) == 64
