"""Somebody with a browser that shows nothing: one connection, cookies, forms, and how long each answer took."""

import re
from collections.abc import Mapping
from http.client import HTTPConnection
from time import perf_counter
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from bot.bench import Unfaithful

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_NONE: Mapping[str, str] = MappingProxyType({})
OK, ELSEWHERE = 200, 303


class Answer(NamedTuple):
    """What came back, after so many milliseconds."""

    status: int
    body: bytes
    location: str
    ms: float


class Visitor:
    """One after the other, so that a time is the server's own and not that of a queue."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=600)
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def get(self, address: str) -> Answer:
        """Open a page, or be sent to another one. Raises Unfaithful for anything else."""
        return self._ask("GET", address)

    def post(self, address: str, fields: Mapping[str, str] = _NONE, *, form_on: str) -> Answer:
        """Send a form of that page, with its token."""
        token = _TOKEN.search(self.get(form_on).body.decode())
        if token is None:
            raise Unfaithful(f"{form_on} has no form")
        return self._ask("POST", address, urlencode({"csrf": token[1], **fields}))

    def _ask(self, method: str, address: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = perf_counter()
        self._connection.request(method, address, body, headers)
        answer = self._connection.getresponse()
        read = answer.read()
        spent = (perf_counter() - begun) * 1000
        if answer.status not in {OK, ELSEWHERE}:
            raise Unfaithful(f"{method} {address} answers {answer.status}")
        for line in answer.headers.get_all("Set-Cookie", ()):
            name, _equal, rest = line.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return Answer(answer.status, read, answer.getheader("Location", ""), spent)
