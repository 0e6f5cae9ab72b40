"""What staff write about a project, in each language: a table to read, to take out and to bring back translated."""

from collections.abc import Sequence

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.words import told, why
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import data
from outreach import answers, processes
from outreach.answers import Fault, SheetTrouble
from outreach.staff import Person


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/traductions."""
    return await _show(request, person, taken=request.query.get("fait", ""))


async def _show(
    request: web.Request, person: Person, *, faults: Sequence[Fault] = (), refused: str = "", taken: str = "", status: int = 200
) -> web.Response:
    ledger, slug = request.app[LEDGER], request.match_info["slug"]
    view, found = await ledger.read(processes.get, slug), await ledger.read(answers.sentences, slug)
    if view is None or found is None:
        raise web.HTTPNotFound
    others = [one for one in request.app[HOUSE].languages if one != "fr"]
    return desk_page(
        request,
        person,
        "wordings.html",
        status=status,
        process=view,
        sentences=found,
        languages=others,
        missing=sum(not one.said.get(language) for one in found for language in others),
        writes=person.may("processes.write"),
        taken=int(taken) if taken.isdecimal() and len(taken) < 6 else None,  # noqa: PLR2004 - a count
        refused=refused,
        faults=[(fault.line, fault.column, told(request, fault.message)) for fault in faults],
    )


async def csv(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/traductions.csv."""
    slug = request.match_info["slug"]
    table = await request.app[LEDGER].read(answers.sheet, slug, request.app[HOUSE].languages)
    if table is None:
        raise web.HTTPNotFound
    return data(request, table, "text/csv", name=f"{slug}-traductions.csv")


async def bring_in(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/traductions: `file`, `read_by`."""
    form, slug = await form_of(request, person), request.match_info["slug"]
    given = (form.file("file"), request.app[HOUSE].languages, form["read_by"][:120], person.actor)
    try:
        count = await request.app[LEDGER].write(answers.bring_in, request.app[CLOCK].now(), slug, *given)
    except SheetTrouble as trouble:
        return await _show(request, person, faults=trouble.faults, status=422)
    except (answers.Refused, processes.Refused) as refused:
        if refused.code == "unknown":
            raise web.HTTPNotFound from None
        return await _show(request, person, refused=why(request, refused), status=409)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}/traductions?fait={count}")
