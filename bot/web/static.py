"""Style sheets, scripts and pictures, each under a name that changes with its content."""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

_BOT = Path(__file__).resolve().parents[1]
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class _File(NamedTuple):
    public: str  # its name with a piece of its hash
    body: bytes
    kind: str


@cache
def _files() -> dict[str, _File]:
    """Every file of a room's `static` folder, read once, by its own name."""
    return {path.name: _read(path) for path in sorted(_BOT.glob("*/static/*")) if path.suffix in _TYPES}


def _read(path: Path) -> _File:
    body = path.read_bytes()
    return _File(f"{path.stem}.{hashlib.sha256(body).hexdigest()[:12]}{path.suffix}", body, _TYPES[path.suffix])


@cache
def _public() -> dict[str, _File]:
    return {file.public: file for file in _files().values()}


def asset(name: str) -> str:
    """The address of "style.css": it may be kept for ever, another content has another address."""
    return f"/static/{_files()[name].public}"


def body(name: str) -> bytes:
    """What is in "worker.js": for a script whose address must not change with its content."""
    return _files()[name].body


async def serve(request: web.Request) -> web.Response:
    """GET /static/{name}."""
    found = _public().get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(body=found.body, content_type=found.kind, charset="utf-8", headers=headers)
