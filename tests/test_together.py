"""Ten on a page and all who say the same: claimed like single ones, decided with one key, taken back with one, each author told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from conversations.notices import Published, Refused
from outreach.contributions import copies, decisions, intake, queue, together, triage
from outreach.contributions.decisions import Decision, apply_due
from outreach.contributions.items import Item
from outreach.contributions.themes import suggest
from outreach.db import Database
from outreach.documents import Theme
from outreach.record import entries
from tests.conftest import Clock
from tests.contributing import LEA, MAX, SLUG, Desk, person, phone, submission
from tests.town import Town, town

SAME = "Il faut des bancs à l'ombre sur la place du marché"


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def look(desk: Desk) -> None:
    while True:
        with desk.database.read() as session:
            looked = triage.unread(session)
        if not looked:
            return
        desk.write(triage.keep, looked)


def from_somebody(desk: Desk, text: str) -> str:
    """A contribution of a person who never wrote before."""
    with desk.database.write() as session:
        who = person(session, desk.clock.now(), phone())
        (outcome,) = intake.submit(session, [submission(who, text)], desk.clock.now())
    return outcome.ref  # type: ignore[union-attr]


def names(items: tuple[Item, ...]) -> list[str]:
    return [one.ref for one in items]


def test_two_people_never_get_the_same_page_and_a_lease_frees_it(desk: Desk) -> None:
    refs = [from_somebody(desk, f"Un avis court numéro {number}") for number in range(13)]
    flagged = from_somebody(desk, "Appelez le 06 12 34 56 78")
    long = from_somebody(desk, "Des bancs et de l'ombre. " * 20)
    look(desk)
    first = names(desk.write(queue.claim_page, LEA))
    assert first == refs[:10]
    assert names(desk.write(queue.claim_page, MAX)) == refs[10:]
    assert names(desk.write(queue.claim_page, LEA)) == first  # a page that is loaded again is the same
    assert desk.write(queue.claim_next, MAX, None, refs[10:]).ref in {flagged, long}
    desk.clock.advance(minutes=11)
    assert names(desk.write(queue.claim_page, MAX)) == first


def test_what_is_kept_is_published_what_is_taken_out_waits_and_one_key_takes_it_back(desk: Desk) -> None:
    refs = [from_somebody(desk, f"Un avis court numéro {number}") for number in range(4)]
    look(desk)
    desk.write(queue.claim_page, LEA)
    made = desk.write(together.accept_all, LEA, refs[:3], refs[3:])
    assert [one.ref for one in made.decided] == refs[:3]
    assert desk.write(queue.claim_next, MAX).ref == refs[3]
    assert desk.write(decisions.undo, refs[1], LEA) == tuple(refs[:3])
    desk.clock.advance(seconds=11)
    desk.write(apply_due)
    assert desk.told() == []
    assert {desk.row(ref).state for ref in refs} == {"received"}
    desk.write(together.accept_all, MAX, refs[:2], ())
    desk.clock.advance(seconds=11)
    desk.write(apply_due)
    assert [desk.row(ref).state for ref in refs] == ["published", "published", "received", "received"]
    assert len([one for one in desk.told() if isinstance(one, Published)]) == 2


def test_what_somebody_else_reads_or_what_was_decided_stays_out_of_a_page(desk: Desk) -> None:
    refs = [from_somebody(desk, f"Un avis court numéro {number}") for number in range(3)]
    desk.write(queue.claim, refs[0], MAX)
    desk.decide(refs[1], "accept", LEA)
    made = desk.write(together.accept_all, LEA, refs, ())
    assert made.left == (refs[0], refs[1])
    assert [one.ref for one in made.decided] == [refs[2]]


def test_copies_meet_by_their_marks_and_one_text_speaks_for_all(desk: Desk) -> None:
    first = from_somebody(desk, SAME)
    others = [
        from_somebody(desk, text)
        for text in (SAME.upper() + " !", SAME.replace("é", "e"), "Il faut des banc a l'ombre sur la place du marché")
    ]
    different = from_somebody(desk, "Il ne faut pas de bancs à l'ombre sur la place du marché")
    look(desk)
    with desk.database.read() as session:
        beside = copies.beside(session, first)
        assert copies.beside(session, different) is None
    assert beside is not None
    assert (beside.waiting, beside.people, beside.refs) == (3, 3, tuple(others))
    assert desk.row(first).copy_of == desk.row(others[2]).copy_of == first
    made = desk.write(lambda session, now: together.decide(session, now, others[0], LEA, Decision("accept"), for_copies=True))
    assert len(made.decided) == 4
    desk.clock.advance(seconds=11)
    desk.write(apply_due)
    assert {desk.row(ref).state for ref in (first, *others)} == {"published"}
    assert desk.row(different).state == "received"
    with desk.database.read() as session:
        (entry,) = entries(session, SLUG).items  # type: ignore[union-attr]
    assert (entry.ref, entry.copies, entry.text) == (others[0], 3, SAME.upper() + " !")
    assert len([one for one in desk.told() if isinstance(one, Published)]) == 4


def test_sixty_copies_of_an_advertisement_are_refused_with_one_decision_and_ten_minutes_to_undo(desk: Desk) -> None:
    refs = [from_somebody(desk, f"Achetez mes bancs en plastique pas chers{'!' * (number % 3)}") for number in range(60)]
    look(desk)
    with desk.database.read() as session:
        beside = copies.beside(session, refs[0])
    assert beside is not None
    assert (beside.waiting, len(beside.samples)) == (59, copies.SAMPLES)
    wanted = Decision("refuse", reason="R5", fact="vend des bancs")
    made = desk.write(lambda session, now: together.decide(session, now, refs[0], LEA, wanted, for_copies=True))
    assert {one.effective_at - desk.clock.now() for one in made.decided} == {timedelta(minutes=10)}
    desk.clock.advance(minutes=9)
    assert len(desk.write(decisions.undo, refs[59], LEA)) == 60
    desk.write(lambda session, now: together.decide(session, now, refs[0], LEA, wanted, for_copies=True))
    desk.clock.advance(minutes=11)
    while desk.write(apply_due):
        pass
    assert {desk.row(ref).state for ref in refs} == {"refused"}
    assert len([one for one in desk.told() if isinstance(one, Refused)]) == 60


def test_one_persons_repeats_count_once(desk: Desk) -> None:
    refs = [desk.receive(SAME) for _ in range(3)]
    other = from_somebody(desk, SAME)
    look(desk)
    desk.write(lambda session, now: together.decide(session, now, refs[0], LEA, Decision("accept"), for_copies=True))
    desk.clock.advance(seconds=11)
    desk.write(apply_due)
    assert desk.row(other).state == "published"
    with desk.database.read() as session:
        (entry,) = entries(session, SLUG).items  # type: ignore[union-attr]
    assert entry.copies == 1  # "sent by 2 people"


def test_a_text_that_is_taken_back_meets_nobody_any_more(desk: Desk) -> None:
    from conversations.effects import Withdraw
    from outreach.contributions.withdrawal import withdraw

    mine, other = desk.receive(SAME), from_somebody(desk, SAME)
    look(desk)
    with desk.database.write() as session:
        withdraw(session, desk.citizen, Withdraw(mine), desk.clock.now())
    with desk.database.read() as session:
        assert copies.beside(session, other) is None
    third = from_somebody(desk, SAME)
    look(desk)
    with desk.database.read() as session:
        beside = copies.beside(session, third)
    assert beside is not None
    assert beside.refs == (other,)


def test_a_burst_is_noticed(desk: Desk) -> None:
    for number in range(19):
        from_somebody(desk, f"Un avis tout à fait différent, numéro {number}")
    with desk.database.read() as session:
        assert copies.bursts(session, desk.clock.now()) == ()
    for _ in range(9):
        from_somebody(desk, SAME)
    look(desk)
    with desk.database.read() as session:
        (burst,) = copies.bursts(session, desk.clock.now())
        assert (burst.process, burst.received, burst.alike) == (SLUG, 28, 9)
        assert copies.bursts(session, desk.clock.now() + timedelta(hours=2)) == ()


def test_what_is_alike() -> None:
    said = copies.normal
    for one, other in (
        (SAME, SAME.upper() + " !!!"),
        ("Transports en commun", "Les transports en commun,"),
        ("Faire respecter les règles de la laïcité", "Faire respecter les regles de la laicité"),
    ):
        assert copies.alike(said(one), said(other)), one
    for one, other in (
        ("Piétonnisation de la rue Saint-Marc", "Piétonnisation de la rue Saint-Jean"),
        ("Je suis pour la piétonnisation de la rue", "Je suis contre la piétonnisation de la rue"),
        ("Il faut planter 10 arbres sur la place", "Il faut planter 100 arbres sur la place"),
        ("Des bancs", "Des bacs"),
        ("", ""),
    ):
        assert not copies.alike(said(one), said(other)), one
    assert copies.groups([SAME, "Autre chose", SAME.upper(), "", "", "Des bancs", "des bancs !"]) == [[0, 2], [5, 6]]


def test_a_theme_is_suggested_by_its_own_words() -> None:
    known = (Theme(id="ombre", title={"fr": "Ombre et arbres"}), Theme(id="bancs", title={"fr": "Bancs et tables"}))
    assert suggest("Il faudrait des arbre partout", known) == "ombre"
    assert suggest("Des bancs, des tables et un arbre", known) == "bancs"
    assert suggest("Une fontaine", known) == ""
    assert suggest("Des bancs et de l'ombre", known) == ""


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def looked(city: Town) -> None:
    while found := await city.ledger.read(triage.unread):
        await city.ledger.write(triage.keep, city.now, found)


async def test_ten_on_a_page_by_forms_alone(city: Town) -> None:
    refs = [await city.say(f"Un avis court numéro {number}", phone=f"+336399801{number:02}") for number in range(12)]
    await looked(city)
    await city.enter("moderator")
    here = "/desk/contributions/page"
    page = await city.text(here)
    assert page.count('name="garder-') == 10
    kept = {f"garder-{ref}": "1" for ref in refs[:10] if ref != refs[4]}
    async with await city.post(here, vu=" ".join(refs[:10]), **kept) as answer:
        location = answer.headers["Location"]
    assert location == f"{here}?fait={refs[0]}&lot=9&retire={refs[4]}"
    page = await city.text(location)
    assert "9 décisions prises" in page
    assert f"/desk/contributions/{refs[4]}" in page
    async with await city.post(f"/desk/contributions/{refs[0]}/annuler", form_on=here) as answer:
        assert answer.headers["Location"] == "/desk/contributions?dit=back"
    assert (await city.ledger.read(queue.get, city.now, refs[0])).pending is None


async def test_copies_are_shown_and_decided_together_at_the_desk(city: Town) -> None:
    refs = [await city.say(SAME + "!" * number, phone=f"+336399801{number:02}") for number in range(4)]
    await looked(city)
    await city.enter("moderator")
    here = f"/desk/contributions/{refs[1]}"
    page = await city.text(here)
    assert "3 autres avis disent la même chose, de 3 personnes" in page
    async with await city.post(f"{here}/decision", form_on=here, decision="accept", copies="1") as answer:
        assert answer.headers["Location"].endswith(f"?fait={refs[1]}&lot=4")
    city.clock.advance(seconds=11)
    await city.ledger.write(apply_due, city.now)
    assert "envoyé par 4 personnes" in await city.text("/demarches/place-du-marche/contributions")


async def test_the_list_is_filtered_by_its_warnings(city: Town) -> None:
    plain, threat = await city.say("Des bancs"), await city.say("On va cramer la mairie", phone="+33639980002")
    await looked(city)
    await city.enter("moderator")
    page = await city.text("/desk/contributions", drapeau="threat")
    assert f"/desk/contributions/{threat}" in page
    assert f"/desk/contributions/{plain}" not in page
    await city.text("/desk/contributions", 404, drapeau="nothing")


async def test_a_burst_is_told_to_staff_and_public_and_publication_goes_on(city: Town) -> None:
    said = "Beaucoup de textes"
    assert said not in await city.text("/demarches/place-du-marche")
    for number in range(20):
        await city.say(SAME, phone=f"+336399801{number:02}")
    await looked(city)
    assert said in await city.text("/demarches/place-du-marche")
    await city.enter("moderator")
    page = await city.text("/desk/contributions")
    assert "20 en une heure" in page
    assert "20 disent la même chose" in page
