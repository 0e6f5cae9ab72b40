"""A stand-in for OpenStad's api-server (2026-07-20): every reply is taken from records.md's measurements, not from OpenStad."""

import html
import itertools
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN, PROJECT, US = "jeton-de-la-ville", "2", 17


class OpenStad:
    """Project 2: no idempotency, accents stripped, strangers welcome."""

    def __init__(self) -> None:
        self.resources: list[dict[str, Any]] = []
        self.lost_answers = 0  # so many creations are carried out and answered 500
        self.token_works = True  # False from some moment on: a wrong token is answered as anonymous, with 200
        self.creations = 0
        self.url = ""
        self._numbers = itertools.count(1)

    def _who(self, request: web.Request) -> int | None:
        return US if request.headers.get("Authorization") == TOKEN and self.token_works else None

    async def me(self, request: web.Request) -> web.Response:
        return web.json_response({"id": US, "name": "Aller-vers"} if self._who(request) else {})

    async def create(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.creations += 1
        if len(body["description"]) < 5:
            return web.Response(status=422, text="Beschrijving moet minimaal 5 karakters lang zijn, Titel is verplicht")
        made = {
            "id": next(self._numbers),
            "title": _stripped(body["title"]),
            "summary": _stripped(body["summary"]),
            "description": _stripped(body["description"]),
            "userId": self._who(request),
        }
        self.resources.append(made)
        if self.lost_answers:
            self.lost_answers -= 1
            return web.Response(status=500, text="Internal Server Error")
        return web.json_response(made)  # 200, and without extraData

    async def list(self, request: web.Request) -> web.Response:
        if "page" not in request.query:
            return web.json_response(self.resources)  # a bare array
        page, size = int(request.query["page"]), min(int(request.query["pageSize"]), 10)
        pages = -(-len(self.resources) // size)
        part = self.resources[page * size : (page + 1) * size]
        return web.json_response({"metadata": {"pageCount": pages, "totalCount": len(self.resources), "links": {}}, "records": part})

    async def one(self, request: web.Request) -> web.Response:
        found = next((one for one in self.resources if str(one["id"]) == request.match_info["id"]), None)
        return web.json_response(found) if found else web.Response(status=404)


def _stripped(words: str) -> str:
    """lodash.deburr and NFKD: à is a, é is e; emoji gone, & is &amp;, Arabic kept."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", words) if not unicodedata.combining(letter))
    return html.escape("".join(letter for letter in plain if ord(letter) < 0x2600), quote=False)


@asynccontextmanager
async def openstad_stand_in() -> AsyncIterator[OpenStad]:
    made = OpenStad()
    app = web.Application()
    app.router.add_get(f"/auth/project/{PROJECT}/me", made.me)
    app.router.add_post(f"/api/project/{PROJECT}/resource", made.create)
    app.router.add_get(f"/api/project/{PROJECT}/resource", made.list)
    app.router.add_get(f"/api/project/{PROJECT}/resource/{{id}}", made.one)
    async with TestServer(app) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made
