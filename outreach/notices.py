"""What we say first about a person's own matter: which change speaks, once, and merged with what."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from conversations.notices import AboutContribution, Answered, Notice, Refused, Responded
from outreach import many
from outreach.crypto import Keys, KeyTrouble
from outreach.house import house
from outreach.references import new_id
from outreach.tables import notice as notices

WINDOW = timedelta(days=1)
"""Within a day, what was not yet said about a contribution gives way to what is newer; a refusal and an answer never do."""
LIFE = timedelta(days=7)
"""A notice that found no decent hour and no idle moment for a week is not news any more: SUIVI tells it."""
NEVER_MERGED = frozenset({Refused.__name__.lower(), Answered.__name__.lower(), Responded.__name__.lower()})
PATIENCE = timedelta(hours=2)
"""A notice that asks something waits so long for an idle person, then goes with a word instead of digits (journeys 7)."""


_INSERT = sa.insert(notices)
_log = logging.getLogger(__name__)


class Due(msgspec.Struct, frozen=True):
    """A notice whose hour has come. From `patience_until` on it goes without digits; after `deadline` not at all."""

    id: int
    address_id: int
    notice: Notice
    since: datetime
    patience_until: datetime
    deadline: datetime


def tell(
    session: Session,
    address_id: int | None,
    contribution_id: int | None,
    notice: Notice,
    now: datetime,
    *,
    deadline: datetime | None = None,
) -> bool:
    """Have something told to a person. Once: the same kind about the same contribution is not told twice. Gives whether it will be.

    Nothing is told where the link to the person was cut (`address_id` None). Past its deadline, seven days unless given, it is not news.
    """
    if address_id is None:
        return False
    kind = _kind(notice)
    if contribution_id is not None:
        earlier = session.execute(
            sa.select(notices.c.id, notices.c.kind, notices.c.state, notices.c.since).where(notices.c.contribution_id == contribution_id)
        ).all()
        if any(row.kind == kind and row.state != "dropped" for row in earlier):
            return False
        fresh = now - WINDOW
        stale = [row.id for row in earlier if row.state == "waiting" and row.kind not in NEVER_MERGED and row.since >= fresh]
        drop(session, stale)
    row = _row(session, address_id, notice, now, due_at=now, deadline=deadline or now + LIFE)
    session.execute(sa.insert(notices).values(row | {"contribution_id": contribution_id}))
    return True


class Told(msgspec.Struct, frozen=True):
    """Something to tell about a contribution, to its author."""

    address_id: int
    contribution_id: int
    notice: AboutContribution


def tell_all(session: Session, told: Sequence[Told], now: datetime, *, occasion: str = "") -> int:
    """`tell` for many at once: a few statements whatever their number. With an `occasion` the same kind may be told again on another.

    How many will be told; what an earlier call told on this occasion is not told twice.
    """
    if not told:
        return 0
    columns = (notices.c.id, notices.c.contribution_id, notices.c.kind, notices.c.state, notices.c.since, notices.c.occasion)
    mine = notices.c.contribution_id.in_([one.contribution_id for one in told])
    earlier: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(sa.select(*columns).where(mine)):
        earlier[row.contribution_id].append(row)
    fresh, stale, rows = now - WINDOW, [], []
    for one in told:
        before, kind = earlier[one.contribution_id], _kind(one.notice)
        if any(row.kind == kind and row.occasion == occasion and row.state != "dropped" for row in before):
            continue
        stale += [row.id for row in before if row.state == "waiting" and row.kind not in NEVER_MERGED and row.since >= fresh]
        made = _row(session, one.address_id, one.notice, now, due_at=now, deadline=now + LIFE)
        rows.append(made | {"contribution_id": one.contribution_id, "occasion": occasion})
    drop(session, stale)
    many.write(session, _INSERT, rows)
    return len(rows)


class Planned(msgspec.Struct, frozen=True):
    """A notice about a registration, for its hour. `occasion` names it: the same one is planned once."""

    address_id: int
    registration_id: int
    occasion: str
    notice: Notice
    due_at: datetime
    deadline: datetime


def plan(session: Session, planned: Sequence[Planned], now: datetime) -> int:
    """Have things told at their hour, each occasion of a registration once, however often it is planned. How many were new."""
    if not planned:
        return 0
    rows = [
        _row(session, one.address_id, one.notice, now, due_at=one.due_at, deadline=one.deadline)
        | {"registration_id": one.registration_id, "occasion": one.occasion}
        for one in planned
    ]
    into = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = session.execute(into(notices).on_conflict_do_nothing().returning(notices.c.id), rows)
    return len(made.all())


def unplan(session: Session, registration_ids: Sequence[int], occasions: Sequence[str] = ()) -> None:
    """What was planned for these registrations and not said yet is planned no more: all of it, or what begins with one of these."""
    if registration_ids:
        named = sa.or_(*(notices.c.occasion.startswith(one, autoescape=True) for one in occasions)) if occasions else sa.true()
        which = (notices.c.registration_id.in_(registration_ids), notices.c.state == "waiting", named)
        session.execute(sa.delete(notices).where(*which))


def _kind(notice: Notice) -> str:
    return type(notice).__name__.lower()


def _row(session: Session, address_id: int, notice: Notice, now: datetime, *, due_at: datetime, deadline: datetime) -> dict[str, Any]:
    id_ = new_id(now)
    return {
        "id": id_,
        "address_id": address_id,
        "contribution_id": None,
        "registration_id": None,
        "occasion": "",
        "kind": _kind(notice),
        "sealed": house(session).keys.seal("notice", id_, msgspec.json.encode(notice)),
        "state": "waiting",
        "since": due_at,
        "due_at": due_at,
        "deadline": deadline,
    }


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
            first[row.address_id] = Due(row.id, row.address_id, notice, row.since, row.since + PATIENCE, row.deadline)
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


def rest(session: Session, ids: Sequence[int], until: datetime) -> None:
    """Not before that day, a pause's end; it is news until a week after it."""
    week_after = sa.literal(until + LIFE, notices.c.deadline.type)
    deadline = sa.case((notices.c.deadline < week_after, week_after), else_=notices.c.deadline)
    _set(session, ids, due_at=until, since=until, deadline=deadline)


def wake(session: Session, address_ids: Sequence[int], now: datetime) -> None:
    """What rested about their contributions is due now: the pause ended before its day."""
    if address_ids:
        which = (notices.c.address_id.in_(address_ids), notices.c.contribution_id.is_not(None), notices.c.state == "waiting")
        session.execute(sa.update(notices).where(*which, notices.c.due_at > now).values(due_at=now, since=now))


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
