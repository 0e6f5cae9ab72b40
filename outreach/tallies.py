"""Figures of very many rows: exact while they are few, afterwards as the clock counted them last, beside the writer."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach.tables import contribution, counted, entry, setting

FEW = 2_000
"""So many rows are counted while somebody waits for the page."""
VOICES = "tally/voices"

T = TypeVar("T")


class Voices(msgspec.Struct, frozen=True):
    """Of one process: what came in, how much of it was taken back, what stands in the record, and what each poster brought."""

    received: int
    withdrawn: int
    published: int
    entries: dict[str, int]


def few(session: Session, rows: "sa.Select[Any]") -> int | None:
    """How many they are; None when they are very many."""
    number = session.scalar(sa.select(sa.func.count()).select_from(_bare(rows).limit(FEW + 1).subquery())) or 0
    return number if number <= FEW else None


def _bare(rows: "sa.Select[Any]") -> "sa.Select[Any]":
    """Without their columns, so that an index alone is read."""
    return rows.with_only_columns(sa.literal(1).label("one"), maintain_column_froms=True)


def keep(session: Session, name: str, value: object) -> None:
    """Keep a figure under its name, in the place of an earlier one."""
    into = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"value": msgspec.json.encode(value).decode()}
    session.execute(into(setting).values(name=name, **values).on_conflict_do_update(index_elements=["name"], set_=values))


def drop(session: Session, name: str) -> None:
    """Keep it no more."""
    session.execute(sa.delete(setting).where(setting.c.name == name))


def kept(session: Session, name: str, shape: type[T]) -> T | None:
    """The figure of that name, as it was counted last; None before that."""
    value = session.scalar(sa.select(setting.c.value).where(setting.c.name == name))
    return msgspec.json.decode(value, type=shape) if value is not None else None


def voices(session: Session, _now: datetime) -> dict[str, Voices] | None:
    """Count what came in for every process; None while that is little."""
    if few(session, sa.select(contribution.c.id)) is not None:
        return None
    received = _of_each(session, sa.select(contribution.c.process_id, sa.func.count()).where(counted))
    withdrawn = _of_each(session, sa.select(contribution.c.process_id, sa.func.count()).where(contribution.c.state == "withdrawn"))
    published = _of_each(session, sa.select(entry.c.process_id, sa.func.count()).where(entry.c.withdrawn_at.is_(None)))
    brought: dict[int, Counter[str]] = defaultdict(Counter)
    ways = sa.select(contribution.c.process_id, contribution.c.entry, sa.func.count())
    ways = ways.group_by(contribution.c.process_id, contribution.c.entry)
    for process_id, name, number in session.execute(ways):
        brought[process_id][name] += number
    for process_id, name, number in session.execute(ways.where(contribution.c.state == "draft")):  # few: all are read from an index
        brought[process_id][name] -= number
    return {str(id_): Voices(number, withdrawn.get(id_, 0), published.get(id_, 0), dict(brought[id_])) for id_, number in received.items()}


def _of_each(session: Session, query: "sa.Select[Any]") -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query.group_by(query.selected_columns[0]))}


def of_process(session: Session, process_id: int, rows: "sa.Select[Any]", figure: Callable[[Voices], int]) -> int:
    """How many of a process's rows there are; of very many, the figure that the clock counted last."""
    number = few(session, rows)
    if number is not None:
        return number
    known = (kept(session, VOICES, dict[str, Voices]) or {}).get(str(process_id))
    return max(figure(known), FEW) if known else session.scalar(sa.select(sa.func.count()).select_from(_bare(rows).subquery())) or 0


def of_processes(session: Session, rows: "Mapping[int, sa.Select[Any]]", figure: Callable[[Voices], int]) -> dict[int, int]:
    """The same of several processes: what was very many when the clock came by is not looked at again."""
    many = few(session, sa.select(contribution.c.id)) is None
    known = (kept(session, VOICES, dict[str, Voices]) or {}) if many else {}
    large = {id_: figure(known[str(id_)]) for id_ in rows if str(id_) in known and figure(known[str(id_)]) > FEW}
    return large | {id_: of_process(session, id_, one, figure) for id_, one in rows.items() if id_ not in large}
