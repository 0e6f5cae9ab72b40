"""Sign in, sign out, choose a password by a one-time link."""

from datetime import datetime
from math import ceil
from urllib.parse import urlsplit

from aiohttp import web

from bot.desk.doors import COOKIE, desk_page, form_of, is_secure, who
from bot.desk.tries import TRIES, place_of
from bot.desk.words import told
from bot.web import forms
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import staff
from outreach.staff import Person, SignedIn, SignInRefused, StaffTrouble

_REFUSED: dict[str, Text] = {
    "refused": _("This e-mail and this password do not go together."),
    "code": _("Enter the newest code of your authentication app, or a recovery code."),
    "locked": _("Too many tries: this account is closed until {hour}."),
    "unknown": _("Your account of the city is right, and opens nothing here yet: ask an administrator for an invitation."),
    "elsewhere": _("The city's account could not be proven. Try again from here."),
}


_MANY = _("Too many wrong sign-ins came from where you are. Wait a few minutes.")


def _said(request: web.Request, text: Text) -> str:
    house = request.app[HOUSE]
    return render(text, house.catalogues[language_of(request)])


def _stranger(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A page with a form for somebody who is not signed in."""
    token = forms.stranger_token(request)
    response = desk_page(request, None, template, status=status, csrf=token, **values)
    forms.remember_stranger(request, response, token, secure=is_secure(request))
    return response


async def show(request: web.Request) -> web.StreamResponse:
    """GET /desk/connexion."""
    if await who(request):
        raise web.HTTPSeeOther("/desk")
    return _signin(request, next_=request.query.get("next", ""))


def _signin(request: web.Request, *, email: str = "", next_: str = "", fault: str = "", status: int = 200) -> web.Response:
    city = bool(request.app[SETTINGS].oidc_issuer)
    return _stranger(request, "signin.html", status=status, email=email, next=inside(next_), fault=fault, city_accounts=city)


def refused(request: web.Request, why: str) -> web.Response:
    """The sign-in page again, with the reason."""
    return _signin(request, fault=_said(request, _REFUSED[why]), status=403)


async def enter(request: web.Request) -> web.StreamResponse:
    """POST /desk/connexion: `email`, `password`, `code`, `csrf`."""
    form = await forms.read(request, forms.stranger_token(request))
    ledger, now, tries, place = request.app[LEDGER], request.app[CLOCK].now(), request.app[TRIES], place_of(request)
    if (wait := tries.wait(place, now)) is not None:
        raise Problem(429, _MANY, headers={"Retry-After": str(ceil(wait.total_seconds()))})
    proof = await ledger.read(staff.prove, form["email"], form.whole("password"))
    opened = await ledger.write(staff.sign_in, now, form["email"], proof, form["code"])
    if isinstance(opened, SignInRefused):
        if opened.why != "code" or form["code"]:
            tries.failed(place, now)
        text = _REFUSED[opened.why]
        until: datetime | None = opened.until
        fault = _said(request, text).replace("{hour}", f"{until.astimezone(request.app[HOUSE].timezone):%H:%M}" if until else "")
        return _signin(request, email=form["email"], next_=form["next"], fault=fault, status=403)
    raise welcome(request, opened, form["next"])


def welcome(request: web.Request, opened: SignedIn, next_: str) -> web.HTTPSeeOther:
    """To where one was going, with a cookie that no page has seen before."""
    response = web.HTTPSeeOther(inside(next_) or "/desk")
    response.set_cookie(
        COOKIE,
        opened.cookie,
        path="/desk",
        httponly=True,
        samesite="Lax",
        secure=is_secure(request),
        max_age=int((opened.expires_at - request.app[CLOCK].now()).total_seconds()),
    )
    return response


def inside(address: str) -> str:
    """An address of the desk, or "": nobody is sent elsewhere by a link to the sign-in."""
    parts = urlsplit(address)
    inside = not parts.scheme and not parts.netloc and (parts.path == "/desk" or parts.path.startswith("/desk/"))
    return address if inside and "\\" not in address and ".." not in parts.path.split("/") else ""


async def leave(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/deconnexion."""
    await form_of(request, person)
    await request.app[LEDGER].write(staff.sign_out, request.app[CLOCK].now(), request.cookies.get(COOKIE, ""))
    response = web.HTTPSeeOther("/desk/connexion")
    response.del_cookie(COOKIE, path="/desk")
    raise response


async def invitation(request: web.Request) -> web.StreamResponse:
    """GET /desk/invitation/{token}: choose a password."""
    email = await request.app[LEDGER].read(staff.invited, request.app[CLOCK].now(), request.match_info["token"])
    return _stranger(request, "invitation.html", status=200 if email else 404, email=email or "", fault="")


async def accept(request: web.Request) -> web.StreamResponse:
    """POST /desk/invitation/{token}: `password`."""
    form = await forms.read(request, forms.stranger_token(request))
    ledger, now, token = request.app[LEDGER], request.app[CLOCK].now(), request.match_info["token"]
    try:
        await ledger.write(staff.set_password, now, token, form.whole("password"))
    except StaffTrouble as trouble:
        email = await ledger.read(staff.invited, now, token)
        return _stranger(request, "invitation.html", status=422, email=email or "", fault=told(request, str(trouble)))
    raise web.HTTPSeeOther("/desk/connexion")
