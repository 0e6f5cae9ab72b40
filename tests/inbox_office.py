"""The inbox of one database with an open process, and what stands in it."""

from collections.abc import Callable
from typing import Any

import msgspec
import sqlalchemy as sa

from conversations.messages import Arrival, Inbound
from conversations.steps import State
from outreach import (
    contacts,
    documents,
    inbox,
    invented,
    processes,
    tables,
)
from outreach.db import Database
from outreach.house import house
from outreach.inbox import Received
from outreach.outbox import Body
from tests.conftest import Clock

FRESH, AGAIN, FAILED = Received(fresh=True), Received(fresh=False), Received(fresh=True, failed=True)
PHONE, OTHER, CHAT = "+33612345678", "+33687654321", "123456789"


class Office:
    """The inbox of one database, and what stands in it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock

    def receive(self, *arrivals: Inbound) -> list[Received]:
        with self.database.write() as session:
            return inbox.receive(session, arrivals, self.clock.now())

    def sweep(self, **later: float) -> int:
        self.clock.advance(**later)
        with self.database.write() as session:
            return inbox.sweep(session, self.clock.now())

    def say_first(self) -> int:
        with self.database.write() as session:
            return inbox.say_first(session, self.clock.now())

    def do(self, verb: Callable[..., Any], *args: Any) -> Any:
        with self.database.write() as session:
            return verb(session, *args)

    def rows(self, table: sa.Table, *columns: str) -> list[Any]:
        with self.database.read() as session:
            query = sa.select(*(table.c[name] for name in columns)) if columns else sa.select(table)
            return list(session.execute(query.order_by(*table.primary_key.columns)).all())

    def contact(self, who: str = PHONE, network: str = "sms") -> contacts.Contact:
        found = self.do(contacts.find, network, who)
        assert isinstance(found, contacts.Contact)
        return found

    def state(self, who: str = PHONE, network: str = "sms") -> State:
        with self.database.read() as session:
            number = self.contact(who, network).address_id
            sealed = session.scalar(sa.select(tables.conversation.c.sealed).where(tables.conversation.c.address_id == number))
            assert sealed is not None
            return msgspec.json.decode(house(session).keys.open("conversation", number, sealed), type=State)

    def notes(self, who: str = PHONE, network: str = "sms") -> list[str]:
        found: list[str] = self.state(who, network).memory["notes"]
        return found

    def said(self) -> list[str]:
        """The texts of every row of the outbox, in the order they were queued."""
        return [body.text for body in self.bodies()]

    def bodies(self) -> list[Body]:
        with self.database.read() as session:
            rows = session.execute(sa.select(tables.outbox.c.id, tables.outbox.c.sealed).order_by(tables.outbox.c.id)).all()
            return [msgspec.json.decode(house(session).keys.open("outbox", row.id, row.sealed), type=Body) for row in rows if row.sealed]

    def arrived(self) -> list[Arrival]:
        with self.database.read() as session:
            rows = session.execute(sa.select(tables.inbound.c.id, tables.inbound.c.sealed).order_by(tables.inbound.c.id)).all()
            return [
                msgspec.json.decode(house(session).keys.open("inbound", row.id, row.sealed), type=Arrival) for row in rows if row.sealed
            ]


def opened(database: Database, clock: Clock) -> Office:
    """With one open process."""
    document = documents.parse(invented.market_square(clock.now().date()).encode(), yaml=True)
    with database.write() as session:
        processes.put(session, clock.now(), document, "command")
        processes.open(session, clock.now(), document.slug, "command")
    return Office(database, clock)
