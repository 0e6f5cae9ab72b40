"""Hard texts are shared out among who reads; they still come when nobody else does, and a life in danger is never held back."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.contributions import queue, sharing, triage
from outreach.db import Database
from tests.conftest import Clock
from tests.contributing import LEA, MAX, Desk, given, person, phone

THREAT, INSULT, DISTRESS = "Je vais vous tuer tous", "Le maire est un gros connard", "Je veux mourir"


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def said(desk: Desk, *texts: str, publish: bool = True) -> list[str]:
    """Texts of as many people, a second apart, looked at by the clock."""
    found = []
    for text in texts:
        with desk.database.write() as session:
            found.append(given(session, desk.clock.advance(seconds=1), person(session, desk.clock.now(), phone()), text, publish=publish))
    with desk.database.write() as session:
        while looked := triage.unread(session):
            triage.keep(session, desk.clock.now(), looked)
    return found


def reads(desk: Desk, actor: str) -> str:
    """The next one that this person gets and decides, a minute later; "" when there is none."""
    item = desk.write(queue.claim_next, actor)
    if item is None:
        return ""
    desk.clock.advance(minutes=1)
    desk.decide(item.ref, "accept", actor)
    return str(item.text)


def leaves(desk: Desk, actor: str, ref: str) -> str:
    """The next one that this person gets after leaving one to the others."""
    with desk.database.write() as session:
        queue.release(session, ref, actor)
        item = queue.claim_next(session, desk.clock.now(), actor, skip=[ref])
    return item.ref if item else ""


def test_hard_texts_are_shared_out_between_two(desk: Desk) -> None:
    said(desk, *(f"{THREAT} {number}" for number in range(3)), f"{INSULT} 4", *(f"Des bancs {number}" for number in range(12)))
    seen: dict[str, list[str]] = {LEA: [], MAX: []}
    for _ in range(8):
        for actor in (LEA, MAX):
            seen[actor].append(reads(desk, actor))
    assert seen[LEA] == [f"{THREAT} 0", "Des bancs 0", "Des bancs 2", "Des bancs 4", f"{THREAT} 2", *(f"Des bancs {n}" for n in (6, 8, 10))]
    assert seen[MAX] == [f"{THREAT} 1", "Des bancs 1", "Des bancs 3", "Des bancs 5", f"{INSULT} 4", *(f"Des bancs {n}" for n in (7, 9, 11))]


def test_where_nobody_else_reads_and_nothing_else_waits_they_still_come(desk: Desk) -> None:
    said(desk, f"{INSULT} 0", f"{INSULT} 1", f"{THREAT} 2", "Des bancs", f"{THREAT} 3")
    assert [reads(desk, LEA) for _ in range(6)] == [f"{THREAT} 2", "Des bancs", f"{THREAT} 3", f"{INSULT} 0", f"{INSULT} 1", ""]


def test_a_life_in_danger_waits_for_nobodys_rest(desk: Desk) -> None:
    said(desk, "Des bancs", f"{THREAT} 0", f"{THREAT} 1")
    assert reads(desk, LEA) == f"{THREAT} 0"
    first, second = f"{DISTRESS}, {INSULT.lower()}", f"{DISTRESS} aussi"
    said(desk, first, second)
    assert [reads(desk, LEA) for _ in range(2)] == [first, second]
    said(desk, f"{DISTRESS} enfin", publish=False)  # only to read: the others of its kind come last
    assert [reads(desk, LEA) for _ in range(3)] == [f"{DISTRESS} enfin", "Des bancs", f"{THREAT} 1"]


def test_what_was_hard_although_no_look_had_seen_it_counts_too(desk: Desk) -> None:
    first, threat, calm, _other = said(desk, "Dehors", INSULT, "Des bancs", "De l'ombre")
    desk.write(queue.claim, first, LEA)
    desk.decide(first, "refuse", LEA, reason="R3")
    assert desk.write(queue.claim_next, LEA).ref == calm
    assert desk.write(queue.claim_next, MAX).ref == threat


def test_an_open_one_stays_open_and_who_paused_has_rested(desk: Desk) -> None:
    first, second, _calm = said(desk, f"{THREAT} 0", f"{THREAT} 1", "Des bancs")
    assert [desk.write(queue.claim_next, LEA).ref for _ in range(2)] == [first, first]
    desk.decide(first, "accept", LEA)
    desk.clock.advance(minutes=10)
    assert desk.write(queue.claim_next, LEA).ref == second


def test_what_somebody_left_is_for_the_others_first_and_the_urgent_that_comes_meanwhile_is_next(desk: Desk) -> None:
    left, calm, other = said(desk, INSULT, "Des bancs", "De l'ombre")
    assert desk.write(queue.claim_next, LEA).ref == left
    assert leaves(desk, LEA, left) == calm
    (urgent,) = said(desk, DISTRESS)
    assert leaves(desk, LEA, calm) == urgent
    assert leaves(desk, LEA, urgent) == other
    assert desk.write(queue.claim_next, MAX).ref == urgent
    assert leaves(desk, MAX, urgent) == calm
    assert leaves(desk, LEA, other) == urgent  # nothing else waits for her
    desk.clock.advance(minutes=10, seconds=1)
    assert leaves(desk, LEA, other) == urgent


def test_where_all_were_left_the_one_left_longest_ago_comes_again(desk: Desk) -> None:
    refs = said(desk, *(f"Des bancs {number}" for number in range(4)))
    seen = [desk.write(queue.claim_next, LEA).ref]
    for _ in range(7):
        desk.clock.advance(seconds=20)
        seen.append(leaves(desk, LEA, seen[-1]))
    assert seen == [*refs, *refs]


def test_an_ordinary_one_is_not_looked_for_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "LOOKED_AT", 2)
    monkeypatch.setattr(queue, "HELD_AMONG", 4)
    hard = said(desk, *(f"{INSULT} {number}" for number in range(6)), "Des bancs")[:6]
    assert reads(desk, LEA) == f"{INSULT} 0"
    assert desk.write(queue.claim_next, LEA).ref == hard[1]


def test_what_somebody_read_is_found_by_an_index(desk: Desk) -> None:
    if not desk.database.is_sqlite:
        return  # PostgreSQL plans by statistics: a handful of rows it reads all
    said(desk, THREAT, "Des bancs")
    reads(desk, LEA)
    asked: list[tuple[str, Any]] = []
    sa.event.listen(desk.database.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    with desk.database.read() as session:
        assert sharing.lately(session, desk.clock.now(), LEA).hard
        plans = [plan(session, *one) for one in tuple(asked) if one[0].startswith("SELECT")]
    assert len(plans) == 2
    assert not [step for steps in plans for step in steps if "SCAN" in step or "TEMP B-TREE" in step]


def plan(session: Session, sql: str, values: Any) -> list[str]:
    return [step.detail for step in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()]
