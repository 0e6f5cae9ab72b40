"""Places, their tokens and keywords: one opaque token a poster, the same for as long as it hangs; and what each place brought."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.facts import Entry
from outreach import tallies, weekly
from outreach.references import new_id, new_token
from outreach.smallcells import Column, column
from outreach.tables import contribution, counted, entry_point, process
from outreach.weekly import Issued


def sync(session: Session, process_id: int, entries: Sequence[Entry], now: datetime) -> None:
    """Make the entry points of a process these; one that stays keeps its token, so printed posters go on working."""
    known = set(session.scalars(sa.select(entry_point.c.name).where(entry_point.c.process_id == process_id)))
    wanted = {
        entry.id: {"keyword": entry.keyword, "language": entry.language, "place": entry.place, "lent": entry.lent} for entry in entries
    }
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
        found.setdefault(row.process_id, []).append(_entry(row))
    return {process_id: tuple(entries) for process_id, entries in found.items()}


def _entry(row: Any) -> Entry:  # noqa: ANN401 - a row of the table
    return Entry(row.name, row.token, row.keyword, row.language, row.place, row.lent)


def started(session: Session, tokens: Iterable[str]) -> None:
    """Count a start at each of these posters, in the order of the tokens: two processes never wait for each other crosswise.

    An unknown token counts nowhere: anybody can invent one.
    """
    for token, times in sorted(Counter(tokens).items()):
        if token.isprintable():
            query = sa.update(entry_point).where(entry_point.c.token == token).values(starts=entry_point.c.starts + times)
            session.connection().execute(query)


def scanned(session: Session, token: str) -> None:
    """Count one more opening of the sign-up page of a poster or flyer."""
    session.execute(sa.update(entry_point).where(entry_point.c.token == token).values(scans=entry_point.c.scans + 1))


class Reach(msgspec.Struct, frozen=True):
    """What each place brought: pages opened, conversations begun, contributions. Small cells are hidden (LINK-02)."""

    places: tuple[Entry, ...]
    scans: Column
    starts: Column
    contributions: Column  # one cell more at the end: without a poster


def reach(session: Session, now: datetime, slug: str) -> Issued[Reach] | None:
    """Where outreach works, without following anybody, as it was first looked at this week; None: no such process."""
    process_id = session.scalar(sa.select(process.c.id).where(process.c.slug == slug))
    if process_id is None:
        return None
    return weekly.issued(session, f"reach/{slug}", now, Reach, partial(_reach, session, process_id))


def _reach(session: Session, process_id: int) -> Reach:
    rows = session.execute(sa.select(entry_point).where(entry_point.c.process_id == process_id).order_by(entry_point.c.name)).all()
    brought = _brought(session, process_id)
    known = [brought.pop(row.name, 0) for row in rows]
    return Reach(
        tuple(_entry(row) for row in rows),
        column([row.scans for row in rows]),
        column([row.starts for row in rows]),
        column([*known, sum(brought.values())]),
    )


def _brought(session: Session, process_id: int) -> dict[str, int]:
    """How many contributions came by each place; of very many, as the clock counted them last."""
    mine = sa.select(contribution.c.entry).where(contribution.c.process_id == process_id, counted)
    kept = tallies.kept(session, tallies.VOICES, dict[str, tallies.Voices]) if tallies.few(session, mine) is None else None
    if kept and (voices := kept.get(str(process_id))):
        return dict(voices.entries)
    rows = mine.subquery()
    return {row[0]: row[1] for row in session.execute(sa.select(rows.c.entry, sa.func.count()).group_by(rows.c.entry))}
