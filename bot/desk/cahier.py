"""The book of contributions, in one click: PDF, large print, spreadsheet."""

import asyncio

import msgspec
from aiohttp import web

from bot.desk.posters import pdf
from bot.print import fonts
from bot.print.cahier import LARGE, ORDINARY, cahier_pdf
from bot.print.spreadsheet import spreadsheet
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import _
from outreach import cahier
from outreach.cahier import Cahier
from outreach.staff import Person

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def book(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/cahier.pdf."""
    return await _pdf(request, large=False)


async def large(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/cahier-gros-caracteres.pdf."""
    return await _pdf(request, large=True)


async def sheet(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/cahier.xlsx."""
    found, language = await _gathered(request), language_of(request)
    body = await asyncio.to_thread(spreadsheet, found, language, request.app[HOUSE].catalogues[language])
    name = f'attachment; filename="{found.slug}-cahier.xlsx"'
    return web.Response(body=body, content_type=_XLSX, headers={"Content-Disposition": name})


async def _pdf(request: web.Request, *, large: bool) -> web.Response:
    found, language, house = await _gathered(request), language_of(request), request.app[HOUSE]
    size = LARGE if large else ORDINARY
    try:
        body = await asyncio.to_thread(cahier_pdf, found, house.city, language, house.catalogues[language], size)
    except fonts.NoFont:
        raise Problem(503, _("No font for print is installed on this machine: pip install pymupdf-fonts")) from None
    return pdf(body, f"{found.slug}-cahier{'-gros-caracteres' if large else ''}.pdf")


async def _gathered(request: web.Request) -> Cahier:
    now = request.app[CLOCK].now()
    found = await request.app[LEDGER].read(cahier.gather, now, request.match_info["slug"])
    if found is None:
        raise web.HTTPNotFound
    return msgspec.structs.replace(found, made_at=now.astimezone(request.app[HOUSE].timezone))
