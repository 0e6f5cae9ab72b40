"""How far two moderators agree who do not know of each other: month by month, small cells hidden (MOD-33)."""

from datetime import date, datetime, time

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import smallcells
from outreach.contributions.days import months_after
from outreach.house import house
from outreach.smallcells import INSIDE, SMALL
from outreach.tables import sample

MONTHS = 12


class Month(msgspec.Struct, frozen=True):
    """Decisions read a second time in a month that has ended. A cell is a count, "small" (from 1 to 4) or None: hidden.

    Where there are too few, or their sum would give one away, nothing of the month is told.

    `least` and `most`: between which per cents the agreement lies, as far as the cells that are shown tell; None where they don't.
    """

    month: date
    read: int | None
    alike: int | str | None
    otherwise: int | str | None
    least: int | None
    most: int | None


def months(session: Session, now: datetime, limit: int = MONTHS) -> tuple[Month, ...]:
    """The last months that have ended, the oldest first; those before the first reading are left out."""
    zone = house(session).timezone
    this = now.astimezone(zone).date().replace(day=1)
    found = list[Month]()
    for back in range(limit, 0, -1):
        start, end = (datetime.combine(day, time(), zone) for day in (months_after(this, -back), months_after(this, 1 - back)))
        counts = _counts(session, start, end)
        if found or any(counts):
            found.append(_month(start.date(), *counts))
    return tuple(found)


def _counts(session: Session, start: datetime, end: datetime) -> tuple[int, int]:
    """How many were decided alike, and otherwise."""
    query = sa.select(sample.c.agreed, sa.func.count()).where(sample.c.at >= start, sample.c.at < end).group_by(sample.c.agreed)
    found: dict[bool, int] = {bool(row[0]): row[1] for row in session.execute(query)}
    return found.get(True, 0), found.get(False, 0)


def _month(month: date, alike: int, otherwise: int) -> Month:
    shown = smallcells.column([alike, otherwise])
    if shown.total is None or 0 < shown.total < INSIDE:
        return Month(month, None, None, None, None, None)
    return Month(month, shown.total, shown.cells[0], shown.cells[1], *_between(shown.cells, shown.total))


def _between(cells: tuple[int | str | None, ...], total: int) -> tuple[int | None, int | None]:
    """What anybody may compute of the agreement from what is shown, in per cent."""
    if not total:
        return None, None
    (low, high), (less, more) = (_range(cell, total) for cell in cells)
    return round(100 * max(low, total - more) / total), round(100 * min(high, total - less) / total)


def _range(cell: int | str | None, total: int) -> tuple[int, int]:
    if isinstance(cell, int):
        return cell, cell
    return (1, INSIDE - 1) if cell == SMALL else (INSIDE, total)
