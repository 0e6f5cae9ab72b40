"""What people said: by date, by theme, one by one; and what became of each."""

from datetime import date
from typing import NamedTuple, TypeVar

from aiohttp import web

from bot.site import translated
from bot.site.pages import public_process
from bot.site.views import Step, shown
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import CONTRIBUTION, DECISION
from bot.web.pages import environment, fresh, language_of, page
from outreach import answers, processes, record
from outreach.documents import Question, Theme
from outreach.record import Entry, log, story
from outreach.record.story import Follow
from outreach.references import read_ref

T = TypeVar("T", Theme, Question)
_PAGE = 30
_MOST = 40_000  # bytes of people's words on one page


class Dated(NamedTuple):
    """An entry and the day on which it was published, in the city."""

    published_on: date
    entry: Entry


async def contributions(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/contributions?theme=&question=&cursor=: by date, never ranked (MOD-73)."""
    view = await public_process(request)
    ledger, document, query = request.app[LEDGER], view.document, request.query
    theme, question = query.get("theme", ""), query.get("question", "")
    if (theme and not _named(document.themes, theme)) or (question and not _named(document.questions, question)):
        raise web.HTTPNotFound
    try:
        found = await ledger.read(
            record.entries, view.slug, cursor=query.get("cursor"), limit=_PAGE, most=_MOST, theme=theme, question=question
        )
    except ValueError:
        raise web.HTTPNotFound from None
    zone = request.app[HOUSE].timezone
    return fresh(
        request,
        page(
            request,
            "site/contributions.html",
            process=shown(view, request.app[CLOCK].now().astimezone(zone).date()),
            published=await ledger.read(story.published, view.id),
            entries=[Dated(one.published_at.astimezone(zone).date(), one) for one in found.items] if found else [],
            translations=await translated.of(request, found.items if found else ()),
            next=found.next if found else None,
            paged="cursor" in query,
            theme=_named(document.themes, theme),
            question=_named(document.questions, question),
        ),
    )


def _named(ones: tuple[T, ...], name: str) -> T | None:
    """The theme or question of that id, or None."""
    return next((one for one in ones if one.id == name), None)


async def contribution(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/contributions/{ref}: one text that is in the record, for good; what became of it, what proves it."""
    view = await public_process(request)
    found = await _found(request)
    if found is None or found.entry is None:
        raise web.HTTPNotFound
    if found.process != view.slug or found.ref != request.match_info["ref"]:
        raise web.HTTPMovedPermanently(f"/demarches/{found.process}/contributions/{found.ref}")
    ledger, document, entry = request.app[LEDGER], view.document, found.entry
    today = request.app[CLOCK].now().astimezone(request.app[HOUSE].timezone).date()
    return fresh(
        request,
        page(
            request,
            "site/contribution.html",
            translations=await translated.of(request, (entry,)),
            process=shown(view, today),
            follow=found,
            entry=entry,
            label=CONTRIBUTION[found.state],
            steps=_way(request, found),
            theme=_named(document.themes, entry.theme),
            question=_named(document.questions, entry.question),
            proven=await ledger.read(log.holds, found.ref),
            around=await ledger.read(story.around, view.slug, entry),
            cited=(await ledger.read(answers.of_refs, [found.ref])).get(found.ref),
            decisions=DECISION,
        ),
    )


async def search(request: web.Request) -> web.Response:
    """GET /suivi?ref=: the number of a contribution, as people write it."""
    asked = request.query.get("ref", "")
    ref = read_ref(asked)
    if ref:
        language = request.query.get("lang", "")
        raise web.HTTPSeeOther(f"/suivi/{ref}{f'?lang={language}' if language in request.app[HOUSE].languages else ''}")
    return page(request, "site/search_page.html", status=404 if asked else 200, asked=asked[:20], wrong=bool(asked))


async def follow(request: web.Request) -> web.Response:
    """GET /suivi/{ref}: its state and dates, its text once it is published; never a reason."""
    asked = request.match_info["ref"]
    found = await _found(request)
    if found is None:
        return page(request, "site/search_page.html", status=404, asked=asked[:20], wrong=True)
    if found.ref != asked:
        raise web.HTTPMovedPermanently(f"/suivi/{found.ref}")
    view = await request.app[LEDGER].read(processes.get, found.process)
    if view is None:
        raise web.HTTPNotFound
    return fresh(
        request,
        page(
            request,
            "site/follow.html",
            translations=await translated.of(request, (found.entry,) if found.entry else ()),
            follow=found,
            process=view,
            entry=found.entry,
            label=CONTRIBUTION[found.state],
            steps=_way(request, found),
            cited=(await request.app[LEDGER].read(answers.of_refs, [found.ref])).get(found.ref) if found.entry else None,
            decisions=DECISION,
        ),
    )


async def _found(request: web.Request) -> Follow | None:
    ref = read_ref(request.match_info["ref"])
    return await request.app[LEDGER].read(story.follow, ref) if ref else None


def _way(request: web.Request, found: Follow) -> list[Step]:
    """The states that it went through, in words."""
    day, zone = environment(language_of(request)).filters["day"], request.app[HOUSE].timezone
    last = len(found.steps) - 1
    return [
        Step(CONTRIBUTION[one.state], "here" if place == last else "done", day(one.at.astimezone(zone)))
        for place, one in enumerate(found.steps)
    ]
