"""Draft the next migration from what the models have and the last migration does not: read it before it is committed."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from outreach.db import Database, alembic_config, latest, migrate
from outreach.tables import metadata


def draft(sentence: str) -> None:
    """Write `versions/<number>_<sentence>.py`, against an empty SQLite database brought up to the last migration."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/draft.db")
        migrate(database)
        number = f"{int(latest() or 0) + 1:04d}"
        with database.engine.connect() as connection:
            config = alembic_config(connection, metadata=metadata)
            command.revision(config, message=sentence, autogenerate=True, rev_id=number)
        database.close()


if __name__ == "__main__":
    if len(sys.argv) != len(("program", "sentence")):
        sys.exit(f'usage: python -m outreach.migrations "a sentence"   (the versions are in {Path(__file__).parent / "versions"})')
    draft(sys.argv[1])
