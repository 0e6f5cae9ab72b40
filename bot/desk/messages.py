"""The inbox: who wants somebody; one matter with what was said, answered, given to a colleague, noted as a contribution, done."""

from typing import Any

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import model_answers, processes, staff, tickets
from outreach.references import show_ref
from outreach.staff import Person
from outreach.tickets import NoTicket

_PAGE = 50
_GONE = _("It is no longer open: somebody else took it up.")
_TOO_LONG = _("This answer takes {count} SMS, three at most: shorten it. Its author has a phone without internet.")
_UNSHOWN = _("A letter can't be shown, or nothing is said: write it again.")
_SAID: dict[str, Text] = {
    "reponse": _("The answer leaves, at a decent hour."),
    "fait": _("It is done."),
    "avis": _("It is noted as a contribution; its author is told, with the number."),
    "donne": _("It is given to that colleague."),
    "rendu": _("It is everybody's again."),
}
_NOBODY, _MINE = "", "moi"


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/messages?a=moi: who wants somebody, the late ones first; or only what I have taken."""
    mine = request.query.get("a") == _MINE
    within = person.within("tickets.answer")
    try:
        found = await request.app[LEDGER].read(
            tickets.listing, cursor=request.query.get("suite") or None, limit=_PAGE, within=within, of=person.id if mine else None
        )
    except ValueError:
        raise Problem(404) from None
    return desk_page(
        request,
        person,
        "tickets.html",
        items=found.items,
        next=found.next,
        counts=await request.app[LEDGER].read(tickets.counts, request.app[CLOCK].now(), within),
        mine=mine,
        said=_say(request, _SAID.get(request.query.get("fait", ""))),
    )


def _say(request: web.Request, text: Text | None, **values: int | str) -> str:
    return render(Text(text.msgid, dict(values)), request.app[HOUSE].catalogues[language_of(request)]) if text else ""


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/messages/{id}?modele=: the matter and what was said, with a model answer ready to be changed."""
    chosen = request.query.get("modele", "")
    typed = next((one.text for one in await request.app[LEDGER].read(model_answers.listing) if one.id == chosen), "")
    return await _show(request, person, typed=typed)


async def _show(
    request: web.Request, person: Person, *, status: int = 200, number: str = "", fault: str = "", typed: str = ""
) -> web.Response:
    ledger, id_ = request.app[LEDGER], request.match_info["id"]
    try:
        item, said = await ledger.write(tickets.get, request.app[CLOCK].now(), id_, person.actor)
    except NoTicket:
        raise web.HTTPNotFound from None
    house = request.app[HOUSE]
    language = item.language if item.language in house.languages else house.languages[0]
    views = await ledger.read(processes.listing, within=person.within("tickets.answer"))
    return desk_page(
        request,
        person,
        "ticket.html",
        status=status,
        item=item,
        talk=said,
        late=item.is_late(request.app[CLOCK].now()),
        models=await ledger.read(model_answers.listing, language),
        team=[one for one in await ledger.read(staff.listing) if _answers(one, item.process)],
        questions=[
            (f"{view.slug}/{one.id}", view.document.title, one.text)
            for view in views
            if view.state == "open"
            for one in view.document.questions
        ],
        number=number,
        fault=fault,
        typed=typed,
        said=_say(request, _SAID.get(request.query.get("fait", ""))),
    )


def _answers(account: staff.Account, slug: str) -> bool:
    return account.may("tickets.answer", slug) if slug else account.disabled_at is None and account.within("tickets.answer") is None


async def done(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/fait."""
    await form_of(request, person)
    try:
        await request.app[LEDGER].write(tickets.close, request.app[CLOCK].now(), request.match_info["id"], person.actor)
    except NoTicket:
        raise Problem(409, _GONE) from None
    raise web.HTTPSeeOther("/desk/messages?fait=fait")


async def number(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/numero: the number that its owner asked to be called on, written down in the audit (SEC-05)."""
    await form_of(request, person)
    try:
        shown = await request.app[LEDGER].write(tickets.reveal, request.app[CLOCK].now(), request.match_info["id"], person.actor)
    except NoTicket:
        raise Problem(409, _GONE) from None
    return await _show(request, person, number=shown)


async def reply(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/repondre: `text` goes where the question came from, once."""
    form = await form_of(request, person)
    try:
        await request.app[LEDGER].write(tickets.reply, request.app[CLOCK].now(), request.match_info["id"], form["text"], person.actor)
    except NoTicket:
        raise Problem(409, _GONE) from None
    except tickets.TooLong as long:
        return await _show(request, person, status=422, fault=_say(request, _TOO_LONG, count=long.count), typed=form["text"])
    except tickets.Unshown:
        return await _show(request, person, status=422, fault=_say(request, _UNSHOWN), typed=form["text"])
    raise web.HTTPSeeOther("/desk/messages?fait=reponse")


async def assign(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/attribuer: `a` is an account's number, "moi", or "" for everybody."""
    form, id_ = await form_of(request, person), request.match_info["id"]
    to = person.id if form["a"] == _MINE else int(form["a"]) if form["a"].isdecimal() else None
    try:
        await request.app[LEDGER].write(tickets.assign, request.app[CLOCK].now(), id_, to, person.actor)
    except NoTicket:
        raise Problem(409, _GONE) from None
    raise web.HTTPSeeOther(f"/desk/messages/{id_}?fait={'rendu' if to is None else 'donne'}")


async def refile(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/{id}/avis: `question` is "process/question"; the words become a contribution, read and never published."""
    form = await form_of(request, person)
    slug, _slash, question = form["question"].partition("/")
    if not person.may("tickets.answer", slug):
        raise Problem(403)

    def move(session: Any) -> str:  # noqa: ANN401 - the office's own
        now, id_ = request.app[CLOCK].now(), request.match_info["id"]
        return tickets.refile(session, now, id_, person.actor, slug=slug, question=question)

    try:
        ref = await request.app[LEDGER].write(move)
    except NoTicket:
        raise Problem(409, _GONE) from None
    raise web.HTTPSeeOther(f"/desk/messages?fait=avis&no={show_ref(ref).replace(' ', '')}")


async def models(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/messages/modeles: what the city answers to what is often asked."""
    return await _models(request, person)


async def _models(request: web.Request, person: Person, *, fault: str = "", sent: Form | None = None, status: int = 200) -> web.Response:
    every = await request.app[LEDGER].read(model_answers.listing)
    chosen = next((one for one in every if one.id == request.query.get("modele", "")), None)
    return desk_page(
        request,
        person,
        "models.html",
        status=status,
        models=every,
        languages=request.app[HOUSE].languages,
        name=sent["name"] if sent else chosen.name if chosen else "",
        text=sent["text"] if sent else chosen.text if chosen else "",
        chosen=sent["language"] if sent else chosen.language if chosen else request.app[HOUSE].languages[0],
        fault=fault,
        limits={"name": model_answers.LONGEST_NAME, "text": model_answers.LONGEST},
    )


async def keep_model(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/modeles: `name`, `language`, `text`; the same name and language is the same answer."""
    form = await form_of(request, person)
    language = form["language"] if form["language"] in request.app[HOUSE].languages else request.app[HOUSE].languages[0]
    model = model_answers.Model("", form["name"], language, form["text"])
    try:
        await request.app[LEDGER].write(model_answers.keep, request.app[CLOCK].now(), model, person.actor)
    except model_answers.ModelTrouble:
        return await _models(
            request, person, fault=_say(request, _("A name of 80 letters and a text of 1500 at most.")), sent=form, status=422
        )
    raise web.HTTPSeeOther("/desk/messages/modeles")


async def drop_model(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/messages/modeles/{link}/retirer."""
    await form_of(request, person)
    await request.app[LEDGER].write(model_answers.remove, request.app[CLOCK].now(), request.match_info["link"], person.actor)
    raise web.HTTPSeeOther("/desk/messages/modeles")
