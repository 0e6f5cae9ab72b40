"""The outbox as a sender and the inbox use it."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from conversations.messages import Receipt
from outreach import leases, outbox
from outreach.db import Database
from outreach.house import house
from outreach.outbox import Body, Put, Settled
from outreach.references import new_id, new_token
from outreach.tables import address, consent, contact
from outreach.tables import outbox as table
from tests.conftest import Clock


class Office:
    """The outbox as a sender and the inbox use it, one transaction a step."""

    def __init__(self, database: Database, clock: Clock, network: str = "sms", *, take_lease: bool = True) -> None:
        self.database, self.clock, self.network = database, clock, network
        self.holder, self.epoch = "", 0
        if take_lease:
            self.take_over()

    def write(self, verb: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        with self.database.write() as session:
            return verb(session, *args, **kw)

    def take_over(self) -> None:
        if self.holder:
            self.write(leases.release, f"network:{self.network}", self.holder)
        self.holder = f"holder {self.epoch + 1}"
        self.epoch = self.write(leases.hold, f"network:{self.network}", self.holder, 3600) or 0

    def person(self, number: str = "+33639980001") -> int:
        with self.database.write() as session:
            keys, who, where = house(session).keys, new_id(self.clock.now()), new_id(self.clock.now())
            now = self.clock.now()
            session.execute(sa.insert(contact).values(id=who, subject=new_token(), pseudonym="Loire-2F7K", created_at=now, seen_at=now))
            session.execute(
                sa.insert(address).values(
                    id=where, contact_id=who, network=self.network, fingerprint=keys.find(self.network, number),
                    sealed=keys.seal("address", where, number.encode()), channel="kannel", created_at=now,
                )
            )  # fmt: skip
        return where

    def put(self, address_id: int | None, text: str = "Bonjour", urgency: Any = "reply", *, body: Body | None = None, **more: Any) -> int:
        channel = "telegram" if self.network == "telegram" else "kannel"
        one = Put(address_id, self.network, channel, urgency, body or Body(text), **more)
        (number,) = self.write(outbox.put, [one], self.clock.now())
        return int(number)

    def claim(self, **kw: Any) -> list[int]:
        return [one.id for one in self.write(outbox.claim, self.network, self.holder, self.epoch, self.clock.now(), **kw)]

    def mark(self, *ids: int) -> list[Any]:
        return list(self.write(outbox.mark, ids, self.holder, self.epoch, self.clock.now()))

    def go(self) -> list[Any]:
        return self.mark(*self.claim())

    def settle(self, number: int, state: Any, **kw: Any) -> None:
        self.write(outbox.settle, [Settled(number, state, epoch=self.epoch, **kw)], self.clock.now())

    def hear(self, number: int, state: Any, why: str = "") -> None:
        self.write(outbox.receipts, [Receipt("kannel", number, state, why)], self.clock.now())

    def row(self, number: int) -> Any:
        with self.database.read() as session:
            return session.execute(sa.select(table).where(table.c.id == number)).one()

    def state(self, number: int) -> str:
        row = self.row(number)
        return f"{row.state} {row.why}".strip()

    def tried(self, number: int) -> tuple[str, int]:
        """Its state and its tries at one instant."""
        row = self.row(number)
        return row.state, row.attempts

    def change(self, where: int, **values: Any) -> None:
        self.write(lambda session: session.execute(sa.update(address).where(address.c.id == where).values(**values)))


def agreeing(office: Office, number: str = "+33639980001") -> int:
    where = office.person(number)
    agreed = {"id": new_id(office.clock.now()), "address_id": where, "wording": "?", "language": "fr", "source": "receipt"}
    row = agreed | {"purpose": "workshops", "given_at": office.clock.now()}
    office.write(lambda session: session.execute(sa.insert(consent).values(row)))
    return where
