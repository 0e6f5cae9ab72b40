"""A text to decide again without knowing what a colleague decided; the two are compared afterwards."""

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.queue import DECIDED, reasons, say, warnings
from bot.web.errors import Problem
from bot.web.keys import CLOCK, LEDGER
from conversations.reasons import REASONS
from outreach import translations
from outreach.contributions import blind, triage
from outreach.references import read_id
from outreach.staff import Person

_HERE = "/desk/contributions/relecture/aveugle"


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contributions/relecture/aveugle?lu=: the next one; `lu`, the one just read, told with what the colleague decided."""
    ledger, now, within = request.app[LEDGER], request.app[CLOCK].now(), person.within("contributions.decide")
    read = read_id(request.query.get("lu", ""))
    text = await ledger.read(blind.following, now, person.actor, within)
    return desk_page(
        request,
        person,
        "blind.html",
        text=text,
        translation=await ledger.read(translations.of, text.ref, text.text) if text else None,
        warnings=warnings(text) if text else (),
        violent=text is not None and not triage.VIOLENT.isdisjoint(text.flags),
        waiting=await ledger.read(blind.waiting, now, person.actor, within),
        compared=await ledger.read(blind.compared, read, person.actor),
        offered_reasons=reasons(),
        reasons=REASONS,
        decisions=DECIDED,
        said=say(request, request.query.get("dit", "")),
    )


async def answer(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/relecture/aveugle/{id}: `decision` accept, redact or refuse, and the `reason` of the last two."""
    form, number = await form_of(request, person), read_id(request.match_info["id"])
    try:
        await request.app[LEDGER].write(blind.answer, request.app[CLOCK].now(), number, person.actor, form["decision"], form["reason"])
    except ValueError:
        raise Problem(422) from None
    except blind.CannotRead:
        raise web.HTTPSeeOther(f"{_HERE}?dit=looked") from None
    raise web.HTTPSeeOther(f"{_HERE}?lu={number}")
