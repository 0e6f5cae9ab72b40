"""The moderators' queue: what waits, one item at a time, claimed for ten minutes; no number, no profile, no campaign (MOD-05)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, processes
from outreach.contributions import STATES, items, sharing
from outreach.contributions.aside import set_aside
from outreach.contributions.items import Item
from outreach.crypto import SEAL_BYTES
from outreach.cursors import moment, read_numbers, write_numbers
from outreach.record import programme
from outreach.staff import Within
from outreach.tables import appeal, contribution, counted, decision, flagged, unanswered
from outreach.tables.base import micros

LEASE = timedelta(minutes=10)
"""MOD-50: renewed by each look and each claim of the same person; afterwards the item is anybody's again."""
MOST = 200
CAP = 1000
"""Counts stop here: "1000 or more" is all a desk needs, however long the queue."""

SHORT = 180
"""Bytes of a text that is read at a glance, ten on a screen."""
LOOKED_AT = 50
"""Rows that are looked at together for the next one."""
HELD_AMONG = 500
"""Rows among which an ordinary text is looked for before the next hard one: the queue may be a million of them."""

WAITING, APPEALS = "waiting", "appeals"
_GROUPS = {WAITING: ("appeals", "received", "read_only"), APPEALS: ("appeals",)}
_TOP = 1_000_000
_PARTS = 4  # of a cursor


class Page(msgspec.Struct, frozen=True):
    """Items in the order of the queue; `next` is the cursor of the page after, None on the last."""

    items: tuple[Item, ...]
    next: str | None


class Counts(msgspec.Struct, frozen=True):
    """What waits, each at most CAP: appeals, texts to read before publication, texts only to read; how many are late."""

    appeals: int
    received: int
    read_only: int
    late: int


class ClaimedByOther(Exception):
    """Somebody else is reading this item."""


class NoItem(Exception):
    """No contribution has this reference."""


class _Key(msgspec.Struct, frozen=True):
    """Where a page ended: after this row of this group."""

    group: int = 0
    urgent: int = _TOP
    at: int = 0  # microseconds
    id: int = 0
    lowest: int = -_TOP  # the least urgent that is shown: what was read waits no more


def _key(cursor: str, lowest: int) -> _Key:
    group, urgent, at, id_ = read_numbers(cursor, _PARTS)
    return _Key(group, urgent, at, id_, lowest)


_Where: TypeAlias = Sequence[sa.ColumnElement[bool]]


def listing(  # noqa: PLR0917 - the filters of a page, in their usual order
    session: Session,
    now: datetime,
    state: str | None = None,
    process: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
    flag: str = "",
    *,
    within: Within = None,
) -> Page:
    """One page of contributions; `process` is a slug, `flag` one of triage.FLAGS, `within` the processes that rights reach.

    `state` "waiting" is what is to be read: appeals, then texts to publish, then those only to read, in each the most urgent and
    the oldest first; "appeals" only what was contested, published texts with words hidden among it; one of STATES is the same
    order within it; None is every contribution as it arrived. What rests since its author objected neither waits nor is contested.
    Raises ValueError for a state that does not exist or a cursor that isn't ours; an unknown process is an empty page.
    """
    limit = max(1, min(limit, MOST))
    if state and state not in _GROUPS and state not in STATES:
        raise ValueError(f"the state is none of {', '.join((*_GROUPS, *STATES))}")
    if state == "draft":
        return Page((), None)  # sheets of paper that wait for their second look: outreach.paper shows them, to who checks them
    values: tuple[str, ...] = ()
    here = processes.inside(contribution.c.process_id, within)
    if process:
        about = programme.by_slug(session, (process,)).get(process)
        if about is None:
            return Page((), None)
        here = (*here, contribution.c.process_id == about.id)
    if flag:
        values = _with_flag(session, flag)
        if not values:
            return Page((), None)
        here = (*here, sa.and_(flagged), contribution.c.flags.in_(values))
    lowest = 0 if state == WAITING else -_TOP
    key = _key(cursor, lowest) if cursor else _Key(lowest=lowest)
    found = list(_walk(session, state or "", here, key, limit + 1, values))
    shown = [row for _key, row in found[:limit]]
    made = items.make(session, shown, now)
    if state in _GROUPS:
        made = tuple(one for one in made if one.pending is None)
    last = found[limit - 1][0] if len(found) > limit else None
    return Page(made, write_numbers(last.group, last.urgent, last.at, last.id) if last else None)


def _with_flag(session: Session, flag: str) -> tuple[str, ...]:
    """What a row's flags may be where this is one of them, one step through an index for each."""
    least = sa.select(sa.func.min(contribution.c.flags)).where(flagged)
    found, one = [], session.scalar(least)
    while one is not None:
        found.append(one)
        one = session.scalar(least.where(contribution.c.flags > one))
    return tuple(one for one in found if flag in one.split())


def _walk(  # noqa: PLR0917 - which rows, from where on
    session: Session, state: str, here: _Where, key: _Key, limit: int, flags: Sequence[str] = ()
) -> Iterator[tuple[_Key, Any]]:
    """Rows after the key, in order, each with its own key; of those with one of these `flags`, if any are named."""
    if not state:
        query = sa.select(contribution).where(contribution.c.id > key.id, counted, *here).order_by(contribution.c.id).limit(limit)
        yield from ((_Key(id=row.id), row) for row in session.execute(query))
        return
    if state in _GROUPS:
        here = (*here, ~set_aside())
    left = limit
    for group, name in enumerate(_GROUPS.get(state, (state,))):
        if group < key.group or left <= 0:
            continue
        after = key if group == key.group else _Key(group, lowest=key.lowest)
        for one in _appeals(session, here, after, left) if name == "appeals" else _of_state(session, name, here, after, left, flags):
            left -= 1
            yield one


def _appeals(session: Session, here: _Where, after: _Key, limit: int) -> Iterator[tuple[_Key, Any]]:
    query = (
        sa.select(contribution, appeal.c.opened_at.label("appealed_at"))
        .join(appeal, appeal.c.contribution_id == contribution.c.id)
        .where(appeal.c.outcome == "", *here)
        .order_by(appeal.c.opened_at, contribution.c.id)
        .limit(limit)
    )
    if after.id:
        at = moment(after.at)
        query = query.where(appeal.c.opened_at >= at, sa.or_(appeal.c.opened_at > at, contribution.c.id > after.id))
    yield from ((_Key(after.group, 0, micros(row.appealed_at), row.id), row) for row in session.execute(query))


def _of_state(  # noqa: PLR0917 - which rows, from where on
    session: Session, state: str, here: _Where, after: _Key, limit: int, flags: Sequence[str]
) -> Iterator[tuple[_Key, Any]]:
    """Level by level of urgency, so that each query reads just its rows from the index (state, urgent, received_at); so with flags."""
    apart = [contribution.c.flags == one for one in flags] or [sa.true()]
    level: int | None = after.urgent if after.id else _next_level(session, state, _TOP)
    while limit > 0 and level is not None and level >= after.lowest:
        query = sa.select(contribution).where(contribution.c.state == state, contribution.c.urgent == level, *here)
        if after.id and level == after.urgent:
            at = moment(after.at)
            query = query.where(contribution.c.received_at >= at, sa.or_(contribution.c.received_at > at, contribution.c.id > after.id))
        query = query.order_by(contribution.c.received_at, contribution.c.id).limit(limit)
        rows = [row for one in apart for row in session.execute(query.where(one))]
        for row in sorted(rows, key=lambda row: (row.received_at, row.id))[:limit] if flags else rows:
            limit -= 1
            yield _Key(after.group, level, micros(row.received_at), row.id), row
        level = _next_level(session, state, level)


def _next_level(session: Session, state: str, below: int) -> int | None:
    query = sa.select(sa.func.max(contribution.c.urgent)).where(contribution.c.state == state, contribution.c.urgent < below)
    found: int | None = session.scalar(query)
    return found


def get(session: Session, now: datetime, ref: str, opened_by: str | None = None) -> Item:
    """One item. Raises NoItem.

    With `opened_by` somebody reads it: edits come too late from now on, the access is written down (SEC-06), and a lease of
    theirs is renewed.
    """
    row = session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one_or_none()
    if row is None:
        raise NoItem("no contribution has this reference")
    if opened_by is not None:
        _open(session, now, row, opened_by)
        row = session.execute(sa.select(contribution).where(contribution.c.id == row.id)).one()
    (item,) = items.make(session, [row], now, whole=True)
    return item


def _open(session: Session, now: datetime, row: Any, actor: str) -> None:  # noqa: ANN401 - a row of the table
    values: dict[str, Any] = {"opened_at": row.opened_at or now}
    if row.claimed_by == actor and row.claimed_until and row.claimed_until > now:
        values["claimed_until"] = now + LEASE
    session.execute(sa.update(contribution).where(contribution.c.id == row.id).values(**values))
    audit.write(session, [audit.line(actor, "contribution.opened", row.subject, state=row.state)], now)


def claim(session: Session, now: datetime, ref: str, actor: str) -> Item:
    """Read an item and keep it for oneself for ten minutes. Raises NoItem, ClaimedByOther."""
    if _take(session, now, ref, actor):
        return get(session, now, ref, opened_by=actor)
    if session.scalar(sa.select(contribution.c.id).where(contribution.c.ref == ref)) is None:
        raise NoItem("no contribution has this reference")
    raise ClaimedByOther("somebody else is reading this contribution")


def _take(session: Session, now: datetime, ref: str, actor: str, *still: sa.ColumnElement[bool]) -> bool:
    """The lease, if nobody else has it and what was seen of the row is `still` true under its lock."""
    mine = sa.or_(contribution.c.claimed_by.is_(None), contribution.c.claimed_by == actor, contribution.c.claimed_until <= now)
    taken = sa.update(contribution).where(contribution.c.ref == ref, mine, *still).values(claimed_by=actor, claimed_until=now + LEASE)
    return bool(session.connection().execute(taken).rowcount)


def claim_next(
    session: Session, now: datetime, actor: str, process: str | None = None, skip: Sequence[str] = (), *, within: Within = None
) -> Item | None:
    """Claim the first item that waits, is nobody else's and may be decided by this person; None when there is none.

    Urgent ones come before all others. What this person just read and left is for the others first; where nothing else waits, it
    comes again, the longest left first. Hard ones are shared out: after one, this person reads others as long as some wait; never so
    where somebody is in distress (contributions.sharing). Only one is opened: to read the texts of a page takes longer than a
    writer may.
    """
    here = processes.inside(contribution.c.process_id, within)
    if process:
        about = programme.by_slug(session, (process,)).get(process)
        if about is None:
            return None
        here = (*here, contribution.c.process_id == about.id)
    read = sharing.lately(session, now, actor)

    def is_left(row: Any) -> bool:  # noqa: ANN401 - a row of the table
        return row.subject in read.subjects

    def is_left_or_hard(row: Any) -> bool:  # noqa: ANN401 - a row of the table
        return is_left(row) or sharing.can_wait(row.flags)

    def left_longest(row: Any) -> int:  # noqa: ANN401 - a row of the table
        return -read.subjects.get(row.subject, 0)

    found = _first(session, now, actor, here, skip, is_left_or_hard, HELD_AMONG) if read.hard else None
    return found or _first(session, now, actor, here, skip, is_left) or _first(session, now, actor, here, skip, order=left_longest)


def _first(  # noqa: PLR0917 - which one, for whom
    session: Session,
    now: datetime,
    actor: str,
    here: _Where,
    skip: Sequence[str],
    passed: Callable[[Any], bool] = lambda _row: False,
    most: int | None = None,
    order: Callable[[Any], int] = lambda _row: 0,
) -> Item | None:
    """The urgent ones of every group, then all in their order; what is `passed` over only if this person has it open.

    Rows that are looked at together are tried by `order`, the lowest first.
    """
    for begin in (_Key(1, lowest=1), _Key(lowest=0)):
        key, looked = begin, 0
        while (most is None or looked < most) and (found := list(_walk(session, WAITING, here, key, LOOKED_AT))):
            closed = _closed_to(session, [row.id for _key, row in found], actor)
            for _key, row in sorted(found, key=lambda one: order(one[1])):
                claimed = row.claimed_until is not None and row.claimed_until > now
                if row.ref in skip or row.id in closed or (row.claimed_by != actor if claimed else passed(row)):
                    continue
                if _take(session, now, row.ref, actor, contribution.c.state == row.state):  # unless just now, on another connection
                    return get(session, now, row.ref, opened_by=actor)
            key, looked = msgspec.structs.replace(found[-1][0], lowest=begin.lowest), looked + len(found)
    return None


def _closed_to(session: Session, ids: Sequence[int], actor: str) -> set[int]:
    """Those where a decision waits for its effect, and appeals against this person's own."""
    waiting = sa.select(decision.c.contribution_id).where(decision.c.contribution_id.in_(ids), decision.c.state == "waiting")
    own = sa.select(appeal.c.contribution_id).where(
        appeal.c.contribution_id.in_(ids), appeal.c.outcome == "", appeal.c.first_actor == actor
    )
    return set(session.scalars(waiting.union(own)))


def claim_page(
    session: Session, now: datetime, actor: str, process: str | None = None, limit: int = 10, *, within: Within = None
) -> tuple[Item, ...]:
    """Claim the oldest texts that are read on one screen: short, looked at and unflagged, no copy, in the language of the conversation.

    Each has a lease like a single one, so two people never get the same.
    """
    mine = sa.or_(contribution.c.claimed_by.is_(None), contribution.c.claimed_by == actor, contribution.c.claimed_until <= now)
    waits = sa.exists().where(decision.c.contribution_id == contribution.c.id, decision.c.state == "waiting")
    short = sa.func.length(contribution.c.sealed) <= SEAL_BYTES + SHORT
    # not the bare columns: nearly every text has neither, and SQLite would go through them all instead of those that wait
    plain = (contribution.c.flags + "" == "", contribution.c.urgent == 0, contribution.c.copy_of + "" == "", short)
    here = processes.inside(contribution.c.process_id, within)
    if process:
        about = programme.by_slug(session, (process,)).get(process)
        if about is None:
            return ()
        here = (*here, contribution.c.process_id == about.id)
    query = sa.select(contribution).where(contribution.c.state == "received", *plain, mine, ~waits, ~set_aside(), *here)
    found = session.execute(query.order_by(contribution.c.received_at, contribution.c.id).limit(2 * limit)).all()
    rows: list[Any] = []
    for row in found:
        if (
            len(rows) < limit
            and row.written_in in {"", row.language}
            and _take(session, now, row.ref, actor, contribution.c.state == "received")
        ):
            rows.append(row)
            _open(session, now, row, actor)
    return items.make(session, rows, now)


def release(session: Session, ref: str, actor: str) -> None:
    """Give an item back to the others before the lease ends."""
    session.execute(
        sa.update(contribution)
        .where(contribution.c.ref == ref, contribution.c.claimed_by == actor)
        .values(claimed_by=None, claimed_until=None)
    )


def counts(session: Session, now: datetime, within: Within = None) -> Counts:
    """What waits, counted up to CAP; what rests since its author objected waits for nobody here."""
    waits = sa.select(contribution.c.id).where(~set_aside(), *processes.inside(contribution.c.process_id, within))
    awake = contribution.c.urgent >= 0
    return Counts(
        appeals=_count(session, waits.join(appeal, appeal.c.contribution_id == contribution.c.id).where(appeal.c.outcome == "")),
        received=_count(session, waits.where(contribution.c.state == "received")),
        read_only=_count(session, waits.where(contribution.c.state == "read_only", awake)),
        late=_count(session, waits.where(unanswered, awake, contribution.c.read_by < now)),
    )


def _count(session: Session, query: "sa.Select[Any]") -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(query.limit(CAP).subquery())) or 0
