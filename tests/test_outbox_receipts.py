"""What a provider tells of a message, at once, later or never; what was said to an address; two senders at once."""

import pytest

from conversations.messages import Receipt
from outreach import contacts, outbox
from outreach.db import Database
from outreach.outbox import Body
from tests.conftest import Clock
from tests.outbox_office import Office, agreeing


@pytest.fixture
def office(database: Database, clock: Clock) -> Office:
    return Office(database, clock)


def test_a_throttled_try_is_no_try(office: Office) -> None:
    number = office.put(office.person())
    office.go()
    office.settle(number, "retry", tried=False, retry_after=3)
    assert (office.state(number), office.row(number).attempts) == ("queued", 0)
    office.clock.advance(seconds=3)
    assert [one.id for one in office.go()] == [number]


def test_a_failed_try_is_counted(office: Office) -> None:
    number = office.put(office.person())
    office.go()
    office.settle(number, "retry", retry_after=3)
    office.clock.advance(seconds=3)
    (claimed,) = office.write(outbox.claim, "sms", office.holder, office.epoch, office.clock.now())
    assert claimed.attempts == 1


RECEIPTS: dict[str, tuple[tuple[str, ...], str]] = {
    "in order": (("wired", "delivered"), "delivered"),
    "the operator's word after the phone's": (("delivered", "wired"), "delivered"),
    "twice": (("delivered", "delivered"), "delivered"),
    "failed": (("wired", "failed"), "failed absent"),
    "failed, then told wired": (("failed", "wired"), "failed absent"),
    "delivered, then told failed": (("delivered", "failed"), "delivered"),
    "failed, then told delivered": (("failed", "delivered"), "failed absent"),
}


@pytest.mark.parametrize("case", RECEIPTS)
@pytest.mark.parametrize("when", ["after settling", "before settling", "in one batch"])
def test_receipts_come_in_any_order_and_never_take_back(office: Office, case: str, when: str) -> None:
    told, then = RECEIPTS[case]
    number = office.put(office.person())
    office.go()
    if when == "after settling":
        office.settle(number, "wired", external="K1")
    if when == "in one batch":
        batch = [Receipt("kannel", number, state, "absent" if state == "failed" else "") for state in told]  # type: ignore[arg-type]
        office.write(outbox.receipts, batch, office.clock.now())
    else:
        for state in told:
            office.hear(number, state, "absent" if state == "failed" else "")
    if when != "after settling":
        office.settle(number, "wired", external="K1")
    assert office.state(number) == then
    assert office.row(number).external == "K1"


@pytest.mark.parametrize("told", ["wired", "delivered", "failed"])
def test_a_receipt_resolves_what_nobody_knew(office: Office, told: str) -> None:
    number = office.put(agreeing(office), urgency="campaign")
    office.go()
    office.settle(number, "unknown")
    assert office.state(number) == "unknown unclear"
    office.hear(number, told)
    assert office.row(number).state == told


@pytest.mark.parametrize("told", ["wired", "delivered"])
def test_a_receipt_of_the_first_try_spares_the_second(office: Office, told: str) -> None:
    number = office.put(office.person())
    office.go()
    office.settle(number, "unknown")
    office.hear(number, told)
    office.clock.advance(minutes=1)
    assert office.claim() == []
    assert office.row(number).state == told


def test_on_telegram_a_reminder_is_better_lost_than_said_twice(database: Database, clock: Clock) -> None:
    chats = Office(database, clock, "telegram")
    by_the_provider, by_a_crash, refused = (chats.put(chats.person(str(n)), urgency="notice", once=True) for n in range(3))
    chats.go()
    chats.settle(by_the_provider, "unknown")
    chats.settle(refused, "retry")
    chats.take_over()
    chats.write(outbox.recover, "telegram", chats.holder, chats.epoch, clock.now())
    clock.advance(minutes=2)
    assert [chats.state(one) for one in (by_the_provider, by_a_crash)] == ["unknown unclear"] * 2
    assert [one.id for one in chats.go()] == [refused]  # what surely did not go goes


def test_by_sms_a_reminder_in_doubt_waits_for_its_receipt_and_goes_without_one(office: Office) -> None:
    heard, silent = (office.put(office.person(f"+3363998000{n}"), urgency="notice", once=True) for n in range(2))
    office.go()
    for one in (heard, silent):
        office.settle(one, "unknown")
    office.hear(heard, "wired")
    office.clock.advance(minutes=1)
    assert [one.id for one in office.go()] == [silent]


def test_a_failure_of_the_first_try_does_not_end_the_second(office: Office) -> None:
    number = office.put(office.person())
    office.go()
    office.settle(number, "unknown")
    office.hear(number, "failed")
    office.clock.advance(minutes=1)
    assert [one.id for one in office.go()] == [number]
    office.hear(number, "failed")
    office.settle(number, "wired")
    assert office.row(number).state == "wired"


def test_receipts_of_nobody_or_of_another_channel_change_nothing(office: Office) -> None:
    number = office.put(office.person())
    office.go()
    office.settle(number, "wired")
    office.write(outbox.receipts, [Receipt("telegram", number, "delivered"), Receipt("kannel", 1, "delivered")], office.clock.now())
    assert office.state(number) == "wired"


def test_a_message_not_sent_yet_is_not_delivered_by_a_forged_receipt(office: Office) -> None:
    number = office.put(office.person())
    office.hear(number, "delivered")
    assert office.state(number) == "queued"


def test_nothing_to_do_is_done(office: Office) -> None:
    assert office.write(outbox.put, [], office.clock.now()) == []
    office.write(outbox.settle, [], office.clock.now())
    office.write(outbox.receipts, [], office.clock.now())
    office.write(outbox.erase, [], office.clock.now())
    assert office.write(outbox.drop, [], "stopped", office.clock.now()) == 0
    assert office.mark() == []
    assert office.claim() == []


def test_what_was_said_to_an_address(office: Office) -> None:
    where = office.person()
    office.put(where, "1")
    office.clock.advance(seconds=1)
    since = office.clock.now()
    office.clock.advance(seconds=1)
    office.put(where, body=Body("2", (("q:yes", "Oui", 0),)), asks="publish")
    office.put(office.person("+33639980002"), "not to this one")
    with office.database.read() as session:
        assert [line.text for line in outbox.said(session, where)] == ["1", "2"]
        (line,) = outbox.said(session, where, since)
    assert (line.buttons, line.asks, line.state) == ((("q:yes", "Oui", 0),), "publish", "queued")


def test_lists_are_the_newest_first_and_bounded(office: Office) -> None:
    ids = []
    for digit in range(5):
        office.clock.advance(seconds=1)
        ids.append(office.put(office.person(f"+3363998000{digit}"), urgency="reply" if digit % 2 else "notice"))
    with office.database.read() as session:
        assert [line.id for line in outbox.listing(session, "queued", limit=3)] == ids[:1:-1]


def test_two_claimers_never_get_the_same_message(office: Office) -> None:
    """With SKIP LOCKED the second does not even wait; SQLite has one writer."""
    for digit in range(4):
        office.put(office.person(f"+3363998000{digit}"))
    if office.database.is_sqlite:
        assert len(office.claim(limit=2)) == len(office.claim(limit=2)) == 2
        return
    with office.database.write() as one, office.database.write() as two:
        claim = (office.network, office.holder, office.epoch, office.clock.now())
        first = {row.id for row in outbox.claim(one, *claim, limit=2)}
        second = {row.id for row in outbox.claim(two, *claim, limit=4)}
    assert (len(first), len(second), first & second) == (2, 2, set())


def test_a_stop_that_is_being_written_holds_the_message_and_nobody_waits(office: Office) -> None:
    where = office.person()
    number = office.put(where)
    claimed = office.claim()
    with office.database.write() as session:
        contacts.stop(session, where, office.clock.now())
        if not office.database.is_sqlite:  # which has one writer: nothing happens meanwhile
            assert office.mark(*claimed) == []
            assert office.state(number) == "queued"
    office.clock.advance(seconds=31)
    assert office.go() == []
    assert office.state(number) == "dropped stopped"


# An operator that tells nothing


@pytest.mark.parametrize(("told", "state"), [("delivered", "delivered"), ("failed", "failed UNDELIV"), ("wired", "wired")])
def test_what_the_operator_never_told_is_unknown_and_a_late_receipt_resolves_it(office: Office, told: str, state: str) -> None:
    number, told_of = office.put(office.person()), office.put(office.person("+33639980002"))
    office.go()
    for one in (number, told_of):
        office.settle(one, "wired")
    office.hear(told_of, "delivered")
    office.clock.advance(seconds=outbox.RECEIPT_WITHIN.total_seconds() - 1)
    assert office.write(outbox.give_up_on_receipts, office.clock.now()) == 0
    office.clock.advance(seconds=1)
    assert office.write(outbox.give_up_on_receipts, office.clock.now()) == 1
    assert (office.state(number), office.state(told_of)) == ("unknown no receipt", "delivered")
    assert office.go() == []  # it never goes again for that
    office.hear(number, told, "UNDELIV" if told == "failed" else "")
    assert office.state(number) == state


def test_telegram_gives_no_receipts_and_what_it_took_stays_taken(database: Database, clock: Clock) -> None:
    chats = Office(database, clock, "telegram")
    number = chats.put(chats.person("7"))
    chats.go()
    chats.settle(number, "wired")
    clock.advance(days=10)
    assert chats.write(outbox.give_up_on_receipts, clock.now()) == 0
    assert chats.state(number) == "wired"


def test_what_may_have_gone_twice_stays_listed_as_such(office: Office) -> None:
    number = office.put(office.person(), urgency="notice")
    office.go()
    office.settle(number, "unknown")
    office.clock.advance(seconds=60)
    office.go()
    office.settle(number, "wired")
    office.clock.advance(days=3)
    assert office.write(outbox.give_up_on_receipts, office.clock.now()) == 1
    assert office.state(number) == "unknown unclear"
