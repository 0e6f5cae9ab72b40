"""What needs me now; what people asked a person for; who did what."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CLOCK, LEDGER
from bot.web.labels import PROCESS
from outreach import audit, processes, tickets
from outreach.contributions import queue
from outreach.staff import Person

_LINES = 100
_MESSAGES = 50


async def home(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk."""
    ledger = request.app[LEDGER]
    reads, answers = person.may("contributions.read"), person.may("tickets.answer")
    return desk_page(
        request,
        person,
        "home.html",
        reads=reads,
        decides=person.may("contributions.decide"),
        answers=answers,
        counts=await ledger.read(queue.counts, request.app[CLOCK].now()) if reads else None,
        tickets=len((await ledger.read(tickets.listing, limit=_MESSAGES)).items) if answers else 0,
        processes=await ledger.read(processes.listing, public=False),
        labels=PROCESS,
    )


async def messages(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/messages: who wants somebody, the oldest first."""
    try:
        found = await request.app[LEDGER].read(tickets.listing, cursor=request.query.get("suite") or None, limit=_MESSAGES)
    except ValueError:
        raise Problem(404) from None
    return desk_page(request, person, "tickets.html", items=found.items, next=found.next, number="", shown_for="")


async def message_done(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/fait."""
    await form_of(request, person)
    try:
        await request.app[LEDGER].write(tickets.close, request.app[CLOCK].now(), request.match_info["id"], person.actor)
    except tickets.NoTicket:
        raise Problem(409) from None
    raise web.HTTPSeeOther("/desk/messages")


async def journal(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/journal?acteur=&action=&sujet=: audit lines, the newest first."""
    actor, action, subject = (request.query.get(name, "").strip() for name in ("acteur", "action", "sujet"))
    cursor = request.query.get("suite", "")
    try:
        found = await request.app[LEDGER].read(audit.search, actor=actor, action=action, subject=subject, cursor=cursor, limit=_LINES)
    except ValueError:
        raise Problem(404) from None
    return desk_page(
        request, person, "audit.html", lines=found.items, next=found.next, chosen={"actor": actor, "action": action, "subject": subject}
    )
