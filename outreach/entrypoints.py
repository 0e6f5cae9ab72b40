"""Places, their tokens and keywords: one opaque token a poster, the same for as long as the poster hangs."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.facts import Entry
from outreach.references import new_id, new_token
from outreach.tables import entry_point


def sync(session: Session, process_id: int, entries: Sequence[Entry], now: datetime) -> None:
    """Make the entry points of a process these; one that stays keeps its token, so printed posters go on working."""
    known = set(session.scalars(sa.select(entry_point.c.name).where(entry_point.c.process_id == process_id)))
    wanted = {entry.id: {"keyword": entry.keyword, "language": entry.language, "place": entry.place} for entry in entries}
    session.execute(sa.delete(entry_point).where(entry_point.c.process_id == process_id, entry_point.c.name.not_in(wanted)))
    for name, values in wanted.items():
        if name in known:
            session.execute(sa.update(entry_point).where(entry_point.c.process_id == process_id, entry_point.c.name == name).values(values))
        else:
            fresh = {"id": new_id(now), "process_id": process_id, "name": name, "token": new_token(), **values}
            session.execute(sa.insert(entry_point).values(fresh))


def of_processes(session: Session, process_ids: Sequence[int]) -> dict[int, tuple[Entry, ...]]:
    """The ways into each process, in the order of their names."""
    found: dict[int, list[Entry]] = {}
    query = sa.select(entry_point).where(entry_point.c.process_id.in_(process_ids)).order_by(entry_point.c.name)
    for row in session.execute(query):
        found.setdefault(row.process_id, []).append(Entry(row.name, row.token, row.keyword, row.language, row.place))
    return {process_id: tuple(entries) for process_id, entries in found.items()}


def started(session: Session, token: str) -> None:
    """Count one more start at a poster. An unknown token counts nowhere: anybody can invent one."""
    if token.isprintable():
        session.execute(sa.update(entry_point).where(entry_point.c.token == token).values(starts=entry_point.c.starts + 1))
