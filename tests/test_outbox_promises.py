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
from outreach.outbox import MOVES, fates
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

    @initialize(urgencies=st.lists(st.sampled_from(["reply", "notice", "campaign"]), min_size=6, max_size=12))
    def people(self, urgencies: list[str]) -> None:
        self.persons = [agreeing(self.office, f"+336399{next(numbers)}") for _ in range(2)]
        for place, urgency in enumerate(urgencies):
            self.queue(self.persons[place % 2], urgency)

    def queue(self, where: int, urgency: str) -> None:
        number = self.office.put(where, "…", urgency, after_stop=urgency == "reply")
        self.put[number] = {
            "where": where,
            "urgency": urgency,
            "is_answer": urgency == "reply",
            "expires": self.office.row(number).expires_at,
        }

    @rule(who=st.integers(0, 1), urgency=st.sampled_from(["reply", "reply", "notice", "campaign"]), how_many=st.integers(1, 3))
    def somebody_is_written_to(self, who: int, urgency: str, how_many: int) -> None:
        for _ in range(how_many):
            self.queue(self.persons[who], urgency)

    @rule(limit=st.integers(1, 10), data=st.data())
    def claim_and_mark(self, limit: int, data: st.DataObject) -> None:
        self.claimed += [one for one in self.office.claim(limit=limit) if one not in self.claimed]
        ids = [one for one in self.claimed if data.draw(st.integers(0, 3))]
        self.claimed = [one for one in self.claimed if one not in ids]
        # a STOP may fall between the claim and the mark
        if self.claimed + ids and data.draw(st.integers(0, 9)) == 9:
            self.say_stop(self.put[(self.claimed + ids)[0]]["where"])
        self.mark(ids)

    @precondition(lambda self: self.claimed)
    @rule()
    def mark_what_was_left(self) -> None:
        ids, self.claimed = self.claimed, []
        self.mark(ids)

    def mark(self, ids: list[int]) -> None:
        for outbound in self.office.mark(*ids):
            about = self.put[outbound.id]
            assert outbound.id not in self.marked, "marked twice"
            assert about["where"] not in self.stopped or about["is_answer"], "after STOP"
            assert hours.next_decent(self.clock.now(), about["urgency"], PARIS) == self.clock.now(), "out of its hours"
            assert about["expires"] > self.clock.now(), "too late"
            self.marked[outbound.id] = False

    @precondition(lambda self: self.marked)
    @rule(data=st.data())
    def on_their_way(self, data: st.DataObject) -> None:
        """Some pass the socket, some of those are settled; others stay between two stations."""
        for number in sorted(self.marked):
            if not self.marked[number] and data.draw(st.integers(0, 3)):
                self.pass_the_socket(number)
            if data.draw(st.integers(0, 3)):
                results = ["wired", "wired", "unknown", "failed"] if self.marked[number] else ["retry", "retry", "unknown"]
                result = data.draw(st.sampled_from(results))
                why = "refused" if result == "failed" else ""
                self.office.settle(number, result, why=why, retry_after=data.draw(st.sampled_from([0, 3, 600])))
                del self.marked[number]

    def pass_the_socket(self, number: int) -> None:
        self.marked[number] = True
        about = self.put[number]
        if not self.wire[number]:
            self.first_on_wire.setdefault((about["where"], about["urgency"]), []).append(number)
        self.wire[number] += 1

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

    @precondition(lambda self: len(self.put) > 15 and not self.stopped)
    @rule(who=st.integers(0, 1), drop=st.booleans())
    def stop(self, who: int, drop: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        self.say_stop(self.persons[who])
        if drop:
            self.office.write(outbox.drop, [self.persons[who]], "stopped", self.clock.now())

    def say_stop(self, where: int) -> None:
        self.office.write(contacts.stop, where, self.clock.now())
        for number, about in self.put.items():
            if about["where"] == where and self.office.row(number).state == "queued":
                about["is_answer"] = False
        self.stopped.add(where)
        self.ever_stopped.add(where)

    @precondition(lambda self: self.stopped)
    @rule(who=st.integers(0, 1))
    def come_back(self, who: int) -> None:
        self.office.write(contacts.come_back, self.persons[who], self.clock.now())
        self.stopped.discard(self.persons[who])

    @rule(seconds=st.sampled_from([1, 6, 6, 31, 31, 700, 3600, 30_000, 260_000]), sweep=st.booleans())
    def time_passes(self, seconds: int, sweep: bool) -> None:  # noqa: FBT001 - hypothesis draws it
        self.clock.advance(seconds=seconds)
        if sweep:
            self.office.write(outbox.expire, self.clock.now())
            self.office.write(outbox.give_up_on_receipts, self.clock.now())

    @invariant()
    def moves_are_in_the_table(self) -> None:
        with self.database.read() as session:
            rows = {row.id: row for row in session.execute(sa.select(table))}
        assert set(rows) == set(self.put), "a message was lost"
        for number, row in rows.items():
            before = self.states.get(number, "queued")
            assert row.state == before or row.state in MOVES[before], f"{before} to {row.state}"
            self.states[number] = row.state
            most = 1 if row.urgency == "campaign" or row.why != "unclear" else fates.CRASHES
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
                    self.pass_the_socket(outbound.id)
                    self.office.settle(outbound.id, "wired")
            self.office.write(outbox.expire, self.clock.now())
        self.moves_are_in_the_table()
        self.order_is_kept()
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
    examples, steps = (50, 40) if database.is_sqlite else (12, 30)
    kinds = settings(max_examples=examples, stateful_step_count=steps, deadline=None, database=None, phases=[Phase.generate])
    run_state_machine_as_test(Here, settings=settings(kinds, suppress_health_check=list(HealthCheck)))
