"""How far two moderators agree who do not know of each other: a plot, the table it shows, and the same as a file."""

from collections.abc import Sequence

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import agreement
from outreach.contributions.blind import ONE_IN
from outreach.smallcells import INSIDE, SMALL
from outreach.spreadsheets import for_people
from outreach.staff import Person

_HEADS = (
    _("Month"),
    _("Read again"),
    _("The same decision"),
    _("Another decision"),
    _("Agreement, at least (%)"),
    _("Agreement, at most (%)"),
)
_FEW: Text = _("fewer than {least}", least=INSIDE)
_HIDDEN = _("not shown")


def _cell(value: int | str | None) -> int | Text:
    if isinstance(value, int):
        return value
    return _FEW if value == SMALL else _HIDDEN


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/accord: the last twelve months that have ended (MOD-33)."""
    months = await request.app[LEDGER].read(agreement.months, request.app[CLOCK].now())
    return desk_page(
        request,
        person,
        "agreement.html",
        months=months,
        last=next((one for one in reversed(months) if one.least is not None), None),
        cell=_cell,
        one_in=ONE_IN,
        least=INSIDE,
    )


async def csv(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/accord.csv: the same for a spreadsheet."""
    catalogue = request.app[HOUSE].catalogues[language_of(request)]

    def told(value: int | str | None) -> object:
        shown = _cell(value)
        return render(shown, catalogue) if isinstance(shown, Text) else shown

    rows: list[Sequence[object]] = [[render(head, catalogue) for head in _HEADS]]
    months = await request.app[LEDGER].read(agreement.months, request.app[CLOCK].now())
    rows += [(f"{one.month:%Y-%m}", *map(told, (one.read, one.alike, one.otherwise, one.least, one.most))) for one in months]
    headers = {"Content-Disposition": 'attachment; filename="accord.csv"'}
    return web.Response(body=for_people(rows), content_type="text/csv", charset="utf-8", headers=headers)
