"""The public pages as files, for a city that opens no port: asks our own application for each, and makes its links relative."""

import re
from collections import deque
from collections.abc import AsyncIterator
from html import escape, unescape
from pathlib import Path, PurePosixPath
from posixpath import relpath
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from aiohttp import web

from bot import site
from bot.web.pages import STILL

_LINK = re.compile(r'\b(href|src)="([^"#]*)(#[^"]*)?"')
_FIRST = ("/", "/charte", "/vos-donnees", "/accessibilite", "/open-data/datapackage.json")
_PAGE = "text/html"


class Broken(Exception):
    """A page that is led to and can't be had; the message names both."""


def name(address: str) -> str:
    """The file of an address: "/demarches/x?lang=en" stands in demarches/x/index.lang-en.html."""
    parts = urlsplit(address)
    asked = "".join(f".{key}-{re.sub(r'[^A-Za-z0-9_-]', '-', value)}" for key, value in sorted(parse_qsl(parts.query)))
    path = PurePosixPath(parts.path.lstrip("/"))
    if path.suffix:
        return str(path.with_suffix(f"{asked}{path.suffix}"))
    if parts.path.startswith(("/registre/checkpoint", "/registre/etats/")):
        return f"{path}{asked}.txt"
    return str(path / f"index{asked}.html")


async def pages(app: web.Application) -> AsyncIterator[tuple[str, bytes]]:
    """Every page that the first one leads to, and what it needs, as file names and contents. Raises Broken.

    `app` is an application without rooms: the public pages are mounted on it, such that they ask for nothing.
    """
    app[STILL] = True
    site.mount(app)
    with TemporaryDirectory(prefix="allervers-") as folder:
        door = str(Path(folder, "door"))  # a socket in a folder of ours: no port is opened
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.UnixSite(runner, door).start()
            async with aiohttp.ClientSession("http://still", connector=aiohttp.UnixConnector(door)) as client:
                async for one in _walk(client):
                    yield one
        finally:
            await runner.cleanup()


async def _walk(client: aiohttp.ClientSession) -> AsyncIterator[tuple[str, bytes]]:
    seen = set(_FIRST)
    left = deque((address, "") for address in _FIRST)
    while left:
        address, come_from = left.popleft()
        async with client.get(address, allow_redirects=False) as answer:
            if answer.status != web.HTTPOk.status_code:
                raise Broken(f"{address} answers {answer.status}; it is led to by {come_from or 'nobody'}")
            body = await answer.read()
        if answer.content_type != _PAGE:
            yield name(address), body
            continue
        found, text = _relative(address, body.decode())
        yield name(address), text.encode()
        for one in found:
            if one not in seen:
                seen.add(one)
                left.append((one, address))


def _relative(address: str, text: str) -> tuple[list[str], str]:
    """The addresses of ours that a page leads to, and the page with the files in their place."""
    found = []
    here = PurePosixPath(name(address)).parent

    def rewritten(link: re.Match[str]) -> str:
        to = unescape(link[2])
        if to.startswith("?"):
            to = f"{urlsplit(address).path}{to}"
        if not to.startswith("/") or to.startswith("//"):
            return link[0]
        found.append(to)
        return f'{link[1]}="{escape(relpath(name(to), here))}{link[3] or ""}"'

    return found, _LINK.sub(rewritten, text)
