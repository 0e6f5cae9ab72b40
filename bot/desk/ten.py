"""Ten short texts on one screen: what is taken out goes back to the others, one key publishes the rest."""

from functools import partial

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.queue import done_of, say
from bot.web.keys import CLOCK, LEDGER
from outreach import processes
from outreach.contributions import queue, together
from outreach.references import read_ref
from outreach.staff import Person

_KEEP = "garder-"


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contributions/page?demarche=: the oldest ten that are short and unflagged, each claimed like a single one."""
    process = request.query.get("demarche", "")
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    within = person.within("contributions.decide")
    views = await ledger.read(processes.listing, within=within)
    return desk_page(
        request,
        person,
        "ten.html",
        items=await ledger.write(partial(queue.claim_page, within=within), now, person.actor, process or None),
        waiting=(await ledger.read(queue.counts, now, within)).received,
        processes=views,
        titles={view.slug: view.document.title for view in views},
        keywords={view.slug: [entry.keyword for entry in view.entries if entry.keyword] for view in views},
        chosen=process,
        done=done_of(request),
        said=say(request, request.query.get("dit", "")),
    )


async def accept(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/page: `vu` names the texts that were on the screen, `garder-…` those that are published."""
    form = await form_of(request, person)
    seen = [ref for ref in map(read_ref, form["vu"].split()[:10]) if ref]
    kept = [ref for ref in seen if form[f"{_KEEP}{ref}"]]
    left = [ref for ref in seen if ref not in kept]
    accept = partial(together.accept_all, within=person.within("contributions.decide"))
    made = await request.app[LEDGER].write(accept, request.app[CLOCK].now(), person.actor, kept, left)
    query = {"fait": made.decided[0].ref, "lot": str(len(made.decided))} if made.decided else {}
    if made.left:
        query["dit"] = "some_taken"
    if form["demarche"]:
        query["demarche"] = form["demarche"]
    if left:  # what was taken out is read one by one
        query["retire"] = left[0]
    raise web.HTTPSeeOther(str(request.rel_url.with_query(query)))
