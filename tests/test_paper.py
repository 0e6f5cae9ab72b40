"""Sheets of paper: what is compulsory, one sheet for a blank sent twice, the second look."""

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from conversations.outcomes import WrongCode
from outreach import paper, privacy, record, statistics
from outreach.contributions import queue
from outreach.db import Database
from outreach.paper import Entered, Near, PaperRefused
from outreach.record import opendata, story
from outreach.tables import contribution
from outreach.tables import paper as sheets
from tests.conftest import Clock
from tests.contributing import LEA, MAX, SLUG, Desk
from tests.sheets import BENCHES, CONSENT, NORA, checked, entered, faults, slip, typed, use


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


# --- what is compulsory


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"consent": ""}, ("consent", "consent")),
        ({"collected_by": "  "}, ("collected_by", "missing")),
        ({"place": "\t"}, ("place", "missing")),
        ({"collected_on": None}, ("collected_on", "missing")),
        ({"collected_on": date(2027, 3, 16)}, ("collected_on", "date")),
        ({"collected_on": date(2007, 3, 14)}, ("collected_on", "date")),
        ({"text": " \n "}, ("text", "missing")),
        ({"text": "a" * 4001}, ("text", "too_long")),
        ({"place": "a" * 121}, ("place", "too_long")),
        ({"process": "nowhere"}, ("process", "process")),
        ({"question": "nowhere"}, ("question", "question")),
        ({"form": "short"}, ("form", "form")),
        ({"language": "<b>"}, ("language", "language")),
    ],
)
def test_a_sheet_without_what_is_compulsory_is_refused(desk: Desk, change: dict[str, Any], fault: tuple[str, str]) -> None:
    assert faults(desk, typed(**change)) == (fault,)
    assert desk.write(lambda session, _now: session.scalar(sa.select(sa.func.count()).select_from(contribution))) == 0


def test_a_sheet_has_its_number_its_question_and_the_exact_consent(desk: Desk, clock: Clock) -> None:
    ref = entered(desk, text="  Des   bancs \r\n\x07 et de l'ombre ", language="ar")
    row = desk.row(ref)
    assert (row.state, row.network, row.address_id, row.language, row.consent) == ("draft", "paper", None, "ar", CONSENT)
    assert row.asked_text == "De quoi avez-vous besoin pour y rester, sur la place du Marché ?"
    with desk.database.read() as session:
        sheet = paper.get(session, ref)
        assert sheet is not None
        assert (sheet.text, sheet.place, sheet.collected_by) == ("Des bancs\net de l'ombre", "Marché de Bellevue", "Maison de quartier")
        kept = paper.kept(session, clock.now(), LEA)
        assert kept is not None
        assert (kept.place, kept.collected_on, kept.collected_by, kept.language) == (
            "Marché de Bellevue",
            date(2027, 3, 14),
            "Maison de quartier",
            "ar",
        )
        assert paper.kept(session, clock.now(), MAX) is None
        assert paper.kept(session, clock.now() + timedelta(hours=13), LEA) is None


# --- one sheet


def test_the_same_blank_sent_twice_is_one_contribution(desk: Desk) -> None:
    one = typed()
    first, second = desk.write(paper.enter, LEA, one), desk.write(paper.enter, LEA, one)
    assert (first.again, second.again, first.ref) == (False, True, second.ref)
    desk.write(paper.check, first.ref, MAX, BENCHES)
    assert desk.write(paper.enter, LEA, one) == Entered(first.ref, again=True)


def test_two_presses_at_once_are_one_contribution(desk: Desk, clock: Clock) -> None:
    one, together, found = typed(), Barrier(2), []

    def press() -> None:
        together.wait(10)
        with desk.database.write() as session:
            found.append(paper.enter(session, clock.now(), LEA, one))

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    made = [one for one in found if isinstance(one, Entered)]
    assert sorted(one.again for one in made) == [False, True]
    assert len({one.ref for one in made}) == 1


def test_a_blank_that_came_back_with_another_text_is_not_lost_in_silence(desk: Desk) -> None:
    one = typed()
    desk.write(paper.enter, LEA, one)
    changed = typed(text="Une fontaine", form=one.form)
    assert faults(desk, changed) == (("form", "used"),)
    with pytest.raises(PaperRefused):
        desk.write(paper.enter, MAX, one)


def test_near_copies_are_told_before_they_are_entered(desk: Desk) -> None:
    ref = entered(desk)
    copy = BENCHES.replace("près", "pres").upper()
    near = desk.write(paper.enter, MAX, typed(text=copy))
    assert isinstance(near, Near)
    assert [one.ref for one in near.sheets] == [ref]
    assert "bancs" in near.sheets[0].quote
    assert isinstance(desk.write(paper.enter, MAX, typed(text="Une fontaine, comme avant")), Entered)
    assert isinstance(desk.write(paper.enter, MAX, typed(text=copy, anyway=True)), Entered)


# --- associations


def test_an_association_collects_in_its_own_name_and_sees_its_own_sheets_alone(desk: Desk) -> None:
    theirs = entered(desk, actor=MAX)
    mine = desk.write(paper.enter, NORA, typed(collected_by="La Ville"), "Le Relais")
    assert isinstance(mine, Entered)  # it looks like another's, of which nothing may be told
    with desk.database.read() as session:
        assert [sheet.ref for sheet in paper.listing(session, NORA)] == [mine.ref]
        sheet = paper.get(session, mine.ref, NORA)
        assert sheet is not None
        assert sheet.collected_by == "Le Relais"
        assert paper.get(session, theirs, NORA) is None


# --- the second look


def test_the_second_look_is_for_another_account(desk: Desk) -> None:
    ref = entered(desk)
    for verb, more in ((paper.check, (BENCHES,)), (paper.discard, ())):
        with pytest.raises(PaperRefused) as caught:
            desk.write(verb, ref, LEA, *more)
        assert caught.value.faults == (("ref", "four_eyes"),)
    with desk.database.read() as session:
        assert paper.waiting(session, LEA).count == 0
        assert paper.waiting(session, MAX).sheet == paper.get(session, ref)


def test_looked_at_twice_it_stands_in_the_queue_with_its_words_mended(desk: Desk, clock: Clock) -> None:
    ref = entered(desk, text="Des bans")
    clock.advance(days=9)  # no day 7 for paper
    desk.write(privacy.purge)
    desk.write(paper.check, ref, MAX, "Des bancs")
    with desk.database.read() as session:
        (item,) = queue.listing(session, clock.now(), "waiting").items
        assert (item.ref, item.text, item.late) == (ref, "Des bancs", False)
        assert "paper" in item.flags
        assert "ask_again" not in item.allowed  # nobody could be asked
    assert desk.path(ref) == ["received"]
    with pytest.raises(PaperRefused):
        desk.write(paper.check, ref, NORA, "Des bancs")


def test_a_sheet_that_is_only_to_be_read_is_never_published(desk: Desk) -> None:
    assert desk.row(checked(desk, publish=False)).state == "read_only"


def test_the_sheets_that_wait_come_one_by_one_and_can_be_left_for_later(desk: Desk) -> None:
    first, second = entered(desk), entered(desk, text="Une fontaine")
    copy = entered(desk, text=BENCHES + " !", anyway=True)
    with desk.database.read() as session:
        found = paper.waiting(session, MAX)
        assert (found.count, found.sheet and found.sheet.ref) == (3, first)
        assert [one.ref for one in found.alike] == [copy]
        after = paper.waiting(session, MAX, after=first).sheet
        assert after is not None
        assert after.ref == second
        last = paper.waiting(session, MAX, after=copy).sheet  # round again
        assert last is not None
        assert last.ref == first


def test_a_sheet_typed_twice_is_thrown_away_without_a_trace(desk: Desk) -> None:
    ref = entered(desk)
    code = slip(desk, ref)
    desk.write(paper.discard, ref, MAX)
    with desk.database.read() as session:
        assert session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one_or_none() is None
        assert session.execute(sa.select(sheets)).one_or_none() is None
    assert use(desk, ref, code) == WrongCode(ref)


def test_before_its_second_look_a_sheet_is_counted_nowhere_and_afterwards_once(desk: Desk, clock: Clock) -> None:
    ref = entered(desk)

    def counts() -> tuple[Any, ...]:
        with desk.database.read() as session:
            figures, public = statistics.figures(session, SLUG), story.process(session, SLUG)
            assert figures is not None
            assert public is not None
            assert queue.listing(session, clock.now(), "draft").items == ()
            listed = [item.ref for item in queue.listing(session, clock.now()).items]
            file = opendata.process_json(session, SLUG) or b""
            return (
                figures.received,
                public.received,
                statistics.overview(session).contributions,
                listed,
                b'"all":1' in file.replace(b" ", b""),
            )

    assert counts() == (0, 0, 0, [], False)
    desk.write(paper.check, ref, MAX, BENCHES)
    assert counts() == (1, 1, 1, [ref], True)
    desk.decide(ref, "accept")
    assert counts() == (1, 1, 1, [ref], True)
    with desk.database.read() as session:
        found = record.find(session, ref)
        assert found is not None
        assert found.text == BENCHES
