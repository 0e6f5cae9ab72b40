"""Forms: their fields, and the token that proves they are ours."""

import hmac
import secrets
from collections.abc import Iterator

from aiohttp import web

from bot.web import bodies
from bot.web.errors import Problem
from conversations.text import _

FIELD = "csrf"
HEADER = "X-Form-Token"
_COOKIE = "allervers_form"
_OLD = _("This form is too old, or not of this page. Load the page again, then fill it in.")


class Form:
    """The fields that were sent: words without the blanks around them, "" for what is missing."""

    def __init__(self, fields: dict[str, str], files: dict[str, bytes] | None = None) -> None:
        """`fields` as they came, and the files that were sent along."""
        self._fields, self._files = fields, files or {}

    def sent(self, name: str) -> bool:
        """Whether a file was chosen, an empty one too."""
        return name in self._files

    def file(self, name: str) -> bytes:
        """What is in a file that was sent; nothing when none was."""
        return self._files.get(name, b"")

    def __getitem__(self, name: str) -> str:
        """One field; "" when it was not sent. A zero byte, which no database keeps as text, is nobody's word."""
        return self._fields.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()

    def whole(self, name: str) -> str:
        """One field with its blanks: a password may begin with one."""
        return self._fields.get(name, "")

    def __iter__(self) -> Iterator[str]:
        """The names that were sent."""
        return iter(self._fields)


async def read(request: web.Request, token: str) -> Form:
    """The form of a POST whose `csrf` field is `token`; 403 when it is not."""
    sent = await bodies.fields(request)
    files = {name: value.file.read() for name, value in sent.items() if isinstance(value, web.FileField) and value.filename}
    form = Form({name: value for name, value in sent.items() if isinstance(value, str)}, files)
    _prove(form[FIELD], token)
    return form


def prove(request: web.Request, token: str) -> None:
    """The same for what a script of a page sends: its token is in a header. 403 when it is another."""
    _prove(request.headers.get(HEADER, ""), token)


def _prove(sent: str, token: str) -> None:
    if not token or not hmac.compare_digest(sent.encode(errors="replace"), token.encode()):
        raise Problem(403, _OLD)


def stranger_token(request: web.Request) -> str:
    """The token of somebody who is not signed in: the same in a cookie and in the form (double submit)."""
    kept = request.cookies.get(_COOKIE, "")
    return kept if kept and kept.isascii() else secrets.token_urlsafe(32)


def remember_stranger(request: web.Request, response: web.StreamResponse, token: str, *, secure: bool) -> None:
    """Set the cookie that the form is compared with."""
    if request.cookies.get(_COOKIE) != token:
        response.set_cookie(_COOKIE, token, path="/desk", httponly=True, secure=secure, samesite="Strict")
