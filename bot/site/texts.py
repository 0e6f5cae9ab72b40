"""Pages that hardly change: the moderation charter, the notice, the accessibility statement."""

from aiohttp import web

from bot.web.pages import fresh, page
from conversations.engine import NOTICE_VERSION
from conversations.reasons import REASONS
from conversations.text import Text, _

_ACTIONS: dict[str, Text] = {
    "move": _("we move it"),
    "answer": _("we answer it"),
    "refuse": _("we refuse it"),
    "redact": _("we hide these words"),
    "group": _("we join it to the first"),
    "ask_again": _("we ask you again"),
}


async def charter(request: web.Request) -> web.Response:
    """GET /charte (MOD-01)."""
    return fresh(request, page(request, "site/charter.html", reasons=REASONS.values(), actions=_ACTIONS))


async def notice(request: web.Request) -> web.Response:
    """GET /vos-donnees: the full notice (GDPR-13)."""
    return fresh(request, page(request, "site/notice.html", version=NOTICE_VERSION))


async def accessibility(request: web.Request) -> web.Response:
    """GET /accessibilite (A11Y-02)."""
    return fresh(request, page(request, "site/accessibility.html"))


async def robots(_request: web.Request) -> web.Response:
    """GET /robots.txt: the public pages are public; a person's follow-up is found by its number alone."""
    return web.Response(text="User-agent: *\nDisallow: /desk\nDisallow: /suivi/\nDisallow: /simulator\nDisallow: /api/\n")
