"""python-telegram-bot's request object on aiohttp, which carries fourteen times as many messages as its own on httpx."""

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

# RetryAfter gives whole seconds today and a timedelta from a later version: ask for the later one now
os.environ.setdefault("PTB_TIMEDELTA", "1")
# at DEBUG the library logs the parameters of every call, texts and chat ids among them
logging.getLogger("telegram").setLevel(logging.WARNING)

CONNECTIONS = 64
CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
KEEP_SECONDS = 15.0  # a connection that Telegram closed meanwhile would look like an unclear sending
_BAD_GATEWAY, _GATEWAY_TIMEOUT = 502, 504


class NotSent(NetworkError):
    """No connection came about: the request surely never left."""

    __slots__ = ()


class MaybeSent(NetworkError):
    """The request left, and no answer came: it may have been carried out."""

    __slots__ = ()


class Request(BaseRequest):
    """Carries the calls of a `telegram.Bot`; its errors say whether a request may have left."""

    __slots__ = ("_proxy", "_session")

    def __init__(self, proxy: str = "") -> None:
        """`proxy`: the URL of an outbound HTTP proxy, or nothing."""
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds without a word from the server."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Open the pool of connections."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, parameters: Mapping[str, object], seconds: float) -> Any:  # noqa: ANN401 - any JSON
        """One method of the Bot API, its result as it came. Raises what the library's own calls raise."""
        data = RequestData([RequestParameter(name, value, None) for name, value in parameters.items()])
        return await self.post(url, data, read_timeout=seconds)

    async def do_request(  # noqa: PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        write_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - aiohttp has no such limit
        connect_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
        pool_timeout: "ODVInput[float]" = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call: status and body, always JSON. Raises NotSent or MaybeSent."""
        if self._session is None:
            raise NotSent("the channel is not open")
        limits = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(pool_timeout, CONNECT_SECONDS),
            sock_connect=_seconds(connect_timeout, CONNECT_SECONDS),
            sock_read=_seconds(read_timeout, READ_SECONDS),
        )
        data = _body(request_data) if request_data else None
        try:
            async with self._session.request(method, url, data=data, proxy=self._proxy, timeout=limits, allow_redirects=False) as answer:
                body = await answer.read()
                status = answer.status
        # the errors of aiohttp may hold the URL, and with it the token: none of them goes on
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL) as error:
            raise NotSent(f"no connection ({type(error).__name__})") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MaybeSent(f"no answer ({type(error).__name__})") from None
        if status == _GATEWAY_TIMEOUT:  # a gateway that gave up waiting knows as little as we do
            raise MaybeSent("no answer (504)")
        return (status, body) if _is_an_answer(body) else _in_words(status)


def _body(given: RequestData) -> dict[str, str] | aiohttp.FormData:
    if not given.contains_files:
        return given.json_parameters
    form = aiohttp.FormData()
    for name, value in given.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in given.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _seconds(given: "ODVInput[float]", usual: float) -> float | None:
    return given if isinstance(given, int | float) else usual


class _Answer(msgspec.Struct):
    """What every answer of the Bot API has; a proxy's page or its own JSON does not."""

    ok: bool


def _is_an_answer(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _in_words(status: int) -> tuple[int, bytes]:
    """What a proxy's page or its own JSON stands for, whatever its status: Telegram said nothing, least of all that a person left.

    The library would log such a page whole, with a traceback.
    """
    says = {"ok": False, "error_code": _BAD_GATEWAY, "description": f"no answer from the Bot API ({status})"}
    return _BAD_GATEWAY, msgspec.json.encode(says)
