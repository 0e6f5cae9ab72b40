"""Cursors of pages that are found by (time, reference or number): opaque, and safe to hand back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from outreach.tables.base import instant, micros

_LONGEST = 200


def write_cursor(at: datetime, *parts: str | int) -> str:
    """A cursor that stands after this row."""
    return urlsafe_b64encode(":".join(map(str, (micros(at), *parts))).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """What `write_cursor` wrote with one part. Raises ValueError for anything else."""
    at, *parts = read_parts(cursor)
    if len(parts) != 1:
        raise ValueError("this cursor is none of ours")
    return instant(_number(at)), parts[0]


def read_parts(cursor: str) -> list[str]:
    """The parts of a cursor as they were written, microseconds first. Raises ValueError."""
    if len(cursor) > _LONGEST or not cursor.isascii():
        raise ValueError("this cursor is none of ours")
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(":")
    except ValueError:
        raise ValueError("this cursor is none of ours") from None


def _number(digits: str) -> int:
    if not digits.isdecimal():
        raise ValueError("this cursor is none of ours")
    return int(digits)
