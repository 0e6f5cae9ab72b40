"""People and processes for the tests of contributions, put straight into the tables."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import Submit
from conversations.outcomes import Submitted
from outreach import documents, references
from outreach.contributions import intake
from outreach.documents import Mandate, Phase, ProcessDocument, Question
from outreach.house import house
from outreach.tables import address, contact, process

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
