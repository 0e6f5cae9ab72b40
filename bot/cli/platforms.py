"""target."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from bot.cli import fail, settings
from bot.cli.office import office

if TYPE_CHECKING:
    from outreach.relays import Opened

KINDS = ("kinto", "webhooks", "decidim", "openstad", "adhocracy", "file-decidim", "file-cap")
SECRETS = {"kinto": "password", "webhooks": "secret", "decidim": "secret", "openstad": "token", "adhocracy": "password"}
"""The option of each kind that comes on standard input, so that it stands in no history of commands."""


@click.group("target")
def target_command() -> None:
    """Other platforms that hold copies of the record."""


@target_command.command("add")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(KINDS))
@click.option("--url", default="", help="The platform's address; none for files.")
@click.option("--process", "slug", default="", help="Only the texts of this process; else of all.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="What this kind asks for besides, as often as needed.")
@click.option("--secret-stdin", is_flag=True, help="Read the password, secret or token from standard input, else it is asked.")
def add(name: str, kind: str, url: str, slug: str, options: tuple[str, ...], *, secret_stdin: bool) -> None:
    """Put a platform in; its secret is sealed. What is published already is copied too."""
    wanted = dict(option.partition("=")[::2] for option in options)
    if (secret := SECRETS.get(kind, "")) and secret not in wanted:
        given = sys.stdin.readline().rstrip("\r\n") if secret_stdin else ""
        wanted[secret] = given or click.prompt(f"The {secret}", hide_input=True, err=True)
    from outreach import relays

    _write(lambda session, now: relays.add(session, now, name, kind, url=url, options=wanted, slug=slug, actor="command"))
    click.echo(f"{name} is in; `allervers target check {name}` asks it whom it takes us for" if url else f"{name} is in")


@target_command.command("list")
def list_() -> None:
    """Each platform, and how it fares."""
    from outreach import relays

    with office() as (database, _now), database.read() as session:
        for one in relays.known(session):
            click.echo(
                f"{one.name:<24} {one.kind:<13} {one.state:<7} {one.process or 'all':<24} {one.url} {one.trouble or one.who}".rstrip()
            )


@target_command.command("check")
@click.argument("name")
def check(name: str) -> None:
    """Sign in, and say whom the platform takes us for; nothing is written there."""
    from outreach import relays

    with office() as (database, _now), database.read() as session:
        found = relays.opened(session, name)
    if not found:
        fail(f"there is no platform {name}")
    if found[0].kind in relays.BY_HAND:
        fail(f"{name} is carried over by hand: see /desk/versements")
    click.echo(f"{name} takes us for {asyncio.run(_ask(found[0]))}")


async def _ask(opened: "Opened") -> str:
    from bot import targets
    from bot.clock import Clock
    from bot.targets import Situation, TargetError

    chosen = settings()
    try:
        target = targets.make(opened, Situation(Clock(chosen.clock).now, chosen.public_url, chosen.proxy_url))
        await target.open()
        try:
            return await target.whoami()
        finally:
            await target.close()
    except TargetError as error:
        fail(f"{opened.name}: {error.why}")


@target_command.command("pause")
@click.argument("name")
def pause(name: str) -> None:
    """Write nothing more there; what waits, waits."""
    _change(name, "paused")


@target_command.command("resume")
@click.argument("name")
def resume(name: str) -> None:
    """Take it up again."""
    _change(name, "active")


@target_command.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Forget a platform on which nothing of ours stands."""
    from outreach import relays

    _write(lambda session, now: relays.remove(session, now, name, "command"))
    click.echo(f"{name} is forgotten")


def _change(name: str, state: str) -> None:
    from outreach import relays

    _write(lambda session, now: relays.change(session, now, name, state, "command"))
    click.echo(f"{name} is {state}")


def _write(verb: Any) -> Any:  # noqa: ANN401 - whatever the verb gives
    from outreach.relays import TargetTrouble

    with office() as (database, now):
        try:
            with database.write() as session:
                return verb(session, now)
        except TargetTrouble as trouble:
            fail(str(trouble))
