"""`allervers export` gives anybody all they need to prove the record; `allervers verify-record` names the row that was tampered with."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conversations.effects import Withdraw
from outreach import notary
from outreach.contributions import intake
from outreach.record import book, log, notes, verifying
from tests.conftest import Clock
from tests.contributing import SLUG, Desk
from tests.test_commands import folder, office, run, said

__all__ = ["folder"]

CSV = Path("public", "demarches", SLUG, "contributions.csv")


@pytest.fixture
def refs(folder: Path, clock: Clock) -> list[str]:
    """Three texts of which the last was taken back; the folder `public` holds the export."""
    desk = Desk(office(), clock)
    made = []
    for text in ("Des bancs, vite", "- une fontaine", "Du sable"):
        made.append(desk.receive(text))
        desk.decide(made[-1], "accept")
        clock.advance(minutes=1)
        desk.write(notary.chain)
        desk.write(log.grow)
    with desk.database.read() as session:
        signed = log.checkpoints(session)
        assert len(signed) == 3
        Path("kept").write_text(signed[1].note)
    with desk.database.write() as session:
        intake.withdraw(session, desk.citizen, Withdraw(made[2]), clock.now())
    house = desk.database.house
    assert house
    Path("key").write_text(f"{notes.verifier(house.keys, house.city.url)}\n")
    assert run("export", "public").output == "written to public\n"
    assert folder
    return made


def rewrite(file: str | Path, change: Callable[[str], str]) -> None:
    before = Path(file).read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    Path(file).write_text(after, encoding="utf-8")


def told(*arguments: str) -> list[str]:
    done = run("verify-record", *arguments)
    assert (done.exit_code, isinstance(done.exception, SystemExit)) == (1, True), done.output
    return done.output.splitlines()


@pytest.mark.usefixtures("refs")
def test_what_was_exported_is_whole_as_a_folder_and_as_one_file() -> None:
    for path in ("public", "public/registre.json"):
        done = run("verify-record", path, "--key", "key", "--checkpoint", "kept", "--checkpoint", "public/checkpoint")
        assert done.exit_code == 0, done.output
        first, second = done.output.splitlines()
        assert first == "whole: leaves: 4, signed checkpoints: 4; nothing removed or rewritten since 2027-03-15"
        assert second == f"signed by {Path('key').read_text().strip()}"
    assert "compare it with the key" in run("verify-record", "public").output
    assert run("verify-record", "public", "--key", Path("key").read_text()).exit_code == 0


@pytest.mark.usefixtures("refs")
def test_nothing_of_the_city_is_needed(folder: Path) -> None:
    for name in ("var/key.json", "var/aller-vers.db"):
        (folder / name).unlink()
    assert run("verify-record", "public").exit_code == 0


@pytest.mark.usefixtures("refs")
def test_the_same_rows_are_the_same_bytes() -> None:
    run("export", "again")
    for file in Path("public").rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (Path("again") / file.relative_to("public")).read_bytes(), file


def test_a_row_that_was_tampered_with_is_named(refs: list[str]) -> None:
    shown = [f"{ref[:4]} {ref[4:]}" for ref in refs]
    rewrite("public/registre.json", lambda raw: raw.replace("une fontaine", "un parking"))
    assert told("public/registre.json") == [
        f"place 2, {shown[1]}: its text is not the one that was published",
        "allervers: public/registre.json is not whole: 1 fault",
    ]
    run("export", "public")
    rewrite(CSV, lambda raw: raw.replace("Des bancs, vite", "Des bancs, peut-être"))
    assert told("public")[0] == f"{shown[0]}: its text in demarches/{SLUG}/contributions.csv is not the one that was published"
    run("export", "public")
    rewrite(CSV, lambda raw: "".join(line for line in raw.splitlines(keepends=True) if not line.startswith(refs[2])))
    assert told("public")[0] == f"{shown[2]}: its row was removed from contributions.csv"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda book: book | {"origin": "ailleurs.example/registre"}, "its origin was changed"),
        (lambda book: book | {"licence": "tous droits réservés"}, "its licence was changed"),
        (lambda book: book | {"note": "vu par le maire"}, "unknown field `note`"),
        (lambda book: book | {"leaves": [book["leaves"][0] | {"by": "Jean"}, *book["leaves"][1:]]}, "unknown field `by`"),
        (lambda book: book | {"leaves": [*book["leaves"][:-1], book["leaves"][-1] | {"salt": "00" * 16}]}, "its salt was added"),
        (lambda book: book | {"checkpoints": [*book["checkpoints"][:-1], book["checkpoints"][-1] + "Lu."]}, "words that nobody signed"),
        (lambda book: book | {"checkpoints": [*book["checkpoints"][:-1], book["checkpoints"][-1] + "\nLu.\n"]}, "words that nobody signed"),
    ],
)
@pytest.mark.usefixtures("refs")
def test_what_was_added_and_nobody_signed_is_told(change: Callable[[dict[str, Any]], dict[str, Any]], said: str) -> None:
    rewrite("public/registre.json", lambda raw: json.dumps(change(json.loads(raw))))
    assert said in "\n".join(told("public/registre.json"))


def test_the_first_letters_of_a_public_text_never_pass_for_its_salt() -> None:
    text, salt = "Planter des arbres", b"Planter "
    commitment = hashlib.sha256(text.encode()).hexdigest()
    leaf = book.Leaf("place#point-1", "point", "0", commitment, "", salt=salt.hex(), text=text.removeprefix(salt.decode()))
    _texts, faults = verifying._opened([leaf])
    assert [one.why for one in faults] == ["its salt was added: nobody signed it"]


@pytest.mark.usefixtures("refs")
def test_a_row_that_was_taken_out_with_its_checkpoints_is_missed_by_who_kept_one() -> None:
    whole = json.loads(Path("public/registre.json").read_text())
    forged = whole | {"leaves": whole["leaves"][:1], "checkpoints": whole["checkpoints"][:1]}
    Path("forged.json").write_text(json.dumps(forged))
    assert run("verify-record", "forged.json").exit_code == 0
    assert told("forged.json", "--checkpoint", "kept")[0] == "place 2: leaves were removed here: 2 were signed, 1 are left"


@pytest.mark.usefixtures("refs")
def test_what_is_no_record_no_key_and_no_checkpoint_is_one_clear_sentence(folder: Path) -> None:
    (folder / "other.json").write_text("{}")
    assert "this is no record" in said(run("verify-record", "other.json"))
    assert "no public key" in said(run("verify-record", "public", "--key", "other.json"))
    assert "no checkpoint" in said(run("verify-record", "public", "--checkpoint", "other.json"))
    assert "can't be read" in said(run("verify-record", "var"))
    assert run("verify-record", "nowhere").exit_code == 2


@pytest.mark.usefixtures("refs")
def test_another_city_s_record_is_not_taken_for_this_one(tmp_path: Path) -> None:
    from outreach.crypto import new_keys

    (tmp_path / "stranger").write_text(str(notes.Verifier("dialogue.ailleurs.example/registre", new_keys().public)))
    assert "made with another key" in told("public", "--key", "stranger")[0]


def test_an_export_brings_what_waits_under_a_checkpoint_first(folder: Path, clock: Clock) -> None:
    desk = Desk(office(), clock)
    desk.decide(desk.receive(), "accept", delay=timedelta())
    run("export", "public")
    assert json.loads((folder / "public/registre.json").read_text())["leaves"][0]["kind"] == "published"
    assert run("verify-record", "public").output.startswith("whole: leaves: 1, signed checkpoints: 1;")
