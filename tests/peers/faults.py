"""A proxy before a real platform that answers 500, hangs, cuts and repeats. What it injects is our reading of what platforms do."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

Fault = Literal["broken", "lost", "cut", "hangs", "twice", "busy", "page"]
FAULTS: tuple[Fault, ...] = ("broken", "lost", "cut", "hangs", "twice", "busy", "page")
"""`broken`: 500, and nothing was done. `lost`: done, and 500. `cut`: done, and the connection falls before the answer. `hangs`: done,
and never answered. `twice`: the request arrives twice, the second answer comes back. `busy`: 429. `page`: a proxy's page with 502."""


class Faults:
    """The proxy: how much goes wrong, and what did."""

    def __init__(self, behind: str, seed: int) -> None:
        self.behind, self.share = behind, 0.0
        self.met: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._http: aiohttp.ClientSession | None = None
        self._over = asyncio.Event()
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        fault = self._random.choice(FAULTS) if self._random.random() < self.share else None
        if fault:
            self.met[fault] += 1
        match fault:
            case "broken":
                return web.json_response({"message": "Internal error"}, status=500)
            case "busy":
                return web.Response(status=429, headers={"Retry-After": "0"})
            case "page":
                return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")
        answer = await self._forward(request)
        if fault == "twice":
            answer = await self._forward(request)
        if fault == "lost":
            return web.json_response({"message": "Internal error"}, status=500)
        if fault == "hangs":
            await self._over.wait()
        if fault in {"cut", "hangs"} or answer is None:
            assert request.transport is not None
            request.transport.abort()
            raise web.HTTPInternalServerError
        return answer

    async def _forward(self, request: web.Request) -> web.Response | None:
        assert self._http is not None
        kept = {
            name: value for name, value in request.headers.items() if name in {"Authorization", "Content-Type", "If-None-Match", "Accept"}
        }
        try:
            async with self._http.request(
                request.method, f"{self.behind}{request.path_qs}", headers=kept, data=await request.read()
            ) as answer:
                told = {name: answer.headers[name] for name in ("Content-Type", "Retry-After", "ETag") if name in answer.headers}
                return web.Response(status=answer.status, body=await answer.read(), headers=told)
        except aiohttp.ClientError:
            return None

    def end(self) -> None:
        self._over.set()


@asynccontextmanager
async def faults(behind: str, seed: int = 1) -> AsyncIterator[Faults]:
    """`behind`: scheme, host and port of the platform."""
    proxy = Faults(behind, seed)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", proxy.handle)
    async with aiohttp.ClientSession() as http, TestServer(app) as server:
        proxy._http = http
        proxy.url = str(server.make_url("")).rstrip("/")
        yield proxy
        proxy.end()
