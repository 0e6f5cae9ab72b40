"""Writing a campaign: the models to begin with, and the form that becomes a draft."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from bot.web.announcing import BLANKS
from bot.web.forms import Form
from bot.web.keys import HOUSE, LEDGER
from conversations.messages import NETWORKS
from conversations.notices import CampaignKind
from conversations.text import Text, _, render
from outreach import processes
from outreach.campaigns import Audience, Draft
from outreach.house import House
from outreach.processes import ProcessView
from outreach.staff import Person

MODELS: dict[CampaignKind, Text] = {
    "workshop": _("{workshop}, {date} at {hour}, {place} ({access})."),
    "views": _("{project}: what is missing there, what should stay? Write it here in your own words."),
    "panel": _("we look for inhabitants to talk about {project}, three evenings. No need to know anything about it."),
    "news": _("{project}: the work has begun. Thank you to everybody who wrote."),
}
"""What each kind begins with, in every language that is offered."""
_BLANK = re.compile(r"\{([^{}]*)\}")
MOST_DISTRICTS = 100  # boxes to tick
KINDS: tuple[CampaignKind, ...] = ("workshop", "views", "panel", "news")


class Room(msgspec.Struct, frozen=True):
    """A workshop to choose: `key` is "slug/name"."""

    key: str
    title: dict[str, str]
    starts_at: datetime


async def choices(request: web.Request, person: Person, now: datetime) -> dict[str, object]:
    """What the form offers: the projects of this person, and the workshops to come; `everybody`: also people of no project."""
    within = person.within("campaigns.write")
    views = await request.app[LEDGER].read(processes.listing, public=False, within=within)
    every = [view for view in views if view.state != "closed"]
    rooms = [
        Room(f"{view.slug}/{one.id}", one.title, one.starts_at)
        for view in every
        for one in view.document.workshops
        if one.status in {"scheduled", "full"}
    ]
    return {
        "processes": every,
        "coming": sorted((room for room in rooms if room.starts_at > now), key=lambda room: room.starts_at),
        "over": sorted((room for room in rooms if room.starts_at <= now), key=lambda room: room.starts_at, reverse=True),
        "districts": sorted({one for view in views for one in view.document.districts})[:MOST_DISTRICTS] if within is None else [],
        "everybody": within is None,
        "languages": request.app[HOUSE].languages,
    }


def blank(kind: CampaignKind, place: House, offered: Mapping[str, Any]) -> Draft:
    """A draft to begin with: the model's words, and what there is most often one of."""
    rooms: Sequence[Room] = offered["coming"]
    views: Sequence[ProcessView] = offered["processes"]
    room = rooms[0].key if kind == "workshop" and rooms else ""
    slug = room.partition("/")[0] or next((view.slug for view in views if view.state == "open"), next((view.slug for view in views), ""))
    texts = {language: render(MODELS[kind], place.catalogues[language]) for language in place.languages}
    whom = Audience() if offered["everybody"] else Audience(process=slug)
    return Draft(process=slug or "-", kind=kind, texts=texts, workshop=room.partition("/")[2], audience=whom)


def shown(draft: Draft, place: House, language: str) -> Draft:
    """The draft as its form shows it: the blanks by the names that the reader's language has for them."""
    names = {name: render(called, place.catalogues[language]) for name, called in BLANKS.items()}
    return _with_blanks(draft, names)


def _with_blanks(draft: Draft, names: Mapping[str, str]) -> Draft:
    def called(texts: Mapping[str, str]) -> dict[str, str]:
        return {language: _BLANK.sub(lambda one: f"{{{names.get(one[1].strip(), one[1])}}}", text) for language, text in texts.items()}

    return msgspec.structs.replace(draft, texts=called(draft.texts), sms_texts=called(draft.sms_texts))


def read(form: Form, place: House, language: str) -> Draft:
    """The draft that a form in that language says. Raises msgspec.ValidationError for what no page of ours sends."""
    names = {render(called, place.catalogues[language]): name for name, called in BLANKS.items()}
    return _with_blanks(_read(form, place), names)


def _read(form: Form, place: House) -> Draft:
    slug, _slash, room = form["workshop"].partition("/")
    texts = {language: form[f"text-{language}"] for language in place.languages if form[f"text-{language}"]}
    short = {language: form[f"sms-{language}"] for language in place.languages if form[f"sms-{language}"]}
    took_part = {"yes": True, "no": False}.get(form["took_part"])
    at = datetime.fromisoformat(form["at"]).replace(tzinfo=place.timezone) if form["at"] else None
    return msgspec.convert(
        {
            "process": slug or form["process"],
            "kind": form["kind"],
            "texts": texts,
            "sms_texts": short,
            "name": form["name"],
            "audience": Audience(
                process=form["about"],
                districts=tuple(name for number in range(MOST_DISTRICTS) if (name := form[f"district-{number}"])),
                languages=tuple(one for one in place.languages if form[f"language-{one}"]),
                ages=tuple(one for one in ("under-30", "30-59", "60-plus") if form[f"age-{one}"]),
                took_part=took_part,
                came_to=form["came_to"],
            ),
            "networks": [one for one in NETWORKS if form[f"network-{one}"]],
            "at": at,
            "spread_minutes": int(form["spread"] or 0),
            "workshop": room,
            "in_french": bool(form["in_french"]),
        },
        Draft,
    )
