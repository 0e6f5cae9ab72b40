"""A city that announces: people who agreed, a campaign from draft to done, and an outbox that is emptied by hand."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import sqlalchemy as sa

from conversations.messages import Network, Outbound
from outreach import agenda, campaigns, consents, inbox, leases, outbox
from outreach.campaigns import Draft, Refused
from outreach.db import Database
from outreach.outbox import Settled
from outreach.tables import campaign, solicitation
from outreach.tables import outbox as rows
from tests.conftest import Clock
from tests.contributing import person
from tests.meeting import SLUG, City, meeting

AUTHOR, SECOND, THIRD = "staff:1", "staff:2", "staff:3"
WORDS = {"fr": "atelier {project}, {date} {hour}, {place} ({access}).", "en": "workshop {project}, {date} {hour}, {place} ({access})."}


def draft(**more: Any) -> Draft:
    return Draft(**{"process": SLUG, "kind": "workshop", "texts": WORDS, "workshop": "atelier-1", **more})


class Campaigning(City):
    """The city of the workshops, with campaigns; `sent` holds what left, in order."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock, meeting("atelier-1", "2027-05-12 18:30", None), meeting("atelier-2", "2027-05-21 18:30", None))
        self.sent: list[Outbound] = []
        self._phones: Iterator[int] = count(1)
        self._epochs: dict[str, tuple[str, int]] = {}

    def write(self, verb: Any, *given: Any, **more: Any) -> Any:
        with self.database.write() as session:
            return verb(session, *given, **more)

    def read(self, verb: Any, *given: Any, **more: Any) -> Any:
        with self.database.read() as session:
            return verb(session, *given, **more)

    def people(
        self, many: int, network: Network = "sms", *, agree: Sequence[str] = ("workshops", "news"), language: str = "fr"
    ) -> list[int]:
        """So many who agreed to be told."""
        found = []
        with self.database.write() as session:
            for _ in range(many):
                number = next(self._phones)
                where = f"+3363998{number:04d}" if network == "sms" else str(700_000 + number)
                found.append(person(session, self.clock.now(), where, network))
            for purpose in agree:
                consents.give(
                    session, [consents.Given(one, purpose, "Un SMS ? 1 oui", language, "receipt") for one in found], self.clock.now()
                )
        return found

    def approved(self, **more: Any) -> str:
        """A campaign that a second person approved."""
        subject: str = self.write(campaigns.create, self.clock.now(), draft(**more), AUTHOR).id
        self.write(campaigns.tried, self.clock.now(), subject, AUTHOR)
        self.write(campaigns.submit, self.clock.now(), subject, AUTHOR)
        self.write(campaigns.approve, self.clock.now(), subject, SECOND)
        return subject

    def state(self, subject: str) -> str:
        return str(self.read(campaigns.get, subject).state)

    def view(self, subject: str) -> campaigns.View:
        found: campaigns.View = self.read(campaigns.get, subject)
        return found

    def refused(self, verb: Any, *given: Any, **more: Any) -> str:
        """The code that something is refused with; nothing is written."""
        try:
            self.write(verb, self.clock.now(), *given, **more)
        except Refused as refused:
            return refused.code
        raise AssertionError(f"{verb.__name__} was not refused")

    def beat(self, *, rounds: int = 1) -> None:
        """What the clock does each second."""
        for _ in range(rounds):
            self.write(campaigns.begin_due, self.clock.now())
            while self.read(agenda.due, self.clock.now()).filling:
                self.write(campaigns.fill, self.clock.now())
            while self.write(inbox.feed, self.clock.now()):
                pass
            self.write(campaigns.finish, self.clock.now())

    def deliver(self, network: str = "sms", *, ends: str = "wired", at_most: int = 10_000) -> int:
        """Send what is due on a network, as a sender would; how many."""
        holder, epoch = self._held(network)
        done = 0
        while done < at_most:
            claimed = self.write(outbox.claim, network, holder, epoch, self.clock.now(), limit=min(8, at_most - done))
            if not claimed:
                break
            going = self.write(outbox.mark, [one.id for one in claimed], holder, epoch, self.clock.now())
            self.sent += going
            self.write(outbox.settle, [Settled(one.id, ends, epoch=epoch) for one in going], self.clock.now())  # type: ignore[arg-type]
            done += len(going)
        return done

    def _held(self, network: str) -> tuple[str, int]:
        if network not in self._epochs:
            epoch = self.write(leases.hold, f"network:{network}", "hand", 100_000)
            self._epochs[network] = ("hand", epoch)
        return self._epochs[network]

    def run(self, *, most: int = 500, networks: Sequence[str] = ("sms", "telegram"), seconds: float = 1) -> None:
        """Beat and send until nothing moves any more."""
        for _ in range(most):
            self.beat()
            moved = sum(self.deliver(network) for network in networks)
            self.clock.advance(seconds=seconds)
            if not moved:
                break
        self.beat()

    def told(self) -> Counter[str]:
        """How often each address was told."""
        return Counter(one.address for one in self.sent)

    def asked(self, subject: str) -> Counter[str]:
        """Who is planned, queued and skipped, with why."""
        mine = sa.select(solicitation.c.state, solicitation.c.why).join(campaign, campaign.c.id == solicitation.c.campaign_id)
        with self.database.read() as session:
            return Counter(f"{state} {why}".strip() for state, why in session.execute(mine.where(campaign.c.subject == subject)))

    def waiting(self) -> int:
        """How many campaign messages stand in the outbox."""
        with self.database.read() as session:
            return session.scalar(sa.select(sa.func.count()).where(rows.c.urgency == "campaign", rows.c.state == "queued")) or 0
