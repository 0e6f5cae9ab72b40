"""Figures: counts of states, and what stands in the outbox."""

from outreach import outbox, statistics
from outreach.contributions import decisions
from outreach.db import Database
from tests.conftest import Clock
from tests.contributing import SLUG, given, open_process, person


def test_a_process_counts_its_contributions_by_state(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        refs = [given(session, clock.now(), who, f"un banc {number}") for number in range(3)]
        given(session, clock.now(), who, "ne publiez pas", publish=False)
        for ref, wanted in zip(refs, (decisions.Decision("accept"), decisions.Decision("refuse", reason="R1")), strict=False):
            decisions.decide(session, clock.now(), ref, "token:1", wanted, delay=clock.now() - clock.now())
    with database.read() as session:
        found = statistics.figures(session, SLUG)
        assert statistics.figures(session, "nothing") is None
        assert statistics.overview(session) == statistics.Overview(0, 4, 1, 0, 0, 0, 0)
    assert found == statistics.Figures(SLUG, 4, 1, 1, 1, 0, {"published": 1, "read_only": 1, "received": 1, "refused": 1})


def test_what_may_leave_now_is_counted(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        body = outbox.Body("bonjour")
        outbox.put(session, [outbox.Put(address_id=who, network="sms", channel="simulator", urgency="reply", body=body)], clock.now())
        assert statistics.leaving(session, clock.now()) == 1
        assert statistics.overview(session).queued == 1
        clock.advance(hours=2)
        assert statistics.leaving(session, clock.now()) == 0  # a reply is too old after an hour
