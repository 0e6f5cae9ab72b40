"""OUBLI: everything of an address goes at once; a fingerprint stays that keeps the city from writing first (GDPR-42, 43)."""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import Forget
from conversations.outcomes import Forgotten
from outreach import audit, contacts, outbox, rights, workshops
from outreach.contributions.withdrawal import withdraw
from outreach.house import house
from outreach.tables import address, contact, inbound

Published = Literal["keep", "withdraw"]


def forget(session: Session, now: datetime, address_id: int, published: Published = "keep", actor: str = "citizen") -> Forgotten:
    """Erase an address: conversation, messages both ways, consents, notices, tickets, drafts; unlink or withdraw what was published.

    The contact goes with its last address. Erasing what is not there erases nothing.
    """
    workshops.leave_all(session, address_id, now)  # their locks come before the address's
    query = sa.select(address.c.network, address.c.sealed, address.c.contact_id, contact.c.subject).join(contact)
    row = session.execute(query.where(address.c.id == address_id).with_for_update()).one_or_none()
    if row is None:
        return Forgotten(0)
    where = house(session).keys.open("address", address_id, row.sealed).decode()
    done = withdraw(session, address_id, Forget(published), now)
    outbox.erase(session, [address_id], now)
    # the key of a message stays for its thirty days: a provider that repeats it must not wake the conversation up again
    session.execute(sa.update(inbound).where(inbound.c.address_id == address_id).values(sealed=b"", failed=False, address_id=None))
    session.execute(sa.delete(address).where(address.c.id == address_id))
    session.execute(sa.delete(contact).where(contact.c.id == row.contact_id, ~sa.exists().where(address.c.contact_id == row.contact_id)))
    contacts.suppress(session, row.network, where, "forgotten", now)
    erased = done if isinstance(done, Forgotten) else Forgotten(0)
    counts = {"contributions": erased.contributions, "kept": erased.kept}
    audit.write(session, [audit.line(actor, "contact.forgotten", row.subject, network=row.network, published=published, **counts)], now)
    return erased


def forget_address(session: Session, now: datetime, network: str, where: str, published: Published = "keep") -> Forgotten | None:
    """The same by the command line, by number or chat id; None when nobody is known by it."""
    found = contacts.find(session, network, where)
    if found is None:
        return None
    rights.note(session, "erasure", network, now, "erased", "command")
    return forget(session, now, found.address_id, published, "command")
