"""One decision in twenty is read again without knowing it: the draw, the page, what follows, and how far people agree."""

import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from outreach import agenda, agreement, audit, documents, invented, privacy, processes, staff
from outreach.agreement import Month
from outreach.contributions import blind, decisions, reports, second
from outreach.contributions.blind import CannotRead, Text
from outreach.contributions.decisions import Decision
from outreach.db import Database
from outreach.staff import Grant
from outreach.tables import contribution, decision, sample
from tests.conftest import Clock
from tests.contributing import AT_ONCE, LEA, MAX, Desk, given, person, phone
from tests.town import EMAIL, PASSWORD, SLUG, Town, town

ZOE = "staff:3"


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def many(desk: Desk, count: int, actor: str = LEA) -> list[str]:
    """So many texts of so many people, accepted and refused in turn."""
    refs = []
    for number in range(count):
        with desk.database.write() as session:
            refs.append(given(session, desk.clock.now(), person(session, desk.clock.now(), phone()), f"avis {number}"))
        if number % 3:
            desk.decide(refs[-1], "accept", actor)
        else:
            desk.decide(refs[-1], "refuse", actor, reason="R5")
    return refs


def draw(desk: Desk) -> int:
    """Until nothing is left to draw from; how many lots."""
    lots = 0
    while desk.write(blind.draw):
        lots += 1
    return lots


def drawn(desk: Desk) -> list[int]:
    with desk.database.read() as session:
        return list(session.scalars(sa.select(sample.c.decision_id).order_by(sample.c.decision_id)))


def following(desk: Desk, actor: str) -> Text | None:
    with desk.database.read() as session:
        return blind.following(session, desk.clock.now(), actor)


def waiting(desk: Desk, actor: str) -> int:
    with desk.database.read() as session:
        return blind.waiting(session, desk.clock.now(), actor)


def one_drawn(desk: Desk, kind: str, text: str = "Il manque des bancs", **more: str) -> tuple[str, Text]:
    """A decision of Léa's that stands drawn, about the words of somebody new."""
    with desk.database.write() as session:
        ref = given(session, desk.clock.now(), person(session, desk.clock.now(), phone()), text)
    desk.write(decisions.decide, ref, LEA, Decision(kind, **more), AT_ONCE)
    with desk.database.write() as session:
        row = session.execute(sa.select(decision).order_by(decision.c.id.desc()).limit(1)).one()
        values = {
            "contribution_id": row.contribution_id,
            "decision_id": row.id,
            "first_actor": LEA,
            "due_at": desk.clock.now() + blind.WITHIN,
        }
        session.execute(sa.insert(sample).values(id=row.id, kind="", reason="", **values))
    found = following(desk, MAX)
    assert found is not None
    return ref, found


# --- the draw


def test_of_two_hundred_decisions_ten_are_queued_to_others_one_of_each_twenty(desk: Desk) -> None:
    many(desk, 200)
    with desk.database.read() as session:
        assert agenda.due(session, desk.clock.now()).sample
        every = list(session.scalars(sa.select(decision.c.id).order_by(decision.c.id)))
    assert draw(desk) == 10
    found = drawn(desk)
    assert [every.index(one) // 20 for one in found] == list(range(10))
    assert len({every.index(one) % 20 for one in found}) > 1, "not each twentieth: nobody counts on it"
    assert waiting(desk, MAX) == 10
    assert waiting(desk, LEA) == 0
    assert following(desk, LEA) is None
    with desk.database.read() as session:
        assert not agenda.due(session, desk.clock.now()).sample
    many(desk, 19)
    assert draw(desk) == 0
    many(desk, 1)
    assert draw(desk) == 1


def test_the_same_key_draws_the_same_and_nobody_tells_without_it(desk: Desk) -> None:
    many(desk, 40)
    draw(desk)
    first = drawn(desk)
    with desk.database.write() as session:
        session.execute(sa.delete(sample))
        session.execute(sa.update(decision).values(pooled=True))
    draw(desk)
    assert drawn(desk) == first


def test_two_processes_that_draw_at_once_draw_from_each_decision_once(desk: Desk) -> None:
    many(desk, 200)
    begin = threading.Barrier(4)
    lots: list[int] = []

    def work() -> None:
        begin.wait()
        lots.append(draw(desk))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    draw(desk)  # what the last of them left to one another
    found = drawn(desk)
    assert (len(found), len(set(found))) == (10, 10)
    assert sum(lots) <= 10


def test_what_was_read_only_taken_back_or_of_another_kind_is_not_drawn_from(desk: Desk) -> None:
    with desk.database.write() as session:
        quiet = given(session, desk.clock.now(), desk.citizen, publish=False)
    desk.decide(quiet, "accept")
    desk.decide(desk.receive("Combien de bancs ?"), "answer", text="Six.")
    undone = desk.receive("Encore un")
    desk.decide(undone, "accept", delay=timedelta(seconds=10))
    desk.write(decisions.undo, undone, LEA)
    with desk.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(decision).where(decision.c.pooled)) == 0
    many(desk, 19)
    assert draw(desk) == 0


def test_what_its_author_erased_meanwhile_is_not_drawn_and_not_shown(desk: Desk) -> None:
    refs = many(desk, 20)
    with desk.database.write() as session:
        session.execute(sa.update(contribution).where(contribution.c.ref.in_(refs[:-1])).values(sealed=None))
    draw(desk)
    with desk.database.read() as session:
        ids = sa.select(contribution.c.ref).join(sample, sample.c.contribution_id == contribution.c.id)
        assert session.scalar(ids) == refs[-1]
    with desk.database.write() as session:
        session.execute(sa.update(contribution).values(sealed=None))
    assert following(desk, MAX) is None


def test_it_is_read_within_thirty_days_or_not_at_all_and_goes_after_thirteen_months(desk: Desk) -> None:
    one_drawn(desk, "accept")
    desk.clock.advance(days=31)
    assert waiting(desk, MAX) == 0
    desk.clock.advance(days=394)
    desk.write(privacy.purge)
    assert len(drawn(desk)) == 1
    desk.clock.advance(days=2)
    desk.write(privacy.purge)
    assert drawn(desk) == []


# --- reading


def test_the_second_reader_sees_the_text_and_nothing_of_the_first_decision(desk: Desk) -> None:
    ref, found = one_drawn(desk, "refuse", "Achetez mes bancs", reason="R5", fact="vend des bancs")
    assert (found.text, found.ref) == ("Achetez mes bancs", ref)
    assert "appeal" not in found.flags
    desk.write(blind.answer, found.id, MAX, "refuse", "R5")
    with desk.database.read() as session:
        told = blind.compared(session, found.id, MAX)
        assert blind.compared(session, found.id, ZOE) is None
        lines = audit.search(session, action="decision.read_blind").items
    assert told is not None
    assert (told.first, told.first_reason, told.second, told.agreed) == ("refuse", "R5", "refuse", True)
    assert [line.detail for line in lines] == [{"outcome": "agreed"}]
    assert desk.row(ref).state == "refused"
    with pytest.raises(CannotRead):
        desk.write(blind.answer, found.id, ZOE, "accept")


def test_who_decided_or_looked_at_it_openly_reads_it_not(desk: Desk) -> None:
    _ref, found = one_drawn(desk, "refuse", "Dehors", reason="R3")
    with pytest.raises(CannotRead):
        desk.write(blind.answer, found.id, LEA, "refuse", "R3")
    with desk.database.read() as session:
        (look,) = second.listing(session, ZOE)
    desk.write(second.look, look.id, ZOE, "agreed")
    assert following(desk, ZOE) is None
    with pytest.raises(CannotRead):
        desk.write(blind.answer, found.id, ZOE, "refuse", "R3")
    assert following(desk, MAX) == found


@pytest.mark.parametrize(
    ("kind", "reason"), [("accept", "R5"), ("refuse", ""), ("refuse", "R6"), ("group", ""), ("redact", "R5"), ("", "")]
)
def test_an_answer_is_a_decision_with_its_own_reason(desk: Desk, kind: str, reason: str) -> None:
    _ref, found = one_drawn(desk, "accept")
    with pytest.raises(ValueError, match="accept without a reason"):
        desk.write(blind.answer, found.id, MAX, kind, reason)


def test_a_refusal_that_the_second_would_publish_goes_to_a_third(desk: Desk) -> None:
    ref, found = one_drawn(desk, "refuse", "Achetez mes bancs", reason="R5")
    desk.write(blind.answer, found.id, MAX, "accept")
    assert desk.row(ref).state == "appealed"
    assert desk.refused(ref, "uphold", LEA).code == "four_eyes"


def test_a_published_text_that_the_second_would_refuse_is_judged_as_reported(desk: Desk) -> None:
    ref, found = one_drawn(desk, "accept", "Untel est un voleur")
    desk.write(blind.answer, found.id, MAX, "refuse", "R9")
    assert desk.row(ref).state == "published"
    with desk.database.read() as session:
        (told,) = reports.listing(session)
        (line,) = audit.search(session, action="contribution.reported").items
    assert (told.ref, told.reasons, line.actor) == (ref, (("R9", 1),), MAX)


# --- how far they agree


def read_again(desk: Desk, alike: int, otherwise: int) -> None:
    """So many readings now."""
    for number in range(alike + otherwise):
        _ref, found = one_drawn(desk, "refuse", reason="R5", text=f"Achetez {number}")
        desk.write(blind.answer, found.id, MAX, *(("refuse", "R5") if number < alike else ("redact", "R4")))


def months(desk: Desk) -> tuple[Month, ...]:
    with desk.database.read() as session:
        return agreement.months(session, desk.clock.now())


def test_the_rate_is_told_by_month_once_it_has_ended_small_cells_hidden(desk: Desk) -> None:
    assert months(desk) == ()
    read_again(desk, 15, 5)
    assert months(desk) == ()
    desk.clock.at = datetime(2027, 3, 31, 22, 0, tzinfo=UTC)  # midnight in Nantes
    read_again(desk, 10, 2)
    desk.clock.at = datetime(2027, 5, 2, tzinfo=UTC)
    read_again(desk, 3, 0)
    desk.clock.at = datetime(2027, 6, 1, tzinfo=UTC)
    march, april, may = months(desk)
    assert (f"{march.month:%Y-%m}", march.read, march.alike, march.otherwise, march.least, march.most) == ("2027-03", 20, 15, 5, 75, 75)
    assert (april.read, april.alike, april.otherwise) == (12, None, "small"), "12 - 10 would tell"
    assert (april.least, april.most) == (67, 92)
    assert (may.read, may.alike, may.least) == (None, None, None)


@pytest.mark.parametrize("alike", range(12))
@pytest.mark.parametrize("otherwise", range(12))
def test_what_is_told_never_gives_a_small_cell_away(alike: int, otherwise: int) -> None:
    told = agreement._month(datetime(2027, 3, 1, tzinfo=UTC).date(), alike, otherwise)
    shown = (told.read, told.alike, told.otherwise, told.least, told.most)

    def same(one: int, two: int) -> bool:
        other = agreement._month(told.month, one, two)
        return (other.read, other.alike, other.otherwise, other.least, other.most) == shown

    like = [(one, two) for one in range(30) for two in range(30) if same(one, two)]
    for place, count in enumerate((alike, otherwise)):
        if 0 < count < 5:
            assert len({pair[place] for pair in like}) > 1, (alike, otherwise)
    if told.least is not None and told.most is not None and alike + otherwise:
        assert told.least <= round(100 * alike / (alike + otherwise)) <= told.most


# --- the pages


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def test_a_moderator_reads_blind_by_forms_alone(city: Town) -> None:
    ref = await city.say("Des bancs à l'ombre, svp")
    await city.publish(ref, "refuse", reason="R5", fact="vend des bancs")

    def put(session: Any) -> int:
        row = session.execute(sa.select(decision)).one()
        values = {"contribution_id": row.contribution_id, "decision_id": row.id, "first_actor": row.actor}
        session.execute(sa.insert(sample).values(id=row.id, due_at=city.now + blind.WITHIN, **values))
        return int(row.id)

    number = await city.ledger.write(put)
    here = "/desk/contributions/relecture/aveugle"
    await city.enter("moderator")
    assert here in await city.text("/desk")
    assert here in await city.text("/desk/contributions/relecture")
    page = await city.text(here)
    assert "Des bancs à l&#39;ombre, svp" in page
    for secret in (ref, f"{ref[:4]} {ref[4:]}", "vend des bancs", "Loire-2F7K", "refusé"):
        assert secret not in page, secret
    async with await city.post(f"{here}/{number}", form_on=here, decision="refuse") as answer:
        assert answer.status == 422
    async with await city.post(f"{here}/{number}", form_on=here, decision="accept") as answer:
        assert answer.headers["Location"] == f"{here}?lu={number}"
    page = await city.text(here, lu=str(number))
    assert "Votre collègue a décidé autrement" in page
    assert f"{ref[:4]} {ref[4:]}" in page
    async with await city.post(f"{here}/{number}", form_on="/desk", decision="accept") as answer:
        assert answer.headers["Location"] == f"{here}?dit=looked"
    city.clock.advance(days=31)
    await city.enter("observer", email="elu@ville.example")
    page = await city.text("/desk/accord")
    assert "Moins de 5" in page
    async with city.http.get("/desk/accord.csv") as answer:
        assert answer.content_type == "text/csv"
        assert (await answer.text()).splitlines()[1].endswith(";non montré;non montré;non montré;non montré;non montré")


async def test_a_right_for_one_project_reads_again_there_alone(city: Town) -> None:
    ref = await city.say("Dehors")
    await city.publish(ref, "refuse", reason="R3")
    (look,) = await city.ledger.read(second.listing, "staff:none")
    other = documents.parse(invented.bicycle_plan(city.now.date()).encode(), yaml=True)
    await city.ledger.write(processes.put, city.now, other, "command")
    for slug, status in ((other.slug, 403), (SLUG, 303)):
        token = await city.ledger.write(staff.add, city.now, f"{slug}-{EMAIL}", [Grant("moderator", (slug,))])
        await city.ledger.write(staff.set_password, city.now, token, PASSWORD)
        city.http.session.cookie_jar.clear()
        async with await city.post("/desk/connexion", email=f"{slug}-{EMAIL}", password=PASSWORD) as answer:
            assert answer.status == 303
        page = await city.text("/desk/contributions/relecture")
        assert (f"relecture/{look.id}" in page) == (status == 303)
        assert ("décisions de collègues" in await city.text("/desk")) == (status == 303)
        path = f"/desk/contributions/relecture/{look.id}"
        async with await city.post(path, form_on="/desk/contributions/page", outcome="agreed") as answer:
            assert answer.status == status
