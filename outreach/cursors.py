"""Cursors of pages that are found by (time, reference or number): opaque, and safe to hand back."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from outreach.tables.base import instant, micros

NOT_OURS = "this cursor is none of ours"
_LONGEST = 200
_HIGHEST = 2**63


def write_cursor(at: datetime, *parts: str | int) -> str:
    """A cursor that stands after this row."""
    return urlsafe_b64encode(":".join(map(str, (micros(at), *parts))).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """What `write_cursor` wrote with one part. Raises ValueError for anything else."""
    at, *parts = _parts(cursor)
    if len(parts) != 1:
        raise ValueError(NOT_OURS)
    return moment(_number(at)), parts[0]


def moment(number: int) -> datetime:
    """The instant of so many microseconds. Raises ValueError where no calendar goes."""
    try:
        return instant(number)
    except OverflowError:
        raise ValueError(NOT_OURS) from None


def write_numbers(*numbers: int) -> str:
    """A cursor made of whole numbers."""
    return urlsafe_b64encode(":".join(map(str, numbers)).encode()).decode().rstrip("=")


def read_numbers(cursor: str, count: int) -> tuple[int, ...]:
    """What `write_numbers` wrote. Raises ValueError for anything else."""
    parts = _parts(cursor)
    if len(parts) != count:
        raise ValueError(NOT_OURS)
    return tuple(_number(part) for part in parts)


def _parts(cursor: str) -> list[str]:
    if len(cursor) > _LONGEST or not cursor.isascii():
        raise ValueError(NOT_OURS)
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(":")
    except ValueError:
        raise ValueError(NOT_OURS) from None


def _number(digits: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,19}", digits) or abs(int(digits)) >= _HIGHEST:
        raise ValueError(NOT_OURS)
    return int(digits)
