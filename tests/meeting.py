"""A city with workshops, people with telephones, the real conversations and a clock that stops at each thing that is due."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import File, Inbound, Network, Press, Words
from outreach import agenda, attendance, documents, inbox, outbox, pauses, processes, workshops
from outreach.db import Database
from outreach.documents import ProcessDocument, Workshop
from outreach.documents.shape import Remote
from outreach.outbox import Body, Said
from outreach.tables import address, contribution, registration, workshop
from outreach.tables import outbox as outbox_rows
from tests.conftest import Clock
from tests.process_sample import SAMPLE

PARIS = ZoneInfo("Europe/Paris")
SLUG = "place-du-marche"


def at(text: str) -> datetime:
    """`2027-05-12 18:30` by the city's clocks."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS)


def meeting(name: str, starts: str, capacity: int | None = 10, **more: Any) -> Workshop:
    """Two hours in the house of the quarter."""
    return Workshop(
        id=name,
        title={"fr": "Atelier des usages", "en": "Workshop of uses"},
        sms_name="atelier des usages",
        starts_at=at(starts),
        ends_at=at(starts) + timedelta(hours=2),
        place="Maison de quartier Bellevue",
        place_sms="Maison Bellevue",
        access=("tram 1",),
        capacity=capacity,
        **more,
    )


REMOTE = Remote(url="https://visio.ville.example/usages", capacity=5)


class City:
    """An open process with these workshops."""

    def __init__(self, database: Database, clock: Clock, *meetings: Workshop) -> None:
        self.database, self.clock = database, clock
        self._keys = count(1)
        self.put(*meetings)
        with database.write() as session:
            processes.open(session, clock.now(), SLUG, "staff:1")

    def put(self, *meetings: Workshop) -> None:
        """Bring the document in with these workshops instead."""
        document: ProcessDocument = documents.parse(SAMPLE.encode(), yaml=True, zone=PARIS)
        with self.database.write() as session:
            processes.put(session, self.clock.now(), msgspec.structs.replace(document, workshops=meetings), "staff:1")

    def inbound(self, who: str, text: str, network: Network = "sms") -> Inbound:
        button = re.fullmatch(r"\[(.+)\]", text)
        what = self._press(who, button[1], network) if button else Words(text, f"m{next(self._keys)}")
        return Inbound("simulator", "simulator", f"k{next(self._keys)}", network, who, what, self.clock.now())

    def _press(self, who: str, label: str, network: Network) -> Press:
        for said in reversed(self.lines(who, network)):
            for data, shown, _row in said.buttons:
                if shown == label:
                    question, _colon, choice = data.partition(":")
                    return Press(question, choice)
        raise AssertionError(label)

    def say(self, who: str, *texts: str, network: Network = "sms") -> list[str]:
        """One message after another; what the city answers to the last."""
        for text in texts:
            before = len(self.lines(who, network))
            self.clock.advance(seconds=3)
            with self.database.write() as session:
                inbox.receive(session, [self.inbound(who, text, network)], self.clock.now())
            self.beat()
        return [said.text for said in self.lines(who, network)[before:]]

    def gave(self, who: str, text: str, network: Network = "sms") -> str:
        """A contribution of somebody, from the first word to its receipt: its reference."""
        self.say(who, text if network == "telegram" else f"PLACE {text}", network=network)
        self.clock.advance(seconds=61)
        self.beat()
        answer = self.say(who, "[Oui, j'ai 15 ans ou plus]" if network == "telegram" else "1", network=network)
        if "à quelle question" in answer[-1]:  # a receipt's question is open too
            self.say(who, "A", network=network)
        with self.database.read() as session:
            return str(session.scalar(sa.select(contribution.c.ref).order_by(contribution.c.id.desc()).limit(1)))

    def batch(self, inbounds: Sequence[Inbound]) -> None:
        with self.database.write() as session:
            inbox.receive(session, inbounds, self.clock.now())

    def lines(self, who: str, network: Network = "sms") -> list[Said]:
        with self.database.read() as session:
            found = session.info["house"].keys.find(network, who)
            number = session.scalar(sa.text("SELECT id FROM address WHERE fingerprint = :found"), {"found": found})
            return outbox.said(session, number) if number is not None else []

    def files(self, session: Session, who: str, network: Network = "telegram") -> list[File | None]:
        """What came along with each thing said."""
        keys = session.info["house"].keys
        where = sa.select(address.c.id).where(address.c.network == network, address.c.fingerprint == keys.find(network, who))
        rows = session.execute(sa.select(outbox_rows.c.id, outbox_rows.c.sealed).where(outbox_rows.c.address_id.in_(where)).order_by("id"))
        return [msgspec.json.decode(keys.open("outbox", row.id, row.sealed), type=Body).file for row in rows]

    def heard(self, who: str, network: Network = "sms") -> list[tuple[str, str]]:
        """When, by the city's clocks, and what: everything said to a person."""
        return [(f"{said.created_at.astimezone(PARIS):%a %d %H:%M}", said.text) for said in self.lines(who, network)]

    def beat(self) -> None:
        """Everything due now, as bot.clock does it."""
        for _ in range(50):
            with self.database.read() as session:
                due = agenda.due(session, self.clock.now())
            done = 0
            for is_due, verb in (
                (due.silences, inbox.sweep),
                (due.pauses, pauses.end_due),
                (due.changes, workshops.tell_changes),
                (due.offers, workshops.sweep_offers),
                (due.minutes, attendance.publish_due),
                (due.notices, inbox.say_first),
            ):
                if is_due:
                    with self.database.write() as session:
                        done += verb(session, self.clock.now())
            if not done:
                return
        raise AssertionError("it never ends")

    def until(self, when: str) -> None:
        """Let the time pass, stopping at each instant at which something is due."""
        goal = at(when)
        self.beat()
        while True:
            with self.database.read() as session:
                following = agenda.next_at(session)
            if following is None or following > goal:
                break
            self.clock.at = max(self.clock.at, following)
            self.beat()
            with self.database.read() as session:
                again = agenda.next_at(session)
            if again is not None and again <= following:
                self.clock.at += timedelta(seconds=1)
        self.clock.at = max(self.clock.at, goal.astimezone(self.clock.at.tzinfo))
        self.beat()

    def room(self, name: str = "atelier-1") -> Any:
        with self.database.read() as session:
            return session.execute(sa.select(workshop).where(workshop.c.name == name)).one()

    def states(self, name: str = "atelier-1") -> dict[str, int]:
        query = sa.select(registration.c.state, sa.func.count()).join(workshop, workshop.c.id == registration.c.workshop_id)
        with self.database.read() as session:
            return {row[0]: row[1] for row in session.execute(query.where(workshop.c.name == name).group_by(registration.c.state))}


def phone(number: int) -> str:
    return f"+3363998{number:04d}"
