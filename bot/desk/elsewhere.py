"""Sign in with the city's own account: away to the identity provider, and back with a proof of who one is."""

import base64
import hmac
from binascii import Error as NotBase64

import msgspec
import structlog
from aiohttp import web

from bot.desk.doors import is_secure
from bot.desk.provider import Began, Provider, ProviderTrouble
from bot.desk.signin import inside, refused, welcome
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS
from conversations.text import _
from outreach import staff
from outreach.crypto import KeyTrouble
from outreach.staff import SignInRefused

COOKIE, PATH = "allervers_away", "/desk/connexion"
_PROVIDER = web.AppKey("provider", Provider)
_SEAL = "oidc"
_log = structlog.get_logger("signin")


def mount(app: web.Application) -> None:
    """Put both doors on an application whose city has a provider."""
    if app[SETTINGS].oidc_issuer:
        app[_PROVIDER] = Provider(app[SETTINGS])
        app.router.add_get(f"{PATH}/ville", away)
        app.router.add_get(f"{PATH}/retour", back)


async def away(request: web.Request) -> web.StreamResponse:
    """GET /desk/connexion/ville?next=: to the provider, with secrets that only this browser keeps."""
    provider, now = request.app[_PROVIDER], request.app[CLOCK].now()
    began = provider.begin(now, inside(request.query.get("next", "")))
    try:
        address = await provider.away(began)
    except ProviderTrouble as trouble:
        _log.error("provider", why=str(trouble))
        raise Problem(503, _("The city's accounts do not answer: sign in with a password, or try again later.")) from None
    sealed = base64.urlsafe_b64encode(request.app[HOUSE].keys.seal(_SEAL, "", msgspec.json.encode(began))).decode()
    response = web.HTTPSeeOther(address)
    # Lax: the way back is a link on another site
    response.set_cookie(COOKIE, sealed, path=PATH, httponly=True, samesite="Lax", secure=is_secure(request), max_age=600)
    raise response


async def back(request: web.Request) -> web.StreamResponse:
    """GET /desk/connexion/retour?code=&state=: who was proven by a verified e-mail address, and has an account here, is signed in."""
    now, began = request.app[CLOCK].now(), _began(request)
    state, code = request.query.get("state", ""), request.query.get("code", "")
    if began is None or began.until < now.timestamp() or not hmac.compare_digest(state.encode(), began.state.encode()) or not code:
        return _forgotten(refused(request, "elsewhere"))
    try:
        email = await request.app[_PROVIDER].email(now, began, code)
    except ProviderTrouble as trouble:
        _log.warning("provider", why=str(trouble))
        return _forgotten(refused(request, "elsewhere"))
    opened = await request.app[LEDGER].write(staff.sign_in_elsewhere, now, email)
    if isinstance(opened, SignInRefused):
        return _forgotten(refused(request, opened.why))
    response = welcome(request, opened, began.next)
    _forgotten(response)
    raise response


def _began(request: web.Request) -> Began | None:
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "").encode())
        return msgspec.json.decode(request.app[HOUSE].keys.open(_SEAL, "", sealed), type=Began)
    except (KeyTrouble, NotBase64, ValueError, msgspec.DecodeError):
        return None


def _forgotten(response: web.Response) -> web.Response:
    """What was kept for the way back is good once."""
    response.del_cookie(COOKIE, path=PATH)
    return response
