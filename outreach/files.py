"""All open data as files in one data package, under the names that their addresses have: the record, its proof, the monthly figures."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from outreach import notary, transparency
from outreach.db import Database
from outreach.house import house
from outreach.record import book, log, opendata, programme


def settle(database: Database, now: datetime) -> None:
    """Bring the chain, the tree and its checkpoint up to date, so that the files hold what stands there now."""
    for verb in (notary.chain, log.grow):
        more = 1
        while more:
            with database.write() as session:
                more = verb(session, now)


def datapackage(session: Session, *, apart: bool = False) -> bytes:
    """What every file is; `apart`: for files in a folder of their own, instead of addresses on the city's site."""
    figures = "" if apart else f"{house(session).city.url.rstrip('/')}/open-data/"
    return opendata.datapackage(session, [transparency.resource(f"{figures}{transparency.NAME}")], apart=apart)


def everything(session: Session) -> Iterator[tuple[str, bytes]]:
    """Each file's name and content; the same rows, the same bytes."""
    yield "datapackage.json", datapackage(session, apart=True)
    yield transparency.NAME, transparency.csv(session)
    yield book.NAME, book.write(session)
    signed = log.latest(session)
    if signed:
        yield "checkpoint", signed.note.encode()
    for known in programme.opened(session):
        folder = f"demarches/{known.slug}"
        yield f"{folder}/process.json", opendata.process_json(session, known.slug) or b""
        yield f"{folder}/contributions.csv", opendata.csv(session, known.slug)
        yield f"{folder}/contributions.json", opendata.json(session, known.slug)
