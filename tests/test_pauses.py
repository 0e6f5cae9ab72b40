"""A pause: nothing unasked for a month, an answer to every word, and afterwards the news of what was decided meanwhile."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach import contacts, pauses, rights
from outreach.contributions import decisions
from outreach.db import Database
from outreach.outbox import Body
from outreach.tables import address, consent
from tests.conftest import Clock
from tests.meeting import City, meeting, phone
from tests.outbox_office import Office, agreeing

LEA, MAX, ZOE = phone(1), phone(2), phone(3)
UNTIL = "14/04"  # thirty days after the clock's first one


def pause(city: City, who: str) -> str:
    """The word and its digit; what the city says until when."""
    (asked,) = city.say(who, "REGLAGES")
    digit = asked.split(" rien pendant 30 jours")[0][-1]
    (said,) = city.say(who, digit)
    assert f"pause jusqu'au {UNTIL}" in said
    return said


def publish(city: City, ref: str) -> None:
    with city.database.write() as session:
        decisions.decide(session, city.clock.now(), ref, "token:1", decisions.Decision(kind="accept"), delay=timedelta())
    city.beat()


def told(city: City, who: str, words: str) -> list[str]:
    return [when for when, text in city.heard(who) if words in text]


def test_news_of_a_view_rests_and_is_told_when_the_pause_ends(database: Database, clock: Clock) -> None:
    city = City(database, clock)
    ref = city.gave(LEA, "des bancs avec un dossier")
    pause(city, LEA)
    publish(city, ref)
    city.until("2027-04-13 18:00")
    assert told(city, LEA, "est publié, sans votre nom") == []
    assert ref[:4] in city.say(LEA, "SUIVI")[0], "a reply has no pause"
    city.until("2027-04-16 18:00")
    assert [when[:6] for when in told(city, LEA, "est publié, sans votre nom")] == ["Wed 14"]
    with database.read() as session:
        assert session.scalar(sa.select(address.c.paused_until)) is None, "nothing of it stays"


def test_one_word_ends_it_and_the_news_come_at_once(database: Database, clock: Clock) -> None:
    city = City(database, clock)
    ref = city.gave(LEA, "des bancs avec un dossier")
    pause(city, LEA)
    publish(city, ref)
    city.until("2027-03-17 11:00")
    assert city.say(LEA, "REPRENDRE")[0] == "C'est noté, la pause est finie."
    city.until("2027-03-17 11:01")
    assert told(city, LEA, "est publié, sans votre nom") == ["Wed 17 11:00"]


def test_who_has_a_pause_is_passed_over_in_the_line_and_keeps_the_rank(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-05-20 18:30", 1))
    for who in (LEA, MAX, ZOE):
        city.say(who, "ATELIER", "1")
    pause(city, MAX)
    city.until("2027-03-20 10:00")
    city.say(LEA, "ANNULER")
    assert told(city, MAX, "pour vous !") == []
    assert told(city, ZOE, "pour vous !") == ["Sat 20 10:00"]
    city.say(ZOE, "2")
    assert city.states() == {"cancelled": 2, "waiting": 1}
    city.until("2027-04-16 20:00")
    assert len(told(city, MAX, "pour vous !")) == 1, "asked when the pause is over, the seat being free"


def test_a_workshop_that_moves_or_is_cancelled_is_told_and_a_reminder_is_not(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-04-08 18:30"))
    city.say(LEA, "ATELIER", "1")
    assert "sauf si l'atelier du 08/04 change" in pause(city, LEA)
    city.until("2027-03-30 10:00")
    city.put(meeting("atelier-1", "2027-04-09 18:30"))
    city.until("2027-04-08 19:00")
    assert len(told(city, LEA, "09/04")) == 1, "that it moved, no reminder"
    city.put(meeting("atelier-1", "2027-04-09 18:30", status="cancelled"))
    city.until("2027-04-08 19:01")
    assert len(told(city, LEA, "annulé")) == 1


def test_after_stop_nothing_but_the_cancellation_comes_even_in_a_pause(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", "2027-04-08 18:30"))
    city.say(LEA, "ATELIER", "1")
    pause(city, LEA)
    city.say(LEA, "STOP")
    city.put(meeting("atelier-1", "2027-04-09 18:30"))
    city.until("2027-03-30 10:00")
    assert told(city, LEA, "09/04") == []
    city.put(meeting("atelier-1", "2027-04-09 18:30", status="cancelled"))
    city.until("2027-03-30 11:00")
    assert len(told(city, LEA, "annulé, nous sommes désolés")) == 1
    assert "atelier" in city.say(LEA, "REPRENDRE")[0]
    with database.read() as session:
        found = contacts.find(session, "sms", LEA)
        assert found
        assert not found.stopped
        assert session.scalar(sa.select(address.c.paused_until)) is None


def test_one_purpose_ends_and_the_register_says_so(database: Database, clock: Clock) -> None:
    city = City(database, clock)
    city.gave(LEA, "des bancs avec un dossier")
    city.say(LEA, "1")  # the opt-in of the receipt
    city.say(LEA, "REGLAGES", "1")
    with database.read() as session:
        (row,) = session.execute(sa.select(consent.c.purpose, consent.c.withdrawn_at)).all()
        assert row.purpose == "workshops"
        assert row.withdrawn_at is not None
        assert rights.tally(session)["withdrawal"] == 1
    city.say(LEA, "REGLAGES", "1")
    with database.read() as session:
        kept = session.execute(sa.select(consent.c.wording).where(consent.c.withdrawn_at.is_(None))).scalars().one()
        assert "1 recevoir les dates d'ateliers (4 SMS par mois au plus)" in kept, "the words that were agreed to"


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return Office(database, clock)


def test_the_mark_holds_what_was_queued_before_the_pause(office: Office, clock: Clock) -> None:
    who = agreeing(office)
    answer = office.put(who, "une réponse", after_stop=True)
    notice = office.put(who, "une nouvelle", "notice")
    campaign = office.put(who, "un atelier", "campaign", body=Body("un atelier"), until=clock.now() + timedelta(hours=8))
    ids = [number for _ in range(3) for number in office.claim()]
    office.write(contacts.pause, who, clock.now() + timedelta(days=30), clock.now())
    assert [one.id for one in office.mark(*ids)] == [answer]
    assert office.state(notice) == office.state(campaign) == "dropped paused"


def test_what_waits_to_leave_goes_no_more_and_the_answers_do(office: Office, clock: Clock) -> None:
    who = office.person()
    answer, notice = office.put(who, "une réponse", after_stop=True), office.put(who, "une nouvelle", "notice")
    until = office.write(pauses.begin, who, 30, clock.now())
    assert office.state(notice) == "dropped paused"
    assert [one.id for one in office.mark(*office.claim())] == [answer]
    clock.at = until
    assert office.write(pauses.end_due, clock.now()) == 1
    assert office.write(pauses.end_due, clock.now()) == 0
    later = office.put(who, "une nouvelle", "notice")
    assert [one.id for one in office.mark(*office.claim())] == [later]
