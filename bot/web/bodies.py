"""What was sent with a request, read: what can't be read is refused in a sentence, not an error of ours."""

import zlib
from typing import TypeAlias

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.web_protocol import RequestPayloadError
from multidict import MultiDictProxy

from bot.web.errors import Problem
from conversations.text import _

Fields: TypeAlias = MultiDictProxy[str | bytes | bytearray | web.FileField]

UNREADABLE = (ValueError, LookupError, RuntimeError, BadHttpMessage, RequestPayloadError, zlib.error)
"""All that a body raises whose encoding, boundary, charset or compression is not what its head says."""
_BROKEN = _("What was sent can't be read. Load the page again, then send it once more.")

_LAST = {"Connection": "close"}
"""Where such a body ends is unknown: nothing more is read from who sent it."""


async def whole(request: web.Request) -> bytes:
    """The body as it is; 400 when it is not packed as its head says."""
    try:
        return await request.read()
    except UNREADABLE:
        raise Problem(400, "the body can't be read: it is not packed as its head says", headers=_LAST) from None


async def fields(request: web.Request) -> Fields:
    """The fields of a form; 400 when it is none, or holds letters that no encoding has (half of a pair)."""
    try:
        sent = await request.post()
        for name, value in sent.items():
            (name + value if isinstance(value, str) else name).encode()
    except UNREADABLE:
        raise Problem(400, _BROKEN, headers=_LAST) from None
    return sent
