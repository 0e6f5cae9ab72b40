"""A campaign reaches everybody who agreed, nobody twice, and stops when somebody says so."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from bot.web.announcing import said
from outreach import audit, campaigns, consents, contacts, hours, outbox
from outreach.campaigns import Fault
from outreach.contributions import decisions
from outreach.contributions.decisions import Decision
from outreach.db import Database
from outreach.tables import campaign, contribution
from tests.campaigning import AUTHOR, SECOND, Campaigning, draft
from tests.conftest import Clock
from tests.contributing import given
from tests.meeting import PARIS, meeting, phone

A_DAY = timedelta(days=1)


@pytest.fixture
def city(database: Database, clock: Clock) -> Campaigning:
    return Campaigning(database, clock)


def test_from_a_draft_to_everybody_who_agreed_once(city: Campaigning) -> None:
    city.people(70)
    city.people(40, "telegram")
    city.people(5, agree=())
    subject = city.approved()
    assert city.state(subject) == "scheduled"
    city.run()
    assert city.state(subject) == "done"
    assert set(city.told().values()) == {1}
    assert len(city.sent) == 110
    text = city.sent[0].text
    assert text == (
        "Ville de Nantes: atelier place du Marché, mercredi 12/05 18h30, Maison Bellevue (tram 1). Vous venez ? 1 oui 2 non. Fin: STOP"
    )
    view = city.view(subject)
    assert (view.people, view.said) == (110, 110)


def test_yes_to_it_is_a_place_and_the_results_say_so(city: Campaigning) -> None:
    city.people(3)
    subject = city.approved()
    city.run()
    first, second, third = sorted(city.told())
    city.clock.advance(minutes=5)
    city.say(first, "1")
    city.say(second, "on vient à 2")
    city.say(third, "STOP")
    found = city.read(campaigns.results, subject, city.clock.now()).total
    assert (found.people, found.sent, found.answered, found.signed_up, found.stopped) == (3, 3, 3, 2, 1)
    assert city.room().taken == 3


def test_the_rate_is_that_of_the_seconds_that_have_passed(city: Campaigning) -> None:
    city.people(100)
    subject = city.approved()
    city.beat()
    city.deliver(at_most=10)
    city.clock.advance(seconds=10)
    found = city.read(campaigns.results, subject, city.clock.now())
    assert (found.a_minute, found.minutes_left) == (60, 2)


def test_a_campaign_needs_a_test_and_a_second_person(city: Campaigning) -> None:
    city.people(60)
    now = city.clock.now()
    subject = city.write(campaigns.create, now, draft(), AUTHOR).id
    assert city.refused(campaigns.submit, subject, AUTHOR) == "untested"
    city.write(campaigns.tried, now, subject, AUTHOR)
    assert city.refused(campaigns.submit, subject, AUTHOR, alone=True) == "not_small"
    city.write(campaigns.submit, now, subject, AUTHOR)
    assert city.refused(campaigns.approve, subject, AUTHOR) == "own"
    with city.database.read() as session:
        assert [campaigns.to_approve(session, actor) for actor in (AUTHOR, SECOND)] == [0, 1], "told on the desk and by e-mail"
    city.write(campaigns.approve, now, subject, SECOND)
    assert city.state(subject) == "scheduled"


def test_one_letter_changed_voids_what_was_approved(city: Campaigning) -> None:
    city.people(60)
    subject = city.approved(at=city.clock.now().replace(hour=14))
    changed = draft(texts={"fr": "Venez le {date} !", "en": "Come on {date}!"})
    city.write(campaigns.change, city.clock.now(), subject, changed, AUTHOR)
    view = city.view(subject)
    assert (view.state, view.tested, view.approved) == ("draft", False, False)


def test_a_workshop_that_moves_sends_it_back_to_be_approved(city: Campaigning) -> None:
    city.people(60)
    subject = city.approved(at=city.clock.now().replace(hour=14))
    city.put(meeting("atelier-1", "2027-05-13 18:30", None), meeting("atelier-2", "2027-05-21 18:30", None))
    city.clock.advance(hours=5)
    city.beat()
    assert (city.state(subject), city.view(subject).why) == ("to_approve", "changed")
    assert city.deliver() == 0


def test_one_that_had_an_hour_and_whose_workshop_moves_on_its_way_is_approved_again_and_goes_on_until_the_new_day(
    city: Campaigning,
) -> None:
    city.people(120)
    subject = city.approved(at=city.clock.now().replace(hour=14))
    city.clock.advance(hours=5)
    city.beat()
    city.deliver(at_most=10)
    city.put(meeting("atelier-1", "2027-05-20 18:30", None), meeting("atelier-2", "2027-05-21 18:30", None))
    city.beat()
    assert (city.state(subject), city.view(subject).why) == ("paused", "changed")
    assert city.refused(campaigns.resume, subject, AUTHOR) == "unapproved"
    city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
    city.write(campaigns.approve, city.clock.now(), subject, SECOND)
    city.write(campaigns.resume, city.clock.now(), subject, AUTHOR)
    with city.database.read() as session:
        ends_at = session.execute(sa.select(campaign.c.ends_at)).scalar_one()
    assert ends_at.astimezone(PARIS).date() == date(2027, 5, 20)
    city.run()
    assert city.state(subject) == "done"
    assert set(city.told().values()) == {1}
    assert len(city.sent) == 120


def test_a_small_audience_may_go_without_a_second_person_and_that_is_written_down(city: Campaigning) -> None:
    city.people(5)
    subject = city.write(campaigns.create, city.clock.now(), draft(), AUTHOR).id
    city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
    city.write(campaigns.submit, city.clock.now(), subject, AUTHOR, alone=True)
    city.run()
    assert len(city.sent) == 5
    assert city.read(audit.search, action="campaign.alone").items[0].detail == {"count": 5}


def test_a_pause_takes_back_what_waits_and_going_on_repeats_nobody(city: Campaigning) -> None:
    city.people(200)
    subject = city.approved()
    city.beat()
    assert 0 < city.waiting() < 60
    city.deliver(at_most=10)
    city.write(campaigns.pause, city.clock.now(), subject, SECOND)
    assert city.waiting() == 0
    assert city.deliver() == 0
    city.beat()
    assert city.waiting() == 0
    assert city.view(subject).said == 10
    city.write(campaigns.resume, city.clock.now(), subject, AUTHOR)
    city.run()
    assert city.state(subject) == "done"
    assert set(city.told().values()) == {1}
    assert len(city.sent) == 200


def test_the_red_button_stops_all_that_runs_and_all_that_is_planned(city: Campaigning) -> None:
    city.people(100)
    running, planned = (
        city.approved(),
        city.approved(at=city.clock.now().replace(hour=16), kind="news", workshop="", texts={"fr": "a", "en": "b"}),
    )
    city.beat()
    assert city.write(campaigns.stop_everything, city.clock.now(), SECOND) == 2
    assert (city.state(running), city.state(planned)) == ("paused", "to_approve")
    assert city.deliver() == 0


@pytest.mark.parametrize("moment", ["before the fan-out", "before the message waits", "while it waits", "while it is claimed"])
def test_stop_one_instant_before_is_in_time(city: Campaigning, moment: str) -> None:
    (who,) = city.people(1)
    subject = city.write(campaigns.create, city.clock.now(), draft(), AUTHOR).id
    city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
    city.write(campaigns.submit, city.clock.now(), subject, AUTHOR, alone=True)

    def stop() -> None:
        city.write(contacts.stop, who, city.clock.now())

    holder, epoch = city._held("sms")
    if moment == "before the fan-out":
        stop()
        city.beat()
    elif moment == "before the message waits":
        city.write(campaigns.begin_due, city.clock.now())
        city.write(campaigns.fill, city.clock.now())
        stop()
        city.beat()
    else:
        city.beat()
        if moment == "while it waits":
            stop()
            claimed = city.write(outbox.claim, "sms", holder, epoch, city.clock.now())
        else:
            claimed = city.write(outbox.claim, "sms", holder, epoch, city.clock.now())
            stop()
        assert city.write(outbox.mark, [one.id for one in claimed], holder, epoch, city.clock.now()) == []
    assert city.deliver() == 0
    assert city.sent == []


def test_who_takes_back_a_consent_hears_nothing_more(city: Campaigning) -> None:
    one, _two = city.people(2)
    subject = city.write(campaigns.create, city.clock.now(), draft(), AUTHOR).id
    city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
    city.write(campaigns.submit, city.clock.now(), subject, AUTHOR, alone=True)
    city.beat()
    city.write(consents.withdraw, [one], city.clock.now(), "workshops")
    city.run()
    assert len(city.sent) == 1


def test_consent_to_workshops_is_no_consent_to_news(city: Campaigning) -> None:
    city.people(3, agree=("workshops",))
    city.people(2, agree=("news",))
    found = city.read(campaigns.count, draft(kind="news", workshop="", texts={"fr": "a"}), city.clock.now())
    assert {share.why: share.people for share in found} == {"": 2, "no_consent": 3}


def test_the_people_of_a_district_are_those_who_took_part_there(city: Campaigning) -> None:
    wrote, *_silent = city.people(5)
    with city.database.write() as session:
        given(session, city.clock.now(), wrote)
    city.say(phone(5), "ATELIER", "1", "1")
    assert city.room().taken == 1
    there = draft(kind="panel", workshop="", texts={"fr": "nous cherchons 40 habitants"}, in_french=True)
    centre = msgspec.structs.replace(there, audience=campaigns.Audience(districts=("Centre",)))
    assert {share.people for share in city.read(campaigns.count, there, city.clock.now())} == {5}
    assert {share.people for share in city.read(campaigns.count, centre, city.clock.now())} == {2}
    subject = city.write(campaigns.create, city.clock.now(), centre, AUTHOR).id
    city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
    city.write(campaigns.submit, city.clock.now(), subject, AUTHOR, alone=True)
    city.run()
    assert city.view(subject).people == 2
    assert set(city.told()) == {phone(1), phone(5)}
    elsewhere = msgspec.structs.replace(there, audience=campaigns.Audience(districts=("Atlantide",)))
    nowhere = city.write(campaigns.create, city.clock.now(), elsewhere, AUTHOR).id
    city.write(campaigns.tried, city.clock.now(), nowhere, AUTHOR)
    assert city.refused(campaigns.submit, nowhere, AUTHOR) == "faults"


def test_results_say_where_people_first_wrote_from_and_what_moderation_took(city: Campaigning) -> None:
    wrote, told, _silent = city.people(3)
    with city.database.write() as session:
        given(session, city.clock.now(), wrote)
        session.execute(sa.update(contribution).values(entry="pharmacie"))
    city.clock.advance(days=21)
    subject = city.approved()
    city.run()
    city.clock.advance(minutes=5)
    opened = city.clock.now()
    with city.database.write() as session:
        ref = given(session, opened, told)
        session.execute(sa.update(contribution).where(contribution.c.ref == ref).values(opened_at=opened))
        decisions.decide(session, opened + timedelta(seconds=100), ref, SECOND, Decision("accept"), timedelta(0))
    found = city.read(campaigns.results, subject, city.clock.now())
    assert {(one.name, one.people, one.came) for one in found.places} == {("Pharmacie du Marché", 1, 0), ("", 2, 0)}
    assert (found.total.contributed, found.staff_minutes, found.minutes_for(found.total.contributed)) == (1, 2, 2)


def test_a_preview_names_examples_and_what_the_newsletter_can_say(city: Campaigning) -> None:
    assert city.database.house is not None
    reached = city.database.house.city
    city.database.house = replace(
        city.database.house, city=msgspec.structs.replace(reached, sms_number="38100", telegram="VilleBot", url="")
    )
    city.people(7)
    city.people(1, "telegram")
    found = city.read(campaigns.look, draft(), city.clock.now())
    assert [(one.network, one.language) for one in found.sample] == [("telegram", "fr"), *[("sms", "fr")] * 4]
    assert "ateliers" not in found.printed["fr"]
    lines = found.printed["fr"].splitlines()
    assert lines[0].startswith("atelier Réaménager la place du Marché, mercredi 12 mai 18h30, ")
    assert lines[1:3] == ["Pour venir, par SMS : envoyez ATELIER au 38100.", "Sur Telegram : t.me/VilleBot"]
    assert "STOP" not in found.printed["fr"]
    assert "WORKSHOP" in found.printed["en"]


@pytest.mark.parametrize(("window", "codes"), [(0, []), (6, ["short_answers"]), (24, [])])
def test_a_question_by_sms_needs_a_way_back_for_its_answers(city: Campaigning, window: int, codes: list[str]) -> None:
    assert city.database.house is not None
    city.database.house = replace(city.database.house, sms=replace(city.database.house.sms, answer_hours=window))
    asked, news = draft(), draft(kind="news", workshop="", texts={"fr": "le chantier commence", "en": "work begins"})
    found = city.read(campaigns.look, asked, city.clock.now())
    assert ([fault.code for fault in found.faults], found.answer_hours) == (codes, window)
    told = city.read(campaigns.look, news, city.clock.now())
    assert (told.faults, told.answer_hours) == ((), 0)


@pytest.mark.parametrize("words", ["le chantier\0 commence", "le chantier \u202ecommence", "le\u2028chantier", "le \x1bchantier", "\u200b"])
def test_words_that_can_not_be_shown_are_a_fault_with_its_place(city: Campaigning, words: str) -> None:
    asked = draft(kind="news", workshop="", texts={"fr": words, "en": "work begins"}, sms_texts={"en": words})
    found = city.read(campaigns.look, asked, city.clock.now())
    assert found.faults == (Fault("texts", "unshown", "fr"), Fault("sms_texts", "unshown", "en"))
    assert "can't be shown" in said(found.faults[0]).msgid


def test_four_campaigns_a_month_and_one_a_day(city: Campaigning) -> None:
    city.people(2)
    for day in range(5):
        subject = city.write(
            campaigns.create, city.clock.now(), draft(kind="panel", workshop="", texts={"fr": f"n° {day}", "en": "x"}), AUTHOR
        ).id
        city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
        if day == 4:
            assert city.refused(campaigns.submit, subject, AUTHOR, alone=True) == "nobody"
            break
        city.write(campaigns.submit, city.clock.now(), subject, AUTHOR, alone=True)
        city.run()
        assert len(city.sent) == 2 * (day + 1)
        city.clock.at = hours.next_decent(city.clock.now().replace(hour=10) + A_DAY, "campaign", PARIS)
    assert set(city.told().values()) == {4}


def test_a_second_campaign_of_the_day_waits_for_tomorrow(city: Campaigning) -> None:
    city.people(2)
    for words in ("un", "deux"):
        subject = city.write(
            campaigns.create, city.clock.now(), draft(kind="panel", workshop="", texts={"fr": words, "en": words}), AUTHOR
        ).id
        city.write(campaigns.tried, city.clock.now(), subject, AUTHOR)
        city.write(campaigns.submit, city.clock.now(), subject, AUTHOR, alone=True)
        city.run()
    assert len(city.sent) == 2
    city.clock.at = city.clock.now().replace(hour=9) + A_DAY
    city.run()
    assert sorted(one.text for one in city.sent)[2:] != []
    assert set(city.told().values()) == {2}
