"""The sign-up page of a poster or flyer: a number and a language, then one question by SMS; it shows nothing about any number."""

from aiohttp import web

from bot.channels import numbers
from bot.site.views import coming, shown
from bot.web import bodies
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS, by_sms
from bot.web.pages import language_of, page
from conversations.text import Text, _, render
from outreach import entrypoints, processes, signups
from outreach.signups import Way, Wish

ADDRESS = "/inscription/{token:[A-Za-z0-9_-]{1,64}}"
_WRONG = _("This is not the number of a mobile phone. Write ten digits, for example 06 12 34 56 78.")
_FULL = _("Too many people sign up at this moment. Send the SMS yourself, or come back in an hour.")
_ELSEWHERE = _("This form was sent from another site. Load the page again, then fill it in.")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /inscription/{token}: one more opening of this poster's page."""
    found = await _way(request)
    await request.app[LEDGER].write(entrypoints.scanned, request.match_info["token"])
    return await _page(request, found)


async def ask(request: web.Request) -> web.StreamResponse:
    """POST /inscription/{token}: `number`, `language`. The answer is the same for every number that a mobile phone may have."""
    found = await _way(request)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(403, _ELSEWHERE)
    form = await bodies.fields(request)
    typed, language = str(form.get("number", ""))[:40], str(form.get("language", ""))
    number, channel = numbers.mobile(typed, request.app[SETTINGS].territory), by_sms(request)
    if not channel:
        raise web.HTTPNotFound
    if number is None:
        return await _page(request, found, status=422, fault=_WRONG, typed=typed)
    if language not in request.app[HOUSE].languages:
        language = language_of(request)
    done = await request.app[LEDGER].write(signups.ask, request.app[CLOCK].now(), Wish(found, number, channel, language))
    if done == "full":
        return await _page(request, found, status=429, fault=_FULL, typed=typed)
    return await _page(request, found, done=True)


async def _way(request: web.Request) -> Way:
    found: Way | None = await request.app[LEDGER].read(signups.way, request.match_info["token"])
    if found is None:
        raise web.HTTPNotFound
    return found


async def _page(
    request: web.Request, found: Way, *, status: int = 200, fault: Text | None = None, typed: str = "", done: bool = False
) -> web.Response:
    view = await request.app[LEDGER].read(processes.get, found.slug)
    if view is None:
        raise web.HTTPNotFound
    now = request.app[CLOCK].now()
    return page(
        request,
        "site/signup.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        process=shown(view, now.astimezone(request.app[HOUSE].timezone).date()),
        way=found,
        token=request.match_info["token"],
        by_sms=bool(by_sms(request)),
        fault=render(fault, request.app[HOUSE].catalogues[language_of(request)]) if fault else "",
        typed=typed,
        done=done,
        meetings=coming(view.document.workshops, now)[:3],
    )
