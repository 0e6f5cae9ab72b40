"""What the city owes, to whom, by when, over all projects: what is overdue first."""

from collections.abc import Sequence

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import data, language_of, plain_words
from conversations.text import Text, _, render
from outreach import answers
from outreach.answers import Debt
from outreach.spreadsheets import for_people
from outreach.staff import Person

KINDS: dict[str, Text] = {
    "answer": _("the promised answer"),
    "point": _("a service for this point"),
    "study": _("the service's note"),
    "position": _("the decision of the elected officials"),
    "commitment": _("what was promised"),
}
"""What is owed."""


def _owed(request: web.Request, every: Sequence[Debt]) -> list[Debt]:
    service = request.query.get("service", "").strip()
    return [one for one in every if not service or one.by.casefold().startswith(service.casefold())]


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/dettes?service=."""
    every = await request.app[LEDGER].read(answers.debts, request.app[CLOCK].now())
    return desk_page(
        request,
        person,
        "debts.html",
        debts=_owed(request, every),
        kinds=KINDS,
        services=sorted({one.by.split(",")[0] for one in every if one.by}),
        chosen=request.query.get("service", "").strip(),
        overdue=sum(one.overdue > 0 for one in every),
    )


async def csv(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/dettes.csv: the same for a spreadsheet."""
    every = await request.app[LEDGER].read(answers.debts, request.app[CLOCK].now())
    language, catalogue = language_of(request), request.app[HOUSE].catalogues[language_of(request)]
    heads = (_("By when"), _("Days late"), _("Project"), _("Point"), _("What is owed"), _("By whom"), _("People who wait"), _("In words"))
    rows: list[Sequence[object]] = [[render(head, catalogue) for head in heads]]
    for one in _owed(request, every):
        row = (one.due_on, one.overdue or "", plain_words(one.process, language), one.number, render(KINDS[one.kind], catalogue), one.by)
        rows.append((*row, one.people, one.what))
    return data(request, for_people(rows), "text/csv", name="dettes.csv")
