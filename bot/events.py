"""POST /channels/records/{name}: what a platform tells of our copies, signed (Standard Webhooks); each event counts once."""

from datetime import datetime
from typing import Any

import msgspec
import structlog
from aiohttp import web

from bot.targets import NotUs, webhooks
from bot.targets.webhooks import NotSigned
from bot.web import CLOCK, LEDGER
from bot.web.bodies import whole
from outreach import relays
from outreach.relays import Copy, Opened

_log = structlog.get_logger("events")


class _Data(msgspec.Struct, frozen=True):
    ref: str = ""
    id: str = ""
    url: str = ""
    text: str | None = None
    why: str = ""


class _Event(msgspec.Struct, frozen=True):
    """`record.confirmed` {ref, id, url, text}, `record.withdrawn` {ref}, `record.refused` {ref, why}; others are not for us."""

    type: str
    data: _Data = _Data()


def mount(app: web.Application) -> None:
    """Add the address."""
    app.router.add_post("/channels/records/{name:[a-z0-9-]+}", take)


async def take(request: web.Request) -> web.Response:
    """200 once it is committed; 401 when it is not from there or not from now; 409 for the very same request a second time."""
    found: list[Opened] = await request.app[LEDGER].read(relays.opened, request.match_info["name"])
    if not found or found[0].kind != "webhooks":
        return web.Response(status=404)
    body = await whole(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        id_, stamp = webhooks.verify(found[0].options.get("secret", ""), body, headers)
    except (NotSigned, NotUs) as error:
        _log.warning("event_refused", target=found[0].name, why=str(error))
        return web.Response(status=401)
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return web.Response(status=400)
    heard = await request.app[LEDGER].write(_carry_out, found[0].id, id_[:80], stamp, event, request.app[CLOCK].now())
    return web.Response(status=409 if heard == "replay" else 200)


def _carry_out(session: Any, target_id: int, id_: str, stamp: int, event: _Event, now: datetime) -> str:  # noqa: ANN401, PLR0917 - the office's session; one event
    """The event and that it was heard, in one transaction."""
    heard = relays.hear(session, target_id, id_, stamp, now)
    if heard == "new":
        data = event.data
        match event.type:
            case "record.confirmed":
                relays.found(session, target_id, [Copy(data.ref, data.id[:200], data.url[:300], data.text)], now, "provider")
            case "record.withdrawn":
                relays.gone(session, target_id, [data.ref], now, "provider")
            case "record.refused":
                relays.refused(session, target_id, data.ref, data.why, now=now, actor="provider")
    return heard
