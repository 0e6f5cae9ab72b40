"""Any sequence of decisions, by many at once, leaves the table of moves as it is written."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count, pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from conversations.effects import Forget, Revise, Withdraw
from conversations.outcomes import Submitted
from outreach.contributions import MOVES, appeals, decisions, intake, queue
from outreach.contributions.decisions import Decision, DecisionRefused
from outreach.contributions.queue import ClaimedByOther, NoItem
from outreach.db import Database
from outreach.tables import contribution, decision, entry, leaf
from outreach.tables import move as moves
from tests import contributing
from tests.conftest import Clock
from tests.contributing import AT_ONCE, LEA, MAX, Desk, person, phone, submission


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


KINDS = ("accept", "redact", "refuse", "group", "answer", "move", "split", "ask_again", "uphold", "reverse")
_VERBS = ("decide",) * 12 + ("undo", "wait", "wait", "appeal", "appeal", "appeal", "again", "again", "claim", "withdraw", "forget")
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(_VERBS),
        st.integers(0, 3),  # which contribution
        st.integers(0, 99),  # what is decided; from 80 on, something that is not allowed
        st.sampled_from([LEA, MAX, "token:3"]),
        st.booleans(),  # at once, or after the undo window
        st.integers(0, 3),  # what it is grouped with
    ),
    min_size=12,
    max_size=30,
)
_RUNS = count()


def _do(session: Session, desk: Desk, refs: list[str], step: tuple[Any, ...]) -> None:
    verb, which, draw, actor, at_once, other = step
    now, ref = desk.clock.now(), refs[which % len(refs)]
    match verb:
        case "decide":
            allowed = queue.get(session, now, ref).allowed
            kind = (allowed or KINDS)[draw % len(allowed or KINDS)] if draw < 80 else KINDS[draw % len(KINDS)]
            text = {"redact": "Des bancs […]", "answer": "Oui.", "split": "Des bancs\n---\net des arbres"}.get(kind, "")
            to = {"group": refs[other % len(refs)], "move": "nuit" if other % 2 else "besoins"}.get(kind, "")
            wanted = Decision(kind, reason="R4" if kind in {"redact", "refuse"} else "", text=text, with_=to)
            decisions.decide(session, now, ref, actor, wanted, AT_ONCE if at_once else timedelta(seconds=10))
        case "undo":
            decisions.undo(session, now, ref, actor)
        case "wait":
            decisions.apply_due(session, desk.clock.advance(seconds=5 if at_once else 700))
        case "appeal":
            appeals.open_(session, now, desk.citizen, "" if at_once else ref)
        case "again":
            intake.revise(session, desk.citizen, Revise("", "Des bancs et des arbres", ref), now)
        case "withdraw":
            intake.withdraw(session, desk.citizen, Withdraw(ref), now)
        case "claim":
            queue.claim(session, now, ref, actor)
        case "forget" if draw > 60:
            intake.withdraw(session, desk.citizen, Forget("keep" if at_once else "withdraw"), now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, read_only=st.booleans())
def test_no_sequence_of_verbs_leaves_the_table_of_moves(
    database: Database,
    clock: Clock,
    steps: list[tuple[Any, ...]],
    read_only: bool,  # noqa: FBT001 - drawn by name
) -> None:
    desk = Desk(database, clock, f"demarche-{next(_RUNS)}")
    refs = [desk.receive("Des bancs et des arbres") for _ in range(3)] + ([desk.receive(publish=False)] if read_only else [])
    for step in steps:
        try:
            with database.write() as session:
                _do(session, desk, refs, step)
        except (DecisionRefused, ClaimedByOther, NoItem):
            continue
    with database.write() as session:
        decisions.apply_due(session, clock.advance(minutes=1))
        _check_everything(session, desk.slug)


def _check_everything(session: Session, slug: str) -> None:
    about = contributing.process_id(session, slug)
    rows = session.execute(sa.select(contribution).where(contribution.c.process_id == about)).all()
    entries = {row.ref: row for row in session.execute(sa.select(entry).where(entry.c.process_id == about))}
    for row in rows:
        path = session.execute(sa.select(moves.c.before, moves.c.after).where(moves.c.contribution_id == row.id).order_by(moves.c.id)).all()
        assert path[0].before in {"draft", "split"}
        assert all(one.after in MOVES[one.before] for one in path)
        assert all(one.after == two.before for one, two in pairwise(path))
        assert path[-1].after == row.state
        states = {one.after for one in path}
        for state in states:
            event(state)
        there = entries.get(row.ref)
        assert (there is not None) == ("published" in states)
        if there is not None:
            assert row.publish
            assert (there.text is None) == (row.state == "withdrawn") == (there.salt is None) == (there.withdrawn_at is not None)
            assert there.text is None or there.text == row.public_text
        if row.state == "withdrawn":
            assert (row.sealed, row.public_text, row.address_id, row.pseudonym) == (None, None, None, "")
    behind: dict[str, int] = {}
    for one in entries.values():
        behind[one.grouped_with] = behind.get(one.grouped_with, 0) + 1
    for one in entries.values():
        assert one.copies == behind.get(one.ref, 0)
        assert not one.grouped_with or (entries[one.grouped_with].withdrawn_at is None and not entries[one.grouped_with].grouped_with)
    assert session.scalar(sa.select(sa.func.count()).select_from(leaf).where(leaf.c.kind == "published")) is not None


def test_moderators_at_once_decide_each_item_once(desk: Desk) -> None:
    with desk.database.write() as session:
        people = [person(session, desk.clock.now(), phone()) for _ in range(24)]
        intake.submit(session, [submission(who) for who in people], desk.clock.now())

    def moderate(actor: str) -> list[str]:
        done = []
        while item := desk.write(queue.claim_next, actor):
            desk.decide(item.ref, "accept", actor)
            done.append(item.ref)
        return done

    with ThreadPoolExecutor(4) as desks:
        done = [ref for refs in desks.map(moderate, [f"staff:{n}" for n in range(4)]) for ref in refs]
    assert len(done) == len(set(done)) == 24
    with desk.database.read() as session:
        assert set(session.scalars(sa.select(contribution.c.state))) == {"published"}
        assert session.scalar(sa.select(sa.func.count()).select_from(leaf)) == 24


def test_two_clocks_and_an_undo_at_once_give_effect_once(desk: Desk) -> None:
    with desk.database.write() as session:
        people = [person(session, desk.clock.now(), phone()) for _ in range(20)]
        given_ = intake.submit(session, [submission(who) for who in people], desk.clock.now())
    refs = [one.ref for one in given_ if isinstance(one, Submitted)]
    for ref in refs:
        desk.decide(ref, "accept", delay=timedelta(seconds=10))
    before = desk.clock.now() + timedelta(seconds=9)
    after = desk.clock.now() + timedelta(seconds=10)

    def take_back(_which: int) -> int:
        for ref in refs[::2]:
            with desk.database.write() as session:
                try:
                    decisions.undo(session, before, ref, LEA)
                except DecisionRefused:
                    continue
        return 0

    def beat(_which: int) -> int:
        done = 0
        for _ in range(12):
            with desk.database.write() as session:
                done += decisions.apply_due(session, after)
        return done

    with ThreadPoolExecutor(3) as hands:
        jobs = [hands.submit(verb, 0) for verb in (take_back, beat, beat)]
        effects = sum(job.result() for job in jobs) + beat(0) + beat(0)
    with desk.database.read() as session:
        states = session.scalars(sa.select(contribution.c.state)).all()
        kept = session.scalars(sa.select(decision.c.state)).all()
    assert set(states) <= {"published", "received"}
    assert effects == states.count("published") == kept.count("applied")
    assert kept.count("undone") == states.count("received")
    desk.clock.advance(seconds=10)
    assert len(desk.told()) == effects
