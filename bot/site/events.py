"""Workshops for search engines: schema.org events, as data that no browser runs."""

from collections.abc import Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from outreach.documents import Workshop
from outreach.rooms import Seats

_SCHEMA = "https://schema.org"


def as_json(workshops: list[Workshop], seats: Mapping[str, Seats], *, address: str, city: str, language: str) -> Markup:
    """A JSON-LD graph for a `<script type="application/ld+json">`: no letter of it can end the element.

    `address`: the page of the workshops. The way in from home is never told: it points to that page (LINK-06).
    """
    graph = [_event(one, seats.get(one.id), address, city, language) for one in workshops]
    text = msgspec.json.encode({"@context": _SCHEMA, "@graph": graph}).decode()
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704 - JSON without a letter that HTML knows


def _event(workshop: Workshop, left: Seats | None, address: str, city: str, language: str) -> dict[str, Any]:
    told = language if workshop.title.get(language) else "fr"
    place: dict[str, Any] = {"@type": "Place", "name": workshop.place, "address": f"{workshop.place}, {city}"}
    home = {"@type": "VirtualLocation", "url": address}
    found: dict[str, Any] = {
        "@type": "Event",
        "@id": f"{address}#{workshop.id}",
        "name": workshop.title.get(told) or next(iter(workshop.title.values()), ""),
        "inLanguage": told,
        "description": " · ".join(workshop.access),
        "startDate": workshop.starts_at.isoformat(),
        "endDate": workshop.ends_at.isoformat(),
        "eventStatus": f"{_SCHEMA}/{'EventCancelled' if workshop.status == 'cancelled' else 'EventScheduled'}",
        "eventAttendanceMode": f"{_SCHEMA}/{'MixedEventAttendanceMode' if workshop.remote else 'OfflineEventAttendanceMode'}",
        "location": [place, home] if workshop.remote else place,
        "organizer": {"@type": "GovernmentOrganization", "name": city},
        "isAccessibleForFree": True,
        "url": address,
    }
    capacities = {
        "maximumPhysicalAttendeeCapacity": workshop.capacity,
        "maximumVirtualAttendeeCapacity": workshop.remote.capacity if workshop.remote else None,
        "remainingAttendeeCapacity": _all_left(workshop, left),
    }
    return found | {name: number for name, number in capacities.items() if number is not None}


def _all_left(workshop: Workshop, left: Seats | None) -> int | None:
    if left is None or left.room is None or (workshop.remote and left.remote is None):
        return None
    return left.room + (left.remote or 0)
