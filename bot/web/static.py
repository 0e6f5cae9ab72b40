"""Style sheets, scripts and pictures, each under a name that changes with its content."""

import hashlib
from functools import cache
from pathlib import Path

from aiohttp import web

_BOT = Path(__file__).resolve().parents[1]
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def _files() -> dict[str, Path]:
    """Every file of a room's `static` folder, by its own name."""
    return {path.name: path for path in sorted(_BOT.glob("*/static/*")) if path.suffix in _TYPES}


@cache
def _hashed() -> dict[str, tuple[bytes, str]]:
    """What is served under which public name: (bytes, content type)."""
    return {_public(path): (path.read_bytes(), _TYPES[path.suffix]) for path in _files().values()}


def _public(path: Path) -> str:
    return f"{path.stem}.{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}"


@cache
def asset(name: str) -> str:
    """The address of "style.css": it may be kept for ever, another content has another address."""
    return f"/static/{_public(_files()[name])}"


async def serve(request: web.Request) -> web.Response:
    """GET /static/{name}."""
    found = _hashed().get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    return web.Response(
        body=found[0], content_type=found[1], charset="utf-8", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )
