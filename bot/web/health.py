"""/health, /ready, /metrics: what machines ask about this machine."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

import msgspec
from aiohttp import web

from bot.ledger import Overloaded
from bot.web.keys import CHANNELS, HOUSE, LEDGER, SERVICE, SETTINGS
from outreach import db, keyhole, leases, outbox, trouble

Check = Callable[[web.Application], Awaitable[bool]]
_PATIENCE = 5  # seconds: a writer that needs longer is not fit for work


async def alive(_request: web.Request) -> web.Response:
    """Alive: this process answers."""
    return web.json_response({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.Response:
    """Fit for work: each check by name, 503 when one fails. A provider that refuses us is told, and messages are taken all the same."""
    checks = {name: await _holds(check, request.app) for name, check in _CHECKS.items()}
    well = all(checks.values())
    service = request.app.get(SERVICE)
    troubles = {"troubles": service.troubles} if service and service.troubles else {}
    body = msgspec.json.encode({"status": "ready" if well else "not ready", **checks, **troubles})
    return web.Response(body=body, status=200 if well else 503, content_type="application/json", headers={"Cache-Control": "no-store"})


async def _holds(check: Check, app: web.Application) -> bool:
    """A database that is away or full is no fault of ours: the check does not hold."""
    try:
        return await check(app)
    except Exception as error:
        if isinstance(error, (Overloaded, TimeoutError)) or trouble.kind(error) in {"again", "down"}:
            return False
        raise


async def _migrated(app: web.Application) -> bool:
    try:
        return await asyncio.to_thread(db.is_current, app[LEDGER].database)
    except db.NewerDatabase:
        return False


async def _key(app: web.Application) -> bool:
    return await app[LEDGER].read(keyhole.fingerprint) == app[HOUSE].keys.fingerprint


async def _writer(app: web.Application) -> bool:
    """A row that is written, through the same queue as everyone's: on a full disk a transaction of nothing still succeeds."""
    async with asyncio.timeout(_PATIENCE):
        await app[LEDGER].write(leases.hold, "ready", "ready", 1)
    return True


async def _leases(app: web.Application) -> bool:
    """Somebody sends on each network. A web process takes messages in all the same while the others are away."""
    service = app.get(SERVICE)
    if service is None or service.role == "web":
        return True
    networks = {network for channel in app[CHANNELS].values() for network in getattr(channel, "networks", (channel.network,))}
    held = await app[LEDGER].read(leases.holders)
    return all(outbox.lease_name(network) in held for network in networks)


async def metrics(request: web.Request) -> web.Response:
    """Prometheus's text format, for this machine or who has the token."""
    if not _may_measure(request):
        raise web.HTTPForbidden
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})


def _may_measure(request: web.Request) -> bool:
    token = request.app[SETTINGS].metrics_token
    if token and hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return True
    # behind a proxy on this machine everybody comes from loopback
    forwarded = {"Forwarded", "X-Forwarded-For", "Via"} & set(request.headers)
    return not forwarded and bool(request.remote) and ip_address(str(request.remote)).is_loopback


_CHECKS = {"migrated": _migrated, "key": _key, "writer": _writer, "leases": _leases}
