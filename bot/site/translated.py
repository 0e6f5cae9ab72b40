"""What an interpreter wrote beside words in other languages than the city's own."""

from collections.abc import Iterable, Mapping

from aiohttp import web

from bot.web.keys import HOUSE, LEDGER
from outreach import translations
from outreach.record import Entry
from outreach.translations import Translation


async def of(request: web.Request, entries: Iterable[Entry]) -> Mapping[str, Translation]:
    """The translations of these entries, by reference."""
    own = request.app[HOUSE].languages[0]
    foreign = {one.ref: one.text for one in entries if one.text is not None and one.language != own}
    return await request.app[LEDGER].read(translations.public, foreign) if foreign else {}
