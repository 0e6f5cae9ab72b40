"""What people agreed to, purpose by purpose: given with the exact words that were shown, withdrawn, proven."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.references import new_id
from outreach.tables import consent


class Given(msgspec.Struct, frozen=True):
    """One opt-in: the sentence the person answered, in its language, and where that was ("receipt", "REPRENDRE"…)."""

    address_id: int
    purpose: str
    wording: str
    language: str
    source: str


class Proof(msgspec.Struct, frozen=True):
    """One opt-in as it is kept (GDPR-03): what, in which words, when, and until when."""

    purpose: str
    wording: str
    language: str
    source: str
    given_at: datetime
    withdrawn_at: datetime | None


def give(session: Session, gifts: Sequence[Given], now: datetime) -> int:
    """Keep opt-ins. Who already agreed to a purpose keeps the first proof. Returns how many are new."""
    agreed = held(session, {gift.address_id for gift in gifts})
    new = {(gift.address_id, gift.purpose): gift for gift in reversed(gifts) if gift.purpose not in agreed[gift.address_id]}
    if new:
        rows = [{"id": new_id(now), "given_at": now, **msgspec.structs.asdict(gift)} for gift in reversed(new.values())]
        session.connection().execute(sa.insert(consent), rows)
    return len(new)


def withdraw(session: Session, address_ids: Sequence[int], now: datetime, purpose: str = "") -> int:
    """End opt-ins: of one purpose, or of all. The proof stays, with its end. Returns how many ended."""
    query = sa.update(consent).where(consent.c.address_id.in_(address_ids), consent.c.withdrawn_at.is_(None)).values(withdrawn_at=now)
    if purpose:
        query = query.where(consent.c.purpose == purpose)
    return session.connection().execute(query).rowcount


def held(session: Session, address_ids: Sequence[int] | set[int]) -> dict[int, frozenset[str]]:
    """The purposes in force of each address; an empty set for who agreed to nothing."""
    found: dict[int, set[str]] = {address_id: set() for address_id in address_ids}
    query = sa.select(consent.c.address_id, consent.c.purpose).where(consent.c.address_id.in_(found), consent.c.withdrawn_at.is_(None))
    for address_id, purpose in session.connection().execute(query):
        found[address_id].add(purpose)
    return {address_id: frozenset(purposes) for address_id, purposes in found.items()}


def proofs(session: Session, address_id: int) -> tuple[Proof, ...]:
    """Every opt-in of an address, the oldest first: what the data protection officer shows."""
    columns = (consent.c.purpose, consent.c.wording, consent.c.language, consent.c.source, consent.c.given_at, consent.c.withdrawn_at)
    query = sa.select(*columns).where(consent.c.address_id == address_id).order_by(consent.c.given_at, consent.c.id)
    return tuple(Proof(*row) for row in session.connection().execute(query))
