"""staff, token."""

import sys
from typing import Any

import click

from bot.cli import fail, settings
from bot.cli.office import office

ROLES = ("admin", "staff", "moderator", "lead", "host", "association", "interpreter", "dpo", "observer")


def _write(verb: Any, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever the verb gives
    from outreach.staff import StaffTrouble

    with office() as (database, now):
        try:
            with database.write() as session:
                return verb(session, now, *args, **more)
        except StaffTrouble as trouble:
            fail(str(trouble))


@click.group("staff")
def staff_command() -> None:
    """Accounts of the people who work."""


@staff_command.command("add")
@click.argument("email")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--organisation", default="", help="The association that collects on paper with this account.")
@click.option("--process", "processes", multiple=True, help="Only for the process of this slug; may be given several times.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making a link.")
def add(email: str, roles: tuple[str, ...], organisation: str, processes: tuple[str, ...], password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Make an account; prints a link that works once."""
    from outreach import staff

    def invite(session: Any, now: Any) -> str:  # noqa: ANN401 - the office's own
        return staff.add(session, now, email, [staff.Grant(role, processes) for role in roles], organisation=organisation)

    def add_ready(session: Any, now: Any, password: str) -> None:  # noqa: ANN401 - the office's own
        staff.set_password(session, now, invite(session, now), password)

    if password_stdin:
        _write(add_ready, sys.stdin.readline().rstrip("\n"))
        click.echo(f"{email} may sign in")
    else:
        click.echo(f"{settings().public_url}/desk/invitation/{_write(invite)}")


@click.group("token")
def token_command() -> None:
    """Tokens for programs."""


@token_command.command("create")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", required=True)
@click.option("--process", "processes", multiple=True, help="Only for the process of this slug; may be given several times.")
def create(role: str, name: str, processes: tuple[str, ...]) -> None:
    """Print a new token, and nothing else; it is shown once."""
    from outreach import staff

    click.echo(_write(staff.make_token, name, role, processes=processes))
