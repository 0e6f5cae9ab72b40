"""Call-backs and questions that a person of the team takes up: the desk's inbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import AskPerson, Submit
from conversations.letters import refiled
from conversations.notices import Replied
from conversations.outcomes import Noted, Submitted
from conversations.text import render
from outreach import audit, exchanges, notices, processes, staff
from outreach.attendance import minutes
from outreach.characters import UNSHOWN, can_be_shown
from outreach.contributions import intake, lengths
from outreach.contributions.days import working_days_after
from outreach.cursors import read_cursor, write_cursor
from outreach.exchanges import Said
from outreach.house import house
from outreach.record import programme
from outreach.references import new_id, read_id, show_ref
from outreach.staff import Within
from outreach.tables import address, contact, ticket
from outreach.tables import staff as account

MOST = 200
CAP = 1000
WITHIN = 2
"""Working days in which somebody hears from the team."""
BEFORE = timedelta(days=2)
"""How far back the talk about a matter may begin."""
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
    due_at: datetime
    assigned_to: str = ""  # the number of an account
    assignee: str = ""  # its name for colleagues

    def is_late(self, now: datetime) -> bool:
        """Whether somebody has waited longer than they were promised."""
        return self.state == "open" and self.due_at < now


class Counts(msgspec.Struct, frozen=True):
    """How many wait, and how many of them too long; each at most CAP."""

    open: int
    late: int


class Page(msgspec.Struct, frozen=True):
    """Tickets, the oldest first; `next` is the cursor of the page after, None on the last."""

    items: tuple[Ticket, ...]
    next: str | None


class NoTicket(Exception):
    """No open ticket has this number, or it is of a kind that shows no number."""


def open_(session: Session, address_id: int, effect: AskPerson, now: datetime) -> Noted:
    """Put a call-back or a question on the team's list; asked twice while it is open, it is one call-back with all that was said."""
    waiting = session.execute(
        sa.select(ticket.c.id).where(ticket.c.address_id == address_id, ticket.c.kind == effect.kind, ticket.c.state == "open").limit(1)
    ).one_or_none()
    if waiting and effect.kind == "call_back":
        if effect.text:
            _add(session, waiting.id, effect.text)
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


def _add(session: Session, id_: int, text: str) -> None:
    keys = house(session).keys
    sealed = session.execute(sa.select(ticket.c.sealed).where(ticket.c.id == id_)).scalar_one()
    said = "\n".join(filter(None, (keys.open("ticket", id_, sealed).decode(), text)))[-LONGEST:]
    session.execute(sa.update(ticket).where(ticket.c.id == id_).values(sealed=keys.seal("ticket", id_, said.encode())))


def listing(
    session: Session,
    *,
    state: str = "open",
    cursor: str | None = None,
    limit: int = 50,
    within: Within = None,
    of: int | None = None,
) -> Page:
    """The team's list, the oldest first, so the late ones above; texts opened, no number. `of`: what this account has taken.

    Raises ValueError for a cursor that isn't ours.
    """
    limit = max(1, min(limit, MOST))
    query = _every().where(ticket.c.state == state, *processes.inside(ticket.c.process_id, within))
    if of is not None:
        query = query.where(ticket.c.assigned_to == of)
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
        sa.select(ticket, contact.c.pseudonym, contact.c.subject, address.c.network, address.c.language, account.c.name, account.c.email)
        .join(address, ticket.c.address_id == address.c.id)
        .join(contact, address.c.contact_id == contact.c.id)
        .outerjoin(account, account.c.id == ticket.c.assigned_to)
    )


def _shown(session: Session, rows: Sequence[Any]) -> tuple[Ticket, ...]:
    slugs = {about.id: about.slug for about in programme.by_id(session, {row.process_id for row in rows if row.process_id}).values()}
    place = house(session)
    keys = place.keys
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
            due_at=working_days_after(row.opened_at, WITHIN, place),
            assigned_to=str(row.assigned_to or ""),
            assignee=(row.name or row.email.partition("@")[0]) if row.assigned_to else "",
        )
        for row in rows
    )


def counts(session: Session, now: datetime, within: Within = None) -> Counts:
    """What waits, as far as the rights of its reader reach."""
    which = (ticket.c.state == "open", *processes.inside(ticket.c.process_id, within))
    opened = session.scalars(sa.select(ticket.c.opened_at).where(*which).order_by(ticket.c.id).limit(CAP)).all()
    place = house(session)
    return Counts(len(opened), sum(working_days_after(at, WITHIN, place) < now for at in opened))


def get(session: Session, now: datetime, ticket_id: str, actor: str) -> tuple[Ticket, tuple[Said, ...]]:
    """One ticket, with what was said both ways from two days before on; the look is written down (SEC-06). Raises NoTicket."""
    row = session.execute(_every().where(ticket.c.id == read_id(ticket_id))).one_or_none()
    if row is None:
        raise NoTicket("there is no such ticket")
    audit.write(session, [audit.line(actor, "ticket.opened", row.subject, kind=row.kind)], now)
    (shown,) = _shown(session, [row])
    return shown, exchanges.of_address(session, row.address_id, row.opened_at - BEFORE)


def assign(session: Session, now: datetime, ticket_id: str, staff_id: int | None, actor: str) -> None:
    """Give an open ticket to a person of the team, or back to all with None. Raises NoTicket, also when that person may not answer it."""
    row = _open_row(session, ticket_id)
    if staff_id is not None:
        who = staff.get(session, staff_id)
        about = processes.process_of(session, "ticket", ticket_id)
        where = who.within("tickets.answer") if who else frozenset()
        if who is None or who.disabled_at or not (where is None or about in where):
            raise NoTicket("this person may not answer it")
    session.execute(sa.update(ticket).where(ticket.c.id == row.id).values(assigned_to=staff_id))
    kind = "nobody" if staff_id is None else "self" if actor == f"staff:{staff_id}" else "colleague"
    audit.write(session, [audit.line(actor, "ticket.assigned", row.subject, kind=kind)], now)


def refile(session: Session, now: datetime, ticket_id: str, actor: str, *, slug: str, question: str) -> str:
    """A question that is an opinion becomes a contribution, read and counted but never published: nobody asked its author for that.

    Its author is told, with the number. Returns the reference. Raises NoTicket for a call-back, a closed ticket or no such question.
    """
    row = _open_row(session, ticket_id, kind="question")
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None or about.state != "open" or not about.has_question(question):
        raise NoTicket("this question is asked by no open process")
    text = house(session).keys.open("ticket", row.id, row.sealed).decode()
    effect = Submit(slug, question, text, messages=1, publish=False, consent="")
    (made,) = intake.submit(session, [intake.Submission(row.address_id, effect, row.network, row.language, row.pseudonym)], now)
    if not isinstance(made, Submitted):
        raise NoTicket("this person has given as many contributions as one may")
    place = house(session)
    catalogue = place.catalogues.get(row.language, place.catalogues[place.languages[0]])
    told = Replied(render(refiled(show_ref(made.ref), about.name), catalogue))
    notices.tell(session, row.address_id, None, told, now)
    audit.write(session, [audit.line(actor, "ticket.refiled", row.subject)], now)
    close(session, now, ticket_id, actor)
    return made.ref


def _open_row(session: Session, ticket_id: str, kind: str = "") -> Any:  # noqa: ANN401 - a row of the table
    which = [ticket.c.id == read_id(ticket_id), ticket.c.state == "open", *([ticket.c.kind == kind] if kind else [])]
    row = session.execute(_every().where(*which).with_for_update(of=ticket)).one_or_none()
    if row is None:
        raise NoTicket("no ticket is open under this number")
    return row


def reveal(session: Session, now: datetime, ticket_id: str, actor: str) -> str:
    """The number to call back: its owner asked for it, for this task alone (journeys 5, row 3), and one person calls.

    Who sees it has taken the task: a colleague sees it only once it is given to them. Written down in the audit with the roles of
    who sees it: that much its owner may know (GDPR-40). Raises NoTicket when no call-back by phone is open under this number, or
    another has taken it.
    """
    me = int(actor.removeprefix("staff:")) if actor.startswith("staff:") else None
    row = session.execute(
        sa.select(address.c.id, address.c.sealed, contact.c.subject, ticket.c.assigned_to)
        .select_from(ticket)
        .join(address, ticket.c.address_id == address.c.id)
        .join(contact, address.c.contact_id == contact.c.id)
        .where(ticket.c.id == read_id(ticket_id), ticket.c.kind == "call_back", ticket.c.state == "open", address.c.network == "sms")
        .with_for_update(of=ticket)
    ).one_or_none()
    if row is None or row.assigned_to not in {None, me}:
        raise NoTicket("no call-back by phone is open under this number for this person")
    mine = sa.select(account.c.id).where(account.c.id == me).scalar_subquery()
    session.execute(sa.update(ticket).where(ticket.c.id == read_id(ticket_id)).values(assigned_to=mine))
    audit.write(session, [audit.line(actor, REVEALED, row.subject, kind="call_back", roles=staff.roles_of(session, actor))], now)
    return house(session).keys.open("address", row.id, row.sealed).decode()


class TooLong(Exception):
    """An answer that takes more SMS than a phone is sent: how many."""

    def __init__(self, count: int) -> None:
        """Keep it."""
        self.count = count
        super().__init__(f"{count} SMS, {lengths.PARTS} at most")


class Unshown(Exception):
    """An answer that says nothing, or holds a letter that can't be shown."""


def reply(session: Session, now: datetime, ticket_id: str, text: str, actor: str) -> None:
    """Answer on the network where the question came from, and close it: sent twice, it is one answer.

    Raises NoTicket, TooLong, Unshown.
    """
    which = (ticket.c.id == read_id(ticket_id), ticket.c.state == "open", ticket.c.kind != "call_back")
    query = sa.select(ticket.c.address_id, address.c.network).join(address, ticket.c.address_id == address.c.id).where(*which)
    row = session.execute(query.with_for_update(of=ticket)).one_or_none()
    if row is None or not text.strip():
        raise NoTicket("no question is open under this number, or the answer is empty")
    if not can_be_shown(text):
        raise Unshown(UNSHOWN)
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
