"""Contacts by pseudonym, for the data protection officer and administrators: never a number, never a file, each look written down."""

from aiohttp import web

from bot.desk.doors import desk_page
from bot.desk.workshops import STATES as SEATS
from bot.web import announcing
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from conversations.phrases import OWN_NAMES
from conversations.text import Text, _
from outreach import directory
from outreach.campaigns.audience import MOST
from outreach.directory import Filter
from outreach.staff import Person

PURPOSES: dict[str, Text] = {
    "workshops": _("workshops"),
    "news": _("news"),
    "answer": _("the answer"),
    "follow_up": _("what is carried out"),
}
"""What people may have agreed to be told of."""
SOURCES: dict[str, Text] = {
    "receipt": _("after a contribution"),
    "sign-up": _("while signing up for a workshop"),
    "inscription": _("on the sign-up page"),
    "settings": _("in their preferences"),
    "answer": _("after the answer"),
    "follow": _("while following a contribution"),
    "paper": _("on paper"),
    "REPRENDRE": _("by the word REPRENDRE"),
}
"""Where the question was asked."""
STATES: dict[str, Text] = {
    "stopped": _("said STOP"),
    "objected": _("objected"),
    "unreachable": _("can't be reached any more"),
    "paused": _("asked for a pause"),
}


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contacts?pseudonyme=&reseau=&langue=&accord=&etat=&suite=."""
    asked = {name: request.query.get(name, "").strip() for name in ("pseudonyme", "reseau", "langue", "accord", "etat")}
    if not all(value.isprintable() for value in asked.values()):
        raise Problem(404)
    wanted, cursor = Filter(*asked.values()), request.query.get("suite", "")
    try:
        found = await request.app[LEDGER].write(directory.listing, request.app[CLOCK].now(), person.actor, wanted, cursor)
    except ValueError:
        raise Problem(404) from None
    return desk_page(
        request,
        person,
        "contacts.html",
        found=found,
        asked=asked,
        searched=any(asked.values()),
        networks=announcing.NETWORKS,
        languages={code: OWN_NAMES.get(code, code) for code in request.app[HOUSE].languages},
        purposes=PURPOSES,
        states=STATES,
    )


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contacts/{contact}: what they agreed to, in which words; of what they wrote only how much."""
    found = await request.app[LEDGER].write(directory.look, request.app[CLOCK].now(), person.actor, request.match_info["contact"])
    if found is None:
        raise web.HTTPNotFound
    return desk_page(
        request,
        person,
        "contact.html",
        contact=found,
        networks=announcing.NETWORKS,
        purposes=PURPOSES,
        sources=SOURCES,
        states=STATES,
        seats=SEATS,
        most=MOST,
        journal=person.may("audit.read"),
    )
