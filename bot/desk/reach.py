"""Where outreach works: what each place brought, small figures hidden."""

from aiohttp import web

from bot.desk.cells import cell_words
from bot.desk.doors import desk_page
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Catalogue, Text, _, render
from outreach import entrypoints, processes
from outreach.entrypoints import Reach
from outreach.smallcells import INSIDE
from outreach.spreadsheets import for_programs
from outreach.staff import Person
from outreach.weekly import Issued

_HEADS: tuple[Text, ...] = (
    _("Place"), _("Keyword"), _("Language"), _("Pages opened"), _("Conversations begun"), _("Contributions"),
)  # fmt: skip
_TOTAL, _ELSEWHERE = _("Together"), _("Without a poster")


def _rows(found: Reach, catalogue: Catalogue) -> list[tuple[str, ...]]:
    def shown(value: int | str | None) -> str:
        return render(cell_words(value), catalogue)

    rows = [
        (
            one.place or one.id,
            one.keyword,
            one.language,
            *(shown(column.cells[at]) for column in (found.scans, found.starts, found.contributions)),
        )
        for at, one in enumerate(found.places)
    ]
    rows.append((render(_ELSEWHERE, catalogue), "", "", "", "", shown(found.contributions.cells[-1])))
    totals = [shown(column.total) for column in (found.scans, found.starts, found.contributions)]
    return [*rows, (render(_TOTAL, catalogue), "", "", *totals)]


async def _table(request: web.Request) -> tuple[Issued[Reach], list[str], list[tuple[str, ...]]]:
    found = await request.app[LEDGER].write(entrypoints.reach, request.app[CLOCK].now(), request.match_info["slug"])
    if found is None:
        raise web.HTTPNotFound
    catalogue = request.app[HOUSE].catalogues[language_of(request)]
    return found, [render(head, catalogue) for head in _HEADS], _rows(found.table, catalogue)


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/entrees."""
    issued, heads, rows = await _table(request)
    view = await request.app[LEDGER].read(processes.get, request.match_info["slug"])
    return desk_page(request, person, "reach.html", process=view, issued=issued, heads=heads, rows=rows, least=INSIDE)


async def csv(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/entrees.csv: the same table, RFC 4180."""
    _issued, heads, rows = await _table(request)
    name = f'attachment; filename="{request.match_info["slug"]}-entrees.csv"'
    return web.Response(body=for_programs([heads, *rows]), content_type="text/csv", charset="utf-8", headers={"Content-Disposition": name})
