"""What the office knows that stands in no row: its keys, its languages, its city."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from conversations.facts import City
from conversations.text import Catalogue
from outreach.crypto import Keys


@dataclass(frozen=True)
class House:
    """One deployment: one city."""

    keys: Keys
    city: City
    languages: tuple[str, ...]  # offered, the city's own first
    catalogues: Mapping[str, Catalogue] = field(repr=False)
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    undo: timedelta = timedelta(seconds=10)
    territory: str = "FR"  # whose public holidays keep the city silent: outreach.hours.TERRITORIES


def house(session: Session) -> House:
    """The house that this session works for; `db.Database` puts it there."""
    found: House = session.info["house"]
    return found
