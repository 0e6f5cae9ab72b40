"""The interpreter's page: the texts of their languages alone, the translation beside the words as they were written."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import CONTRIBUTION
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import translations
from outreach.staff import Person
from outreach.translations import NoText, TranslationRefused

_REFUSED: dict[str, Text] = {
    "missing": _("Write the translation."),
    "too_long": _("This is too long."),
    "unsigned": _("Write the name that signs it: it is public."),
    "personal": _("A telephone number or an e-mail address is in it that the words do not have: take it out."),
}


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/interprete: what waits for a translation, the oldest first, and what was translated last."""
    ledger, within = request.app[LEDGER], person.within("texts.translate")
    return desk_page(
        request,
        person,
        "interpreter.html",
        items=await ledger.read(translations.listing, person.reads, within),
        done=await ledger.read(translations.listing, person.reads, within, done=True, limit=20),
        count=await ledger.read(translations.how_many, person.reads, within),
        labels=CONTRIBUTION,
    )


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/interprete/{ref}."""
    return await _show(request, person)


async def _show(
    request: web.Request, person: Person, *, fault: str = "", text: str | None = None, signed: str | None = None, status: int = 200
) -> web.Response:
    try:
        item = await request.app[LEDGER].write(
            translations.get, request.app[CLOCK].now(), request.match_info["ref"], person.reads, person.actor
        )
    except NoText:
        raise web.HTTPNotFound from None
    return desk_page(
        request,
        person,
        "translate.html",
        status=status,
        item=item,
        text=item.translation if text is None else text,
        signed=(item.signed or person.name) if signed is None else signed,
        into=request.app[HOUSE].languages[0],
        fault=fault,
    )


async def keep(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/interprete/{ref}: `text`, `signed`; then the list."""
    form = await form_of(request, person)
    now, ref = request.app[CLOCK].now(), request.match_info["ref"]
    try:
        await request.app[LEDGER].write(translations.keep, now, ref, person.reads, person.actor, signed=form["signed"], text=form["text"])
    except NoText:
        raise web.HTTPNotFound from None
    except TranslationRefused as refused:
        fault = render(_REFUSED[refused.code], request.app[HOUSE].catalogues[language_of(request)])
        return await _show(request, person, fault=fault, text=form["text"], signed=form["signed"], status=422)
    raise web.HTTPSeeOther("/desk/interprete")
