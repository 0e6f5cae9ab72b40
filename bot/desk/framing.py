"""Before a project opens: a department asks for it in eight questions, the team frames it, the mandate is agreed."""

from datetime import date

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.processes import refuse
from bot.desk.questions import ASKED
from bot.desk.words import why
from bot.web.forms import Form
from bot.web.keys import CLOCK, LEDGER
from outreach import processes
from outreach.documents import Validated
from outreach.processes import QUESTIONS, Refused, Request
from outreach.staff import Person

_SHORT = ("decided_by",)


def day_of(words: str) -> date | None:
    """A day as a form sends it; None for none, or for what is no day."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


async def ask(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/demande."""
    return _page(request, person, Form({}))


def _page(request: web.Request, person: Person, form: Form, refused: Refused | None = None) -> web.Response:
    return desk_page(
        request,
        person,
        "request.html",
        status=409 if refused and refused.code == "taken" else 422 if refused else 200,
        questions=[(name, *ASKED[name], form[name], name in _SHORT) for name in QUESTIONS],
        form=form,
        missing=refused.missing if refused else (),
        refused=why(request, refused) if refused and refused.code != "missing" else "",
    )


async def asked(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/demande."""
    form = await form_of(request, person)
    wanted = Request(form["title"], form["department"], {name: form[name] for name in QUESTIONS}, day_of(form["answer_on"]))
    try:
        made = await request.app[LEDGER].write(processes.request, request.app[CLOCK].now(), wanted, person.actor)
    except Refused as refused:
        return _page(request, person, form, refused)
    raise web.HTTPSeeOther(f"/desk/demarches/{made.slug}?fait=demandee")


async def validated(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/demarches/{slug}/mandat: `by`, `on`, `act`."""
    form = await form_of(request, person)
    slug = request.match_info["slug"]
    agreed = Validated(by=form["by"][:200], on=day_of(form["on"]), act=form["act"][:200])
    try:
        await request.app[LEDGER].write(processes.validate, request.app[CLOCK].now(), slug, agreed, person.actor)
    except Refused as refused:
        return await refuse(request, person, refused)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}?fait=validee")
