"""The avis comes in in two steps: what it will make public is looked at first, then it is brought in as it was seen."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.framing import day_of
from bot.desk.publication import silences
from bot.desk.response import cannot, took
from bot.web.announcing import NETWORKS
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER
from outreach import answers, loop, processes
from outreach.answers import Handed, Refused, SheetTrouble
from outreach.staff import Person


def _handed(request: web.Request, form: Form) -> Handed:
    today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
    return Handed(form["written_by"][:200], form["handed_to"][:200], day_of(form["handed_on"]) or today, form["left_out"])


async def look(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/reponse/avis: `file`, `written_by`, `handed_to`, `handed_on`, `left_out`. Nothing is kept: the page carries it all on."""
    form = await form_of(request, person)
    ledger, slug, handed = request.app[LEDGER], request.match_info["slug"], _handed(request, form)
    try:
        ahead = await ledger.read(answers.foresee, request.app[CLOCK].now(), slug, form.file("file"), handed)
    except (SheetTrouble, Refused) as trouble:
        return await cannot(request, person, "avis", trouble, handed)
    hearing = await ledger.read(loop.handing, request.app[CLOCK].now(), slug, ahead)
    return desk_page(
        request,
        person,
        "avis.html",
        process=await ledger.read(processes.get, slug),
        ahead=ahead,
        handed=handed,
        messages=hearing.items,
        silent=silences(hearing.silent),
        networks=NETWORKS,
    )


async def bring_in(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/reponse/avis/importer: the same fields, with the `lines` that were looked at in the place of the file."""
    form = await form_of(request, person)
    return await took(request, person, "avis", answers.take_in, form["lines"], _handed(request, form), person.actor)
