"""The shell that desk, site, API and simulator share: keys, middlewares, pages, forms, health."""

from collections.abc import Mapping

from aiohttp import web

from bot.channels import Channel
from bot.ledger import Ledger
from bot.settings import Settings
from bot.web.health import alive, metrics, ready
from bot.web.keys import CHANNELS, CLOCK, HOUSE, LEDGER, SERVICE, SETTINGS, Clock, Service
from bot.web.middlewares import explain, secure
from bot.web.static import serve
from outreach.house import House

__all__ = ["CHANNELS", "CLOCK", "HOUSE", "LEDGER", "SERVICE", "SETTINGS", "Clock", "Service", "application"]

_LARGEST_BODY = 1 << 20  # bytes: a process document is 20 kB, an SMS 2 kB


def application(settings: Settings, clock: Clock, ledger: Ledger, house: House, channels: Mapping[str, Channel]) -> web.Application:
    """An application with its middlewares, static files and health; the rooms are mounted on it."""
    app = web.Application(middlewares=[secure, explain], client_max_size=_LARGEST_BODY)
    app[SETTINGS] = settings
    app[CLOCK] = clock
    app[LEDGER] = ledger
    app[HOUSE] = house
    app[CHANNELS] = channels
    app.router.add_get("/static/{name}", serve)
    app.router.add_get("/health", alive)
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", metrics)
    return app
