"""A city full of people who agreed to be told, made in a few statements: what a bench begins with."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from outreach.db import Database


def settle_in(settings: "Settings", many: int, now: datetime, *, channel: str) -> "Database":
    """A new database with its key, and so many contacts with an address each (numbered from 1) and their opt-in."""
    from bot.app import make_house
    from outreach import db, phonebook
    from outreach.crypto import make_key_file, read_key_file

    make_key_file(settings.key_file)
    database = db.Database(settings.database_url, make_house(settings, read_key_file(settings.key_file)))
    db.migrate(database)
    with database.write() as session:
        phonebook.settle(session, many, now, channel)
    return database
