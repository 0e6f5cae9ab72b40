"""The moderators' queue: an item without its person, claimed by one, in its order, however long."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import Revise
from conversations.outcomes import Revised
from outreach.contributions import intake, items, queue
from outreach.contributions.queue import ClaimedByOther, NoItem
from outreach.cursors import write_numbers
from outreach.db import Database
from outreach.tables import audit, contribution
from outreach.tables.base import micros
from tests.conftest import Clock
from tests.contributing import LEA, MAX, SLUG, Desk, person, phone, submission


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def test_the_queue_shows_an_item_without_its_person(desk: Desk) -> None:
    ref = desk.receive("Appelez le 06 12 34 56 78")
    item = desk.write(queue.claim, ref, LEA)
    assert (item.text, item.pseudonym, item.process_name) == ("Appelez le 06 12 34 56 78", "Loire-2F7K", "place du Marché")
    assert (item.flags, item.claimed_by, item.late) == (("personal", "phone"), LEA, False)
    fields = set(item.__struct_fields__)
    assert not fields & {"address_id", "network", "age", "entry", "card", "sources", "consent"}
    with desk.database.read() as session:
        lines = session.execute(sa.select(audit.c.actor, audit.c.action).where(audit.c.action == "contribution.opened")).all()
    assert [tuple(line) for line in lines] == [(LEA, "contribution.opened")]
    with desk.database.write() as session:
        session.execute(sa.update(contribution).values(sources='["5"]'))
        assert not isinstance(intake.revise(session, desk.citizen, Revise("5", "autre"), desk.clock.now()), Revised)


def test_a_claim_lasts_ten_minutes_and_activity_renews_it(desk: Desk) -> None:
    ref = desk.receive()
    desk.write(queue.claim, ref, LEA)
    desk.clock.advance(minutes=9)
    desk.write(queue.get, ref, LEA)
    desk.clock.advance(minutes=9)
    with pytest.raises(ClaimedByOther):
        desk.write(queue.claim, ref, MAX)
    desk.clock.advance(minutes=1)
    assert desk.write(queue.claim, ref, MAX).claimed_by == MAX
    with desk.database.write() as session:
        queue.release(session, ref, LEA)  # not theirs any more
    with pytest.raises(ClaimedByOther):
        desk.write(queue.claim, ref, LEA)
    with desk.database.write() as session:
        queue.release(session, ref, MAX)
    assert desk.write(queue.claim, ref, LEA).claimed_by == LEA


def test_two_moderators_never_read_the_same_item(desk: Desk) -> None:
    refs = [desk.receive(f"avis {n}") for n in range(4)]
    seen = [desk.write(queue.claim_next, actor).ref for actor in (LEA, MAX, LEA)]
    assert seen == [refs[0], refs[1], refs[0]]  # one's own comes first until it is decided or left
    assert desk.write(queue.claim_next, LEA, None, (refs[0],)).ref == refs[2]
    desk.decide(refs[0], "accept", delay=timedelta(seconds=10))
    assert desk.write(queue.claim_next, MAX, None, (refs[1],)).ref == refs[3]
    with pytest.raises(NoItem):
        desk.write(queue.claim, "00000000", LEA)


def test_the_next_one_is_found_beyond_what_is_closed_without_reading_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    make = items.make

    def watched(session: Session, rows: Any, *given: Any, **more: Any) -> Any:
        opened.extend(row.id for row in rows)
        return make(session, rows, *given, **more)

    monkeypatch.setattr(queue, "LOOKED_AT", 2)
    monkeypatch.setattr(items, "make", watched)
    refs = [desk.receive(f"avis {number}") for number in range(5)]
    for ref in refs[:3]:
        desk.decide(ref, "accept", delay=timedelta(seconds=10))
    assert desk.write(queue.claim_next, MAX, None, (refs[3],)).ref == refs[4]
    assert len(opened) == 1
    assert desk.write(queue.claim_next, LEA, "no-such-process") is None


def test_the_queue_pages_by_key_in_its_order(desk: Desk) -> None:
    refs = []
    for n in range(23):
        if n % 5 == 0:
            desk.clock.advance(days=1)
        refs.append(desk.receive(f"avis {n}", publish=n % 4 != 0) if n < 20 else None)
    urgent = [one for one in refs if one is not None][7]
    with desk.database.write() as session:
        session.execute(sa.update(contribution).where(contribution.c.ref == urgent).values(urgent=5))
    everything = [one for one in refs if one is not None]
    to_publish = [one for n, one in enumerate(everything) if n % 4 != 0]
    to_read = [one for n, one in enumerate(everything) if n % 4 == 0]
    waiting = [urgent, *(one for one in to_publish if one != urgent), *to_read]
    for state, expected in ((None, everything), (queue.WAITING, waiting), ("read_only", to_read), ("refused", [])):
        for limit in (1, 3, 50):
            found: list[str] = []
            cursor = None
            with desk.database.read() as session:
                while True:
                    page = queue.listing(session, desk.clock.now(), state, SLUG, cursor, limit)
                    found += [one.ref for one in page.items]
                    assert len(page.items) <= limit
                    cursor = page.next
                    if cursor is None:
                        break
            assert found == expected, (state, limit)


def test_the_queue_refuses_what_it_does_not_know(desk: Desk) -> None:
    with desk.database.read() as session:
        assert queue.listing(session, desk.clock.now(), process="nulle-part").items == ()
        for state, cursor in (("lost", None), (None, "x"), (None, "é"), (None, "MDow"), ("received", "MDowOjk5OTk5OTk5OTk5OTk5OTk5OTk6MQ")):
            with pytest.raises(ValueError, match="none of"):
                queue.listing(session, desk.clock.now(), state, cursor=cursor)


def test_the_counts_of_the_desk(desk: Desk) -> None:
    for n in range(3):
        desk.receive(f"avis {n}")
    desk.receive(publish=False)
    with desk.database.read() as session:
        assert queue.counts(session, desk.clock.now()) == queue.Counts(0, 3, 1, 0)
        assert queue.counts(session, desk.clock.advance(days=3)) == queue.Counts(0, 3, 1, 3)


def test_a_page_of_the_queue_asks_as_much_however_long_the_queue(desk: Desk) -> None:
    with desk.database.write() as session:
        for _round in range(3):
            people = [person(session, desk.clock.now(), phone()) for _ in range(40)]
            intake.submit(session, [submission(who) for who in people for _ in range(5)], desk.clock.advance(minutes=1))
    asked: list[str] = []
    sa.event.listen(desk.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with desk.database.read() as session:
        queue.listing(session, desk.clock.now(), queue.WAITING, limit=20)
    assert len(asked) <= 12


def test_a_page_of_the_queue_is_found_by_its_index(desk: Desk) -> None:
    if not desk.database.is_sqlite:
        return  # PostgreSQL plans by statistics: a handful of rows it reads all
    ref = desk.receive()
    asked: list[tuple[str, Any]] = []
    sa.event.listen(desk.database.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    with desk.database.read() as session:
        first = queue.listing(session, desk.clock.now(), queue.WAITING, limit=1)
        cursor = write_numbers(1, 0, micros(desk.row(ref).received_at) - 1, 1)
        assert queue.listing(session, desk.clock.now(), queue.WAITING, None, cursor).items == first.items
        queries = [
            one
            for one in asked
            if "FROM contribution" in one[0] and "contribution.state" in one[0] and "WHERE contribution.ref" not in one[0]
        ]
        assert len(queries) > 4
        for sql, values in queries:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            assert all("SCAN contribution" not in step.detail for step in plan), (sql, plan)


def test_a_warning_finds_its_texts_in_their_order_whatever_else_was_seen_in_them(desk: Desk) -> None:
    refs = []
    for number in range(6):
        refs.append(desk.receive(f"Il manque des bancs, {number}"))
        desk.clock.advance(hours=8)
    seen = ("insult", "spam", "insult personal", "", "personal", "phone insult")
    with desk.database.write() as session:
        for ref, flags in zip(refs, seen, strict=True):
            session.execute(sa.update(contribution).where(contribution.c.ref == ref).values(flags=flags))
        for state in (queue.WAITING, "received", None):
            page = queue.listing(session, desk.clock.now(), state, limit=2, flag="insult")
            assert [one.ref for one in page.items] == [refs[0], refs[2]]
            rest = queue.listing(session, desk.clock.now(), state, cursor=page.next, flag="insult")
            assert ([one.ref for one in rest.items], rest.next) == ([refs[5]], None)
        assert queue.listing(session, desk.clock.now(), flag="threat").items == ()
