"""The monthly figures of moderation: as a page and as a file."""

from datetime import date

from aiohttp import web

from bot.web.keys import LEDGER
from bot.web.pages import data, fresh, page
from conversations.reasons import REASONS
from conversations.text import Text, _
from outreach import transparency

_MONTHS = 12
NAMES: dict[str, Text] = {
    "received": _("Contributions received"),
    "published": _("Contributions published"),
    "hidden_words": _("Words hidden"),
    "refused": _("Contributions refused"),
    "contested": _("Decisions contested"),
    "upheld": _("First decision kept"),
    "reversed": _("Decided otherwise"),
    "delay": _("Median delay, in working days"),
}
"""What each figure is called."""


async def index(request: web.Request) -> web.Response:
    """GET /transparence: the last twelve months (MOD-35)."""
    months = await request.app[LEDGER].read(transparency.months, _MONTHS)
    dated = [(date.fromisoformat(f"{one.month}-01"), one) for one in months]
    return fresh(request, page(request, "site/figures.html", months=dated, names=NAMES, reasons=REASONS))


async def csv(request: web.Request) -> web.Response:
    """GET /open-data/transparence.csv: every month."""
    return data(request, await request.app[LEDGER].read(transparency.csv), "text/csv", name="transparence.csv")
