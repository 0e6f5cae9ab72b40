"""From the outbox to the door and back: order, urgency, pace, and what each of a provider's answers means."""

import time
from collections import Counter
from datetime import timedelta

import pytest

from bot.channels import Fatal, Moved, Rejected, Stopped, Throttled, Unreachable
from bot.sender import Manners
from outreach import contacts, outbox
from outreach.db import Database
from tests.conftest import Clock
from tests.outbox_office import agreeing
from tests.sender_city import City, Rates, until
from tests.test_pace import most_in


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock)


async def test_what_waits_is_sent_and_settled(city: City) -> None:
    number = city.office.put(city.people(1)[0], "Merci !")
    async with city.sending():
        await until(lambda: city.office.state(number) == "wired")
    assert city.sms.texts == ["Merci !"]
    assert city.office.row(number).external == "kannel-1"


async def test_each_network_has_its_own_line(city: City) -> None:
    one, two = city.office.put(city.people(1)[0], "sms"), city.chats.put(city.people(1, city.chats)[0], "telegram")
    async with city.sending():
        await until(lambda: city.states([one, two]) == ["wired", "wired"])
    assert (city.sms.texts, city.telegram.texts) == (["sms"], ["telegram"])


async def test_a_bell_wakes_the_sender_at_once(city: City) -> None:
    async with city.sending(manners=Manners(poll=3600)) as sender:
        await until(lambda: city.writer.written.count("is_due") >= 2)
        number = city.office.put(city.people(1)[0])
        sender.ring()
        await until(lambda: city.office.state(number) == "wired")


async def test_without_a_bell_it_looks_now_and_then(city: City) -> None:
    async with city.sending():
        await until(lambda: city.writer.written.count("is_due") >= 2)
        number = city.office.put(city.people(1)[0])
        await until(lambda: city.office.state(number) == "wired")


async def test_an_idle_sender_writes_nothing_but_its_lease(city: City) -> None:
    async with city.sending():
        await until(lambda: city.writer.written.count("is_due") >= 20)
    assert set(city.writer.written) == {"hold", "recover", "is_due", "release"}


async def test_many_at_once_but_to_each_person_one_after_the_other(city: City) -> None:
    city.sms.delay = 0.05
    people = city.people(12)
    ids = [city.office.put(where, f"{where} {turn}") for turn in range(4) for where in people]
    async with city.sending():
        await until(lambda: city.states(ids) == ["wired"] * 48)
    for where in people:
        assert [text for text in city.sms.texts if text.startswith(f"{where} ")] == [f"{where} {turn}" for turn in range(4)]
    assert max(one.together for one in city.sms.book) >= 4
    assert len(city.sms.book) == 48


async def test_a_reply_overtakes_a_campaign_in_full_swing(city: City) -> None:
    campaign = [city.office.put(agreeing(city.office, f"+336399{number:05d}"), "campaign", "campaign") for number in range(120)]
    async with city.sending(Rates(kannel_rate=40)) as sender:
        await until(lambda: len(city.sms.book) >= 10)
        before = len(city.sms.book)
        reply = city.office.put(city.office.person("+33639990000"), "reply")
        sender.ring()
        await until(lambda: city.office.state(reply) == "wired")
    assert city.sms.texts.index("reply") - before <= 10  # 8 were marked already, the rest waited
    assert city.states(campaign).count("queued") >= 60
    assert "sending" not in city.states(campaign)


async def test_never_more_than_the_limit_in_a_second_and_nearly_all_of_it(city: City) -> None:
    ids = [city.office.put(where) for where in city.people(160)]
    async with city.sending(Rates(kannel_rate=50)):
        await until(lambda: city.states(ids).count("wired") == 160)
    times = [one.at for one in city.sms.book]
    assert len(times) == 160
    assert most_in(times, 1) <= 50


async def test_a_campaign_leaves_a_fifth_of_the_limit_free(city: City) -> None:
    ids = [city.office.put(agreeing(city.office, f"+336399{number:05d}"), "?", "campaign") for number in range(100)]
    async with city.sending(Rates(kannel_rate=50)):
        await until(lambda: city.states(ids).count("wired") == 100)
    assert most_in([one.at for one in city.sms.book], 1) <= 40


async def test_a_long_sms_counts_for_its_parts(city: City) -> None:
    ids = [city.office.put(where, "a" * 400) for where in city.people(20)]  # three parts each
    async with city.sending(Rates(kannel_rate=30)):
        await until(lambda: city.states(ids) == ["wired"] * 20)
    assert most_in([one.at for one in city.sms.book], 1) <= 10


async def test_a_chat_gets_few_replies_in_a_row_and_holds_up_no_other(city: City) -> None:
    first, second = city.people(2, city.chats)
    ids = [city.chats.put(first, "long story") for _ in range(5)]
    other = city.chats.put(second, "another")
    async with city.sending():
        await until(lambda: city.chats.state(other) == "wired")
        assert "queued" in city.states(ids)
        await until(lambda: city.states(ids) == ["wired"] * 5)
    times = [one.at for one in city.telegram.book if one.outbound.text == "long story"]
    assert most_in(times, 1) <= 3


# What a provider's answers mean: channels.md A1, each kind provoked at a door of ours


async def test_throttled_holds_the_whole_network_and_loses_nothing(city: City) -> None:
    people = city.people(6)
    city.telegram.answers["first"] = [Throttled(0.6)]
    first = city.chats.put(city.people(1, city.chats)[0], "first")
    async with city.sending() as sender:
        await until(lambda: city.chats.state(first) == "queued" and len(city.telegram.book) == 1)
        held_at = city.telegram.book[0].at
        others = [city.chats.put(city.chats.person(f"1{number}"), "other") for number in range(3)]
        sms = city.office.put(people[0], "sms")
        sender.ring()
        await until(lambda: city.office.state(sms) == "wired")  # another network goes on
        await city.later(sender, seconds=2)
        await until(lambda: city.states([first, *others]) == ["wired"] * 4)
    assert min(one.at for one in city.telegram.book[1:]) >= held_at + 0.6
    assert Counter(city.telegram.texts) == {"first": 2, "other": 3}
    assert city.office.row(first).attempts == 1  # a pause is no failed try


async def test_those_already_marked_go_back_unharmed_when_the_hold_comes(city: City) -> None:
    people = city.people(12)
    city.sms.answers["0"] = [Throttled(0.5)]
    ids = [city.office.put(where, str(number)) for number, where in enumerate(people)]
    async with city.sending(Rates(kannel_rate=20)) as sender:
        await until(lambda: city.states(ids)[0] == "queued" and len(city.sms.book) >= 1)
        await until(lambda: "sending" not in city.states(ids))
        await city.later(sender, seconds=5)
        await until(lambda: city.states(ids) == ["wired"] * 12)
    assert Counter(city.sms.texts) == Counter({str(number): 1 for number in range(12)} | {"0": 2})
    assert {city.office.row(number).attempts for number in ids} == {1}


async def test_a_throttle_without_a_time_holds_a_while(city: City) -> None:
    city.sms.answers["?"] = [Throttled()]
    number = city.office.put(city.people(1)[0], "?")
    async with city.sending() as sender:
        await until(lambda: city.office.row(number).state == "queued" and bool(city.sms.book))
        await city.later(sender, seconds=2)
        await until(lambda: city.office.state(number) == "wired")


async def test_a_blocked_person_gets_nothing_more(city: City) -> None:
    where, other = city.people(2, city.chats)
    city.telegram.answers["1"] = [Stopped("bot was blocked by the user")]
    ids = [city.chats.put(where, text) for text in "12"] + [city.chats.put(other, "3")]
    async with city.sending():
        await until(lambda: city.states(ids) == ["failed bot was blocked by the user", "dropped unreachable", "wired"])
    assert sorted(city.telegram.texts) == ["1", "3"]
    with city.database.read() as session:
        found = contacts.get(session, where)
        assert found is not None
        assert found.unreachable


async def test_what_the_provider_will_never_take_is_kept_for_people_to_see(city: City) -> None:
    where = city.people(1)[0]
    city.sms.answers["1"] = [Rejected("message is too long")]
    one, two = city.office.put(where, "1"), city.office.put(where, "2")
    async with city.sending():
        await until(lambda: city.states([one, two]) == ["failed message is too long", "wired"])
    with city.database.read() as session:
        assert [line.why for line in outbox.listing(session, "failed")] == ["message is too long"]


async def test_an_address_that_moved_gets_its_message_at_once_under_its_new_name(city: City) -> None:
    where = city.people(1, city.chats)[0]
    city.telegram.answers["1"] = [Moved("-1005")]
    one, two = city.chats.put(where, "1"), city.chats.put(where, "2")
    async with city.sending():
        await until(lambda: city.states([one, two]) == ["wired", "wired"])
    assert [sent.outbound.address for sent in city.telegram.book] == ["1", "-1005", "-1005"]


async def test_an_address_that_keeps_moving_is_not_followed_for_ever(city: City) -> None:
    where = city.people(1, city.chats)[0]
    city.telegram.answers["1"] = [Moved(f"-{number}") for number in range(9)]
    number = city.chats.put(where, "1")
    async with city.sending():
        await until(lambda: city.chats.row(number).state == "failed")
    assert len(city.telegram.book) == 2


async def test_a_refused_token_stops_the_network_loudly_and_loses_nothing(city: City) -> None:
    people = city.people(3, city.chats)
    city.telegram.answers["?"] = [Fatal("the token is refused")] * 9
    ids = [city.chats.put(where, "?") for where in people]
    async with city.sending() as sender:
        await until(lambda: bool(sender.troubles))
        sms = city.office.put(city.people(1)[0])
        sender.ring()
        await until(lambda: city.office.state(sms) == "wired")
        await until(lambda: city.states(ids) == ["queued"] * 3)
        assert sender.troubles == {"telegram": "the token is refused"}
    city.telegram.answers.clear()
    async with city.sending():
        await until(lambda: city.states(ids) == ["wired"] * 3)


async def test_nobody_there_is_tried_again_later_and_later(city: City) -> None:
    number = city.office.put(city.people(1)[0], "?")
    city.sms.answers["?"] = [Unreachable()] * 2
    pauses = []
    async with city.sending() as sender:
        for attempt in (1, 2):
            await until(lambda tried=attempt: city.office.tried(number) == ("queued", tried))  # type: ignore[misc]
            pauses.append(city.office.row(number).not_before - city.clock.now())
            await city.later(sender, seconds=10)
        await until(lambda: city.office.state(number) == "wired")
    assert timedelta(seconds=1) <= pauses[0] <= timedelta(seconds=1.25)
    assert timedelta(seconds=2) <= pauses[1] <= timedelta(seconds=2.5)
    assert city.office.row(number).attempts == 3


async def test_a_provider_s_own_pause_is_kept(city: City) -> None:
    number = city.office.put(city.people(1)[0], "?")
    city.sms.answers["?"] = [Unreachable(40)]
    async with city.sending():
        await until(lambda: city.office.tried(number) == ("queued", 1))
    assert timedelta(seconds=40) <= city.office.row(number).not_before - city.clock.now() <= timedelta(seconds=50)


async def test_after_three_failures_in_a_row_the_network_rests(city: City) -> None:
    people = city.people(40)
    ids = [city.office.put(where, "?") for where in people]
    city.sms.answers["?"] = [Unreachable()] * 400
    async with city.sending(Rates(kannel_rate=40)) as sender:
        await until(lambda: len(city.sms.book) >= 3)
        first = city.sms.book[0].at
        await until(lambda: time.monotonic() > first + 0.8)
        assert len(city.sms.book) < 20  # the rest waits at home instead of knocking in turn
        city.sms.answers.clear()
        await city.later(sender, seconds=60)
        await until(lambda: city.states(ids) == ["wired"] * 40)


@pytest.mark.parametrize("kind", ["no answer in time", "a fault of the channel", "a provider that hangs"])
async def test_a_reply_of_unclear_fate_goes_once_more_and_a_campaign_never(city: City, kind: str) -> None:
    people = [agreeing(city.office, f"+3363998000{number}") for number in range(2)]
    reply, campaign = city.office.put(people[0], "reply"), city.office.put(people[1], "campaign", "campaign")
    errors = {"no answer in time": Unreachable(sent="maybe"), "a fault of the channel": ZeroDivisionError("+33639980000")}
    if kind in errors:
        city.sms.answers = {"reply": [errors[kind]], "campaign": [errors[kind]]}
    else:
        city.sms.is_open.clear()
    async with city.sending(manners=Manners(lease=1.5, poll=0.05, answer=0.3)) as sender:
        await until(lambda: city.states([reply, campaign]) == ["queued unclear", "unknown unclear"])
        city.sms.is_open.set()
        await city.later(sender, seconds=6)
        await until(lambda: city.office.row(reply).state == "wired")
        await city.later(sender, hours=1)
        await until(lambda: city.writer.written.count("is_due") > 5)
    assert Counter(city.sms.texts) == {"reply": 2, "campaign": 1}
    with city.database.read() as session:
        assert {line.id for line in outbox.listing(session, "unknown")} == {reply, campaign}


async def test_a_reply_that_stays_unclear_is_not_sent_a_third_time(city: City) -> None:
    reply = city.office.put(city.people(1)[0], "?")
    city.sms.answers["?"] = [Unreachable(sent="maybe")] * 5
    async with city.sending() as sender:
        await until(lambda: city.office.state(reply) == "queued unclear")
        await city.later(sender, seconds=6)
        await until(lambda: city.office.state(reply) == "unknown unclear")
        await city.later(sender, minutes=10)
    assert len(city.sms.book) == 2


async def test_after_three_doubts_one_at_a_time_until_an_answer_is_clear(city: City) -> None:
    city.sms.delay = 0.02
    doubtful = [city.office.put(where, "?") for where in city.people(3)]
    city.sms.answers["?"] = [Unreachable(sent="maybe")] * 3
    async with city.sending() as sender:
        await until(lambda: city.states(doubtful) == ["queued unclear"] * 3)
        more = [city.office.put(city.office.person(f"+33639981{number:03d}"), "!") for number in range(20)]
        city.sms.answers["!"] = [Unreachable(sent="maybe"), ""]
        sender.ring()
        await until(lambda: city.states(more).count("wired") == 19)
    after = [one for one in city.sms.book if one.outbound.text == "!"]
    assert [one.together for one in after[:2]] == [1, 1]  # in doubt, then clear
    assert max(one.together for one in after[2:]) > 1
