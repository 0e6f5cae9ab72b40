"""Who did what, what other platforms hold, and figures."""

import msgspec
from aiohttp import web

from bot.api.doors import answer, limit, wrong_cursor
from bot.web.errors import Fault, Problem
from bot.web.keys import CLOCK, LEDGER
from outreach import audit, relays, statistics
from outreach.staff import Holder


class Lines(msgspec.Struct, frozen=True):
    """A page of audit lines, the newest first."""

    items: tuple[audit.View, ...]
    next: str | None


async def lines(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/audit?actor=&action=&subject=&cursor=&limit=."""
    actor, action, subject, cursor = (request.query.get(name, "") for name in ("actor", "action", "subject", "cursor"))
    try:
        found = await request.app[LEDGER].read(
            audit.search, actor=actor, action=action, subject=subject, cursor=cursor, limit=limit(request)
        )
    except ValueError:
        raise wrong_cursor() from None
    return answer(Lines(found.items, found.next))


async def copies(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/relays?state=&target=&cursor=&limit=: copies of the record elsewhere, the newest first."""
    state, where, cursor = (request.query.get(name, "") for name in ("state", "target", "cursor"))
    known = (*relays.MOVES, "altered", "late")
    if state and state not in known:
        raise Problem(422, "there is no such state", errors=[Fault("state", f"one of {', '.join(known)}")])
    now = request.app[CLOCK].now()
    try:
        found = await request.app[LEDGER].read(relays.listing, now, state=state, where=where, cursor=cursor, limit=limit(request))
    except ValueError:
        raise wrong_cursor() from None
    return answer(found)


async def figures(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/statistics/{slug}: counts by state."""
    slug = request.match_info["slug"]
    found = await request.app[LEDGER].read(statistics.figures, slug)
    if found is None:
        raise Problem(404, f"there is no process {slug}")
    return answer(found)
