"""What goes out: classes, order, hours, expiry, leases, marks and crashes, on both databases."""

from datetime import timedelta

import pytest

from outreach import outbox
from outreach.db import Database
from outreach.outbox import Body, Put, Settled, fates
from tests.conftest import Clock
from tests.outbox_office import Office, agreeing


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return Office(database, clock)


def test_a_message_goes_out_once_and_is_told_delivered(office: Office) -> None:
    number = office.put(office.person(), "Merci !")
    (outbound,) = office.go()
    assert (outbound.id, outbound.address, outbound.text, outbound.network, outbound.channel) == (
        number,
        "+33639980001",
        "Merci !",
        "sms",
        "kannel",
    )
    assert office.go() == []
    office.settle(number, "wired", external="K1")
    assert (office.state(number), office.row(number).external, office.row(number).attempts) == ("wired", "K1", 1)
    office.hear(number, "delivered")
    assert office.state(number) == "delivered"


def test_what_is_sealed_shows_neither_text_nor_number(office: Office) -> None:
    sealed = office.row(office.put(office.person(), "Il manque des bancs")).sealed
    assert b"bancs" not in sealed
    assert b"63998" not in sealed


# Classes, order, hours, expiry


def test_replies_go_before_notices_before_campaigns(office: Office) -> None:
    people = [office.person(f"+3363998000{digit}") for digit in range(3)]
    campaign, notice, reply = (
        office.put(one, urgency=urgency) for one, urgency in zip(people, ("campaign", "notice", "reply"), strict=True)
    )
    assert office.claim() == [reply, notice, campaign]


def test_a_limit_is_filled_with_the_most_urgent_and_a_class_can_be_left_out(office: Office) -> None:
    for digit in range(3):
        office.put(office.person(f"+3363998000{digit}"), urgency="notice")
    reply = office.put(office.person("+33639980009"))
    assert office.claim(limit=2)[0] == reply
    assert office.claim(urgencies=("reply",)) == []
    assert len(office.claim(urgencies=("notice",))) == 2


def test_messages_of_one_turn_leave_in_their_order_one_after_the_other(office: Office) -> None:
    where = office.person()
    puts = [Put(where, "sms", "kannel", "reply", Body(text), sequence=place) for place, text in enumerate("abc")]
    ids = office.write(outbox.put, puts, office.clock.now())
    for number, text in zip(ids, "abc", strict=True):
        (outbound,) = office.go()
        assert (outbound.id, outbound.text) == (number, text)
        assert office.claim() == []
        office.settle(number, "wired")


def test_a_retry_holds_its_class_and_no_other(office: Office) -> None:
    where = office.person()
    first, second, notice = office.put(where, "1"), office.put(where, "2"), office.put(where, "3", "notice")
    assert sorted(one.id for one in office.go()) == [first, notice]
    office.settle(first, "retry", retry_after=20)
    office.settle(notice, "wired")
    later = office.put(where, "4", "notice")
    assert office.claim() == [later]
    office.clock.advance(seconds=20)
    assert office.claim() == [first]
    office.settle(office.mark(first)[0].id, "wired")
    assert office.claim() == [second]


def test_a_retry_that_expired_holds_nobody(office: Office) -> None:
    where = office.person()
    first = office.put(where)
    office.go()
    office.settle(first, "retry", retry_after=7200)
    office.clock.advance(minutes=59)
    second = office.put(where)
    assert office.claim() == []
    office.clock.advance(minutes=1)
    assert office.claim() == [second]
    assert office.write(outbox.expire, office.clock.now()) == 1
    assert office.state(first) == "dropped expired"


def test_a_message_that_waits_for_tomorrow_does_not_hold_one_of_today(office: Office) -> None:
    where = office.person()
    office.put(where, urgency="notice", not_before=office.clock.now() + timedelta(days=1))
    today = office.put(where, urgency="notice")
    assert office.claim() == [today]


@pytest.mark.parametrize(("urgency", "hours"), [("reply", 1), ("notice", 24), ("campaign", 24)])
def test_what_waited_too_long_is_dropped_and_listed(office: Office, urgency: str, hours: int) -> None:
    number = office.put(office.person(), urgency=urgency)
    office.clock.advance(hours=hours, seconds=-1)
    assert office.claim() == [number]
    office.clock.advance(seconds=1)
    assert office.mark(number) == []
    assert office.state(number) == "dropped expired"
    with office.database.read() as session:
        assert [line.id for line in outbox.listing(session, "dropped")] == [number]


def test_a_campaign_lives_as_long_as_its_window(office: Office) -> None:
    number = office.put(office.person(), urgency="campaign", until=office.clock.now() + timedelta(minutes=10))
    office.clock.advance(minutes=10)
    assert office.claim() == []
    office.write(outbox.expire, office.clock.now())
    assert office.state(number) == "dropped expired"


def test_an_expiry_counts_from_the_first_permitted_minute(office: Office) -> None:
    office.clock.advance(hours=12)  # Monday, 23:00 in Nantes
    number = office.put(office.person(), urgency="notice")
    assert office.claim() == []
    office.clock.advance(hours=9)
    assert office.claim() == [number]
    assert office.row(number).expires_at - office.clock.now() == timedelta(hours=24)


def test_what_is_claimed_too_late_in_the_evening_waits_for_the_morning(office: Office) -> None:
    office.clock.advance(hours=10, minutes=29)  # 21:29
    number = office.put(office.person(), urgency="notice")
    claimed = office.claim()
    office.clock.advance(minutes=1)
    assert office.mark(*claimed) == []
    assert office.state(number) == "queued"
    office.clock.advance(hours=10, minutes=29)
    assert office.claim() == []
    office.clock.advance(minutes=1)
    assert [one.id for one in office.go()] == [number]


def test_a_reply_leaves_at_night_without_a_sound_on_telegram(database: Database, clock: Clock) -> None:
    office = Office(database, clock, "telegram")
    where = office.person("7")
    office.clock.advance(hours=11, minutes=30)  # 22:30
    office.put(where)
    (outbound,) = office.go()
    assert outbound.silent
    office.settle(outbound.id, "wired")
    office.clock.advance(hours=12)
    office.put(where)
    assert not office.go()[0].silent


# Leases, marks, crashes


def test_a_claim_is_only_a_lease(office: Office) -> None:
    number = office.put(office.person())
    assert office.claim() == [number]
    assert office.claim() == []
    office.clock.advance(seconds=31)
    assert office.claim() == [number]
    assert office.state(number) == "queued"


def test_a_message_is_marked_once(office: Office) -> None:
    (number,) = [office.put(office.person())]
    office.claim()
    assert len(office.mark(number)) == 1
    assert office.mark(number) == []


def test_what_was_not_claimed_can_not_be_marked(office: Office) -> None:
    assert office.mark(office.put(office.person())) == []


def test_a_late_holder_marks_nothing(office: Office) -> None:
    number = office.put(office.person())
    office.claim()
    late, epoch = office.holder, office.epoch
    office.take_over()
    with pytest.raises(outbox.Fenced):
        office.write(outbox.mark, [number], late, epoch, office.clock.now())
    assert office.claim() == [number]


@pytest.mark.parametrize(("urgency", "seconds"), [("reply", 5), ("notice", 60)])
def test_after_a_crash_a_reply_or_notice_goes_once_more_and_is_listed(office: Office, urgency: str, seconds: int) -> None:
    number = office.put(office.person(), urgency=urgency)
    office.go()
    office.take_over()
    assert office.write(outbox.recover, "sms", office.holder, office.epoch, office.clock.now()) == 1
    assert office.state(number) == "queued unclear"
    office.clock.advance(seconds=seconds - 1)
    assert office.go() == []  # a receipt would spare it
    office.clock.advance(seconds=1)
    assert [one.id for one in office.go()] == [number]
    assert office.row(number).attempts == 2
    office.settle(number, "wired")
    with office.database.read() as session:
        (line,) = outbox.listing(session, "unknown")
    assert (line.id, line.state, line.attempts) == (number, "wired", 2)


def test_crashes_one_after_the_other_lose_no_answer_and_end_in_a_list(office: Office) -> None:
    number = office.put(office.person())
    for crash in range(fates.CRASHES):
        assert office.state(number) == ("queued unclear" if crash else "queued")
        office.clock.advance(seconds=5)
        assert len(office.go()) == 1
        office.take_over()
        office.write(outbox.recover, "sms", office.holder, office.epoch, office.clock.now())
    assert office.state(number) == "unknown unclear"
    office.clock.advance(seconds=60)
    assert office.claim() == []


@pytest.mark.parametrize(("network", "pause"), [("telegram", fates.AT_ONCE), ("sms", fates.SECOND_TRY)])
def test_an_unclear_reply_waits_for_a_receipt_only_where_receipts_come(
    database: Database, clock: Clock, network: str, pause: timedelta
) -> None:
    office = Office(database, clock, network)
    number = office.put(office.person("771000001"))
    office.go()
    office.settle(number, "unknown")
    assert office.row(number).not_before - clock.now() == pause
    assert office.claim() == []
    clock.advance(seconds=pause.total_seconds())
    assert office.claim() == [number]


def test_what_a_provider_leaves_unclear_twice_goes_no_third_time(office: Office) -> None:
    number = office.put(office.person())
    for _ in range(fates.TRIES):
        office.clock.advance(seconds=5)
        assert len(office.go()) == 1
        office.settle(number, "unknown")
    assert office.state(number) == "unknown unclear"
    office.clock.advance(seconds=60)
    assert office.claim() == []


def test_a_campaign_message_whose_fate_is_unknown_never_goes_again(office: Office) -> None:
    number = office.put(agreeing(office), urgency="campaign")
    assert len(office.go()) == 1
    office.take_over()
    office.write(outbox.recover, "sms", office.holder, office.epoch, office.clock.now())
    assert office.state(number) == "unknown unclear"
    office.clock.advance(hours=1)
    assert office.claim() == []
    with office.database.read() as session:
        assert [line.id for line in outbox.listing(session, "unknown")] == [number]


def test_what_could_not_be_marked_is_free_again_at_once(office: Office) -> None:
    number = office.put(office.person())
    assert office.claim() == [number]
    assert office.claim() == []
    office.settle(number, "retry", tried=False)
    assert office.claim() == [number]


def test_what_was_claimed_and_not_marked_is_simply_claimed_again(office: Office) -> None:
    number = office.put(agreeing(office), urgency="campaign")
    office.claim()
    office.take_over()
    assert office.write(outbox.recover, "sms", office.holder, office.epoch, office.clock.now()) == 0
    assert office.claim() == [number]


def test_an_unclear_reply_whose_second_try_comes_too_late_stays_unknown(office: Office) -> None:
    number = office.put(office.person())
    office.go()
    office.settle(number, "unknown")
    office.clock.advance(hours=1)
    office.write(outbox.expire, office.clock.now())
    assert office.state(number) == "unknown unclear"


def test_news_of_a_late_holder_ends_a_doubt_and_disturbs_nothing_else(office: Office) -> None:
    where = office.person()
    first, late = office.put(where), office.epoch
    office.go()
    office.take_over()
    office.write(outbox.recover, "sms", office.holder, office.epoch, office.clock.now())
    office.write(outbox.settle, [Settled(first, "retry", epoch=late)], office.clock.now())
    assert office.state(first) == "queued unclear"
    office.write(outbox.settle, [Settled(first, "wired", external="K", epoch=late)], office.clock.now())
    assert office.row(first).state == "wired"
    office.clock.advance(seconds=10)
    assert office.claim() == []
    second = office.put(where)
    office.go()
    office.write(outbox.settle, [Settled(second, "retry", epoch=late)], office.clock.now())
    assert office.state(second) == "sending"
