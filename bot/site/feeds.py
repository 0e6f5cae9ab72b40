"""Calendars of the workshops (ICS) and the news of a project (Atom)."""

from datetime import datetime
from typing import NamedTuple

from aiohttp import web

from bot.site.pages import public_process
from bot.web.keys import HOUSE, LEDGER, SETTINGS
from bot.web.labels import PROCESS, happening
from bot.web.pages import CHECKPOINT, data, environment, language_of, plain_words
from conversations.text import _, render
from outreach import answers, calendars
from outreach.processes import ProcessView
from outreach.record import story
from outreach.record.log import Signed
from outreach.references import show_ref

_NEWS = 50  # events in a feed
_STEPS = {"opened": PROCESS["open"], "closed": PROCESS["closed"]}
_WITHDRAWN = _("Withdrawn by its author.")


class _Item(NamedTuple):
    at: datetime
    id: str
    title: str
    text: str


async def calendar(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/ateliers.ics."""
    process = await public_process(request)
    body = await request.app[LEDGER].read(calendars.of_process, process.slug, language_of(request))
    return data(request, body, calendars.TYPE, name=f"{process.slug}.ics")


async def meeting(request: web.Request) -> web.Response:
    """GET /ateliers/{id}.ics: one workshop (of each project that has one of that name)."""
    name = request.match_info["id"]
    body = await request.app[LEDGER].read(calendars.of_name, name, language_of(request))
    if body is None:
        raise web.HTTPNotFound
    return data(request, body, calendars.TYPE, name=f"{name}.ics")


async def news(request: web.Request) -> web.Response:
    """GET /demarches/{slug}/suivi.atom: its journal and what was published, the newest first."""
    from feedgen.feed import FeedGenerator  # imported late: lxml is slow to load

    process = await public_process(request)
    city, site = request.app[HOUSE].city, request.app[SETTINGS].public_url
    address = f"{site}/demarches/{process.slug}"
    language = language_of(request)
    feed = FeedGenerator()
    feed.id(address)
    feed.title(plain_words(process.document.title, language))
    feed.link(href=address, rel="alternate")
    feed.link(href=f"{address}/suivi.atom", rel="self")
    if isinstance(signed := request.get(CHECKPOINT), Signed):  # whoever keeps the feed keeps what the city signed
        feed.subtitle(signed.note)
        feed.link(href=f"{site}/registre/etats/{signed.size}", rel="related", type="text/plain")
    feed.language(language)
    feed.author({"name": city.name})
    items = await _items(request, process, address)
    feed.updated(items[0].at if items else process.changed_at)
    for one in items:
        item = feed.add_entry(order="append")
        item.id(one.id)
        item.title(one.title)
        item.link(href=one.id)
        item.content(one.text, type="text")
        item.updated(one.at)
        item.published(one.at)
    return data(request, feed.atom_str(pretty=True), "application/atom+xml")


async def _items(request: web.Request, process: ProcessView, address: str) -> list[_Item]:
    """What entered and left the record, and every line of the journal since the process is public."""
    language, ledger = language_of(request), request.app[LEDGER]
    catalogue, day = request.app[HOUSE].catalogues[language], environment(language).filters["day"]
    title = plain_words(process.document.title, language)
    items = {}
    for event in await ledger.read(story.events, process.slug, _NEWS):
        if event.ref:
            text = event.text or render(_WITHDRAWN, catalogue)
            one = _Item(event.at, f"{address}/contributions/{event.ref}#{event.kind}", show_ref(event.ref), text)
        else:
            one = _Item(event.at, f"{address}#{event.kind}", render(_STEPS[event.kind], catalogue), title)
        items[one.id] = one
    book = await ledger.read(answers.book, process.slug, public=True, most=1)
    for line in (line for line in (book.journal if book else ()) if line.anchor):
        said = plain_words(line.text, language) if line.text else title
        one = _Item(line.at, f"{address}#{line.anchor}", render(happening(line, day), catalogue), said)
        items[one.id] = one
    return sorted(items.values(), key=lambda one: (one.at, one.id), reverse=True)[:_NEWS]
