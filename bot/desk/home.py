"""What needs me now, and where to look further."""

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web.keys import CLOCK, LEDGER
from bot.web.labels import PROCESS
from bot.web.scope import CITY, Of
from conversations.text import Text, _
from outreach import answers, campaigns, dossiers, paper, processes, relays, rights, tickets, translations
from outreach.contributions import blind, queue, reports, second
from outreach.staff import Person

FURTHER: tuple[tuple[str, Text, str, Of], ...] = (
    ("/desk/calendrier", _("The month: workshops, campaigns, promises"), "processes.read", ""),
    ("/desk/formation", _("Training: six exercises on invented people"), "", ""),
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
    decides, where, now = person.may("contributions.decide"), person.within("contributions.decide"), request.app[CLOCK].now()
    return desk_page(
        request,
        person,
        "home.html",
        reads=reads,
        decides=decides,
        answers=replies,
        counts=await ledger.read(queue.counts, now, person.within("contributions.read")) if reads else None,
        tickets=await ledger.read(tickets.counts, now, person.within("tickets.answer")) if replies else None,
        translates=await ledger.read(translations.how_many, person.reads, person.within("texts.translate")) if person.reads else 0,
        owed=await ledger.read(rights.waiting) if _city(person, "rights.answer") else None,
        second=await ledger.read(second.waiting, person.actor, where) if decides else 0,
        reported=await ledger.read(reports.waiting, where) if decides else 0,
        blind=await ledger.read(blind.waiting, now, person.actor, where) if decides else 0,
        dossiers=await ledger.read(dossiers.waiting, person.actor, where) if decides else 0,
        campaigns=await ledger.read(campaigns.to_approve, person.actor, person.within("campaigns.approve"))
        if person.may("campaigns.approve")
        else 0,
        sheets=await ledger.read(paper.how_many, person.actor, person.within("papers.check")) if checks else 0,
        debts=await ledger.read(answers.debts, now, people=False) if _city(person, "processes.read") else (),
        processes=await ledger.read(processes.listing, public=False, within=person.within("processes.read")),
        further=[
            (address, name) for address, name, right, of in FURTHER if not right or (_city(person, right) if of else person.may(right))
        ],
        copies=await ledger.read(relays.waiting, now) if _city(person, "relays.mend") else None,
        labels=PROCESS,
    )


def _city(person: Person, right: str) -> bool:
    """Whether they have this right for the whole city."""
    return person.within(right) is None
