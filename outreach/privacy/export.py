"""Everything that is held about an address, for its owner alone, in a format that other services read (GDPR-41, GDPR 20)."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import File
from outreach import audit, consents, contacts, exchanges, rights, tickets
from outreach.house import house
from outreach.privacy import fates
from outreach.privacy.shape import Agreed, Asked, Export, Place, Seen, Used, View
from outreach.tables import address, contribution, need, process, registration, workshop

TYPE = "application/json"
SCHEMA = "/mes-donnees.schema.json"
_TIMES_SEEN = 1000


def schema() -> bytes:
    """The published JSON schema of the file."""
    made: dict[str, Any] = msgspec.json.schema(Export)
    return msgspec.json.format(msgspec.json.encode({"$schema": "https://json-schema.org/draft/2020-12/schema"} | made), indent=2)


def file(session: Session, address_id: int, now: datetime) -> File | None:
    """The file; None for an address that is gone."""
    made = everything(session, address_id, now)
    return File("mes-donnees.json", TYPE, msgspec.json.format(msgspec.json.encode(made), indent=2).decode()) if made else None


def everything(session: Session, address_id: int, now: datetime) -> Export | None:
    """What the file holds; None for an address that is gone."""
    found = contacts.get(session, address_id)
    if found is None:
        return None
    keys, place = house(session).keys, house(session)
    columns = (address.c.sealed, address.c.created_at, address.c.objected_at, address.c.paused_until)
    row = session.execute(sa.select(*columns).where(address.c.id == address_id)).one()
    return Export(
        city=place.city.name,
        made_at=now,
        network=found.network,
        address=keys.open("address", address_id, row.sealed).decode(),
        language=found.language,
        pseudonym=found.pseudonym,
        known_since=row.created_at,
        stopped=found.stopped,
        paused_until=row.paused_until,
        objected_at=row.objected_at,
        consents=_consents(session, address_id),
        views=_views(session, address_id, found.language),
        places=_places(session, address_id),
        requests=_requests(session, address_id),
        rights=_rights(session, address_id),
        seen=_seen(session, found.subject),
        messages=exchanges.of_address(session, address_id),
    )


def _consents(session: Session, address_id: int) -> tuple[Agreed, ...]:
    return tuple(
        Agreed(one.purpose, one.wording, one.language, one.source, one.given_at, one.withdrawn_at)
        for one in consents.proofs(session, address_id)
    )


def _views(session: Session, address_id: int, language: str) -> tuple[View, ...]:
    query = sa.select(contribution, process.c.slug).join(process).where(contribution.c.address_id == address_id)
    rows = session.execute(query.order_by(contribution.c.id)).all()
    decided = fates.decisions(session, [row.id for row in rows], language)
    contested = fates.appeals(session, [row.id for row in rows], language)
    keys = house(session).keys
    return tuple(
        View(
            number=row.ref,
            process=row.slug,
            asked=row.asked_text,
            text=keys.open("contribution", row.id, row.sealed).decode() if row.sealed else "",
            public_text=row.public_text or "",
            language=row.language,
            state=row.state,
            publish=row.publish,
            consent=row.consent,
            age_group=row.age,
            was_easy=row.easy,
            theme=row.theme,
            entry=row.entry,
            received_at=row.received_at,
            published_at=row.published_at,
            decisions=decided.get(row.id, ()),
            appeal=contested.get(row.id),
        )
        for row in rows
    )


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


def _requests(session: Session, address_id: int) -> tuple[Asked, ...]:
    return tuple(Asked(one.kind, one.text, one.process, one.state, one.opened_at) for one in tickets.of_address(session, address_id))


def _rights(session: Session, address_id: int) -> tuple[Used, ...]:
    found = rights.of_address(session, address_id)
    return tuple(Used(one.kind, one.opened_at, one.due_at, one.closed_at, one.outcome) for one in found)


def _seen(session: Session, subject: str) -> tuple[Seen, ...]:
    """Each time that the address was shown, the first time first; an account's number stays in the house."""
    lines = audit.search(session, action=tickets.REVEALED, subject=subject, limit=_TIMES_SEEN).items
    return tuple(Seen(line.at, str(line.detail["kind"]), tuple(line.detail.get("roles", ()))) for line in reversed(lines))
