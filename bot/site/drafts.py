"""A draft behind a link: read and commented by who was given it, without an account and without a cookie."""

from aiohttp import web

from bot.web import bodies
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of, page
from conversations.text import Text, _, render
from outreach import drafts
from outreach.drafts import DraftRefused, NoLink

_REFUSED: dict[str, Text] = {
    "text": _("Write your remark, in 3000 letters at most."),
    "full": _("Many remarks came by this link already: say the rest to the person who gave it to you."),
}


async def show(request: web.Request) -> web.Response:
    """GET /relecture/{token}."""
    return await _show(request)


async def _show(request: web.Request, *, fault: str = "", typed: str = "", status: int = 200) -> web.Response:
    try:
        found = await request.app[LEDGER].read(drafts.read, request.app[CLOCK].now(), request.match_info["token"])
    except NoLink:
        raise web.HTTPNotFound from None
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    said = request.query.get("fait") == "1"
    return page(request, "site/draft.html", status=status, headers=headers, draft=found, fault=fault, typed=typed, said=said)


async def write(request: web.Request) -> web.Response:
    """POST /relecture/{token}: `text`. The link itself is the proof: no other page knows it."""
    sent, token = (await bodies.fields(request)).get("text", ""), request.match_info["token"]
    text = sent.replace("\r\n", "\n") if isinstance(sent, str) else ""
    try:
        await request.app[LEDGER].write(drafts.write, request.app[CLOCK].now(), token, text)
    except NoLink:
        raise web.HTTPNotFound from None
    except DraftRefused as refused:
        fault = render(_REFUSED[refused.code], request.app[HOUSE].catalogues[language_of(request)])
        return await _show(request, fault=fault, typed=text, status=422)
    language = request.query.get("lang", "")
    raise web.HTTPSeeOther(f"/relecture/{token}?fait=1{f'&lang={language}' if language in request.app[HOUSE].languages else ''}")
