"""Where a telephone number stands in the open: in the files of the database, and in everything that is published."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.keys import LEDGER, SETTINGS
from outreach import files

_NATIONAL = 9  # digits of a French number after its +33 or its 0


def forms(address: str) -> list[bytes]:
    """As a number may be written; a chat has one form."""
    digits = address.lstrip("+")
    if digits == address:
        return [digits.encode()]
    own = digits[-_NATIONAL:]
    pairs = " ".join((f"0{own}"[at : at + 2]) for at in range(0, _NATIONAL + 1, 2))
    return [digits.encode(), f"0{own}".encode(), pairs.encode()]


async def count(app: web.Application, address: str) -> tuple[int, int]:
    """How often it stands in the database's files, and in the open data. Raises web.HTTPNotFound when the database is no file."""
    if not app[SETTINGS].database_url.startswith("sqlite"):
        raise web.HTTPNotFound
    wanted = forms(address)
    stored = await asyncio.to_thread(_count, wanted, _database(app[SETTINGS].database_url))
    published = await app[LEDGER].read(lambda session: _count(wanted, (content for _name, content in files.everything(session))))
    return stored, published


def _database(url: str) -> Iterable[bytes]:
    """The file of an embedded database, and what it has not taken over yet."""
    path = Path(urlsplit(url).path[1:])
    return (one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")) if not one.name.endswith("-shm"))


def _count(wanted: list[bytes], contents: Iterable[bytes]) -> int:
    return sum(content.count(one) for content in contents for one in wanted)
