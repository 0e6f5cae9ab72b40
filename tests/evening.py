"""A town on the evening of a workshop, with people who signed up for it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from conversations.effects import SignUp
from outreach import attendance, documents, processes, workshops
from outreach.attendance import Room
from outreach.tables import workshop
from outreach.workshops import Wish
from tests.contributing import person
from tests.meeting import PARIS, SLUG, meeting, phone
from tests.process_sample import SAMPLE
from tests.town import Town


class Evening:
    """The workshop of tonight: its number, its people, what its book says."""

    def __init__(self, city: Town, number: int, addresses: list[int]) -> None:
        self.city, self.number, self.addresses = city, number, addresses

    @property
    def path(self) -> str:
        return f"/desk/ateliers/{self.number}"

    async def book(self) -> Room:
        found = await self.city.ledger.read(attendance.room, self.number)
        assert found
        return found

    async def codes(self) -> list[str]:
        """Of who has a place, rising."""
        return [guest.code for guest in (await self.book()).guests if guest.rank == 0]


async def evening(city: Town, many: int, capacity: int | None = None, *, parties: dict[int, int] | None = None) -> Evening:
    """So many people signed up, one after the other; it begins in twenty minutes."""
    starts = city.now.astimezone(PARIS) + timedelta(days=20)
    document = documents.parse(SAMPLE.encode(), yaml=True, zone=PARIS)
    tonight = meeting("atelier-1", f"{starts:%Y-%m-%d} 18:30", capacity)
    await city.ledger.write(processes.put, city.now, msgspec.structs.replace(document, workshops=(tonight,)), "command")
    await city.ledger.write(processes.open, city.now, SLUG, "command")
    addresses = []

    def sign_up(session: Any, place: int, now: datetime) -> int:
        number = person(session, now, phone(place))
        workshops.act(session, [Wish(number, SignUp(f"{SLUG}/atelier-1", (parties or {}).get(place, 1)))], now)
        return number

    for place in range(many):
        city.clock.advance(seconds=1)
        addresses.append(await city.ledger.write(sign_up, place, city.now))
    city.clock.at = tonight.starts_at.astimezone(city.clock.at.tzinfo) - timedelta(minutes=20)
    number = await city.ledger.read(lambda session: session.scalar(sa.select(workshop.c.id)))
    assert number
    return Evening(city, number, addresses)
