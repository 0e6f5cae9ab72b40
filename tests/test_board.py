"""The loop board: each step that waits, on whom, since when, until when; each role its own projects, each line where it is done."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape

import msgspec
import pytest
import sqlalchemy as sa

from conversations.effects import Withdraw
from outreach import answers, documents, leases, loop, outbox, processes, relays
from outreach.answers import Note
from outreach.contributions import intake
from outreach.db import Database
from outreach.documents import Phase, Validated
from outreach.house import House
from outreach.loop import Step
from outreach.outbox import Body, Put
from outreach.relays import Settled
from outreach.tables import contribution, process
from tests import answering
from tests.answering import ANSWERED, ASKED_FOR, STUDIED
from tests.avising import HANDED, Square, sheet
from tests.conftest import Clock
from tests.contributing import LEA, SLUG, document, given
from tests.test_rights_matrix import sign_in
from tests.town import Town, town


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


def steps(square: Square, *kinds: str) -> list[Step]:
    """What waits in the one project, of these kinds or of all."""
    found = square.read(loop.board, square.clock.now())
    return [step for one in found for step in one.steps if not kinds or step.kind in kinds]


def kinds(square: Square) -> list[str]:
    return sorted(step.kind for step in steps(square))


def closes(square: Square, day: date) -> None:
    """The question closes; the calendar goes on."""
    whole = square.document()
    phases = (
        Phase(kind="synthese", title="On range", starts=day, ends=day + timedelta(days=4)),
        Phase(kind="lecture", title="On lit", starts=day, ends=day + timedelta(days=20)),
    )
    asked = tuple(msgspec.structs.replace(one, closes=day) for one in whole.questions)
    with square.database.write() as session:
        session.execute(
            sa.update(process).values(document=documents.encode(msgspec.structs.replace(whole, questions=asked, phases=phases)))
        )


def test_a_project_waits_on_its_mandate_then_on_its_opening(square: Square) -> None:
    draft = msgspec.structs.replace(document("jardin"), title={"fr": "Jardin"})
    square.write(processes.put, draft, LEA)
    square.clock.advance(days=5)
    (one,) = [one for one in square.read(loop.board, square.clock.now()) if one.slug == "jardin"]
    (step,) = one.steps
    assert (step.kind, step.who, step.since) == ("mandate", "le conseil", date(2027, 3, 15))
    square.write(processes.validate, "jardin", Validated(by="le conseil", on=date(2027, 3, 19), act="délibération 2"), LEA)
    (one,) = [one for one in square.read(loop.board, square.clock.now()) if one.slug == "jardin"]
    assert [(step.kind, step.since) for step in one.steps] == [("opening", date(2027, 3, 20))]


def test_while_people_write_their_texts_wait_for_their_readers(square: Square) -> None:
    closes(square, date(2027, 4, 10))
    ref = square.says(square.somebody(), decided="refuse", reason="R11")
    square.says(square.somebody(), publish=False)

    square.write(lambda session, now: given(session, now, square.somebody()))
    square.clock.advance(days=9)
    (voices,) = steps(square, "voices")
    assert (voices.since, voices.by, voices.late) == (date(2027, 3, 15), date(2027, 4, 10), 0)
    (reading,) = steps(square, "reading")
    assert (reading.count, reading.since) == (1, date(2027, 3, 15))
    assert reading.by
    assert reading.late == (square.clock.now().date() - reading.by).days > 0
    assert steps(square)[0].kind == "reading", "what is late stands first"
    with square.database.write() as session:
        session.execute(sa.update(contribution).where(contribution.c.ref == ref).values(state="appealed"))
        session.execute(sa.update(contribution).where(contribution.c.state == "received").values(state="accepted"))
    assert {(step.kind, step.count) for step in steps(square)} >= {("appeals", 1), ("record", 1)}


def test_when_nobody_writes_any_more_the_synthesis_and_the_avis_are_awaited(square: Square) -> None:
    closes(square, date(2027, 4, 10))
    square.clock.at = square.clock.at.replace(month=4, day=20)
    found = {step.kind: step for step in steps(square)}
    assert set(found) == {"synthesis", "avis", "answer"}
    assert (found["synthesis"].since, found["synthesis"].by, found["synthesis"].late) == (date(2027, 4, 10), date(2027, 4, 14), 6)
    assert (found["avis"].by, found["avis"].late) == (date(2027, 4, 30), 0)
    assert (found["answer"].by, found["answer"].who) == (date(2027, 6, 30), "le conseil")
    ref = square.says(square.somebody())
    square.write(answers.synthesise, SLUG, sheet([("Ombre", "Elle manque.", ref)], heads=("Thème", "Texte", "Avis cités")), LEA)
    square.hands_over([("7", "Des arbres", "Planter.", "", ref)])
    assert kinds(square) == ["answer", "point"]


def test_a_point_waits_on_its_service_then_on_the_elected_officials_then_all_on_the_publication(square: Square) -> None:
    refs = [square.says(square.somebody(), text) for text in ("Des arbres", "Des bancs")]
    closes(square, date(2027, 3, 14))
    square.hands_over([("6", "Des arbres", "Planter.", "", refs[0]), ("7", "Des bancs", "Poser.", "", refs[1])])
    assert [(one.number, one.since, one.by) for one in steps(square, "point")] == [
        ("6", date(2027, 3, 15), date(2027, 6, 30)),
        ("7", date(2027, 3, 15), date(2027, 6, 30)),
    ]
    square.assigns(2, days=3)
    square.clock.advance(days=9)
    (study,) = steps(square, "study")
    assert (study.number, study.place, study.who) == ("7", 2, "Espaces verts, Mme Roux")
    assert (study.since, study.by, study.late) == (date(2027, 3, 15), date(2027, 3, 18), 6)
    assert study in steps(square)[:2], "what is late stands first"
    square.write(answers.study, SLUG, 2, Note("yes", "", "", ""), LEA)
    (position,) = steps(square, "position")
    assert (position.number, position.who, position.since) == ("7", "le conseil", date(2027, 3, 24))
    square.decides(2, "kept")
    square.assigns(1)
    assert kinds(square) == ["answer", "study", "synthesis"]
    square.decides(1, "not_kept")
    assert kinds(square) == ["publish", "synthesis"]
    square.clock.at = square.clock.at.replace(month=7, day=4)
    assert [(one.by, one.late) for one in steps(square, "publish")] == [(date(2027, 6, 30), 4)]


def test_an_answer_waits_for_its_authors_to_be_told_then_for_its_commitments(square: Square, database: Database) -> None:
    one, two = square.somebody(), square.somebody("telegram")
    refs = [square.says(one, "Des arbres"), square.says(one, "De l'ombre"), square.says(two, "Des bancs")]
    closes(square, date(2027, 3, 14))
    square.hands_over([("7", "Des arbres", "Planter.", "", ", ".join(refs))])
    square.assigns()
    square.decides()
    square.publishes()
    (telling,) = steps(square, "telling")
    assert (telling.count, telling.since) == (2, date(2027, 3, 15)), "two people, however many texts"
    while square.write(loop.tell, 1):
        pass
    (telling,) = steps(square, "telling")
    assert telling.count == 2, "prepared, and not said yet"
    square.tells()
    assert kinds(square) == ["commitment"]
    (promised,) = steps(square, "commitment")
    assert (promised.number, promised.who, promised.by) == ("7", "Espaces verts", date(2028, 3, 1))
    lost(square, database, one)
    assert [(step.kind, step.count) for step in steps(square, "unclear")] == [("unclear", 1)]
    (kept,) = square.read(answers.book, SLUG).points[0].commitments
    square.write(loop.settle, SLUG, kept.id, LEA, evidence="Ils sont plantés.")
    square.tells()
    assert kinds(square) == ["closing", "unclear"]
    square.write(processes.close, SLUG, LEA)
    assert kinds(square) == ["unclear"]


def lost(square: Square, database: Database, address_id: int) -> None:
    """A notice of which the operator never told whether it arrived."""
    square.clock.advance(hours=1)
    square.write(lambda session, now: outbox.put(session, [Put(address_id, "sms", "simulator", "notice", Body("Bonjour"))], now))
    with database.write() as session:
        session.execute(sa.text("UPDATE outbox SET state = 'unknown', why = 'unclear'"))


def test_a_text_that_was_taken_back_waits_on_the_platform_that_still_shows_it(square: Square) -> None:
    with square.database.write() as session:
        number = relays.add(session, square.clock.now(), "donnees", "kinto", url="https://p.example", options={}, actor="command")
    who = square.somebody()
    ref = square.says(who)
    with square.database.write() as session:
        epoch = leases.hold(session, relays.LEASE, "test", 60) or 0
        (job,) = relays.claim(session, number, "test", epoch, square.clock.now())
        relays.settle(session, epoch, [Settled(job.id, 1, "there", text=job.text, external="1")], square.clock.now())
        intake.withdraw(session, who, Withdraw(ref), square.clock.now())
    (step,) = steps(square, "withdrawal")
    assert (step.who, step.count, step.by, step.late) == ("donnees", 1, date(2027, 3, 18), 0)
    square.clock.advance(days=5)
    assert steps(square, "withdrawal")[0].late == 2


def test_nothing_waits_where_there_is_nothing(database: Database, clock: Clock, house: House) -> None:
    assert house
    with database.read() as session:
        assert loop.board(session, clock.now()) == ()


# --- the page


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await answering.everything(made)
        yield made


async def test_the_page_names_each_step_and_leads_to_where_it_is_done(city: Town) -> None:
    await city.enter("lead", "staff")
    page = unescape(await city.text("/desk/boucle")).replace("\u00a0", " ")
    assert page.index("Quais de Loire") < page.index("Cour Pergaud"), "the latest project stands first"
    for told in ("Point 1 : la note du service", "Espaces verts, Mme Roux", "9 jours de retard", "Point 4 bis : un service à choisir"):
        assert told in page, told
    for address in (f"/desk/demarches/{STUDIED}/points/1", f"/desk/demarches/{ASKED_FOR}", f"/desk/demarches/{ANSWERED}/points/1"):
        assert f'href="{address}"' in page, address
    assert 'href="/desk/dettes"' in page
    assert 'href="/desk/boucle"' in await city.text("/desk/dettes")
    english = await city.text("/desk/boucle", lang="en")
    assert "Point 1: the service" in english
    assert HANDED.written_by not in english


async def test_who_has_some_projects_sees_their_steps_alone_and_no_door_that_is_shut(city: Town) -> None:
    await sign_in(city, "observer", STUDIED)
    page = await city.text("/desk/boucle")
    assert "Quais de Loire" in page
    assert "Cour Pergaud" not in page
    for shut in ("/desk/dettes", "/desk/envois", "/desk/versements", "/desk/contributions"):
        assert f'href="{shut}' not in page, shut
