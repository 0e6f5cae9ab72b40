"""Who did what: audit lines to search, and the proof that none was altered or removed."""

from datetime import date, datetime, time, timedelta

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from outreach import audit, staff
from outreach.audit import Verdict
from outreach.staff import Person

_LINES = 100


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/journal?acteur=&action=&sujet=&jour=: audit lines, the newest first; `jour` is the last day that is shown."""
    return await _show(request, person)


async def verify(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/journal/verifier: follow every link of the chain, as the command `verify-log` does (SEC-07)."""
    await form_of(request, person)
    return await _show(request, person, verdict=await request.app[LEDGER].read(audit.verify))


async def _show(request: web.Request, person: Person, *, verdict: Verdict | None = None) -> web.Response:
    ledger = request.app[LEDGER]
    actor, action, subject, day = (request.query.get(name, "").strip() for name in ("acteur", "action", "sujet", "jour"))
    cursor = request.query.get("suite", "")
    try:
        before = _end_of(request, day)
        found = await ledger.read(audit.search, actor=actor, action=action, subject=subject, before=before, cursor=cursor, limit=_LINES)
    except ValueError:
        raise Problem(404) from None
    return desk_page(
        request,
        person,
        "audit.html",
        lines=found.items,
        next=found.next,
        chosen={"actor": actor, "action": action, "subject": subject, "day": day},
        people={f"staff:{one.id}": one.profile.name or one.email for one in await ledger.read(staff.listing)},
        verdict=verdict,
        verified_at=request.app[CLOCK].now(),
    )


def _end_of(request: web.Request, day: str) -> datetime | None:
    """The midnight after a day, written as a browser writes it. Raises ValueError for anything else."""
    zone = request.app[HOUSE].timezone
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone) if day else None
