"""The record for whoever wants to check it: signed checkpoints, proofs, the public key, the whole file; and the foot of each page."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

import msgspec
from aiohttp import web

from bot.ledger import Overloaded
from bot.site import opendata
from bot.web.errors import Problem
from bot.web.keys import HOUSE, LEDGER
from bot.web.pages import CHECKPOINT, data, fresh, has, page, unchanged
from conversations.text import _
from outreach.record import book, log, notes
from outreach.record.log import Signed
from outreach.references import read_ref

_JSON = "application/json"
_LATEST = 12
_LONGEST = 18  # digits of a size
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_SOON = _("A text was taken back a moment ago, and the record is being signed again: try in a few seconds.")
_NO_SIZES = _("Say two sizes: ?from=12&to=40, the first one not the larger, neither larger than the record.")


def foot(resources: Collection[web.AbstractResource | None]) -> Any:  # noqa: ANN401 - aiohttp's own type of a middleware
    """A middleware: pages of these addresses end with the last checkpoint, so that whoever keeps a page keeps it too."""

    @web.middleware
    async def know(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.route.resource in resources:
            try:
                request[CHECKPOINT] = await request.app[LEDGER].read(log.latest)
            except Overloaded:
                request[CHECKPOINT] = None
        return await handler(request)

    return know


async def index(request: web.Request) -> web.Response:
    """GET /registre?ref=: what the record is, its last checkpoints, the key; and where a number stands in it."""
    ledger, asked = request.app[LEDGER], request.query.get("ref", "")
    ref = read_ref(asked)
    proof = await ledger.read(log.inclusion, ref) if ref else None
    wrong = bool(asked) and proof is None
    return fresh(
        request,
        page(
            request,
            "site/record.html",
            status=404 if wrong else 200,
            signed=await ledger.read(log.checkpoints, _LATEST),
            key=str(_verifier(request)),
            asked=asked[:20],
            wrong=wrong,
            proof=proof,
        ),
    )


async def checkpoint(request: web.Request) -> web.Response:
    """GET /registre/checkpoint and /registre/etats/{size}: the signed note itself."""
    return data(request, (await _signed(request)).note.encode(), "text/plain")


async def checkpoint_json(request: web.Request) -> web.Response:
    """GET /registre/checkpoint.json: the same, taken apart."""
    signed = await _signed(request)
    known = _verifier(request)
    told = {"origin": known.name, "size": signed.size, "root": signed.root.hex(), "at": signed.at, "note": signed.note, "key": str(known)}
    return _json(request, told)


async def key(request: web.Request) -> web.Response:
    """GET /registre/cle.json: who signs."""
    known = _verifier(request)
    told = {"name": known.name, "algorithm": "Ed25519", "id": known.id.hex(), "public_key": known.public.hex(), "line": str(known)}
    return _json(request, told)


async def inclusion(request: web.Request) -> web.Response:
    """GET /registre/preuve/{ref}.json: that a number is in the record (RFC 9162 §2.1.3)."""
    ref = read_ref(request.match_info["ref"])
    proof = await request.app[LEDGER].read(log.inclusion, ref) if ref else None
    if proof is None:
        raise web.HTTPNotFound
    return _json(request, proof)


async def part(request: web.Request) -> web.Response:
    """GET /registre/preuve/{slug}/point-7.json: the same of a point of the avis, its answer, and each earlier version of both."""
    named = request.match_info
    proof = await request.app[LEDGER].read(log.inclusion, f"{named['slug']}#{named['part']}")
    if proof is None:
        raise web.HTTPNotFound
    return _json(request, proof)


async def consistency(request: web.Request) -> web.Response:
    """GET /registre/coherence.json?from=&to=: that the record of `to` leaves begins with the one of `from` (RFC 9162 §2.1.4)."""
    first, second = (_size(request.query.get(name, "")) for name in ("from", "to"))
    try:
        proof = await request.app[LEDGER].read(log.consistency, first, second)
    except ValueError:
        proof = None
    if proof is None:
        raise Problem(422, _NO_SIZES)
    return _json(request, proof)


async def whole(request: web.Request) -> web.Response:
    """GET /registre/registre.json: everything, for `allervers verify-record`."""
    signed = await request.app[LEDGER].read(log.latest)
    tag = signed.root.hex()[:24] if signed else ""  # under one root there is one file
    if tag and has(request, tag) and not await request.app[LEDGER].read(log.unsigned):
        return unchanged(tag)
    try:
        body = await opendata.whole(request, book.write)
    except book.NotYet:
        raise Problem(503, _SOON, headers={"Retry-After": "2"}) from None
    return data(request, body, _JSON, name=book.NAME, tag=tag)


async def _signed(request: web.Request) -> Signed:
    ledger, size = request.app[LEDGER], request.match_info.get("size")
    found: Signed | None = await (ledger.read(log.at_size, _size(size)) if size else ledger.read(log.latest))
    if found is None:
        raise web.HTTPNotFound
    return found


def _verifier(request: web.Request) -> notes.Verifier:
    return notes.verifier(request.app[HOUSE].keys, request.app[HOUSE].city.url)


def _size(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST else -1


def _json(request: web.Request, told: object) -> web.Response:
    return data(request, msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n", _JSON)
