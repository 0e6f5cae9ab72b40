"""What the office knows that stands in no row: its keys, its languages, its city."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from conversations.facts import City
from conversations.text import Catalogue
from outreach.crypto import Keys


@dataclass(frozen=True)
class Sms:
    """What our SMS number can do, and what it costs: `price` in euros a part, `budget` in euros a month for campaigns (None: any)."""

    hears: bool = True  # a name in letters can't be answered
    links: bool = False  # a shared short code lets none through
    answer_hours: int = 0  # an answer reaches us for so long; 0: always
    price: Decimal = Decimal("0.07")
    budget: Decimal | None = None


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
    sms: Sms = field(default_factory=Sms)
    rates: Mapping[str, float] = field(default_factory=lambda: {"telegram": 30.0, "sms": 10.0})  # messages a second, by network
    polling: tuple[date, ...] = ()  # days of election: reserve before, silence on the eve (GDPR-71)


def house(session: Session) -> House:
    """The house that this session works for; `db.Database` puts it there."""
    found: House = session.info["house"]
    return found
