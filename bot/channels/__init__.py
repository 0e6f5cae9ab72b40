"""What a channel is, the ways a sending can fail, and which channels a city has."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, Union

from aiohttp import web

from bot.settings import Settings
from conversations.messages import Inbound, Network, Outbound, Receipt

Said: TypeAlias = Union[Inbound, Receipt]
Receive: TypeAlias = Callable[[Inbound], Awaitable[object]]


class Clock(Protocol):
    """The only one who knows the time."""

    def now(self) -> datetime:
        """The instant, aware."""
        ...


class Channel(Protocol):
    """One provider's door to a network. `read` and `send` are all that most of them need."""

    name: str  # also its address: /channels/<name>
    network: Network  # where it reaches people

    @property
    def networks(self) -> tuple[Network, ...]:
        """Every network that it is a door to: more than one for the simulator alone."""
        return (self.network,)

    async def read(self, request: web.Request) -> Sequence[Said]:
        """What this call says, possibly nothing.

        Raises web.HTTPForbidden when it is not from the provider, web.HTTPBadRequest when it says not from whom or which.
        """
        ...

    async def send(self, outbound: Outbound) -> str:
        """Hand a message over and return the provider's id of it, or raise a SendError."""
        ...

    async def acknowledge(self, inbound: Inbound) -> None:
        """Tell the provider, after the commit, that an inbound was taken; where that matters to who waits at a button."""
        del inbound  # most providers don't wait

    async def listen(self, receive: Receive) -> None:
        """Fetch what the provider keeps for us until cancelled; returns at once when the provider calls us instead."""
        del receive

    async def open(self) -> None:
        """Get ready to send; does not wait for the network."""
        ...

    async def close(self) -> None:
        """Give back what `open` took."""
        ...


class SendError(Exception):
    """Why a message was not handed over. Its words hold neither address nor text."""

    def __init__(self, why: str = "") -> None:
        """`why` is for logs, the audit and staff."""
        super().__init__(why)
        self.why = why


class Unreachable(SendError):
    """The provider did not take it, or did not say so in time. Try again, unless `sent` is "maybe" and twice would harm."""

    def __init__(self, after: float | None = None, sent: Literal["no", "maybe"] = "no", why: str = "unreachable") -> None:
        """`after`: seconds to wait, when the provider gave any."""
        super().__init__(why)
        self.after = after
        self.sent: Literal["no", "maybe"] = sent


class Throttled(SendError):
    """Too fast: hold the whole network for `after` seconds; the message was not sent and is not to blame."""

    def __init__(self, after: float | None = None, why: str = "throttled") -> None:
        super().__init__(why)
        self.after = after


class Rejected(SendError):
    """The provider will never take this message: our fault, for the list that people look at."""


class Stopped(SendError):
    """The person closed the door, or is gone: nothing more goes there until they write again."""


class Fatal(SendError):
    """The provider does not know us: a wrong token or password. Every further try is useless until a person mends it."""


class Moved(SendError):
    """The address changed; `address` is the new one and the message goes there at once."""

    def __init__(self, address: str) -> None:
        super().__init__("moved")
        self.address = address


def registry(settings: Settings, clock: Clock) -> dict[str, Channel]:
    """The channels that the settings open, by name. A library is imported only for a channel that is used."""
    found: dict[str, Channel] = {}
    if settings.telegram_token:
        from bot.channels.telegram import Telegram

        found["telegram"] = Telegram(settings, clock)
    if settings.kannel_url:
        from bot.channels.kannel import Kannel

        found["kannel"] = Kannel(settings, clock)
    if settings.simulator:
        from bot.channels.simulator import Simulator

        found["simulator"] = Simulator(clock)
    return found
