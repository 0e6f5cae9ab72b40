"""export, verify-record: the public record as files, and anybody's proof that they are whole."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import fail
from bot.cli.office import office

if TYPE_CHECKING:
    from outreach.record.notes import Verifier
    from outreach.record.verifying import Fault

_SHOWN = 20  # faults that are told one by one


@click.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export_command(folder: Path) -> None:
    """Write all open data to a folder: the same rows give the same bytes. `allervers verify-record` proves them."""
    from outreach import files

    with office() as (database, now):
        files.settle(database, now)
        with database.read() as session:
            for name, content in files.everything(session):
                place = folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
    click.echo(f"written to {folder}")


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
    faults = [*report.faults, *(_tables(path, report.texts) if path.is_dir() else ())]
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


def _tables(folder: Path, texts: Mapping[str, str | None]) -> "list[Fault]":
    """What the tables of contributions say otherwise than the record, or leave out."""
    from outreach.record import verifying

    seen: set[str] = set()
    faults = []
    for file in sorted(folder.glob("demarches/*/contributions.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            there, wrong = verifying.compare(texts, str(file.relative_to(folder)), csv.DictReader(rows))
        seen |= there
        faults += wrong
    return faults + [verifying.Fault(0, ref, "its row was removed from contributions.csv") for ref in sorted(texts.keys() - seen)]
