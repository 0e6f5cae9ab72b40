"""staff, token."""

import sys
from typing import Any

import click

from bot.cli import fail, settings
from bot.clock import Clock

ROLES = ("admin", "staff", "moderator", "lead", "host", "interpreter", "dpo", "observer")


def _write(verb: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the verb gives
    from bot import app
    from outreach.crypto import read_key_file

    chosen = settings()
    try:
        database = app.open_database(chosen, read_key_file(chosen.key_file))
    except app.NotReady as trouble:
        fail(str(trouble))
    try:
        with database.write() as session:
            return verb(session, Clock(chosen.clock).now(), *args, **kwargs)
    finally:
        database.close()


@click.group("staff")
def staff_command() -> None:
    """Accounts of the people who work."""


@staff_command.command("add")
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making a link.")
def add(email: str, roles: tuple[str, ...], password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Make an account; prints a link that works once."""
    from outreach import staff

    token = _write(staff.add, email, roles)
    if password_stdin:
        try:
            _write(staff.set_password, token, sys.stdin.readline().rstrip("\n"))
        except ValueError as trouble:
            fail(str(trouble))
        click.echo(f"{email} may sign in")
        return
    click.echo(f"{settings().public_url}/desk/invitation/{token}")


@click.group("token")
def token_command() -> None:
    """Tokens for programs."""


@token_command.command("create")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", required=True)
def create(role: str, name: str) -> None:
    """Print a new token, and nothing else; it is shown once."""
    from outreach import staff

    click.echo(_write(staff.make_token, name, role))
