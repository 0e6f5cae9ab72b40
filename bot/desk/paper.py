"""Paper: sheets typed in by keyboard, one after the other, and looked at a second time by somebody else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from aiohttp import web

from bot.channels import numbers
from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS, by_sms
from bot.web.labels import CONTRIBUTION
from bot.web.pages import language_of
from conversations.phrases import OWN_NAMES
from conversations.text import Text, _, render
from outreach import paper, processes
from outreach.paper import Alike, Near, PaperRefused, Typed
from outreach.processes import ProcessView
from outreach.references import new_token
from outreach.staff import Person

CONSENTS: dict[str, Text] = {
    "publish": _("I am 15 or older. The city may publish my view without my name."),
    "read": _("I am 15 or older. The city may read my view, and never publishes it."),
}
"""The sentences of the sheet, word for word: the one that is ticked is kept with the contribution (GDPR-03)."""
_FAULTS: dict[str, Text] = {
    "missing": _("Write it: it is compulsory."),
    "too_long": _("This is too long."),
    "date": _("Write a day of the last twelve months."),
    "consent": _("Without a ticked box a sheet can't be entered."),
    "process": _("Choose an open project."),
    "question": _("Choose one of the questions."),
    "language": _("Choose one of the languages."),
    "form": _("Take a new sheet: this page is too old."),
    "used": _("This page has served already, for another text. Take a new sheet, and write this one again."),
    "organisation": _("Your account names no association: ask an administrator."),
    "number": _("This is not the number of a mobile phone. Write ten digits, for example 06 12 34 56 78."),
    "four_eyes": _("It was you who typed it: the second look is for another person."),
    "done": _("Somebody else was quicker: this sheet is done."),
}
_SAID: dict[str, Text] = {
    "conforme": _("Checked: it waits for a moderator now."),
    "ecartee": _("The sheet is thrown away."),
    "fait": _FAULTS["done"],
    "soi": _FAULTS["four_eyes"],
    "numero": _FAULTS["number"],
    "vide": _("A sheet has a text, of 4000 letters at most."),
}
_FIELDS = ("form", "question", "lieu", "le", "par", "langue", "texte", "coche", "numero")
_MINE = 20
_NOTHING: Mapping[str, str] = {}


def _told(request: web.Request, text: Text | None) -> str:
    return render(text, request.app[HOUSE].catalogues[language_of(request)]) if text else ""


def _own(person: Person) -> str:
    """Whose sheets this person may see: everybody's, or for an association's account its own (INC-05)."""
    return "" if person.may("papers.check") else person.actor


async def blank(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/papier: an empty sheet, with what the last one of the pile was about."""
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    kept = await ledger.read(paper.kept, now, person.actor)
    fields = {"le": now.astimezone(request.app[HOUSE].timezone).date().isoformat(), "langue": request.app[HOUSE].languages[0]}
    if kept:
        fields = {
            "question": f"{kept.process}/{kept.question}",
            "lieu": kept.place,
            "le": kept.collected_on.isoformat(),
            "par": kept.collected_by,
            "langue": kept.language,
        }
    return await _blank(request, person, {**fields, "form": new_token()}, begun=kept is not None)


async def _blank(
    request: web.Request,
    person: Person,
    fields: Mapping[str, str],
    *,
    begun: bool = True,
    faults: Mapping[str, str] = _NOTHING,
    near: tuple[Alike, ...] = (),
    status: int = 200,
) -> web.Response:
    ledger = request.app[LEDGER]
    views = [view for view in await ledger.read(processes.listing, within=person.within("papers.enter")) if view.state == "open"]
    checks = person.may("papers.check")
    today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
    return desk_page(
        request,
        person,
        "paper.html",
        status=status,
        fields={name: fields.get(name, "") for name in _FIELDS},
        focus=next((name for name in _FIELDS[1:] if faults.get(name)), "texte" if begun else "question"),
        faulty=bool(faults),
        faults={name: faults.get(name, "") for name in _FIELDS},
        near=near,
        questions=[(f"{view.slug}/{one.id}", view.document.title, one.text) for view in views for one in view.document.questions],
        consents=CONSENTS,
        languages=OWN_NAMES,
        today=today.isoformat(),
        sheets=await ledger.read(paper.listing, person.actor, _MINE),
        labels=CONTRIBUTION,
        follows=person.may("papers.follow"),
        by_sms=by_sms(request),
        waiting=await ledger.read(paper.how_many, person.actor, person.within("papers.check")) if checks else None,
    )


async def enter(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/papier: `form`, `question` (process/question), `texte`, `lieu`, `le`, `par`, `coche`, `langue`, `numero`, `quand_meme`."""
    form = await form_of(request, person)
    if "association" in person.roles and not person.organisation:
        return await _blank(request, person, _fields(form), faults={"par": _told(request, _FAULTS["organisation"])}, status=422)
    if not person.may("papers.enter", form["question"].partition("/")[0]):
        return await _blank(request, person, _fields(form), faults={"question": _told(request, _FAULTS["process"])}, status=422)
    number = _number(request, form)
    if number is None:
        return await _blank(request, person, _fields(form), faults={"numero": _told(request, _FAULTS["number"])}, status=422)
    try:
        outcome = await request.app[LEDGER].write(
            paper.enter, request.app[CLOCK].now(), person.actor, _typed(request, form, number), person.organisation
        )
    except PaperRefused as refused:
        names = {"text": "texte", "place": "lieu", "collected_on": "le", "collected_by": "par", "consent": "coche", "language": "langue"}
        faults = {names.get(field, field): _told(request, _FAULTS[code]) for field, code in refused.faults}
        if "process" in faults:
            faults["question"] = faults.pop("process")
        again = {**_fields(form), "form": new_token()} if "form" in faults else _fields(form)
        return await _blank(request, person, again, faults=faults, status=422)
    if isinstance(outcome, Near):
        return await _blank(request, person, _fields(form), near=outcome.sheets, status=409)
    raise web.HTTPSeeOther(f"/desk/papier/{outcome.ref}/talon")


def _fields(form: Form) -> dict[str, str]:
    return {name: form[name] for name in form}


def _number(request: web.Request, form: Form) -> str | None:
    """The number that was left on the sheet (E.164), "" for none; None for what no mobile phone may have."""
    if not form["numero"] or not by_sms(request):
        return ""
    return numbers.mobile(form["numero"][:40], request.app[SETTINGS].territory)


def _typed(request: web.Request, form: Form, number: str) -> Typed:
    process, _slash, question = form["question"].partition("/")
    house = request.app[HOUSE]
    ticked = CONSENTS.get(form["coche"])
    try:
        day: date | None = date.fromisoformat(form["le"])
    except ValueError:
        day = None
    return Typed(
        form=form["form"],
        process=process,
        question=question,
        text=form["texte"],
        place=form["lieu"],
        collected_on=day,
        collected_by=form["par"],
        consent=render(ticked, house.catalogues[house.languages[0]]) if ticked else "",
        publish=form["coche"] == "publish",
        language=form["langue"],
        phone=number,
        anyway=bool(form["quand_meme"]),
    )


async def slip(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/papier/{ref}/talon: the slip with its code, the first time only."""
    return await _slip(request, person, anew=False)


async def slip_anew(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/papier/{ref}/talon: another code; the one before stops working."""
    await form_of(request, person)
    return await _slip(request, person, anew=True)


async def _slip(request: web.Request, person: Person, *, anew: bool) -> web.Response:
    ledger, ref = request.app[LEDGER], request.match_info["ref"]
    sheet = await ledger.read(paper.get, ref, _own(person))
    if sheet is None:
        raise web.HTTPNotFound

    def draw(session: Any) -> paper.Drawn | None:  # noqa: ANN401 - the office's own
        return paper.draw(session, request.app[CLOCK].now(), ref, person.actor, anew=anew)

    try:
        drawn = await ledger.write(draw)
    except PaperRefused:
        raise web.HTTPNotFound from None
    return desk_page(request, person, "slip.html", sheet=sheet, drawn=drawn, process=await _process(request, sheet.process))


async def _process(request: web.Request, slug: str) -> ProcessView:
    view = await request.app[LEDGER].read(processes.get, slug)
    if view is None:
        raise web.HTTPNotFound
    return view


async def second_look(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/papier/relecture?apres=: the oldest sheet that somebody else typed."""
    found = await request.app[LEDGER].read(paper.waiting, person.actor, request.query.get("apres", ""), person.within("papers.check"))
    said = _told(request, _SAID.get(request.query.get("dit", "")))
    return desk_page(
        request,
        person,
        "second_look.html",
        waiting=found,
        sheet=found.sheet,
        number=numbers.shown(found.sheet.phone) if found.sheet else "",
        consents=CONSENTS,
        said=said,
        languages=OWN_NAMES,
    )


async def looked(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/papier/{ref}/relecture: `acte` is "conforme", with text and number as they stand on the paper, or "ecarter"."""
    form = await form_of(request, person)
    number = _number(request, form)
    if number is None:
        raise web.HTTPSeeOther("/desk/papier/relecture?dit=numero")
    left = paper.Left(number, by_sms(request)) if number else None
    ledger, now, ref = request.app[LEDGER], request.app[CLOCK].now(), request.match_info["ref"]
    try:
        match form["acte"]:
            case "conforme":
                await ledger.write(paper.check, now, ref, person.actor, form["texte"], left)
            case "ecarter":
                await ledger.write(paper.discard, now, ref, person.actor)
            case _:
                raise Problem(422)
    except PaperRefused as refused:
        said = {"four_eyes": "soi", "done": "fait"}.get(refused.faults[0][1], "vide")
        raise web.HTTPSeeOther(f"/desk/papier/relecture?dit={said}") from None
    raise web.HTTPSeeOther(f"/desk/papier/relecture?dit={'conforme' if form['acte'] == 'conforme' else 'ecartee'}")
