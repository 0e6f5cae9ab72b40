"""A city whose record is copied elsewhere: contributions published through the real code, a relay that hurries."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.relay import Manners, Relay
from bot.targets import Situation
from outreach import relays
from outreach.contributions import withdrawal
from outreach.db import Database
from outreach.relays import Line
from outreach.tables import contribution, relay
from tests.conftest import Clock
from tests.contributing import Desk, person, phone
from tests.sender_city import Writer

QUICK = Manners(lease=3.0, poll=0.05, first_pause=0.02, longest_pause=0.3, identity=0.2, grace=2.0)
PATIENCE = 20.0


class Running(Clock):
    """A clock that runs from a test's hour on, and can be moved too."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self._since = time.monotonic()

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self._since)


class City(Desk):
    """The desk of a process, and the copies of what it publishes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, Running(clock.at))
        self.situation = Situation(self.clock.now, "https://dialogue.ville.example", seconds=1.5)

    def target(self, name: str, kind: str, url: str = "", **options: str) -> int:
        with self.database.write() as session:
            return relays.add(session, self.clock.now(), name, kind, url=url, options=options, actor="command")

    def publish(self, *texts: str) -> list[str]:
        refs = []
        for text in texts:
            with self.database.write() as session:  # one person writes so much an hour and no more
                self.citizen = person(session, self.clock.now(), phone())
            refs.append(self.receive(text))
        for ref in refs:
            self.decide(ref, "accept")
        return refs

    def withdraw(self, *refs: str) -> None:
        with self.database.write() as session:
            rows = session.execute(sa.select(contribution).where(contribution.c.ref.in_(refs))).all()
            withdrawal.erase(session, rows, self.clock.now(), "citizen")

    def look(self, verb: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        with self.database.read() as session:
            return verb(session, *args, **kw)

    def lines(self, state: str = "") -> list[Line]:
        found: list[Line] = list(self.look(relays.listing, self.clock.now(), state=state, limit=5000).items)
        return found

    def line(self, ref: str) -> Line:
        return next(line for line in self.lines() if line.ref == ref)

    def states(self) -> dict[tuple[str, str, str], int]:
        found: dict[tuple[str, str, str], int] = {}
        for count in self.look(relays.tally):
            where = (count.wants, count.state, count.fidelity)
            found[where] = found.get(where, 0) + count.number
        return found

    def look_at_trouble(self) -> str:
        """Why nothing is written to the first platform; "" when all is well."""
        found: str = self.look(relays.known)[0].trouble
        return found

    def is_known(self) -> bool:
        """The first platform told whom it takes us for."""
        return bool(self.look(relays.known)[0].who)

    def rows(self) -> list[Any]:
        return list(self.look(lambda session: session.execute(sa.select(relay).order_by(relay.c.id)).all()))

    @contextlib.asynccontextmanager
    async def relaying(self, holder: str = "one", **more: float) -> AsyncIterator[Relay]:
        manners = Manners(**{**QUICK.__dict__, **more})
        made = Relay(Writer(self.database), self.situation, holder, manners=manners)
        running = asyncio.create_task(made.run())
        try:
            yield made
            await made.stop()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def until(self, is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait for what must come."""
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, (
                self.states(),
                {line.why for line in self.lines()},
                [target.trouble for target in self.look(relays.known)],
            )
            await asyncio.sleep(0.05)

    def is_settled(self) -> bool:
        """Everything stands, or is gone, as the record wants it."""
        return all(state == "confirmed" for _wants, state, _fidelity in self.states())
