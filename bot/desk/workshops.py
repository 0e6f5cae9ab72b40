"""Workshops: the list, the people of one by pseudonym, what they need, the end of the door, the minutes."""

from aiohttp import web

from bot.desk.checkin import room_of, workshop_number
from bot.desk.doors import desk_page, form_of
from bot.web import minutes as held
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.flows.needs import NAMES
from conversations.segments import soften
from conversations.text import Text, _, render
from outreach import attendance
from outreach.attendance import MinutesRefused, NoWorkshop, minutes
from outreach.staff import Person

STATES: dict[str, Text] = {
    "confirmed": _("has a place"),
    "attended": _("came"),
    "absent": _("did not come"),
    "offered": _("a place is offered"),
    "waiting": _("waits"),
    "cancelled": _("has left"),
}
"""What each state of a registration is called on the desk."""

_SAID: dict[str, Text] = {
    "clos": _("The door is shut: who had a place and did not come is noted as absent."),
    "tot": _("The door can't be shut before the workshop begins."),
    "compte-rendu": _("The minutes are in: who came is told, at a decent hour, once."),
}

_REFUSED: dict[str, Text] = {
    "early": _("Minutes are for a workshop that took place and is over."),
    "published": _("These minutes are public: they stay as they are."),
    "length": _("Write the minutes in at most 1500 letters, and the short version in at most 90."),
    "letters": _("The short version holds a letter that makes an SMS three times as dear: choose other words."),
    "personal": _("A telephone number or an e-mail address is in it: take it out."),
}
_EMPTY = Form({})


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/ateliers."""
    now = request.app[CLOCK].now()
    rooms = await request.app[LEDGER].read(attendance.listing, now, person.within("workshops.host"))
    coming, over = [room for room in rooms if room.ends_at > now], [room for room in rooms if room.ends_at <= now]
    return desk_page(request, person, "workshops.html", coming=coming, over=over)


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/ateliers/{id}?besoins=1: with what people need, each look at it written down."""
    return await _show(request, person)


async def _show(request: web.Request, person: Person, *, refused: str = "", sent: Form = _EMPTY, status: int = 200) -> web.Response:
    room, now = await room_of(request), request.app[CLOCK].now()
    looks = bool(request.query.get("besoins"))
    needs = await request.app[LEDGER].write(attendance.needs, now, workshop_number(request), person.actor) if looks else ()
    return desk_page(
        request,
        person,
        "workshop.html",
        status=status,
        room=room,
        held=[guest for guest in room.guests if guest.state in {"confirmed", "attended", "absent"}],
        line=[guest for guest in room.guests if guest.state in {"waiting", "offered"}],
        left=sum(guest.state == "cancelled" for guest in room.guests),
        asking=sum(guest.asks for guest in room.guests),
        looks=looks,
        needs=needs,
        services=NAMES,
        states=STATES,
        begun=room.starts_at <= now,
        writes=person.may("processes.write", room.process),
        over=room.ends_at <= now and room.status != "cancelled",
        minutes=await request.app[LEDGER].read(minutes.get, workshop_number(request)),
        most={"text": minutes.TEXT, "short": minutes.SHORT},
        sent=sent,
        refused=_in(request, _REFUSED.get(refused)),
        said=_in(request, _SAID.get(request.query.get("dit", ""))),
    )


def _in(request: web.Request, text: Text | None) -> str:
    return render(text, request.app[HOUSE].catalogues[language_of(request)]) if text else ""


async def close(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/ateliers/{id}/clore: who had a place and did not come is absent."""
    await form_of(request, person)
    number = workshop_number(request)
    try:
        await request.app[LEDGER].write(attendance.close, request.app[CLOCK].now(), number, person.actor)
    except NoWorkshop:
        raise web.HTTPNotFound from None
    except ValueError:
        raise web.HTTPSeeOther(f"/desk/ateliers/{number}?dit=tot") from None
    raise web.HTTPSeeOther(f"/desk/ateliers/{number}?dit=clos")


async def publish(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/ateliers/{id}/compte-rendu: `text` and `short`; who came is told, and 72 hours later it is public."""
    form, number = await form_of(request, person), workshop_number(request)
    text, short = form["text"], soften(form["short"])
    if fault := held.fault(text, short):
        return await _show(request, person, refused=fault[0], sent=form, status=422)
    try:
        await request.app[LEDGER].write(minutes.load, request.app[CLOCK].now(), number, person.actor, text=text, short=short)
    except MinutesRefused as refused:
        if refused.code == "unknown":
            raise web.HTTPNotFound from None
        return await _show(request, person, refused=refused.code, sent=form, status=422 if refused.code == "length" else 409)
    raise web.HTTPSeeOther(f"/desk/ateliers/{number}?dit=compte-rendu")
