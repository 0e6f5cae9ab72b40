"""serve, migrate."""

import asyncio
from typing import Literal

import click

from bot.cli import fail, settings


@click.command("serve")
@click.option(
    "--role",
    type=click.Choice(["all", "web", "work"]),
    default="all",
    show_default=True,
    help="web: doors only; work: sender and clock only.",
)
def serve_command(*, role: Literal["all", "web", "work"]) -> None:
    """Run the service."""
    from bot import app, telemetry

    chosen = settings()
    telemetry.configure(chosen.log)
    if role != "all" and chosen.database_url.startswith("sqlite"):
        fail("SQLite serves one process: use `--role all`, or PostgreSQL for several", 2)
    try:
        asyncio.run(app.serve(chosen, role))
    except app.NotReady as trouble:
        fail(str(trouble))


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date; an empty one gets its key file."""
    from outreach import db, keyhole
    from outreach.crypto import make_key_file, read_key_file

    chosen = settings()
    database = db.Database(chosen.database_url)
    try:
        db.migrate(database)
        with database.write() as session:
            if not chosen.key_file.exists() and keyhole.fingerprint(session) is None and keyhole.is_empty(session):
                make_key_file(chosen.key_file)
                click.echo(f"key file made: {chosen.key_file}. Keep a copy elsewhere: without it every address is lost.")
            keyhole.prove(session, read_key_file(chosen.key_file))
    finally:
        database.close()
    click.echo("the database is up to date")
