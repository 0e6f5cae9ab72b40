"""A number that somebody typed for its owner, online or from a sheet, is asked once by SMS; silence is forgotten soon (GDPR-04)."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import Network
from conversations.notices import Invited, LeftOnPaper
from outreach import consents, contacts, notices
from outreach.contacts import Contact
from outreach.house import house
from outreach.references import new_id
from outreach.tables import address, consent, contact, contribution, entry_point, inbound, optin, process, registration, suppression

WAITS = timedelta(days=2)
"""How long a yes is waited for; as long, a number that said nothing is kept."""
AGAIN = timedelta(days=1)
"""A number is asked at most once in this time, whoever types it."""
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
OF_A_PLACE, OF_A_CITY = 40, 400
"""How many numbers a page may have asked in an hour, and all pages in a day: more is no meeting, it is a machine."""
PURPOSE = "workshops"
SMS: Network = "sms"

Asked = Literal["asked", "full"]


class Way(NamedTuple):
    """The poster or flyer that a token stands for."""

    id: int
    slug: str
    keyword: str
    language: str


class Wish(NamedTuple):
    """What was typed into the page of a way in, and the channel that would ask."""

    way: Way
    number: str  # E.164
    channel: str
    language: str


def way(session: Session, token: str) -> Way | None:
    """The entry point of a token, if its process is open."""
    query = (
        sa.select(entry_point.c.id, process.c.slug, entry_point.c.keyword, entry_point.c.language)
        .join(process)
        .where(entry_point.c.token == token, process.c.state == "open")
    )
    row = session.execute(query).one_or_none() if token.isprintable() else None
    return Way(*row) if row else None


def ask(session: Session, now: datetime, wish: Wish) -> Asked:
    """Have a number asked whether it wants to be told of workshops: "full" when this page asked too many lately.

    Nothing shows whether the number is known, agreed before, said STOP or was asked already: it is not asked then, and "asked" is told.
    """
    of_place = _count(session, optin.c.entry_point_id == wish.way.id, optin.c.asked_at > now - AN_HOUR)
    if of_place >= OF_A_PLACE or _count(session, optin.c.asked_at > now - A_DAY) >= OF_A_CITY:
        return "full"
    fingerprint = house(session).keys.find(SMS, wish.number)
    if _count(session, optin.c.network == SMS, optin.c.fingerprint == fingerprint, optin.c.asked_at > now - AGAIN):
        return "asked"
    known = contacts.find(session, SMS, wish.number)
    if _is_opposed(session, wish.number) or (known and _needs_no_question(session, known)):
        return "asked"
    address_id = known.address_id if known else contacts.meet(session, SMS, wish.number, wish.channel, now)
    row = {"id": new_id(now), "network": SMS, "fingerprint": fingerprint, "entry_point_id": wish.way.id, "asked_at": now}
    session.execute(sa.insert(optin).values(row | {"address_id": address_id}))
    notices.tell(session, address_id, None, Invited(wish.way.slug, "" if known else wish.language), now, deadline=now + WAITS)
    return "asked"


class Sheet(NamedTuple):
    """A sheet of paper on which a number was left, and the channel that would ask."""

    contribution_id: int
    ref: str
    number: str  # E.164
    channel: str
    language: str


def ask_of_paper(session: Session, now: datetime, sheet: Sheet) -> None:
    """Have the owner of a number asked, once a day at most, whether news of the sheets that it was left on shall come there.

    Who said STOP, was forgotten or can't be reached is not asked, and the number is kept nowhere.
    """
    known = contacts.find(session, SMS, sheet.number)
    if _is_opposed(session, sheet.number) or (known and (known.stopped or known.unreachable)):
        return
    if _count(session, optin.c.asked_at > now - A_DAY) >= OF_A_CITY:
        return
    address_id = known.address_id if known else contacts.meet(session, SMS, sheet.number, sheet.channel, now)
    fingerprint = house(session).keys.find(SMS, sheet.number)
    lately = (optin.c.network == SMS, optin.c.fingerprint == fingerprint, optin.c.contribution_id.is_not(None))
    asked = _count(session, *lately, optin.c.asked_at > now - AGAIN)
    row = {"id": new_id(now), "network": SMS, "fingerprint": fingerprint, "contribution_id": sheet.contribution_id, "asked_at": now}
    session.execute(sa.insert(optin).values(row | {"address_id": address_id}))
    if not asked:
        notices.tell(session, address_id, None, LeftOnPaper(sheet.ref, "" if known else sheet.language), now, deadline=now + WAITS)


def agreed_sheets(session: Session, address_id: int, now: datetime) -> list[int]:
    """The sheets that this address was asked about and says yes to now: their contributions, the oldest first."""
    which = (optin.c.address_id == address_id, optin.c.contribution_id.is_not(None), optin.c.answered_at.is_(None))
    ids = list(session.scalars(sa.select(optin.c.contribution_id).where(*which).order_by(optin.c.id)))
    session.execute(sa.update(optin).where(*which).values(answered_at=now))
    return ids


def forget_silent(session: Session, now: datetime, limit: int) -> int:
    """Numbers that were typed by somebody and said nothing for two days: nothing of them stays. How many."""
    silent = (
        sa.select(address.c.contact_id)
        .join(optin, optin.c.address_id == address.c.id)
        .where(
            optin.c.asked_at < now - WAITS,
            *(~sa.exists().where(table.c.address_id == address.c.id) for table in (inbound, consent, registration, contribution)),
        )
        .limit(limit)
    )
    ids = list(session.scalars(silent))
    if ids:
        session.execute(sa.delete(address).where(address.c.contact_id.in_(ids)))
        session.execute(sa.delete(contact).where(contact.c.id.in_(ids)))
    return len(set(ids))


def _count(session: Session, *which: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(optin).where(*which)) or 0


def _needs_no_question(session: Session, known: Contact) -> bool:
    agreed = PURPOSE in consents.held(session, [known.address_id])[known.address_id]
    return known.stopped or known.unreachable or agreed


def _is_opposed(session: Session, number: str) -> bool:
    hidden = house(session).keys.suppress(SMS, number)
    found = sa.select(suppression.c.why).where(suppression.c.network == SMS, suppression.c.fingerprint == hidden)
    return session.scalar(found) is not None
