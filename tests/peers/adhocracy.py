"""A stand-in for adhocracy+ (2026-06-11): every reply is taken from records.md's measurements, not from adhocracy+."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

USER, PASSWORD, TOKEN, MODULE = "ville@ville.example", "phrase de passe", "jwt.adhocracy", "1"


class Adhocracy:
    """Module 1: no idempotency, texts exact, lists without pages."""

    def __init__(self) -> None:
        self.ideas: list[dict[str, Any]] = []
        self.lost_answers = 0
        self.is_open = True
        self.url = ""
        self._numbers = itertools.count(1)

    async def token(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if (asked.get("username"), asked.get("password")) != (USER, PASSWORD):
            return web.json_response({"detail": "No active account found with the given credentials"}, status=401)
        return web.json_response({"access": TOKEN, "refresh": "r"})

    def _refusal(self, request: web.Request) -> web.Response | None:
        given = request.headers.get("Authorization")
        if given is None:
            return web.json_response({"detail": "Authentication credentials were not provided."}, status=403)
        if given != f"Bearer {TOKEN}":
            return web.json_response({"code": "token_not_valid", "detail": "Given token not valid for any token type"}, status=401)
        return None

    async def create(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request):
            return refusal
        if not self.is_open:  # expected by records.md, which did not try it
            return web.json_response({"detail": "You do not have permission to perform this action."}, status=403)
        body = await request.json()
        if "category" not in body:
            return web.json_response({"category": ["This field is required."]}, status=400)
        number = next(self._numbers)
        made = {"pk": number, "reference_number": f"2026-{number:05}", "name": body["name"], "description": body["description"]}
        self.ideas.append(made)
        if self.lost_answers:
            self.lost_answers -= 1
            return web.Response(status=500, text="Server Error")
        return web.json_response(made, status=201)

    async def list(self, request: web.Request) -> web.Response:
        return self._refusal(request) or web.json_response(self.ideas)

    async def one(self, request: web.Request) -> web.Response:
        found = next((one for one in self.ideas if str(one["pk"]) == request.match_info["pk"]), None)
        return self._refusal(request) or (web.json_response(found) if found else web.json_response({"detail": "Not found."}, status=404))


@asynccontextmanager
async def adhocracy_stand_in() -> AsyncIterator[Adhocracy]:
    made = Adhocracy()
    app = web.Application()
    app.router.add_post("/api/token/", made.token)
    app.router.add_post(f"/api/modules/{MODULE}/ideas/", made.create)
    app.router.add_get(f"/api/modules/{MODULE}/ideas/", made.list)
    app.router.add_get(f"/api/modules/{MODULE}/ideas/{{pk}}/", made.one)
    async with TestServer(app) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made
