"""The host's phone at the door: a page that works for hours without a network, and the marks that it sends once it has one again."""

from typing import Any

import msgspec
from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web import bodies, forms, static
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import attendance
from outreach.attendance import Mark, NoWorkshop, Refusal, Room
from outreach.references import new_token
from outreach.staff import Person

_HIGHEST = (1 << 63) - 1
_SAID: dict[str, Text] = {
    "early": _("The door opens on the day of the workshop."),
    "cancelled": _("This workshop is cancelled: nobody is checked in."),
    "unknown": _("No such code for this workshop. Without a code: +1."),
    "unreadable": _("This can't be read: a code of four digits, and from 1 to 20 people."),
    "done": _("Noted."),
}


class _Sent(msgspec.Struct):
    """What a phone sends: the marks that it keeps until they are answered."""

    marks: tuple[Mark, ...] = ()


def workshop_number(request: web.Request) -> int:
    """The number in the address; 404 for one that no row can have."""
    number = int(request.match_info["id"])
    if number > _HIGHEST:
        raise web.HTTPNotFound
    return number


async def room_of(request: web.Request) -> Room:
    """The workshop of the address with its people; 404 when there is none."""
    room = await request.app[LEDGER].read(attendance.room, workshop_number(request))
    if room is None:
        raise web.HTTPNotFound
    return room


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/ateliers/{id}/accueil: without scripts a form for each person; with them the same forms, offline too."""
    return await _show(request, person, said=_say(request, request.query.get("dit", "")))


async def _show(request: web.Request, person: Person, *, said: str = "", refused: str = "", status: int = 200) -> web.Response:
    room = await room_of(request)
    return desk_page(
        request,
        person,
        "door.html",
        status=status,
        room=room,
        snapshot=msgspec.json.encode(_snapshot(request, room)).decode(),
        key=new_token,
        said=said,
        refused=refused,
        unknown=_say(request, "unknown"),
    )


def _snapshot(request: web.Request, room: Room) -> dict[str, Any]:
    """What a phone keeps: pseudonyms and codes, never a need, a number or who closed their channel."""
    return {
        "at": int(request.app[CLOCK].now().timestamp() * 1000),
        "walk_ins": room.walk_ins,
        "last": room.last_walk_in,
        "guests": [
            {name: getattr(guest, name) for name in ("who", "name", "state", "seats", "mode", "code", "people", "rank")}
            for guest in room.guests
        ],
    }


async def worker(request: web.Request, person: Person) -> web.StreamResponse:  # noqa: ARG001 - every door has the same shape
    """GET /desk/ateliers/hors-ligne.js: what gives the page back where there is no network; its address is its scope."""
    return web.Response(
        body=static.body("worker.js"), content_type="text/javascript", charset="utf-8", headers={"Cache-Control": "no-cache"}
    )


async def marks(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/ateliers/{id}/accueil/pointages: marks as JSON, answered with the room as it is now; or one form."""
    if request.content_type != "application/json":
        return await _one(request, person)
    forms.prove(request, person.csrf)
    try:
        sent = msgspec.json.decode(await bodies.whole(request), type=_Sent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(422) from None
    answer = await _check_in(request, person, sent.marks) if sent.marks else attendance.Answer((), ())
    said = [{"key": one.key, "why": one.why, "code": one.code, "said": _say(request, one.why)} for one in answer.refused]
    return web.json_response({"done": answer.done, "refused": said, "room": _snapshot(request, await room_of(request))})


async def _one(request: web.Request, person: Person) -> web.StreamResponse:
    form = await form_of(request, person)
    people = form["people"] or await _announced(request, form["who"], form["code"])
    mark = Mark(form["key"], form["who"], form["code"].replace(" ", ""), int(people) if people.isdecimal() else -1, form["of"])
    refused: tuple[Refusal, ...] = (await _check_in(request, person, (mark,))).refused
    if refused:
        return await _show(request, person, refused=_say(request, refused[0].why), status=422)
    raise web.HTTPSeeOther(f"/desk/ateliers/{workshop_number(request)}/accueil?dit=done")


async def _announced(request: web.Request, who: str, code: str) -> str:
    """How many this registration is for: what a tick counts unless another number is given."""
    guests = (await room_of(request)).guests if who or code else ()
    return next((str(guest.seats) for guest in guests if guest.who == who or (not who and guest.code == code)), "1")


async def _check_in(request: web.Request, person: Person, sent: tuple[Mark, ...]) -> attendance.Answer:
    try:
        return await request.app[LEDGER].write(attendance.check_in, request.app[CLOCK].now(), workshop_number(request), sent, person.actor)
    except NoWorkshop:
        raise web.HTTPNotFound from None


def _say(request: web.Request, name: str) -> str:
    text = _SAID.get(name)
    return render(text, request.app[HOUSE].catalogues[language_of(request)]) if text else ""
