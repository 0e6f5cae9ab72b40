"""RECOURS: another person looks at it, in time, and its author learns the outcome."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from conversations.facts import Contribution
from conversations.notices import Judged, Published, Refused
from conversations.outcomes import Appealed, NoAppeal
from outreach import contributions, record
from outreach.contributions import appeals, decisions, queue
from outreach.contributions.decisions import Decision
from outreach.db import Database
from outreach.tables import audit, leaf
from tests.conftest import Clock
from tests.contributing import LEA, MAX, Desk, person, phone


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def appeal(desk: Desk, ref: str = "") -> Appealed | NoAppeal:
    found: Appealed | NoAppeal = desk.write(appeals.open_, desk.citizen, ref)
    return found


def refuse(desk: Desk, text: str = "Il manque des bancs") -> str:
    ref = desk.receive(text)
    desk.decide(ref, "refuse", reason="R4")
    return ref


def test_an_appeal_is_first_in_the_queue_and_answered_within_five_working_days(desk: Desk) -> None:
    ref, waiting = refuse(desk), desk.receive("Un autre avis")
    assert appeal(desk, ref) == Appealed(ref, date(2027, 3, 22))  # from a Monday to the next
    assert desk.path(ref) == ["received", "refused", "appealed"]
    with desk.database.read() as session:
        page = queue.listing(session, desk.clock.now(), queue.WAITING)
        assert [one.ref for one in page.items] == [ref, waiting]
        assert queue.counts(session, desk.clock.now()).appeals == 1
    item = desk.write(queue.get, ref)
    assert (item.allowed, item.first_actor, item.flags) == (("uphold", "reverse"), LEA, ("appeal",))
    assert [(one.kind, one.reason) for one in item.past] == [("refuse", "R4")]
    assert item.answer_by == datetime(2027, 3, 22, 17, 0, tzinfo=UTC)


def test_appeals_that_are_left_are_read_one_after_the_other_and_then_what_waits(desk: Desk) -> None:
    contested = [refuse(desk, f"Il manque des bancs {number}") for number in range(3)]
    for ref in contested:
        appeal(desk, ref)
        desk.clock.advance(minutes=1)
    waiting, seen, left = desk.receive("Un autre avis"), [], ""
    for _ in range(5):
        with desk.database.write() as session:
            queue.release(session, left, MAX)
            item = queue.claim_next(session, desk.clock.now(), MAX, skip=[left])
        assert item is not None
        left = item.ref
        seen.append(left)
    assert seen == [*contested, waiting, contested[0]]


def test_an_appeal_is_never_decided_nor_offered_to_who_decided_first(desk: Desk) -> None:
    ref = refuse(desk)
    appeal(desk)
    assert desk.write(queue.claim_next, LEA) is None
    assert desk.refused(ref, "uphold").code == "four_eyes"
    assert desk.refused(ref, "reverse").code == "four_eyes"
    assert desk.refused(ref, "accept", MAX).code == "not_allowed"
    assert desk.write(queue.claim_next, MAX).ref == ref
    desk.decide(ref, "uphold", MAX, reason="R4")


def test_upheld_the_author_is_told_and_it_is_over(desk: Desk) -> None:
    ref = refuse(desk)
    appeal(desk, ref)
    desk.told()
    desk.decide(ref, "uphold", MAX)
    assert desk.path(ref)[-1] == "upheld"
    assert desk.told() == [Judged(ref, upheld=True, reason="R4")]
    assert appeal(desk, ref) == NoAppeal("already")
    with desk.database.read() as session:
        assert queue.listing(session, desk.clock.now(), queue.WAITING).items == ()


def test_reversed_it_is_published_and_the_author_is_told_once(desk: Desk) -> None:
    ref = refuse(desk)
    assert [type(one) for one in desk.told()] == [Refused]
    appeal(desk, ref)
    desk.decide(ref, "reverse", MAX)
    assert desk.path(ref)[-3:] == ["reversed", "accepted", "published"]
    assert desk.told() == [Published(ref, date(2027, 5, 4), date(2027, 6, 30))]
    (mine,) = _own(desk)
    assert (mine.state, mine.text, mine.reason) == ("published", "Il manque des bancs", "")


def test_reversed_with_some_words_hidden(desk: Desk) -> None:
    ref = refuse(desk, "Il manque des bancs, dit Jean au 06 12 34 56 78")
    appeal(desk, ref)
    assert desk.refused(ref, "reverse", MAX).code == "personal_data_left"
    desk.decide(ref, "reverse", MAX, text="Il manque des bancs[…]")
    assert desk.path(ref)[-3:] == ["reversed", "redacted", "published"]


def test_hidden_words_can_be_contested_too_and_stay_hidden_meanwhile(desk: Desk) -> None:
    ref = desk.receive("Il manque des bancs rue Dupont")
    desk.decide(ref, "redact", reason="R4", text="Il manque des bancs rue […]")
    desk.told()
    assert appeal(desk) == Appealed(ref, date(2027, 3, 22))
    assert desk.row(ref).state == "published"
    with desk.database.read() as session:
        (item,) = queue.listing(session, desk.clock.now(), queue.WAITING).items
    assert (item.ref, item.allowed) == (ref, ("uphold", "reverse"))
    assert desk.refused(ref, "reverse").code == "four_eyes"
    desk.decide(ref, "reverse", MAX)
    with desk.database.read() as session:
        entry = record.find(session, ref)
        leaves = session.scalars(sa.select(leaf.c.kind)).all()
    assert entry is not None
    assert (entry.text, entry.redacted) == ("Il manque des bancs rue Dupont", False)
    assert leaves == ["published", "published"]
    assert desk.told() == [Judged(ref, upheld=False, public=True)]
    with desk.database.read() as session:
        assert queue.listing(session, desk.clock.now(), queue.WAITING).items == ()


@pytest.mark.parametrize(("days", "late"), [(179, False), (184, False), (185, True), (200, True)])
def test_six_months_and_then_a_plain_no(desk: Desk, days: int, late: bool) -> None:  # noqa: FBT001 - a column of the table
    ref = refuse(desk)
    desk.clock.advance(days=days)
    outcome = appeal(desk, ref)
    assert (outcome == NoAppeal("late")) is late
    assert desk.row(ref).state == ("refused" if late else "appealed")


def test_there_is_nothing_to_contest(desk: Desk) -> None:
    assert appeal(desk) == NoAppeal("nothing")
    ref = desk.receive()
    assert appeal(desk, ref) == NoAppeal("nothing")
    desk.decide(ref, "accept")
    assert appeal(desk, ref) == NoAppeal("nothing")
    assert appeal(desk, "00000000") == NoAppeal("nothing")


def test_the_last_refusal_is_meant_and_nobody_elses(desk: Desk) -> None:
    first = refuse(desk)
    desk.clock.advance(days=1)
    second = refuse(desk, "Il manque des arbres")
    with desk.database.write() as session:
        other = person(session, desk.clock.now(), phone())
        assert appeals.open_(session, desk.clock.now(), other, first) == NoAppeal("nothing")
    assert appeal(desk) == Appealed(second, date(2027, 3, 23))
    assert appeal(desk) == Appealed(first, date(2027, 3, 23))
    assert appeal(desk) == NoAppeal("already")


def test_an_appeal_and_its_outcome_are_audited(desk: Desk) -> None:
    ref = refuse(desk)
    appeal(desk, ref)
    desk.write(decisions.decide, ref, "token:3", Decision("uphold"), timedelta(0))
    with desk.database.read() as session:
        lines = session.execute(sa.select(audit.c.actor, audit.c.action).order_by(audit.c.id)).all()
    assert [tuple(line) for line in lines][-5:] == [
        ("citizen", "contribution.appealed"),
        ("citizen", "appeal.opened"),
        ("token:3", "contribution.decided"),
        ("token:3", "contribution.upheld"),
        ("token:3", "appeal.decided"),
    ]


def test_its_author_reads_the_reason_and_until_when_to_contest(desk: Desk) -> None:
    refuse(desk)
    (mine,) = _own(desk)
    assert (mine.state, mine.reason, mine.appeal_until) == ("refused", "R4", date(2027, 9, 15))


def _own(desk: Desk) -> tuple[Contribution, ...]:
    with desk.database.read() as session:
        return contributions.of_addresses(session, [desk.citizen])[desk.citizen]
