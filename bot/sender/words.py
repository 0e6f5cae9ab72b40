"""What the parts of the sender share: its manners, the ledger as it sees it, its complaints."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from bot.telemetry import log


class Ledger(Protocol):
    """The office's writer and readers: `verb(session, *args, **kw)` in a transaction of its own."""

    def write(self, verb: Any, /, *args: Any, **kw: Any) -> Coroutine[Any, Any, Any]:  # noqa: ANN401 - any verb of the office
        """Its result, after the commit."""
        ...

    def read(self, verb: Any, /, *args: Any, **kw: Any) -> Coroutine[Any, Any, Any]:  # noqa: ANN401 - the same
        """Its result."""
        ...


@dataclass(frozen=True)
class Manners:
    """Seconds, as they are in service; tests hurry."""

    lease: float = 6  # how long a dead holder's network stays still
    poll: float = 1  # a look at the outbox when no bell rang
    answer: float = 90  # the longest wait for a provider
    grace: float = 8  # for messages on their way when the service stops
    rest: float = 1  # the silence of a holder that comes after another


def complain(event: str, network: str, error: BaseException) -> None:
    """The kind of an error and, of a channel's own kinds, its words; never a library's text: it may hold a number."""
    log.error(event, network=network, error=type(error).__name__, why=getattr(error, "why", ""))
