"""Every setting with its meaning and its present value, secrets masked: to read, never to change."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from aiohttp import web

from bot.desk.doors import desk_page
from bot.settings import PREFIX, VARIABLES, Settings, check
from bot.web.keys import SETTINGS
from conversations.text import Text, _
from outreach.staff import Person

_BEGIN: dict[str, Text] = {
    "DATABASE_URL": _("The service"),
    "TIMEZONE": _("The city"),
    "TELEGRAM_NAME": _("Telegram"),
    "KANNEL_URL": _("SMS"),
    "POLLING_DAYS": _("Elections"),
    "SMTP_URL": _("E-mail and sign-in"),
    "PROXY_URL": _("Operation"),
}
"""The first variable of each group, in the order in which they stand."""
_ON, _OFF, _SET, _EMPTY = _("on"), _("off"), _("set, and not shown"), _("empty")


class Line(NamedTuple):
    """One variable; `value` in words of ours or as it is written."""

    name: str
    value: Text | str
    sentence: Text
    is_default: bool


class Group(NamedTuple):
    """Variables that belong together."""

    title: Text
    lines: list[Line]


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/reglages."""
    return desk_page(request, person, "settings.html", groups=list(_groups(request.app[SETTINGS])))


def _groups(settings: Settings) -> Iterator[Group]:
    group = None
    for variable in VARIABLES:
        if variable.name in _BEGIN:
            if group is not None:
                yield group
            group = Group(_BEGIN[variable.name], [])
        assert group is not None  # noqa: S101 - the first variable begins the first group
        value = getattr(settings, variable.name.lower())
        is_default = value == check(variable.name, variable.default)
        shown = _shown(value, secret=variable.secret)
        group.lines.append(Line(PREFIX + variable.name, shown, Text(variable.sentence), is_default))
    if group is not None:
        yield group


def _shown(value: object, *, secret: bool) -> Text | str:
    if value in {None, "", ()}:
        return _EMPTY
    if secret:
        return _SET
    if isinstance(value, bool):
        return _ON if value else _OFF
    match value:
        case tuple():
            written = ", ".join(one.isoformat() if isinstance(one, date) else str(one) for one in value)
        case timedelta():
            written = f"{value.total_seconds():.0f} s"
        case float():
            written = f"{value:g}"
        case _:
            written = str(value)
    return written
