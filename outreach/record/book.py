"""The whole record in one file that proves itself: each leaf, the text and salt that open it, each checkpoint that was signed.

`of` is a reference (kinds published, withdrawn, hidden), a slug (mandate, avis, synthesis) or a slug and a part of it (point, aside,
response: "place-du-marche#point-7"). The words of all but the first three are public by nature: their commitment is SHA-256(text)
without a salt, and every version stays readable.
"""

import hashlib
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.house import house
from outreach.record import log, notes
from outreach.tables import checkpoint, entry, mandate, process
from outreach.tables.base import micros

FORMAT = "aller-vers-record-1"
NAME = "registre.json"
SLICE = 5_000
LICENCE = "etalab-2.0"


class NotYet(Exception):
    """A text was taken back or changed a moment ago and the mark is not signed yet: in a second or two it is."""


class Leaf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One leaf, in its place: what happened to what, when (microseconds since 1970), and what opens its commitment, while that exists."""

    of: str
    kind: str
    at: str
    commitment: str
    hash: str
    salt: str | None = None
    text: str | None = None


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file, which holds nothing else. `origin` is the first line of the last checkpoint.

    `key` is the public key that signed the checkpoints, on one line.
    """

    format: str
    origin: str
    key: str
    licence: str
    checkpoints: tuple[str, ...]
    leaves: tuple[Leaf, ...]


def write(session: Session) -> bytes:
    """The file of everything that is under the last checkpoint: the same rows, the same bytes; a line a leaf. Raises NotYet."""
    if log.unsigned(session):
        raise NotYet("a text was taken back or changed a moment ago: try again in a second")
    known = notes.verifier(house(session).keys, house(session).city.url)
    signed = session.scalars(sa.select(checkpoint.c.note).order_by(checkpoint.c.size)).all()
    origin = notes.read(signed[-1]).origin if signed else known.name  # a city's address may change: this one is signed
    head = {"format": FORMAT, "origin": origin, "key": str(known), "licence": LICENCE}
    lines = [msgspec.json.encode(head)[:-1] + b',"checkpoints":[\n']
    lines += [b",\n".join(msgspec.json.encode(note) for note in signed), b'\n],"leaves":[\n']
    lines += [b",\n".join(msgspec.json.encode(one) for one in _leaves(session)), b"\n]}\n"]
    return b"".join(lines)


def _leaves(session: Session) -> Iterator[Leaf]:
    last = log.latest(session)
    size = last.size if last else 0
    mandates = _mandates(session)
    for start in range(0, size, SLICE):
        rows = log.leaves(session, start, min(start + SLICE, size))
        refs = [row.named for row in rows if row.kind == "published"]
        # of several leaves of one text only the last is opened: the words before were hidden, or are shown again
        query = sa.select(entry.c.ref, entry.c.text, entry.c.salt).where(
            entry.c.ref.in_(refs), entry.c.text.is_not(None), entry.c.hidden_at.is_(None)
        )
        opened = {row.ref: row for row in session.execute(query)}
        newest = log.newest(session, refs, size)
        for row in rows:
            salt = text = None
            if row.kind == "published" and newest.get(row.named) == row.place and (found := opened.get(row.named)):
                salt, text = bytes(found.salt).hex(), found.text
            elif row.words is not None:
                text = row.words
            elif row.kind == "mandate":
                text = mandates.get((row.named, bytes(row.commitment)))
            yield Leaf(
                of=row.named,
                kind=row.kind,
                at=str(micros(row.at)),
                commitment=bytes(row.commitment).hex(),
                hash=bytes(row.hash or b"").hex(),
                salt=salt,
                text=text,
            )


def _mandates(session: Session) -> dict[tuple[str, bytes], str]:
    """The words of each mandate, by its process and the hash that was made public."""
    query = sa.select(process.c.slug, mandate.c.document).join_from(mandate, process)
    return {(row.slug, hashlib.sha256(row.document.encode()).digest()): row.document for row in session.execute(query)}
