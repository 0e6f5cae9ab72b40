"""The figures of each month that has ended: received, published, refused and why, contested, how long it took; small cells hidden."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from statistics import median
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.reasons import REASONS
from outreach import smallcells
from outreach.contributions.days import months_after, working_days
from outreach.house import house
from outreach.record.opendata import as_csv, table
from outreach.smallcells import IN_PUBLIC
from outreach.tables import appeal, contribution, counted, decision, entry, figure

NAMES = ("received", "published", "hidden_words", "refused", "contested", "upheld", "reversed", "delay")
"""MOD-35, in their order. `delay` is the median of working days from a text's arrival to its first decision."""
EXACT, SMALL, HIDDEN = "exact", "small", "hidden"
NAME = "transparence.csv"
_FIELDS: tuple[tuple[str, str, str, str], ...] = (
    ("month", "string", "Mois", "Mois terminé, AAAA-MM, à l'heure de la ville. Compté une seule fois."),
    (
        "name",
        "string",
        "Chiffre",
        "received, published, hidden_words, refused, contested, upheld, reversed, delay (médiane, jours ouvrés).",
    ),
    ("detail", "string", "Motif", "Pour un refus : le motif de la charte, R1 à R12 ; vide : le total."),
    ("value", "integer", "Valeur", "Vide quand elle n'est pas montrée."),
    ("shown", "string", "Montré", "exact ; small : de 1 à 10 ; hidden : révélerait un petit nombre, ou trop peu de cas."),
)
_AGAIN = ("uphold", "reverse")
_STANDS = ("waiting", "applied")
"""States of a decision that was not taken back."""


class Figure(msgspec.Struct, frozen=True):
    """One cell: `value` only when `shown` is "exact"; "small" is 1 to 10, "hidden" would reveal a small one. `detail`: a reason."""

    month: str
    name: str
    detail: str
    value: int | None
    shown: str


class Month(msgspec.Struct, frozen=True):
    """One month's cells: by name, and the refusals by reason."""

    month: str
    figures: dict[str, Figure]
    reasons: tuple[Figure, ...]


def close_month(session: Session, now: datetime) -> int:
    """Measure the first month that has ended and has no figures yet, and keep them for good; how many were kept.

    They are never measured again: a table that changed by one would tell about that one (DIV-07). It reads a month of decisions, at night.
    """
    month = _first_without(session, now)
    if month is None:
        return 0
    cells = [msgspec.structs.asdict(one) for one in measure(session, month)]
    session.connection().execute(sa.insert(figure), cells)
    return len(cells)


def measure(session: Session, month: date) -> tuple[Figure, ...]:
    """The figures of the month that begins on this day, small cells hidden."""
    zone = house(session).timezone
    start, end = (datetime.combine(day, time(), zone) for day in (month, months_after(month, 1)))

    def count(query: "sa.Select[int]", column: "sa.Column[datetime]") -> int:
        return session.scalar(query.where(column >= start, column < end)) or 0

    def made(kind: str) -> int:
        of_kind = sa.select(sa.func.count()).select_from(decision).where(decision.c.kind == kind, decision.c.state.in_(_STANDS))
        return count(of_kind, decision.c.effective_at)

    of_reasons = sa.select(decision.c.reason, sa.func.count()).where(decision.c.kind == "refuse", decision.c.state.in_(_STANDS))
    of_month = of_reasons.where(decision.c.effective_at >= start, decision.c.effective_at < end).group_by(decision.c.reason)
    by_reason: dict[str, int] = {row[0]: row[1] for row in session.execute(of_month)}
    refused = smallcells.column([by_reason.get(reason, 0) for reason in REASONS], IN_PUBLIC)
    judged = smallcells.column([made("uphold"), made("reverse")], IN_PUBLIC)
    days = [one for _process, one in delays(session, start, end)]
    cells: list[tuple[str, str, int | str | None]] = [
        ("received", "", _alone(count(sa.select(sa.func.count()).select_from(contribution).where(counted), contribution.c.received_at))),
        ("published", "", _alone(count(sa.select(sa.func.count()).select_from(entry), entry.c.published_at))),
        ("hidden_words", "", _alone(made("redact"))),
        ("refused", "", refused.total if refused.total is None else _alone(refused.total)),
        *(("refused", reason, cell) for reason, cell in zip(REASONS, refused.cells, strict=True)),
        ("contested", "", _alone(count(sa.select(sa.func.count()).select_from(appeal), appeal.c.opened_at))),
        ("upheld", "", judged.cells[0]),
        ("reversed", "", judged.cells[1]),
        ("delay", "", round(median(days)) if len(days) >= IN_PUBLIC else None),
    ]
    return tuple(_figure(f"{month:%Y-%m}", name, detail, cell) for name, detail, cell in cells)


def months(session: Session, limit: int = 0) -> tuple[Month, ...]:
    """What was kept, the newest month first; at most `limit` of them, 0 for all."""
    chosen = sa.select(figure.c.month).distinct().order_by(figure.c.month.desc())
    names = list(session.scalars(chosen.limit(limit) if limit else chosen))
    rows = session.execute(sa.select(figure).where(figure.c.month.in_(names)))
    cells = [Figure(row.month, row.name, row.detail, row.value, row.shown) for row in rows]
    return tuple(_month(name, [one for one in cells if one.month == name]) for name in names)


def csv(session: Session) -> bytes:
    """Every cell of every month, a row each."""
    return as_csv([name for name, *_rest in _FIELDS], (msgspec.structs.asdict(one) for one in _rows(session)))


def resource(path: str) -> dict[str, Any]:
    """The same file as a data package tells of it."""
    fields: list[dict[str, Any]] = [
        {"name": name, "type": kind, "title": title, "description": told} for name, kind, title, told in _FIELDS
    ]
    fields[0]["constraints"] = {"required": True, "pattern": "[0-9]{4}-[0-9]{2}"}
    schema = {"fields": fields, "primaryKey": ["month", "name", "detail"], "missingValues": [""]}
    return table("transparence", "Chiffres de la modération, par mois", path, schema)


def _rows(session: Session) -> Iterator[Figure]:
    """The oldest month first, in the order of `NAMES`."""
    for month in reversed(months(session)):
        for name in NAMES:
            yield month.figures[name]
            if name == "refused":
                yield from month.reasons


def _month(name: str, cells: Sequence[Figure]) -> Month:
    order = {reason: place for place, reason in enumerate(REASONS)}
    reasons = sorted((one for one in cells if one.detail), key=lambda one: order.get(one.detail, len(order)))
    return Month(name, {one.name: one for one in cells if not one.detail}, tuple(reasons))


def _first_without(session: Session, now: datetime) -> date | None:
    """The first month since the first contribution that has ended and was not measured."""
    zone = house(session).timezone
    this = now.astimezone(zone).date().replace(day=1)
    last = session.scalar(sa.select(sa.func.max(figure.c.month)))
    if last:
        following = months_after(date.fromisoformat(f"{last}-01"), 1)
    else:
        first = session.scalar(sa.select(contribution.c.received_at).order_by(contribution.c.id).limit(1))
        if first is None:
            return None
        following = first.astimezone(zone).date().replace(day=1)
    return following if following < this else None


def delays(session: Session, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """Working days from arrival to the first decision, of each contribution that got it in this time, with its process's number."""
    other = decision.alias()
    earlier = (
        other.c.contribution_id == decision.c.contribution_id,
        other.c.effective_at < decision.c.effective_at,
        other.c.state != "undone",
    )
    query = (
        sa.select(contribution.c.process_id, contribution.c.received_at, decision.c.effective_at)
        .join_from(decision, contribution)
        .where(decision.c.state.in_(_STANDS), decision.c.kind.not_in(_AGAIN), ~sa.exists().where(*earlier))
        .where(decision.c.effective_at >= start, decision.c.effective_at < end)
    )
    place = house(session)
    return [(row.process_id, working_days(row.received_at, row.effective_at, place)) for row in session.execute(query)]


def _alone(count: int) -> int | str:
    return smallcells.SMALL if 0 < count < IN_PUBLIC else count


def _figure(month: str, name: str, detail: str, cell: int | str | None) -> Figure:
    value = cell if isinstance(cell, int) else None
    return Figure(month, name, detail, value, EXACT if value is not None else HIDDEN if cell is None else SMALL)
