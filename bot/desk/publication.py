"""Before something becomes public: the very page that everybody will read, and each message that will leave, with what it costs."""

from collections.abc import Mapping

from aiohttp import web

from bot.desk.doors import desk_page
from bot.desk.words import money_words
from bot.web.announcing import NETWORKS
from bot.web.keys import CLOCK, FRAMED, HOUSE, LEDGER, PUBLIC_PAGE
from bot.web.pages import CHECKPOINT, language_of
from conversations.text import Text, _
from outreach import answers, loop
from outreach.record import log
from outreach.staff import Person

_SILENT: dict[str, Text] = {
    "stopped": _("not told, because they said STOP: {count}"),
    "unreachable": _("can't be reached any more: {count}"),
    "paused": _("told later, when the pause ends that they asked for: {count}"),
}
_SHOWN = 60  # messages that differ, on one page


def silences(silent: Mapping[str, int]) -> list[Text]:
    """Who is not told now, and why."""
    return [Text(_SILENT[why].msgid, {"count": count}) for why, count in silent.items()]


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/demarches/{slug}/apercu: the page in a frame, and the messages."""
    ledger, slug, now = request.app[LEDGER], request.match_info["slug"], request.app[CLOCK].now()
    found = await ledger.read(loop.page, now, slug, most=1)
    if found is None:
        raise web.HTTPNotFound
    request[FRAMED] = True
    leaves = await ledger.read(loop.messages, now, slug) if found.step == "answer" else None
    return desk_page(
        request,
        person,
        "publication.html",
        step=found.step,
        process=found.view,
        messages=leaves,
        silent=silences(leaves.silent) if leaves else [],
        reach=await ledger.read(loop.reach, slug) if leaves else None,
        unread=await ledger.read(answers.unread, found.view.id) if leaves else 0,
        unfinished=await ledger.read(loop.unfinished, slug) if leaves else (),
        networks=NETWORKS,
        most=_SHOWN,
        writes=person.may("processes.write", slug),
        money=lambda euros: money_words(request, euros),
        price=request.app[HOUSE].sms.price,
    )


async def public(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET …/apercu/page?lang=: byte for byte what /demarches/{slug} will answer; behind the desk's door, in its frame alone."""
    ledger, slug = request.app[LEDGER], request.match_info["slug"]
    found = await ledger.read(loop.page, request.app[CLOCK].now(), slug, most=answers.NAMED)
    if found is None:
        raise web.HTTPNotFound
    request[FRAMED] = True
    language, own = language_of(request), request.app[HOUSE].languages[0]
    seen = request.clone(rel_url=f"/demarches/{slug}" + (f"?lang={language}" if language != own else ""))
    seen[CHECKPOINT] = await ledger.read(log.latest)
    response = await request.app[PUBLIC_PAGE](seen, found.view, found.book)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
