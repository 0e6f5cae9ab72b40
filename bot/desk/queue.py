"""The queue: one item at a time, claimed; decide, take back, go on."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from bot.desk import hiding
from bot.desk.doors import desk_page, form_of
from bot.web.errors import Problem
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import CONTRIBUTION
from bot.web.pages import language_of
from conversations.reasons import REASONS, Reason
from conversations.text import Text, _, render
from outreach import dossiers, processes, translations
from outreach.contributions import STATES, blind, breaks, copies, decisions, queue, themes, together, triage
from outreach.contributions.decisions import Decision, DecisionRefused
from outreach.contributions.items import Item
from outreach.contributions.queue import APPEALS, WAITING, ClaimedByOther, NoItem
from outreach.processes import ProcessView
from outreach.references import read_ref
from outreach.staff import Person

_HERE = ("accept", "redact", "refuse", "answer", "ask_again", "group", "move", "split", "uphold", "reverse")
"""The decisions that this page has a form for."""
_REASONED = ("redact", "refuse")
_PAGE = 50
_EMPTY = Form({})

_SAID: dict[str, Text] = {
    "taken": _("Somebody else is reading it."),
    "first": _("It was you who decided: an appeal is for another person."),
    "pending": _("A decision was taken; it takes effect in a moment."),
    "settled": _("Nothing is left to decide here."),
    "late": _("Too late: the decision has taken effect."),
    "set_aside": _("Its author objected: it rests until the data protection officer has decided."),
    "looked": _("It was looked at meanwhile, or the first decision was yours: another person looks at it."),
    "some_taken": _("Some were read by somebody else meanwhile, or changed: they wait in the queue."),
}

_FLAGS: dict[str, Text] = {
    "distress": _("somebody may be in danger"),
    "threat": _("perhaps a threat"),
    "insult": _("perhaps an insult"),
    "spam": _("perhaps advertising"),
    "phone": _("holds a telephone number"),
    "email": _("holds an e-mail address"),
    "personal": _("perhaps personal"),
}
"""What a look at a text may have found, in words; the surest first."""

_REFUSED: dict[str, Text] = {
    "decided": _("A decision was just taken: take it back first."),
    "not_allowed": _("Its state has changed: this decision can't be taken any more."),
    "four_eyes": _("It was you who decided: an appeal is for another person."),
    "set_aside": _SAID["set_aside"],
    "asked_once": _("Its author was asked once already."),
    "too_long": _("This is too long."),
    "unshown": _("A letter can't be shown, or nothing is said: write it again."),
    "too_many_parts": _("This answer takes {count} SMS, three at most: shorten it. Its author has a phone without internet."),
    "rewritten": _("Hide words, do not change them: put […] in the place of what is hidden."),
    "unknown_reason": _("Choose one of the reasons."),
    "missing": _("Something is missing: its author is told why."),
    "not_the_text": _("Put a line of three dashes between the parts; together they are the text, word for word."),
    "no_group": _("It can only be joined to an accepted or published one of the same project."),
    "no_target": _("No open project has this name or asks this question, or it is there already."),
    "unknown_decision": _("Choose one of the decisions."),
    "unknown": _("No contribution has this number."),
    "personal_data_left": _("A telephone number or an e-mail address would be public: tick it below, then publish without these words."),
    "erased": _("Its author has erased it."),
}
"""The same refusals as the API's, by their code."""
_IN_THE_FACT = _("Name the fact without a number or an address: its author reads it.")

DECIDED: dict[str, Text] = {
    "accept": _("accepted"),
    "redact": _("accepted, some words hidden"),
    "refuse": _("refused"),
    "group": _("joined to another"),
    "answer": _("answered"),
    "move": _("moved"),
    "split": _("cut in two"),
    "ask_again": _("asked again"),
    "uphold": _("the refusal stands"),
    "reverse": _("published after all"),
}
"""What each decision is called once it is taken."""


MODELS: tuple[Text, ...] = (
    _("Thank you for your question. The service in charge studies it; we come back to you here."),
    _("This is decided by another body, not by the City. We pass your question on."),
    _("The dates and places of the workshops: send WORKSHOP."),
    _("This is planned already: the project's page tells when. To follow yours: FOLLOW."),
    _("For repairs in the street, call the town hall: somebody comes and looks."),
)
"""Model answers to a question, short enough for an SMS; who answers completes them."""


class Done(NamedTuple):
    """A decision just taken: for how many seconds it can be taken back."""

    ref: str
    seconds: int
    many: int = 1


def say(request: web.Request, name: str) -> str:
    """A sentence by its name in an address, in the reader's language; "" for a name that is none."""
    text = _SAID.get(name)
    return render(text, request.app[HOUSE].catalogues[language_of(request)]) if text else ""


def done_of(request: web.Request) -> Done | None:
    """The decision that was just taken, as the address says."""
    ref = read_ref(request.query.get("fait", ""))
    if not ref:
        return None
    count = request.query.get("lot", "1")
    many = int(count) if count.isascii() and count.isdecimal() and len(count) < len("1000") else 1
    undo = together.UNDO_GROUP if many > together.MANY else request.app[HOUSE].undo
    return Done(ref, int(undo.total_seconds()), many)


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contributions?etat=&demarche=&drapeau=: what waits, appeals first."""
    state, process, flag = (request.query.get(name, "") for name in ("etat", "demarche", "drapeau"))
    state = "" if state == WAITING else state
    if flag and flag not in triage.FLAGS:
        raise Problem(404)
    ledger, now, within = request.app[LEDGER], request.app[CLOCK].now(), person.within("contributions.read")
    cursor = request.query.get("suite") or None
    try:
        found = await ledger.read(queue.listing, now, state or WAITING, process or None, cursor, _PAGE, flag, within=within)
    except ValueError:
        raise Problem(404) from None
    views = await ledger.read(processes.listing, within=within)
    return desk_page(
        request,
        person,
        "queue.html",
        appeals=[item for item in found.items if item.answer_by],
        items=[item for item in found.items if not item.answer_by],
        next=found.next,
        states=[APPEALS, *(name for name in STATES if name != "draft")],
        labels=CONTRIBUTION | {APPEALS: _("Appeals, for another reader")},
        processes=views,
        keywords={view.slug: _posters(view) for view in views},
        chosen={"state": state, "process": process, "flag": flag},
        flags={name: _FLAGS[name] for name in triage.FLAGS},
        bursts=await ledger.read(copies.bursts, now),
        decides=person.may("contributions.decide"),
        warnings=warnings,
        violent=triage.VIOLENT,
        done=done_of(request),
        undone=request.query.get("dit", "") == "back",
        said=say(request, request.query.get("dit", "")),
    )


async def appeals(_request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/recours: the same list, of what was contested and waits for another person."""
    raise web.HTTPSeeOther(f"/desk/contributions?etat={APPEALS}")


async def following(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/suivante: claim the next one; `skip` gives one back to the others."""
    form = await form_of(request, person)
    raise web.HTTPSeeOther(await _next(request, person, skip=form["skip"]))


async def _next(request: web.Request, person: Person, *, skip: str = "", done: str = "", count: int = 1) -> str:
    """The address of the next item that waits, or of the empty list."""
    ledger = request.app[LEDGER]
    if skip:
        await ledger.write(queue.release, skip, person.actor)
    take = partial(queue.claim_next, skip=(skip,) if skip else (), within=person.within("contributions.decide"))
    item = await ledger.write(take, request.app[CLOCK].now(), person.actor)
    query = {"fait": done, "lot": str(count) if count > 1 else "", "avant": skip}
    return f"/desk/contributions{f'/{item.ref}' if item else ''}{f'?{asked}' if (asked := _query(query)) else ''}"


def _query(values: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/contributions/{ref}: opens it (written down) and claims it, if nobody else has."""
    return await _show(request, person)


async def _show(
    request: web.Request, person: Person, *, refused: str = "", opened: str = "", sent: Form = _EMPTY, status: int = 200
) -> web.Response:
    ledger, now, ref = request.app[LEDGER], request.app[CLOCK].now(), request.match_info["ref"]
    said = ""
    try:
        item = await ledger.read(queue.get, now, ref)
        # who may not decide must not keep it from those who may
        verb = queue.get if _why_closed(item, person) else queue.claim
        item = await ledger.write(verb, now, ref, person.actor)
    except ClaimedByOther:
        item, said = await ledger.write(queue.get, now, ref, person.actor), "taken"
    except NoItem:
        raise web.HTTPNotFound from None
    closed = said or _why_closed(item, person)
    about = await ledger.read(processes.get, item.process)
    return desk_page(
        request,
        person,
        "item.html",
        status=status,
        item=item,
        keywords=_posters(about),
        translation=await ledger.read(translations.of, ref, item.public_text or item.text),
        copies=await ledger.read(copies.beside, ref) if not closed else None,
        dossier=await ledger.read(dossiers.calls, ref) and person.may("contributions.decide", item.process),
        suggested_theme=themes.suggest(item.text, about.document.themes) if about and not item.theme else "",
        before=read_ref(request.query.get("avant", "") or request.query.get("fait", "")),
        themes=about.document.themes if about and person.may("contributions.decide", item.process) and said != "taken" else (),
        waiting=(await ledger.read(queue.counts, now, person.within("contributions.read"))).received,
        allowed=[] if closed else [kind for kind in item.allowed if kind in _HERE],
        closed=say(request, closed) if closed != "rights" else "",
        label=CONTRIBUTION[item.state],
        offered_reasons=reasons(),
        models=_models(request, item),
        targets=await _targets(request, item) if not closed else [],
        hiding=hiding.proposal(item, sent if opened in hiding.HIDES else _EMPTY),
        opened=opened or ("redact" if {"phone", "email"} & set(item.flags) else ""),
        sent=sent,
        done=done_of(request),
        undone=request.query.get("dit", "") == "back",
        said=refused or say(request, request.query.get("dit", "")),
        warnings=warnings(item),
        violent=not triage.VIOLENT.isdisjoint(item.flags),
        stretch=await ledger.read(breaks.due, now, person.actor) if not closed else None,
        reasons=REASONS,
        decisions=DECIDED,
    )


async def _targets(request: web.Request, item: Item) -> list[tuple[str, Mapping[str, str], Mapping[str, str]]]:
    """Where a contribution may be moved to: "process/question", and what both are called."""
    views = await request.app[LEDGER].read(processes.listing)
    every = [(view, question) for view in views if view.state == "open" for question in view.document.questions]
    return [
        (f"{view.slug}/{question.id}", view.document.title, question.text)
        for view, question in every
        if (view.slug, question.id) != (item.process, item.question)
    ]


def warnings(item: Item | blind.Text) -> list[Text]:
    """What the flags say; what is surely personal is not said twice."""
    names = set(item.flags) - ({"personal"} if {"phone", "email"} & set(item.flags) else set())
    return [text for name, text in _FLAGS.items() if name in names]


def _posters(view: ProcessView | None) -> list[str]:
    """The words on the posters of a project: one before a text opened it and is no part of the sentence."""
    return [entry.keyword for entry in view.entries if entry.keyword] if view else []


def _why_closed(item: Item, person: Person) -> str:
    if not person.may("contributions.decide", item.process):
        return "rights"
    if item.pending:
        return "pending"
    if "set_aside" in item.flags:
        return "set_aside"
    if item.first_actor == person.actor:
        return "first"
    return "" if item.allowed else "settled"


def reasons() -> dict[str, list[Reason]]:
    """The reasons that a decision may give, by decision."""
    return {kind: [reason for reason in REASONS.values() if kind in reason.actions] for kind in _REASONED}


async def decide(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/{ref}/decision: `decision`, `reason`, `fact`, `text`, what to hide; then the next one.

    With `preview` nothing is decided: the page shows what would be hidden.
    """
    form = await form_of(request, person)
    ref, kind = request.match_info["ref"], form["decision"]
    if form["preview"]:
        return await _show(request, person, opened=kind, sent=form)
    try:
        text = await _text(request, form)
        decision = Decision(kind=kind, reason=form["reason"], fact=form["fact"], text=text, with_=form["with"])
        made = await request.app[LEDGER].write(
            together.decide, request.app[CLOCK].now(), ref, person.actor, decision, for_copies=bool(form["copies"])
        )
    except ClaimedByOther:
        return await _show(request, person, refused=say(request, "taken"), status=409)
    except NoItem:
        raise web.HTTPNotFound from None
    except DecisionRefused as refused:
        opened = "redact" if (kind, refused.code) == ("accept", "personal_data_left") else kind
        return await _show(request, person, refused=_refusal(request, refused), opened=opened, sent=form, status=422)
    raise web.HTTPSeeOther(await _next(request, person, done=ref, count=len(made.decided)))


async def _text(request: web.Request, form: Form) -> str:
    """What was written, or what stays of the contribution without what was ticked."""
    item: Item = await request.app[LEDGER].read(queue.get, request.app[CLOCK].now(), request.match_info["ref"])
    if form["decision"] == "answer" and not form["text"]:
        models = {str(number): text for number, text in enumerate(_models(request, item), 1)}
        return models.get(form["model"], "")
    if form["decision"] not in hiding.HIDES:
        return form["text"]
    return hiding.public_text(item.text, form)


def _models(request: web.Request, item: Item) -> list[str]:
    """The model answers in the language that its author reads."""
    house = request.app[HOUSE]
    catalogue = house.catalogues.get(item.language) or house.catalogues[house.languages[0]]
    return [render(model, catalogue) for model in MODELS]


def _refusal(request: web.Request, refused: DecisionRefused) -> str:
    """Why it can't be taken, in the reader's language."""
    text = _IN_THE_FACT if (refused.code, refused.field) == ("personal_data_left", "fact") else _REFUSED.get(refused.code)
    if text is None:
        return refused.message
    return render(Text(text.msgid, {"count": refused.count}), request.app[HOUSE].catalogues[language_of(request)])


async def theme(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/{ref}/theme: `theme`, "" takes it away; then the same one again."""
    form = await form_of(request, person)
    ref = request.match_info["ref"]
    try:
        await request.app[LEDGER].write(themes.give, request.app[CLOCK].now(), ref, person.actor, form["theme"])
    except NoItem:
        raise web.HTTPNotFound from None
    except ClaimedByOther:
        return await _show(request, person, refused=say(request, "taken"), status=409)
    except themes.NoTheme:
        raise Problem(422) from None
    raise web.HTTPSeeOther(f"/desk/contributions/{ref}")


async def undo(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/contributions/{ref}/annuler: within the seconds that a decision waits."""
    await form_of(request, person)
    ref = request.match_info["ref"]
    try:
        back = await request.app[LEDGER].write(decisions.undo, request.app[CLOCK].now(), ref, person.actor)
    except DecisionRefused:
        raise web.HTTPSeeOther(f"/desk/contributions/{ref}?dit=late") from None
    if len(back) > 1:
        raise web.HTTPSeeOther("/desk/contributions?dit=back")
    raise web.HTTPSeeOther(f"/desk/contributions/{ref}?dit=back")
