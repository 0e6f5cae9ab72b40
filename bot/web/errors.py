"""What went wrong, as a page for people and as an RFC 9457 problem for programs."""

from collections.abc import Mapping, Sequence
from gettext import NullTranslations
from http import HTTPStatus

import msgspec

from conversations.text import Text, render, verbatim

_ENGLISH = NullTranslations()


class Fault(msgspec.Struct, frozen=True):
    """One thing to mend: where, and how."""

    field: str
    message: str


class ProblemDocument(msgspec.Struct, frozen=True):
    """RFC 9457 section 3, with the list of faults as an extension member."""

    title: str
    status: int
    detail: str = ""
    errors: Sequence[Fault] = ()
    type: str = "about:blank"


class Problem(Exception):
    """A refusal with its reason: the middleware shows it to whoever asked."""

    def __init__(
        self, status: int, detail: Text | str = "", *, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        """`status` is the HTTP status, `detail` one sentence for the person who must act."""
        self.detail = detail if isinstance(detail, Text) else verbatim(detail)
        super().__init__(self.detail.msgid)
        self.status = status
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def document(self) -> ProblemDocument:
        """The body of `application/problem+json`."""
        return ProblemDocument(HTTPStatus(self.status).phrase, self.status, render(self.detail, _ENGLISH), self.errors)
