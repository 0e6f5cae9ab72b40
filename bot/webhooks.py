"""POST /channels/…: read, receive, answer after the commit."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.web_protocol import RequestPayloadError

from bot.channels import Channel, Said
from bot.web import CHANNELS, CLOCK, LEDGER
from conversations.messages import Inbound, Press, Receipt
from outreach import outbox

AFTER_SECONDS = 5
"""When a provider may come again while we can't take anything."""

_log = structlog.get_logger("webhooks")
_ACKNOWLEDGING = web.AppKey("acknowledging", set[asyncio.Task[None]])


def mount(app: web.Application) -> None:
    """Add the addresses that the channels' providers call."""
    channels = app[CHANNELS]
    app[_ACKNOWLEDGING] = set()
    if (telegram := channels.get("telegram")) is not None:
        app.router.add_post("/channels/telegram", _takes(telegram))
    if (kannel := channels.get("kannel")) is not None:
        for path in ("/channels/kannel/mo", "/channels/kannel/dlr"):
            app.router.add_get(path, _takes(kannel), allow_head=False)
            app.router.add_post(path, _takes(kannel))
    app.on_cleanup.append(_finish)


def _takes(channel: Channel) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        """200 once everything is committed, or when nobody could read it; 503 when it can't be, and the provider comes again."""
        try:
            said = await channel.read(request)
            await _commit(request.app, said)
        except web.HTTPException as refused:
            return web.Response(status=refused.status)
        except (BadHttpMessage, RequestPayloadError) as error:  # packed otherwise than it says, and so every time it would come again
            _log.warning("a call can't be read", channel=channel.name, error=type(error).__name__)
            return web.Response(headers={"Connection": "close"})
        except Exception as error:  # noqa: BLE001 - never a 500: what was not committed must come again
            # an exception's words may hold a row or a request: its kind is enough
            _log.error("a call could not be taken", channel=channel.name, error=type(error).__name__)
            return web.Response(status=503, headers={"Retry-After": str(getattr(error, "after", AFTER_SECONDS))})
        for inbound in said:
            if isinstance(inbound, Inbound) and isinstance(inbound.what, Press):
                _acknowledge(request.app, channel, inbound)
        return web.Response()

    return handle


async def _commit(app: web.Application, said: Sequence[Said]) -> None:
    ledger = app[LEDGER]
    for one in said:
        if isinstance(one, Inbound):
            await ledger.receive(one)
    receipts = [one for one in said if isinstance(one, Receipt)]
    if receipts:
        await ledger.write(outbox.receipts, receipts, app[CLOCK].now())


def _acknowledge(app: web.Application, channel: Channel, inbound: Inbound) -> None:
    task = asyncio.create_task(channel.acknowledge(inbound))
    app[_ACKNOWLEDGING].add(task)
    task.add_done_callback(app[_ACKNOWLEDGING].discard)


async def _finish(app: web.Application) -> None:
    for task in app[_ACKNOWLEDGING]:
        task.cancel()
    await asyncio.gather(*app[_ACKNOWLEDGING], return_exceptions=True)
