"""What people may ask about their data: a copy of everything, an objection, a register that names nobody; a phone that several share."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jsonschema
import msgspec
import pytest
import pytest_asyncio
import sqlalchemy as sa

from conversations.messages import Edit, Inbound
from outreach import rights
from outreach.contributions import decisions, queue
from outreach.db import Database
from outreach.outbox import Body
from outreach.privacy import export
from outreach.references import new_token
from outreach.tables import contribution, outbox
from tests.conftest import Clock
from tests.meeting import City, meeting, phone
from tests.town import Town, town

NINA, LEA = "900001", phone(1)


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock, meeting("atelier-1", "2027-05-12 18:30"))


def taken(city: City, who: str = NINA) -> list[dict[str, Any]]:
    """Every file that somebody was sent."""
    with city.database.read() as session:
        return [json.loads(file.content) for file in city.files(session, who) if file and file.name == "mes-donnees.json"]


def test_a_copy_of_everything_holds_everything_and_keeps_to_its_schema(city: City) -> None:
    city.say(NINA, "/start", network="telegram")
    ref = city.gave(NINA, "un banc pour ma mère", "telegram")
    city.say(NINA, "/ateliers", "[Oui]", network="telegram")
    city.say(NINA, "/donnees", "[Tout, en fichier]", network="telegram")
    (copy,) = taken(city)
    jsonschema.validate(copy, json.loads(export.schema()))
    assert copy["address"] == NINA
    assert [(one["number"], one["text"]) for one in copy["views"]] == [(ref, "un banc pour ma mère")]
    assert [(one["workshop"], one["state"], len(one["code"])) for one in copy["places"]] == [("place-du-marche/atelier-1", "confirmed", 4)]
    assert "un banc pour ma mère" in {one["text"] for one in copy["messages"] if one["by"] == "you"}
    assert any("bien reçu" in one["text"] for one in copy["messages"] if one["by"] == "city")


def test_it_is_sent_three_times_a_day_and_holds_nobody_else(city: City) -> None:
    city.gave(LEA, "le secret de Léa")
    for _ in range(4):
        city.say(NINA, "/fichier", network="telegram")
    assert len(taken(city)) == 3
    assert "trois fois" in city.lines(NINA, "telegram")[-1].text
    assert "Léa" not in json.dumps(taken(city), ensure_ascii=False)
    city.clock.advance(days=1, minutes=5)
    city.say(NINA, "/fichier", network="telegram")
    assert len(taken(city)) == 4
    with city.database.read() as session:
        assert rights.tally(session)["access"] == 4


def test_a_phone_gets_dates_and_states_and_a_summary_with_its_places(city: City) -> None:
    city.say(LEA, "ATELIER", "1")
    city.gave(LEA, "un banc")
    assert "1 place à un atelier" in city.say(LEA, "DONNEES")[0]
    (said,) = city.say(LEA, "FICHIER")
    assert "SUIVI" in said
    assert "banc" not in said


def test_what_somebody_objects_to_rests_until_a_person_has_decided(city: City) -> None:
    ref = city.gave(LEA, "un banc")
    (said,) = city.say(LEA, "je m'oppose")
    assert "avant le 14/04" in said
    with city.database.read() as session:
        assert queue.listing(session, city.clock.now(), queue.WAITING).items == ()
        assert [one.kind for one in rights.listing(session) if one.closed_at is None] == ["objection"]
    city.say(LEA, "OPPOSITION")
    with city.database.read() as session:
        assert rights.tally(session)["objection"] == 1
        assert session.scalar(sa.select(contribution.c.ref)) == ref


def test_what_rests_can_be_neither_decided_nor_published_by_a_decision_of_before(city: City) -> None:
    first, second = city.gave(LEA, "un banc"), city.gave(LEA, "une fontaine")
    accept = decisions.Decision(kind="accept")
    with city.database.write() as session:
        decisions.decide(session, city.clock.now(), first, "staff:1", accept, timedelta(minutes=5))
    city.say(LEA, "OPPOSITION")
    with city.database.write() as session, pytest.raises(decisions.DecisionRefused) as refused:
        decisions.decide(session, city.clock.now(), second, "staff:1", accept)
    assert refused.value.code == "set_aside"
    city.clock.advance(minutes=6)
    with city.database.write() as session:
        decisions.apply_due(session, city.clock.now())
    with city.database.read() as session:
        assert set(session.scalars(sa.select(contribution.c.state))) == {"received"}


def test_what_rests_waits_for_no_moderator_and_nothing_can_be_decided(city: City) -> None:
    ref = city.gave(LEA, "un banc")
    city.say(LEA, "OPPOSITION")
    with city.database.read() as session:
        assert queue.counts(session, city.clock.now()) == queue.Counts(0, 0, 0, 0)
        item = queue.get(session, city.clock.now(), ref)
    assert (item.allowed, "set_aside" in item.flags) == ((), True)


def test_who_objected_and_asks_for_news_again_hears_them_and_the_objection_stays(city: City) -> None:
    city.gave(LEA, "un banc")
    city.say(LEA, "OPPOSITION", "REPRENDRE")
    with city.database.read() as session:
        assert [one.kind for one in rights.listing(session) if one.closed_at is None] == ["objection"]
        assert queue.listing(session, city.clock.now(), queue.WAITING).items == ()


def farewell(city: City) -> tuple[str, str]:
    """The message that goes to nobody we know, with the address it carries."""
    with city.database.read() as session:
        row = session.execute(
            sa.select(outbox.c.id, outbox.c.sealed).where(outbox.c.address_id.is_(None), outbox.c.sealed.is_not(None))
        ).one()
        body = msgspec.json.decode(session.info["house"].keys.open("outbox", row.id, row.sealed), type=Body)
    return body.address, body.text


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_granted_all_is_erased_refused_it_goes_on_and_the_reason_is_read(city: City, outcome: Any) -> None:
    from outreach.inbox import objections

    city.gave(LEA, "un banc")
    city.say(LEA, "OPPOSITION")
    with city.database.write() as session:
        (waiting,) = [one for one in rights.listing(session) if one.closed_at is None]
        objections.decide(session, city.clock.now(), waiting.id, outcome, "La loi demande de garder les avis publiés.", "staff:1")
    city.beat()
    with city.database.read() as session:
        states = session.scalars(sa.select(contribution.c.state)).all()
        left = [one.ref for one in queue.listing(session, city.clock.now(), queue.WAITING).items]
    if outcome == "granted":
        assert (states, left, city.lines(LEA)) == (["withdrawn"], [], [])
        assert farewell(city) == (
            LEA,
            "Ville de Nantes: votre opposition est acceptée. Tout ce qui vient de vous est effacé et retiré. Plus personne ne vous écrit.",
        )
    else:
        assert (states, len(left)) == (["received"], 1)
        assert city.lines(LEA)[-1].text == "Ville de Nantes, votre opposition: La loi demande de garder les avis publiés."


def test_stop_and_oubli_are_lines_of_the_register_that_name_nobody(city: City) -> None:
    city.gave(LEA, "un banc")
    city.say(LEA, "STOP", "STOP", "OUBLI OUI")
    with city.database.read() as session:
        lines = rights.listing(session)
    assert sorted((one.kind, one.outcome) for one in lines) == [("erasure", "erased"), ("withdrawal", "stopped")]


def test_on_a_shared_phone_one_is_erased_or_all_and_the_next_person_reads_three_words(city: City) -> None:
    first = city.gave(LEA, "des bancs pour les anciens du quartier des Tilleuls")
    city.say(LEA, "AUTRE")
    second = city.gave(LEA, "un terrain de boules derrière l'église du village")
    told = " ".join(city.say(LEA, "SUIVI"))
    assert "anciens du quartier" not in told
    assert "derrière" not in told
    city.say(LEA, f"OUBLI {first}")
    with city.database.read() as session:
        states = {row.ref: row.state for row in session.execute(sa.select(contribution.c.ref, contribution.c.state))}
    assert states == {first: "withdrawn", second: "received"}
    city.say(LEA, "OUBLI OUI")
    with city.database.read() as session:
        assert set(session.scalars(sa.select(contribution.c.state))) == {"withdrawn"}


@pytest_asyncio.fixture
async def desk(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def test_the_register_is_shown_decided_and_handed_out_without_a_name(desk: Town) -> None:
    await desk.say("Un banc")
    person = desk._people["+33639980001"]
    await desk.ledger.write(rights.objects, person, "sms", desk.now)
    await desk.ledger.write(rights.note, "erasure", "telegram", desk.now, "erased")
    await desk.enter("dpo")
    page = await desk.text("/desk/droits")
    assert "Accepter : tout effacer" in page
    assert "63998" not in page
    with desk.database.read() as session:
        (waiting,) = [one for one in rights.listing(session) if one.closed_at is None]
    async with await desk.post(f"/desk/droits/{waiting.id}", form_on="/desk/droits", outcome="refused") as answer:
        assert answer.status == 422
        assert "son auteur la lit" in await answer.text()
    async with await desk.post(f"/desk/droits/{waiting.id}", form_on="/desk/droits", outcome="granted") as answer:
        assert answer.status == 303
    rows = (await desk.text("/desk/droits.csv")).splitlines()
    assert rows[0] == "kind,network,opened,due,closed,outcome,days"
    assert sorted(row.split(",")[0] for row in rows[1:]) == ["erasure", "objection"]
    assert json.loads(await desk.text("/mes-donnees.schema.json"))["$schema"].startswith("https://json-schema.org")


def test_a_correction_that_comes_too_late_stands_in_the_register_and_one_of_nothing_does_not(city: City) -> None:
    city.say(NINA, "/start", network="telegram")
    ref = city.gave(NINA, "un banc pour ma mère", "telegram")
    with city.database.read() as session:
        (source,) = json.loads(session.scalar(sa.select(contribution.c.sources).where(contribution.c.ref == ref)) or "[]")

    def edit(key: str, text: str) -> None:
        said = Inbound("simulator", "simulator", new_token(), "telegram", NINA, Edit(key, text), city.clock.now())
        city.batch([said])

    edit(source, "deux bancs pour ma mère")
    with city.database.write() as session:
        session.execute(sa.update(contribution).values(opened_at=city.clock.now()))
    edit(source, "trois bancs")
    edit("999", "rien du tout")
    assert "Trop tard pour corriger" in city.lines(NINA, "telegram")[-1].text
    with city.database.read() as session:
        lines = [(one.kind, one.outcome) for one in rights.page(session) if one.kind == "correction"]
    assert lines == [("correction", "corrected"), ("correction", "too_late")]
