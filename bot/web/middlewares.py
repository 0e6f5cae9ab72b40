"""Around every answer: security headers, and errors in words that fit who asked."""

import traceback
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web

from bot.ledger import Overloaded
from bot.web.errors import Problem
from bot.web.keys import FRAMED, SETTINGS
from bot.web.pages import page
from conversations.text import _

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = structlog.get_logger("web")
_FOR_PROGRAMS = ("/api/", "/channels/", "/health", "/ready", "/metrics")
_SCRIPTS = ("/desk", "/simulator")  # public pages run none


@web.middleware
async def secure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What a browser may do with this answer: nothing foreign, nothing inline, no framing by others."""
    if request.path.startswith("/channels/"):
        return await handler(request)  # a provider's machine reads no page
    try:
        response = await handler(request)
    except web.HTTPException as raised:  # a redirection
        _protect(request, raised)
        raise
    _protect(request, response)
    return response


def _protect(request: web.Request, response: web.StreamResponse) -> None:
    settings = request.app[SETTINGS]
    scripts = "'self'" if request.path.startswith(_SCRIPTS) else "'none'"
    # the demonstration shows desk and site side by side; a preview shows a page inside a page
    frames = "'self'" if settings.simulator or request.get(FRAMED) else "'none'"
    headers = response.headers
    headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; script-src {scripts}; img-src 'self' data:; connect-src {scripts}; "
        f"form-action 'self'; base-uri 'none'; frame-src {frames}; frame-ancestors {frames}"
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"  # none at all would hide the Origin of our own forms
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["Server"] = "allervers"
    if settings.public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what was raised into a page or a problem; what nobody expected is logged without its words."""
    try:
        return await handler(request)
    except Problem as problem:
        return _told(request, problem)
    except Overloaded:
        return _told(
            request,
            Problem(503, _("Many people at once: try again in a few seconds."), headers={"Retry-After": str(Overloaded.after)}),
        )
    except web.HTTPException as raised:
        if raised.status < HTTPStatus.BAD_REQUEST:
            raise
        headers = {name: raised.headers[name] for name in ("Allow", "WWW-Authenticate", "Retry-After") if name in raised.headers}
        detail = "" if raised.text == f"{raised.status}: {raised.reason}" else raised.text or ""
        return _told(request, Problem(raised.status, detail, headers=headers))
    except Exception as error:  # noqa: BLE001 - the last door: a person must get an answer
        # an exception's message may hold what a citizen wrote: its kind and its lines are enough
        lines = [
            f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-6:]
        ]
        resource = request.match_info.route.resource
        _log.error("request failed", error=type(error).__name__, route=resource.canonical if resource else "", lines=lines)
        return _told(request, Problem(500))


def _told(request: web.Request, problem: Problem) -> web.Response:
    if request.path.startswith(_FOR_PROGRAMS) or request.headers.get("Accept", "").startswith("application/json"):
        return web.Response(
            body=msgspec.json.encode(problem.document()),
            status=problem.status,
            content_type="application/problem+json",
            headers=problem.headers,
        )
    response = page(request, "web/error.html", status=problem.status, headers=problem.headers, problem=problem)
    response.headers["Cache-Control"] = "no-store"
    return response
