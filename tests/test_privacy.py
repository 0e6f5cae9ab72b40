"""What must go goes: by the clock, table by table, and at a word of the person."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import AskPerson
from conversations.messages import Words
from conversations.notices import Published
from conversations.outcomes import Forgotten
from outreach import audit, consents, contacts, notary, notices, outbox, privacy, tickets, wakeups
from outreach.contributions import decisions
from outreach.contributions.decisions import Decision
from outreach.db import Database
from outreach.house import house
from outreach.privacy import retention
from outreach.references import new_id, new_token
from outreach.tables import (
    address,
    contact,
    contribution,
    conversation,
    decision,
    entry,
    inbound,
    metadata,
    suppression,
)
from outreach.tables import audit as audit_table
from outreach.tables import outbox as outbox_table
from outreach.tables.base import Instant
from tests.conftest import Clock
from tests.contributing import given, open_process, person
from tests.needles import phone, search_database

NUMBER = "+33612345678"
OTHER = "+33698765432"

DATED = [table for table in metadata.sorted_tables if table.info["retention"]["days"] is not None]


# --- each table names its retention


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: str(table.name))
def test_a_table_names_how_long_its_rows_are_kept_and_why(table: sa.Table) -> None:
    kept = table.info["retention"]
    assert len(kept["why"]) > 10
    if kept["days"] is None:
        assert kept["after"] is None
    else:
        assert kept["days"] > 0
        assert isinstance(table.c[kept["after"]].type, Instant)


def test_the_periods_are_those_of_the_register() -> None:
    """Requirements 2.4 and journeys 5: a period changes here, in the table and in the register, or nowhere."""
    assert {table.name: table.info["retention"]["days"] for table in DATED} == {
        "attempt": 90, "audit": 365, "callback": 1, "contact": 730, "dossier": 366, "draft_link": 90, "handover": 1, "idempotency": 1,
        "inbound": 30, "sample": 396,
        "invitation": 1, "mail": 30, "need": 7, "notice": 90, "optin": 2, "pressure": 31, "solicitation": 90, "tester": 365,
        "outbox": 30, "registration": 92, "report": 183, "right_request": 1096, "signin": 1, "suppression": 1096, "ticket": 183,
        "wrong_code": 1,
    }  # fmt: skip


# --- the clock, table by table


def _fill(session: Session, table: sa.Table, now: datetime, **values: Any) -> None:
    """One row of any table, with the rows it points at."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in values:
            row[column.name] = values[column.name]
        elif column.foreign_keys and not column.nullable:
            (foreign,) = column.foreign_keys
            _fill(session, foreign.column.table, now)
            row[column.name] = session.scalar(sa.select(sa.func.max(foreign.column)))
        elif not column.nullable and column.default is None:
            row[column.name] = _some(column, now)
    session.execute(sa.insert(table).values(row))


def _some(column: sa.Column[Any], now: datetime) -> Any:
    kind = datetime if isinstance(column.type, Instant) else column.type.python_type
    made: dict[type, Callable[[], Any]] = {
        str: lambda: new_token()[: getattr(column.type, "length", None) or 22],
        bytes: lambda: new_token().encode().ljust(32),
        datetime: lambda: now,
        date: now.date,
        bool: lambda: False,
        int: lambda: new_id(now) if column.primary_key else 1,
    }
    return made[kind]()


@pytest.mark.parametrize("table", DATED, ids=lambda table: str(table.name))
def test_a_row_stays_until_its_day_and_not_longer(database: Database, clock: Clock, table: sa.Table) -> None:
    days, after = table.info["retention"]["days"], table.info["retention"]["after"]
    with database.write() as session:
        if table is audit_table:
            audit.write(session, [audit.line("clock", "retention.purged", "")], clock.now())
            notary.chain(session, clock.now())
        else:
            _fill(session, table, clock.now(), **{after: clock.now()})
    at = clock.now()
    for now, stays in ((at + timedelta(days=days), 1), (at + timedelta(days=days, seconds=1), 0)):
        with database.write() as session:
            report = privacy.purge(session, now)
            assert session.scalar(sa.select(sa.func.count()).select_from(table).where(table.c[after] == at)) == stays
            assert report.counts.get(table.name, 0) == 1 - stays


def test_the_report_is_counts_and_so_are_its_lines(database: Database, clock: Clock) -> None:
    with database.write() as session:
        for _ in range(3):
            _fill(session, suppression, clock.now(), since=clock.now())
        report = privacy.purge(session, clock.advance(days=1097))
        assert report == privacy.Report({"suppression": 3}, more=False)
        assert report.total == 3
        (line,) = audit.search(session).items
    assert (line.actor, line.action, line.subject, line.detail) == ("clock", "retention.purged", "", {"kind": "suppression", "count": 3})


def test_much_goes_slice_by_slice(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SLICE", 2)
    with database.write() as session:
        for _ in range(5):
            _fill(session, suppression, clock.now(), since=clock.now())
        now = clock.advance(days=1097)
        assert [(report.total, report.more) for report in (privacy.purge(session, now) for _ in range(4))] == [
            (2, True),
            (2, True),
            (1, False),
            (0, False),
        ]


def test_a_purge_leaves_the_log_whole(database: Database, clock: Clock) -> None:
    with database.write() as session:
        audit.write(session, [audit.line("citizen", "contact.stopped", new_token())], clock.now())
        notary.chain(session, clock.now())
        now = clock.advance(days=300)
        audit.write(session, [audit.line("citizen", "contact.stopped", new_token())], now)
        notary.chain(session, now)
        assert privacy.purge(session, clock.advance(days=100)).counts == {"audit": 1}
        notary.chain(session, clock.now())
        assert audit.verify(session) == audit.Verdict(ok=True, lines=2)


def test_who_was_silent_for_two_years_is_nobody(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        quiet = person(session, clock.now(), NUMBER)
        ref = given(session, clock.now(), quiet)
        person(session, clock.advance(days=10), OTHER)
        report = privacy.purge(session, clock.advance(days=725))
        assert (report.counts["contact"], contacts.find(session, "sms", NUMBER)) == (1, None)
        assert contacts.find(session, "sms", OTHER) is not None
        row = session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one()
        assert (row.address_id, row.pseudonym, row.state) == (None, "", "received")
        assert row.sealed is not None  # the city still owes an answer to these words


# --- contributions


@pytest.mark.parametrize(
    ("state", "days", "gone"),
    [
        ("refused", 183, False),
        ("refused", 184, True),
        ("upheld", 184, True),
        ("answered", 184, True),
        ("responded", 183, False),
        ("responded", 184, True),
        ("carried_out", 184, True),
        ("appealed", 184, False),
        ("received", 184, False),
        ("published", 184, False),
        ("published", 1096, False),
        ("published", 1097, True),
        ("received", 1097, True),
        ("read_only", 1097, True),
        ("appealed", 1097, True),
    ],
)
def test_words_and_link_go_after_the_answer_or_at_the_end(database: Database, clock: Clock, state: str, days: int, gone: bool) -> None:  # noqa: FBT001
    with database.write() as session:
        open_process(session, clock.now())
        address_id = person(session, clock.now())
        given(session, clock.now(), address_id)
        public = state in {"published", "responded", "carried_out"}
        values = {"state": state, "public_text": "Des bancs", "published_at": clock.now() if public else None}
        session.execute(sa.update(contribution).values(values))
        row = session.execute(sa.select(contribution)).one()
        _fill(session, decision, clock.now(), contribution_id=row.id, sealed=b"note", fact="un nom")
        session.execute(sa.update(contact).values(seen_at=clock.now() + timedelta(days=1000)))
        report = privacy.purge(session, clock.now() + timedelta(days=days))
        row = session.execute(sa.select(contribution)).one()
        kept = session.execute(sa.select(decision)).one()
    assert report.counts.get("contribution", 0) == int(gone)
    assert (row.sealed is None, row.address_id is None, row.pseudonym == "", kept.sealed is None, kept.fact == "") == (gone,) * 5
    assert row.public_text == ("Des bancs" if public or not gone else None)
    assert (row.state, row.language) == (state, "fr")  # what remains for the figures


# --- OUBLI


def _life(session: Session, now: datetime, number: str, said: str) -> tuple[int, list[str]]:
    """Someone with one of everything; the references: published, refused, waiting."""
    keys = house(session).keys
    address_id = person(session, now, number)
    refs = [given(session, now, address_id, f"{said} {word}") for word in ("paru", "refusé", "attend")]
    decisions.decide(session, now, refs[0], "token:1", Decision("accept"), timedelta())
    decisions.decide(session, now, refs[1], "token:1", Decision("refuse", reason="R4", fact="il donne un nom"), timedelta())
    consents.give(session, [consents.Given(address_id, "workshops", "un SMS quand il y a un atelier ? 1 oui 2 non", "fr", "receipt")], now)
    sealed = keys.seal("conversation", address_id, msgspec.json.encode({"draft": said}))
    session.execute(sa.insert(conversation).values(address_id=address_id, flow="contribute", step="confirm", sealed=sealed, heard_at=now))
    wakeups.set_(session, [wakeups.Wake(address_id, "nudge", now + timedelta(days=1))])
    outbox.put(session, [outbox.Put(address_id, "sms", "simulator", "reply", outbox.Body(f"Votre avis {said}"))] * 2, now)
    tickets.open_(session, address_id, AskPerson("call_back", said), now)
    ids = session.scalars(sa.select(contribution.c.id).where(contribution.c.ref == refs[2])).one()
    notices.tell(session, address_id, ids, Published(refs[2]), now)
    arrival = new_id(now)
    words = msgspec.json.encode(Words(said))
    session.execute(
        sa.insert(inbound).values(
            id=arrival,
            channel="simulator",
            account="1",
            provider_key=new_token(),
            address_id=address_id,
            sealed=keys.seal("inbound", arrival, words),
            received_at=now,
            failed=True,
        )
    )
    return address_id, refs


def _rows(session: Session) -> dict[str, int]:
    return {table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in metadata.sorted_tables}


@pytest.mark.parametrize("published", ["keep", "withdraw"])
def test_forgetting_erases_everything_of_an_address_and_nothing_of_another(database: Database, clock: Clock, published: Any) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        _life(session, clock.now(), OTHER, "des arbres")
        before = _rows(session)
        address_id, refs = _life(session, clock.now(), NUMBER, "des bancs")
        found = contacts.get(session, address_id)
        assert found is not None
    with database.write() as session:
        done = privacy.forget(session, clock.now(), address_id, published)
        assert done == (Forgotten(2, 1) if published == "keep" else Forgotten(3, 0))
        after = _rows(session)
        for name in ("contact", "address", "consent", "conversation", "wakeup", "notice", "ticket"):
            assert after[name] == before[name], name
        texts = session.execute(sa.select(entry.c.text, entry.c.salt).where(entry.c.ref == refs[0])).one()
        assert texts.text == ("des bancs paru" if published == "keep" else None)
        assert (texts.salt is None) == (published == "withdraw")
        rows = session.execute(sa.select(contribution).where(contribution.c.ref.in_(refs))).all()
        assert {(row.address_id, row.sealed, row.pseudonym, row.age, row.sources) for row in rows} == {(None, None, "", "", "[]")}
        assert {row.ref: row.state for row in rows} == dict.fromkeys(refs, "withdrawn") | (
            {refs[0]: "published"} if published == "keep" else {}
        )
        kept_words = sa.select(decision.c.sealed, decision.c.fact).where(decision.c.contribution_id.in_([row.id for row in rows]))
        assert [tuple(row) for row in session.execute(kept_words)] == [(None, ""), (None, "")]
        theirs = session.execute(sa.select(outbox_table).where(outbox_table.c.address_id.is_(None))).all()
        assert {(row.sealed, row.state, row.why) for row in theirs} == {(None, "dropped", "forgotten")}
        messages = session.execute(sa.select(inbound).where(inbound.c.address_id.is_(None))).all()
        assert [(bytes(row.sealed), row.failed) for row in messages] == [(b"", False)]
        (kept,) = session.execute(sa.select(suppression)).all()
        assert (kept.network, bytes(kept.fingerprint), kept.why) == ("sms", house(session).keys.suppress("sms", NUMBER), "forgotten")
        (line,) = audit.search(session, action="contact.forgotten").items
        assert (line.actor, line.subject) == ("citizen", found.subject)
        assert line.detail == {"network": "sms", "published": published, "contributions": done.contributions, "kept": done.kept}
        assert contacts.find(session, "sms", OTHER) is not None
    fingerprint = database.house.keys.find("sms", NUMBER).decode("latin-1") if database.house else ""
    assert search_database(database, [*phone(NUMBER), "des bancs refusé", "des bancs attend"]) == []
    if database.is_sqlite:  # SQLite's journal keeps old pages until it is folded into the file, which wipes what was deleted
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert search_database(database, [found.pseudonym, *(["des bancs paru"] if published == "withdraw" else [])]) == []
    with database.read() as session:
        held = [bytes(value) for value in session.scalars(sa.select(address.c.fingerprint))]
    assert fingerprint.encode("latin-1") not in held


def test_forgetting_twice_or_nobody_erases_nothing(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        address_id, _ = _life(session, clock.now(), NUMBER, "des bancs")
        assert privacy.forget_address(session, clock.now(), "sms", OTHER) is None
        assert privacy.forget_address(session, clock.now(), "telegram", NUMBER) is None
        assert privacy.forget_address(session, clock.now(), "sms", NUMBER, "withdraw") == Forgotten(3)
        assert privacy.forget_address(session, clock.now(), "sms", NUMBER, "withdraw") is None
        assert privacy.forget(session, clock.now(), address_id) == Forgotten(0)
        assert len(audit.search(session, action="contact.forgotten").items) == 1


def test_a_stop_outlasts_forgetting(database: Database, clock: Clock) -> None:
    with database.write() as session:
        address_id = person(session, clock.now(), NUMBER)
        contacts.stop(session, address_id, clock.now())
        privacy.forget(session, clock.now(), address_id)
        opposition = contacts.opposition(session, "sms", NUMBER)
        assert opposition is not None
        assert opposition.why == "stop"


def test_a_person_with_two_addresses_keeps_the_other(database: Database, clock: Clock) -> None:
    with database.write() as session:
        first, second = person(session, clock.now(), NUMBER), person(session, clock.now(), "4242", "telegram")
        both = session.scalar(sa.select(address.c.contact_id).where(address.c.id == first))
        alone = session.scalar(sa.select(address.c.contact_id).where(address.c.id == second))
        session.execute(sa.update(address).where(address.c.id == second).values(contact_id=both))
        session.execute(sa.delete(contact).where(contact.c.id == alone))
        privacy.forget(session, clock.now(), first)
        assert session.scalars(sa.select(contact.c.id)).all() == [both]
        privacy.forget(session, clock.now(), second)
        assert session.scalars(sa.select(contact.c.id)).all() == []


def test_what_was_sealed_for_a_person_opens_for_nobody_else(database: Database, clock: Clock) -> None:
    """A number moved into another's row would write to the wrong person: the seal is bound to its row."""
    from outreach.crypto import KeyTrouble

    with database.write() as session:
        mine, theirs = person(session, clock.now(), NUMBER), person(session, clock.now(), OTHER)
        stolen = session.scalar(sa.select(address.c.sealed).where(address.c.id == mine))
        session.execute(sa.update(address).where(address.c.id == theirs).values(sealed=stolen))
        with pytest.raises(KeyTrouble):
            privacy.forget(session, clock.now(), theirs)
