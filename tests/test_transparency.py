"""The figures of a month: counted once when it has ended, small cells hidden, the same file for everybody."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from outreach import agenda, transparency
from outreach.contributions import appeals
from outreach.db import Database
from outreach.tables import figure
from outreach.transparency import Figure
from tests.conftest import Clock
from tests.contributing import AT_ONCE, LEA, MAX, Desk, person, phone

MARCH = date(2027, 3, 1)


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def say(desk: Desk, count: int, kind: str, **more: str) -> list[str]:
    """So many people whose words were decided on a day later."""
    refs = []
    for _ in range(count):
        with desk.database.write() as session:
            desk.citizen = person(session, desk.clock.now(), phone())
        refs.append(desk.receive())
    desk.clock.advance(days=1)
    for ref in refs:
        desk.decide(ref, kind, LEA, AT_ONCE, **more)
    return refs


def measured(desk: Desk, month: date = MARCH) -> dict[tuple[str, str], Figure]:
    with desk.database.read() as session:
        return {(one.name, one.detail): one for one in transparency.measure(session, month)}


def close(desk: Desk) -> Any:
    return desk.write(transparency.close_month)


def test_a_month_counts_what_came_in_what_was_decided_and_how_long_it_took(desk: Desk) -> None:
    say(desk, 14, "accept")
    say(desk, 12, "refuse", reason="R1")
    say(desk, 11, "redact", reason="R4", text="Il manque […] et de l'ombre")
    found = measured(desk)
    assert {name: found[name, ""].value for name in ("received", "published", "hidden_words", "refused", "contested", "delay")} == {
        "received": 37,
        "published": 25,
        "hidden_words": 11,
        "refused": 12,
        "contested": 0,
        "delay": 1,
    }
    assert (found["refused", "R1"].value, found["refused", "R5"].value) == (12, 0)
    assert measured(desk, date(2027, 2, 1))["received", ""].value == 0


def test_small_cells_are_hidden_and_can_not_be_computed_from_the_others(desk: Desk) -> None:
    say(desk, 3, "accept")
    say(desk, 2, "refuse", reason="R1")
    say(desk, 20, "refuse", reason="R5", fact="vend")
    found = measured(desk)
    assert (found["published", ""].shown, found["published", ""].value) == ("small", None)
    assert (found["refused", "R1"].shown, found["refused", "R1"].value) == ("small", None)
    told = [found["refused", ""], found["refused", "R5"]]
    assert any(one.value is None for one in told)  # else 22 - 20 would tell


def test_appeals_and_their_outcome_are_counted(desk: Desk) -> None:
    refs = []
    for _ in range(12):
        refs += say(desk, 1, "refuse", reason="R1")
        with desk.database.write() as session:
            appeals.open_(session, desk.clock.now(), desk.citizen, refs[-1])
    for ref in refs:
        desk.decide(ref, "uphold", MAX)
    found = measured(desk)
    assert (found["contested", ""].value, found["upheld", ""].value, found["reversed", ""].value) == (12, 12, 0)


def test_a_month_is_counted_once_when_it_has_ended(desk: Desk) -> None:
    def due() -> bool:
        with desk.database.read() as session:
            return agenda.due(session, desk.clock.now()).month

    assert not due()
    say(desk, 11, "accept")
    assert (due(), close(desk)) == (False, 0)
    desk.clock.at = datetime(2027, 3, 31, 22, 0, tzinfo=UTC)  # midnight in Nantes
    assert (due(), close(desk)) == (True, 20)
    assert (due(), close(desk)) == (False, 0)
    with desk.database.read() as session:
        (march,) = transparency.months(session)
    assert (march.month, march.figures["received"].value, len(march.reasons)) == ("2027-03", 11, 12)
    desk.clock.advance(days=70)
    assert [close(desk) for _ in range(3)] == [20, 20, 0]
    with desk.database.read() as session:
        assert [one.month for one in transparency.months(session)] == ["2027-05", "2027-04", "2027-03"]
        assert [one.month for one in transparency.months(session, 1)] == ["2027-05"]


def test_the_file_has_a_row_a_cell_and_the_same_bytes(desk: Desk) -> None:
    say(desk, 11, "accept")
    desk.clock.advance(days=30)
    close(desk)
    with desk.database.read() as session:
        raw = transparency.csv(session)
        assert raw == transparency.csv(session)
        assert session.scalar(sa.select(sa.func.count()).select_from(figure)) == raw.count(b"\n") - 1
    rows = list(csv.DictReader(io.StringIO(raw.decode())))
    assert rows[0] == {"month": "2027-03", "name": "received", "detail": "", "value": "11", "shown": "exact"}
    assert [row["name"] for row in rows if not row["detail"]] == list(transparency.NAMES)


def test_a_decision_that_was_taken_back_is_not_counted(desk: Desk) -> None:
    from outreach.contributions import decisions

    ref = desk.receive()
    desk.decide(ref, "refuse", reason="R1", delay=timedelta(seconds=10))
    desk.write(decisions.undo, ref, "staff:1")
    assert measured(desk)["refused", ""].value == 0
