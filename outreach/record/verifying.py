"""Anybody's proof, from the file alone: nothing of the record was removed, added or rewritten; and if so, which row."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from outreach import answers
from outreach.record import SALT_BYTES, notes
from outreach.record.book import FORMAT, LICENCE, Book, Leaf
from outreach.record.log import spoken
from outreach.record.merkle import Tree, leaf_hash
from outreach.record.notes import Checkpoint, NotSigned, Verifier
from outreach.references import show_ref
from outreach.spreadsheets import cell
from outreach.tables.base import instant

_SECRET_KINDS = frozenset({"published", "withdrawn", "hidden"})
_CALLED = {
    "mandate": "the mandate",
    "avis": "the avis",
    "point": "the point of the avis",
    "aside": "the reason why words were not taken up",
    "synthesis": "the synthesis",
    "response": "the answer",
}
"""What is public by nature: every version of it stays readable. Kinds that a later record adds are read like these."""
_REFERENCE = 8


class NotARecord(ValueError):
    """The file is no record, or can't be read."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one row: its place in the record (0: none of its own), what it is of, and how it shows."""

    place: int
    of: str
    why: str

    def __str__(self) -> str:
        """On one line: which row, what is wrong."""
        name = show_ref(self.of) if len(self.of) == _REFERENCE and self.of.isdecimal() else self.of
        where = [f"place {self.place}"] if self.place else []
        return f"{', '.join([*where, *([name] if name else [])]) or 'the file'}: {self.why}"


class Report(msgspec.Struct, frozen=True):
    """What was found: how many leaves under how many checkpoints, since when, signed by whom, and every fault."""

    leaves: int
    checkpoints: int
    since: datetime | None
    key: str
    faults: tuple[Fault, ...]
    texts: Mapping[str, str | None]  # by reference: what is published, None once withdrawn
    said: Mapping[tuple[str, str], str | None] = {}  # by kind and name: the last version of what an avis and its answer say


def read(raw: bytes) -> Book:
    """The file. Raises NotARecord."""
    try:
        book = msgspec.json.decode(raw, type=Book)
    except (msgspec.DecodeError, ValueError) as error:
        raise NotARecord(f"this is no record: {error}") from None
    if book.format != FORMAT:
        raise NotARecord(f"this is a record of another kind: {book.format[:40]}")
    return book


def examine(book: Book, key: Verifier | None = None, kept: Sequence[str] = ()) -> Report:
    """Check every leaf, every text, every checkpoint; `key` is the city's as known from elsewhere, `kept` checkpoints from before.

    Who only has the file learns that it is whole in itself; a key or a checkpoint that was kept proves that it is the city's, and that
    the record only grew since. Raises NotARecord when the key of the file can't be read, NotSigned when a kept note is no checkpoint.
    """
    try:
        known = key or notes.read_verifier(book.key)
    except NotSigned as error:
        raise NotARecord(str(error)) from None
    faults: list[Fault] = []
    if key and str(key) != book.key:
        faults.append(Fault(0, "", f"it was made with another key than {key}"))
    signed = _signed(book.checkpoints, known, faults)
    faults += _of_the_head(book, signed)
    for note in kept:
        before = notes.verify(note, known.public)
        if before.root != signed.setdefault(before.size, before).root:
            faults.append(Fault(0, "", f"the checkpoint of {before.size} leaves that you kept is not the one in the file: rewritten since"))
            signed[before.size] = before
    faults += _of_the_tree(book.leaves, signed)
    texts, of_texts = _opened(book.leaves)
    faults += of_texts
    since = _at(book.leaves[0].at) if book.leaves else None
    said = {(one.kind, one.of): one.text for one in book.leaves if one.kind in answers.KINDS}
    return Report(len(book.leaves), len(signed), since, str(known), tuple(sorted(faults, key=lambda one: one.place)), texts, said)


def compare(texts: Mapping[str, str | None], name: str, rows: Iterable[Mapping[str, str]]) -> tuple[set[str], list[Fault]]:
    """Whether a table of contributions says what the record says: the references it holds, and its faults. `name`: of the file."""
    seen: set[str] = set()
    faults = []
    for row in rows:
        ref, told = row.get("ref") or "", row.get("text") or ""
        if ref in seen:
            faults.append(Fault(0, ref, f"stands twice in {name}"))
        elif ref not in texts:
            faults.append(Fault(0, ref, f"stands in {name} and not in the record: it was added"))
        elif told != cell(texts[ref]):
            faults.append(Fault(0, ref, f"its text in {name} is not the one that was published"))
        seen.add(ref)
    return seen, faults


def compare_answers(said: Mapping[tuple[str, str], str | None], name: str, slug: str, raw: bytes) -> list[Fault]:
    """Whether the open data of a process say of its avis and answers what the record says. `name`: of the file.

    A record from before these had leaves says nothing of them, and nothing is compared. Raises NotARecord.
    """
    mine = {key: words for key, words in said.items() if key[1].partition("#")[0] == slug}
    if not mine:
        return []
    try:
        there = {(one.kind, f"{slug}#{one.at}" if one.at else slug): one.words for one in answers.parts(msgspec.json.decode(raw))}
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        raise NotARecord(f"{name} can't be read") from None
    faults = []
    for (kind, of), words in there.items():
        if (kind, of) not in mine:
            faults.append(Fault(0, of, f"{_CALLED[kind]} in {name} is not in the record: it was added"))
        elif words != mine[kind, of]:
            faults.append(Fault(0, of, f"{_CALLED[kind]} in {name} is not the one that was published"))
    for kind, of in sorted(mine.keys() - there.keys()):
        if kind not in {"point", "aside"} or _stands(mine, slug, of):
            faults.append(Fault(0, of, f"{_CALLED[kind]} was removed from {name}"))
    return faults


def _stands(mine: Mapping[tuple[str, str], str | None], slug: str, of: str) -> bool:
    """Whether the avis still has this point: it may have been handed over again without it."""
    try:
        head = msgspec.json.decode(mine.get(("avis", slug)) or "", type=_Head)
    except msgspec.DecodeError:
        return True
    here = [*map(answers.anchor, head.points), *(f"aside-{place}" for place in range(1, head.asides + 1))]
    return of.partition("#")[2] in here


class _Head(msgspec.Struct, frozen=True):
    """What the leaf of a whole avis says of its parts."""

    points: tuple[str, ...] = ()
    asides: int = 0


def _of_the_head(book: Book, signed: Mapping[int, Checkpoint]) -> Iterator[Fault]:
    """What stands above the leaves and is not signed itself."""
    if signed and (last := signed[max(signed)]).origin != book.origin:
        yield Fault(0, "", f"its origin was changed: the last checkpoint is of {last.origin}")
    if book.licence != LICENCE:
        yield Fault(0, "", f"its licence was changed: a record of this kind has {LICENCE}")


def _signed(written: Sequence[str], known: Verifier, faults: list[Fault]) -> dict[int, Checkpoint]:
    found: dict[int, Checkpoint] = {}
    for note in written:
        try:
            one = notes.verify(note, known.public)
        except NotSigned as error:
            faults.append(Fault(0, "", str(error)))
            continue
        if found.setdefault(one.size, one).root != one.root:
            faults.append(Fault(0, "", f"two checkpoints of {one.size} leaves were signed, and they differ"))
    return found


def _of_the_tree(leaves: Sequence[Leaf], signed: Mapping[int, Checkpoint]) -> list[Fault]:
    faults, tree, whole, last_good = list[Fault](), Tree(), True, 0
    for place, one in enumerate(leaves, 1):
        stated, computed = _bytes(one.hash), _hash(one)
        if stated != computed:
            faults.append(Fault(place, one.of, "it was rewritten: it has no longer the hash that is signed"))
        for _node in tree.append(stated):  # what is stated: a row rewritten alone does not cast doubt on the others
            pass
        if whole and (checkpoint := signed.get(place)):
            whole = tree.root == checkpoint.root
            if whole:
                last_good = place
            else:
                among = f"among places {last_good + 1} to {place}" if place > last_good + 1 else "here"
                why = f"something was rewritten, removed or added {among}: the checkpoint of {place} leaves has another root"
                faults.append(Fault(last_good + 1, leaves[last_good].of, why))
    longest = max(signed, default=0)
    if longest > len(leaves):
        faults.append(Fault(len(leaves) + 1, "", f"leaves were removed here: {longest} were signed, {len(leaves)} are left"))
    elif longest < len(leaves):
        faults.append(Fault(longest + 1, leaves[longest].of, "it was added: no checkpoint covers it"))
    return faults


def _opened(leaves: Sequence[Leaf]) -> tuple[dict[str, str | None], list[Fault]]:
    """What each reference says now, and which texts are not what their leaf commits to."""
    faults = []
    newest = {one.of: place for place, one in enumerate(leaves, 1) if one.kind in _SECRET_KINDS}
    texts: dict[str, str | None] = {}
    for place, one in enumerate(leaves, 1):
        last = newest.get(one.of) == place
        if one.kind in _SECRET_KINDS and last:
            texts[one.of] = one.text if one.kind == "published" else None
        if one.text is not None and hashlib.sha256(_bytes(one.salt or "") + one.text.encode()).hexdigest() != one.commitment:
            faults.append(Fault(place, one.of, f"{_CALLED.get(one.kind, 'its text')} is not the one that was published"))
        elif one.text is None and (one.kind in _CALLED or (one.kind == "published" and last)):
            faults.append(Fault(place, one.of, "its text was removed, and nobody withdrew it"))
        elif one.text is not None and one.kind in _SECRET_KINDS and not last:
            faults.append(Fault(place, one.of, "it was taken back, and its text is still there"))
        elif one.salt is not None and not _salted(one):
            faults.append(Fault(place, one.of, "its salt was added: nobody signed it"))
    return texts, faults


def _salted(one: Leaf) -> bool:
    """Whether it may have a salt, and a whole one: the beginning of a text never passes for it."""
    return one.kind == "published" and one.text is not None and len(_bytes(one.salt or "")) == SALT_BYTES


def _hash(one: Leaf) -> bytes:
    try:
        return leaf_hash(spoken(one.of, one.kind, bytes.fromhex(one.commitment), instant(int(one.at))))
    except (ValueError, OverflowError):
        return b""


def _bytes(written: str) -> bytes:
    try:
        return bytes.fromhex(written)
    except ValueError:
        return b""


def _at(written: str) -> datetime | None:
    try:
        return instant(int(written))
    except (ValueError, OverflowError):
        return None
