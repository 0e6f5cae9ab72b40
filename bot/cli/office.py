"""The database of the settings, for the commands that work on it while or without the service running."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli import fail, settings

if TYPE_CHECKING:
    from outreach.db import Database


@contextmanager
def office() -> "Iterator[tuple[Database, datetime]]":
    """The database, opened with its key, and the time; a database that is not ready ends the command with one line."""
    from bot import app
    from bot.clock import Clock
    from outreach.crypto import read_key_file

    chosen = settings()
    try:
        database = app.open_database(chosen, read_key_file(chosen.key_file))
    except app.NotReady as trouble:
        fail(str(trouble))
    try:
        yield database, Clock(chosen.clock).now()
    finally:
        database.close()
