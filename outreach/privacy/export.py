"""Everything that is held about an address, for its owner alone, in a format that other services read (GDPR-41, GDPR 20)."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import File
from outreach import consents, contacts, outbox
from outreach.house import house
from outreach.tables import address, contribution, inbound, need, process, registration, workshop

TYPE = "application/json"
SCHEMA = "/mes-donnees.schema.json"


class Said(msgspec.Struct, frozen=True):
    """A message: `by` is "you" or "city"."""

    at: datetime
    by: str
    text: str


class Agreed(msgspec.Struct, frozen=True):
    """A consent, with the words that were shown."""

    purpose: str
    words: str
    given_at: datetime
    withdrawn_at: datetime | None


class View(msgspec.Struct, frozen=True):
    """A contribution."""

    number: str
    process: str
    text: str
    language: str
    state: str
    publish: bool
    age_group: str
    received_at: datetime
    published_at: datetime | None


class Place(msgspec.Struct, frozen=True):
    """A place at a workshop, or in its line."""

    workshop: str
    starts_at: datetime
    state: str
    seats: int
    mode: str
    code: str
    needs: tuple[str, ...]


class Export(msgspec.Struct, frozen=True):
    """The whole file. Texts are there as long as they are kept: messages thirty days."""

    city: str
    made_at: datetime
    network: str
    address: str
    language: str
    pseudonym: str
    stopped: bool
    consents: tuple[Agreed, ...]
    views: tuple[View, ...]
    places: tuple[Place, ...]
    messages: tuple[Said, ...]


def schema() -> bytes:
    """The published JSON schema of the file."""
    made: dict[str, Any] = msgspec.json.schema(Export)
    return msgspec.json.format(msgspec.json.encode({"$schema": "https://json-schema.org/draft/2020-12/schema"} | made), indent=2)


def file(session: Session, address_id: int, now: datetime) -> File | None:
    """The file; None for an address that is gone."""
    found = contacts.get(session, address_id)
    if found is None:
        return None
    keys, place = house(session).keys, house(session)
    sealed = session.execute(sa.select(address.c.sealed).where(address.c.id == address_id)).scalar_one()
    made = Export(
        city=place.city.name,
        made_at=now,
        network=found.network,
        address=keys.open("address", address_id, sealed).decode(),
        language=found.language,
        pseudonym=found.pseudonym,
        stopped=found.stopped,
        consents=tuple(Agreed(one.purpose, one.wording, one.given_at, one.withdrawn_at) for one in consents.proofs(session, address_id)),
        views=_views(session, address_id),
        places=_places(session, address_id),
        messages=_messages(session, address_id),
    )
    return File("mes-donnees.json", TYPE, msgspec.json.format(msgspec.json.encode(made), indent=2).decode())


def _views(session: Session, address_id: int) -> tuple[View, ...]:
    query = sa.select(contribution, process.c.slug).join(process).where(contribution.c.address_id == address_id)
    keys = house(session).keys
    return tuple(
        View(
            row.ref, row.slug, keys.open("contribution", row.id, row.sealed).decode() if row.sealed else "", row.language, row.state,
            row.publish, row.age, row.received_at, row.published_at,
        )
        for row in session.execute(query.order_by(contribution.c.id))
    )  # fmt: skip


def _places(session: Session, address_id: int) -> tuple[Place, ...]:
    keys = house(session).keys
    columns = (registration, workshop.c.name, workshop.c.starts_at, process.c.slug, need.c.sealed.label("need"))
    query = sa.select(*columns).select_from(registration).join(workshop).join(process).outerjoin(need)
    return tuple(
        Place(
            f"{row.slug}/{row.name}", row.starts_at, row.state, row.seats, row.mode, row.code,
            msgspec.json.decode(keys.open("need", row.id, row.need), type=tuple[str, ...]) if row.need else (),
        )
        for row in session.execute(query.where(registration.c.address_id == address_id).order_by(registration.c.id))
    )  # fmt: skip


def _messages(session: Session, address_id: int) -> tuple[Said, ...]:
    keys = house(session).keys
    rows = session.execute(sa.select(inbound).where(inbound.c.address_id == address_id).order_by(inbound.c.id)).all()
    mine = [Said(row.received_at, "you", _words(keys.open("inbound", row.id, row.sealed))) for row in rows if row.sealed]
    ours = [Said(one.created_at, "city", one.text) for one in outbox.said(session, address_id)]
    return tuple(sorted((*mine, *ours), key=lambda said: said.at))


def _words(opened: bytes) -> str:
    what: dict[str, Any] = msgspec.json.decode(opened)
    return str(what.get("text", what.get("choice", what.get("token", ""))))
