"""Who did what, and figures."""

import msgspec
from aiohttp import web

from bot.api.doors import answer, limit, wrong_cursor
from bot.web.errors import Problem
from bot.web.keys import LEDGER
from outreach import audit, statistics
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


async def figures(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/statistics/{slug}: counts by state."""
    slug = request.match_info["slug"]
    found = await request.app[LEDGER].read(statistics.figures, slug)
    if found is None:
        raise Problem(404, f"there is no process {slug}")
    return answer(found)
