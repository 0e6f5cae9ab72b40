"""What lies in piles in each process: texts that wait, authors to be told, messages that may be lost, copies to be taken down."""

from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import tallies
from outreach.agenda import CITABLE, unanswered
from outreach.contributions.aside import set_aside
from outreach.tables import avis, contribution, entry, notice, outbox, relay, target
from outreach.tables.relays import not_gone

PILES = "tally/piles"
_READING = {"received": "reading", "appealed": "appeals", "accepted": "record", "redacted": "record", "grouped": "record"}
_NEWS = ("responded", "concluded", "delayed", "carriedout", "postponed")
"""Kinds of notices by which authors hear of an answer."""

Kind = Literal["reading", "appeals", "record", "telling", "unclear", "withdrawal"]


class Pile(msgspec.Struct, frozen=True):
    """So many of one kind in one process; the oldest waits since, and the most urgent until. `who`: the platform of copies."""

    kind: Kind
    process_id: int
    count: int
    since: datetime
    by: datetime | None = None
    who: str = ""


def piles(session: Session) -> list[Pile]:
    """All of them; as the clock counted them last where any is of very many."""
    kept = tallies.kept(session, PILES, list[Pile]) if _many(session) else None
    return kept if kept is not None else _count(session)


def piled(session: Session, _now: datetime) -> list[Pile] | None:
    """Counted now; None while all of it is little."""
    return _count(session) if _many(session) else None


def _many(session: Session) -> bool:
    return any(tallies.few(session, one) is None for one in _ROWS)


def _count(session: Session) -> list[Pile]:
    return [*_texts(session), *_authors(session), *_unclear(session), *_withdrawals(session)]


_ANSWERED = sa.select(avis.c.process_id).where(avis.c.answered_at.is_not(None))
_UNCLEAR = (sa.text("why = 'unclear'"), outbox.c.state == "unknown", outbox.c.urgency == "notice")
_LEFT = sa.select(relay.c.id).where(not_gone)
_ROWS = (
    sa.select(contribution.c.id).where(contribution.c.state.in_(_READING)),
    sa.select(contribution.c.id).where(contribution.c.process_id.in_(_ANSWERED), contribution.c.state.in_(CITABLE)),
    sa.select(notice.c.id).where(notice.c.state == "waiting"),
    sa.select(outbox.c.id).where(*_UNCLEAR),
    _LEFT,
)
"""What has to be gone through."""


def _texts(session: Session) -> list[Pile]:
    """Texts that wait for their reader, for another one, or for their place in the record."""
    c = contribution.c
    columns = (c.process_id, c.state, sa.func.count(), sa.func.min(c.received_at), sa.func.min(c.changed_at), sa.func.min(c.read_by))
    query = sa.select(*columns).where(c.state.in_(_READING), ~set_aside()).group_by(c.process_id, c.state)
    found: dict[tuple[str, int], Pile] = {}
    for id_, state, count, received, changed, read_by in session.execute(query):
        kind: Any = _READING[state]
        by = read_by if kind == "reading" else None
        one = Pile(kind, id_, count, received if kind == "reading" else changed, by)
        before = found.get((kind, id_))
        if before:
            one = msgspec.structs.replace(one, count=one.count + before.count, since=min(one.since, before.since))
        found[kind, id_] = one
    return list(found.values())


def _authors(session: Session) -> list[Pile]:
    """Authors who are not told yet of an answer."""
    ready = sa.select(notice.c.address_id, contribution.c.process_id, notice.c.since).join(contribution)
    ready = ready.where(notice.c.state == "waiting", notice.c.kind.in_(_NEWS))
    still = sa.select(contribution.c.address_id, contribution.c.process_id, avis.c.answered_at.label("since"))
    still = still.join(avis, avis.c.process_id == contribution.c.process_id)
    still = still.where(*unanswered(avis.c.process_id), contribution.c.address_id.is_not(None))
    still = still.where(contribution.c.process_id.in_(_ANSWERED))  # found by process and state, not among everything published
    wait = sa.union_all(ready, still).subquery()
    query = sa.select(wait.c.process_id, sa.func.count(sa.distinct(wait.c.address_id)), sa.func.min(wait.c.since))
    return [Pile("telling", *row) for row in session.execute(query.group_by(wait.c.process_id))]


def _unclear(session: Session) -> list[Pile]:
    """Messages to authors, since the answer, of which nobody knows whether they arrived."""
    query = sa.select(contribution.c.process_id, sa.func.count(sa.distinct(outbox.c.id)), sa.func.min(outbox.c.created_at))
    query = query.select_from(outbox).join(contribution, contribution.c.address_id == outbox.c.address_id)
    query = query.join(avis, avis.c.process_id == contribution.c.process_id)
    whose = sa.select(outbox.c.address_id).where(*_UNCLEAR)
    query = query.where(*_UNCLEAR, contribution.c.address_id.in_(whose))  # found by their few addresses
    query = query.where(outbox.c.created_at >= avis.c.answered_at).group_by(contribution.c.process_id)
    return [Pile("unclear", *row) for row in session.execute(query)]


def _withdrawals(session: Session) -> list[Pile]:
    """Texts that their authors took back, and that another platform has not taken down yet."""
    query = sa.select(entry.c.process_id, target.c.name, sa.func.count(), sa.func.min(relay.c.since))
    query = query.select_from(relay).join(target, target.c.id == relay.c.target_id).join(entry, entry.c.ref == relay.c.ref)
    rows = session.execute(query.where(relay.c.id.in_(_LEFT)).group_by(entry.c.process_id, target.c.name))
    return [Pile("withdrawal", id_, count, since, who=name) for id_, name, count, since in rows]
