"""What people asked a person for: call them, answer them, done."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import tickets
from outreach.staff import Person

_PAGE = 50
_GONE = _("It is no longer open: somebody else took it up.")
_TOO_LONG = _("This answer takes {count} SMS, three at most: shorten it. Its author has a phone without internet.")
_SENT = _("The answer leaves, at a decent hour.")


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/messages: who wants somebody, the oldest first."""
    return await _show(request, person, said=_say(request, _SENT) if request.query.get("fait") == "reponse" else "")


def _say(request: web.Request, text: Text, **values: int) -> str:
    return render(Text(text.msgid, dict(values)), request.app[HOUSE].catalogues[language_of(request)])


async def _show(request: web.Request, person: Person, *, status: int = 200, **shown: object) -> web.Response:
    try:
        found = await request.app[LEDGER].read(
            tickets.listing, cursor=request.query.get("suite") or None, limit=_PAGE, within=person.within("tickets.answer")
        )
    except ValueError:
        raise Problem(404) from None
    empty: dict[str, object] = {"number": "", "about": "", "fault": "", "typed": "", "said": ""}
    return desk_page(request, person, "tickets.html", status=status, items=found.items, next=found.next, **(empty | shown))


async def done(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/fait."""
    await form_of(request, person)
    try:
        await request.app[LEDGER].write(tickets.close, request.app[CLOCK].now(), request.match_info["id"], person.actor)
    except tickets.NoTicket:
        raise Problem(409) from None
    raise web.HTTPSeeOther("/desk/messages")


async def number(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/numero: the number that its owner asked to be called on, written down in the audit (SEC-05)."""
    await form_of(request, person)
    id_ = request.match_info["id"]
    try:
        shown = await request.app[LEDGER].write(tickets.reveal, request.app[CLOCK].now(), id_, person.actor)
    except tickets.NoTicket:
        return await _show(request, person, status=409, fault=_say(request, _GONE))
    return await _show(request, person, number=shown, about=id_)


async def reply(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/repondre: `text` goes where the question came from, once."""
    form = await form_of(request, person)
    id_, text = request.match_info["id"], form["text"]
    try:
        await request.app[LEDGER].write(tickets.reply, request.app[CLOCK].now(), id_, text, person.actor)
    except tickets.NoTicket:
        return await _show(request, person, status=409, fault=_say(request, _GONE))
    except tickets.TooLong as long:
        return await _show(request, person, status=422, fault=_say(request, _TOO_LONG, count=long.count), about=id_, typed=text)
    raise web.HTTPSeeOther("/desk/messages?fait=reponse")
