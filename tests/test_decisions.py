"""What a moderator decides, when it takes effect, and what it never lets through."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import count, pairwise
from time import process_time
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from conversations.effects import Forget, Revise, Withdraw
from conversations.notices import Answered, AskedAgain, Published, Refused
from conversations.outcomes import Revised, Submitted
from conversations.reasons import reasons_for
from outreach import contributions
from outreach.contributions import MOVES, appeals, decisions, intake, items, queue
from outreach.contributions.decisions import Decision, DecisionRefused
from outreach.contributions.queue import ClaimedByOther, NoItem
from outreach.contributions.redaction import Rewritten, hide, parts_of, personal
from outreach.db import Database
from outreach.house import House
from outreach.record.cursors import write_numbers
from outreach.tables import audit, contribution, decision, entry, leaf
from outreach.tables import move as moves
from outreach.tables.base import micros
from tests import contributing
from tests.conftest import Clock
from tests.contributing import AT_ONCE, LEA, MAX, SLUG, Desk, open_process, person, phone, submission


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def test_an_accepted_contribution_is_published_and_its_author_is_told_once(desk: Desk) -> None:
    ref = desk.receive(card="d1")
    decided = desk.decide(ref, "accept")
    assert (decided.ref, decided.state, decided.effective_at) == (ref, "accepted", desk.clock.now())
    assert desk.path(ref) == ["received", "accepted", "published"]
    assert desk.told() == [Published(ref, read_on=date(2027, 5, 4), promised_on=date(2027, 6, 30), card="d1")]
    assert desk.write(decisions.apply_due) == 0
    assert desk.told() == []


def test_a_desk_decision_takes_effect_after_the_undo_window_and_not_before(desk: Desk, house: House) -> None:
    ref = desk.receive()
    decided = desk.write(decisions.decide, ref, LEA, Decision("refuse", reason="R4"))
    assert decided.effective_at == desk.clock.now() + house.undo
    desk.clock.advance(seconds=9)
    assert desk.write(decisions.apply_due) == 0
    assert (desk.row(ref).state, desk.told()) == ("received", [])
    desk.clock.advance(seconds=1)
    assert desk.write(decisions.apply_due) == 1
    assert desk.row(ref).state == "refused"
    assert [type(one) for one in desk.told()] == [Refused]


def test_undone_in_time_nothing_moved_and_another_may_decide(desk: Desk) -> None:
    ref = desk.receive()
    desk.decide(ref, "refuse", delay=timedelta(seconds=10), reason="R4")
    with pytest.raises(DecisionRefused, match="only who decided"):
        desk.write(decisions.undo, ref, MAX)
    desk.write(decisions.undo, ref, LEA)
    desk.clock.advance(seconds=20)
    assert desk.write(decisions.apply_due) == 0
    assert desk.path(ref) == ["received"]
    desk.decide(ref, "accept", MAX)
    assert desk.row(ref).state == "published"


def test_what_is_in_effect_can_not_be_taken_back(desk: Desk) -> None:
    ref = desk.receive()
    desk.decide(ref, "accept", delay=timedelta(seconds=10))
    desk.clock.advance(seconds=10)
    with pytest.raises(DecisionRefused, match="in effect"):
        desk.write(decisions.undo, ref, LEA)


def test_of_two_decisions_on_one_item_the_later_is_refused(desk: Desk) -> None:
    ref = desk.receive()
    desk.decide(ref, "accept", delay=timedelta(seconds=10))
    with pytest.raises(ClaimedByOther):
        desk.decide(ref, "refuse", MAX, reason="R4")
    assert desk.refused(ref, "refuse", LEA, reason="R4").code == "decided"
    desk.clock.advance(seconds=10)
    desk.write(decisions.apply_due)
    again = desk.refused(ref, "refuse", MAX, reason="R4")
    assert (again.kind, again.code) == ("conflict", "not_allowed")


def test_who_holds_the_claim_decides(desk: Desk) -> None:
    ref = desk.receive()
    desk.write(queue.claim, ref, LEA)
    with pytest.raises(ClaimedByOther):
        desk.decide(ref, "accept", MAX)
    desk.clock.advance(minutes=10)
    desk.decide(ref, "accept", MAX)


def test_a_refusal_tells_its_seven_parts(desk: Desk) -> None:
    ref = desk.receive("Il manque des bancs et monsieur Untel le sait bien depuis longtemps", card="d7")
    desk.decide(ref, "refuse", reason="R4", fact="il cite M. U.")
    expected = Refused(ref, date(2027, 3, 15), "Il manque des bancs et monsieur...", "R4", "il cite M. U.", date(2027, 9, 15), "d7")
    assert desk.told() == [expected]


def test_a_refusal_needs_a_reason_that_goes_with_it(desk: Desk) -> None:
    ref = desk.receive()
    for reason in ("", "R99", "R6"):
        refused = desk.refused(ref, "refuse", reason=reason)
        assert (refused.kind, refused.field) == ("invalid", "reason")
        assert all(code in refused.message for code in reasons_for("refuse"))
    assert desk.row(ref).state == "received"


def test_under_15_the_text_goes_with_the_refusal(desk: Desk) -> None:
    ref = desk.receive("jveux un skatepark")
    desk.decide(ref, "refuse", reason="R12")
    assert (desk.row(ref).state, desk.row(ref).sealed) == ("refused", None)


def test_hidden_words_are_shown_as_hidden(desk: Desk) -> None:
    ref = desk.receive("Des bancs, appelez Jean Dupont au 06 12 34 56 78 svp")
    desk.decide(ref, "redact", reason="R4", fact="un nom", text="Des bancs, appelez […] svp")
    assert desk.path(ref) == ["received", "redacted", "published"]
    assert desk.row(ref).public_text == "Des bancs, appelez […] svp"
    assert desk.told() == [Published(ref, date(2027, 5, 4), date(2027, 6, 30), "R4", "un nom", date(2027, 9, 15))]
    with desk.database.read() as session:
        assert session.execute(sa.select(entry.c.redacted)).scalar_one() is True


def test_what_can_not_be_published_is_not(desk: Desk) -> None:
    original = "Des bancs, appelez Jean au 06 12 34 56 78 ou jean@exemple.fr"
    ref = desk.receive(original)
    for text, code in (
        ("Des bancs, appelez […] au 06 12 34 56 78 ou jean@exemple.fr", "personal_data_left"),
        ("Des bancs, appelez […] ou jean@exemple.fr", "personal_data_left"),
        ("Deux bancs, appelez […]", "rewritten"),
        ("[…]", "rewritten"),
        ("", "missing"),
        (original, "rewritten"),
    ):
        refused = desk.refused(ref, "redact", reason="R4", text=text)
        assert (refused.kind, refused.code, refused.field) == ("invalid", code, "text"), text
        assert "06 12" not in str(refused)
    assert desk.refused(ref, "accept").code == "personal_data_left"
    assert desk.path(ref) == ["received"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("06 12 34 56 78", ["phone"]),
        ("au 06.12.34.56.78, merci", ["phone"]),
        ("06/12/34/56/78", ["phone"]),
        ("0612345678", ["phone"]),
        ("+33 (0)6 12 34 56 78", ["phone"]),
        ("0033 6 12 34 56 78", ["phone"]),
        ("٠٦ ١٢ ٣٤ ٥٦ ٧٨", ["phone"]),
        ("06\u200b12\u200b34\u200b56\u200b78", ["phone"]),
        ("+44 20 7946 0958", ["phone"]),
        ("jean.dupont@exemple.fr", ["email"]),
        ("jean (at) exemple.fr et 02 40 41 90 00", ["email", "phone"]),
        ("avis 4821 0736", []),
        ("24 arbres avant mars 2028, 1 200 000 euros", []),
        ("le 01/02/2027 10 h 30", []),
        ("le 3949, le 112 ou le 114", []),
        ("@mairie répond", []),
    ],
)
def test_numbers_and_addresses_are_found(text: str, kinds: list[str]) -> None:
    assert sorted({one.kind for one in personal(text)}) == kinds


@pytest.mark.parametrize("text", ["a" * 40_000, "0" * 40_000, "a." * 20_000, "1 " * 20_000, "a@" * 20_000, "0 " * 20_000])
def test_nobody_keeps_the_moderators_waiting_with_a_long_text(text: str) -> None:
    """Ten messages of 4,096 letters are one contribution, and the queue looks into each; tried letter by letter it took 20 seconds."""
    before = process_time()
    personal(text)
    assert process_time() - before < 2


@pytest.mark.parametrize(
    ("public", "shown"),
    [
        ("Des bancs [...] svp", "Des bancs […] svp"),
        ("Des bancs [ … ] svp", "Des bancs […] svp"),
        ("Des bancs svp", "Des bancs […] svp"),
        ("[…] appelez Jean svp", "[…] appelez Jean svp"),
        ("bancs svp", "[…] bancs […] svp"),
        ("Des bancs", "Des bancs […]"),
        ("Des […], appelez J[…] svp", "Des […], appelez J[…] svp"),
    ],
)
def test_leaving_words_out_marks_their_place(public: str, shown: str) -> None:
    original = "Des bancs, appelez Jean svp" if "," in public or "appelez" in public else "Des bancs appelez Jean svp"
    assert hide(original, public) == shown


@given(st.text(alphabet="ab \n", min_size=1), st.text(alphabet="ab \n"))
def test_hiding_never_adds_a_word(original: str, public: str) -> None:
    try:
        shown = hide(original, public)
    except Rewritten:
        return
    kept = "".join(shown.replace("[…]", "").split())
    letters = iter("".join(original.split()))
    assert all(letter in letters for letter in kept)
    assert "[…]" in shown


def test_a_text_only_to_be_read_is_read_and_never_published(desk: Desk) -> None:
    ref = desk.receive("Mon numéro est le 06 12 34 56 78", publish=False)
    assert desk.refused(ref, "redact", reason="R4", text="Mon numéro est le […]").code == "not_allowed"
    assert desk.decide(ref, "accept").state == "read_only"
    desk.write(decisions.apply_due)
    assert (desk.path(ref), desk.told()) == (["read_only"], [])
    with desk.database.read() as session:
        assert session.execute(sa.select(entry.c.ref)).all() == []
        assert queue.listing(session, desk.clock.now(), queue.WAITING).items == ()
        assert queue.get(session, desk.clock.now(), ref).allowed == ()
    assert desk.refused(ref, "accept").code == "not_allowed"


def test_a_question_is_answered(desk: Desk) -> None:
    ref = desk.receive("À quelle heure ouvre la mairie ?")
    assert desk.refused(ref, "answer", text=" ").code == "missing"
    desk.decide(ref, "answer", text="À 8 h 30.")
    assert desk.row(ref).state == "answered"
    assert desk.told() == [Answered(ref, "À 8 h 30.")]


def test_its_author_is_asked_again_once_and_the_new_text_comes_back(desk: Desk, house: House) -> None:
    ref = desk.receive("oui la 2")
    desk.decide(ref, "ask_again", reason="R7", text="La deuxième de quoi ?")
    assert desk.told() == [AskedAgain(ref, "oui la 2", "La deuxième de quoi ?")]
    desk.clock.advance(days=1)
    with desk.database.write() as session:
        answer = Revise("", "La deuxième rangée de bancs", ref)
        assert intake.revise(session, desk.citizen, answer, desk.clock.now()) == Revised(ref)
    row = desk.row(ref)
    assert (row.state, row.opened_at) == ("received", None)
    assert house.keys.open("contribution", row.id, row.sealed).decode() == "La deuxième rangée de bancs"
    assert desk.refused(ref, "ask_again").code == "asked_once"
    desk.decide(ref, "accept")
    assert desk.row(ref).public_text == "La deuxième rangée de bancs"


def test_a_copy_is_grouped_and_each_author_is_told(desk: Desk) -> None:
    first, second, third = desk.receive(), desk.receive(), desk.receive()
    assert desk.refused(second, "group", with_=first).code == "no_group"  # nobody has accepted it yet
    desk.decide(first, "accept")
    assert desk.refused(second, "group", with_=second).code == "no_group"
    assert desk.refused(second, "group").code == "missing"
    desk.decide(second, "group", reason="R6", with_=f"{first[:4]} {first[4:]}")
    desk.decide(third, "group", with_=second)
    assert desk.path(third) == ["received", "grouped", "published"]
    assert [type(one) for one in desk.told()] == [Published] * 3
    with desk.database.read() as session:
        rows = session.execute(sa.select(entry.c.ref, entry.c.grouped_with, entry.c.copies)).all()
    assert {row.ref: (row.grouped_with, row.copies) for row in rows} == {first: ("", 2), second: (first, 0), third: (first, 0)}


def test_a_contribution_is_moved_to_another_question_or_process(desk: Desk) -> None:
    with desk.database.write() as session:
        open_process(session, desk.clock.now(), "plan-velo")
    ref = desk.receive()
    assert desk.refused(ref, "move", with_="nulle-part").code == "no_target"
    assert desk.refused(ref, "move", with_="besoins").code == "no_target"  # it is there
    desk.decide(ref, "move", reason="R1", with_="nuit")
    assert (desk.path(ref), desk.row(ref).question) == (["received", "moved", "received"], "nuit")
    desk.decide(ref, "move", with_="plan-velo")
    with desk.database.read() as session:
        item = queue.get(session, desk.clock.now(), ref)
    assert (item.process, item.question, item.asked_text) == ("plan-velo", "besoins", "de quoi avez-vous besoin pour y rester ?")
    assert desk.told() == []


def test_a_text_is_cut_in_parts_without_losing_a_word(desk: Desk) -> None:
    ref = desk.receive("Des bancs. Et quand ouvre la mairie ?")
    for text in ("Des bancs.", "Des bancs.\n---\nEt la mairie ?", "---", "Des bancs. Et quand\n---\n\n---\nouvre la mairie ?"):
        assert desk.refused(ref, "split", text=text).code == "not_the_text"
    desk.decide(ref, "split", text="Des bancs.\n---\nEt quand ouvre la mairie ?\n")
    assert desk.row(ref).state == "split"
    with desk.database.read() as session:
        page = queue.listing(session, desk.clock.now(), queue.WAITING)
        mine = contributions.of_addresses(session, [desk.citizen])[desk.citizen]
    assert sorted(one.text for one in page.items) == ["Des bancs.", "Et quand ouvre la mairie ?"]
    assert {one.state for one in mine} == {"split", "received"}
    assert desk.path(page.items[0].ref) == ["received"]


def test_parts_are_cut_by_lines_of_dashes() -> None:
    assert parts_of("a b c", "a\n----\nb c") == ("a", "b c")
    assert parts_of("a b c", "a -- b\n---\nc") == ()


def test_an_unknown_reference_or_decision_is_refused(desk: Desk) -> None:
    assert desk.refused("00000000", "accept").kind == "unknown"
    assert desk.refused(desk.receive(), "publish").code == "unknown_decision"


def test_the_fact_told_to_the_author_is_short_and_holds_no_number(desk: Desk) -> None:
    ref = desk.receive()
    for fact, code in (("x" * 43, "too_long"), ("appelle le 06 12 34 56 78", "personal_data_left")):
        assert desk.refused(ref, "refuse", reason="R4", fact=fact).code == code


def test_a_decision_whose_contribution_was_withdrawn_meanwhile_is_dropped(desk: Desk) -> None:
    ref = desk.receive()
    desk.decide(ref, "refuse", delay=timedelta(seconds=10), reason="R4")
    with desk.database.write() as session:
        intake.withdraw(session, desk.citizen, Withdraw(ref), desk.clock.now())
    desk.clock.advance(seconds=10)
    assert desk.write(decisions.apply_due) == 0
    assert (desk.path(ref), desk.told()) == (["received", "withdrawn"], [])


def test_one_decision_that_can_not_follow_does_not_hold_the_others(desk: Desk) -> None:
    leader, copy, other = desk.receive(), desk.receive(), desk.receive()
    desk.decide(leader, "accept")
    desk.decide(copy, "group", delay=timedelta(seconds=5), with_=leader)
    desk.decide(other, "accept", delay=timedelta(seconds=6))
    with desk.database.write() as session:
        intake.withdraw(session, desk.citizen, Withdraw(leader), desk.clock.now())
    desk.clock.advance(seconds=10)
    desk.write(decisions.apply_due)
    assert (desk.row(copy).state, desk.row(other).state) == ("received", "published")
    desk.decide(copy, "accept")


def test_every_decision_and_its_undoing_is_audited_without_a_word(desk: Desk) -> None:
    ref = desk.receive("Des bancs pour Jean")
    desk.decide(ref, "refuse", delay=timedelta(seconds=10), reason="R4", note="Jean encore")
    desk.write(decisions.undo, ref, LEA)
    desk.decide(ref, "redact", reason="R4", text="Des bancs pour […]")
    with desk.database.read() as session:
        lines = session.execute(sa.select(audit).order_by(audit.c.id)).all()
        sealed = session.execute(sa.select(decision.c.sealed).where(decision.c.sealed.is_not(None))).scalars().all()
    assert [(line.actor, line.action) for line in lines if line.action != "contribution.received"] == [
        (LEA, "contribution.decided"),
        (LEA, "contribution.undone"),
        (LEA, "contribution.decided"),
        (LEA, "contribution.redacted"),
        ("clock", "contribution.published"),
    ]
    told = repr([tuple(line) for line in lines])
    assert "Jean" not in told
    assert ref not in told
    assert not any(b"Jean" in one for one in sealed)


def test_the_queue_shows_an_item_without_its_person(desk: Desk) -> None:
    ref = desk.receive("Appelez le 06 12 34 56 78")
    item = desk.write(queue.claim, ref, LEA)
    assert (item.text, item.pseudonym, item.process_name) == ("Appelez le 06 12 34 56 78", "Loire-2F7K", "place du Marché")
    assert (item.flags, item.claimed_by, item.late) == (("phone",), LEA, False)
    fields = set(item.__struct_fields__)
    assert not fields & {"address_id", "network", "age", "entry", "card", "sources", "consent"}
    with desk.database.read() as session:
        lines = session.execute(sa.select(audit.c.actor, audit.c.action).where(audit.c.action == "contribution.opened")).all()
    assert [tuple(line) for line in lines] == [(LEA, "contribution.opened")]
    with desk.database.write() as session:
        session.execute(sa.update(contribution).values(sources='["5"]'))
        assert not isinstance(intake.revise(session, desk.citizen, Revise("5", "autre"), desk.clock.now()), Revised)


def test_a_claim_lasts_ten_minutes_and_activity_renews_it(desk: Desk) -> None:
    ref = desk.receive()
    desk.write(queue.claim, ref, LEA)
    desk.clock.advance(minutes=9)
    desk.write(queue.get, ref, LEA)
    desk.clock.advance(minutes=9)
    with pytest.raises(ClaimedByOther):
        desk.write(queue.claim, ref, MAX)
    desk.clock.advance(minutes=1)
    assert desk.write(queue.claim, ref, MAX).claimed_by == MAX
    with desk.database.write() as session:
        queue.release(session, ref, LEA)  # not theirs any more
    with pytest.raises(ClaimedByOther):
        desk.write(queue.claim, ref, LEA)
    with desk.database.write() as session:
        queue.release(session, ref, MAX)
    assert desk.write(queue.claim, ref, LEA).claimed_by == LEA


def test_two_moderators_never_read_the_same_item(desk: Desk) -> None:
    refs = [desk.receive(f"avis {n}") for n in range(4)]
    seen = [desk.write(queue.claim_next, actor).ref for actor in (LEA, MAX, LEA)]
    assert seen == [refs[0], refs[1], refs[0]]  # one's own comes first until it is decided or left
    assert desk.write(queue.claim_next, LEA, None, (refs[0],)).ref == refs[2]
    desk.decide(refs[0], "accept", delay=timedelta(seconds=10))
    assert desk.write(queue.claim_next, MAX, None, (refs[1],)).ref == refs[3]
    with pytest.raises(NoItem):
        desk.write(queue.claim, "00000000", LEA)


def test_the_next_one_is_found_beyond_what_is_closed_without_reading_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    make = items.make

    def watched(session: Session, rows: Any, *given: Any, **more: Any) -> Any:
        opened.extend(row.id for row in rows)
        return make(session, rows, *given, **more)

    monkeypatch.setattr(queue, "LOOKED_AT", 2)
    monkeypatch.setattr(items, "make", watched)
    refs = [desk.receive(f"avis {number}") for number in range(5)]
    for ref in refs[:3]:
        desk.decide(ref, "accept", delay=timedelta(seconds=10))
    assert desk.write(queue.claim_next, MAX, None, (refs[3],)).ref == refs[4]
    assert len(opened) == 1
    assert desk.write(queue.claim_next, LEA, "no-such-process") is None


def test_the_queue_pages_by_key_in_its_order(desk: Desk) -> None:
    refs = []
    for n in range(23):
        if n % 5 == 0:
            desk.clock.advance(days=1)
        refs.append(desk.receive(f"avis {n}", publish=n % 4 != 0) if n < 20 else None)
    urgent = [one for one in refs if one is not None][7]
    with desk.database.write() as session:
        session.execute(sa.update(contribution).where(contribution.c.ref == urgent).values(urgent=5))
    everything = [one for one in refs if one is not None]
    to_publish = [one for n, one in enumerate(everything) if n % 4 != 0]
    to_read = [one for n, one in enumerate(everything) if n % 4 == 0]
    waiting = [urgent, *(one for one in to_publish if one != urgent), *to_read]
    for state, expected in ((None, everything), (queue.WAITING, waiting), ("read_only", to_read), ("refused", [])):
        for limit in (1, 3, 50):
            found: list[str] = []
            cursor = None
            with desk.database.read() as session:
                while True:
                    page = queue.listing(session, desk.clock.now(), state, SLUG, cursor, limit)
                    found += [one.ref for one in page.items]
                    assert len(page.items) <= limit
                    cursor = page.next
                    if cursor is None:
                        break
            assert found == expected, (state, limit)


def test_the_queue_refuses_what_it_does_not_know(desk: Desk) -> None:
    with desk.database.read() as session:
        assert queue.listing(session, desk.clock.now(), process="nulle-part").items == ()
        for state, cursor in (("lost", None), (None, "x"), (None, "é"), (None, "MDow"), ("received", "MDowOjk5OTk5OTk5OTk5OTk5OTk5OTk6MQ")):
            with pytest.raises(ValueError, match="none of"):
                queue.listing(session, desk.clock.now(), state, cursor=cursor)


def test_the_counts_of_the_desk(desk: Desk) -> None:
    for n in range(3):
        desk.receive(f"avis {n}")
    desk.receive(publish=False)
    with desk.database.read() as session:
        assert queue.counts(session, desk.clock.now()) == queue.Counts(0, 3, 1, 0)
        assert queue.counts(session, desk.clock.advance(days=3)) == queue.Counts(0, 3, 1, 3)


def test_a_page_of_the_queue_asks_as_much_however_long_the_queue(desk: Desk) -> None:
    with desk.database.write() as session:
        for _round in range(3):
            people = [person(session, desk.clock.now(), phone()) for _ in range(40)]
            intake.submit(session, [submission(who) for who in people for _ in range(5)], desk.clock.advance(minutes=1))
    asked: list[str] = []
    sa.event.listen(desk.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with desk.database.read() as session:
        queue.listing(session, desk.clock.now(), queue.WAITING, limit=20)
    assert len(asked) <= 12


def test_a_page_of_the_queue_is_found_by_its_index(desk: Desk) -> None:
    if not desk.database.is_sqlite:
        return  # PostgreSQL plans by statistics: a handful of rows it reads all
    ref = desk.receive()
    asked: list[tuple[str, Any]] = []
    sa.event.listen(desk.database.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    with desk.database.read() as session:
        first = queue.listing(session, desk.clock.now(), queue.WAITING, limit=1)
        cursor = write_numbers(1, 0, micros(desk.row(ref).received_at) - 1, 1)
        assert queue.listing(session, desk.clock.now(), queue.WAITING, None, cursor).items == first.items
        queries = [
            one
            for one in asked
            if "FROM contribution" in one[0] and "contribution.state" in one[0] and "WHERE contribution.ref" not in one[0]
        ]
        assert len(queries) > 4
        for sql, values in queries:
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            assert all("SCAN contribution" not in step.detail for step in plan), (sql, plan)


KINDS = ("accept", "redact", "refuse", "group", "answer", "move", "split", "ask_again", "uphold", "reverse")
_VERBS = ("decide",) * 12 + ("undo", "wait", "wait", "appeal", "appeal", "appeal", "again", "again", "claim", "withdraw", "forget")
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(_VERBS),
        st.integers(0, 3),  # which contribution
        st.integers(0, 99),  # what is decided; from 80 on, something that is not allowed
        st.sampled_from([LEA, MAX, "token:3"]),
        st.booleans(),  # at once, or after the undo window
        st.integers(0, 3),  # what it is grouped with
    ),
    min_size=12,
    max_size=30,
)
_RUNS = count()


def _do(session: Session, desk: Desk, refs: list[str], step: tuple[Any, ...]) -> None:
    verb, which, draw, actor, at_once, other = step
    now, ref = desk.clock.now(), refs[which % len(refs)]
    match verb:
        case "decide":
            allowed = queue.get(session, now, ref).allowed
            kind = (allowed or KINDS)[draw % len(allowed or KINDS)] if draw < 80 else KINDS[draw % len(KINDS)]
            text = {"redact": "Des bancs […]", "answer": "Oui.", "split": "Des bancs\n---\net des arbres"}.get(kind, "")
            to = {"group": refs[other % len(refs)], "move": "nuit" if other % 2 else "besoins"}.get(kind, "")
            wanted = Decision(kind, reason="R4" if kind in {"redact", "refuse"} else "", text=text, with_=to)
            decisions.decide(session, now, ref, actor, wanted, AT_ONCE if at_once else timedelta(seconds=10))
        case "undo":
            decisions.undo(session, now, ref, actor)
        case "wait":
            decisions.apply_due(session, desk.clock.advance(seconds=5 if at_once else 700))
        case "appeal":
            appeals.open_(session, now, desk.citizen, "" if at_once else ref)
        case "again":
            intake.revise(session, desk.citizen, Revise("", "Des bancs et des arbres", ref), now)
        case "withdraw":
            intake.withdraw(session, desk.citizen, Withdraw(ref), now)
        case "claim":
            queue.claim(session, now, ref, actor)
        case "forget" if draw > 60:
            intake.withdraw(session, desk.citizen, Forget("keep" if at_once else "withdraw"), now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, read_only=st.booleans())
def test_no_sequence_of_verbs_leaves_the_table_of_moves(
    database: Database,
    clock: Clock,
    steps: list[tuple[Any, ...]],
    read_only: bool,  # noqa: FBT001 - drawn by name
) -> None:
    desk = Desk(database, clock, f"demarche-{next(_RUNS)}")
    refs = [desk.receive("Des bancs et des arbres") for _ in range(3)] + ([desk.receive(publish=False)] if read_only else [])
    for step in steps:
        try:
            with database.write() as session:
                _do(session, desk, refs, step)
        except (DecisionRefused, ClaimedByOther, NoItem):
            continue
    with database.write() as session:
        decisions.apply_due(session, clock.advance(minutes=1))
        _check_everything(session, desk.slug)


def _check_everything(session: Session, slug: str) -> None:
    about = contributing.process_id(session, slug)
    rows = session.execute(sa.select(contribution).where(contribution.c.process_id == about)).all()
    entries = {row.ref: row for row in session.execute(sa.select(entry).where(entry.c.process_id == about))}
    for row in rows:
        path = session.execute(sa.select(moves.c.before, moves.c.after).where(moves.c.contribution_id == row.id).order_by(moves.c.id)).all()
        assert path[0].before in {"draft", "split"}
        assert all(one.after in MOVES[one.before] for one in path)
        assert all(one.after == two.before for one, two in pairwise(path))
        assert path[-1].after == row.state
        states = {one.after for one in path}
        for state in states:
            event(state)
        there = entries.get(row.ref)
        assert (there is not None) == ("published" in states)
        if there is not None:
            assert row.publish
            assert (there.text is None) == (row.state == "withdrawn") == (there.salt is None) == (there.withdrawn_at is not None)
            assert there.text is None or there.text == row.public_text
        if row.state == "withdrawn":
            assert (row.sealed, row.public_text, row.address_id, row.pseudonym) == (None, None, None, "")
    behind: dict[str, int] = {}
    for one in entries.values():
        behind[one.grouped_with] = behind.get(one.grouped_with, 0) + 1
    for one in entries.values():
        assert one.copies == behind.get(one.ref, 0)
        assert not one.grouped_with or (entries[one.grouped_with].withdrawn_at is None and not entries[one.grouped_with].grouped_with)
    assert session.scalar(sa.select(sa.func.count()).select_from(leaf).where(leaf.c.kind == "published")) is not None


def test_moderators_at_once_decide_each_item_once(desk: Desk) -> None:
    with desk.database.write() as session:
        people = [person(session, desk.clock.now(), phone()) for _ in range(24)]
        intake.submit(session, [submission(who) for who in people], desk.clock.now())

    def moderate(actor: str) -> list[str]:
        done = []
        while item := desk.write(queue.claim_next, actor):
            desk.decide(item.ref, "accept", actor)
            done.append(item.ref)
        return done

    with ThreadPoolExecutor(4) as desks:
        done = [ref for refs in desks.map(moderate, [f"staff:{n}" for n in range(4)]) for ref in refs]
    assert len(done) == len(set(done)) == 24
    with desk.database.read() as session:
        assert set(session.scalars(sa.select(contribution.c.state))) == {"published"}
        assert session.scalar(sa.select(sa.func.count()).select_from(leaf)) == 24


def test_two_clocks_and_an_undo_at_once_give_effect_once(desk: Desk) -> None:
    with desk.database.write() as session:
        people = [person(session, desk.clock.now(), phone()) for _ in range(20)]
        given_ = intake.submit(session, [submission(who) for who in people], desk.clock.now())
    refs = [one.ref for one in given_ if isinstance(one, Submitted)]
    for ref in refs:
        desk.decide(ref, "accept", delay=timedelta(seconds=10))
    before = desk.clock.now() + timedelta(seconds=9)
    after = desk.clock.now() + timedelta(seconds=10)

    def take_back(_which: int) -> int:
        for ref in refs[::2]:
            with desk.database.write() as session:
                try:
                    decisions.undo(session, before, ref, LEA)
                except DecisionRefused:
                    continue
        return 0

    def beat(_which: int) -> int:
        done = 0
        for _ in range(12):
            with desk.database.write() as session:
                done += decisions.apply_due(session, after)
        return done

    with ThreadPoolExecutor(3) as hands:
        jobs = [hands.submit(verb, 0) for verb in (take_back, beat, beat)]
        effects = sum(job.result() for job in jobs) + beat(0) + beat(0)
    with desk.database.read() as session:
        states = session.scalars(sa.select(contribution.c.state)).all()
        kept = session.scalars(sa.select(decision.c.state)).all()
    assert set(states) <= {"published", "received"}
    assert effects == states.count("published") == kept.count("applied")
    assert kept.count("undone") == states.count("received")
    desk.clock.advance(seconds=10)
    assert len(desk.told()) == effects
