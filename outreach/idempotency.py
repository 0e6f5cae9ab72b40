"""The same POST twice is one: what a token's request with a key was answered is kept for a day."""

import hashlib
from datetime import datetime, timedelta
from typing import TypeAlias, Union

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach.house import house
from outreach.tables import idempotency

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=2)  # no request takes that long: its process died, the work may be done anew
LONGEST_KEY = 128


class Replay(msgspec.Struct, frozen=True):
    """It was done already: answer the same."""

    status: int
    body: bytes


class InFlight(msgspec.Struct, frozen=True):
    """The first one is still at work: 409."""


class Other(msgspec.Struct, frozen=True):
    """The key was used for another request: 422."""


Known: TypeAlias = Union[Replay, InFlight, Other]


def begin(session: Session, now: datetime, token_id: int, key: str, body: bytes) -> Known | None:
    """Take a key for a request (`body`: method, path and content together); None: go on, then `finish`.

    Raises ValueError for a key longer than 128 letters, or with letters that can't be shown.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise ValueError(f"Idempotency-Key: 1 to {LONGEST_KEY} letters that can be shown")
    mine = (idempotency.c.token_id == token_id, idempotency.c.key == key)
    session.execute(
        sa.delete(idempotency).where(
            *mine, sa.or_(idempotency.c.at <= now - KEPT, sa.and_(idempotency.c.status.is_(None), idempotency.c.at <= now - ABANDONED))
        )
    )
    into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    digest = hashlib.sha256(body).digest()
    statement = into(idempotency).values(token_id=token_id, key=key, body=digest, at=now).on_conflict_do_nothing()
    if session.execute(statement.returning(idempotency.c.key)).scalar() is not None:
        return None
    row = session.execute(sa.select(idempotency).where(*mine)).one()
    if bytes(row.body) != digest:
        return Other()
    if row.status is None:
        return InFlight()
    return Replay(row.status, house(session).keys.open("idempotency", _row(token_id, key), row.sealed))


def finish(session: Session, token_id: int, key: str, status: int, body: bytes) -> None:
    """Keep what was answered, sealed."""
    sealed = house(session).keys.seal("idempotency", _row(token_id, key), body)
    session.execute(
        sa.update(idempotency).where(idempotency.c.token_id == token_id, idempotency.c.key == key).values(status=status, sealed=sealed)
    )


def abandon(session: Session, token_id: int, key: str) -> None:
    """The request failed on our side: the same key may try again."""
    mine = (idempotency.c.token_id == token_id, idempotency.c.key == key)
    session.execute(sa.delete(idempotency).where(*mine, idempotency.c.status.is_(None)))


def _row(token_id: int, key: str) -> str:
    return f"{token_id}:{key}"
