"""Processes and workshops of another platform become ours and stay in step; what is ours stays ours, what people hold is kept."""

from datetime import date, datetime, timedelta

import msgspec
import pytest

from conversations.effects import SignUp
from outreach import documents, invented, mirrors, processes, workshops
from outreach.db import Database
from outreach.mirrors import Followed, TheirPhase, TheirProcess, TheirWorkshop
from outreach.workshops import Wish
from tests.conftest import Clock
from tests.contributing import person

SLUG = "place-du-marche"


def theirs(title: str = "La place du Marché, ensemble", *phases: TheirPhase) -> TheirProcess:
    return TheirProcess("5", "Place_Du_Marche", {"fr": title}, {"fr": "La place change."}, phases)


def meeting(id_: str, starts: datetime, *, place: str = "Maison de quartier", cancelled: bool = False) -> TheirWorkshop:
    return TheirWorkshop(id_, {"fr": "Atelier"}, starts, starts + timedelta(hours=2), place, cancelled=cancelled)


def follow(database: Database, clock: Clock, process: TheirProcess, *meetings: TheirWorkshop, slug: str = "") -> Followed:
    with database.write() as session:
        return mirrors.follow(session, clock.now(), [(process, meetings)], slug=slug)


def document(database: Database, slug: str = SLUG) -> documents.ProcessDocument:
    with database.read() as session:
        view = processes.get(session, slug)
    assert view is not None
    return view.document


def ours(database: Database, clock: Clock) -> documents.ProcessDocument:
    made = documents.parse(invented.market_square(clock.now().date()).encode(), yaml=True)
    with database.write() as session:
        processes.put(session, clock.now(), made, "command")
        processes.open(session, clock.now(), SLUG, "command")
    return made


def test_what_is_ours_stays_ours_and_nothing_changes_twice(database: Database, clock: Clock) -> None:
    before = ours(database, clock)
    starts = clock.now() + timedelta(days=9)
    assert follow(database, clock, theirs(), meeting("31", starts)) == Followed((SLUG,), ())
    assert follow(database, clock, theirs(), meeting("31", starts)) == Followed((), ())
    after = document(database)
    assert after.title == {"fr": "La place du Marché, ensemble"}
    for part in ("mandate", "questions", "entry_points", "sms_name", "phases", "lead"):
        assert getattr(after, part) == getattr(before, part), part
    assert {one.id for one in after.workshops} == {*(one.id for one in before.workshops), "m-31"}


def test_a_meeting_that_people_signed_up_for_moves_and_is_cancelled_never_lost(database: Database, clock: Clock) -> None:
    ours(database, clock)
    starts = clock.now() + timedelta(days=9)
    follow(database, clock, theirs(), meeting("31", starts))
    with database.write() as session:
        guest = person(session, clock.now())
        workshops.act(session, [Wish(guest, SignUp(f"{SLUG}/m-31", 1))], clock.now())
    follow(database, clock, theirs(), meeting("31", starts + timedelta(days=1), place="Salle des fêtes"))
    found = next(one for one in document(database).workshops if one.id == "m-31")
    assert (found.starts_at, found.place, found.place_sms) == (starts + timedelta(days=1), "Salle des fêtes", "Salle des fetes")
    assert follow(database, clock, theirs()).troubles == ()
    assert next(one.status for one in document(database).workshops if one.id == "m-31") == "cancelled"


def test_a_short_name_that_staff_wrote_is_kept(database: Database, clock: Clock) -> None:
    ours(database, clock)
    starts = clock.now() + timedelta(days=9)
    follow(database, clock, theirs(), meeting("31", starts))
    known = document(database)
    written = [msgspec.structs.replace(one, sms_name="atelier bancs") if one.id == "m-31" else one for one in known.workshops]
    with database.write() as session:
        processes.put(session, clock.now(), msgspec.structs.replace(known, workshops=tuple(written)), "staff:1")
    follow(database, clock, theirs("Un autre titre"), meeting("31", starts))
    assert next(one.sms_name for one in document(database).workshops if one.id == "m-31") == "atelier bancs"


def test_a_process_that_can_not_follow_is_told_and_holds_no_other(database: Database, clock: Clock) -> None:
    ours(database, clock)
    with database.write() as session:
        processes.close(session, clock.now(), SLUG, "command")
        other = TheirProcess("6", "velo", {"fr": "À vélo"}, {}, (TheirPhase("etape-1", "On écoute", date(2027, 4, 1), date(2027, 5, 1)),))
        untitled = TheirProcess("7", "sans-titre", {}, {})
        followed = mirrors.follow(session, clock.now(), [(theirs(), ()), (untitled, ()), (other, ())])
    assert followed.changed == ("velo",)
    assert [trouble.partition(":")[0] for trouble in followed.troubles] == [SLUG, "sans-titre"]
    assert document(database, "velo").phases[0].title == "On écoute"


@pytest.mark.parametrize("slug", ["notre-place"])
def test_a_platform_of_one_process_follows_under_our_name(database: Database, clock: Clock, slug: str) -> None:
    assert follow(database, clock, theirs(), slug=slug).changed == (slug,)
    assert document(database, slug).slug == slug
