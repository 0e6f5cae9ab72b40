"""The month: workshops, campaigns, promised answers, holidays and elections, for a screen, a phone or a wall."""

import re
from datetime import date, timedelta

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web import announcing
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _
from outreach import month
from outreach.month import Sight
from outreach.staff import Person

_MONTH = re.compile(r"(20[2-9]\d)-(0[1-9]|1[0-2])")
_FAR = timedelta(days=2 * 366)
"""Beyond two years nothing leads on; an address may still ask for it."""
_PAIRS = 5  # of campaigns that may meet: more would hide the month
_MONDAY = date(2024, 1, 1)  # any Monday: the names of a week
WHAT: dict[str, Text] = {
    "holiday": _("Public holiday"),
    "reserve": _("The election reserve begins"),
    "silence": _("Eve of an election: no campaign leaves"),
    "polling": _("Polling day"),
    "workshop": _("Workshop"),
    "campaign": _("Campaign"),
    "answer": _("Answer promised"),
    "study": _("Note of a service due"),
    "commitment": _("Commitment due"),
    "appeals": _("Appeals to answer"),
    "looks": _("Decisions to look at again"),
}
"""What each sort of event is called."""
STATES: dict[str, Text] = {
    "full": _("full"),
    "cancelled": _("cancelled"),
    "held": _("held"),
    "answered": _("the answer is given"),
    "late": _("late"),
    **{state: announcing.STATES[state] for state in ("to_approve", "sending", "paused", "done")},
}
"""States worth a word; what is as planned needs none."""


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/calendrier?mois=2026-11; without a month, this one."""
    now = request.app[CLOCK].now()
    today = now.astimezone(request.app[HOUSE].timezone).date()
    asked = request.query.get("mois", "") or f"{today:%Y-%m}"
    if not (found := _MONTH.fullmatch(asked)):
        raise Problem(404)
    first = date(int(found[1]), int(found[2]), 1)
    sight = Sight(
        processes=person.within("processes.read"),
        campaigns=person.within("campaigns.write"),
        appeals=person.within("contributions.read"),
        looks=person.within("contributions.decide") is None,
    )
    shown = await request.app[LEDGER].read(month.of, now, first, sight, language_of(request))
    return desk_page(
        request,
        person,
        "calendar.html",
        month=shown,
        today=today,
        week=[_MONDAY + timedelta(days=ahead) for ahead in range(7)],
        before=first - timedelta(days=1) if today - first < _FAR else None,
        after=shown.last + timedelta(days=1) if first - today < _FAR else None,
        shown=_PAIRS,
        what=WHAT,
        states=STATES,
        kinds=announcing.KINDS,
    )
