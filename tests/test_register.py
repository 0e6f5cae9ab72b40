"""The register of rights: every right that somebody uses is one line with its outcome, and the line names nobody."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import Edit, Inbound
from outreach import audit, privacy, rights
from outreach.db import Database
from outreach.tables import contribution, right_request
from tests.conftest import Clock
from tests.meeting import City, meeting, phone
from tests.town import Town, town

LEA, MAX = phone(1), phone(2)
DONE: tuple[tuple[rights.Kind, str, str], ...] = (
    ("erasure", "sms", "erased_one"), ("erasure", "paper", "erased_one"), ("access", "telegram", "given"),
)  # fmt: skip


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock, meeting("atelier-1", "2027-05-12 18:30"))


def lines(city: City) -> list[tuple[str, str, str]]:
    """The register, the oldest line first."""
    with city.database.read() as session:
        assert session.scalars(sa.select(right_request.c.address_id).where(right_request.c.kind != "access")).unique().all() in ([], [None])
        found = sorted(rights.listing(session), key=lambda one: int(one.id))
        return [(one.kind, one.network, one.outcome) for one in found]


def edit(city: City, text: str) -> None:
    """The one message of the last contribution is edited."""
    with city.database.read() as session:
        sources = session.scalar(sa.select(contribution.c.sources).order_by(contribution.c.id.desc()).limit(1))
    assert sources
    message = sources.strip('["]')
    city.clock.advance(seconds=5)
    city.batch([Inbound("simulator", "simulator", f"edit-{text}", "sms", LEA, Edit(message, text), city.clock.now())])


def test_one_contribution_taken_back_is_an_erasure_once(city: City) -> None:
    ref = city.gave(LEA, "un banc")
    city.say(LEA, f"OUBLI {ref}", f"OUBLI {ref}")
    city.say(MAX, f"OUBLI {ref}")
    assert lines(city) == [("erasure", "sms", "erased_one")]


def test_a_text_that_its_author_edits_is_a_correction(city: City) -> None:
    city.gave(LEA, "un banc")
    edit(city, "PLACE deux bancs")
    assert lines(city) == [("correction", "sms", "corrected")]
    with city.database.write() as session:
        session.execute(sa.update(contribution).values(opened_at=city.clock.now()))
    edit(city, "PLACE trois bancs")
    assert sorted(lines(city)) == [("correction", "sms", "corrected"), ("correction", "sms", "too_late")]


def test_stop_is_a_withdrawal_once(city: City) -> None:
    city.gave(LEA, "un banc")
    city.say(LEA, "STOP", "STOP")
    assert lines(city) == [("withdrawal", "sms", "stopped")]


def test_a_person_erased_by_the_command_is_a_line_too(city: City) -> None:
    city.gave(LEA, "un banc")
    with city.database.write() as session:
        privacy.forget_address(session, city.clock.now(), "sms", LEA)
        assert privacy.forget_address(session, city.clock.now(), "sms", LEA) is None
    assert lines(city) == [("erasure", "sms", "erased")]
    with city.database.read() as session:
        (used,) = audit.search(session, action="right.used").items
    assert (used.actor, used.detail) == ("command", {"kind": "erasure", "network": "sms"})


def note(city: City, kind: rights.Kind, days: float | None, at: datetime) -> None:
    """A line that was opened then, and answered so many days later; None: it waits."""
    closed = None if days is None else at + timedelta(days=days)
    with city.database.write() as session:
        rights.note(session, kind, "sms", at, "given")
        (newest,) = session.scalars(sa.select(right_request.c.id).order_by(right_request.c.id.desc()).limit(1))
        session.execute(sa.update(right_request).where(right_request.c.id == newest).values(closed_at=closed))


def test_half_the_slowest_what_waits_and_what_is_late(city: City) -> None:
    start = city.clock.now()
    for _ in range(3):
        note(city, "access", 0, start)
    waits: tuple[float | None, ...] = (None, None)
    for days in (0, 0.1, 2, 9, 31, *waits):
        note(city, "objection", days, start)
    city.clock.advance(days=40)
    note(city, "objection", None, city.clock.now() - timedelta(days=3))
    with city.database.read() as session:
        found = {one.kind: one for one in rights.delays(session, city.clock.now())}
        owed = rights.waiting(session)
    assert found["access"] == rights.Delay("access", 3, 0, 0, 0, None, 0)
    assert found["objection"] == rights.Delay("objection", 5, 2, 31, 3, 40, 3)
    assert found["erasure"] == rights.Delay("erasure", 0, None, None, 0, None, 0)
    assert owed == rights.Owed(3, start + timedelta(days=30))


@pytest.mark.parametrize(
    ("asked", "due"),
    [("2027-03-15", "2027-04-14"), ("2027-01-31", "2027-02-28"), ("2027-02-01", "2027-03-01"), ("2027-12-20", "2028-01-19")],
)
def test_the_month_of_the_law_is_never_overrun(city: City, asked: str, due: str) -> None:
    note(city, "objection", None, datetime.fromisoformat(f"{asked}T10:00+00:00"))
    with city.database.read() as session:
        assert str(rights.waiting(session).first_due)[:10] == due


def test_the_whole_register_is_read_page_by_page_the_oldest_first(city: City) -> None:
    for kind in (*rights.KINDS, *rights.KINDS):
        note(city, kind, 0, city.clock.advance(minutes=1))
    with city.database.read() as session:
        pages = [rights.page(session, limit=4)]
        while pages[-1]:
            pages.append(rights.page(session, pages[-1][-1].id, limit=4))
    assert [len(one) for one in pages] == [4, 4, 2, 0]
    read = [one for page in pages for one in page]
    assert [one.kind for one in read] == [*rights.KINDS, *rights.KINDS]
    assert sorted(read, key=lambda one: one.opened_at) == read


@pytest_asyncio.fixture
async def desk(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.enter("dpo")
        yield made


async def test_five_requests_of_three_kinds_are_five_lines_with_delays_and_no_content(desk: Town) -> None:
    await desk.opened()
    await desk.say("le secret de Léa")
    lea = desk._people["+33639980001"]
    for kind, network, outcome in DONE:
        await desk.ledger.write(rights.note, kind, network, desk.now, outcome)
    await desk.ledger.write(rights.objects, lea, "sms", desk.now)
    first = (await desk.ledger.read(rights.listing))[0]
    desk.clock.advance(days=8)
    await desk.enter("dpo", email="autre@ville.example")
    assert "opposition à décider" in await desk.text("/desk")
    async with await desk.post(
        f"/desk/droits/{first.id}", form_on="/desk/droits", outcome="refused", reason="La loi le demande."
    ) as answer:
        assert answer.status == 303
    await desk.ledger.write(rights.objects, lea, "sms", desk.now)
    desk.clock.advance(days=31)
    await desk.enter("dpo", email="troisieme@ville.example")
    page = await desk.text("/desk/droits")
    assert page.count('<li><p class="tags">') == 5
    assert "en 8 jours" in page
    assert "1 demande a pris plus que le mois" in page
    assert "secret" not in page
    assert "63998" not in page
    rows = [row.split(",") for row in (await desk.text("/desk/droits.csv")).splitlines()]
    assert rows[0] == ["kind", "network", "opened", "due", "closed", "outcome", "days"]
    assert rows[1:4] == [
        [kind, network, "2027-03-15", "2027-04-14", "2027-03-15", outcome, "0"]
        for kind, network, outcome in (
            ("erasure", "sms", "erased_one"),
            ("erasure", "paper", "erased_one"),
            ("access", "telegram", "given"),
        )
    ]
    assert rows[4:] == [
        ["objection", "sms", "2027-03-15", "2027-04-14", "2027-03-23", "refused", "8"],
        ["objection", "sms", "2027-03-23", "2027-04-22", "", "", ""],
    ]


async def test_the_spreadsheet_holds_more_lines_than_the_page(desk: Town) -> None:
    def fill(session: Session) -> None:
        for _ in range(rights.SHOWN * 2 + 3):
            rights.note(session, "withdrawal", "sms", desk.now, "stopped")

    await desk.ledger.write(fill)
    page = await desk.text("/desk/droits")
    assert page.count('<li><p class="tags">') == rights.SHOWN
    assert "200 lignes les plus récentes" in page
    async with desk.http.get("/desk/droits.csv") as answer:
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert len((await answer.text()).splitlines()) == rights.SHOWN * 2 + 4
