"""The team: who is there, invited by a link that works once; roles and where they are for; sessions and accounts closed."""

from collections.abc import Sequence

from aiohttp import web

from bot.desk.doors import desk_page, form_of
from bot.desk.words import ROLES, told
from bot.web.errors import Problem
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER, SETTINGS
from bot.web.pages import language_of
from conversations.phrases import OWN_NAMES
from conversations.text import Text, _, render
from outreach import mail, processes, staff
from outreach.staff import CITY_ROLES, Account, Grant, Person, Profile, StaffTrouble

_HIGHEST = (1 << 63) - 1
_EMPTY = Form({})
RIGHTS: dict[str, Text] = {
    "admin": _("everything, but the numbers of citizens"),
    "staff": _("prepares projects and campaigns, answers messages, holds workshops"),
    "moderator": _("reads and decides contributions and appeals, answers messages, looks at paper"),
    "lead": _("moderates, prepares projects, approves campaigns, sees a number when somebody is in danger"),
    "host": _("holds workshops, enters paper"),
    "association": _("enters what it collected on paper, and sees that alone"),
    "interpreter": _("translates the texts of some languages"),
    "dpo": _("the register of rights, contacts by pseudonym and the journal, never a decision"),
    "observer": _("projects and figures, nobody's words"),
}
"""What each role is for, in a line."""
_SAID: dict[str, Text] = {
    "roles": _("The roles are changed."),
    "profil": _("It is noted."),
    "sessions": _("Every session of this account has ended."),
    "facteur": _("The phone is taken off: the password alone opens the account until another is enrolled."),
    "ferme": _("The account is closed: it opens nothing any more."),
}


async def listing(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/equipe."""
    return await _listing(request, person)


async def _listing(
    request: web.Request, person: Person, *, fault: str = "", sent: Form = _EMPTY, link: str = "", invited: str = "", status: int = 200
) -> web.Response:
    ledger = request.app[LEDGER]
    accounts = await ledger.read(staff.listing)
    return desk_page(
        request,
        person,
        "team.html",
        status=status,
        accounts=[one for one in accounts if one.disabled_at is None],
        closed=[one for one in accounts if one.disabled_at is not None],
        fault=fault,
        sent=sent,
        chosen=_granted(sent),
        one_time=link,
        invited=invited if _posts(request) else "",
        **await _choices(request),
    )


async def _choices(request: web.Request) -> dict[str, object]:
    views = await request.app[LEDGER].read(processes.listing, public=False)
    return {"roles": ROLES, "uses": RIGHTS, "city_roles": CITY_ROLES, "processes": views}


def _granted(form: Form) -> dict[str, tuple[str, ...]]:
    """The roles that are ticked, each with the projects ticked below it; none is the whole city."""
    chosen = set(form)
    return {
        role: tuple(sorted(name.split(":", 2)[2] for name in chosen if name.startswith(f"for:{role}:")))
        for role in ROLES
        if f"role:{role}" in chosen
    }


def _grants(form: Form) -> list[Grant]:
    return [Grant(role, () if role in CITY_ROLES else slugs) for role, slugs in _granted(form).items()]


async def invite(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/equipe: `email`, `role:…`, `for:role:slug`, `organisation`; the link is shown once."""
    form = await form_of(request, person)
    known = {one.email for one in await request.app[LEDGER].read(staff.listing) if one.disabled_at is None}
    if form["email"].casefold() in known:
        fault = _said(request, _("This address has an account already: change it below."))
        return await _listing(request, person, fault=fault, sent=form, status=409)
    try:
        token = await request.app[LEDGER].write(
            mail.invite,
            request.app[CLOCK].now(),
            form["email"],
            _grants(form),
            person.actor,
            organisation=form["organisation"],
            post=_posts(request),
        )
    except StaffTrouble as trouble:
        return await _listing(request, person, fault=told(request, str(trouble)), sent=form, status=422)
    return await _listing(request, person, link=_link(request, token), invited=form["email"])


def _posts(request: web.Request) -> bool:
    """Whether the link goes by e-mail too."""
    return bool(request.app[SETTINGS].smtp_url)


def _link(request: web.Request, token: str) -> str:
    return f"{request.app[SETTINGS].public_url}/desk/invitation/{token}"


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/equipe/{id}."""
    return await _show(request, person, await _account(request))


async def _account(request: web.Request) -> Account:
    number = int(request.match_info["id"])
    found = await request.app[LEDGER].read(staff.get, number) if number <= _HIGHEST else None
    if found is None:
        raise web.HTTPNotFound
    return found


async def _show(
    request: web.Request, person: Person, account: Account, *, fault: str = "", link: str = "", status: int = 200
) -> web.Response:
    now = request.app[CLOCK].now()
    said = _SAID.get(request.query.get("fait", ""))
    return desk_page(
        request,
        person,
        "colleague.html",
        status=status,
        account=account,
        chosen={one.role: one.processes for one in account.grants},
        sessions=await request.app[LEDGER].read(staff.open_sessions, now, account.id),
        languages=request.app[HOUSE].languages,
        names=OWN_NAMES,
        fault=fault,
        one_time=link,
        invited=account.email if link and _posts(request) else "",
        said=_said(request, said) if said else "",
        mine=account.id == person.id,
        **await _choices(request),
    )


async def change(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/equipe/{id}/roles."""
    form, account = await form_of(request, person), await _account(request)
    try:
        await request.app[LEDGER].write(staff.set_roles, request.app[CLOCK].now(), account.id, _grants(form), person.actor)
    except StaffTrouble as trouble:
        return await _show(request, person, account, fault=told(request, str(trouble)), status=422)
    raise _back(account, "roles")


async def describe(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/equipe/{id}/profil: `name`, `organisation`, `department`, `language`, `reads`, `on_call`."""
    form, account = await form_of(request, person), await _account(request)
    reads: Sequence[str] = form["reads"].replace(",", " ").split()
    language = form["language"] if form["language"] in request.app[HOUSE].languages else ""
    profile = Profile(form["name"], form["organisation"], form["department"], language, tuple(reads), bool(form["on_call"]))
    try:
        await request.app[LEDGER].write(staff.describe, request.app[CLOCK].now(), account.id, profile, person.actor)
    except StaffTrouble as trouble:
        return await _show(request, person, account, fault=told(request, str(trouble)), status=422)
    raise _back(account, "profil")


async def link(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/equipe/{id}/lien: a new one-time link to choose a password, shown once."""
    await form_of(request, person)
    account = await _account(request)
    if account.disabled_at is not None:
        raise Problem(409)
    token = await request.app[LEDGER].write(mail.invite_again, request.app[CLOCK].now(), account.id, person.actor, post=_posts(request))
    return await _show(request, person, account, link=_link(request, token))


async def sessions(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/equipe/{id}/sessions: `session` ends that one, nothing every one."""
    form, account = await form_of(request, person), await _account(request)
    await request.app[LEDGER].write(staff.end_sessions, request.app[CLOCK].now(), account.id, person.actor, form["session"])
    raise _back(account, "sessions")


async def factor(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/equipe/{id}/facteur: the phone is lost, and the codes on paper too."""
    await form_of(request, person)
    account = await _account(request)
    await request.app[LEDGER].write(staff.drop_factor, request.app[CLOCK].now(), account.id, person.actor)
    raise _back(account, "facteur")


async def close(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/equipe/{id}/fermer."""
    await form_of(request, person)
    account = await _account(request)
    try:
        await request.app[LEDGER].write(staff.disable, request.app[CLOCK].now(), account.id, person.actor)
    except StaffTrouble as trouble:
        return await _show(request, person, account, fault=told(request, str(trouble)), status=409)
    raise _back(account, "ferme")


def _back(account: Account, said: str) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"/desk/equipe/{account.id}?fait={said}")


def _said(request: web.Request, text: Text) -> str:
    return render(text, request.app[HOUSE].catalogues[language_of(request)])
