"""Calls to a platform: what surely did not happen, what may have, what was refused; no secret in any error."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from bot.targets import Away, Broken, NotUs, Refused, Situation, Slow, TargetError, Unclear

CONNECT_SECONDS = 10.0
CONNECTIONS = 16
LARGEST = 16 * 1024 * 1024  # bytes of an answer
_BAD, _UNAUTHORISED, _FORBIDDEN, _TOO_MANY, _SERVER, _UNAVAILABLE = 400, 401, 403, 429, 500, 503
_NO_CONNECTION = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
_SHORT = 150


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """The body. Raises Broken for anything else: a proxy's page is no answer."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Broken(f"{self.status}, not JSON") from None


class Client:
    """One pool of connections to one platform. Nothing is followed elsewhere, no cookie is kept."""

    def __init__(self, base: str, situation: Situation) -> None:
        """`base`: the address before every path."""
        self.base = base.rstrip("/")
        self._situation = situation
        self._is_here = urlsplit(base).hostname in {"127.0.0.1", "::1", "localhost"}
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready."""
        if self._session is None:
            limits = aiohttp.ClientTimeout(total=self._situation.seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=4.0)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=limits)

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self,
        method: str,
        path: str,
        *,
        safe: bool | None = None,
        headers: Mapping[str, str] | None = None,
        **body: Any,  # noqa: ANN401 - of aiohttp
    ) -> Answer:
        """One call, whatever its status below 500. `safe` (GETs are): twice does no harm, so no answer is no doubt.

        Raises Away, Broken, Unclear or Slow.
        """
        if self._session is None:
            raise Away("not open")
        is_safe = method == "GET" if safe is None else safe
        unanswered: type[TargetError] = Broken if is_safe else Unclear
        proxy = None if self._is_here else self._situation.proxy or None
        try:
            async with self._session.request(
                method, self.base + path, headers=headers, proxy=proxy, allow_redirects=False, **body
            ) as response:
                read = await response.content.read(LARGEST + 1)
                while len(read) <= LARGEST and (more := await response.content.read(LARGEST + 1 - len(read))):
                    read += more
                answer = Answer(response.status, response.headers, read)
        # the words of these errors may hold the address and what is in it: only their kind goes on
        except _NO_CONNECTION as error:
            raise Away(f"no connection ({type(error).__name__})") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unanswered(f"no answer ({type(error).__name__})") from None
        if len(read) > LARGEST:
            raise unanswered("an answer without end")
        _judge(self._situation, answer, unanswered)
        return answer


def _judge(situation: Situation, answer: Answer, unanswered: type[TargetError]) -> None:
    after = answer.headers.get("Retry-After", "")
    if answer.status == _TOO_MANY or (answer.status == _UNAVAILABLE and after):
        raise Slow(_seconds(situation, after), f"answered {answer.status}")
    if answer.status >= _SERVER:
        raise unanswered(f"answered {answer.status}")


def _seconds(situation: Situation, after: str) -> float:
    """`Retry-After`: seconds, or a date."""
    if after.isdecimal():
        return min(float(after), 86400.0)
    try:
        return min(max((parsedate_to_datetime(after) - situation.now()).total_seconds(), 1.0), 86400.0)
    except (TypeError, ValueError):
        return 60.0


def check(answer: Answer, *expected: int, told: str = "") -> Answer:
    """The answer when its status is one of these. Raises NotUs for 401 and 403, Refused with `told` for any other."""
    if answer.status in expected:
        return answer
    if answer.status in {_UNAUTHORISED, _FORBIDDEN}:
        raise NotUs(f"answered {answer.status} {told}".strip())
    raise Refused(f"answered {answer.status} {short(told)}".strip())


def an_object(answer: Answer, *, changes: bool = False) -> dict[str, Any]:
    """A JSON object. Raises Unclear when a call that changes something was answered otherwise, Broken for any other."""
    try:
        return msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise (Unclear if changes else Broken)(f"{answer.status}, not a JSON object") from None


def short(words: object) -> str:
    """A platform's own words, one line."""
    line = " ".join(str(words).split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"
