"""Projects: the list, a document brought in, opened, closed."""

from collections.abc import Sequence

from aiohttp import web

from bot.desk.cells import cell_words
from bot.desk.doors import desk_page, form_of
from bot.desk.questions import ASKED
from bot.desk.words import missing, told, why
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import PROCESS
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import documents, ease, improvement, invented, processes
from outreach.documents import DocumentTrouble, Fault
from outreach.ease import Ease
from outreach.processes import ProcessView, Refused, pilots
from outreach.smallcells import INSIDE
from outreach.staff import Person
from outreach.weekly import Issued

_DONE: dict[str, Text] = {
    "cree": _("The project is in."),
    "change": _("The project is changed."),
    "pareil": _("Nothing was different."),
    "ouverte": _("It is open: people can write."),
    "fermee": _("It is closed; everything stays readable."),
    "demandee": _("The request is with the team."),
    "validee": _("The mandate is agreed."),
}


_ELSEWHERE = _("Your role is for other projects than this one.")


def _said(request: web.Request) -> str:
    text = _DONE.get(request.query.get("fait", ""))
    return render(text, request.app[HOUSE].catalogues[language_of(request)]) if text else ""


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches?exemple=1: with a document to start from; ?reprendre=slug: with one to go on with."""
    today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
    written = invented.market_square(today) if request.query.get("exemple") else ""
    if again := request.query.get("reprendre", ""):
        view = await request.app[LEDGER].read(processes.get, again)
        written = documents.as_yaml(view.document) if view else ""
    return await _listing(request, person, document=written)


async def _listing(
    request: web.Request, person: Person, *, document: str = "", faults: Sequence[Fault] = (), refused: str = "", status: int = 200
) -> web.Response:
    views = await request.app[LEDGER].read(processes.listing, public=False, within=person.within("processes.read"))
    return desk_page(
        request,
        person,
        "processes.html",
        status=status,
        processes=views,
        labels=PROCESS,
        writes=person.may("processes.write"),
        improves=person.within("processes.write") is None and all(view.slug != improvement.SLUG for view in views),
        document=document,
        faults=[(fault.field, fault.line, told(request, fault.message)) for fault in faults],
        said=_said(request),
        refused=refused,
    )


async def bring_in(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches: `document`, in YAML; every fault is shown with its line."""
    form = await form_of(request, person)
    try:
        document = documents.parse(form["document"].encode(), yaml=True, zone=request.app[HOUSE].timezone)
        if not person.may("processes.write", document.slug):
            raise Problem(403, _ELSEWHERE)
        put = await request.app[LEDGER].write(processes.put, request.app[CLOCK].now(), document, person.actor)
    except DocumentTrouble as trouble:
        return await _listing(request, person, document=form["document"], faults=trouble.faults, status=422)
    except Refused as refused:
        return await _listing(request, person, document=form["document"], refused=why(request, refused), status=409)
    raise web.HTTPSeeOther(f"/desk/demarches/{put.slug}?fait={'cree' if put.created else 'change' if put.changed else 'pareil'}")


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}."""
    return await _show(request, person, said=_said(request))


async def refuse(request: web.Request, person: Person, refused: Refused) -> web.Response:
    """The page of a project again, with what stood against the change."""
    return await _show(request, person, refused=refused, status=409)


async def _show(request: web.Request, person: Person, *, said: str = "", refused: Refused | None = None, status: int = 200) -> web.Response:
    view = await request.app[LEDGER].read(processes.get, request.match_info["slug"])
    if view is None:
        raise web.HTTPNotFound
    return desk_page(
        request,
        person,
        "process.html",
        status=status,
        process=view,
        labels=PROCESS,
        asked=await request.app[LEDGER].read(processes.requested, view.slug),
        questions=ASKED,
        writes=person.may("processes.write", view.slug),
        taking_part=len(await request.app[LEDGER].read(pilots.taking_part, view.id)) if view.document.pilot else 0,
        ease=await _ease(request, view),
        cell=cell_words,
        least=INSIDE,
        moves=processes.MOVES[view.state] | ({"open"} if view.opened_at is None else set()),
        said=said,
        refused=why(request, refused) if refused and not _named(refused) else "",
        missing=[*missing(request, refused.missing)] if refused and _named(refused) else [],
    )


async def _ease(request: web.Request, view: ProcessView) -> Issued[Ease] | None:
    """What people answered to "was it easy?", where it is asked."""
    asked = view.document.optional_question == "easy" and view.opened_at
    return await request.app[LEDGER].write(ease.of, request.app[CLOCK].now(), view.slug) if asked else None


def _named(refused: Refused) -> bool:
    """Whether what is missing is told field by field."""
    return bool(refused.missing) and all(": " in one for one in refused.missing)


async def open_(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/ouvrir: opens, or tells all that is missing."""
    await form_of(request, person)
    slug = request.match_info["slug"]
    try:
        await request.app[LEDGER].write(processes.open, request.app[CLOCK].now(), slug, person.actor)
    except Refused as refused:
        return await _show(request, person, refused=refused, status=409)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}?fait=ouverte")


async def close(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/fermer."""
    await form_of(request, person)
    slug = request.match_info["slug"]
    try:
        await request.app[LEDGER].write(processes.close, request.app[CLOCK].now(), slug, person.actor)
    except Refused as refused:
        return await _show(request, person, refused=refused, status=409)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}?fait=fermee")
