"""Who holds a network, the clock, the notary; epochs that fence a late holder off."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach.tables import lease
from outreach.tables.base import instant


def hold(session: Session, name: str, holder: str, seconds: float) -> int | None:
    """Take a lease or keep it for so many seconds more: its epoch, or None while another one holds it.

    The epoch rises with each new holder, so that what a late one still does can be told apart. `holder` names one run of one
    program: a restarted one is another holder. Time is the database's own, the only clock that all holders share.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    never = instant(0)
    session.execute(insert(lease).values(name=name, holder="", epoch=0, until=never).on_conflict_do_nothing())
    now, until = _clock(session, 0), _clock(session, seconds)
    taken = session.execute(
        sa.update(lease)
        .where(lease.c.name == name, sa.or_(lease.c.holder == holder, lease.c.until <= now))
        .values(holder=holder, epoch=sa.case((lease.c.holder == holder, lease.c.epoch), else_=lease.c.epoch + 1), until=until)
        .returning(lease.c.epoch)
    )
    return taken.scalar_one_or_none()


def release(session: Session, name: str, holder: str) -> None:
    """Give a lease back at once, so that the next one need not wait. Nothing happens when another one holds it."""
    session.execute(sa.update(lease).where(lease.c.name == name, lease.c.holder == holder).values(holder="", until=instant(0)))


def is_held(session: Session, name: str, holder: str, epoch: int) -> bool:
    """Whether this holder still has the lease under this epoch; nobody else can take it before the transaction ends.

    It may have run out: as long as no other took it, what its holder does is still alone.
    """
    found = sa.select(lease.c.name).where(lease.c.name == name, lease.c.holder == holder, lease.c.epoch == epoch).with_for_update(read=True)
    return session.execute(found).first() is not None


def holders(session: Session) -> dict[str, int]:
    """The epoch of each lease that somebody holds now, by name: for /ready and the doctor."""
    found = session.execute(sa.select(lease.c.name, lease.c.epoch).where(lease.c.until > _clock(session, 0)))
    return {row.name: row.epoch for row in found}


def _clock(session: Session, seconds: float) -> sa.ColumnElement[Any]:
    """The database's time, so many seconds from now."""
    if session.get_bind().dialect.name == "sqlite":
        micros = sa.literal_column("CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)", sa.BigInteger)
        return micros + round(seconds * 1_000_000)
    return sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, float(seconds))
