"""Whatever happens, in whatever order: nothing lost, no campaign twice, order kept, nothing after STOP or out of hours."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from outreach import contacts, hours, outbox
from outreach.db import Database
from outreach.outbox import MOVES
from outreach.tables import lease
from outreach.tables import outbox as table
from tests.conftest import Clock
from tests.outbox_office import Office, agreeing

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2027, 3, 15, 10, 0, tzinfo=UTC)
FINAL = {"wired", "delivered", "failed", "unknown", "dropped"}
numbers = iter(range(10_000, 99_999))


class World(RuleBasedStateMachine):
    """A sender that may die at any point, people who say STOP at any point, a provider that tells anything."""

    database: Database
    clock: Clock

    def __init__(self) -> None:
        super().__init__()
        with self.database.write() as session:
            session.execute(sa.delete(table))
            session.execute(sa.delete(lease))
        self.clock.at = START
        self.office = Office(self.database, self.clock)
        self.put: dict[int, dict[str, Any]] = {}
        self.claimed: list[int] = []
        self.marked: dict[int, bool] = {}  # on its way: has it passed the socket?
        self.wire: Counter[int] = Counter()
        self.first_on_wire: dict[tuple[int, str], list[int]] = {}
        self.stopped: set[int] = set()
        self.ever_stopped: set[int] = set()
        self.states: dict[int, str] = {}

    @initialize()
    def people(self) -> None:
        self.persons = [agreeing(self.office, f"+336399{next(numbers)}") for _ in range(2)]

    @rule(who=st.integers(0, 1), urgency=st.sampled_from(["reply", "reply", "notice", "campaign"]), how_many=st.integers(1, 3))
    def somebody_is_answered(self, who: int, urgency: str, how_many: int) -> None:
        for _ in range(how_many):
            where = self.persons[who]
            is_answer = urgency == "reply"
            number = self.office.put(where, "…", urgency, after_stop=is_answer)
            self.put[number] = {"where": where, "urgency": urgency, "is_answer": is_answer, "expires": self.office.row(number).expires_at}

    @rule(limit=st.integers(1, 10))
    def claim(self, limit: int) -> None:
        self.claimed += [one for one in self.office.claim(limit=limit) if one not in self.claimed]

    @precondition(lambda self: self.claimed)
    @rule(data=st.data())
    def mark(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from(self.claimed), unique=True, min_size=1, max_size=8))
        self.claimed = [one for one in self.claimed if one not in ids]
        for outbound in self.office.mark(*ids):
            about = self.put[outbound.id]
            assert outbound.id not in self.marked, "marked twice"
            assert about["where"] not in self.stopped or about["is_answer"], "after STOP"
            assert hours.next_decent(self.clock.now(), about["urgency"], PARIS) == self.clock.now(), "out of its hours"
            assert about["expires"] > self.clock.now(), "too late"
            self.marked[outbound.id] = False

    @precondition(lambda self: any(not gone for gone in self.marked.values()))
    @rule(data=st.data())
    def pass_the_socket(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from([one for one, gone in self.marked.items() if not gone]))
        self.marked[number] = True
        about = self.put[number]
        line = self.first_on_wire.setdefault((about["where"], about["urgency"]), [])
        if not self.wire[number]:
            line.append(number)
        self.wire[number] += 1

    @precondition(lambda self: self.marked)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.marked)))
        results = ["wired", "unknown", "failed"] if self.marked.pop(number) else ["retry", "retry", "unknown", "failed"]
        result = data.draw(st.sampled_from(results))
        self.office.settle(number, result, why="refused" if result == "failed" else "", retry_after=data.draw(st.sampled_from([0, 3, 600])))

    @precondition(lambda self: self.wire)
    @rule(data=st.data(), told=st.sampled_from(["wired", "delivered", "failed"]))
    def receipt(self, data: st.DataObject, told: str) -> None:
        self.office.hear(data.draw(st.sampled_from(sorted(self.wire))), told)

    @rule()
    def kill(self) -> None:
        self.claimed.clear()
        self.marked.clear()
        self.office.take_over()
        self.office.write(outbox.recover, "sms", self.office.holder, self.office.epoch, self.clock.now())

    @rule(who=st.integers(0, 1), drop=st.booleans())
    def stop(self, who: int, drop: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        where = self.persons[who]
        self.office.write(contacts.stop, where, self.clock.now())
        for number, about in self.put.items():
            if about["where"] == where and self.office.row(number).state == "queued":
                about["is_answer"] = False
        if drop:
            self.office.write(outbox.drop, [where], "stopped", self.clock.now())
        self.stopped.add(where)
        self.ever_stopped.add(where)

    @rule(who=st.integers(0, 1))
    def come_back(self, who: int) -> None:
        self.office.write(contacts.come_back, self.persons[who], self.clock.now())
        self.stopped.discard(self.persons[who])

    @rule(seconds=st.sampled_from([1, 6, 31, 700, 3600, 30_000]), sweep=st.booleans())
    def time_passes(self, seconds: int, sweep: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        self.clock.advance(seconds=seconds)
        if sweep:
            self.office.write(outbox.expire, self.clock.now())

    @invariant()
    def moves_are_in_the_table(self) -> None:
        with self.database.read() as session:
            rows = {row.id: row for row in session.execute(sa.select(table))}
        assert set(rows) == set(self.put), "a message was lost"
        for number, row in rows.items():
            before = self.states.get(number, "queued")
            assert row.state == before or row.state in MOVES[before], f"{before} to {row.state}"
            self.states[number] = row.state
            most = 1 if row.urgency == "campaign" or row.why != "unclear" else 2
            assert self.wire[number] <= most, "sent more often than it is listed"

    @invariant()
    def order_is_kept(self) -> None:
        assert all(line == sorted(line) for line in self.first_on_wire.values())

    def teardown(self) -> None:
        if not hasattr(self, "persons"):
            return
        self.kill()
        for minutes in (1, 11, 100, *[360] * 12):  # three days, with a sender and a provider in good health
            self.clock.advance(minutes=minutes)
            while marked := self.office.mark(*self.office.claim()):
                for outbound in marked:
                    self.marked[outbound.id] = False
                    self.wire[outbound.id] += 1
                    self.office.settle(outbound.id, "wired")
            self.office.write(outbox.expire, self.clock.now())
        self.moves_are_in_the_table()
        for number, about in self.put.items():
            row = self.office.row(number)
            assert row.state in FINAL, f"{row.state} for ever"
            if row.state == "dropped":
                assert row.why in {"stopped", "expired", "no_consent"}
                assert row.why != "stopped" or about["where"] in self.ever_stopped
                assert row.why != "no_consent" or (about["urgency"] == "campaign" and about["where"] in self.ever_stopped)
            if row.state == "wired" and row.why != "unclear":
                assert self.wire[number] == 1


def test_whatever_happens_the_promises_are_kept(database: Database, clock: Clock) -> None:
    class Here(World):
        pass

    Here.database, Here.clock = database, clock
    examples, steps = (20, 40) if database.is_sqlite else (8, 30)
    kinds = settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None, phases=[Phase.generate])
    run_state_machine_as_test(Here, settings=settings(kinds, suppress_health_check=list(HealthCheck)))
