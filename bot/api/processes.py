"""Processes for programs: put, get, open, close."""

from datetime import datetime

import msgspec
from aiohttp import web

from bot.api.doors import answer
from bot.web.bodies import whole
from bot.web.errors import Fault, Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from outreach import documents, processes
from outreach.documents import DocumentTrouble, ProcessDocument
from outreach.processes import ProcessView, Refused
from outreach.staff import Holder


class Process(ProcessDocument, frozen=True, kw_only=True):
    """A process as the API gives it: its document, and where it stands."""

    state: str
    created_at: datetime
    changed_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None


_STANDING = tuple(name for name in Process.__struct_fields__ if name not in ProcessDocument.__struct_fields__)
_FIELDS = {
    "mandate_version": "mandate.version",
    "promised_date": "mandate.answer_promised_on",
    "question_in_use": "questions",
    "keyword_taken": "entry_points",
}


def _written(raw: bytes) -> bytes:
    """The document alone: what GET gave may be sent back, with where it stood then."""
    try:
        fields = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return raw  # the reading of the document says what is wrong
    if not isinstance(fields, dict):
        return raw
    return msgspec.json.encode({name: value for name, value in fields.items() if name not in _STANDING})


def shown(view: ProcessView) -> Process:
    """What a program sees of a process."""
    document = {name: getattr(view.document, name) for name in ProcessDocument.__struct_fields__}
    return Process(
        **document,
        state=view.state,
        created_at=view.created_at,
        changed_at=view.changed_at,
        opened_at=view.opened_at,
        closed_at=view.closed_at,
    )


def _refused(refused: Refused) -> Problem:
    errors = [Fault(*_named(one)) for one in refused.missing] or [Fault(_FIELDS.get(refused.code, refused.code), str(refused))]
    return Problem(404 if refused.code == "unknown" else 409, str(refused), errors=errors)


def _named(missing: str) -> tuple[str, str]:
    """What is missing, such as "mandate.decided_by: who decides", is a field and what it asks."""
    field, colon, sentence = missing.partition(":")
    return (field.strip(), sentence.strip()) if colon and " " not in field.strip() else ("", missing)


async def put(request: web.Request, holder: Holder) -> web.Response:
    """PUT /api/v1/processes/{slug}: 201 made, 200 changed or the same, 409 a promise would break, 422 with every fault."""
    slug = request.match_info["slug"]
    try:
        raw, is_yaml = await whole(request), "yaml" in request.content_type
        document = documents.parse(raw if is_yaml else _written(raw), yaml=is_yaml, zone=request.app[HOUSE].timezone)
    except DocumentTrouble as trouble:
        broken = len(trouble.faults) == 1 and not trouble.faults[0].field
        errors = [Fault(fault.field, fault.message) for fault in trouble.faults]
        raise Problem(400 if broken else 422, "this document can't be taken in", errors=errors) from None
    if document.slug != slug:
        raise Problem(422, "the slug of the address and of the document differ", errors=[Fault("slug", f"write {slug}, as in the address")])
    try:
        made = await request.app[LEDGER].write(processes.put, request.app[CLOCK].now(), document, holder.actor)
    except Refused as refused:
        raise _refused(refused) from None
    return await _show(request, slug, status=201 if made.created else 200)


async def get(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/processes/{slug}."""
    return await _show(request, request.match_info["slug"])


async def _show(request: web.Request, slug: str, status: int = 200) -> web.Response:
    view = await request.app[LEDGER].read(processes.get, slug)
    if view is None:
        raise Problem(404, f"there is no process {slug}")
    return answer(shown(view), status)


async def open_(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/processes/{slug}/open: 409 naming all that is missing."""
    slug = request.match_info["slug"]
    try:
        await request.app[LEDGER].write(processes.open, request.app[CLOCK].now(), slug, holder.actor)
    except Refused as refused:
        raise _refused(refused) from None
    return await _show(request, slug)


async def close(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/processes/{slug}/close."""
    slug = request.match_info["slug"]
    try:
        await request.app[LEDGER].write(processes.close, request.app[CLOCK].now(), slug, holder.actor)
    except Refused as refused:
        raise _refused(refused) from None
    return await _show(request, slug)
