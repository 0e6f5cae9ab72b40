"""The record's tree: the notary's leaves in their order, a signed checkpoint at each change, proofs for anybody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import many, notary
from outreach.house import house
from outreach.record import merkle, notes
from outreach.record.merkle import Node, Tree
from outreach.tables import checkpoint, contribution, entry, leaf, node, process

SLICE = 500  # leaves of one unit: nobody who writes waits longer than 50 ms
_AT_ONCE = 500  # values of one question to the database
_NODE = sa.insert(node)


class Signed(msgspec.Struct, frozen=True):
    """What the city signed: so many leaves, this root, at that instant; `note` is what anybody may keep."""

    size: int
    root: bytes
    note: str
    at: datetime


class Proven(msgspec.Struct, frozen=True):
    """One leaf of a reference and the hashes that lead from it to the root; `leaf` are the words that were hashed."""

    index: int
    kind: str
    leaf: str
    hash: str
    path: tuple[str, ...]
    salt: str | None = None
    text: str | None = None


class Inclusion(msgspec.Struct, frozen=True):
    """Everything that the record's tree of `size` leaves holds of one reference."""

    ref: str
    size: int
    root: str
    leaves: tuple[Proven, ...]
    checkpoint: str


class Consistency(msgspec.Struct, frozen=True):
    """That the tree of `second` leaves begins with the tree of `first`."""

    first: int
    second: int
    first_root: str
    second_root: str
    path: tuple[str, ...]


def spoken(named: str, kind: str, commitment: bytes, at: datetime) -> bytes:
    """The words of a leaf, that its hash is of: JSON with sorted keys, no spaces; the instant in microseconds since 1970."""
    return notary.canonical({"at": at, "commitment": bytes(commitment), "kind": kind, "of": named})


def grow(session: Session, now: datetime, limit: int = SLICE) -> int:
    """Put up to `limit` chained leaves into the tree and sign what it is now; how many.

    One holder at a time: who finds the record's chain locked does nothing. Raises notary.ChainTrouble when the tree is no longer the
    one that was signed last: nothing is signed on top of a doubt.
    """
    links = notary.links(session, "record", now)
    before = latest(session)
    size = before.size if before else 0
    if links is None or links <= size:
        return 0
    tree = Tree(size, [_read(session, {one})[one] for one in merkle.cover((0, size))])
    if before and tree.root != before.root:
        raise notary.ChainTrouble(f"the record's tree of {size} leaves is not the one that was signed")
    query = sa.select(leaf).where(leaf.c.place > size, leaf.c.place <= size + limit).order_by(leaf.c.place)
    rows = session.execute(query).all()
    names = _names(session, {row.subject for row in rows})
    fresh: list[dict[str, object]] = []
    for row in rows:
        if row.place != tree.size + 1:
            raise notary.ChainTrouble(f"the record's leaf at place {tree.size + 1} is missing")
        words = spoken(_name(names, row), row.kind, row.commitment, row.at)
        fresh += [{"number": merkle.number(one), "hash": hash_} for one, hash_ in tree.append(merkle.leaf_hash(words))]
    many.write(session, _NODE, fresh)
    session.connection().execute(
        sa.update(leaf).where(leaf.c.id == sa.bindparam("row")).values(named=sa.bindparam("its_name")),
        [{"row": row.id, "its_name": _name(names, row)} for row in rows],
    )
    origin = notes.name_of(house(session).city.url)
    note = notes.sign(notes.Checkpoint(origin, tree.size, tree.root), house(session).keys)
    session.execute(sa.insert(checkpoint).values(size=tree.size, root=tree.root, note=note, at=now))
    return len(rows)


def _names(session: Session, subjects: Collection[str]) -> dict[str, str]:
    """What the public calls these subjects; one that has no public name is called by a hash of its token."""
    found = {subject: merkle.leaf_hash(subject.encode()).hex()[:22] for subject in subjects}
    for column, name in ((process.c.subject, process.c.slug), (contribution.c.subject, contribution.c.ref)):
        found |= {row[0]: row[1] for row in session.execute(sa.select(column, name).where(column.in_(subjects)))}
    return found


def _name(names: Mapping[str, str], row: Any) -> str:  # noqa: ANN401 - a row of the table
    """Where the public finds it: "place-du-marche#point-7" is the place of that point on the page of its process."""
    return f"{names[row.subject]}#{row.part}" if row.part else names[row.subject]


def latest(session: Session) -> Signed | None:
    """The last checkpoint; None while the record is empty."""
    return next(iter(checkpoints(session, 1)), None)


def at_size(session: Session, size: int) -> Signed | None:
    """The checkpoint of exactly so many leaves, if there was one."""
    row = session.execute(sa.select(checkpoint).where(checkpoint.c.size == size)).one_or_none()
    return _signed(row) if row else None


def checkpoints(session: Session, limit: int = 20) -> tuple[Signed, ...]:
    """The last ones, the newest first."""
    return tuple(_signed(row) for row in session.execute(sa.select(checkpoint).order_by(checkpoint.c.size.desc()).limit(limit)))


def _signed(row: Any) -> Signed:  # noqa: ANN401 - a row of the table
    return Signed(row.size, bytes(row.root), row.note, row.at)


def inclusion(session: Session, ref: str) -> Inclusion | None:
    """What proves that a reference is in the record as it was last signed; None: it is not.

    A published text comes with its salt, so that its commitment can be computed; a withdrawn one has neither, and its leaves still hold.
    A part of an answer ("place-du-marche#point-7") has no salt, and every version of it comes with its words.
    """
    signed = latest(session)
    if signed is None:
        return None
    rows = session.execute(sa.select(leaf).where(leaf.c.named == ref, leaf.c.place <= signed.size).order_by(leaf.c.place)).all()
    if not rows:
        return None
    opening = session.execute(sa.select(entry.c.text, entry.c.salt).where(entry.c.ref == ref)).one_or_none()
    paths = [merkle.inclusion(row.place - 1, signed.size) for row in rows]
    hashes = iter(merkle.hashes([one for path in paths for one in path], lambda wanted: _read(session, wanted)))
    leaves = []
    for row, path in zip(rows, paths, strict=True):
        words = spoken(row.named, row.kind, row.commitment, row.at)
        opens = opening if opening and row is rows[-1] and row.kind == "published" else None
        leaves.append(
            Proven(
                index=row.place - 1,
                kind=row.kind,
                leaf=words.decode(),
                hash=merkle.leaf_hash(words).hex(),
                path=tuple(next(hashes).hex() for _ in path),
                salt=bytes(opens.salt).hex() if opens and opens.salt else None,
                text=opens.text if opens else row.words,
            )
        )
    return Inclusion(ref, signed.size, signed.root.hex(), tuple(leaves), signed.note)


def holds(session: Session, ref: str) -> bool:
    """Whether a reference is in the record as it was last signed: a moment after its publication."""
    signed = latest(session)
    query = sa.select(leaf.c.id).where(leaf.c.named == ref, leaf.c.place <= (signed.size if signed else 0)).limit(1)
    return session.execute(query).first() is not None


def under(session: Session, names: Collection[str]) -> frozenset[str]:
    """Those of these names that are in the record as it was last signed."""
    signed = latest(session)
    query = sa.select(leaf.c.named).where(leaf.c.named.in_(names), leaf.c.place <= (signed.size if signed else 0))
    return frozenset(session.scalars(query.distinct()))


def consistency(session: Session, first: int, second: int) -> Consistency | None:
    """What proves that the record of `second` leaves begins with the one of `first`; None when it never had so many.

    Raises ValueError unless 0 < first <= second.
    """
    path = merkle.consistency(first, second)
    signed = latest(session)
    if signed is None or second > signed.size:
        return None
    one, other, *rest = (found.hex() for found in merkle.hashes([(0, first), (0, second), *path], lambda wanted: _read(session, wanted)))
    return Consistency(first, second, one, other, tuple(rest))


def leaves(session: Session, start: int, end: int) -> Sequence[Any]:
    """The rows of the leaves at places start + 1 to end, each with the hash that stands in the tree."""
    joined = node.c.number == 2 * (leaf.c.place - 1)
    query = sa.select(leaf, node.c.hash).join(node, joined, isouter=True).where(leaf.c.place > start, leaf.c.place <= end)
    return session.execute(query.order_by(leaf.c.place)).all()


def unsigned(session: Session) -> bool:
    """Whether a text that is in the tree was taken back or changed since it was last signed."""
    fresh, before = leaf.alias(), leaf.alias()
    query = sa.select(fresh.c.id).join(before, before.c.subject == fresh.c.subject)
    again = (fresh.c.named.is_(None), before.c.named.is_not(None), fresh.c.kind.in_(("published", "withdrawn", "hidden")))
    return session.execute(query.where(*again).limit(1)).one_or_none() is not None


def waiting(session: Session, before: datetime) -> int:
    """How many entries of the record were made before an instant and are under no checkpoint yet."""
    return session.scalar(sa.select(sa.func.count()).select_from(leaf).where(leaf.c.named.is_(None), leaf.c.at < before)) or 0


def newest(session: Session, refs: Collection[str], size: int) -> dict[str, int]:
    """The place of the last leaf under `size` that published each of these references."""
    query = sa.select(leaf.c.named, sa.func.max(leaf.c.place)).where(
        leaf.c.named.in_(refs), leaf.c.kind == "published", leaf.c.place <= size
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(leaf.c.named))}


def _read(session: Session, wanted: Collection[Node]) -> dict[Node, bytes]:
    """The hashes of these complete subtrees. Raises notary.ChainTrouble when one is missing."""
    asked = {merkle.number(one): one for one in wanted}
    found: dict[Node, bytes] = {}
    numbers = sorted(asked)
    for start in range(0, len(numbers), _AT_ONCE):
        query = sa.select(node).where(node.c.number.in_(numbers[start : start + _AT_ONCE]))
        found |= {asked[row.number]: bytes(row.hash) for row in session.execute(query)}
    if len(found) != len(asked):
        raise notary.ChainTrouble("a hash of the record's tree is missing")
    return found
