"""What an avis says, and what is answered to it, is in the signed record: a word changed on any side is found and named."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach import answers, files, loop, notary
from outreach.db import Database
from outreach.record import book, log, verifying
from outreach.record.verifying import Report
from outreach.tables import leaf, process
from tests.avising import LEFT_OUT, Square, sheet
from tests.conftest import Clock
from tests.contributing import LEA, SLUG
from tests.test_commands import run

POINT = f"{SLUG}#point-7-bis"


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    """An avis of two points and an aside, a synthesis; nothing answered yet."""
    made = Square(database, clock)
    refs = [made.says(made.somebody(), text) for text in ("Des arbres", "Des bancs", "Un parking")]
    made.hands_over(
        [
            ("1", "Des arbres", "Planter des arbres.", "Trois préfèrent des auvents.", refs[0]),
            ("7 bis", "Des bancs", "Poser des bancs.", "", refs[1]),
            ("non repris", "le parking est hors sujet", "Le groupe a lu cet avis.", "", refs[2]),
        ]
    )
    themes = sheet([("Ombre", "L'ombre manque.", ", ".join(refs[:2]))], heads=("Thème", "Texte", "Avis cités"))
    made.write(answers.synthesise, SLUG, themes, LEA)
    return made


def sign(square: Square) -> None:
    square.write(notary.chain)
    while square.write(log.grow):
        pass


def told(square: Square) -> list[tuple[str, str]]:
    """Kind and name of each leaf that is no citizen's text, in the order of the record."""
    sign(square)
    whole = json.loads(square.read(book.write))
    return [(one["kind"], one["of"]) for one in whole["leaves"] if one["kind"] in answers.KINDS]


def report(square: Square, change: Callable[[str], str] = lambda raw: raw) -> Report:
    """What anybody finds in the file, after what a forger did to it."""
    sign(square)
    raw = square.read(book.write).decode()
    return verifying.examine(verifying.read(change(raw).encode()))


def answered(square: Square) -> None:
    for place in (1, 2):
        square.assigns(place)
        square.decides(place, "kept" if place == 1 else "not_kept")
    square.publishes()


def test_an_avis_and_its_answers_have_leaves_of_their_own_kinds(square: Square) -> None:
    first = [("avis", SLUG), ("point", f"{SLUG}#point-1"), ("point", POINT), ("aside", f"{SLUG}#aside-1"), ("synthesis", SLUG)]
    assert told(square) == first
    for place in (1, 2):
        square.assigns(place)
        square.decides(place, "not_kept")
    assert told(square) == first, "what is decided and not published is in no record"
    square.publishes()
    assert told(square) == [*first, ("response", f"{SLUG}#point-1"), ("response", POINT)]
    assert report(square).faults == ()


def test_what_was_hashed_is_in_the_file_and_says_what_was_published(square: Square) -> None:
    answered(square)
    sign(square)
    whole = json.loads(square.read(book.write))
    said = {(one["kind"], one["of"]): one for one in whole["leaves"]}
    point = said["point", POINT]
    assert hashlib.sha256(point["text"].encode()).hexdigest() == point["commitment"]
    words = json.loads(point["text"])
    assert (words["number"], words["text"], len(words["contributions"])) == ("7 bis", "Poser des bancs.", 1)
    assert json.loads(said["avis", SLUG]["text"])["points"] == ["1", "7 bis"]
    answer = json.loads(said["response", f"{SLUG}#point-1"]["text"])
    assert (answer["decision"], answer["commitments"][0]["due_on"]) == ("kept", "2028-03-01")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("Poser des bancs.", "Poser des pavés.", f"{POINT}: the point of the avis is not the one that was published"),
        ("not_kept", "kept", f"{POINT}: the answer is not the one that was published"),
        ("ombre manque", "ombre abonde", f"{SLUG}: the synthesis is not the one that was published"),
        ("Le groupe a lu", "Personne n'a lu", "the reason why words were not taken up is not the one that was published"),
        (LEFT_OUT, "rien", f"{SLUG}: the avis is not the one that was published"),
    ],
)
def test_a_word_that_was_changed_in_the_file_is_named(square: Square, old: str, new: str, named: str) -> None:
    answered(square)
    (fault,) = report(square, lambda raw: raw.replace(old, new)).faults
    assert named in str(fault)


def test_words_that_were_taken_out_are_missed(square: Square) -> None:
    answered(square)

    def without(raw: str) -> str:
        whole = json.loads(raw)
        for one in whole["leaves"]:
            if one["of"] == POINT and one["kind"] == "response":
                del one["text"]
        return json.dumps(whole)

    (fault,) = report(square, without).faults
    assert (fault.of, fault.why) == (POINT, "its text was removed, and nobody withdrew it")


def test_another_version_adds_a_leaf_and_the_first_one_stays_readable(square: Square) -> None:
    answered(square)
    before = told(square)
    (one,) = square.read(answers.book, SLUG).points[0].commitments
    square.write(loop.settle, SLUG, one.id, LEA, until=date(2029, 3, 1), reasons={"fr": "sol encore gelé"})
    assert told(square) == [*before, ("response", f"{SLUG}#point-1")]
    square.write(loop.settle, SLUG, one.id, LEA, evidence="Ils sont plantés.")
    sign(square)
    proof = square.read(log.inclusion, f"{SLUG}#point-1")
    versions = [json.loads(one.text)["commitments"][0] for one in proof.leaves if one.kind == "response"]
    assert [(one["due_on"], one["state"]) for one in versions] == [
        ("2028-03-01", "planned"),
        ("2029-03-01", "planned"),
        ("2029-03-01", "done"),
    ]
    assert report(square).faults == ()


def test_the_same_avis_again_adds_nothing_and_one_without_a_point_says_so(square: Square) -> None:
    before = told(square)
    refs = square.read(answers.book, SLUG).points[0].refs
    lines = [("1", "Des arbres", "Planter des arbres.", "Trois préfèrent des auvents.", refs[0])]
    square.hands_over(lines)
    assert told(square) == [*before, ("avis", SLUG)]
    square.hands_over(lines)
    assert told(square) == [*before, ("avis", SLUG)]
    data = square.read(lambda session: dict(files.everything(session)))[f"demarches/{SLUG}/process.json"]
    assert verifying.compare_answers(report(square).said, "process.json", SLUG, data) == []


def test_nothing_of_a_project_that_is_not_public_is_in_the_record(square: Square) -> None:
    before = told(square)
    with square.database.write() as session:
        session.execute(sa.update(process).values(opened_at=None))
    square.write(answers.synthesise, SLUG, sheet([("Autre", "Autre chose.", "")], heads=("Thème", "Texte", "Avis cités")), LEA)
    assert told(square) == before


def compared(square: Square, change: Callable[[Any], None]) -> list[str]:
    """What the open data of the process say otherwise than the record, after what a forger did to them."""
    found = report(square)
    data = json.loads(square.read(lambda session: dict(files.everything(session)))[f"demarches/{SLUG}/process.json"])
    change(data)
    return [str(one) for one in verifying.compare_answers(found.said, "process.json", SLUG, json.dumps(data).encode())]


def test_open_data_that_say_otherwise_are_named(square: Square) -> None:
    answered(square)
    assert compared(square, lambda _data: None) == []

    def softer(data: Any) -> None:
        data["avis"]["points"][1]["response"]["decision"] = "partly"

    assert compared(square, softer) == [f"{POINT}: the answer in process.json is not the one that was published"]

    def shorter(data: Any) -> None:
        del data["avis"]["points"][1]

    assert compared(square, shorter) == [
        f"{SLUG}: the avis in process.json is not the one that was published",
        f"{POINT}: the point of the avis was removed from process.json",
        f"{POINT}: the answer was removed from process.json",
    ]

    def longer(data: Any) -> None:
        data["avis"]["points"].append(data["avis"]["points"][0] | {"number": "8", "response": None})

    assert f"{SLUG}#point-8: the point of the avis in process.json is not in the record: it was added" in compared(square, longer)
    with pytest.raises(verifying.NotARecord):
        compared(square, lambda data: data["avis"].pop("points"))


def test_a_record_from_before_these_leaves_still_verifies(square: Square) -> None:
    """As the release before wrote it: an avis in the open data, and no word of it in the record."""
    answered(square)
    with square.database.write() as session:
        session.execute(sa.delete(leaf).where(leaf.c.kind.in_(answers.KINDS)))
    found = report(square)
    assert (found.faults, found.said) == ((), {})
    assert compared(square, lambda data: data["avis"]["points"].pop()) == []


def test_points_with_any_number_have_an_address_of_their_own() -> None:
    assert [answers.anchor(number) for number in ("7", "7 bis", "7.1")] == ["point-7", "point-7-bis", "point-7.1"]
    odd = {answers.anchor(number) for number in ("7/1", "7#1", "7-1", "7é", '"7', "7 ", "٧")}
    assert len(odd) == 7
    assert all(len(one) == len("point-") + 8 for one in odd)


def test_the_command_names_the_answer_that_was_tampered_with(square: Square, tmp_path: Path) -> None:
    answered(square)
    sign(square)
    with square.database.read() as session:
        for name, content in files.everything(session):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
    assert run("verify-record", str(tmp_path)).exit_code == 0
    data = tmp_path / "demarches" / SLUG / "process.json"
    data.write_text(data.read_text(encoding="utf-8").replace("not_kept", "kept"), encoding="utf-8")
    done = run("verify-record", str(tmp_path))
    assert done.exit_code == 1
    assert f"{POINT}: the answer in demarches/{SLUG}/process.json is not the one that was published" in done.output
    data.unlink()
    assert f"{SLUG}: its process.json was removed" in run("verify-record", str(tmp_path)).output
