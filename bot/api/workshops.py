"""The minutes of a workshop, for programs: taken in as at the desk, told to who came, public 72 hours later."""

from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web

from bot.api.doors import answer, words
from bot.web import minutes as held
from bot.web.errors import Fault, Problem
from bot.web.keys import CLOCK, LEDGER
from conversations.segments import soften
from outreach import attendance
from outreach.attendance import MinutesRefused, minutes
from outreach.staff import Holder

_STATUS = {"unknown": 404, "early": 409, "published": 409}
_SENTENCES = {
    "unknown": "there is no such workshop",
    "early": "minutes are for a workshop that took place and is over",
    "published": "these minutes are public: they stay as they are",
    "length": f"write the minutes in at most {minutes.TEXT} letters, and the short version in at most {minutes.SHORT}",
    "letters": "the short version holds a letter that makes an SMS three times as dear: choose other words",
    "personal": "a telephone number or an e-mail address is in it: take it out",
}


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was said; `short` is what an SMS has room for."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=minutes.TEXT)]
    short: Annotated[str, msgspec.Meta(min_length=1, max_length=minutes.SHORT)]


class Kept(msgspec.Struct, frozen=True):
    """Minutes as they are kept; `published_at` is null while who came may correct them."""

    text: str
    short: str
    corrections_until: datetime
    published_at: datetime | None


def _problem(code: str, field: str = "") -> Problem:
    sentence = _SENTENCES[code]
    return Problem(_STATUS.get(code, 422), sentence, errors=[Fault(field, sentence)] if field else [])


async def _number(request: web.Request) -> int:
    named = request.match_info
    found = await request.app[LEDGER].read(attendance.number, named["slug"], named["workshop"])
    if found is None:
        raise _problem("unknown")
    return found


def _shown(one: attendance.Minutes) -> web.Response:
    return answer(Kept(one.text, one.short, one.corrections_until, one.published_at))


async def put(request: web.Request, holder: Holder) -> web.Response:
    """PUT /api/v1/processes/{slug}/workshops/{workshop}/minutes: 409 before its end and once they are public, 422 naming the field."""
    given, number = await words(request, Written), await _number(request)
    text, short = given.text.strip(), soften(given.short.strip())
    if fault := held.fault(text, short):
        raise _problem(*fault)
    try:
        kept = await request.app[LEDGER].write(minutes.load, request.app[CLOCK].now(), number, holder.actor, text=text, short=short)
    except MinutesRefused as refused:
        raise _problem(refused.code, refused.field) from None
    return _shown(kept)


async def get(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/processes/{slug}/workshops/{workshop}/minutes."""
    found = await request.app[LEDGER].read(minutes.get, await _number(request))
    if found is None:
        raise Problem(404, "this workshop has no minutes yet")
    return _shown(found)
