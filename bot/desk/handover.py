"""Files for platforms that no program may write to: looked at first, carried over by a person, their numbers brought back."""

from datetime import datetime

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.platform_words import ours
from bot.targets import handover
from bot.targets.handover import NoFile
from bot.web.errors import Problem
from bot.web.keys import CLOCK, LEDGER, SETTINGS
from conversations.text import Text, _
from outreach import relays
from outreach.relays import BY_HAND, Opened
from outreach.staff import Person

_AT_ONCE = 200  # texts of one file: a person looks at each
_NO_FILE = (
    _("the file is not in UTF-8"),
    _("the file is no table: export it as CSV"),
    _("the file names no column id or url: take the platform's own export of proposals"),
    _("choose the file first"),
)


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/versements/fichier/{name}: what the next file would hold, and the files that are on their way."""
    return await _show(request, person)


async def _show(request: web.Request, person: Person, *, status: int = 200, **said: object) -> web.Response:
    ledger, opened = request.app[LEDGER], await _opened(request)
    waiting = await ledger.read(relays.to_hand_over, opened.id, limit=_AT_ONCE)
    url = request.app[SETTINGS].public_url
    nothing: dict[str, object] = {"back": None, "fault": None}
    return desk_page(
        request,
        person,
        "handover.html",
        status=status,
        target=opened,
        lines=[(job, handover.problem(opened.kind, job, opened.options, url)) for job in waiting],
        batches=await ledger.read(relays.batches, opened.id),
        ours=ours,
        needs_author=opened.kind == "file-cap" and not opened.options.get("author"),
        **(nothing | said),
    )


async def _opened(request: web.Request) -> Opened:
    found: list[Opened] = await request.app[LEDGER].read(relays.opened, request.match_info["name"])
    if not found or found[0].kind not in BY_HAND:
        raise Problem(404)
    return found[0]


async def take_along(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/versements/fichier/{name}: `copy-<number>` for each that goes along; its file is then on the page."""
    form, opened = await form_of(request, person), await _opened(request)
    wanted = [int(name.removeprefix("copy-")) for name in form if name.removeprefix("copy-").isdecimal()]
    await request.app[LEDGER].write(relays.catch_up, opened.id, request.app[CLOCK].now())
    await request.app[LEDGER].write(relays.hand_over, opened.id, wanted, request.app[CLOCK].now(), person.actor)
    raise web.HTTPSeeOther(f"/desk/versements/fichier/{opened.name}#files")


async def file(request: web.Request, _person: Person) -> web.StreamResponse:
    """GET /desk/versements/fichier/{name}.csv?lot=<instant>&retraits=1: one of the files, as often as needed."""
    opened, is_list = await _opened(request), bool(request.query.get("retraits"))
    try:
        at = datetime.fromisoformat(request.query.get("lot", ""))
    except ValueError:
        raise Problem(404) from None
    if at.tzinfo is None:
        raise Problem(404)
    jobs = await request.app[LEDGER].read(relays.batch, opened.id, at, "withdraw" if is_list else "publish")
    if not jobs:
        raise Problem(404)
    url = request.app[SETTINGS].public_url
    body = handover.to_take_down(jobs) if is_list else handover.table(opened.kind, jobs, opened.options, url)
    name = f"{opened.name}-{'a-retirer' if is_list else 'a-importer'}-{at:%Y%m%d-%H%M}.csv"
    return web.Response(body=body, content_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def bring_back(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/versements/fichier/{name}/retour: `file`, the platform's export, in which our numbers are found and compared."""
    form, opened = await form_of(request, person), await _opened(request)
    if not form.sent("file"):
        return await _show(request, person, status=422, fault=_NO_FILE[-1])
    try:
        told = handover.read(form.file("file"))
    except NoFile as trouble:
        return await _show(request, person, status=422, fault=_fault(str(trouble)))
    news = await request.app[LEDGER].write(relays.found, opened.id, told.copies, request.app[CLOCK].now(), person.actor)
    return await _show(request, person, back={"news": news, "ours": len(told.copies), "others": told.others})


def _fault(words: str) -> Text:
    return next(text for text in _NO_FILE if text.msgid == words)
