"""What every handler may reach through its application."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from aiohttp import web

from bot.channels import Channel
from bot.ledger import Ledger
from bot.settings import Settings
from outreach.answers import Book
from outreach.house import House
from outreach.processes import ProcessView


class Clock(Protocol):
    """The only one who knows the time."""

    def now(self) -> datetime:
        """The instant, aware."""
        ...


class Metronome(Protocol):
    """What makes due things happen."""

    async def advance(self, much: timedelta) -> None:
        """Move the clock of a demonstration; returns when everything due on the way is done."""
        ...


class Service(Protocol):
    """The process behind the pages, as much as the simulator and the training need of it."""

    @property
    def metronome(self) -> Metronome:
        """Its beat."""
        ...

    @property
    def role(self) -> str:
        """What it does: "all", "web" or "work"."""
        ...

    @property
    def troubles(self) -> dict[str, str]:
        """Networks on which nothing more is sent, and why."""
        ...

    async def sweep(self) -> None:
        """Do everything that is due now."""
        ...


LEDGER = web.AppKey("ledger", Ledger)
CLOCK = web.AppKey("clock", Clock)
SETTINGS = web.AppKey("settings", Settings)
HOUSE = web.AppKey("house", House)
CHANNELS = web.AppKey("channels", Mapping[str, Channel])
SERVICE = web.AppKey("service", Service)
PublicPage: TypeAlias = Callable[[web.Request, ProcessView, Book], Awaitable[web.Response]]
PUBLIC_PAGE: web.AppKey[PublicPage] = web.AppKey("public_page")
"""How the public site shows a process: put here by the site, so that the desk shows the very same page before it is public."""
FRAMED = web.RequestKey("framed", bool)
"""Set where a page of ours stands inside another one of ours."""


def by_sms(request: web.Request) -> str:
    """The channel that sends SMS; "" without one."""
    return next((name for name, channel in request.app[CHANNELS].items() if "sms" in channel.networks), "")
