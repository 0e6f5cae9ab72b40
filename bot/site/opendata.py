"""The record as files: JSON, CSV, and the data package that describes them."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from bot.site.pages import public_process
from bot.web.keys import LEDGER
from bot.web.pages import data, fresh, page
from outreach import files, processes
from outreach.privacy import export
from outreach.record import opendata

WHOLE = web.AppKey("whole", asyncio.Lock)
"""Whole files are made one at a time: a hundred thousand rows are seconds of work, and pages must not wait for several."""


async def whole(request: web.Request, verb: Callable[..., bytes], *args: str) -> bytes:
    """A file of everything, when its turn comes."""
    async with request.app[WHOLE]:
        return await request.app[LEDGER].read(verb, *args)


async def index(request: web.Request) -> web.Response:
    """GET /open-data."""
    return fresh(request, page(request, "site/opendata.html", processes=await request.app[LEDGER].read(processes.listing)))


async def package(request: web.Request) -> web.Response:
    """GET /open-data/datapackage.json."""
    return data(request, await request.app[LEDGER].read(files.datapackage), "application/json")


async def process(request: web.Request) -> web.Response:
    """GET /demarches/{slug}.json."""
    view = await public_process(request)
    body: bytes | None = await request.app[LEDGER].read(opendata.process_json, view.slug)
    if body is None:
        raise web.HTTPNotFound
    return data(request, body, "application/json")


async def csv(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/contributions.csv."""
    view = await public_process(request)
    return data(request, await whole(request, opendata.csv, view.slug), "text/csv", name=f"{view.slug}.csv")


async def json(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/contributions.json."""
    view = await public_process(request)
    return data(request, await whole(request, opendata.json, view.slug), "application/json")


async def my_data(request: web.Request) -> web.Response:
    """GET /mes-donnees.schema.json: the shape of the file that somebody gets who asks for everything that is held (GDPR 20)."""
    return data(request, export.schema(), "application/schema+json")
