"""A copy of everything, handed over at a counter: a code that was sent to the phone just then proves whose it is (GDPR-40, 41)."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import CounterCode
from outreach import audit, contacts, notices, rights, staff, tickets
from outreach.crypto import Keys
from outreach.house import house
from outreach.privacy import export
from outreach.privacy.shape import Export
from outreach.references import new_id, read_id
from outreach.tables import address, contribution, handover

DIGITS, TRIES = 6, 3
LASTS = timedelta(minutes=15)
"""How long a code is good, and afterwards how long the agent who typed it may print."""
A_DAY, MOST = timedelta(days=1), 3
"""How many codes a day one phone is sent: an agent must not be able to pester anybody."""

Said = Literal["right", "wrong", "over"]


def ask(session: Session, now: datetime, actor: str, who: str) -> str:
    """Have a code sent to the phone of who stands at the counter: `who` is its number (E.164), or the reference of one of their views.

    The number of the request, also where nobody is known or too many codes were sent: it tells the agent nothing.
    """
    id_, address_id = new_id(now), _address(session, who)
    if address_id is None or _lately(session, address_id, now) >= MOST:
        return str(id_)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    until = now + LASTS
    row = {"id": id_, "address_id": address_id, "code": _hidden(house(session).keys, id_, code), "made_by": actor, "made_at": now}
    session.execute(sa.insert(handover).values(row | {"until": until, "tries": 0}))
    told = CounterCode(code, until.astimezone(house(session).timezone))
    notices.tell(session, address_id, None, told, now, deadline=until)
    return str(id_)


def _address(session: Session, who: str) -> int | None:
    if who.startswith("+"):
        known = contacts.find(session, "sms", who)
        return known.address_id if known else None
    number: int | None = session.scalar(sa.select(contribution.c.address_id).where(contribution.c.ref == who))
    return number


def _lately(session: Session, address_id: int, now: datetime) -> int:
    mine = (handover.c.address_id == address_id, handover.c.made_at > now - A_DAY)
    return session.scalar(sa.select(sa.func.count()).select_from(handover).where(*mine)) or 0


def _hidden(keys: Keys, id_: int, code: str) -> bytes:
    return keys.find("counter", f"{id_}:{code}")


def open_(session: Session, now: datetime, id_: str, actor: str, code: str) -> Said:
    """What the person read out. "right": the copy may be looked at for a quarter of an hour, and stands in the register of rights.

    "wrong": it counts; "over": three were wrong, its time has passed, another agent asked, or nobody is known: what it is, is not told.
    """
    row = session.execute(_mine(id_, actor).with_for_update(of=handover)).one_or_none()
    if row is None or row.tries >= TRIES or row.until <= now or row.opened_at:
        return "over"
    if not hmac.compare_digest(bytes(row.code), _hidden(house(session).keys, row.id, code)):
        session.execute(sa.update(handover).where(handover.c.id == row.id).values(tries=row.tries + 1))
        return "wrong" if row.tries + 1 < TRIES else "over"
    session.execute(sa.update(handover).where(handover.c.id == row.id).values(opened_at=now))
    rights.handed_over(session, row.address_id, row.network, now, actor)
    known = contacts.get(session, row.address_id)
    if known:
        seen = audit.line(actor, tickets.REVEALED, known.subject, kind="copy", roles=staff.roles_of(session, actor))
        audit.write(session, [seen], now)
    return "right"


def copy(session: Session, now: datetime, id_: str, actor: str) -> Export | None:
    """Everything that is held about the person, for the agent who typed the right code; None when its quarter of an hour is over."""
    row = session.execute(_mine(id_, actor)).one_or_none()
    if row is None or row.opened_at is None or row.opened_at + LASTS <= now:
        return None
    return export.everything(session, row.address_id, now)


def _mine(id_: str, actor: str) -> "sa.Select[Any]":
    query = sa.select(handover, address.c.network).join(address, handover.c.address_id == address.c.id)
    return query.where(handover.c.id == read_id(id_), handover.c.made_by == actor)
