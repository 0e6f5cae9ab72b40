"""The minutes of a workshop: told to who came, put right for 72 hours, public then; who could not come asks for them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach import attendance, audit, tickets
from outreach.attendance import Mark, Minutes, MinutesRefused, minutes
from outreach.db import Database
from outreach.tables import registration
from tests.conftest import Clock
from tests.meeting import SLUG, City, meeting, phone

TEXT = "Tous veulent des bancs à l'ombre. La fontaine partage la salle."
SHORT = "des bancs à l'ombre, avis partagés sur la fontaine"
CAME, AWAY, WAITED, STRANGER = phone(0), phone(1), phone(2), phone(3)


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    """Two had a place and one of them came, a third waited; it is the evening after."""
    made = City(database, clock, meeting("atelier-1", "2027-05-11 18:30", 2), meeting("atelier-2", "2027-06-21 18:30", 30))
    for who in (CAME, AWAY, WAITED):
        made.say(who, "ATELIER", "1", "1")
    made.until("2027-05-11 18:20")
    tick(made, 0)
    made.until("2027-05-11 22:00")
    with database.write() as session:
        attendance.close(session, clock.now(), made.room().id, "staff:7")
    return made


def tick(city: City, place: int, key: str = "phone-a-0001", people: int = 1) -> None:
    with city.database.write() as session:
        codes = list(session.scalars(sa.select(registration.c.code).order_by(registration.c.id)))
        attendance.check_in(session, city.clock.now(), city.room().id, [Mark(key, code=codes[place], people=people)], "staff:7")


def load(city: City, text: str = TEXT, short: str = SHORT) -> Minutes:
    with city.database.write() as session:
        return minutes.load(session, city.clock.now(), city.room().id, "staff:9", text=text, short=short)


def heard(city: City, who: str, part: str = "en bref") -> list[str]:
    return [when for when, text in city.heard(who) if part in text]


def public(city: City) -> dict[str, str]:
    with city.database.read() as session:
        return minutes.public(session, SLUG)


def test_who_came_is_told_once_in_the_morning_and_they_are_public_after_72_hours(city: City) -> None:
    load(city)
    load(city)
    city.until("2027-05-14 21:59")
    assert heard(city, CAME) == ["Wed 12 08:00"]
    assert [heard(city, who) for who in (AWAY, WAITED)] == [[], []]
    assert public(city) == {}
    city.until("2027-05-14 22:00")
    assert public(city) == {"atelier-1": TEXT}
    with city.database.read() as session:
        lines = audit.search(session, action="minutes.").items
    assert [(line.actor, line.action) for line in reversed(lines)] == [
        ("staff:9", "minutes.loaded"), ("staff:9", "minutes.changed"), ("clock", "minutes.published"),
    ]  # fmt: skip


def test_what_was_put_right_before_anybody_heard_it_is_heard_as_it_reads_now(city: City) -> None:
    load(city, short="le maire est un menteur")
    load(city)
    city.until("2027-05-12 09:00")
    assert [text for _when, text in city.heard(CAME) if "menteur" in text] == []
    assert heard(city, CAME, SHORT) == ["Wed 12 08:00"]


def test_a_correction_is_a_task_for_the_team_which_has_the_last_word(city: City) -> None:
    load(city)
    city.until("2027-05-12 12:00")
    assert "Que faut-il corriger" in city.say(CAME, "2")[0]
    assert city.say(CAME, "personne ne voulait de fontaine") == ["Merci, l'équipe relit avant de publier."]
    with city.database.read() as session:
        (found,) = tickets.listing(session).items
    assert (found.kind, found.text, found.process) == ("correction", "personne ne voulait de fontaine", SLUG)
    load(city, "Tous veulent des bancs.", "des bancs")
    city.until("2027-05-16 12:00")
    assert heard(city, CAME) == ["Wed 12 08:00"]  # not twice
    assert public(city) == {"atelier-1": "Tous veulent des bancs."}
    with pytest.raises(MinutesRefused, match="published"):
        load(city)
    assert "fermée" in city.say(CAME, "2")[0]


def test_a_correction_after_72_hours_still_reaches_a_person_and_promises_no_change(city: City) -> None:
    load(city)
    city.until("2027-05-16 12:00")
    assert "est public depuis le 14/05" in city.say(CAME, "2")[0]
    assert city.say(CAME, "on était quarante") == [
        "Merci. Le compte rendu est déjà public: une personne de l'équipe vous lit et vous répond ici."
    ]
    with city.database.write() as session:
        (found,) = tickets.listing(session).items
        assert (found.kind, found.text) == ("correction", "on était quarante")
        tickets.reply(session, city.clock.now(), found.id, "C'est noté avec le compte rendu.", "staff:7")
    city.until("2027-05-18 12:00")  # the seventeenth is a holiday
    assert city.lines(CAME)[-1].text == "Ville de Nantes, réponse de l'équipe: C'est noté avec le compte rendu."


def test_a_yes_that_comes_late_is_thanked_and_opens_nothing(city: City) -> None:
    load(city)
    city.until("2027-05-16 12:00")
    assert city.say(CAME, "1") == ["Merci, c'est noté."]
    city.say(CAME, "il manque des bancs à l'ombre")
    with city.database.read() as session:
        assert tickets.listing(session).items == ()


def test_words_written_when_the_72_hours_are_over_meanwhile_are_told_the_truth(city: City) -> None:
    load(city)
    city.until("2027-05-14 21:55")
    assert "avant de publier" in city.say(CAME, "2")[0]
    city.until("2027-05-14 22:05")
    assert "déjà public" in city.say(CAME, "on était quarante")[0]


def test_who_could_not_come_asks_for_them_and_a_stranger_gets_the_dates_alone(city: City) -> None:
    load(city)
    city.until("2027-05-12 12:00")
    said = city.say(AWAY, "ATELIER")
    assert said[0].startswith(f"Ville de Nantes: atelier des usages du 11/05, en bref: {SHORT}.")
    assert "lundi 21/06" in said[1]
    assert len(city.say(AWAY, "ATELIER")) == 1  # once
    assert SHORT in city.say(WAITED, "ATELIER")[0]
    assert heard(city, STRANGER) == []
    assert SHORT not in " ".join(city.say(STRANGER, "ATELIER"))


def test_a_phone_that_synced_late_has_its_people_told_too(city: City) -> None:
    load(city)
    city.until("2027-05-12 12:00")
    tick(city, 1, "phone-b-0001")
    city.until("2027-05-12 13:00")
    assert heard(city, AWAY) == ["Wed 12 12:00"]
    city.until("2027-05-15 12:00")
    tick(city, 2, "phone-b-0002")  # later than corrections are taken: the page tells it
    city.until("2027-05-16 12:00")
    assert heard(city, WAITED) == []


def test_whose_tick_is_taken_back_before_the_morning_is_not_told(city: City) -> None:
    load(city)
    tick(city, 0, "phone-a-0002", people=0)
    city.until("2027-05-13 12:00")
    assert heard(city, CAME) == []


def test_after_stop_nothing_is_said(city: City) -> None:
    city.say(CAME, "STOP")
    load(city)
    city.until("2027-05-16 12:00")
    assert heard(city, CAME) == []


def test_minutes_of_what_is_not_over_or_too_long_are_refused(city: City) -> None:
    with city.database.write() as session:
        for name, text, short, code in (
            ("atelier-2", TEXT, SHORT, "early"),
            ("atelier-1", TEXT, "b" * 91, "length"),
            ("atelier-1", "b" * 1501, SHORT, "length"),
            ("atelier-1", "", SHORT, "length"),
        ):
            with pytest.raises(MinutesRefused, match=code):
                minutes.load(session, city.clock.now(), city.room(name).id, "staff:9", text=text, short=short)
        with pytest.raises(MinutesRefused, match="unknown"):
            minutes.load(session, city.clock.now(), 12, "staff:9", text=TEXT, short=SHORT)


def test_they_fit_two_sms(city: City) -> None:
    from conversations.segments import count

    load(city, short="é" * 90)
    city.until("2027-05-12 12:00")
    said = next(line.text for line in city.lines(CAME) if "en bref" in line.text)
    assert count(said).parts == 2
    assert count(said).encoding == "GSM-7"


def test_the_text_is_kept_when_the_people_are_gone(city: City) -> None:
    from outreach import privacy

    load(city)
    city.clock.at += timedelta(days=120)
    city.beat()
    with city.database.write() as session:
        privacy.purge(session, city.clock.now())
        assert session.scalar(sa.select(sa.func.count()).select_from(registration)) == 0
    assert public(city) == {"atelier-1": TEXT}
