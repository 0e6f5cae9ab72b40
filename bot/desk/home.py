"""What needs me now, and where to look further."""

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web.keys import CLOCK, LEDGER
from bot.web.labels import PROCESS
from bot.web.scope import CITY, Of
from conversations.text import Text, _
from outreach import answers, campaigns, paper, processes, relays, rights, tickets, translations
from outreach.contributions import queue, reports, second
from outreach.staff import Person

FURTHER: tuple[tuple[str, Text, str, Of], ...] = (
    ("/desk/calendrier", _("The month: workshops, campaigns, promises"), "processes.read", ""),
    ("/desk/semaine", _("The week on one page"), "statistics.read", ""),
    ("/desk/envois", _("What went out, and what did not"), "statistics.read", CITY),
    ("/desk/versements", _("Copies of the record on other platforms"), "relays.mend", CITY),
    ("/desk/contacts", _("Contacts by pseudonym"), "contacts.read", CITY),
    ("/desk/reglages", _("The settings, explained"), "settings.read", CITY),
)
"""Pages that nobody needs every day."""


async def home(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk."""
    ledger = request.app[LEDGER]
    reads, replies, checks = person.may("contributions.read"), person.may("tickets.answer"), person.may("papers.check")
    return desk_page(
        request,
        person,
        "home.html",
        reads=reads,
        decides=person.may("contributions.decide"),
        answers=replies,
        counts=await ledger.read(queue.counts, request.app[CLOCK].now(), person.within("contributions.read")) if reads else None,
        tickets=await ledger.read(tickets.counts, request.app[CLOCK].now(), person.within("tickets.answer")) if replies else None,
        translates=await ledger.read(translations.how_many, person.reads, person.within("texts.translate")) if person.reads else 0,
        owed=await ledger.read(rights.waiting) if _city(person, "rights.answer") else None,
        second=await ledger.read(second.waiting, person.actor) if _city(person, "contributions.decide") else 0,
        reported=await ledger.read(reports.waiting) if _city(person, "contributions.decide") else 0,
        campaigns=await ledger.read(campaigns.to_approve, person.actor, person.within("campaigns.approve"))
        if person.may("campaigns.approve")
        else 0,
        sheets=await ledger.read(paper.how_many, person.actor, person.within("papers.check")) if checks else 0,
        debts=await ledger.read(answers.debts, request.app[CLOCK].now(), people=False) if _city(person, "processes.read") else (),
        processes=await ledger.read(processes.listing, public=False, within=person.within("processes.read")),
        further=[(address, name) for address, name, right, of in FURTHER if (_city(person, right) if of else person.may(right))],
        copies=await ledger.read(relays.waiting, request.app[CLOCK].now()) if _city(person, "relays.mend") else None,
        labels=PROCESS,
    )


def _city(person: Person, right: str) -> bool:
    """Whether they have this right for the whole city."""
    return person.within(right) is None
