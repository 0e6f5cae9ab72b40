"""The decisions of a whole avis, out and in as one spreadsheet."""

from aiohttp import web

from bot.desk.doors import form_of
from bot.desk.response import took
from bot.web.keys import LEDGER
from bot.web.pages import data
from outreach import answers
from outreach.answers import Decided
from outreach.staff import Person


async def csv(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/reponse/positions.csv: a line a point, with what is decided already."""
    slug = request.match_info["slug"]
    table = await request.app[LEDGER].read(answers.positions, slug)
    if table is None:
        raise web.HTTPNotFound
    return data(request, table, "text/csv", name=f"{slug}-positions.csv")


async def bring_in(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/reponse/positions: `file`."""
    form = await form_of(request, person)
    return await took(request, person, "positions", answers.decide_all, form.file("file"), person.actor, counts=_counts)


def _counts(decided: Decided) -> str:
    return f"&prises={decided.taken}&restent={decided.without}"
