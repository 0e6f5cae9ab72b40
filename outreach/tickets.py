"""Call-backs and questions that a person of the team takes up: the desk's inbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import AskPerson
from conversations.notices import Replied
from conversations.outcomes import Noted
from outreach import audit, notices, processes, staff
from outreach.attendance import minutes
from outreach.contributions import lengths
from outreach.house import house
from outreach.record import programme
from outreach.record.cursors import read_cursor, write_cursor
from outreach.references import new_id, read_id
from outreach.staff import Within
from outreach.tables import address, contact, ticket

MOST = 200
LONGEST = 3000  # letters of an answer
REVEALED = "contact.revealed"
"""What an audit line calls it when an address was shown in clear."""


class Ticket(msgspec.Struct, frozen=True):
    """One task: whom it is for is a pseudonym; `process` is a slug or ""."""

    id: str
    kind: str
    pseudonym: str
    network: str
    language: str
    text: str
    process: str
    state: str
    opened_at: datetime


class Page(msgspec.Struct, frozen=True):
    """Tickets, the oldest first; `next` is the cursor of the page after, None on the last."""

    items: tuple[Ticket, ...]
    next: str | None


class NoTicket(Exception):
    """No open ticket has this number, or it is of a kind that shows no number."""


def open_(session: Session, address_id: int, effect: AskPerson, now: datetime) -> Noted:
    """Put a call-back or a question on the team's list; asked twice while it is open, it is one call-back."""
    waiting = session.execute(
        sa.select(ticket.c.id).where(ticket.c.address_id == address_id, ticket.c.kind == effect.kind, ticket.c.state == "open").limit(1)
    ).one_or_none()
    if waiting and effect.kind == "call_back":
        return Noted(effect.kind)
    about = programme.by_slug(session, (effect.process,)).get(effect.process) if effect.process else None
    id_ = new_id(now)
    session.execute(
        sa.insert(ticket).values(
            id=id_,
            address_id=address_id,
            kind=effect.kind,
            process_id=about.id if about else None,
            sealed=house(session).keys.seal("ticket", id_, effect.text.encode()),
            state="open",
            opened_at=now,
        )
    )
    public = effect.kind == "correction" and minutes.are_public(session, effect.workshop)
    return Noted(effect.kind, public=public)


def listing(session: Session, *, state: str = "open", cursor: str | None = None, limit: int = 50, within: Within = None) -> Page:
    """The team's list, the oldest first; texts opened, no number. Raises ValueError for a cursor that isn't ours."""
    limit = max(1, min(limit, MOST))
    query = _every().where(ticket.c.state == state, *processes.inside(ticket.c.process_id, within))
    if cursor:
        _at, id_ = read_cursor(cursor)
        query = query.where(ticket.c.id > int(id_))
    rows = session.execute(query.order_by(ticket.c.id).limit(limit + 1)).all()
    items = _shown(session, rows[:limit])
    return Page(items, write_cursor(items[-1].opened_at, items[-1].id) if len(rows) > limit else None)


def of_address(session: Session, address_id: int) -> tuple[Ticket, ...]:
    """What one address asked for, open or done, the oldest first."""
    return _shown(session, session.execute(_every().where(ticket.c.address_id == address_id).order_by(ticket.c.id)).all())


def _every() -> "sa.Select[Any]":
    return (
        sa.select(ticket, contact.c.pseudonym, address.c.network, address.c.language)
        .join(address, ticket.c.address_id == address.c.id)
        .join(contact, address.c.contact_id == contact.c.id)
    )


def _shown(session: Session, rows: Sequence[Any]) -> tuple[Ticket, ...]:
    slugs = {about.id: about.slug for about in programme.by_id(session, {row.process_id for row in rows if row.process_id}).values()}
    keys = house(session).keys
    return tuple(
        Ticket(
            id=str(row.id),
            kind=row.kind,
            pseudonym=row.pseudonym,
            network=row.network,
            language=row.language,
            text=keys.open("ticket", row.id, row.sealed).decode(),
            process=slugs.get(row.process_id, ""),
            state=row.state,
            opened_at=row.opened_at,
        )
        for row in rows
    )


def reveal(session: Session, now: datetime, ticket_id: str, actor: str) -> str:
    """The number to call back: its owner asked for it, for this task alone (journeys 5, row 3).

    Written down in the audit with the roles of who sees it: that much its owner may know (GDPR-40).
    Raises NoTicket when no call-back by phone is open under this number.
    """
    row = session.execute(
        sa.select(address.c.id, address.c.sealed, contact.c.subject)
        .select_from(ticket)
        .join(address, ticket.c.address_id == address.c.id)
        .join(contact, address.c.contact_id == contact.c.id)
        .where(ticket.c.id == read_id(ticket_id), ticket.c.kind == "call_back", ticket.c.state == "open", address.c.network == "sms")
    ).one_or_none()
    if row is None:
        raise NoTicket("no call-back by phone is open under this number")
    audit.write(session, [audit.line(actor, REVEALED, row.subject, kind="call_back", roles=staff.roles_of(session, actor))], now)
    return house(session).keys.open("address", row.id, row.sealed).decode()


class TooLong(Exception):
    """An answer that takes more SMS than a phone is sent: how many."""

    def __init__(self, count: int) -> None:
        """Keep it."""
        self.count = count
        super().__init__(f"{count} SMS, {lengths.PARTS} at most")


def reply(session: Session, now: datetime, ticket_id: str, text: str, actor: str) -> None:
    """Answer on the network where the question came from, and close it: sent twice, it is one answer. Raises NoTicket, TooLong."""
    which = (ticket.c.id == read_id(ticket_id), ticket.c.state == "open", ticket.c.kind != "call_back")
    query = sa.select(ticket.c.address_id, address.c.network).join(address, ticket.c.address_id == address.c.id).where(*which)
    row = session.execute(query.with_for_update(of=ticket)).one_or_none()
    if row is None or not text.strip():
        raise NoTicket("no question is open under this number, or the answer is empty")
    parts = lengths.parts(session, text.strip())
    if row.network == "sms" and parts > lengths.PARTS:
        raise TooLong(parts)
    notices.tell(session, row.address_id, None, Replied(text.strip()[:LONGEST]), now)
    close(session, now, ticket_id, actor)


def close(session: Session, now: datetime, ticket_id: str, actor: str) -> None:
    """Done. Raises NoTicket."""
    row = session.execute(
        sa.select(ticket.c.id, ticket.c.kind, contact.c.subject)
        .select_from(ticket)
        .join(address, ticket.c.address_id == address.c.id)
        .join(contact, address.c.contact_id == contact.c.id)
        .where(ticket.c.id == read_id(ticket_id), ticket.c.state == "open")
    ).one_or_none()
    if row is None:
        raise NoTicket("no ticket is open under this number")
    session.execute(sa.update(ticket).where(ticket.c.id == row.id).values(state="done"))
    audit.write(session, [audit.line(actor, "ticket.done", row.subject, kind=row.kind)], now)
