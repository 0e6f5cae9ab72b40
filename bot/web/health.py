"""/health, /ready, /metrics: what machines ask about this machine."""

import asyncio
import hmac
from ipaddress import ip_address

import msgspec
from aiohttp import web

from bot.ledger import Overloaded
from bot.web.keys import CHANNELS, HOUSE, LEDGER, SERVICE, SETTINGS
from outreach import db, keyhole, leases, outbox

_PATIENCE = 5  # seconds: a writer that needs longer is not fit for work


async def alive(_request: web.Request) -> web.Response:
    """Alive: this process answers."""
    return web.json_response({"status": "alive"}, headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.Response:
    """Fit for work: each check by name, 503 when one fails. A provider that refuses us is told, and messages are taken all the same."""
    checks = {name: await check(request.app) for name, check in _CHECKS.items()}
    well = all(checks.values())
    service = request.app.get(SERVICE)
    troubles = {"troubles": service.troubles} if service and service.troubles else {}
    body = msgspec.json.encode({"status": "ready" if well else "not ready", **checks, **troubles})
    return web.Response(body=body, status=200 if well else 503, content_type="application/json", headers={"Cache-Control": "no-store"})


async def _migrated(app: web.Application) -> bool:
    return await asyncio.to_thread(db.is_current, app[LEDGER].database)


async def _key(app: web.Application) -> bool:
    return await app[LEDGER].read(keyhole.fingerprint) == app[HOUSE].keys.fingerprint


async def _writer(app: web.Application) -> bool:
    """A transaction of nothing, through the same queue as everyone's."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await app[LEDGER].write(lambda _session: None)
    except (Overloaded, TimeoutError):
        return False
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
