"""Two phones in a page and their JSON; the demonstration's clock and plug. Only with SIMULATOR=1."""

import os
import secrets
import signal
from datetime import timedelta

import msgspec
from aiohttp import web

from bot.channels.simulator import Simulator, where
from bot.simulator.account import COLLEAGUE, EMAIL, PASSWORD
from bot.simulator.sentences import sentences
from bot.simulator.traces import count
from bot.web.bodies import whole
from bot.web.errors import Fault, Problem
from bot.web.keys import CHANNELS, CLOCK, HOUSE, LEDGER
from bot.web.leap import leap
from bot.web.pages import environment, language_of, page
from conversations.messages import Inbound, Words
from outreach import attendance, avenue, invented, processes, staff, statistics, yard

_REMINDER, _WITHIN = timedelta(days=5), timedelta(minutes=5)
_LONGEST = 366 * 86_400  # seconds that the clock may jump at once


class _Advance(msgspec.Struct):
    """The body of /simulator/clock."""

    advance: float


class _Photo(msgspec.Struct):
    """A message with something that we do not keep: its caption is text."""

    text: str
    attachment: str


def mount(app: web.Application) -> None:
    """Put the simulator on an application; without it all its addresses are 404."""
    app.router.add_routes(
        [
            web.get("/simulator", stage),
            web.get("/simulator/state", state),
            web.post("/simulator/clock", clock),
            web.post("/simulator/cut", cut),
            web.post("/simulator/{network}/{phone}/messages", say),
            web.get("/simulator/{network}/{phone}/messages", listen),
            web.get("/simulator/{network}/{phone}/traces", traces),
        ]
    )


def _simulator(request: web.Request) -> Simulator:
    found = request.app[CHANNELS].get("simulator")
    if not isinstance(found, Simulator):
        raise web.HTTPNotFound
    return found


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", headers={"Cache-Control": "no-store"})


async def say(request: web.Request) -> web.Response:
    """POST /simulator/{sms|telegram}/{phone}/messages: 200 after the commit."""
    for inbound in await _read(request):
        await request.app[LEDGER].receive(inbound)
    return _json({})


async def _read(request: web.Request) -> list[Inbound]:
    simulator = _simulator(request)
    try:
        photo = msgspec.json.decode(await whole(request), type=_Photo)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [*await simulator.read(request)]
    network, address = where(request)
    what = Words(photo.text, attachment=photo.attachment[:16])
    return [Inbound(simulator.name, simulator.account, secrets.token_hex(12), network, address, what, request.app[CLOCK].now())]


async def listen(request: web.Request) -> web.Response:
    """GET /simulator/{sms|telegram}/{phone}/messages?after=: what the city said to this phone, the oldest first."""
    network, address = where(request)
    return _json({"items": _simulator(request).messages(network, address, request.query.get("after", ""))})


async def traces(request: web.Request) -> web.Response:
    """GET /simulator/{sms|telegram}/{phone}/traces: how often this address stands in the open, in the base and in what is published."""
    _simulator(request)
    _network, address = where(request)
    stored, published = await count(request.app, address)
    return _json({"stored": stored, "published": published})


async def clock(request: web.Request) -> web.Response:
    """POST /simulator/clock {"advance": seconds}: 200 once every due wake-up is swept."""
    try:
        wanted = msgspec.json.decode(await whole(request), type=_Advance).advance
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, 'write {"advance": 60}', errors=[Fault("advance", "a number of seconds")]) from None
    if not 0 <= wanted <= _LONGEST:
        raise Problem(422, "the clock goes forward only, a year at most", errors=[Fault("advance", f"0 to {_LONGEST}")])
    await leap(request.app, timedelta(seconds=wanted))
    return _json({"now": request.app[CLOCK].now()})


async def state(request: web.Request) -> web.Response:
    """GET /simulator/state: the hour, the counters, what stands in the outbox."""
    overview = await request.app[LEDGER].read(statistics.overview)
    now = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone)
    filters = environment(language_of(request)).filters
    shown = f"{filters['day'](now)}, {filters['hour'](now)}"
    return _json({"at": now, "shown": shown, **msgspec.structs.asdict(overview)})


async def cut(_request: web.Request) -> web.Response:
    """POST /simulator/cut: pull the plug, as a power cut would: nothing is said goodbye to."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise web.HTTPInternalServerError  # nobody reads this


def _reminded(shown: processes.ProcessView | None) -> str:
    """When everybody of the first workshop was reminded, five days before; "" without one."""
    starts = min((one.starts_at for one in shown.document.workshops), default=None) if shown else None
    return (starts - _REMINDER + _WITHIN).isoformat() if starts else ""


async def stage(request: web.Request) -> web.Response:
    """GET /simulator: the demonstration on one page."""
    _simulator(request)
    ledger = request.app[LEDGER]
    views = await ledger.read(processes.listing)
    shown = next((view for view in reversed(views) if view.state == "open"), None)
    home = request.app[HOUSE].languages[0]
    posters = [entry for entry in shown.entries if entry.language in {"", home}] if shown else []
    rooms = await ledger.read(attendance.listing, request.app[CLOCK].now())
    is_invented = any(person.email == EMAIL for person in await ledger.read(staff.listing))
    slugs = {view.slug for view in views} if is_invented else set()
    return page(
        request,
        "simulator/page.html",
        headers={"Cache-Control": "no-store"},
        shown=f"/demarches/{shown.slug}" if shown else "/",
        keyword=next((entry.keyword for entry in posters if entry.keyword), ""),
        token=next((entry.token for entry in posters if not entry.keyword), ""),
        slug=shown.slug if shown else "",
        reminded=_reminded(shown),
        room=next((one.id for one in rooms if shown and one.process == shown.slug), ""),
        account=(EMAIL, PASSWORD) if is_invented else None,
        colleague=COLLEAGUE,
        ended=avenue if avenue.SLUG in slugs else None,
        owed=yard if yard.SLUG in slugs else None,
        cast=msgspec.json.encode(invented.CAST).decode() if is_invented else "",
        sentences=sentences(language_of(request)),
    )
