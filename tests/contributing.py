"""People and processes for the tests of contributions, put straight into the tables."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import Submit
from conversations.notices import Notice
from conversations.outcomes import Submitted
from outreach import documents, notices, references
from outreach.contributions import decisions, intake
from outreach.contributions.decisions import Decision, DecisionRefused
from outreach.db import Database
from outreach.documents import Mandate, Phase, ProcessDocument, Question
from outreach.house import house
from outreach.tables import address, contact, contribution, process
from outreach.tables import move as moves
from tests.conftest import Clock

SLUG = "place-du-marche"
CONSENT = "La Ville peut le publier sans votre nom ? 1 oui, j'ai 15 ans ou plus"


def document(slug: str = SLUG) -> ProcessDocument:
    return ProcessDocument(
        slug=slug,
        title={"fr": "Place du Marché", "en": "Market square"},
        sms_name="place du Marché",
        summary={"fr": "La place change."},
        mandate=Mandate(
            can_change=("arbres",),
            cannot_change=("le tram",),
            decided_by="le conseil",
            use="un atelier lit",
            answer_promised_on=date(2027, 6, 30),
        ),
        questions=(
            Question(
                id="besoins",
                text={"fr": "De quoi avez-vous besoin pour y rester, sur la place du Marché ?", "en": "What do you need to stay there?"},
                sms_text={"fr": "de quoi avez-vous besoin pour y rester ?"},
            ),
            Question(id="nuit", text={"fr": "Et la nuit ?"}, sms_text={"fr": "et la nuit ?"}),
        ),
        phases=(Phase(kind="lecture", title="Les habitants lisent", starts=date(2027, 5, 4), ends=date(2027, 5, 20)),),
    )


def open_process(session: Session, now: datetime, slug: str = SLUG) -> int:
    id_ = references.new_id(now)
    session.execute(
        sa.insert(process).values(
            id=id_,
            slug=slug,
            subject=references.new_token(),
            state="open",
            document=documents.encode(document(slug)),
            version=1,
            created_at=now,
            changed_at=now,
            opened_at=now,
        )
    )
    return id_


def person(session: Session, now: datetime, where: str = "+33612345678", network: str = "sms") -> int:
    contact_id, id_ = references.new_id(now), references.new_id(now)
    keys = house(session).keys
    session.execute(
        sa.insert(contact).values(
            id=contact_id, subject=references.new_token(), pseudonym=references.new_pseudonym(), created_at=now, seen_at=now
        )
    )
    session.execute(
        sa.insert(address).values(
            id=id_,
            contact_id=contact_id,
            network=network,
            fingerprint=keys.find(network, where),
            sealed=keys.seal("address", id_, where.encode()),
            channel="simulator",
            language="fr",
            created_at=now,
        )
    )
    return id_


def submission(
    address_id: int,
    text: str = "Il manque des bancs et de l'ombre",
    *,
    publish: bool = True,
    slug: str = SLUG,
    question: str = "besoins",
    network: str = "sms",
    language: str = "fr",
    sources: Sequence[str] = (),
    card: str = "",
) -> intake.Submission:
    effect = Submit(
        process=slug,
        question=question,
        text=text,
        messages=max(1, len(sources)),
        publish=publish,
        consent=CONSENT,
        sources=tuple(sources),
        card=card,
    )
    return intake.Submission(address_id=address_id, effect=effect, network=network, language=language, pseudonym="Loire-2F7K")


def given(
    session: Session, now: datetime, address_id: int, text: str = "Il manque des bancs et de l'ombre", *, publish: bool = True
) -> str:
    """A contribution that stands in the queue: its reference."""
    (outcome,) = intake.submit(session, [submission(address_id, text, publish=publish)], now)
    assert isinstance(outcome, Submitted)
    return outcome.ref


def process_id(session: Session, slug: str) -> int:
    found: int = session.execute(sa.select(process.c.id).where(process.c.slug == slug)).scalar_one()
    return found


AT_ONCE = timedelta(0)
LEA, MAX = "staff:1", "staff:2"
_PHONES = count(700_000_000)


def phone() -> str:
    return f"+33{next(_PHONES)}"


class Desk:
    """A process, a citizen and two moderators, on one database."""

    def __init__(self, database: Database, clock: Clock, slug: str = SLUG) -> None:
        self.database, self.clock, self.slug = database, clock, slug
        with database.write() as session:
            open_process(session, clock.now(), slug)
            self.citizen = person(session, clock.now(), phone())

    def receive(self, text: str = "Il manque des bancs et de l'ombre", *, publish: bool = True, card: str = "") -> str:
        with self.database.write() as session:
            one = submission(self.citizen, text, publish=publish, slug=self.slug, card=card)
            (outcome,) = intake.submit(session, [one], self.clock.now())
        assert isinstance(outcome, Submitted)
        return outcome.ref

    def decide(self, ref: str, kind: str, actor: str = LEA, delay: timedelta = AT_ONCE, **more: str) -> decisions.Decided:
        decided: decisions.Decided = self.write(decisions.decide, ref, actor, Decision(kind, **more), delay)
        return decided

    def write(self, verb: Callable[..., Any], *args: object) -> Any:
        with self.database.write() as session:
            return verb(session, self.clock.now(), *args)

    def row(self, ref: str) -> Any:
        with self.database.read() as session:
            return session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one()

    def told(self) -> list[Notice]:
        with self.database.write() as session:
            found = []
            while due := notices.due(session, self.clock.now()):
                found += [one.notice for one in due]
                notices.said(session, [one.id for one in due])
            return found

    def path(self, ref: str) -> list[str]:
        with self.database.read() as session:
            query = sa.select(moves.c.after).join(contribution).where(contribution.c.ref == ref).order_by(moves.c.id)
            return list(session.scalars(query))

    def refused(self, ref: str, kind: str, actor: str = LEA, **more: str) -> DecisionRefused:
        with pytest.raises(DecisionRefused) as caught:
            self.decide(ref, kind, actor, AT_ONCE, **more)
        return caught.value
