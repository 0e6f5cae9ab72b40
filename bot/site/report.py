"""Signaler: the form under a published text; a reason, a few words, no account (MOD-34)."""

from datetime import timedelta

from aiohttp import web

from bot.web import bodies
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import page
from conversations.reasons import REASONS
from conversations.text import _
from outreach import record
from outreach.contributions import reports
from outreach.contributions.reports import REPORTABLE, Words
from outreach.references import read_ref

ADDRESS = "/suivi/{ref:[0-9]{8}}/signaler"
_ELSEWHERE = _("This form was sent from another site. Load the page again, then fill it in.")
_TRAP = "site"
"""A field that nobody sees: who fills it in is a robot."""


async def show(request: web.Request) -> web.Response:
    """GET /suivi/{ref}/signaler."""
    return await _page(request)


async def send(request: web.Request) -> web.Response:
    """POST /suivi/{ref}/signaler: `reason`, `why`, `email`. Who reports learns that it has arrived, and no more."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(403, _ELSEWHERE)
    form = await bodies.fields(request)
    if str(form.get("csrf", "")) not in {_token(request, 0), _token(request, 1)}:
        raise Problem(403, _ELSEWHERE)
    reason, why, email, trap = (str(form.get(name, ""))[:2000] for name in ("reason", "why", "email", _TRAP))
    if reason not in REPORTABLE:
        return await _page(request, status=422, why=why, email=email, fault=True)
    done = (
        "taken"
        if trap
        else await request.app[LEDGER].write(reports.make, request.app[CLOCK].now(), request.match_info["ref"], reason, Words(why, email))
    )
    if done == "nothing":
        raise web.HTTPNotFound
    return await _page(request, status=429 if done == "full" else 200, done=done, why=why, email=email)


def _token(request: web.Request, days: int) -> str:
    """Proves that the form was loaded from this page, today or so many days before: pages without cookies have nothing better."""
    day = request.app[CLOCK].now().date() - timedelta(days=days)
    return request.app[HOUSE].keys.find("form", f"{request.path} {day}").hex()[:32]


async def _page(
    request: web.Request, *, status: int = 200, done: str = "", why: str = "", email: str = "", fault: bool = False
) -> web.Response:
    ref = read_ref(request.match_info["ref"])
    entry = await request.app[LEDGER].read(record.find, ref) if ref else None
    if entry is None or (entry.text is None and not done):
        raise web.HTTPNotFound
    return page(
        request, "site/report.html", status=status, headers={"Cache-Control": "no-store"}, token=_token(request, 0), entry=entry,
        done=done, why=why, email=email, fault=fault, reasons=[REASONS[code] for code in REPORTABLE],
    )  # fmt: skip
