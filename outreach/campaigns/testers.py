"""Whose telephone gets the tests of a campaign: shown by a code that the phone itself sends (UX-03)."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach import audit
from outreach.tables import address, tester

CODE_LIVES = timedelta(minutes=15)
KNOWN_FOR = timedelta(days=365)


def new_code(session: Session, now: datetime, actor: str) -> str:
    """Six digits for this colleague to send as `TEST 482913`, within a quarter of an hour."""
    code = f"{secrets.randbelow(10**6):06d}"
    into = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = into(tester).values(actor=actor, code=code, until=now + CODE_LIVES)
    session.execute(row.on_conflict_do_update(index_elements=["actor"], set_={"code": code, "until": now + CODE_LIVES}))
    return code


def pair(session: Session, now: datetime, code: str, address_id: int) -> bool:
    """The phone that sent the code is that colleague's; False for a code that nobody was shown lately."""
    shown = sa.select(tester.c.actor).where(tester.c.code == code, tester.c.code != "", tester.c.until > now).with_for_update()
    actor = session.scalar(shown.limit(1))
    if actor is None:
        return False
    session.execute(sa.update(tester).where(tester.c.actor == actor).values(code="", address_id=address_id, until=now + KNOWN_FOR))
    audit.write(session, [audit.line(actor, "campaign.phone", "")], now)
    return True


def phone(session: Session, actor: str) -> tuple[int, str] | None:
    """The address and network of a colleague's own phone; None until it was shown."""
    query = sa.select(address.c.id, address.c.network).join(tester, tester.c.address_id == address.c.id).where(tester.c.actor == actor)
    row = session.execute(query).first()
    return None if row is None else (row.id, row.network)
