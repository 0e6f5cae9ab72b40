"""Processes: what opens, what stays promised, what a conversation may know; the ways in."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from conversations.facts import City, Entry
from outreach import audit, entrypoints, processes
from outreach.db import Database
from outreach.documents import ProcessDocument
from outreach.processes import MOVES, Refused
from outreach.references import new_id, new_ref, new_token
from outreach.tables import contribution, entry_point, leaf
from tests.conftest import Clock
from tests.process_sample import document, mandate


def _put(database: Database, clock: Clock, text: ProcessDocument | None = None, **changes: Any) -> processes.Put:
    with database.write() as session:
        return processes.put(session, clock.now(), text or document(**changes), "token:3")


def _open(database: Database, clock: Clock) -> None:
    with database.write() as session:
        processes.open(session, clock.now(), "place-du-marche", "staff:7")


def _get(database: Database, slug: str = "place-du-marche") -> processes.ProcessView:
    with database.read() as session:
        found = processes.get(session, slug)
    assert found is not None
    return found


# --- put


def test_a_document_is_created_then_changed_then_the_same(database: Database, clock: Clock) -> None:
    assert _put(database, clock) == processes.Put("place-du-marche", created=True, changed=True, version=1)
    assert _put(database, clock) == processes.Put("place-du-marche", created=False, changed=False, version=1)
    clock.advance(hours=1)
    assert _put(database, clock, territory="Rezé") == processes.Put("place-du-marche", created=False, changed=True, version=2)
    found = _get(database)
    assert (found.state, found.document.territory, found.changed_at) == ("mandate_validated", "Rezé", clock.now())
    assert found.changed_at - found.created_at == timedelta(hours=1)


def test_a_mandate_that_nobody_validated_is_framing(database: Database, clock: Clock) -> None:
    _put(database, clock, mandate=mandate(validated={}))
    assert _get(database).state == "framing"
    _put(database, clock)
    assert _get(database).state == "mandate_validated"
    _put(database, clock, mandate=mandate(validated={"by": "Mme la maire"}))
    assert _get(database).state == "framing"


def test_before_the_opening_a_mandate_may_be_written_over(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _put(database, clock, mandate=mandate(decided_by="la maire"))
    with database.read() as session:
        (kept,) = processes.mandates(session, "place-du-marche")
    assert (kept.version, kept.mandate.decided_by) == (1, "la maire")


def test_an_opened_mandate_changes_only_with_a_new_version(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    with pytest.raises(Refused, match=r"write mandate.version: 2") as refusal:
        _put(database, clock, mandate=mandate(decided_by="la maire"))
    assert refusal.value.code == "mandate_version"
    clock.advance(days=1)
    _put(database, clock, mandate=mandate(decided_by="la maire", version="2"))
    with pytest.raises(Refused, match="a version can't go back"):
        _put(database, clock)
    with database.read() as session:
        versions = processes.mandates(session, "place-du-marche")
    assert [(one.version, one.mandate.decided_by) for one in versions] == [(2, "la maire"), (1, "le conseil municipal")]


def test_each_opened_version_of_a_mandate_leaves_a_leaf_that_anybody_can_check(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    _put(database, clock, mandate=mandate(decided_by="la maire", version="2"))
    with database.read() as session:
        leaves = session.execute(sa.select(leaf.c.subject, leaf.c.commitment).where(leaf.c.kind == "mandate").order_by(leaf.c.id)).all()
        versions = reversed(processes.mandates(session, "place-du-marche"))
        expected = [hashlib.sha256(msgspec.json.encode(one.mandate, order="deterministic")).digest() for one in versions]
    assert [bytes(row.commitment) for row in leaves] == expected
    assert {row.subject for row in leaves} == {_get(database).subject}


def test_a_promised_date_moves_before_it_passes_never_after(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    _put(database, clock, mandate=mandate(answer_promised_on="2027-07-31", version="2"))
    with pytest.raises(Refused, match="never away"):
        _put(database, clock, mandate=mandate(answer_promised_on=None, version="3"))
    clock.advance(days=150)  # the end of August
    with pytest.raises(Refused, match="never after") as refusal:
        _put(database, clock, mandate=mandate(answer_promised_on="2027-12-31", version="3"))
    assert refusal.value.code == "promised_date"


def test_an_opened_process_loses_nothing_that_opened_it(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    with pytest.raises(Refused, match="can't lose") as refusal:
        _put(database, clock, questions=[], mandate=mandate(version="2", use=""))
    assert refusal.value.missing == ("questions: at least one question", "mandate.use: how contributions are used")
    assert _get(database).version == 2


def test_a_question_that_people_answered_stays(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    found = _get(database)
    row = {
        "id": new_id(clock.now()),
        "ref": new_ref(),
        "subject": new_token(),
        "process_id": found.id,
        "question": "besoins",
        "network": "sms",
        "language": "fr",
        "state": "received",
        "messages": 1,
        "publish": True,
        "consent": "",
        "received_at": clock.now(),
        "read_by": clock.now(),
        "changed_at": clock.now(),
    }
    with database.write() as session:
        session.execute(sa.insert(contribution).values(row))
    with pytest.raises(Refused, match="besoins") as refusal:
        _put(database, clock, questions=[{"id": "autre", "text": {"fr": "Quoi ?"}}])
    assert refusal.value.code == "question_in_use"
    _put(database, clock, questions=[{"id": "besoins", "text": {"fr": "Quoi ?"}}])


def test_a_keyword_leads_to_one_process(database: Database, clock: Clock) -> None:
    _put(database, clock)
    other: dict[str, Any] = {"slug": "velo", "entry_points": [{"id": "gare", "keyword": "PLACE"}]}
    with pytest.raises(Refused, match="PLACE already leads to place-du-marche") as refusal:
        _put(database, clock, **other)
    assert refusal.value.code == "keyword_taken"
    with database.write() as session:
        processes.close(session, clock.now(), "place-du-marche", "staff:7")
    assert _put(database, clock, **other).created


# --- open and close


def test_opening_asks_for_everything_at_once(database: Database, clock: Clock) -> None:
    assert database.house is not None
    database.house = replace(database.house, city=City("Ville de Nantes"))
    _put(database, clock, mandate={"version": 1}, questions=[], phases=[])
    with pytest.raises(Refused) as refusal, database.write() as session:
        processes.open(session, clock.now(), "place-du-marche", "staff:7", missing=["ALLERVERS_PUBLIC_URL: the public address"])
    assert refusal.value.code == "missing"
    assert [sentence.split(":")[0] for sentence in refusal.value.missing] == [
        "ALLERVERS_PUBLIC_URL",
        "ALLERVERS_CONTROLLER",
        "ALLERVERS_DPO",
        "ALLERVERS_LEGAL_BASIS",
        "questions",
        "mandate.can_change",
        "mandate.cannot_change",
        "mandate.decided_by",
        "mandate.use",
        "phases",
        "mandate.answer_promised_on",
        "mandate.validated.by",
        "mandate.validated.on",
        "mandate.validated.act",
    ]
    assert all(sentence in str(refusal.value) for sentence in refusal.value.missing)
    assert _get(database).state == "framing"


@pytest.mark.parametrize(("field", "name"), [("controller", "CONTROLLER"), ("dpo", "DPO"), ("legal_basis", "LEGAL_BASIS")])
def test_nothing_opens_without_controller_officer_and_basis(database: Database, clock: Clock, field: str, name: str) -> None:
    assert database.house is not None
    database.house = replace(database.house, city=msgspec.structs.replace(database.house.city, **{field: ""}))
    _put(database, clock)
    with pytest.raises(Refused, match=f"ALLERVERS_{name}") as refusal:
        _open(database, clock)
    assert len(refusal.value.missing) == 1


def test_a_process_opens_once_and_closes_once_for_good(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    opened = _get(database)
    assert (opened.state, opened.opened_at) == ("open", clock.now())
    clock.advance(days=1)
    _open(database, clock)
    assert _get(database) == opened
    for _ in range(2):
        with database.write() as session:
            processes.close(session, clock.now(), "place-du-marche", "staff:7")
    assert (_get(database).state, _get(database).closed_at, _get(database).version) == ("closed", clock.now(), 3)
    with pytest.raises(Refused, match="closed can't become open"):
        _open(database, clock)
    with pytest.raises(Refused, match="its document stays"):
        _put(database, clock, territory="Rezé")


@pytest.mark.parametrize("slug", ["place-du-marche", "\x00", "\ud800"])
def test_what_does_not_exist_is_refused(database: Database, clock: Clock, slug: str) -> None:
    with pytest.raises(Refused) as refusal, database.write() as session:
        processes.open(session, clock.now(), slug, "staff:7")
    assert refusal.value.code == "unknown"


def test_the_table_of_states_is_the_designs() -> None:
    line = (
        "requested",
        "framing",
        "mandate_validated",
        "open",
        "avis_handed_over",
        "instruction",
        "arbitration",
        "response_published",
        "follow_up",
        "closed",
    )
    assert list(MOVES) == list(line)
    assert all(after in MOVES[before] for before, after in pairwise(line))
    assert MOVES["closed"] == frozenset()
    assert all("open" not in MOVES[before] for before in line if before != "mandate_validated")


def test_each_move_is_an_audit_line(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _put(database, clock, mandate=mandate(version="2"))
    _open(database, clock)
    with database.write() as session:
        processes.close(session, clock.now(), "place-du-marche", "token:4")
    with database.read() as session:
        journal = processes.journal(session, "place-du-marche")
    assert [(line.actor, line.action, line.detail) for line in reversed(journal)] == [
        ("token:3", "process.created", {"version": 1, "after": "mandate_validated"}),
        ("token:3", "process.changed", {"version": 2, "before": "mandate_validated", "after": "mandate_validated"}),
        ("token:3", "process.mandate", {"version": 2}),
        ("staff:7", "process.moved", {"version": 3, "before": "mandate_validated", "after": "open"}),
        ("token:4", "process.moved", {"version": 4, "before": "open", "after": "closed"}),
    ]


# --- what is seen


def test_the_public_sees_what_was_opened(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _put(database, clock, slug="velo", entry_points=[])
    with database.read() as session:
        assert processes.listing(session) == ()
        assert {one.slug for one in processes.listing(session, public=False)} == {"place-du-marche", "velo"}
        assert processes.get(session, "absent") is None
    _open(database, clock)
    with database.read() as session:
        (seen,) = processes.listing(session)
        assert seen == processes.get(session, "place-du-marche") == processes.by_id(session, seen.id)
    assert [entry.id for entry in seen.entries] == ["mediatheque", "pharmacie"]


def test_a_conversation_knows_open_processes_and_the_question_of_the_day(database: Database, clock: Clock) -> None:
    _put(database, clock)
    with database.read() as session:
        assert processes.open_facts(session, clock.now()) == ()
    _open(database, clock)
    with database.read() as session:
        (fact,) = processes.open_facts(session, clock.now())
    assert fact.question is not None
    assert (fact.question.id, fact.question.sms_text["fr"]) == ("besoins", "de quoi avez-vous besoin pour y rester ?")
    assert (fact.sms_name, fact.read_on, fact.answer_promised_on) == ("place du Marché", date(2027, 5, 4), date(2027, 6, 30))
    assert [entry.keyword for entry in fact.entries] == ["", "PLACE"]
    (workshop,) = fact.workshops
    assert (workshop.starts_at.hour, workshop.place_sms) == (18, "Maison de quartier Bellevue")


@pytest.mark.parametrize(
    ("day", "question", "workshops"),
    [
        ("2027-02-28", date(2027, 3, 1), 1), ("2027-03-15", "besoins", 1), ("2027-04-15", "besoins", 1), ("2027-04-16", "priorites", 1),
        ("2027-05-01", "priorites", 1), ("2027-05-02", date(2027, 5, 1), 1), ("2027-05-13", date(2027, 5, 1), 0),
    ],
)  # fmt: skip
def test_questions_and_workshops_pass_with_the_days(
    database: Database, clock: Clock, day: str, question: str | date, workshops: int
) -> None:
    _put(database, clock)
    _open(database, clock)
    at = clock.at.replace(month=int(day[5:7]), day=int(day[8:]), hour=21)  # 23:00 in Nantes in summer: the day is the city's own
    with database.read() as session:
        (fact,) = processes.open_facts(session, at)
    assert question in {fact.question.id if fact.question else None, fact.opens_on, fact.closed_on}
    assert [fact.question, fact.opens_on, fact.closed_on].count(None) == 2
    assert len(fact.workshops) == workshops


def test_a_cancelled_workshop_is_no_date(database: Database, clock: Clock) -> None:
    meeting = {"id": "a", "title": {"fr": "Atelier"}, "starts_at": "2027-05-12 18:30", "ends_at": "2027-05-12 20:30", "place": "Mairie"}
    _put(database, clock, workshops=[meeting | {"status": "cancelled"}, meeting | {"id": "b", "status": "full"}])
    _open(database, clock)
    with database.read() as session:
        (fact,) = processes.open_facts(session, clock.now())
    assert [workshop.id for workshop in fact.workshops] == ["b"]


def test_facts_are_read_again_only_when_something_changed(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    statements: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    with database.read() as session:
        first = processes.open_facts(session, clock.now())
        statements.clear()
        assert processes.open_facts(session, clock.advance(minutes=1)) is first
    assert len(statements) == 1
    _put(database, clock, territory="Rezé", entry_points=[])
    with database.write() as session:
        (fresh,) = processes.open_facts(session, clock.now())
    assert fresh.entries == ()


def test_what_was_rolled_back_is_not_remembered(database: Database, clock: Clock) -> None:
    _put(database, clock)
    _open(database, clock)
    with pytest.raises(ZeroDivisionError), database.write() as session:  # noqa: PT012 - what breaks a batch breaks it after the work
        processes.put(session, clock.now(), document(title={"fr": "Rien"}, sms_name="Rien"), "token:3")
        processes.open_facts(session, clock.now())
        raise ZeroDivisionError
    _put(database, clock.__class__(clock.at + timedelta(seconds=1)), title={"fr": "Tout"}, sms_name="Tout")
    with database.read() as session:
        (fact,) = processes.open_facts(session, clock.now())
    assert fact.sms_name == "Tout"


# --- the ways in


def test_a_printed_poster_goes_on_working(database: Database, clock: Clock) -> None:
    _put(database, clock)
    before = {entry.id: entry.token for entry in _get(database).entries}
    _put(database, clock, entry_points=[{"id": "pharmacie", "place": "Pharmacie du Port"}, {"id": "gare"}])
    after = {entry.id: entry for entry in _get(database).entries}
    assert after["pharmacie"] == Entry("pharmacie", before["pharmacie"], place="Pharmacie du Port")
    assert set(after) == {"pharmacie", "gare"}
    assert all(22 <= len(entry.token) <= 64 and entry.token.replace("-", "").replace("_", "").isalnum() for entry in after.values())
    assert len({entry.token for entry in after.values()}) == 2


def test_starts_are_counted_by_poster(database: Database, clock: Clock) -> None:
    _put(database, clock)
    token = next(entry.token for entry in _get(database).entries if entry.id == "pharmacie")
    with database.write() as session:
        for each in (token, token, "anybody can invent one", "\x00", "\ud800"):
            entrypoints.started(session, [each])
        assert {row.name: row.starts for row in session.execute(sa.select(entry_point.c.name, entry_point.c.starts))} == {
            "pharmacie": 2,
            "mediatheque": 0,
        }


def test_a_journal_of_nothing_is_empty(database: Database) -> None:
    with database.read() as session:
        assert processes.journal(session, "absent") == processes.journal(session, "\x00") == ()
        assert processes.get(session, "\x00") is None
        assert processes.mandates(session, "absent") == ()
        assert audit.search(session).items == ()
