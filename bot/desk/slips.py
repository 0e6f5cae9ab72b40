"""Follow-up at the desk: somebody brings a slip, its number and code tell what became of the sheet."""

from typing import Any, cast, get_args

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import CONTRIBUTION, DECISION
from bot.web.pages import environment, language_of
from conversations.outcomes import Appealed, CodeLocked, Forgotten, NoAppeal, OfSlip, WrongCode
from conversations.reasons import REASONS
from conversations.text import Text, _, render
from outreach import paper
from outreach.paper import Wish
from outreach.references import read_ref
from outreach.staff import Person

_NO_APPEAL: dict[str, Text] = {
    "nothing": _("Nothing was refused: there is nothing to contest."),
    "late": _("It is too late: a refusal may be contested for six months."),
    "already": _("It is contested already: another person reads it again."),
}


async def ask(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/suivi: number and code."""
    return desk_page(request, person, "follow.html", number="", refused="", said="", told=None)


async def answer(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/suivi: `numero`, `code`, `acte` (follow, appeal, erase). Guesses count by account."""
    form = await form_of(request, person)
    ref, code, wish = read_ref(form["numero"]), "".join(form["code"].split()), form["acte"] or "follow"
    if wish not in get_args(Wish):
        raise Problem(422)
    if ref is None:
        refused = _said(request, _("This is no number of a slip: eight digits, such as 4821 0736."))
        return desk_page(request, person, "follow.html", status=422, number=form["numero"], refused=refused, said="", told=None)
    outcome = await _use(request, person, ref, code, wish)
    match outcome:
        case OfSlip():
            return _told(request, person, outcome, code, "")
        case Appealed(answer_by=day):
            shown = environment(language_of(request)).filters["day"](day)
            said = _said(request, _("Noted: another person reads it again and answers before {day}.", day=shown))
        case NoAppeal(why=why):
            said = _said(request, _NO_APPEAL[why])
        case Forgotten():
            said = _said(request, _("Erased: it is no longer public, nor read."))
        case CodeLocked(until=until):
            hour = environment(language_of(request)).filters["hour"](until)
            refused = _said(request, _("Too many wrong codes: no code is looked at before {hour}.", hour=hour))
            return desk_page(request, person, "follow.html", status=429, number=form["numero"], refused=refused, said="", told=None)
        case WrongCode():
            refused = _said(request, _("This code does not go with this number."))
            return desk_page(request, person, "follow.html", status=403, number=form["numero"], refused=refused, said="", told=None)
    if isinstance(outcome, Forgotten):
        return desk_page(request, person, "follow.html", number="", refused="", said=said, told=None)
    again = await _use(request, person, ref, code, "follow")
    return _told(request, person, again, code, said) if isinstance(again, OfSlip) else await ask(request, person)


async def _use(request: web.Request, person: Person, ref: str, code: str, wish: str) -> paper.Answer:
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    outcome: paper.Answer = await ledger.write(paper.use, now, person.actor, person.actor, ref, code, cast("Wish", wish))
    return outcome


def _told(request: web.Request, person: Person, found: OfSlip, code: str, said: str) -> web.Response:
    told = found.contribution
    today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
    reason: Any = REASONS.get(told.reason)
    return desk_page(
        request,
        person,
        "follow.html",
        number="",
        refused="",
        said=said,
        told=told,
        answer=found.answer,
        cited=told.answer,
        decisions=DECISION,
        code=code,
        label=CONTRIBUTION[told.state],
        reason=reason.sentence if reason else None,
        appeals=told.state == "refused" and told.appeal_until is not None and told.appeal_until >= today,
        erases=told.state != "withdrawn",
    )


def _said(request: web.Request, text: Text) -> str:
    return render(text, request.app[HOUSE].catalogues[language_of(request)])
