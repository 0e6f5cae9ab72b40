"""The loop board: which step of each project waits on whom, since when, until when, with the link to do it.

One subject, two views, each a click from the other. /desk/dettes is the list by day of what the city promised to the public, for who
keeps all its promises and for a spreadsheet. This one is by project, for who brings a project on: the same debts, read by the same
verb of the office, among the steps that are nobody's promise (a mandate to agree, texts to read, an avis that is awaited, authors
still to be told). A list of both kinds in one order would hide what is late among what merely goes its way.
"""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import PROCESS
from bot.web.scope import CITY
from conversations.text import Text, _
from outreach import loop
from outreach.loop import Step
from outreach.staff import Person

_TEAM, _OFFICIALS, _READERS = _("The team"), _("The elected officials"), _("The moderators")
_KINDS: dict[str, tuple[Text, Text]] = {
    "framing": (_("A department asks for it: to frame"), _TEAM),
    "mandate": (_("The mandate, to be agreed"), _OFFICIALS),
    "opening": (_("The opening: the mandate is agreed"), _TEAM),
    "voices": (_("People write"), _("Everybody")),
    "reading": (_("Texts to read: {count}"), _READERS),
    "appeals": (_("Decisions contested: {count}"), _("Another moderator")),
    "record": (_("Accepted, and not in the record: {count}"), _TEAM),
    "synthesis": (_("The synthesis"), _TEAM),
    "avis": (_("The citizens' opinion"), _("The citizens' group")),
    "point": (_("Point {number}: a service to choose"), _TEAM),
    "study": (_("Point {number}: the service's note"), _("The service")),
    "position": (_("Point {number}: the decision"), _OFFICIALS),
    "answer": (_("The promised answer, {count} contributions wait for it"), _OFFICIALS),
    "publish": (_("Every point is decided: publish the answer"), _TEAM),
    "telling": (_("Authors to be told: {count}"), _("The machine, in decent hours")),
    "unclear": (_("Messages to authors that may not have arrived: {count}"), _("The operator")),
    "withdrawal": (_("Taken back by their authors, and still there: {count}"), _("The platform")),
    "commitment": (_("Point {number}: what was promised"), _("The service")),
    "closing": (_("Everything is done: to close"), _TEAM),
}
"""What waits, and on whom where nobody is named."""


class _Door(NamedTuple):
    path: str
    right: str = "processes.read"
    of: str = ""


_PROJECT, _POINT, _ANSWER = (_Door(f"/desk/demarches/{{slug}}{rest}") for rest in ("", "/points/{place}", "/reponse"))
_SENDS, _LATE = _Door("/desk/envois", "statistics.read", CITY), _Door("/desk/versements?etat=late", "relays.read", CITY)
_DOORS: dict[str, _Door] = {
    **dict.fromkeys(("framing", "mandate", "opening", "closing"), _PROJECT),
    **dict.fromkeys(("point", "study", "position", "commitment"), _POINT),
    **dict.fromkeys(("telling", "unclear"), _SENDS),
    "voices": _Door("/desk/demarches/{slug}/entrees", "statistics.read"),
    "reading": _Door("/desk/contributions?demarche={slug}", "contributions.read"),
    "record": _Door("/desk/contributions?demarche={slug}&etat=accepted", "contributions.read"),
    "appeals": _Door("/desk/recours", "contributions.read"),
    "withdrawal": _Door("/desk/versements?etat=pending&plateforme={who}", "relays.read", CITY),
    "publish": _Door("/desk/demarches/{slug}/apercu"),
}
"""Where each step is done, and the right it asks for."""


class Line(NamedTuple):
    """One step in words; `path` and `query` where it is done, "" where this person may not."""

    step: Step
    what: Text
    who: Text
    path: str
    query: Mapping[str, str]


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/boucle."""
    now = request.app[CLOCK].now()
    found = await request.app[LEDGER].read(loop.board, now, person.within("processes.read"))
    return desk_page(
        request,
        person,
        "board.html",
        projects=[(one, [_line(one.slug, step, person) for step in one.steps]) for one in found],
        late=sum(step.late > 0 for one in found for step in one.steps),
        labels=PROCESS,
        today=now.astimezone(request.app[HOUSE].timezone).date(),
    )


def _line(slug: str, step: Step, person: Person) -> Line:
    what, who = _KINDS[step.kind]
    return Line(step, Text(what.msgid, {"count": step.count, "number": step.number}), who, *_where(slug, step, person))


def _where(slug: str, step: Step, person: Person) -> tuple[str, Mapping[str, str]]:
    door = _LATE if step.kind == "withdrawal" and step.late else _DOORS.get(step.kind, _ANSWER)
    if not person.may(door.right, slug) or (door.of == CITY and person.within(door.right) is not None):
        return "", {}
    path, _mark, asked = door.path.format(slug=slug, place=step.place, who=step.who).partition("?")
    return path, dict(parse_qsl(asked))
