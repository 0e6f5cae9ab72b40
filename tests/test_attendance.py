"""The door of a workshop: marks of several phones in any order, each person once; who may see what people need."""

from datetime import datetime, timedelta
from itertools import permutations
from threading import Barrier, Thread

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach import attendance, audit, contacts, privacy
from outreach.attendance import Answer, Mark, NoWorkshop
from outreach.db import Database
from outreach.tables import attendance as marks_table
from outreach.tables import registration as registrations
from outreach.workshops import MOVES
from tests.conftest import Clock
from tests.meeting import REMOTE, City, meeting, phone

TUESDAY = "2027-05-11 18:30"
HOST = "staff:7"


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock, meeting("atelier-1", TUESDAY, 3), meeting("atelier-2", "2027-05-21 18:30", 30, remote=REMOTE))


def number(city: City, name: str = "atelier-1") -> int:
    return int(city.room(name).id)


def book(city: City) -> attendance.Room:
    with city.database.read() as session:
        found = attendance.room(session, number(city))
    assert found
    return found


def mark(city: City, *marks: Mark) -> Answer:
    with city.database.write() as session:
        return attendance.check_in(session, city.clock.now(), number(city), marks, HOST)


def evening(city: City, *answers: str) -> None:
    """These people sign up in March; it is the evening of the workshop."""
    for place, answer in enumerate(answers):
        city.say(phone(place), "ATELIER", "1", answer)
    city.until("2027-05-11 18:10")


def codes(city: City) -> list[str]:
    """The codes in the order of the people's numbers."""
    with city.database.read() as session:
        return list(session.scalars(sa.select(registrations.c.code).order_by(registrations.c.id)))


def test_who_came_is_counted_once_and_a_tick_is_taken_back(city: City) -> None:
    evening(city, "1", "à 2")
    first, second = codes(city)
    assert mark(city, Mark("phone-a-0001", code=first), Mark("phone-a-0002", code=second, people=2)).done == (
        "phone-a-0001",
        "phone-a-0002",
    )
    assert mark(city, Mark("phone-a-0001", code=first)).done == ("phone-a-0001",)  # the answer was lost: sent again
    assert mark(city, Mark("phone-b-0001", code=first)).refused == ()  # another host's phone
    assert (book(city).came, city.states()) == (3, {"attended": 2})
    city.clock.advance(seconds=5)
    mark(city, Mark("phone-b-0002", code=first, people=0))
    assert (book(city).came, city.states()) == (2, {"attended": 1, "confirmed": 1})


def test_walk_ins_are_counted_without_a_name_and_taken_back(city: City) -> None:
    evening(city, "1")
    mark(city, Mark("phone-a-0001"), Mark("phone-a-0002", people=3), Mark("phone-a-0002", people=3))
    assert (book(city).came, book(city).walk_ins) == (4, 4)
    mark(city, Mark("phone-a-0003", of="phone-a-0002"), Mark("phone-a-0003", of="phone-a-0002"))
    assert book(city).walk_ins == 1
    mark(city, Mark("phone-b-0002", of="phone-b-0001"))  # the taking back arrived first
    mark(city, Mark("phone-b-0001"))
    assert book(city).walk_ins == 1


def test_who_waits_was_offered_a_place_or_left_may_stand_at_the_door(city: City) -> None:
    evening(city, "à 3", "1", "1", "1")
    city.say(phone(3), "ANNULER")
    assert city.states() == {"confirmed": 1, "waiting": 2, "cancelled": 1}
    _first, second, _third, fourth = codes(city)
    mark(city, Mark("phone-a-0001", code=second), Mark("phone-a-0002", code=fourth))
    assert city.states() == {"confirmed": 1, "waiting": 1, "attended": 2}
    city.clock.advance(seconds=1)
    mark(city, Mark("phone-a-0003", code=second, people=0), Mark("phone-a-0004", code=fourth, people=0))
    assert city.states() == {"confirmed": 1, "waiting": 2, "cancelled": 1}  # each to where they came from
    assert [guest.rank for guest in book(city).guests if guest.state == "waiting"] == [1, 2]


def test_who_held_a_place_and_did_not_come_is_absent_until_a_late_mark_says_otherwise(city: City) -> None:
    evening(city, "1", "1")
    first, second = codes(city)
    with city.database.write() as session, pytest.raises(ValueError, match="not begun"):
        attendance.close(session, city.clock.now(), number(city), HOST)
    mark(city, Mark("phone-a-0001", code=first))
    city.until("2027-05-11 20:30")
    with city.database.write() as session:
        assert attendance.close(session, city.clock.now(), number(city), HOST) == 1
    assert city.states() == {"attended": 1, "absent": 1}
    mark(city, Mark("phone-b-0001", code=second, ago=5_400_000))  # a phone that had no network for an hour and a half
    assert city.states() == {"attended": 2}


def test_nobody_is_checked_in_before_the_day_nor_where_nothing_takes_place(city: City) -> None:
    city.say(phone(0), "ATELIER", "1", "1")
    (code,) = codes(city)
    assert mark(city, Mark("phone-a-0001", code=code)).refused[0].why == "early"
    city.put(meeting("atelier-1", TUESDAY, 3, status="cancelled"))
    city.until("2027-05-11 18:10")
    assert mark(city, Mark("phone-a-0001", code=code)).refused[0].why == "cancelled"
    with city.database.write() as session, pytest.raises(NoWorkshop):
        attendance.check_in(session, city.clock.now(), 12, [Mark("phone-a-0001")], HOST)


def test_what_can_not_be_read_is_refused_and_the_rest_is_kept(city: City) -> None:
    evening(city, "1")
    (code,) = codes(city)
    unknown = "1000" if code != "1000" else "1001"
    wrong = [Mark("short"), Mark("phone-a-0001", people=21), Mark("phone-a-0002", people=-1), Mark("phone-a-0003", code=unknown)]
    wrong += [Mark("phone-a-0004", of="no key!"), Mark("phone-a-0005", who="nobody")]
    answer = mark(city, *wrong, Mark("phone-a-0006", code=code))
    assert [one.why for one in answer.refused] == ["unreadable"] * 3 + ["unknown", "unreadable", "unknown"]
    assert answer.done == ("phone-a-0006",)
    assert book(city).came == 1


def test_the_latest_mark_stands_in_whatever_order_they_arrive(city: City) -> None:
    evening(city, "1")
    (code,) = codes(city)
    told = (("phone-a-0001", 2, 9000), ("phone-b-0001", 1, 6000), ("phone-a-0002", 0, 3000))
    for turn, order in enumerate(permutations(told)):
        city.clock.advance(minutes=1)
        for key, people, ago in order:
            mark(city, Mark(f"{key}-{turn}", code=code, people=people, ago=ago))
        assert (book(city).came, city.states()) == (0, {"confirmed": 1}), order


def test_a_slow_network_does_not_turn_round_what_one_phone_did(city: City) -> None:
    evening(city, "1")
    (code,) = codes(city)
    city.clock.advance(seconds=3)  # the tick was three seconds on its way
    mark(city, Mark("phone-a-0001", code=code))
    city.clock.advance(seconds=0.2)  # taken back one second after it, and sent when the first was answered
    mark(city, Mark("phone-a-0002", code=code, people=0, ago=2100))
    assert city.states() == {"confirmed": 1}
    city.clock.advance(seconds=5)
    mark(city, Mark("phone-a-0004", code=code, people=2, ago=4000))
    mark(city, Mark("phone-a-0003", code=code, people=0))  # another tab of the same phone brings the mark before it
    assert (book(city).came, city.states()) == (2, {"attended": 1})


def test_two_phones_that_send_at_the_same_moment_count_everybody_once(database: Database, clock: Clock) -> None:
    city = City(database, clock, meeting("atelier-1", TUESDAY, 30))
    for place in range(30):
        city.say(phone(place), "ATELIER", "1")
    city.until("2027-05-11 18:10")
    known, together, trouble = codes(city), Barrier(2), list[BaseException]()

    def side(device: str, those: list[str]) -> None:
        other = Database(database.url.render_as_string(hide_password=False), database.house)
        try:
            together.wait()
            for start in range(0, len(those), 4):
                sent = [Mark(f"phone-{device}-{start + place:04d}", code=code) for place, code in enumerate(those[start : start + 4])]
                with other.write() as session:
                    attendance.check_in(session, clock.now(), number(city), [*sent, Mark(f"phone-{device}-w{start:04d}")], HOST)
        except BaseException as error:  # noqa: BLE001 - shown by the main thread
            trouble.append(error)
        finally:
            other.close()

    threads = [Thread(target=side, args=side_) for side_ in (("a", known[:20]), ("b", known[10:]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not trouble
    assert (city.states(), book(city).came, book(city).walk_ins) == ({"attended": 30}, 40, 10)


def test_each_move_names_the_host_and_no_person(city: City) -> None:
    evening(city, "1")
    (code,) = codes(city)
    mark(city, Mark("phone-a-0001", code=code), Mark("phone-a-0002", people=2))
    city.clock.advance(seconds=1)
    mark(city, Mark("phone-a-0003", code=code, people=4), Mark("phone-b-0001", code=code, people=4))
    with city.database.read() as session:
        lines = audit.search(session, actor=HOST).items
    assert sorted((line.action, line.detail.get("after", ""), line.detail["count"]) for line in lines) == [
        ("registration.counted", "", 4),
        ("registration.moved", "attended", 1),
        ("workshop.walk_in", "", 2),
    ]


def test_counts_stay_when_the_people_are_gone(city: City) -> None:
    evening(city, "1", "à 2")
    first, second = codes(city)
    mark(city, Mark("phone-a-0001", code=first), Mark("phone-a-0002", code=second, people=2), Mark("phone-a-0003"))
    city.clock.advance(seconds=2)
    mark(city, Mark("phone-b-0001", code=second, people=1))
    with city.database.write() as session:
        found = contacts.find(session, "sms", phone(0))
        assert found
        privacy.forget(session, city.clock.now(), found.address_id)
    assert (book(city).came, len(book(city).guests)) == (3, 1)
    city.until("2027-08-20 12:00")
    with city.database.write() as session:
        privacy.purge(session, city.clock.now())
        assert session.scalar(sa.select(sa.func.count()).select_from(registrations)) == 0
    assert (book(city).came, book(city).guests) == (3, ())


def test_what_people_need_is_shown_as_services_and_each_look_is_written_down(city: City) -> None:
    city.say(phone(0), "ATELIER", "1", "1")
    city.say(phone(0), "BESOIN", "je suis en fauteuil et il faut garder mes enfants", "1")
    assert [guest.asks for guest in book(city).guests] == [True]
    with city.database.write() as session:
        (shown,) = attendance.needs(session, city.clock.now(), number(city), HOST)
        attendance.needs(session, city.clock.now(), number(city), "staff:8")
    assert shown.services == ("ramp", "childcare")
    assert shown.code == codes(city)[0]
    with city.database.read() as session:
        lines = audit.search(session, action="registration.needs_seen").items
    assert [line.actor for line in lines] == ["staff:8", HOST]


def test_who_closed_the_channel_is_without_news(city: City) -> None:
    evening(city, "1", "1")
    with city.database.write() as session:
        found = contacts.find(session, "sms", phone(1))
        assert found
        contacts.block(session, found.address_id, city.clock.now())
    assert [guest.silent for guest in sorted(book(city).guests, key=lambda guest: codes(city).index(guest.code))] == [False, True]


def test_the_list_names_each_workshop_with_its_figures(city: City) -> None:
    evening(city, "à 3", "à 2")
    with city.database.read() as session:
        first, second = attendance.listing(session, city.clock.now())
    assert (first.title["fr"], first.taken, first.waiting, first.came) == ("Atelier des usages", 3, 2, 0)
    assert second.starts_at > first.starts_at
    city.until("2027-05-12 08:00")
    with city.database.read() as session:
        assert [one.id for one in attendance.listing(session, city.clock.now())] == [second.id, first.id]


def test_every_state_is_reached_and_left_as_the_table_says() -> None:
    assert {"attended"} <= MOVES["offered"] & MOVES["waiting"] & MOVES["confirmed"] & MOVES["absent"] & MOVES["cancelled"]
    assert MOVES["attended"] == {"confirmed", "waiting", "cancelled", "absent"}


Step = tuple[int, str, int, int]
"""Which phone, what its host does, to whom, how many."""
_STEP = st.tuples(
    st.integers(0, 2), st.sampled_from(["tick", "undo", "walk", "back", "send", "again"]), st.integers(0, 3), st.integers(1, 4)
)


def test_marks_of_several_phones_in_any_order_count_everybody_once(city: City) -> None:
    """What three phones did, synced at any moments and twice over, is what one notebook that saw every hand would say."""
    evening(city, "1", "à 2", "1", "1")  # three seats are held, two people wait
    with city.database.read() as session:
        before = [dict(row._mapping) for row in session.execute(sa.select(registrations))]

    @settings(max_examples=80, deadline=None)
    @given(st.lists(_STEP, max_size=40), st.permutations([0, 1, 2]))
    def try_(steps: list[Step], last: list[int]) -> None:
        with city.database.write() as session:
            session.execute(sa.delete(marks_table))
            for row in before:
                session.execute(sa.update(registrations).where(registrations.c.id == row["id"]).values(row))
        _three_phones(city, steps, last)

    try_()


def _three_phones(city: City, steps: list[Step], last: list[int]) -> None:
    known = codes(city)
    queues: list[list[tuple[Mark, datetime]]] = [[], [], []]
    walks: list[list[str]] = [[], [], []]
    here: dict[str, int] = {}
    alone: dict[str, int] = {}

    def send(device: int) -> None:
        now = city.clock.now()
        batch = [msgspec.structs.replace(one, ago=(now - at) // timedelta(milliseconds=1)) for one, at in queues[device]]
        assert mark(city, *batch).refused == ()

    for count, (device, what, guest, people) in enumerate(steps):
        now = city.clock.advance(seconds=1)
        key = f"phone{device}-{count:06d}"
        if what in {"tick", "undo"}:
            here[known[guest]] = people if what == "tick" else 0
            queues[device].append((Mark(key, code=known[guest], people=here[known[guest]]), now))
        elif what == "walk":
            alone[key] = people
            walks[device].append(key)
            queues[device].append((Mark(key, people=people), now))
        elif what == "back" and walks[device]:
            undone = walks[device].pop()
            del alone[undone]
            queues[device].append((Mark(key, of=undone), now))
        elif what in {"send", "again"}:
            send(device)
            if what == "send":  # the answer arrived too
                queues[device].clear()
    for device in last:
        send(device)
        send(device)
    room = book(city)
    present = {code: many for code, many in here.items() if many}
    assert {one.code: one.people for one in room.guests if one.people} == present
    assert {one.code for one in room.guests if one.state == "attended"} == set(present)
    assert (room.walk_ins, room.came) == (sum(alone.values()), sum(alone.values()) + sum(present.values()))
    left = {one.code: one.state for one in room.guests if one.state != "attended"}
    first = {code: state for code, state in zip(known, ["confirmed", "confirmed", "waiting", "waiting"], strict=True) if code in left}
    assert left == first
