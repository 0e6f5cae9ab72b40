"""Pages in the reader's language: Jinja, the catalogues, and a few filters."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web
from babel import Locale
from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.languages import RIGHT_TO_LEFT, spaced
from bot.languages import read as read_catalogue
from bot.web.keys import CLOCK, HOUSE, SETTINGS
from bot.web.labels import happening
from bot.web.static import asset
from conversations.text import Text, render
from outreach.references import show_ref

CHECKPOINT = web.RequestKey("checkpoint", object)
"""What a request knows of the last signed checkpoint of the record, None while there is none: the foot of a page shows it."""
STILL = web.AppKey("still", bool)
"""Set where pages are written as files: nothing in them can be asked or sent."""
_BOT = Path(__file__).resolve().parents[1]
_FIRST = re.compile(r"\b1 ")
_OPENING = re.compile(r"(\S+)(\s+)(\S+)")


def language_of(request: web.Request) -> str:
    """What `?lang=` asks for if it is offered, else the city's own: no cookie, one address is one page."""
    offered = request.app[HOUSE].languages
    asked = request.query.get("lang", "")
    return asked if asked in offered else offered[0]


@cache
def environment(language: str) -> Environment:
    """Templates by "room/page.html", speaking one language."""
    rooms = {path.parent.name: FileSystemLoader(path) for path in sorted(_BOT.glob("*/templates"))}
    # a template is a page of ours: autoescape is always on
    made = Environment(
        loader=PrefixLoader(rooms),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = read_catalogue(language)
    made.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "asset": asset,
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "words": lambda text: words(text, language),
    }
    made.filters |= {
        "ref": show_ref,
        "happened": lambda line: spaced(render(happening(line, lambda at: _day(at, language)), catalogue)),
        "said": lambda text: spaced(render(text, catalogue)) if isinstance(text, Text) else text,
        "day": lambda at: _day(at, language),
        "short_day": lambda at: _first(format_date(at, "d MMM", locale=language), language),
        "month": lambda at: format_date(at, "MMM", locale=language),
        "month_year": lambda at: format_date(at, "LLLL y", locale=language),
        "weekday": lambda at: format_date(at, "EEE", locale=language),
        "hour": lambda at: _hour(at, language),
        "language_name": _language_name,
        "opened_by": opened_by,
        "spaced": spaced,
        "plain": lambda text: plain_words(text, language),
    }
    return made


def _day(at: date, language: str) -> str:
    """A date such as "mardi 12 mai 2027": one in full is read without effort (A11Y-11)."""
    return _first(format_date(at, "full", locale=language), language)


def _first(day: str, language: str) -> str:
    """French counts the first of a month only: "mardi 1er décembre"."""
    return _FIRST.sub("1er ", day) if language == "fr" else day


def _hour(at: datetime, language: str) -> str:
    return f"{at:%-H}\u00a0h\u00a0{at:%M}".removesuffix("\u00a000") if language == "fr" else format_time(at, "short", locale=language)


def _language_name(code: str) -> str:
    """A language by its own name: "français", "العربية"."""
    return str(Locale.parse(code).get_display_name(code))


def plain_words(text: Mapping[str, str], language: str) -> str:
    """Words that staff wrote, in the reader's language if they exist in it, else in the first they have."""
    return spaced(text.get(language) or text.get("fr") or next(iter(text.values()), ""))


def opened_by(text: str, keywords: Iterable[str]) -> Markup:
    """A citizen's text, whole; the word of a poster in capitals that only opened it, as in "PLACE Il manque…", stands back."""
    found = _OPENING.match(text)
    if not found or found[1] not in set(keywords) or (len(found[3]) > 1 and found[3].isupper()):
        return escape(text)
    return Markup('<span class="opening">{}</span>{}').format(found[1], text[found.end(1) :])


def words(text: Mapping[str, str], language: str) -> Markup:
    """The same, told to screen readers when the language is another than the page's (RGAA 8.7)."""
    if text.get(language):
        return escape(spaced(text[language]))
    other = "fr" if text.get("fr") else next(iter(text), language)
    return Markup('<span lang="{}">{}</span>').format(other, spaced(text.get(other, ""))) if text else Markup()


def render_page(request: web.Request, template: str, **values: object) -> str:
    """One template with what every page knows: the city, the path, the hour."""
    language = language_of(request)
    house = request.app[HOUSE]

    def link(path: str, **query: object) -> str:
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        if language != house.languages[0]:
            asked.setdefault("lang", language)
        return f"{path}?{urlencode(asked)}" if asked else path

    def site(path: str) -> str:
        """A public page, also from a desk that has a port of its own."""
        apart = request.app[SETTINGS].desk_port is not None and request.path.startswith("/desk")
        return (request.app[SETTINGS].public_url if apart else "") + link(path)

    def spoken(code: str) -> str:
        """This page in another language: what was asked of it stays asked."""
        return f"?{urlencode({**request.query, 'lang': code})}"

    def local(at: datetime) -> datetime:
        return at.astimezone(house.timezone)

    return (
        environment(language)
        .get_template(template)
        .render(
            city=house.city,
            link=link,
            site=site,
            local=local,
            spoken=spoken,
            offered=house.languages,
            page_path=request.path,
            page_query=request.query,
            public_url=request.app[SETTINGS].public_url.rstrip("/"),
            checkpoint=request.get(CHECKPOINT),
            still=request.app.get(STILL, False),
            now=local(request.app[CLOCK].now()),
            **values,
        )
    )


def page(
    request: web.Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
) -> web.Response:
    """A page as an answer; public ones may be kept and asked again by their ETag."""
    return web.Response(text=render_page(request, template, **values), status=status, content_type="text/html", headers=headers)


def data(request: web.Request, body: bytes, content_type: str, *, name: str = "", tag: str = "") -> web.Response:
    """Open data: free for every site to read, with an ETag (same rows, same bytes)."""
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return fresh(request, web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers), tag)


def fresh(request: web.Request, response: web.Response, tag: str = "") -> web.Response:
    """Give the answer its ETag (`tag`, or one of its content), or 304 to who has it already."""
    tag = tag or hashlib.sha256(response.body if isinstance(response.body, bytes) else b"").hexdigest()[:24]
    response.headers["Cache-Control"] = "no-cache"
    response.etag = tag
    return unchanged(tag) if response.status == web.HTTPOk.status_code and has(request, tag) else response


def has(request: web.Request, tag: str) -> bool:
    """Whether who asks has this already."""
    return any(tag == one.value for one in request.if_none_match or ())


def unchanged(tag: str) -> web.Response:
    """304: the browser shows what it kept."""
    again = web.Response(status=304, headers={"Cache-Control": "no-cache"})
    again.etag = tag
    return again
