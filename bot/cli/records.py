"""export, verify-record: the public record as files, and anybody's proof that they are whole."""

import csv
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import fail, settings
from bot.cli.office import office

if TYPE_CHECKING:
    from outreach.db import Database
    from outreach.record.notes import Verifier
    from outreach.record.verifying import Fault, Report

_SHOWN = 20  # faults that are told one by one


@click.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--site", "and_site", is_flag=True, help="The public pages too, with links that work from any server, or from a disk.")
def export_command(folder: Path, *, and_site: bool) -> None:
    """Write all open data to a folder: the same rows give the same bytes. `allervers verify-record` proves them."""
    from outreach import files

    with office() as (database, now):
        files.settle(database, now)
        with database.read() as session:
            for name, content in files.everything(session):
                _put(folder, name, content)
        if and_site:
            import asyncio

            asyncio.run(_pages(folder, database, now))
    click.echo(f"written to {folder}")


def _put(folder: Path, name: str, content: bytes) -> None:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


async def _pages(folder: Path, database: "Database", now: datetime) -> None:
    from bot import web
    from bot.app import make_house
    from bot.clock import Clock
    from bot.ledger import Ledger
    from bot.site import still
    from outreach.crypto import read_key_file

    chosen, clock = settings(), Clock()
    clock.advance(now - clock.now())
    ledger = Ledger(database, clock.now)
    await ledger.start()
    try:
        house = make_house(chosen, read_key_file(chosen.key_file))
        async for name, content in still.pages(web.application(chosen, clock, ledger, house, {})):
            _put(folder, name, content)
    except still.Broken as trouble:
        fail(str(trouble))
    finally:
        await ledger.stop()


@click.command("verify-record")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--key", metavar="LINE|FILE", help="The city's public key, as you know it from elsewhere: name+12345678+AQ…=")
@click.option("--checkpoint", "kept", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="One you kept.")
def verify_record_command(path: Path, key: str | None, kept: tuple[Path, ...]) -> None:
    """Prove that nothing of a record was removed or rewritten: PATH is registre.json, or the folder of an export.

    It needs nothing of the city: no database, no key file, no network. A row that was tampered with is named.
    """
    from outreach.record import book, verifying
    from outreach.record.notes import NotSigned

    file = path / book.NAME if path.is_dir() else path
    try:
        known = _key(key) if key else None
        report = verifying.examine(verifying.read(file.read_bytes()), known, [_text(one) for one in kept])
    except OSError as error:
        fail(f"{file} can't be read: {error.strerror}")
    except (verifying.NotARecord, NotSigned) as error:
        fail(f"{file}: {error}")
    try:
        faults = [*report.faults, *(_tables(path, report) if path.is_dir() else ())]
    except verifying.NotARecord as error:
        fail(str(error))
    for one in faults[:_SHOWN]:
        click.echo(str(one), err=True)
    if faults:
        fail(f"{file} is not whole: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}")
    since = f" since {report.since:%Y-%m-%d}" if report.since else ""
    click.echo(f"whole: leaves: {report.leaves}, signed checkpoints: {report.checkpoints}; nothing removed or rewritten{since}")
    click.echo(f"signed by {report.key}" + ("" if key else ": compare it with the key that the city shows elsewhere"))


def _key(given: str) -> "Verifier":
    from outreach.record import notes

    return notes.read_verifier(given if "+" in given else _text(Path(given)))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _tables(folder: Path, report: "Report") -> "list[Fault]":
    """What the tables of contributions, and what became of them, say otherwise than the record, or leave out."""
    from outreach.record import verifying

    texts = report.texts
    seen: set[str] = set()
    faults = []
    for file in sorted(folder.glob("demarches/*/contributions.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            there, wrong = verifying.compare(texts, str(file.relative_to(folder)), csv.DictReader(rows))
        seen |= there
        faults += wrong
    files = {file.parent.name: file for file in sorted(folder.glob("demarches/*/process.json"))}
    lost = {of.partition("#")[0] for _kind, of in report.said} - files.keys()
    faults += [verifying.Fault(0, slug, "its process.json was removed") for slug in sorted(lost)]
    for slug, file in files.items():
        faults += verifying.compare_answers(report.said, str(file.relative_to(folder)), slug, file.read_bytes())
    return faults + [verifying.Fault(0, ref, "its row was removed from contributions.csv") for ref in sorted(texts.keys() - seen)]
