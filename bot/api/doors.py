"""Who may call what, by Bearer token; the same POST twice is one; errors as RFC 9457 problems."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

import msgspec
from aiohttp import web

from bot.web.bodies import whole
from bot.web.errors import Fault, Problem
from bot.web.keys import CLOCK, LEDGER
from bot.web.scope import Of, reaches
from outreach import audit, idempotency, staff
from outreach.idempotency import InFlight, Other, Replay
from outreach.staff import Holder

T = TypeVar("T")
Handler = Callable[[web.Request, Holder], Awaitable[web.Response]]

MOST = 200  # items of a page
USUAL = 50
_REPEATED = frozenset({"POST"})  # PUT is the same twice by nature


class Door(NamedTuple):
    """One call: its right, what it takes and gives (message types, for openapi.json), one sentence."""

    method: str
    path: str
    handler: Handler
    right: str
    sentence: str
    takes: Any = None
    gives: Any = None
    query: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (200,)
    of: Of = ""


def guard(door: Door) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler behind its door: 401 without a token, 403 and an audit line without the right (SEC-08)."""

    async def guarded(request: web.Request) -> web.Response:
        holder = await _holder(request)
        if not await reaches(request, holder, door.right, door.of):
            line = audit.line(holder.actor, "access.refused", audit.person("token", holder.id), kind=door.right)
            await request.app[LEDGER].write(audit.write, [line], request.app[CLOCK].now())
            raise Problem(
                403, f"this token's role, {holder.role}, has not the right {door.right}" + (" here" if holder.may(door.right) else "")
            )
        key = request.headers.get("Idempotency-Key")
        # to claim twice is to claim once, and the answer is a citizen's text, which must not be kept for a repetition
        if key is None or request.method not in _REPEATED or request.path.endswith("/claim"):
            return await door.handler(request, holder)
        return await _once(request, holder, key, door.handler)

    return guarded


async def _holder(request: web.Request) -> Holder:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    holder = await request.app[LEDGER].read(staff.token_holder, secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
    if holder is None:
        raise Problem(
            401, "send Authorization: Bearer and a token made with `allervers token create`", headers={"WWW-Authenticate": "Bearer"}
        )
    return holder


async def _once(request: web.Request, holder: Holder, key: str, handler: Handler) -> web.Response:
    """Answer a repeated call as the first time (24 h, per token); another body is 422, one still under way 409."""
    ledger = request.app[LEDGER]
    call = b"\n".join((request.method.encode(), request.path_qs.encode(), await whole(request)))
    try:
        known = await ledger.write(idempotency.begin, request.app[CLOCK].now(), holder.id, key, call)
    except ValueError as trouble:
        raise Problem(400, str(trouble)) from None
    match known:
        case Replay():
            kind = "application/problem+json" if known.status >= web.HTTPBadRequest.status_code else "application/json"
            return web.Response(status=known.status, body=known.body, content_type=kind, headers={"Idempotency-Replayed": "true"})
        case InFlight():
            raise Problem(409, "the first call with this Idempotency-Key is still under way", headers={"Retry-After": "1"})
        case Other():
            raise Problem(422, "this Idempotency-Key was used for another call", errors=[Fault("Idempotency-Key", "use a new one")])
    try:
        response = await handler(request, holder)
        status, body = response.status, response.body if isinstance(response.body, bytes) else b""
    except Problem as problem:
        await ledger.write(idempotency.finish, holder.id, key, problem.status, msgspec.json.encode(problem.document()))
        raise
    except BaseException:
        await ledger.write(idempotency.abandon, holder.id, key)
        raise
    await ledger.write(idempotency.finish, holder.id, key, status, body)
    return response


def answer(value: object, status: int = 200, **headers: str) -> web.Response:
    """JSON."""
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json", headers={"Cache-Control": "no-store", **headers}
    )


async def body(request: web.Request, kind: type[T]) -> T:
    """The body as a message type; 400 when it is no JSON, 422 naming the field when it is another shape."""
    raw = await whole(request)
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as trouble:
        sentence, _, place = str(trouble).partition(" - at `")
        raise Problem(422, sentence, errors=[Fault(place.strip("`").removeprefix("$").removeprefix("."), sentence)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "the body is not JSON") from None


async def words(request: web.Request, kind: type[T]) -> T:
    """The body as a message type, of words that a database keeps."""
    if b"\\u0000" in await whole(request):
        raise Problem(422, "a letter that can't be shown: remove it")
    return await body(request, kind)


def limit(request: web.Request) -> int:
    """`?limit=`: 1 to 200."""
    given = request.query.get("limit", str(USUAL))
    if not given.isdecimal() or not 1 <= int(given) <= MOST:
        raise Problem(422, f"limit goes from 1 to {MOST}", errors=[Fault("limit", f"a number from 1 to {MOST}")])
    return int(given)


def wrong_cursor() -> Problem:
    """A cursor that we did not make."""
    return Problem(422, "this cursor is not one of ours", errors=[Fault("cursor", "take `next` of the page before, unchanged")])
