"""The record holds what was published, word for word, tells it to everybody the same, and forgets what was taken back."""

import csv
import hashlib
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from frictionless import Package
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.effects import Forget, Withdraw
from conversations.notices import Published
from conversations.outcomes import Forgotten
from outreach import files, record
from outreach.contributions import decisions, intake, publication
from outreach.db import Database
from outreach.record import Publication, opendata, story
from outreach.spreadsheets import for_programs
from outreach.tables import contribution, entry, leaf, process
from tests import contributing
from tests.conftest import Clock
from tests.contributing import SLUG, Desk, open_process


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def publish(desk: Desk, text: str = "Il manque des bancs") -> str:
    ref = desk.receive(text)
    desk.decide(ref, "accept")
    desk.clock.advance(minutes=1)
    return ref


def withdraw(desk: Desk, ref: str) -> None:
    with desk.database.write() as session:
        intake.withdraw(session, desk.citizen, Withdraw(ref), desk.clock.now())


def read(desk: Desk, verb: Any, *args: Any, **more: Any) -> Any:
    with desk.database.read() as session:
        return verb(session, *args, **more)


def test_an_entry_stands_with_its_leaf(desk: Desk) -> None:
    text = "Place des bancs…\nوظل للأطفال 🌳"
    ref = publish(desk, text)
    with desk.database.read() as session:
        row = session.execute(sa.select(entry)).one()
        proof = session.execute(sa.select(leaf)).one()
    assert (row.ref, row.text, row.redacted, row.received_on) == (ref, text, False, date(2027, 3, 15))
    assert proof.commitment == hashlib.sha256(row.salt + text.encode()).digest() == record.commitment(row.salt, text)
    assert (proof.kind, proof.subject) == ("published", desk.row(ref).subject)


def test_the_same_text_twice_has_two_salts(desk: Desk) -> None:
    publish(desk, "oui, des bancs")
    publish(desk, "oui, des bancs")
    with desk.database.read() as session:
        assert len(set(session.scalars(sa.select(leaf.c.commitment)))) == 2


def test_published_is_said_only_when_the_record_gave_the_text_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = desk.receive()
    monkeypatch.setattr(record, "publish", lambda *_args: frozenset())  # a record that did not take it
    desk.decide(ref, "accept")
    assert (desk.path(ref), desk.told()) == (["received", "accepted"], [])
    monkeypatch.undo()
    desk.clock.advance(seconds=1)
    desk.write(decisions.apply_due)
    assert desk.path(ref) == ["received", "accepted", "published"]
    assert [type(one) for one in desk.told()] == [Published]
    assert desk.write(publication.publish_accepted) == 0


def test_what_the_record_holds_otherwise_is_not_confirmed(desk: Desk) -> None:
    ref = publish(desk)
    row = desk.row(ref)
    same = Publication(ref, row.subject, row.process_id, row.question, "Il manque des bancs", "fr", date(2027, 3, 15))
    other = Publication(ref, row.subject, row.process_id, row.question, "Autre chose", "fr", date(2027, 3, 15))
    with desk.database.write() as session:
        assert record.publish(session, [same], desk.clock.now()) == {ref}
        assert record.publish(session, [other], desk.clock.now()) == frozenset()
        assert session.scalar(sa.select(sa.func.count()).select_from(leaf)) == 1


def test_a_withdrawn_text_is_gone_and_its_mark_stays(desk: Desk) -> None:
    ref = publish(desk)
    withdraw(desk, ref)
    with desk.database.read() as session:
        row = session.execute(sa.select(entry)).one()
        kinds = session.scalars(sa.select(leaf.c.kind).order_by(leaf.c.id)).all()
        files = opendata.csv(session, SLUG) + opendata.json(session, SLUG)
    assert (row.ref, row.text, row.salt, row.withdrawn_at) == (ref, None, None, desk.clock.now())
    assert kinds == ["published", "withdrawn"]
    assert b"bancs" not in files
    assert ref.encode() in files


def test_forgetting_may_keep_what_is_published_without_any_link(desk: Desk) -> None:
    kept, pending = publish(desk), desk.receive("Rien encore")
    with desk.database.write() as session:
        done = intake.withdraw(session, desk.citizen, Forget("keep"), desk.clock.now())
    assert done == Forgotten(1, 1)
    row = desk.row(kept)
    assert (row.state, row.address_id, row.pseudonym, row.sealed, row.public_text) == ("published", None, "", None, "Il manque des bancs")
    assert desk.row(pending).state == "withdrawn"
    assert read(desk, record.find, kept).text == "Il manque des bancs"


def test_when_the_first_of_a_group_leaves_the_next_one_speaks(desk: Desk) -> None:
    first = publish(desk)
    copies = []
    for _ in range(3):
        ref = desk.receive()
        desk.decide(ref, "group", with_=first)
        desk.clock.advance(minutes=1)
        copies.append(ref)
    withdraw(desk, copies[1])
    withdraw(desk, first)
    page = read(desk, record.entries, SLUG)
    shown = {one.ref: (one.text, one.copies) for one in page.items}
    assert shown == {first: (None, 0), copies[1]: (None, 0), copies[0]: ("Il manque des bancs", 0)}  # one person, however often
    assert read(desk, record.find, copies[2]).grouped_with == copies[0]


def test_the_record_is_read_page_by_page_the_latest_first(desk: Desk) -> None:
    refs = []
    for n in range(12):
        refs.append(publish(desk, f"avis {n}"))
        if n % 4 == 3:
            desk.clock.advance(days=1)
    for limit in (1, 5, 50):
        found: list[str] = []
        cursor = None
        while True:
            page = read(desk, record.entries, SLUG, cursor, limit)
            found += [one.ref for one in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert found == refs[::-1]
    assert [one.ref for one in read(desk, record.latest, SLUG, 3)] == refs[:-4:-1]
    assert read(desk, record.entries, SLUG, question="nuit").items == ()
    assert read(desk, record.entries, "nulle-part") is None
    with pytest.raises(ValueError, match="none of ours"):
        read(desk, record.entries, SLUG, "xx")


def test_entries_published_in_the_same_instant_are_each_on_one_page(desk: Desk) -> None:
    refs = [desk.receive(f"avis {n}") for n in range(5)]
    for ref in refs:
        desk.decide(ref, "accept")
    found: list[str] = []
    cursor = None
    for _ in range(3):
        page = read(desk, record.entries, SLUG, cursor, 2)
        found += [one.ref for one in page.items]
        cursor = page.next
    assert sorted(found) == sorted(refs)
    assert cursor is None


def test_the_open_data_is_the_record_in_a_fixed_order(desk: Desk) -> None:
    first = publish(desk, 'Des bancs, "vite"\r\net de l\'ombre')
    second = publish(desk, "- des arbres")
    hidden = desk.receive("Jean veut des jeux")
    desk.decide(hidden, "redact", reason="R4", text="[…] veut des jeux")
    refused = desk.receive("Un texte refusé")
    desk.decide(refused, "refuse", reason="R4")
    raw = read(desk, opendata.csv, SLUG)
    assert raw == read(desk, opendata.csv, SLUG)
    assert raw.count(b"\r") == 0
    rows = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    assert [row["ref"] for row in rows] == [first, second, hidden]
    assert [row["text"] for row in rows] == ['Des bancs, "vite"\net de l\'ombre', "'- des arbres", "[…] veut des jeux"]
    assert [row["redacted"] for row in rows] == ["false", "false", "true"]
    items = json.loads(read(desk, opendata.json, SLUG))["items"]
    assert [item["text"] for item in items] == ['Des bancs, "vite"\r\net de l\'ombre', "- des arbres", "[…] veut des jeux"]
    assert [one["state"] for one in items[2]["moves"]] == ["received", "redacted", "published"]
    assert items[0]["published_on"] == "2027-03-15"
    everything = raw + read(desk, opendata.json, SLUG) + (read(desk, opendata.process_json, SLUG) or b"")
    for told in ("refusé", "Jean", "Loire-2F7K", desk.row(first).subject, "+337", refused):
        assert told.encode() not in everything


def test_the_open_data_does_not_depend_on_the_order_of_the_slices(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        publish(desk, f"avis {n}")
    whole = read(desk, opendata.csv, SLUG)
    monkeypatch.setattr(opendata, "SLICE", 2)
    assert read(desk, opendata.csv, SLUG) == whole


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1, max_size=4))
def test_a_csv_reader_reads_the_texts_back_and_no_cell_is_a_formula(texts: list[str]) -> None:
    written = for_programs([text] for text in texts).decode()
    for (cell,), text in zip(csv.reader(io.StringIO(written, newline="")), texts, strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell.removeprefix("'") == text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("'")


def test_an_independent_reader_finds_the_data_package_valid(desk: Desk, tmp_path: Path) -> None:
    publish(desk, '=cmd|"calc"!A1')
    withdraw(desk, publish(desk, "Un texte,\nretiré"))
    with desk.database.write() as session:
        open_process(session, desk.clock.now(), "plan-velo")
    package = json.loads(read(desk, files.datapackage))
    tables = [SLUG, f"{SLUG}-json", "plan-velo", "plan-velo-json"]
    assert [one["name"] for one in package["resources"]] == [*tables, "registre", "transparence"]
    assert package["licenses"][0]["name"] == "etalab-2.0"
    site = "https://dialogue.ville.example/"
    assert [one["path"] for one in package["resources"][:2]] == [
        f"{site}demarches/{SLUG}/contributions.csv",
        f"{site}demarches/{SLUG}/contributions.json",
    ]
    for name, content in read(desk, lambda session: list(files.everything(session))):  # frictionless reads files: no network in a test
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    package_read = Package(str(tmp_path / "datapackage.json"))
    report = package_read.validate()
    assert report.valid, report.flatten(["type", "note"])
    assert [len(package_read.get_table_resource(name).read_rows()) for name in tables[:3]] == [2, 2, 0]


def test_the_independent_reader_notices_a_column_of_another_kind(desk: Desk, tmp_path: Path) -> None:
    publish(desk)
    for name, content in read(desk, lambda session: list(files.everything(session))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    table = tmp_path / f"demarches/{SLUG}/contributions.csv"
    table.write_text(table.read_text().replace("false", "peut-être"))
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["type", "fieldName"]) == [["type-error", "redacted"]]


def test_the_process_in_json_tells_its_document_and_its_counts(desk: Desk) -> None:
    publish(desk)
    desk.receive(publish=False)
    told = json.loads(read(desk, opendata.process_json, SLUG))
    assert told["process"]["mandate"]["answer_promised_on"] == "2027-06-30"
    assert (told["state"], told["opened_on"], told["closed_on"]) == ("open", "2027-03-15", None)
    assert told["contributions"] == {"all": 2, "by_state": {"published": 1, "read_only": "<11"}}
    assert read(desk, opendata.process_json, "nulle-part") is None


def test_a_number_tells_states_and_dates_and_never_a_reason(desk: Desk) -> None:
    ref = desk.receive("Un texte à refuser")
    received = desk.clock.now()
    desk.clock.advance(days=1)
    desk.decide(ref, "refuse", reason="R4", fact="il cite M. U.")
    told = read(desk, story.follow, ref)
    assert (told.state, told.received_on, told.read_by, told.promised_on) == (
        "refused",
        date(2027, 3, 15),
        date(2027, 3, 17),
        date(2027, 6, 30),
    )
    assert [(one.state, one.at) for one in told.steps] == [("received", received), ("refused", desk.clock.now())]
    assert told.entry is None
    assert not re.search(r"R4|refuser|cite|Loire", repr(told))
    assert read(desk, story.follow, "00000000") is None


def test_a_number_tells_the_text_once_it_is_published(desk: Desk) -> None:
    ref = desk.receive()
    desk.decide(ref, "accept", delay=timedelta(seconds=10))
    assert read(desk, story.follow, ref).entry is None
    desk.clock.advance(seconds=10)
    desk.write(decisions.apply_due)
    assert read(desk, story.follow, ref).entry.text == "Il manque des bancs et de l'ombre"
    withdraw(desk, ref)
    told = read(desk, story.follow, ref)
    assert (told.state, told.entry.text) == ("withdrawn", None)


def test_the_story_of_a_process(desk: Desk) -> None:
    publish(desk)
    desk.receive()
    told = read(desk, story.process, SLUG)
    assert (told.state, told.received, told.published, told.read_on) == ("open", 2, 1, date(2027, 5, 4))
    assert read(desk, story.process, "nulle-part") is None
    with desk.database.write() as session:
        session.execute(sa.update(process).where(process.c.slug == SLUG).values(opened_at=None))
    assert read(desk, story.process, SLUG) is None


def test_the_news_of_a_process_the_latest_first_with_ids_that_stay(desk: Desk) -> None:
    desk.clock.advance(minutes=1)
    first = publish(desk)
    second = publish(desk, "Des arbres")
    withdraw(desk, first)
    told = read(desk, story.events, SLUG)
    assert [one.id for one in told] == [f"{first}/withdrawn", f"{second}/published", f"{first}/published", f"{SLUG}/opened"]
    assert [one.text for one in told] == ["", "Des arbres", "", ""]
    assert [one.id for one in read(desk, story.events, SLUG, 2)] == [f"{first}/withdrawn", f"{second}/published"]
    assert read(desk, story.events, "nulle-part") == ()


def test_no_link_leads_from_the_record_to_a_person(desk: Desk) -> None:
    ref = publish(desk)
    assert not {"address_id", "contact_id", "pseudonym", "network"} & {column.name for column in (*entry.columns, *leaf.columns)}
    with desk.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).where(contribution.c.ref == ref)) == 1
        assert contributing.process_id(session, SLUG) == desk.row(ref).process_id
