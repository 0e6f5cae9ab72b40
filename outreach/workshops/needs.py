"""What somebody needs to take part: codes of services, sealed, by a consent of its own, seven days after the workshop gone (GDPR-22)."""

from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import AskServices
from outreach import audit
from outreach.house import house
from outreach.tables import need, process, registration, workshop


def ask_services(session: Session, address_id: int, effect: AskServices, language: str, now: datetime) -> bool:
    """Note the services that an address asks for, in place of those it asked for before; () takes them back. False without a seat."""
    slug, _slash, name = effect.workshop.partition("/")
    query = (
        sa.select(registration.c.id, registration.c.subject, workshop.c.ends_at)
        .join(workshop, workshop.c.id == registration.c.workshop_id)
        .join(process)
        .where(registration.c.address_id == address_id, process.c.slug == slug, workshop.c.name == name)
    )
    row = session.execute(query).first()
    if row is None:
        return False
    session.execute(sa.delete(need).where(need.c.registration_id == row.id))
    if effect.services:
        sealed = house(session).keys.seal("need", row.id, msgspec.json.encode(effect.services))
        values = {"registration_id": row.id, "sealed": sealed, "consent": effect.consent, "language": language}
        session.execute(sa.insert(need).values(**values, given_at=now, until=row.ends_at))
    audit.write(session, [audit.line("citizen", "registration.needs", row.subject, count=len(effect.services))], now)
    return True
