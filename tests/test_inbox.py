"""A batch in: kept once, turns in order, effects under the lock, answers queued; what breaks harms nobody else.

The voice is scripted (tests/scripted.py); test_inbox_any_order has the real one.
"""

import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import effects as wanted
from conversations.effects import Effect
from conversations.messages import Inbound, Start, Words
from conversations.steps import State
from outreach import (
    consents,
    contributions,
    inbox,
    outbox,
    rights,
    tables,
    tickets,
    trouble,
)
from outreach.db import Database
from outreach.house import house
from outreach.inbox import Received, effects, facts, sql
from outreach.outbox import Body
from tests.conftest import Clock
from tests.inbox_office import AGAIN, CHAT, FAILED, FRESH, OTHER, PHONE, Office, opened
from tests.scripted import SORRY, Postman, scripted

__all__ = ["scripted"]

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def postman(clock: Clock) -> Postman:
    return Postman(clock)


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return opened(database, clock)


# A message is kept once


def test_a_message_takes_one_turn_however_often_it_comes(office: Office, postman: Postman) -> None:
    once = postman.brings("note one; tell hello", key="a")
    assert office.receive(once) == [FRESH]
    assert office.receive(once, postman.brings("note two", key="b"), once) == [AGAIN, FRESH, AGAIN]
    assert office.notes() == ["one", "two"]
    assert office.said() == ["hello"]
    assert len(office.rows(tables.inbound)) == 2


def test_the_same_key_of_another_channel_or_account_is_another_message(office: Office, postman: Postman) -> None:
    first = postman.brings("note one", key="a")
    others = [postman.brings("note two", key="a", channel="simulator"), msgspec.structs.replace(first, account="38000")]
    assert office.receive(first, *others) == [FRESH, FRESH, FRESH]


def test_a_message_is_kept_sealed_and_opens_word_for_word(office: Office, postman: Postman) -> None:
    words = Words("Des bancs, et de l'ombre", message="77", attachment="photo")
    office.receive(postman.brings(words), postman.brings(Start("tok"), CHAT, network="telegram"))
    assert office.arrived() == [words, Start("tok")]
    (row, _) = office.rows(tables.inbound)
    assert b"bancs" not in row.sealed
    assert row.received_at == office.clock.now()
    assert not row.failed


def test_no_number_and_no_word_stands_in_the_clear(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note jardinage; tell jardinage; submit jardinage"))
    office.receive(postman.brings("note jardinage", CHAT, network="telegram"))
    for table in tables.metadata.sorted_tables:
        for row in office.rows(table):
            content = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
            for secret in (PHONE[1:], CHAT, "jardinage"):
                assert secret.encode() not in content, table.name


def test_a_provider_s_key_of_any_shape_is_one_key(office: Office, postman: Postman) -> None:
    for key in ("x" * 5000, "a\x00b", "\ud83d", "è" * 128):
        assert office.receive(postman.brings("note x", key=key)) == [FRESH]
        assert office.receive(postman.brings("note x", key=key)) == [AGAIN]


def test_half_a_pair_of_letters_is_replaced_and_the_rest_is_kept(office: Office, postman: Postman) -> None:
    assert office.receive(postman.brings("note bancs \ud83d", key="a")) == [FAILED]
    assert office.arrived() == [Words("note bancs ?")]


# Turns


def test_a_turn_knows_when_its_message_came_in_the_city_s_own_time_and_whether_the_person_is_new(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("tell facts"))
    office.clock.advance(minutes=5)
    late = postman.brings("tell facts")
    office.clock.advance(minutes=5)
    office.receive(late)
    assert office.said() == [
        "new=True stopped=False consents=[] now=2027-03-15T11:00:00+01:00",
        "new=False stopped=False consents=[] now=2027-03-15T11:05:00+01:00",
    ]


def test_several_messages_of_one_person_in_a_batch_take_their_turns_one_after_the_other(office: Office, postman: Postman) -> None:
    batch = [postman.brings(f"note {number}; tell notes", PHONE if number % 3 else OTHER) for number in range(7)]
    assert office.receive(*batch) == [FRESH] * 7
    assert office.notes(PHONE) == ["1", "2", "4", "5"]
    assert office.notes(OTHER) == ["0", "3", "6"]
    assert sorted(office.said(), key=lambda said: (said[0], len(said))) == ["0", "0,3", "0,3,6", "1", "1,2", "1,2,4", "1,2,4,5"]


def test_two_networks_are_two_addresses_even_with_the_same_letters(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note sms", CHAT), postman.brings("note telegram", CHAT, network="telegram"))
    assert office.notes(CHAT, "sms") == ["sms"]
    assert office.notes(CHAT, "telegram") == ["telegram"]


def test_answers_leave_in_order_with_what_they_ask_by_the_door_their_message_came_through(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("tell one; ask publish; tell three", CHAT, network="telegram", channel="simulator"))
    rows = office.rows(tables.outbox, "channel", "network", "urgency", "asks", "card", "sequence", "after_stop", "state")
    assert rows == [
        ("simulator", "telegram", "reply", "", "", 0, True, "queued"),
        ("simulator", "telegram", "reply", "publish", "card-1", 1, True, "queued"),
        ("simulator", "telegram", "reply", "", "", 2, True, "queued"),
    ]
    assert office.bodies()[1] == Body("publish ?", (("q1:yes", "Oui", 0),), how="card")


def test_a_silence_s_answer_leaves_by_the_door_used_last(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("wake gathered 60", channel="kannel"))
    office.receive(postman.brings("note again", channel="simulator"))
    assert office.contact().channel == "simulator"


def test_a_phone_has_no_card_to_change_in_silence(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("quiet published"), postman.brings("quiet published", CHAT, network="telegram"))
    assert [(body.text, body.how) for body in office.bodies()] == [("published", "quiet")]


def test_a_notice_within_a_turn_keeps_hours_and_stop_holds_it(office: Office, postman: Postman) -> None:
    office.clock.at = datetime(2027, 3, 15, 23, 0, tzinfo=UTC)
    office.receive(postman.brings("notice nudge; tell now"))
    nudge, reply = office.rows(tables.outbox, "urgency", "after_stop", "not_before")
    assert nudge == ("notice", False, datetime(2027, 3, 16, 7, 0, tzinfo=UTC))
    assert reply == ("reply", True, office.clock.now())


def test_what_waits_for_a_person_is_dropped_with_their_stop_at_once(office: Office, postman: Postman) -> None:
    office.clock.at = datetime(2027, 3, 15, 23, 0, tzinfo=UTC)
    office.receive(postman.brings("notice nudge; tell now"))
    office.receive(postman.brings("stop; tell done"))
    rows = office.rows(tables.outbox, "urgency", "state", "why")
    assert rows[:2] == [("notice", "dropped", "stopped"), ("reply", "dropped", "stopped")]
    assert rows[2:] == [("reply", "queued", "")] * 2  # what answers the STOP itself


def test_a_person_s_last_day_is_written_once_a_day(office: Office, postman: Postman) -> None:
    first = office.clock.now()
    office.receive(postman.brings("note x"))
    office.clock.advance(hours=23)
    office.receive(postman.brings("note x"))
    assert office.rows(tables.contact, "seen_at") == [(first,)]
    second = office.clock.advance(hours=3)
    office.receive(postman.brings("note x"))
    assert office.rows(tables.contact, "seen_at") == [(second,)]


# What breaks


def test_a_turn_that_breaks_touches_nothing_keeps_its_message_for_a_person_and_apologises_once(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note before; wake gathered 60"))
    broken = postman.brings("tell never; submit never; break", key="broken")
    assert office.receive(broken, postman.brings("note fine", OTHER)) == [FAILED, FRESH]
    assert office.receive(broken) == [AGAIN]
    assert [row.failed for row in office.rows(tables.inbound)] == [False, True, False]
    assert office.said() == [SORRY]
    assert office.rows(tables.contribution) == []
    assert [ticket.text for ticket in office.do(tickets.listing).items] == ["tell never; submit never; break"]
    assert office.notes(OTHER) == ["fine"]
    assert office.receive(postman.brings("note after")) == [FRESH]
    assert office.notes() == ["before", "after"]
    assert office.sweep(seconds=60) == 1


def test_a_stranger_whose_first_message_broke_is_still_new(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("break"))
    office.receive(postman.brings("tell facts"))
    assert office.said()[-1].startswith("new=True")


def test_a_conversation_that_breaks_twice_in_a_day_begins_anew(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note before; wake gathered 3600"))
    heard = office.clock.now().astimezone(house_zone(office))
    assert office.receive(postman.brings("break"), postman.brings("break")) == [FAILED, FAILED]
    assert office.state() == State(notice="v1", last=heard)
    assert office.rows(tables.wakeup) == []
    assert office.said() == [SORRY, SORRY]


def house_zone(office: Office) -> ZoneInfo:
    assert office.database.house is not None
    return office.database.house.timezone


@pytest.mark.parametrize("fault", ["submit words; break later", "circle; stop", "nowhere words"])
def test_what_breaks_after_the_turn_is_undone_for_that_person_alone(office: Office, postman: Postman, fault: str) -> None:
    office.receive(postman.brings("note before"))
    batch = [postman.brings("submit first", OTHER), postman.brings(fault), postman.brings("submit third", CHAT, network="telegram")]
    assert office.receive(*batch) == [FRESH, FAILED, FRESH]
    assert len(office.rows(tables.contribution)) == 2
    assert sorted(office.said()) == sorted(["= Submitted", "= Submitted", SORRY])
    assert not office.contact().stopped
    assert [row.failed for row in office.rows(tables.inbound)].count(True) == 1
    assert office.receive(*batch) == [AGAIN, AGAIN, AGAIN]


def test_the_log_tells_where_it_broke_and_none_of_the_words(office: Office, postman: Postman, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "outreach"):
        office.receive(postman.brings("note jardinage; break"), postman.brings("nowhere jardinage", OTHER))
    assert "Broken" in caplog.text
    assert "scripted.py:" in caplog.text
    assert "UnknownProcess" in caplog.text
    assert "jardinage" not in caplog.text
    assert PHONE[1:] not in caplog.text


def test_a_memory_that_no_longer_opens_is_a_new_beginning(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("note before"))
    office.do(lambda session: session.execute(sa.update(tables.conversation).values(sealed=b"\x01" + bytes(40))))
    assert office.receive(postman.brings("note after")) == [FRESH]
    assert office.notes() == ["after"]


def test_a_busy_or_lost_database_is_nobody_s_fault_and_nothing_is_kept(
    office: Office, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error = sa.exc.OperationalError("SELECT", None, busy)

    def raises(*_: object) -> None:
        raise error

    monkeypatch.setattr(outbox, "put", raises)
    with pytest.raises(sa.exc.OperationalError) as caught:
        office.receive(postman.brings("tell hello", key="a"))
    assert trouble.kind(caught.value) == "again"
    assert office.rows(tables.inbound) == []
    assert office.rows(tables.contact) == []
    monkeypatch.undo()


# Effects


def test_every_effect_that_a_conversation_may_ask_is_carried_out() -> None:
    assert {*effects.HANDLERS, wanted.WakeAfter, wanted.LetSleep, wanted.Began} == set(get_args(Effect))


def test_effects_happen_in_the_person_s_order_and_outcomes_speak_in_turn(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("tell first; submit words; stop; person help; appeal; withdraw 00000000"))
    assert office.said() == ["first", "= Submitted", "= Stopped", "= Noted", "= NoAppeal", "= Unknown"]
    assert office.contact().stopped


def test_stop_then_back_is_back_and_back_then_stop_is_stopped(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("stop; back d'accord"), postman.brings("back d'accord; stop", OTHER))
    assert not office.contact(PHONE).stopped
    assert office.contact(OTHER).stopped


def test_a_batch_of_contributions_gets_a_reference_each_in_order_of_arrival(office: Office, postman: Postman) -> None:
    office.receive(*(postman.brings(f"submit avis {number}", f"+3360000000{number}") for number in range(5)))
    with office.database.read() as session:
        rows = session.execute(sa.select(tables.contribution).order_by(tables.contribution.c.id)).all()
        keys = house(session).keys
        assert [keys.open("contribution", row.id, row.sealed).decode() for row in rows] == [f"avis {number}" for number in range(5)]
        assert len({row.ref for row in rows}) == 5


def test_back_is_a_consent_with_its_words(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("stop"))
    office.receive(postman.brings("back De nouveau des SMS quand il y a un atelier."))
    (proof,) = office.do(consents.proofs, office.contact().address_id)
    assert (proof.purpose, proof.wording, proof.source) == ("workshops", "De nouveau des SMS quand il y a un atelier.", "REPRENDRE")
    office.receive(postman.brings("tell facts"))
    assert "stopped=False consents=['workshops']" in office.said()[-1]


def test_consent_is_given_and_withdrawn(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("agree oui; language en"))
    assert office.do(consents.held, [office.contact().address_id]) == {office.contact().address_id: {"workshops"}}
    assert office.contact().language == "en"
    office.receive(postman.brings("disagree"))
    assert office.do(consents.held, [office.contact().address_id]) == {office.contact().address_id: frozenset()}
    office.receive(postman.brings("disagree"))  # nothing is left to withdraw
    assert [(one.kind, one.outcome) for one in office.do(rights.listing)] == [("withdrawal", "ended")]


def test_a_person_s_contributions_are_read_only_when_their_turn_looks(
    office: Office, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.receive(postman.brings("submit words"))
    asked: list[list[int]] = []
    real = contributions.of_addresses

    def counted(session: Session, address_ids: list[int]) -> Any:
        asked.append(list(address_ids))
        return real(session, address_ids)

    monkeypatch.setattr(contributions, "of_addresses", counted)
    office.receive(postman.brings("note x"), postman.brings("tell contributions"), postman.brings("note x", OTHER))
    assert asked == [[office.contact().address_id]]
    assert office.said()[-1] == "received"


def test_an_outcome_is_answered_with_what_stands_after_the_effect(office: Office, postman: Postman) -> None:
    office.receive(postman.brings("break count; submit one"))
    office.receive(postman.brings("tell contributions; submit two"))
    assert office.said() == ["= Submitted among 1", "received", "= Submitted among 2"]


def test_contributions_that_were_not_read_behave_as_none() -> None:
    unread = facts.Unread()
    assert not unread.looked_at
    for look in (len, list, bool, lambda these: these == (), lambda these: these[:3], lambda these: 1 in these):
        unread.looked_at = False
        assert not look(unread) or look(unread) is True
        assert unread.looked_at


# Two processes


def test_two_processes_that_receive_the_same_messages_in_different_order_keep_each_once(office: Office, postman: Postman) -> None:
    phones = [f"+3361111{number:04d}" for number in range(40)]
    batch = [postman.brings("note x; tell hello; submit words", phone) for phone in phones]
    other = Database(office.database.url.render_as_string(hide_password=False), office.database.house)
    together = Barrier(2)
    results: list[list[Received]] = []

    def run(database: Database, arrivals: list[Inbound]) -> None:
        together.wait()
        results.extend(again(database, arrivals[start : start + 8], office.clock.now()) for start in range(0, len(arrivals), 8))

    threads = [Thread(target=run, args=pair) for pair in ((office.database, batch), (other, batch[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sum(one.fresh for some in results for one in some) == 40
    assert not any(one.failed for some in results for one in some)
    assert len(office.rows(tables.inbound)) == len(office.rows(tables.contact)) == len(office.rows(tables.contribution)) == 40
    assert office.said().count("hello") == 40


def again(database: Database, arrivals: list[Inbound], now: datetime) -> list[Received]:
    """What the ledger does: a deadlock repeats the batch."""
    while True:
        try:
            with database.write() as session:
                return inbox.receive(session, arrivals, now)
        except Exception as error:
            if trouble.kind(error) != "again":
                raise


def test_the_hot_statements_use_their_indexes(tmp_path: Path) -> None:
    """On SQLite; PostgreSQL plans by the size of its tables."""
    database = Database(f"sqlite:///{tmp_path}/plans.db")
    tables.metadata.create_all(database.engine)
    find = sql._FIND.format(marks="(?,?),(?,?)")
    known = sql._KNOWN.format(gather="group_concat(g.purpose)", among="IN (?,?)")
    with database.read() as session:
        for query, values in ((find, ("sms", b"") * 2), (known, (1, 2))):
            steps = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
            assert any(step.startswith("SEARCH a ") for step in steps), steps
            assert {step for step in steps if step.startswith("SCAN")} <= {"SCAN w", "SCAN 2 CONSTANT ROWS"}, steps
    database.close()
