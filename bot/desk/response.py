"""The board of an avis: its points from one service to the next, until the response is published and everybody is told."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.framing import day_of
from bot.desk.words import told, why
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import DECISION, PROCESS
from bot.web.pages import data, language_of
from conversations.text import Text, _, ngettext, render
from outreach import answers, loop, processes
from outreach.agenda import OWING
from outreach.answers import SMS_DONE, SMS_REASON, Handed, Refused, SheetTrouble
from outreach.staff import Person

_DONE: dict[str, Text] = {
    "avis": _("The avis is in."),
    "synthese": _("The synthesis is in."),
    "date": _("The day is moved; everybody who waits is told."),
    "journal": _("The line stands in the public journal."),
    "publier": _("The response is public. Each author is being told."),
    "service": _("The point is with its service."),
    "instruction": _("The note is kept."),
    "position": _("The decision is kept. Nobody is told before the response is published."),
    "engagement": _("It is noted; who asked to know is told."),
}
_DECIDING = ("avis_handed_over", "instruction", "arbitration")
_MODEL = (
    "Point;Titre;Texte;Position minoritaire;Avis cités\r\n"
    "1;Des arbres;Planter des arbres le long du tram.;Trois habitants préfèrent des auvents.;\r\n"
    "non repris;le parking est hors sujet;Le groupe a lu ces avis et ne les a pas repris.;;\r\n"
)


def said(request: web.Request) -> str:
    """What was just done, in words."""
    done = request.query.get("fait", "")
    text = _decided(request) if done == "positions" else _DONE.get(done)
    return render(text, request.app[HOUSE].catalogues[language_of(request)]) if text else ""


def _decided(request: web.Request) -> Text:
    taken, without = (_count(request.query.get(name, "")) for name in ("prises", "restent"))
    left = ngettext("{count} point still without", "{count} points still without", without)
    return _(
        "{taken}, {left}. Nobody is told before the response is published.",
        taken=ngettext("{count} decision taken in", "{count} decisions taken in", taken),
        left=left if without else _("no point still without"),
    )


def _count(words: str) -> int:
    return int(words) if words.isdecimal() and len(words) < 6 else 0  # noqa: PLR2004 - a count


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/reponse."""
    return await _show(request, person)


async def _show(
    request: web.Request,
    person: Person,
    *,
    refused: str = "",
    faults: Sequence[answers.Fault] = (),
    sent: str = "",
    handed: Handed | None = None,
    status: int = 200,
) -> web.Response:
    ledger, slug, now = request.app[LEDGER], request.match_info["slug"], request.app[CLOCK].now()
    view, book = await ledger.read(processes.get, slug), await ledger.read(answers.book, slug, most=1)
    if view is None or book is None:
        raise web.HTTPNotFound
    today = now.astimezone(request.app[HOUSE].timezone).date()
    promised = view.promised_on
    return desk_page(
        request,
        person,
        "response.html",
        status=status,
        process=view,
        book=book,
        labels=PROCESS,
        decisions=DECISION,
        today=today,
        unfinished=await ledger.read(loop.unfinished, slug),
        reach=await ledger.read(loop.reach, slug) if view.state == "arbitration" else None,
        writes=person.may("processes.write"),
        languages=[one for one in request.app[HOUSE].languages if one != "fr"],
        late=(today - promised).days if promised and promised < today else 0,
        takes=view.state in OWING,
        decides=view.state in _DECIDING,
        waits=promised is not None,
        done_most=SMS_DONE,
        reason_most=SMS_REASON,
        sent=sent,
        handed=handed or (book.avis and Handed(book.avis.written_by, book.avis.handed_to, book.avis.handed_on, book.avis.left_out["fr"])),
        said=said(request),
        refused=refused,
        faults=[(fault.line, fault.column, told(request, fault.message)) for fault in faults],
    )


async def model(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET …/reponse/modele.csv: a sheet to start from."""
    return data(request, ("\ufeff" + _MODEL).encode(), "text/csv", name="avis.csv")


async def synthesis(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/reponse/synthese: `file`."""
    form = await form_of(request, person)
    return await took(request, person, "synthese", answers.synthesise, form.file("file"), person.actor)


async def promise(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/reponse/date: `until`, and `reason-fr`, `reason-en`…, as an SMS says it."""
    form = await form_of(request, person)
    reasons = {language: form[f"reason-{language}"] for language in {"fr", *request.app[HOUSE].languages}}
    until: date | None = day_of(form["until"])
    if until is None:
        return await _show(request, person, refused=told(request, "choose another day, after today"), status=422)
    return await took(request, person, "date", loop.move_promise, until, reasons, person.actor)


async def note(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/reponse/journal: `text`."""
    form = await form_of(request, person)
    return await took(request, person, "journal", answers.note, form["text"], person.actor)


async def publish(request: web.Request, person: Person) -> web.StreamResponse:
    """POST …/reponse/publier."""
    await form_of(request, person)
    return await took(request, person, "publier", loop.publish, person.actor)


async def cannot(
    request: web.Request,
    person: Person,
    sent: str,
    trouble: SheetTrouble | Refused | processes.Refused,
    handed: Handed | None = None,
) -> web.StreamResponse:
    """What keeps a form from being carried out, beside it, with what was typed about the avis."""
    if isinstance(trouble, SheetTrouble):
        return await _show(request, person, faults=trouble.faults, sent=sent, handed=handed, status=422)
    if trouble.code == "unknown":
        raise web.HTTPNotFound
    return await _show(request, person, refused=why(request, trouble), sent=sent, handed=handed, status=409)


async def took(
    request: web.Request,
    person: Person,
    done: str,
    verb: Any,  # noqa: ANN401 - of the office
    *given: object,
    counts: Callable[[Any], str] = lambda _result: "",
) -> web.StreamResponse:
    """The page again when the verb was carried out, with what it counted; else what to mend, beside the form that was sent."""
    slug = request.match_info["slug"]
    try:
        result = await request.app[LEDGER].write(verb, request.app[CLOCK].now(), slug, *given)
    except (SheetTrouble, Refused, processes.Refused) as trouble:
        return await cannot(request, person, done, trouble)
    raise web.HTTPSeeOther(f"/desk/demarches/{slug}/reponse?fait={done}{counts(result)}")
