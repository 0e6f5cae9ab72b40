"""What went wrong in the database, as the doors can act on it: again, data, down, or none of its business."""

import sqlite3
import traceback
from typing import Literal

import psycopg
from sqlalchemy.exc import DBAPIError

Kind = Literal["again", "data", "down", "other"]

_AGAIN = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available (PostgreSQL, appendix A)
_DATA = ("22", "23")
_UNFIT = {"25006", "42501", "42703", "42P01"}  # read only, no right, no such column or table: no message is to blame
_DOWN = {
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM,
}  # fmt: skip


def kind(error: BaseException) -> Kind:
    """`again`: a deadlock or a busy file, the whole batch may be repeated. `data`: one row is at fault.

    `down`: a full disk, no database, or one that is not fit to be written.
    """
    if not isinstance(error, DBAPIError):
        return "other"
    cause = error.orig
    if isinstance(cause, psycopg.Error):
        return _postgresql(cause, lost=error.connection_invalidated)
    if isinstance(cause, sqlite3.Error):
        return _sqlite(cause)
    return "other"


def _postgresql(cause: psycopg.Error, *, lost: bool) -> Kind:
    state = cause.sqlstate or ""
    if state in _AGAIN or lost:
        return "again"
    if state.startswith(_DATA) or (not state and isinstance(cause, psycopg.DataError)):  # the driver refuses a NUL by itself
        return "data"
    return "down" if not state or state in _UNFIT or state.startswith(("08", "53", "57", "58")) else "other"


def _sqlite(cause: sqlite3.Error) -> Kind:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "again"
    if isinstance(cause, (sqlite3.IntegrityError, sqlite3.DataError)):
        return "data"
    return "down" if code in _DOWN else "other"


def place(error: BaseException) -> str:
    """What kind of error it was and where it broke, for a log: never its words, which may be somebody's."""
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
    return f"{type(error).__name__} at {' > '.join(places)}"
