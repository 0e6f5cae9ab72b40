"""Who may go through which door of the desk: one table, one guard."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from bot.desk.help import lines_of
from bot.web import forms
from bot.web.errors import Problem
from bot.web.forms import Form
from bot.web.keys import CLOCK, LEDGER, SETTINGS
from bot.web.pages import page
from bot.web.scope import Of, reaches
from conversations.text import Text, _
from outreach import audit, staff
from outreach.staff import Person, Shortcuts

COOKIE = "allervers_desk"
Handler = Callable[[web.Request, Person], Awaitable[web.StreamResponse]]


class Door(NamedTuple):
    """One address of the desk and the right it asks for; "" lets everyone in who is signed in. `of`: see bot.web.scope."""

    method: str
    path: str
    handler: Handler
    right: str
    of: Of = ""


MENU: tuple[tuple[str, Text, str], ...] = (
    ("/desk", _("To do"), ""),
    ("/desk/contributions", _("Contributions"), "contributions.read"),
    ("/desk/messages", _("Messages"), "tickets.answer"),
    ("/desk/interprete", _("To translate"), "texts.translate"),
    ("/desk/papier", _("Paper"), "papers.enter"),
    ("/desk/demarches", _("Projects"), "processes.read"),
    ("/desk/ateliers", _("Workshops"), "workshops.host"),
    ("/desk/campagnes", _("Campaigns"), "campaigns.write"),
    ("/desk/calendrier", _("Calendar"), "processes.read"),
    ("/desk/droits", _("Rights"), "rights.answer"),
    ("/desk/journal", _("Who did what"), "audit.read"),
    ("/desk/equipe", _("Team"), "staff.manage"),
    ("/desk/compte", _("My account"), ""),
)
ACTIONS: tuple[tuple[str, Text], ...] = (
    ("publish", _("publish; on a page of ten, all that is ticked")),
    ("redact", _("hide words")),
    ("suggestion", _("hide the next suggestion")),
    ("refuse", _("refuse, then the number of the reason")),
    ("next", _("the next one")),
    ("before", _("the one before")),
    ("undo", _("take the last decision back")),
    ("many", _("one at a time, or ten on a page")),
    ("help", _("show the keys")),
)
"""What has a single key of its own, by its field of staff.Shortcuts."""
_OF_THE_CITY = frozenset({"/desk/droits", "/desk/journal", "/desk/equipe"})
"""What a right for some processes does not open."""


def guard(door: Door) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler behind its door: who is not signed in signs in first; who may not is told so, and it is written down (SEC-08)."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        person = await who(request)
        if person is None:
            back = f"?next={quote(request.path_qs)}" if request.method == "GET" and request.path != "/desk" else ""
            raise web.HTTPSeeOther(f"/desk/connexion{back}")
        if door.right and not await reaches(request, person, door.right, door.of):
            line = audit.line(person.actor, "access.refused", audit.person("staff", person.id), kind=door.right)
            await request.app[LEDGER].write(audit.write, [line], request.app[CLOCK].now())
            raise Problem(403)
        response = await door.handler(request, person)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


async def who(request: web.Request) -> Person | None:
    """Who is signed in."""
    cookie = request.cookies.get(COOKIE, "")
    return await request.app[LEDGER].read(staff.who, request.app[CLOCK].now(), cookie) if cookie else None


async def form_of(request: web.Request, person: Person) -> Form:
    """The form that this person sent from a page of ours."""
    return await forms.read(request, person.csrf)


def desk_page(request: web.Request, person: Person | None, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A page of the desk with its menu; never kept by a browser."""
    menu = [(address, name) for address, name, right in MENU if person and _opens(person, address, right)]
    keys = person.shortcuts if person else Shortcuts()
    values = {"person": person, "menu": menu, "help": lines_of(request), "keys": keys, "actions": ACTIONS, **values}
    return page(request, f"desk/{template}", status=status, headers={"Cache-Control": "no-store"}, **values)


def _opens(person: Person, address: str, right: str) -> bool:
    return not right or (person.may(right) and (address not in _OF_THE_CITY or person.within(right) is None))


def is_secure(request: web.Request) -> bool:
    """Whether cookies may travel by https alone."""
    return request.app[SETTINGS].public_url.startswith("https:")
