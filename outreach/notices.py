"""What we say first about a person's own matter: which change speaks, once, and merged with what."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import Answered, Notice, Refused
from outreach.crypto import Keys, KeyTrouble
from outreach.house import house
from outreach.references import new_id
from outreach.tables import notice as notices

WINDOW = timedelta(days=1)
"""Within a day, what was not yet said about a contribution gives way to what is newer; a refusal and an answer never do."""
LIFE = timedelta(days=7)
"""A notice that found no decent hour and no idle moment for a week is not news any more: SUIVI tells it."""
NEVER_MERGED = frozenset({Refused.__name__.lower(), Answered.__name__.lower()})
PATIENCE = timedelta(hours=2)
"""A notice that asks something waits so long for an idle person, then goes with a word instead of digits (journeys 7)."""


_log = logging.getLogger(__name__)


class Due(msgspec.Struct, frozen=True):
    """A notice whose hour has come. From `patience_until` on it goes without digits; after `deadline` not at all."""

    id: int
    address_id: int
    contribution_id: int | None
    notice: Notice
    due_at: datetime
    patience_until: datetime
    deadline: datetime


def tell(session: Session, address_id: int | None, contribution_id: int | None, notice: Notice, now: datetime) -> bool:
    """Have something told to a person. Once: the same kind about the same contribution is not told twice. Gives whether it will be.

    Nothing is told where the link to the person was cut (`address_id` None).
    """
    if address_id is None:
        return False
    kind = type(notice).__name__.lower()
    if contribution_id is not None:
        earlier = session.execute(
            sa.select(notices.c.id, notices.c.kind, notices.c.state, notices.c.deadline).where(notices.c.contribution_id == contribution_id)
        ).all()
        if any(row.kind == kind and row.state != "dropped" for row in earlier):
            return False
        since = now + LIFE - WINDOW
        stale = [row.id for row in earlier if row.state == "waiting" and row.kind not in NEVER_MERGED and row.deadline >= since]
        drop(session, stale)
    id_ = new_id(now)
    session.execute(
        sa.insert(notices).values(
            id=id_,
            address_id=address_id,
            contribution_id=contribution_id,
            kind=kind,
            sealed=house(session).keys.seal("notice", id_, msgspec.json.encode(notice)),
            state="waiting",
            due_at=now,
            deadline=now + LIFE,
        )
    )
    return True


def due(session: Session, now: datetime, limit: int = 200) -> list[Due]:
    """Notices whose hour has come, the oldest first, one a person; rows are locked, and skipped where another holds them.

    What is past its deadline is dropped here, and what can't be read any more: it must not hold the others.
    """
    session.execute(
        sa.update(notices).where(notices.c.state == "waiting", notices.c.due_at <= now, notices.c.deadline < now).values(state="dropped")
    )
    rows = session.execute(
        sa.select(notices)
        .where(notices.c.state == "waiting", notices.c.due_at <= now)
        .order_by(notices.c.due_at, notices.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    keys = house(session).keys
    opened = [(row, _open(keys, row)) for row in rows]
    drop(session, [row.id for row, notice in opened if notice is None])
    first: dict[int, Due] = {}
    for row, notice in opened:
        if notice is not None and row.address_id not in first:
            patience_until = row.deadline - LIFE + PATIENCE
            first[row.address_id] = Due(row.id, row.address_id, row.contribution_id, notice, row.due_at, patience_until, row.deadline)
    return list(first.values())


def _open(keys: Keys, row: Any) -> Notice | None:  # noqa: ANN401 - a row of the table
    try:
        notice: Notice = msgspec.json.decode(keys.open("notice", row.id, row.sealed), type=Notice)
    except (KeyTrouble, msgspec.DecodeError) as error:
        _log.error("a notice can't be read: %s", type(error).__name__)
        return None
    return notice


def said(session: Session, ids: Sequence[int]) -> None:
    """These stand in the outbox now."""
    _set(session, ids, state="said")


def later(session: Session, ids: Sequence[int], until: datetime) -> None:
    """Not now: the hour is not decent, or the person is in the middle of something."""
    _set(session, ids, due_at=until)


def drop(session: Session, ids: Sequence[int]) -> None:
    """These will not be said."""
    _set(session, ids, state="dropped")


def forget(session: Session, contribution_ids: Sequence[int]) -> None:
    """Erase what was or would have been told about contributions: it quotes them."""
    if contribution_ids:
        session.execute(sa.delete(notices).where(notices.c.contribution_id.in_(contribution_ids)))


def _set(session: Session, ids: Sequence[int], **values: object) -> None:
    if ids:
        session.execute(sa.update(notices).where(notices.c.id.in_(ids), notices.c.state == "waiting").values(**values))
