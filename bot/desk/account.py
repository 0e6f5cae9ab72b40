"""My account: my rights, the second factor and its codes on paper, my open sessions, my keys."""

from aiohttp import web

from bot.desk.doors import ACTIONS, COOKIE, desk_page, form_of
from bot.desk.words import ROLES, told
from bot.web.errors import Problem
from bot.web.forms import Form
from bot.web.keys import CLOCK, HOUSE, LEDGER
from outreach import staff
from outreach.staff import Person, StaffTrouble

_KEPT = "touches"


async def account(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/compte."""
    return await _show(request, person)


async def _show(
    request: web.Request,
    person: Person,
    *,
    fault: str = "",
    secret: str = "",
    codes: tuple[str, ...] = (),
    keyed: Form | None = None,
    at: str = "",
    status: int = 200,
) -> web.Response:
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    mine = await ledger.read(staff.get, person.id)
    if mine is None:
        raise Problem(404)
    values: dict[str, object] = {"enrolled": mine.second_factor, "fault": fault, "at": at, "secret": "", "picture": "", "labels": ROLES}
    if not mine.second_factor:
        import segno  # imported late: only this page draws
        from markupsafe import Markup

        made = staff.new_factor(person.email, request.app[HOUSE].city.name)
        kept = secret or made.secret  # after a wrong code the key that was scanned stays
        drawn = segno.make(made.uri.replace(made.secret, kept), error="m").svg_inline(scale=4, border=2)
        values |= {"secret": kept, "picture": Markup(drawn)}  # noqa: S704 - drawn by segno, squares only
    return desk_page(
        request,
        person,
        "account.html",
        status=status,
        codes=codes,
        written={action: keyed[action] if keyed else getattr(person.shortcuts, action) for action, _name in ACTIONS},
        kept=request.query.get("dit") == _KEPT,
        left=await ledger.read(staff.codes_left, person.id),
        sessions=await ledger.read(staff.open_sessions, now, person.id),
        this=staff.session_id(request.cookies.get(COOKIE, "")),
        **values,
    )


async def enrol(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/compte: `secret`, `code`; shows the recovery codes, this once."""
    form = await form_of(request, person)
    try:
        codes = await request.app[LEDGER].write(staff.enrol, request.app[CLOCK].now(), person.id, form["secret"], form["code"])
    except StaffTrouble as trouble:
        return await _show(request, person, fault=told(request, str(trouble)), secret=form["secret"], status=422)
    return await _show(request, person, codes=codes)


async def codes(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/compte/codes: ten new recovery codes, shown this once; the ones before stop working."""
    await form_of(request, person)
    try:
        made = await request.app[LEDGER].write(staff.new_codes, request.app[CLOCK].now(), person.id)
    except StaffTrouble:
        raise Problem(409) from None
    return await _show(request, person, codes=made)


async def end(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/compte/sessions: `session` ends that one, nothing ends every one, this one too."""
    form = await form_of(request, person)
    await request.app[LEDGER].write(staff.end_sessions, request.app[CLOCK].now(), person.id, person.actor, form["session"])
    raise web.HTTPSeeOther("/desk/compte")


async def shortcuts(request: web.Request, person: Person) -> web.StreamResponse:
    """POST /desk/compte/touches: a key for each action by its name; with `usual`, the usual ones again."""
    form = await form_of(request, person)
    wanted = {} if form["usual"] else {action: form[action] for action, _name in ACTIONS}
    try:
        await request.app[LEDGER].write(staff.set_shortcuts, person.id, wanted)
    except StaffTrouble as trouble:
        return await _show(request, person, fault=told(request, str(trouble)), at=trouble.field, keyed=form, status=422)
    raise web.HTTPSeeOther(f"/desk/compte?dit={_KEPT}#keys")
