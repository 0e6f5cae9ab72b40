"""import, forget, backup, restore."""

import re
import sys
from pathlib import Path

import click

from bot.cli import fail, settings
from bot.cli.office import office


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--open", "and_open", is_flag=True, help="Open it too, if nothing is missing.")
def import_command(file: Path, *, and_open: bool) -> None:
    """Read a process from a YAML file; every fault is told with its field and line."""
    from outreach import documents, processes

    try:
        document = documents.parse(file.read_bytes(), yaml=file.suffix in {".yaml", ".yml"}, zone=settings().timezone)
    except documents.DocumentTrouble as trouble:
        for fault in trouble.faults:
            click.echo(f"{file}:{fault.line or 1}: {fault.field}: {fault.message}", err=True)
        fail(f"{file} was not imported: {len(trouble.faults)} to mend")
    with office() as (database, now):
        try:
            with database.write() as session:
                put = processes.put(session, now, document, "command")
            if and_open:
                with database.write() as session:
                    processes.open(session, now, put.slug, "command")
        except processes.Refused as trouble:
            fail(str(trouble))
    click.echo(f"{put.slug}: {'created' if put.created else 'changed'}, version {put.version}{', open' if and_open else ''}")


@click.command("forget")
@click.option("--network", type=click.Choice(["sms", "telegram"]), help="Where the address is one; told from its form if not given.")
@click.option("--withdraw-published", is_flag=True, help="Take the published texts back too.")
def forget_command(network: str | None, *, withdraw_published: bool) -> None:
    """Erase a person. The address comes on standard input, so that no shell keeps it: 06 12 34 56 78, +33…, or a chat's id."""
    from bot.channels.numbers import normalise
    from outreach import privacy

    given = sys.stdin.readline().strip()
    network = network or ("sms" if given.startswith(("+", "0")) else "telegram")
    address = normalise(given, settings().territory) if network == "sms" else given if re.fullmatch(r"-?\d{1,20}", given) else None
    if address is None:
        fail("write the address on standard input: a number like +33612345678, or a chat's id", 2)
    with office() as (database, now), database.write() as session:
        done = privacy.forget_address(session, now, network, address, "withdraw" if withdraw_published else "keep")
    if done is None:
        fail("nobody is known by this address")
    click.echo(f"erased: {done.contributions} contributions unlinked or erased, {done.kept} published texts kept without any link")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Copy the database while it runs. The key file is not in it: keep that elsewhere."""
    from outreach import upkeep

    with office() as (database, _now):
        try:
            upkeep.backup(database, file)
        except upkeep.UpkeepTrouble as trouble:
            fail(str(trouble))
    click.echo(f"written to {file}; the key file {settings().key_file} is not in it")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Put a backup back; who was erased since then is erased again."""
    from outreach import upkeep

    with office() as (database, now):
        try:
            erased = upkeep.restore(database, file, now)
        except upkeep.UpkeepTrouble as trouble:
            fail(str(trouble))
    click.echo(f"restored from {file}; {erased} erasures replayed")
