"""What was published is under a signed tree: anybody can prove it, who takes words back leaves a mark, and no row is changed unseen."""

import csv
import hashlib
import io
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from conversations.effects import Withdraw
from outreach import agenda, crypto, documents, invented, notary, processes
from outreach.contributions import appeals, intake
from outreach.db import Database
from outreach.house import House
from outreach.record import book, log, merkle, notes, opendata, verifying
from outreach.record.verifying import Report
from outreach.tables import checkpoint, entry, leaf, node
from tests.conftest import Clock
from tests.contributing import MAX, SLUG, Desk


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def publish(desk: Desk, text: str = "Il manque des bancs") -> str:
    ref = desk.receive(text)
    desk.decide(ref, "accept")
    desk.clock.advance(hours=6)  # five a day are the limit (MOD-70)
    return ref


def withdraw(desk: Desk, ref: str) -> None:
    with desk.database.write() as session:
        intake.withdraw(session, desk.citizen, Withdraw(ref), desk.clock.now())


def sign(desk: Desk, limit: int = 500) -> None:
    desk.write(notary.chain)
    while desk.write(log.grow, limit):
        pass


def read(desk: Desk, verb: Callable[..., Any], *args: Any) -> Any:
    with desk.database.read() as session:
        return verb(session, *args)


def published(desk: Desk, count: int = 7, limit: int = 3) -> list[str]:
    """Some texts in the record, signed in several steps."""
    refs = [publish(desk, f"Un banc numéro {number}") for number in range(count)]
    sign(desk, limit)
    return refs


def report(desk: Desk, **changes: Any) -> Report:
    """What anybody finds in the file, after what a forger did to it."""
    return verifying.examine(verifying.read(json.dumps(json.loads(read(desk, book.write)) | changes).encode()))


def test_a_checkpoint_is_signed_at_each_change_and_only_then(desk: Desk, house: House) -> None:
    assert read(desk, log.latest) is None
    assert not read(desk, agenda.due, desk.clock.now()).tree
    publish(desk)
    desk.write(notary.chain)
    assert read(desk, agenda.due, desk.clock.now()).tree
    assert desk.write(log.grow) == 1
    assert desk.write(log.grow) == 0
    assert not read(desk, agenda.due, desk.clock.now()).tree
    first = read(desk, log.latest)
    assert (first.size, first.at) == (1, desk.clock.now())
    publish(desk)
    sign(desk)
    assert [one.size for one in read(desk, log.checkpoints)] == [2, 1]
    known = notes.verifier(house.keys, house.city.url)
    assert notes.verify(first.note, known.public) == notes.Checkpoint("dialogue.ville.example/registre", 1, first.root)


def test_the_note_is_the_one_that_others_can_read(house: House) -> None:
    """C2SP signed-note: checked here byte by byte, with the library's own Ed25519."""
    note = notes.sign(notes.Checkpoint("ville.example/registre", 20, merkle.EMPTY), house.keys)
    origin, size, root, empty, signature, end = note.split("\n")
    assert (origin, size, b64decode(root), empty, end) == ("ville.example/registre", "20", merkle.EMPTY, "", "")
    dash, name, encoded = signature.split(" ")
    assert (dash, name) == ("\u2014", "ville.example/registre")
    raw = b64decode(encoded)
    known = notes.Verifier(name, house.keys.public)
    assert raw[:4] == known.id
    Ed25519PublicKey.from_public_bytes(known.public).verify(raw[4:], f"{origin}\n{size}\n{root}\n".encode())
    assert notes.read_verifier(str(known)) == known


def test_the_key_comes_with_the_key_file_and_another_file_signs_otherwise(tmp_path: Any) -> None:
    for name in ("one", "two"):
        crypto.make_key_file(tmp_path / name)
    one, again, two = (crypto.read_key_file(tmp_path / name) for name in ("one", "one", "two"))
    assert one.public == again.public != two.public
    note = notes.sign(notes.Checkpoint("a", 0, merkle.EMPTY), one)
    assert notes.verify(note, again.public).size == 0
    with pytest.raises(notes.NotSigned):
        notes.verify(note, two.public)
    assert b64encode(one.public).decode() not in (tmp_path / "one").read_text()


@pytest.mark.parametrize("wrong", ["", "a\nb\nc\n\n", "a\n1\nAAAA\n\n", f"a\n01\n{b64encode(merkle.EMPTY).decode()}\n\n— a AAAA\n"])
def test_what_is_no_checkpoint_is_refused(wrong: str, house: House) -> None:
    with pytest.raises(notes.NotSigned):
        notes.verify(wrong, house.keys.public)


@pytest.mark.parametrize("wrong", ["", "a+b+c", "a", "a+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="])
def test_what_is_no_key_is_refused(wrong: str) -> None:
    with pytest.raises(notes.NotSigned):
        notes.read_verifier(wrong)


def test_every_reference_is_proven_under_the_root_that_was_signed(desk: Desk) -> None:
    refs = published(desk, 9, 2)
    for ref in refs:
        proof = read(desk, log.inclusion, ref)
        (one,) = proof.leaves
        assert notes.verify(proof.checkpoint, desk.database.house.keys.public).root.hex() == proof.root  # type: ignore[union-attr]
        hash_ = merkle.leaf_hash(one.leaf.encode())
        assert hash_.hex() == one.hash
        path = [bytes.fromhex(step) for step in one.path]
        assert merkle.proves_inclusion(hash_, one.index, proof.size, path, bytes.fromhex(proof.root))
        told = json.loads(one.leaf)
        assert (told["of"], told["kind"]) == (ref, "published")
        assert told["commitment"] == hashlib.sha256(bytes.fromhex(one.salt) + one.text.encode()).hexdigest()
    assert read(desk, log.inclusion, "12345678") is None


def test_any_two_sizes_are_proven_to_be_one_record(desk: Desk) -> None:
    published(desk, 9, 2)
    kept = read(desk, log.checkpoints)[::-1]
    for one, other in pairwise(kept):
        proof = read(desk, log.consistency, one.size, other.size)
        assert (proof.first_root, proof.second_root) == (one.root.hex(), other.root.hex())
        path = [bytes.fromhex(step) for step in proof.path]
        assert merkle.proves_consistency(one.size, other.size, one.root, other.root, path)
    assert read(desk, log.consistency, 1, 100) is None
    with pytest.raises(ValueError, match="does not begin"):
        read(desk, log.consistency, 3, 2)


def test_who_takes_words_back_leaves_a_mark_that_still_verifies(desk: Desk) -> None:
    kept, gone = publish(desk, "Des bancs"), publish(desk, "Une fontaine")
    sign(desk)
    before = read(desk, log.latest)
    withdraw(desk, gone)
    with pytest.raises(book.NotYet):
        read(desk, book.write)  # for a second: the mark is not signed yet
    sign(desk)
    proof = read(desk, log.inclusion, gone)
    assert [one.kind for one in proof.leaves] == ["published", "withdrawn"]
    assert all(one.text is None and one.salt is None for one in proof.leaves)
    for one in proof.leaves:
        path = [bytes.fromhex(step) for step in one.path]
        assert merkle.proves_inclusion(merkle.leaf_hash(one.leaf.encode()), one.index, proof.size, path, bytes.fromhex(proof.root))
    raw = read(desk, book.write)
    assert b"fontaine" not in raw
    found = verifying.examine(verifying.read(raw), kept=[before.note])
    assert (found.faults, found.texts) == ((), {kept: "Des bancs", gone: None})


def test_words_that_are_shown_again_have_a_leaf_of_their_own_and_so_have_the_copies(desk: Desk) -> None:
    first = desk.receive("Jean veut des jeux")
    desk.decide(first, "redact", reason="R4", text="[…] veut des jeux")
    copy = desk.receive("Jean veut des jeux")
    desk.decide(copy, "group", with_=first)
    sign(desk)
    with desk.database.write() as session:
        appeals.open_(session, desk.clock.advance(days=1), desk.citizen, first)
    desk.decide(first, "reverse", MAX, text="Jean veut des jeux")
    sign(desk)
    found = report(desk)
    assert (found.faults, found.leaves) == ((), 4)
    assert found.texts == {first: "Jean veut des jeux", copy: "Jean veut des jeux"}


def test_the_mandate_is_in_it_word_for_word(database: Database, clock: Clock) -> None:
    with database.write() as session:
        document = documents.parse(invented.market_square(clock.now().date()).encode(), yaml=True)
        processes.put(session, clock.now(), document, "command")
        processes.open(session, clock.now(), document.slug, "command")
    with database.write() as session:
        notary.chain(session, clock.now())
        log.grow(session, clock.now())
    with database.read() as session:
        whole = verifying.read(book.write(session))
    (one,) = whole.leaves
    assert (one.of, one.kind) == ("place-du-marche", "mandate")
    assert "le conseil municipal" in (one.text or "")
    assert verifying.examine(whole).faults == ()


def faults(desk: Desk, forge: Callable[[dict[str, Any]], None]) -> list[tuple[int, str]]:
    whole = json.loads(read(desk, book.write))
    forge(whole)
    return [(one.place, one.of) for one in verifying.examine(verifying.read(json.dumps(whole).encode())).faults]


def test_the_row_that_was_tampered_with_is_named(desk: Desk) -> None:
    refs = published(desk, 7, 1)
    third = [(3, refs[2])]

    def leaves(change: Callable[[list[dict[str, Any]]], object]) -> list[tuple[int, str]]:
        return faults(desk, lambda whole: change(whole["leaves"]))  # type: ignore[arg-type]

    assert leaves(len) == []
    assert leaves(lambda rows: rows[2].update(text="Pas de banc")) == third
    assert leaves(lambda rows: rows[2].update(salt="00")) == third
    assert leaves(lambda rows: rows[2].pop("text")) == third
    assert leaves(lambda rows: rows[2].update(at="1")) == third
    assert leaves(lambda rows: rows[2].update(at="soon")) == third
    assert (3, "12345674") in leaves(lambda rows: rows[2].update(of="12345674"))
    assert leaves(lambda rows: rows[2].update(kind="withdrawn"))[0] == third[0]
    assert leaves(lambda rows: rows[2].update(hash="00" * 32))[0] == third[0]
    assert leaves(lambda rows: rows.pop(2))[0] == (3, refs[3])  # the row that stands where it was
    assert leaves(lambda rows: rows.pop()) == [(7, "")]
    assert leaves(lambda rows: rows.insert(2, rows[5]))[0] == (3, refs[5])
    assert leaves(lambda rows: rows.append(dict(rows[5], of="12345674")))[-1] == (8, "12345674")


def test_who_rewrites_a_row_with_all_its_hashes_is_found_by_the_signature(desk: Desk) -> None:
    published(desk, 7, 1)

    def forge(whole: dict[str, Any]) -> None:
        row = whole["leaves"][2]
        row["commitment"] = hashlib.sha256(bytes.fromhex(row["salt"]) + b"Pas de banc").hexdigest()
        row["text"] = "Pas de banc"
        words = {name: row[name] for name in ("at", "commitment", "kind", "of")}
        row["hash"] = merkle.leaf_hash(json.dumps(words, sort_keys=True, separators=(",", ":")).encode()).hex()

    assert [place for place, _of in faults(desk, forge)] == [3]


def test_who_signs_a_whole_new_record_is_found_by_a_checkpoint_or_a_key_that_was_kept(desk: Desk, database: Database) -> None:
    published(desk, 5, 1)
    kept = read(desk, log.at_size, 3)
    known = notes.verifier(database.house.keys, database.house.city.url)  # type: ignore[union-attr]
    with database.write() as session:  # the operator himself: another text, and everything after it made anew
        session.execute(sa.delete(node))
        session.execute(sa.delete(checkpoint))
        third = session.execute(sa.select(leaf).where(leaf.c.place == 3)).one()
        session.execute(sa.update(leaf).where(leaf.c.id == third.id).values(at=third.at + timedelta(days=1)))
    while desk.write(log.grow, 1):
        pass
    whole = verifying.read(read(desk, book.write))
    assert verifying.examine(whole, known).faults == ()
    (first, *_others) = verifying.examine(whole, known, [kept.note]).faults
    assert "rewritten since" in first.why
    stranger = notes.Verifier(known.name, crypto.new_keys().public)
    assert "another key" in verifying.examine(whole, stranger).faults[0].why


def test_nothing_is_signed_on_top_of_a_doubt(desk: Desk) -> None:
    published(desk, 3, 3)
    with desk.database.write() as session:
        session.execute(sa.update(node).where(node.c.number == 1).values(hash=b"\0" * 32))
    publish(desk)
    desk.write(notary.chain)
    with pytest.raises(notary.ChainTrouble, match="not the one that was signed"):
        desk.write(log.grow)


def test_a_table_that_says_something_else_is_found(desk: Desk) -> None:
    refs = [publish(desk, "- des arbres"), publish(desk, "Une fontaine\r\nici"), publish(desk, "Du sable")]
    withdraw(desk, refs[2])
    sign(desk)
    texts = report(desk).texts
    rows = list(csv.DictReader(io.StringIO(read(desk, opendata.csv, SLUG).decode(), newline="")))
    assert verifying.compare(texts, "contributions.csv", rows) == (set(refs), [])
    rows[1]["text"] = "Pas de fontaine"
    rows.append({"ref": "12345674", "text": "jamais dit"})
    seen, found = verifying.compare(texts, "contributions.csv", rows)
    assert (seen - set(refs), [one.of for one in found]) == ({"12345674"}, [refs[1], "12345674"])
    assert f"{refs[1][:4]} {refs[1][4:]}: its text in contributions.csv" in str(found[0])


def test_the_file_is_the_same_bytes_for_the_same_rows_and_tells_nobody(desk: Desk) -> None:
    ref = published(desk, 4, 2)[0]
    raw = read(desk, book.write)
    assert raw == read(desk, book.write)
    for told in (desk.row(ref).subject, "Loire-2F7K", "+337"):
        assert told.encode() not in raw


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"format": "x", "origin": "", "key": "", "licence": "", "checkpoints": [], "leaves": []}']
)
def test_what_is_no_record_is_said_so(raw: bytes) -> None:
    with pytest.raises(verifying.NotARecord):
        verifying.examine(verifying.read(raw))


def test_rows_of_the_table_that_were_removed_or_changed_are_named_too(desk: Desk) -> None:
    """In the database itself: who has it can't take a text away unseen."""
    refs = published(desk, 3, 1)
    with desk.database.write() as session:
        session.execute(sa.update(entry).where(entry.c.ref == refs[0]).values(text="Autre chose"))
        session.execute(sa.delete(entry).where(entry.c.ref == refs[1]))
    assert [(one.place, one.of, one.why.partition(",")[0]) for one in report(desk).faults] == [
        (1, refs[0], "its text is not the one that was published"),
        (2, refs[1], "its text was removed"),
    ]


def test_two_that_sign_at_once_sign_one_tree(desk: Desk) -> None:
    refs = [publish(desk, f"Un banc numéro {number}") for number in range(12)]
    desk.write(notary.chain)
    together = Barrier(2)

    def work() -> None:
        together.wait()
        while read(desk, agenda.due, desk.clock.now()).tree:
            desk.write(log.grow, 1)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [one.size for one in read(desk, log.checkpoints)] == list(range(len(refs), 0, -1))
    assert report(desk).faults == ()
