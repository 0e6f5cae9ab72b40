"""What needs me now; what people asked a person for; who did what."""

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web.errors import Problem
from bot.web.keys import CLOCK, LEDGER
from bot.web.labels import PROCESS
from outreach import audit, paper, processes, rights, tickets
from outreach.contributions import queue, reports, second
from outreach.staff import Person

_LINES = 100
_MESSAGES = 50


async def home(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk."""
    ledger = request.app[LEDGER]
    reads, answers, checks = person.may("contributions.read"), person.may("tickets.answer"), person.may("papers.check")
    return desk_page(
        request,
        person,
        "home.html",
        reads=reads,
        decides=person.may("contributions.decide"),
        answers=answers,
        counts=await ledger.read(queue.counts, request.app[CLOCK].now()) if reads else None,
        tickets=len((await ledger.read(tickets.listing, limit=_MESSAGES)).items) if answers else 0,
        owed=await ledger.read(rights.waiting) if person.may("rights.answer") else None,
        second=await ledger.read(second.waiting, person.actor) if person.may("contributions.decide") else 0,
        reported=await ledger.read(reports.waiting) if person.may("contributions.decide") else 0,
        sheets=await ledger.read(paper.how_many, person.actor) if checks else 0,
        processes=await ledger.read(processes.listing, public=False),
        labels=PROCESS,
    )


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
