"""Four eyes: hard reasons and the first twenty of a new moderator are looked at afterwards; what the public reports is judged by two."""

import re
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from conversations.notices import Refused
from outreach import audit, notary, record, relays
from outreach.contributions import appeals, decisions, reports, second
from outreach.contributions.reports import CannotJudge, Words
from outreach.contributions.second import CannotLook
from outreach.db import Database
from outreach.record import book, log, opendata, verifying
from outreach.tables import relay, second_look
from tests.conftest import Clock
from tests.contributing import LEA, MAX, SLUG, Desk
from tests.town import Town, town

TEXT = "Il manque des bancs"


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def read(desk: Desk, verb: object, *args: object) -> object:
    with desk.database.read() as session:
        return verb(session, *args)  # type: ignore[operator]


def looks(desk: Desk, actor: str) -> tuple[second.Look, ...]:
    return read(desk, second.listing, actor)  # type: ignore[return-value]


def reports_of(desk: Desk) -> tuple[reports.Reported, ...]:
    with desk.database.read() as session:
        return reports.listing(session)


def publish(desk: Desk, actor: str = "token:1") -> str:
    ref = desk.receive(TEXT)
    desk.decide(ref, "accept", actor)
    desk.clock.advance(days=1)
    return ref


def test_a_hard_reason_takes_effect_at_once_and_is_looked_at_within_five_days(desk: Desk) -> None:
    hard, plain = desk.receive("Dehors"), desk.receive("Achetez")
    desk.decide(hard, "refuse", "token:1", reason="R3")
    desk.decide(plain, "refuse", "token:1", reason="R5")
    assert desk.row(hard).state == "refused"  # nothing waits
    assert looks(desk, "token:1") == ()
    (one,) = looks(desk, MAX)
    assert (one.ref, one.why, one.reason, one.text) == (hard, "four_eyes", "R3", "Dehors")
    assert (one.due_at - desk.clock.now()).days in range(4, 8)
    with pytest.raises(CannotLook):
        desk.write(second.look, one.id, "token:1", "agreed")
    desk.write(second.look, one.id, MAX, "agreed")
    assert looks(desk, MAX) == ()
    with pytest.raises(CannotLook):
        desk.write(second.look, one.id, "staff:3", "other")


def test_who_would_decide_otherwise_sends_a_refusal_to_a_third_reader(desk: Desk) -> None:
    ref = desk.receive("Dehors les voitures")
    desk.decide(ref, "refuse", LEA, reason="R3")
    (one,) = looks(desk, MAX)
    desk.write(second.look, one.id, MAX, "other", "Cela ne vise personne.")
    assert desk.row(ref).state == "appealed"
    assert [told.note for told in read(desk, second.told, LEA)] == ["Cela ne vise personne."]  # type: ignore[attr-defined]
    assert desk.refused(ref, "reverse", LEA).code == "four_eyes"
    desk.decide(ref, "reverse", MAX)
    assert desk.row(ref).state == "published"


def test_the_first_twenty_of_a_new_moderator_are_looked_at_and_no_more(desk: Desk) -> None:
    for number in range(23):
        with desk.database.write() as session:
            from tests.contributing import given, person, phone

            ref = given(session, desk.clock.now(), person(session, desk.clock.now(), phone()), f"avis {number}")
        desk.decide(ref, "accept", LEA)
        assert desk.row(ref).state == "published"
    with desk.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(second_look)) == second.FIRST
        assert second.waiting(session, MAX) == second.FIRST
        assert second.waiting(session, LEA) == 0


def whole(desk: Desk) -> str:
    """The whole signed record in one file, once it is signed; it verifies."""
    with desk.database.write() as session:
        notary.chain(session, desk.clock.now())
        log.grow(session, desk.clock.now())
    with desk.database.read() as session:
        told = book.write(session)
    assert verifying.examine(verifying.read(told)).faults == ()
    return told.decode()


def copies(desk: Desk) -> list[tuple[str, str]]:
    """What each copy on another platform is to become."""
    with desk.database.read() as session:
        return [(row.wants, row.state) for row in session.execute(sa.select(relay.c.wants, relay.c.state))]


def test_reports_are_counted_by_cause_and_three_grave_ones_hide_a_text_at_once(desk: Desk) -> None:
    ref = publish(desk)
    words = Words("Il vise les gens d'en face", "voisine@exemple.fr")
    assert desk.write(reports.make, ref, "R3", words) == "taken"
    assert desk.write(reports.make, ref, "R5", Words()) == "taken"
    assert desk.write(reports.make, ref, "R3", Words()) == "taken"
    (one,) = reports_of(desk)
    assert (one.ref, one.reasons, one.hidden, one.words[0]) == (ref, (("R3", 2), ("R5", 1)), False, words)
    assert desk.write(reports.make, ref, "R8", Words()) == "taken"
    entry = read(desk, record.find, ref)
    assert (entry.text, entry.hidden) == (None, True)  # type: ignore[attr-defined]
    with desk.database.read() as session:
        assert TEXT.encode() not in opendata.csv(session, SLUG)
        lines = audit.search(session, action="contribution.reported").items
    assert TEXT not in whole(desk)
    assert "exemple" not in repr(lines)
    assert desk.write(reports.make, ref, "R8", Words()) == "nothing"  # nobody sees it any more
    assert desk.write(reports.judge, ref, LEA, "kept")
    assert read(desk, record.find, ref).text == TEXT  # type: ignore[attr-defined]
    assert TEXT in whole(desk)
    assert read(desk, reports.waiting) == 0


def test_a_published_text_is_taken_away_by_two_people_and_its_author_may_appeal(desk: Desk) -> None:
    with desk.database.write() as session:
        url = "https://donnees.ville.example"
        number = relays.add(session, desk.clock.now(), "donnees", "kinto", url=url, options={}, actor="command")
    ref = publish(desk)
    desk.told()
    assert read(desk, relays.is_due, number, desk.clock.now())
    desk.write(reports.make, ref, "R9", Words())
    assert not desk.write(reports.judge, ref, LEA, "hidden", "R9")
    assert read(desk, record.find, ref).text is None  # type: ignore[attr-defined]
    assert desk.row(ref).state == "published"
    assert not read(desk, relays.is_due, number, desk.clock.now()), "what is hidden leaves for nowhere"
    with pytest.raises(CannotJudge):
        desk.write(reports.judge, ref, LEA, "hidden", "R9")
    assert desk.told() == []
    assert desk.write(reports.judge, ref, MAX, "hidden", "R9")
    assert desk.row(ref).state == "refused"
    assert copies(desk) == [("withdraw", "confirmed")], "it had never left"
    (told,) = desk.told()
    assert isinstance(told, Refused)
    assert told.reason == "R9"
    with desk.database.write() as session:
        appeals.open_(session, desk.clock.now(), desk.citizen)
    assert desk.refused(ref, "reverse", LEA).code == "four_eyes"
    desk.decide(ref, "reverse", "staff:3")
    assert desk.row(ref).state == "published"
    assert copies(desk) == [("publish", "pending")]
    assert TEXT in whole(desk)
    assert read(desk, record.find, ref).text == TEXT  # type: ignore[attr-defined]


def test_reports_are_limited_and_need_a_reason_and_a_public_text(desk: Desk) -> None:
    ref, unread = publish(desk), desk.receive("Pas encore lu")
    assert desk.write(reports.make, ref, "R1", Words()) == "nothing"
    assert desk.write(reports.make, unread, "R3", Words()) == "nothing"
    assert desk.write(reports.make, "00000000", "R3", Words()) == "nothing"
    assert [desk.write(reports.make, ref, "R5", Words()) for _ in range(reports.A_TEXT + 1)][-2:] == ["taken", "full"]
    with pytest.raises(CannotJudge):
        desk.write(reports.judge, unread, LEA, "hidden", "R3")
    with pytest.raises(CannotJudge):
        desk.write(reports.judge, ref, LEA, "hidden", "R1")


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def test_a_reader_reports_and_the_desk_judges_by_forms_alone(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.publish(ref)
    here = f"/suivi/{ref}/signaler"
    assert here in await city.text("/demarches/place-du-marche/contributions")
    assert TEXT in await city.text(here)
    async with await city.post(here, reason="nope") as answer:
        assert answer.status == 422
    async with city.http.post(here, data={"reason": "R9"}) as answer:
        assert answer.status == 403
    token = re.search(r'name="csrf" value="([^"]+)"', await city.text(here))
    assert token
    filled = {"csrf": token[1], "reason": "R9"}
    async with city.http.post(here, data=filled, headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403
    async with await city.post(here, reason="R9", site="https://robot.example") as answer:
        assert answer.status == 200
    assert await city.ledger.read(reports.waiting) == 0  # a robot filled in what nobody sees
    city.clock.advance(days=1)  # a page left open overnight
    async with city.http.post(here, data={**filled, "why": "<b>C'est faux</b>", "email": "v@exemple.fr"}) as answer:
        assert "bien arrivé" in await answer.text()
    await city.text("/suivi/00000000/signaler", 404)
    await city.enter("moderator")
    assert "signalements de lecteurs" in await city.text("/desk")
    desk_page = "/desk/contributions/relecture"
    page = await city.text(desk_page)
    assert "&lt;b&gt;C&#39;est faux" in page
    assert "v@exemple.fr" not in page
    async with await city.post(f"/desk/contributions/{ref}/signalement", form_on=desk_page, outcome="hidden", reason="R9") as answer:
        assert answer.status == 303
    page = await city.text(desk_page)
    assert "une autre personne confirme" in page
    assert TEXT not in await city.text(f"/suivi/{ref}")
    assert "Signalé" in await city.text(f"/suivi/{ref}")
    await city.text(here, 404)
    await city.enter("moderator", email="max@ville.example")
    async with await city.post(f"/desk/contributions/{ref}/signalement", form_on=desk_page, outcome="hidden", reason="R9") as answer:
        assert answer.status == 303
    assert "Rien n’est signalé" in await city.text(desk_page)


async def test_a_colleague_looks_at_first_decisions_by_forms_alone(city: Town) -> None:
    ref = await city.say(TEXT)
    await city.enter("moderator")
    here = f"/desk/contributions/{ref}"
    async with await city.post(f"{here}/decision", form_on=here, decision="accept") as answer:
        assert answer.status == 303
    await city.ledger.write(decisions.apply_due, city.clock.advance(seconds=11))
    page = await city.text("/desk/contributions/relecture")
    assert "Aucune décision d’un collègue" in page
    await city.enter("moderator", email="max@ville.example")
    page = await city.text("/desk/contributions/relecture")
    assert "une des vingt premières" in page
    (one,) = await city.ledger.read(second.listing, "staff:none")
    path = f"/desk/contributions/relecture/{one.id}"
    async with await city.post(path, form_on="/desk/contributions/relecture", outcome="nothing") as answer:
        assert answer.status == 422
    async with await city.post(path, form_on="/desk/contributions/relecture", outcome="agreed") as answer:
        assert answer.status == 303
    assert "Aucune décision d’un collègue" in await city.text("/desk/contributions/relecture")
