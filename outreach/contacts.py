"""Find a person by the fingerprint of an address; stop, come back, block, unblock, and the list of who may not be written to."""

from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach import audit, consents
from outreach.house import house
from outreach.references import new_id, new_pseudonym, new_token
from outreach.tables import address, contact, outbox, suppression

Why = Literal["stop", "forgotten"]


class Contact(msgspec.Struct, frozen=True):
    """One address of a person, and what may be told about it: no number, no chat id."""

    address_id: int
    contact_id: int
    subject: str  # what audit lines call the person
    pseudonym: str  # what staff see
    network: str
    channel: str
    language: str
    stopped: bool
    unreachable: bool


class Opposition(msgspec.Struct, frozen=True):
    """An address that may not be written to unasked, known by its fingerprint alone."""

    since: datetime
    why: str


def find(session: Session, network: str, where: str) -> Contact | None:
    """The contact behind an address (E.164, or a chat's id); None when nobody wrote from it, or it was forgotten."""
    query = _contacts().where(address.c.network == network, address.c.fingerprint == house(session).keys.find(network, where))
    return _contact(session.connection().execute(query).first())


def get(session: Session, address_id: int) -> Contact | None:
    """The contact of an address's number; None when it is gone."""
    return _contact(session.connection().execute(_contacts().where(address.c.id == address_id)).first())


def _contacts() -> sa.Select[Any]:
    return sa.select(address, contact.c.subject, contact.c.pseudonym).join_from(address, contact)


def _contact(row: Any) -> Contact | None:  # noqa: ANN401 - a row of _contacts
    if row is None:
        return None
    return Contact(
        address_id=row.id,
        contact_id=row.contact_id,
        subject=row.subject,
        pseudonym=row.pseudonym,
        network=row.network,
        channel=row.channel,
        language=row.language,
        stopped=row.stopped_at is not None,
        unreachable=row.unreachable_at is not None,
    )


def meet(session: Session, network: str, where: str, channel: str, now: datetime) -> int:
    """Make a contact for an address that nobody wrote from yet; the number of the address, also when another process was faster."""
    connection, keys = session.connection(), house(session).keys
    who = {"id": new_id(now), "subject": new_token(), "pseudonym": new_pseudonym(), "created_at": now, "seen_at": now}
    connection.execute(sa.insert(contact), who)
    number = new_id(now)
    row = {
        "id": number, "contact_id": who["id"], "network": network, "fingerprint": keys.find(network, where), "channel": channel,
        "sealed": keys.seal("address", number, where.encode()), "created_at": now,
    }  # fmt: skip
    into = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    if connection.execute(into(address).values(row).on_conflict_do_nothing().returning(address.c.id)).scalar() is not None:
        return number
    connection.execute(sa.delete(contact).where(contact.c.id == who["id"]))
    known = find(session, network, where)
    return known.address_id if known else number


def stop(session: Session, address_id: int, now: datetime) -> None:
    """STOP: nothing unasked any more on this network, consents end, the opposition is kept as a fingerprint (GDPR-48: nothing else goes).

    What still waits to leave is no answer to what is written from now on: it loses its leave to go after STOP.
    """
    changed = _address(session, address_id, address.c.stopped_at.is_(None), stopped_at=now)
    consents.withdraw(session, (address_id,), now)
    session.connection().execute(
        sa.update(outbox).where(outbox.c.address_id == address_id, outbox.c.state == "queued").values(after_stop=False)
    )
    if changed:
        network, where = _open(session, address_id)
        suppress(session, network, where, "stop", now)
        _tell(session, address_id, "contact.stopped", now)


def come_back(session: Session, address_id: int, now: datetime) -> None:
    """REPRENDRE: the end of a STOP. The consent that goes with it is `consents.give`'s."""
    if _address(session, address_id, address.c.stopped_at.is_not(None), stopped_at=None):
        network, where = _open(session, address_id)
        session.connection().execute(sa.delete(suppression).where(*_opposed(session, network, where)))
        _tell(session, address_id, "contact.came_back", now)


def pause(session: Session, address_id: int, until: datetime, now: datetime) -> None:
    """Nothing unasked before `until`: consents stay, nothing is suppressed."""
    if _address(session, address_id, sa.true(), paused_until=until):
        _tell(session, address_id, "contact.paused", now)


def end_pause(session: Session, address_id: int, now: datetime) -> bool:
    """Whether there was a pause to end."""
    ended = _address(session, address_id, address.c.paused_until.is_not(None), paused_until=None)
    if ended:
        _tell(session, address_id, "contact.pause_ended", now)
    return ended


def block(session: Session, address_id: int, now: datetime) -> None:
    """The person closed the door: unreachable, and every opt-in ends with it (TG-05). Seats and contributions stay."""
    if _address(session, address_id, address.c.unreachable_at.is_(None), unreachable_at=now):
        consents.withdraw(session, (address_id,), now)
        _tell(session, address_id, "contact.blocked", now)


def unblock(session: Session, address_id: int, now: datetime) -> None:
    """The door is open again; opt-ins are asked anew."""
    if _address(session, address_id, address.c.unreachable_at.is_not(None), unreachable_at=None):
        _tell(session, address_id, "contact.unblocked", now)


def suppress(session: Session, network: str, where: str, why: Why, now: datetime) -> None:
    """Put an address on the suppression list, by a fingerprint that joins with no other table (SEC-02). A STOP outlasts forgetting."""
    into = sqlite.insert if session.connection().dialect.name == "sqlite" else postgresql.insert
    row = {"network": network, "fingerprint": house(session).keys.suppress(network, where), "since": now, "why": why}
    session.connection().execute(
        into(suppression)
        .values(row)
        .on_conflict_do_update(
            index_elements=["network", "fingerprint"], set_={"why": why, "since": now}, where=suppression.c.why != "stop"
        )
    )


def welcome_back(session: Session, network: str, where: str) -> None:
    """A new opt-in ends what forgetting left on the suppression list; a STOP ends by REPRENDRE alone."""
    session.connection().execute(sa.delete(suppression).where(*_opposed(session, network, where), suppression.c.why == "forgotten"))


def opposition(session: Session, network: str, where: str) -> Opposition | None:
    """Whether an address is on the suppression list, since when and why."""
    query = sa.select(suppression.c.since, suppression.c.why).where(*_opposed(session, network, where))
    row = session.connection().execute(query).first()
    return None if row is None else Opposition(*row)


def _opposed(session: Session, network: str, where: str) -> tuple[sa.ColumnElement[bool], ...]:
    return suppression.c.network == network, suppression.c.fingerprint == house(session).keys.suppress(network, where)


def _address(session: Session, address_id: int, only: sa.ColumnElement[bool], **values: datetime | None) -> bool:
    return session.connection().execute(sa.update(address).where(address.c.id == address_id, only).values(**values)).rowcount == 1


def _open(session: Session, address_id: int) -> tuple[str, str]:
    network, sealed = session.connection().execute(sa.select(address.c.network, address.c.sealed).where(address.c.id == address_id)).one()
    return network, house(session).keys.open("address", address_id, sealed).decode()


def _tell(session: Session, address_id: int, action: str, now: datetime) -> None:
    found = get(session, address_id)
    if found is not None:
        audit.write(session, [audit.line("citizen", action, found.subject, network=found.network)], now)
