"""One point of the avis: the service that studies it, its note, the decision with its SMS, what was promised."""

from typing import Any

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.framing import day_of
from bot.desk.preview import previews
from bot.desk.response import said
from bot.desk.words import why
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import DECISION
from conversations.text import Text, _
from outreach import answers, loop, processes
from outreach.answers import DECISIONS, FEASIBLE, SMS_DONE, SMS_REASON, Assigned, Note, Position, Refused
from outreach.staff import Person

_FEASIBLE: dict[str, Text] = {"yes": _("yes"), "conditions": _("yes, on conditions"), "no": _("no")}
_CITED = 60  # references that the page names
_WORKING = ("avis_handed_over", "instruction", "arbitration")


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/points/{number}: its place in the avis."""
    return await _show(request, person)


async def _show(
    request: web.Request, person: Person, *, form: Form | None = None, refused: Refused | processes.Refused | None = None
) -> web.Response:
    ledger, slug = request.app[LEDGER], request.match_info["slug"]
    view, book = await ledger.read(processes.get, slug), await ledger.read(answers.book, slug, most=_CITED)
    point = book.point(int(request.match_info["number"])) if book else None
    if view is None or book is None or point is None:
        raise web.HTTPNotFound
    places = [one.place for one in book.points]
    here = places.index(point.place) if point.place in places else -1
    return desk_page(
        request,
        person,
        "point.html",
        status=409 if refused else 200,
        process=view,
        point=point,
        avis=book.avis,
        previous=places[here - 1] if here > 0 else 0,
        following=places[here + 1] if 0 <= here < len(places) - 1 else 0,
        feasible=[(name, _FEASIBLE[name]) for name in FEASIBLE],
        feasible_names=_FEASIBLE,
        decisions=[(name, DECISION[name]) for name in DECISIONS],
        previews=previews(request, point),
        works=person.may("processes.write") and view.state in _WORKING and bool(point.number),
        follows=person.may("processes.write") and view.state in {"response_published", "follow_up"},
        languages=[one for one in request.app[HOUSE].languages if one != "fr"],
        done_most=SMS_DONE,
        reason_most=SMS_REASON,
        today=request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date(),
        form=form,
        said=said(request),
        refused=why(request, refused) if refused else "",
        which=getattr(refused, "which", ()) if refused else (),
    )


async def assign(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/service: `service`, `person`, `due_on`."""
    form = await form_of(request, person)
    to = Assigned(form["service"], form["person"], day_of(form["due_on"]))
    return await _took(request, person, "service", form, answers.assign, to)


async def study(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/instruction: `feasible`, `cost`, `schedule`, `note`."""
    form = await form_of(request, person)
    note = Note(form["feasible"], form["cost"], form["schedule"], form["note"])
    return await _took(request, person, "instruction", form, answers.study, note)


async def decide(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/position: `decision`, `decided_by`, `decided_on`, `reasons`, `done`, `reason`, `due_on`, and `done-en`, `reason-en`."""
    form = await form_of(request, person)
    others = {
        language: {name: form[f"{name}-{language}"] for name in ("reasons", "done", "reason")}
        for language in request.app[HOUSE].languages
        if language != "fr"
    }
    position = Position(
        decision=form["decision"],
        decided_by=form["decided_by"],
        decided_on=day_of(form["decided_on"]),
        reasons=form["reasons"],
        sms_done=form["done"],
        sms_reason=form["reason"],
        due_on=day_of(form["due_on"]),
        others=others,
    )
    return await _took(request, person, "position", form, answers.decide, position)


async def _took(request: web.Request, person: Person, done: str, form: Form, verb: Any, given: object) -> web.StreamResponse:  # noqa: ANN401, PLR0917 - a verb of the office
    slug, place = request.match_info["slug"], int(request.match_info["number"])
    try:
        await request.app[LEDGER].write(verb, request.app[CLOCK].now(), slug, place, given, person.actor)
    except (Refused, processes.Refused) as refused:
        if refused.code == "unknown":
            raise web.HTTPNotFound from None
        return await _show(request, person, form=form, refused=refused)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}/points/{place}?fait={done}")


async def settle(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/engagement: `id`, and `evidence` (done), or `until` with `reason-fr`… (put off)."""
    form = await form_of(request, person)
    slug, place = request.match_info["slug"], request.match_info["number"]
    more: dict[str, Any] = {"evidence": form["evidence"]}
    if form["how"] == "later":
        reasons = {language: form[f"reason-{language}"] for language in {"fr", *request.app[HOUSE].languages}}
        today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
        more = {"until": day_of(form["until"]) or today, "reasons": reasons}
    try:
        await request.app[LEDGER].write(loop.settle, request.app[CLOCK].now(), slug, form["id"], person.actor, **more)
    except (Refused, processes.Refused) as refused:
        if refused.code == "unknown":
            raise web.HTTPNotFound from None
        return await _show(request, person, form=form, refused=refused)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}/points/{place}?fait=engagement")
