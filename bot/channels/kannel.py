"""SMS through Kannel: sendsms out, inbound messages and receipts in."""

import codecs
import hmac
import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes, urlsplit

import aiohttp
import structlog
from aiohttp import web

from bot.channels import Channel, Clock, Fatal, Rejected, Said, SendError, Throttled, Unreachable
from bot.channels.kannel_conf import DLR_PATH, MOST_PARTS, callback, check, configuration, credentials, is_loopback, sendsms_url
from bot.channels.numbers import normalise
from bot.settings import Settings
from conversations.messages import Inbound, Network, Outbound, Receipt, Words
from conversations.segments import Segments, count

__all__ = ["Kannel", "check", "configuration"]

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
CONNECTIONS = 32
KEEP_SECONDS = 15.0
ACCOUNT_LETTERS = 64  # what the office's column holds

DELIVERED, FAILED, QUEUED, ACCEPTED, REFUSED, EXPIRED = 1, 2, 4, 8, 16, 32
"""Bits of a receipt's type; 32 is not in the manual, an expired message comes as 34."""
ALL_RECEIPTS = DELIVERED | FAILED | QUEUED | ACCEPTED | REFUSED

_DIGITS = 19
_CHARSETS = frozenset({"ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16", "utf-16-be", "utf-16-le"})  # beside UTF-8, by Python's names
_PORTS = frozenset({0x04, 0x05})  # user data headers that address a program on the phone, not the person
_RECEIPT = re.compile(r"stat:(?P<stat>\w{1,10})(?:.*?err:(?P<err>\w{1,10}))?", re.DOTALL)
_REASON = re.compile(r"NACK/(?P<why>[^0-9]*(?:0x[0-9a-fA-F]{1,8}/)?[A-Za-z ]*)")

_log = structlog.get_logger("channels.kannel")


class Kannel(Channel):
    """One smsbox."""

    name = "kannel"
    network: Network = "sms"

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Nothing is opened yet."""
        self._settings, self._clock = settings, clock
        self._url = sendsms_url(settings)
        self._proxy = None if is_loopback(self._url) else settings.proxy_url or None
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Open the pool of connections."""
        limits = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS)
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_SECONDS)
        self._session = aiohttp.ClientSession(connector=connector, timeout=limits, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def read(self, request: web.Request) -> Sequence[Said]:
        """An inbound message or a receipt. Numbers and texts come as bytes: Kannel hands 8-bit messages on as they are."""
        given = _parameters(request)
        secret = self._settings.kannel_secret.encode()
        if not secret or not hmac.compare_digest(given.get("secret", b""), secret):
            raise web.HTTPForbidden
        if request.path == DLR_PATH:
            return _receipt(given)
        return await self._message(request, given)

    async def _message(self, request: web.Request, given: Mapping[str, bytes]) -> Sequence[Inbound]:
        sender, key = _plain(given, "from"), _plain(given, "id")
        if not sender or not key:
            raise web.HTTPBadRequest(text="from or id is missing")
        address = normalise(sender, self._settings.territory)
        if address is None:  # a short code or a name: nobody could read an answer
            _log.info("a message from what is no telephone was left aside")
            return ()
        if _is_for_a_program(given.get("udh", b"")):
            _log.info("a message for a program was left aside")
            return ()
        octets, charset = given.get("text"), _plain(given, "charset")
        if octets is None:
            octets, charset = await request.read(), request.charset or charset
        what = Words(letters(octets, charset, _plain(given, "coding")), message=key)
        account = _plain(given, "to")[:ACCOUNT_LETTERS] or self._settings.kannel_sender
        return (Inbound(self.name, account, key, self.network, address, what, self._clock.now()),)

    async def send(self, outbound: Outbound) -> str:
        """Hand an SMS over. Kannel gives no id, so the receipts come under our own."""
        segments = count(outbound.text)
        if not outbound.text.strip() or segments.parts > MOST_PARTS:
            raise Rejected(f"text of {segments.parts} parts, 1 to {MOST_PARTS} allowed")
        if self._session is None:
            raise Unreachable(why="the channel is not open")
        try:
            async with self._session.post(
                self._url, data=outbound.text.encode(), headers=self._headers(outbound, segments), proxy=self._proxy, allow_redirects=False
            ) as answer:
                words = (await answer.read())[:200].decode(errors="replace")
                status = answer.status
        # the errors of aiohttp may hold the URL: none of them goes on
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL) as error:
            raise Unreachable(why=f"no connection ({type(error).__name__})") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(sent="maybe", why=f"no answer ({type(error).__name__})") from None
        if (refused := refusal(status, words)) is not None:
            raise refused
        return str(outbound.id)

    def _headers(self, outbound: Outbound, segments: Segments) -> dict[str, str]:
        """Sendsms by POST: number, text and password in no URL, so in nobody's log of URLs."""
        headers = credentials(self._settings) | {
            "X-Kannel-From": self._settings.kannel_sender,
            "X-Kannel-To": outbound.address,
            "Content-Type": 'text/plain; charset="UTF-8"',
            # a letter outside GSM-7 sent with coding 0 arrives as "?": Kannel doesn't look, so we choose
            "X-Kannel-Coding": "0" if segments.encoding == "GSM-7" else "2",
            "X-Kannel-DLR-Mask": str(ALL_RECEIPTS),
            "X-Kannel-DLR-Url": callback(self._settings, DLR_PATH, f"id={outbound.id}&type=%d&reason=%A"),
        }
        if outbound.until is not None:
            # what Kannel still holds then, the operator being away, it drops and tells us so (type 16, "validity expired")
            headers["X-Kannel-Validity"] = str(max(1, int((outbound.until - self._clock.now()).total_seconds()) // 60))
        return headers


def refusal(status: int, words: str) -> SendError | None:  # noqa: PLR0911 - a table, a line for each answer
    """What smsbox's answer means; nothing when it took the message ("0: Accepted for delivery", "3: Queued for later delivery")."""
    if status in range(200, 300):
        return None
    if status == web.HTTPTooManyRequests.status_code:
        return Throttled()
    if status == web.HTTPUnauthorized.status_code or (status == web.HTTPForbidden.status_code and "authorization" in words.lower()):
        return Fatal("Kannel refuses user or password: see ALLERVERS_KANNEL_USERNAME and sendsms-user in kannel.conf")
    if status in {web.HTTPNotFound.status_code, web.HTTPMethodNotAllowed.status_code}:
        return Fatal("no sendsms answers at ALLERVERS_KANNEL_URL")
    if status == web.HTTPGatewayTimeout.status_code:
        return Unreachable(sent="maybe", why=f"status {status}")
    if status >= web.HTTPInternalServerError.status_code:
        return Unreachable(why=f"status {status}")
    return Rejected(f"status {status}")


def letters(octets: bytes, charset: str, coding: str) -> str:
    """The text of an inbound SMS.

    With mo-recode Kannel sends UTF-8; what came as 8-bit data it sends unchanged (charset "8-BIT"), mostly UTF-8 all the same.
    """
    charset = charset.upper()
    if (coding == "2" and charset != "UTF-8") or charset in {"UTF-16BE", "UCS-2", "UCS2"}:
        return octets.decode("utf-16-be", "replace").replace("\0", "")
    if _is_of_phones(charset):
        try:
            return octets.decode(charset).replace("\0", "")
        except UnicodeDecodeError:
            pass
    try:
        return octets.decode().replace("\0", "")
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace").replace("\0", "")


def _is_of_phones(charset: str) -> bool:
    """Whether an SMS may come in it: Python knows many more, and some of them write letters that nothing can keep."""
    try:
        return codecs.lookup(charset).name in _CHARSETS
    except (LookupError, ValueError):
        return False


def _receipt(given: Mapping[str, bytes]) -> Sequence[Receipt]:
    number, kind = _plain(given, "id"), _plain(given, "type")
    if not number:
        raise web.HTTPBadRequest(text="id is missing")
    outbound, bits, why = _as_number(number), _as_number(kind), _why(_plain(given, "reason"))
    if min(outbound, bits) < 0:
        _log.warning("a receipt can't be read")
        return ()
    if bits & DELIVERED:
        return (Receipt("kannel", outbound, "delivered"),)
    if bits & (FAILED | REFUSED | EXPIRED):
        return (Receipt("kannel", outbound, "failed", why or f"type {bits}"),)
    if bits & (QUEUED | ACCEPTED):
        return (Receipt("kannel", outbound, "wired"),)
    _log.warning("a receipt can't be read")
    return ()


def _why(reason: str) -> str:
    """The operator's code for a failure. A whole receipt may quote the text, so no more than the codes are taken."""
    if found := _RECEIPT.search(reason):
        return " ".join(filter(None, (found["stat"], found["err"])))
    found = _REASON.match(reason)
    return found["why"].strip("/ ")[:60] if found else ""


def _as_number(text: str) -> int:
    """What a 64-bit column holds; -1 for anything else. Our own numbers have 19 digits from July 2027 on."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else -1
    return number if number < 1 << 63 else -1


def _is_for_a_program(udh: bytes) -> bool:
    """Whether the user data header addresses a port: a ringtone, a settings message, an MMS notice."""
    place = 1
    while place + 1 < len(udh):
        if udh[place] in _PORTS:
            return True
        place += 2 + udh[place + 1]
    return False


def _parameters(request: web.Request) -> dict[str, bytes]:
    """The query as bytes: a percent escape that is not UTF-8 must survive."""
    found: dict[str, bytes] = {}
    for pair in urlsplit(request.raw_path).query.split("&"):
        name, _, value = pair.partition("=")
        found.setdefault(name, unquote_to_bytes(value.replace("+", " ")))
    return found


def _plain(given: Mapping[str, bytes], name: str) -> str:
    return given.get(name, b"").replace(b"\0", b"").decode("ascii", "replace").strip()
