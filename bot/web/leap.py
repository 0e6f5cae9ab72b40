"""A leap of the demonstration's clock: what would have left on the way leaves, as it does when time goes by itself."""

import asyncio
from datetime import timedelta

from aiohttp import web

from bot.web.keys import CLOCK, LEDGER, SERVICE
from outreach import agenda, statistics

_LONG = timedelta(minutes=5)  # nobody leaps over this much while messages wait to leave: they would be too old afterwards
_TOGETHER = timedelta(minutes=1)  # what is due so close together is done in one step
_BLIND = timedelta(hours=1)  # a step when something is due that can't be done yet
_PATIENCE = 20.0  # seconds for the messages on the way
_LOOK = 0.02


async def leap(app: web.Application, much: timedelta) -> None:
    """Move the clock; returns when everything due on the way is done. The last messages may still be leaving."""
    clock, ledger, service = app[CLOCK], app[LEDGER], app[SERVICE]
    goal = clock.now() + much
    while (left := goal - clock.now()) > timedelta():
        due = await ledger.read(agenda.next_at)
        step = left
        if due is not None and due < goal:
            step = min(left, max(due - clock.now(), timedelta()) + _TOGETHER if due > clock.now() - _TOGETHER else _BLIND)
        if step > _LONG:
            await _emptied(app)
        await service.metronome.advance(step)
    await service.sweep()


async def _emptied(app: web.Application) -> None:
    """Wait until what may leave has left, or for so long that something is wrong with its channel."""
    for _ in range(int(_PATIENCE / _LOOK)):
        if not await app[LEDGER].read(statistics.leaving, app[CLOCK].now()):
            return
        await app[SERVICE].sweep()
        await asyncio.sleep(_LOOK)
