"""Very many rows are counted by the clock, not while somebody waits; few are counted at once, and are exact."""

from datetime import timedelta

import pytest

from bot.bench import founding
from bot.clock import Metronome
from bot.ledger import Ledger
from outreach import answers, campaigns, counting, crowd, db, entrypoints, loop, outbox, relays, tallies
from outreach.db import Database
from outreach.record import story
from tests.conftest import Clock


@pytest.fixture
def city(database: Database, clock: Clock) -> founding.Founder:
    founder = founding.Founder(database, crowd.Plan(crowd.FEWEST, 40, 60, clock.now()), lambda _what, _done: None)
    founder.open_projects()
    founder.hire()
    founder.speak()
    founder.answer()
    founder.work()
    return founder


def figures(database: Database, clock: Clock, city: founding.Founder, week: int) -> list[object]:
    now = clock.now()
    with database.write() as session:
        known = story.process(session, founding.LARGE)
        reach = entrypoints.reach(session, now + timedelta(days=8 * week), founding.LARGE)
        assert known is not None
        assert reach is not None
        results = campaigns.lately(session, city.campaign, now)
        return [
            known.received,
            known.published,
            [one.people for one in answers.debts(session, now)],
            reach.table.contributions,
            relays.tally(session),
            outbox.tally(session, now),
            campaigns.reachable(session),
            results.total,
            loop.board(session, now),
            loop.messages(session, now, founding.STUDIED),
        ]


async def test_what_the_clock_counted_is_what_a_page_would_have_counted(
    city: founding.Founder, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = figures(database, clock, city, 1)
    with database.read() as session:
        assert tallies.voices(session, clock.now()) is None  # little to count
        assert campaigns.to_recount(session, clock.now()) == ()
    monkeypatch.setattr(tallies, "FEW", 10)
    assert figures(database, clock, city, 2) == exact  # the clock has not come by
    ledger = Ledger(database, clock.now)
    await ledger.start()
    metronome = Metronome(ledger, clock, "a test")  # type: ignore[arg-type]
    for beat in metronome.beats:
        if beat.name in {"counts of what is very many", "what large campaigns brought"}:
            await beat.job()
    await ledger.stop()
    with database.read() as session:
        assert all(tallies.kept(session, name, object) is not None for name in counting.COUNTS)
        assert campaigns.to_recount(session, clock.now()) == ()
        assert campaigns.to_recount(session, clock.now() + timedelta(hours=2)) == (city.campaign,)
        assert campaigns.lately(session, city.campaign, clock.now()).at == clock.now()
        assert campaigns.results(session, city.campaign, clock.now()).at is None
    assert figures(database, clock, city, 3) == exact
    with database.write() as session:
        tallies.keep(session, tallies.VOICES, {})
        tallies.keep(session, relays.TALLY, [])
        assert relays.tally(session) == []  # what is kept is what is shown
        assert relays.count(session) == exact[4]


def test_a_kept_figure_is_replaced_and_dropped(database: Database) -> None:
    with database.write() as session:
        assert tallies.kept(session, "tally/x", int) is None
        tallies.keep(session, "tally/x", 3)
        tallies.keep(session, "tally/x", 4)
        assert tallies.kept(session, "tally/x", int) == 4
        tallies.drop(session, "tally/x")
        assert tallies.kept(session, "tally/x", int) is None


def test_sqlite_studies_its_large_tables_and_no_small_one(
    city: founding.Founder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "LARGE", 300)
    database.study()
    if not database.is_sqlite:
        return
    with database.read() as session:
        known = set(session.connection().exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars())
    assert {"contribution", "move", "audit"} <= known
    assert not known & {"process", "staff", "contact", "workshop"}
    assert city.refs
