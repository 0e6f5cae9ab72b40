"""A project in test: so many people, counted under the lock; who comes after them loses nothing; its end is written down."""

import re
from threading import Barrier, Thread
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from conversations.effects import AddProfile, Forget
from conversations.messages import Inbound, Words
from conversations.outcomes import PilotFull, Submitted
from outreach import audit, campaigns, contributions, documents, ease, invented, processes, tickets
from outreach.contributions import intake
from outreach.db import Database
from outreach.documents import DocumentTrouble, Pilot
from outreach.house import house
from outreach.processes import Refused, pilots
from outreach.smallcells import SMALL
from outreach.tables import contribution, inbound, journal
from tests.campaigning import AUTHOR, Campaigning, draft
from tests.conftest import Clock
from tests.contributing import person, submission
from tests.inbox_office import Office
from tests.meeting import SLUG as SQUARE
from tests.town import town

SLUG = "place-du-marche"
FULL = PilotFull(SLUG)


def small(clock: Clock, people: int) -> documents.ProcessDocument:
    square = documents.parse(invented.market_square(clock.now().date()).encode(), yaml=True)
    return msgspec.structs.replace(square, pilot=Pilot(people=people))


def opened(database: Database, clock: Clock, people: int) -> Office:
    with database.write() as session:
        processes.put(session, clock.now(), small(clock, people), "command")
        processes.open(session, clock.now(), SLUG, "command")
    return Office(database, clock)


def somebody(session: Any, clock: Clock, number: int) -> intake.Submission:
    who = person(session, clock.now(), f"+3363998{number:04d}")
    return msgspec.structs.replace(submission(who, f"Un banc, dit {number}", question="besoin"), pseudonym=f"Loire-{number}")


def says(office: Office, phone: str, *texts: str) -> None:
    """A message each, and a silence after."""
    for text in texts:
        office.clock.advance(seconds=2)
        what = Words(text, f"m{office.clock.now().timestamp()}")
        office.receive(Inbound("simulator", "simulator", f"{phone} {office.clock.now()}", "sms", phone, what, office.clock.now()))
        office.sweep(seconds=61)


# --- the document


@pytest.mark.parametrize(
    ("written", "field", "message"),
    [
        ("pilot: {people: 0}", "pilot.people", "write a whole number from 2 to 1000"),
        ("pilot: {people: beaucoup}", "pilot.people", "write a whole number from 2 to 1000"),
        ("pilot: 30", "pilot", "write named parts here: people"),
        ("pilot: {}", "pilot.people", "missing: write it"),
        ("pilote: {people: 30}", "pilote", "not a part of a process; did you mean pilot?"),
        ("optional_question: mood", "optional_question", "one of: age, easy"),
    ],
)
def test_a_fault_names_its_field_and_its_line(clock: Clock, written: str, field: str, message: str) -> None:
    text = invented.market_square(clock.now().date()) + written + "\n"
    with pytest.raises(DocumentTrouble) as trouble:
        documents.parse(text.encode(), yaml=True)
    (fault,) = trouble.value.faults
    assert (fault.field, fault.line, fault.message) == (field, len(text.splitlines()), message)


def test_a_test_is_read_kept_and_written_back(clock: Clock) -> None:
    document = documents.parse((invented.market_square(clock.now().date()) + "pilot: {people: 30}\n").encode(), yaml=True)
    assert document.pilot == Pilot(people=30)
    assert documents.decode(documents.encode(document)) == document
    again = documents.parse(documents.as_yaml(document).encode(), yaml=True)
    assert documents.encode(again) == documents.encode(document), "words of a file are kept as words"
    assert documents.parse(documents.as_yaml(document).encode(), yaml=True) == document


# --- who is let in


def test_so_many_people_and_no_more_in_one_batch(database: Database, clock: Clock) -> None:
    opened(database, clock, 3)
    with database.write() as session:
        wanted = [somebody(session, clock, number) for number in range(5)]
        outcomes = intake.submit(session, wanted, clock.now())
        assert [type(one) for one in outcomes] == [Submitted] * 3 + [PilotFull] * 2
        again = intake.submit(session, [wanted[0], wanted[4]], clock.now())
    assert isinstance(again[0], Submitted), "who takes part goes on"
    assert again[1] == FULL


def test_two_that_come_at_once_never_overrun(database: Database, clock: Clock) -> None:
    opened(database, clock, 5)
    with database.write() as session:
        wanted = [somebody(session, clock, number) for number in range(12)]
    together, outcomes = Barrier(4), list[Any]()

    def run(mine: list[intake.Submission]) -> None:
        together.wait()
        for one in mine:
            with database.write() as session:
                outcomes.extend(intake.submit(session, [one], clock.now()))

    threads = [Thread(target=run, args=(wanted[place::4],)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(one) for one in outcomes].count(Submitted) == 5
    assert outcomes.count(FULL) == 7
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(contribution)) == 5


def test_a_lent_phone_brings_one_person_more_each_time(database: Database, clock: Clock) -> None:
    opened(database, clock, 2)
    with database.write() as session:
        one = somebody(session, clock, 1)
        lent = msgspec.structs.replace(one, effect=msgspec.structs.replace(one.effect, lent=True, entry="pharmacie"))
        outcomes = intake.submit(session, [lent, lent, lent], clock.now())
    assert [type(one) for one in outcomes] == [Submitted, Submitted, PilotFull]


def test_whoever_takes_everything_back_leaves_their_place(database: Database, clock: Clock) -> None:
    opened(database, clock, 2)
    with database.write() as session:
        first, second, third = (somebody(session, clock, number) for number in range(3))
        intake.submit(session, [first, second], clock.now())
        assert pilots.full(session, {SLUG: 2}) == {SLUG}
        intake.withdraw(session, first.address_id, Forget("withdraw"), clock.now())
        assert pilots.full(session, {SLUG: 2}) == frozenset()
        assert isinstance(intake.submit(session, [third], clock.now())[0], Submitted)


# --- the person who comes after them


def test_the_next_one_is_told_and_their_words_reach_a_person_instead(database: Database, clock: Clock) -> None:
    office = opened(database, clock, 2)
    for number in (1, 2):
        says(office, f"+3363998000{number}", "PLACE un banc", "1")
    says(office, "+33639980003", "PLACE de l'ombre, et une fontaine")
    told = office.said()[-1]
    assert "place du Marché est en test avec 2 personnes, c'est complet" in told
    assert "Votre texte n'est pas envoyé" in told
    says(office, "+33639980003", "1")
    with database.read() as session:
        (ticket,) = tickets.listing(session).items
        assert ticket.text == "PLACE de l'ombre, et une fontaine"
        assert session.scalar(sa.select(sa.func.count()).select_from(contribution)) == 2
    says(office, "+33639980001", "PLACE et des fleurs", "1", "A")  # who takes part goes on
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(contribution)) == 3


def test_who_comes_in_when_it_is_complete_is_told_before_writing(database: Database, clock: Clock) -> None:
    office = opened(database, clock, 2)
    for number in (1, 2):
        says(office, f"+3363998000{number}", "PLACE un banc", "1")
    says(office, "+33639980003", "PLACE")
    assert "c'est complet" in office.said()[-1]
    with database.write() as session:
        processes.end_pilot(session, clock.now(), SLUG, "staff:1")
    says(office, "+33639980003", "PLACE")
    assert "de quoi avez-vous besoin pour y rester" in office.said()[-1]
    assert "test" not in office.said()[-1]


def test_the_last_place_may_go_while_somebody_writes_and_erased_means_erased(database: Database, clock: Clock) -> None:
    office = opened(database, clock, 2)
    says(office, "+33639980001", "PLACE un banc", "1")
    says(office, "+33639980003", "PLACE de l'ombre")
    says(office, "+33639980002", "PLACE un arbre", "1")
    says(office, "+33639980003", "1")
    assert "Votre texte n'est pas envoyé" in office.said()[-1]
    says(office, "+33639980003", "effacer")
    assert "rien de ce texte" in office.said()[-1]
    with database.read() as session:
        mine = contributions.of_addresses(session, [office.contact("+33639980003").address_id])
        texts = [
            house(session).keys.open("inbound", row.id, row.sealed)
            for row in session.execute(sa.select(inbound.c.id, inbound.c.sealed))
            if row.sealed
        ]
    assert mine == {}
    assert not any(b"de l'ombre" in text for text in texts)


# --- its end


def test_the_end_of_a_test_is_an_audit_line_and_a_line_of_the_journal(database: Database, clock: Clock) -> None:
    opened(database, clock, 2)
    with database.write() as session:
        intake.submit(session, [somebody(session, clock, 1)], clock.now())
        processes.end_pilot(session, clock.now(), SLUG, "staff:7")
        lines = audit.search(session, action="process.pilot_ended").items
        assert [(line.actor, line.detail) for line in lines] == [("staff:7", {"count": 1})]
        assert session.scalars(sa.select(journal.c.kind).order_by(journal.c.id)).all()[-1] == "pilot_ended"
        with pytest.raises(Refused, match="no test"):
            processes.end_pilot(session, clock.now(), SLUG, "staff:7")


def test_an_open_test_may_grow_never_shrink_below_its_people_and_never_come_back(database: Database, clock: Clock) -> None:
    opened(database, clock, 3)
    with database.write() as session:
        intake.submit(session, [somebody(session, clock, number) for number in range(3)], clock.now())
        with pytest.raises(Refused, match=r"pilot\.people: 3 people take part already"):
            processes.put(session, clock.now(), small(clock, 2), "staff:7")
        assert processes.put(session, clock.now(), small(clock, 4), "staff:7").changed
        assert isinstance(intake.submit(session, [somebody(session, clock, 9)], clock.now())[0], Submitted)
        processes.put(
            session, clock.now(), msgspec.structs.replace(small(clock, 4), pilot=None), "staff:7"
        )  # the same end, by the document
        assert len(audit.search(session, action="process.pilot_ended").items) == 1
        with pytest.raises(Refused, match="can't become a test again"):
            processes.put(session, clock.now(), small(clock, 9), "staff:7")


# --- campaigns


def test_a_campaign_for_a_test_says_so_and_reaches_no_more_than_it_has_room_for(database: Database, clock: Clock) -> None:
    city = Campaigning(database, clock)
    with database.write() as session:
        view = processes.get(session, SQUARE)
        assert view
        # opened for everybody: the test of the tests is a second process
        test = msgspec.structs.replace(view.document, slug="essai", entry_points=(), workshops=(), pilot=Pilot(people=3))
        processes.put(session, clock.now(), test, AUTHOR)
        processes.open(session, clock.now(), "essai", AUTHOR)
    city.people(4)
    words = {"fr": "donnez votre avis.", "en": "give your view."}
    faults = city.read(_faults, draft(process="essai", kind="views", texts=words, workshop=""), clock)
    assert faults == [("texts", "says_test", "en"), ("texts", "says_test", "fr"), ("audience", "pilot", "3")]
    fine = {"fr": "un projet en test, donnez votre avis.", "en": "a test, give your view."}
    wanted = draft(process="essai", kind="views", texts=fine, workshop="")
    assert city.read(_faults, wanted, clock) == [("audience", "pilot", "3")]
    made = city.write(campaigns.create, clock.now(), wanted, AUTHOR)
    city.write(campaigns.tried, clock.now(), made.id, AUTHOR)
    with pytest.raises(campaigns.Refused, match="faults"):
        city.write(campaigns.submit, clock.now(), made.id, AUTHOR)
    city.write(processes.end_pilot, clock.now(), "essai", AUTHOR)
    assert city.write(campaigns.submit, clock.now(), made.id, AUTHOR).state == "to_approve"


def _faults(session: Any, wanted: Any, clock: Clock) -> list[tuple[str, str, str]]:
    return [(one.field, one.code, one.about) for one in campaigns.look(session, wanted, clock.now()).faults]


# --- was it easy?


def test_the_answers_are_counted_beside_contributions_and_small_ones_hidden(database: Database, clock: Clock) -> None:
    opened(database, clock, 100)
    with database.write() as session:
        wanted = [somebody(session, clock, number) for number in range(14)]
        for place, (one, outcome) in enumerate(zip(wanted, intake.submit(session, wanted, clock.now()), strict=True)):
            assert isinstance(outcome, Submitted)
            assert intake.add_profile(session, one.address_id, AddProfile(outcome.ref, "easy", "yes" if place < 12 else "no"), clock.now())
            assert not intake.add_profile(session, one.address_id, AddProfile(outcome.ref, "easy", "maybe"), clock.now())
        found = ease.of(session, clock.now(), SLUG)
        assert found
        assert found.table.answers.cells == (None, SMALL)
        assert ease.of(session, clock.now(), "nowhere") is None


# --- at the desk and in public


async def test_the_project_about_this_service_is_brought_in_once_agreed_to_and_opened(database: Database, clock: Clock) -> None:
    async with town(database, clock) as city:
        await city.enter("staff")
        async with await city.post("/desk/demarches/ameliorer", form_on="/desk/demarches") as answer:
            assert answer.headers["Location"] == "/desk/demarches/ameliorer-ce-service?fait=cree"
        here = "/desk/demarches/ameliorer-ce-service"
        async with await city.post(f"{here}/ouvrir", form_on=here) as answer:
            assert answer.status == 409, "its mandate is for the city to agree to"
        async with await city.post(f"{here}/mandat", form_on=here, by="Mme la maire", on="2027-03-01", act="arrêté 2027-4") as answer:
            assert answer.status == 303
        async with await city.post(f"{here}/ouvrir", form_on=here) as answer:
            assert answer.status == 303, await answer.text()
        assert "C’était facile ?" in await city.text(here)
        assert "demarches/ameliorer" not in re.findall(r'action="([^"]+)"', await city.text("/desk/demarches"))
        public = await city.text("/demarches/ameliorer-ce-service")
        assert "Améliorer ce service" in public
        assert "SERVICE" in public
        assert "what was easy, or hard?" in await city.text("/demarches/ameliorer-ce-service", lang="en")


async def test_desk_and_public_page_say_that_it_is_a_test_until_it_ends(database: Database, clock: Clock) -> None:
    async with town(database, clock) as city:
        await city.ledger.write(processes.put, clock.now(), small(clock, 2), "command")
        await city.ledger.write(processes.open, clock.now(), SLUG, "command")
        await city.say("Un banc")
        await city.enter("staff")
        here = f"/desk/demarches/{SLUG}"
        assert "en test, 1 sur 2" in await city.text(here)
        for path in ("/", f"/demarches/{SLUG}"):
            assert '<span class="tag trial">en test</span>' in await city.text(path)
        assert "Ce projet est en test, avec 2 personnes." in await city.text(f"/demarches/{SLUG}")
        await city.ledger.write(lambda session: intake.submit(session, [somebody(session, clock, 7)], clock.now()))
        assert "Elles y sont toutes" in await city.text(f"/demarches/{SLUG}")
        sheet = await city.text(f"{here}/fiche-de-test")
        assert "Dix minutes avec cinq personnes" in sheet
        assert '<span class="keyword">PLACE</span>' in sheet
        async with await city.post(f"{here}/fin-du-test", form_on=here) as answer:
            assert answer.status == 303
        page = await city.text(f"/demarches/{SLUG}")
        assert "en test" not in page
        assert page.index("Un test commence, avec peu de personnes") < page.index("Chacun peut écrire")
        assert "fin-du-test" not in await city.text(here)
        async with await city.post(f"{here}/fin-du-test", form_on=here) as answer:
            assert answer.status == 409
            assert "n’est pas en test" in await answer.text()


async def test_a_program_puts_a_test_and_ends_it_by_its_document(database: Database, clock: Clock) -> None:
    async with town(database, clock) as city:
        headers = await city.token("staff")
        document = msgspec.json.encode(small(clock, 30))
        async with city.http.put(f"/api/v1/processes/{SLUG}", data=document, headers=headers) as answer:
            assert answer.status == 201
            assert (await answer.json())["pilot"] == {"people": 30}
        await city.ledger.write(processes.open, clock.now(), SLUG, "command")
        ended = msgspec.json.encode(msgspec.structs.replace(small(clock, 30), pilot=None))
        async with city.http.put(f"/api/v1/processes/{SLUG}", data=ended, headers=headers) as answer:
            assert answer.status == 200
        async with city.http.put(f"/api/v1/processes/{SLUG}", data=document, headers=headers) as answer:
            assert answer.status == 409
            assert (await answer.json())["errors"][0]["field"] == "pilot"
        bad = small(clock, 30)
        broken = msgspec.json.encode(bad).replace(b'"people":30', b'"people":0')
        async with city.http.put(f"/api/v1/processes/{SLUG}", data=broken, headers=headers) as answer:
            assert answer.status == 422
            assert (await answer.json())["errors"][0]["field"] == "pilot.people"
