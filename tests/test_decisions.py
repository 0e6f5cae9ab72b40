"""What a moderator decides, when it takes effect, and what it never lets through."""

from datetime import date, timedelta
from time import process_time

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from conversations.effects import Revise, Withdraw
from conversations.notices import Answered, AskedAgain, Published, Refused
from conversations.outcomes import Revised
from conversations.reasons import reasons_for
from outreach import contributions
from outreach.contributions import decisions, intake, queue
from outreach.contributions.decisions import Decision, DecisionRefused
from outreach.contributions.queue import ClaimedByOther
from outreach.contributions.redaction import Rewritten, hide, parts_of, personal
from outreach.db import Database
from outreach.house import House
from outreach.tables import audit, decision, entry
from tests.conftest import Clock
from tests.contributing import LEA, MAX, Desk, open_process


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


@pytest.mark.parametrize("text", ["\0", "\u200b", "\u2800 \u3164", "Oui\u202e \u2066 non", "Oui\u2028non", "\x1b[2J oui"])
def test_nothing_leaves_that_says_nothing_or_can_not_be_shown(desk: Desk, text: str) -> None:
    ref = desk.receive("À quelle heure ouvre la mairie ?")
    for kind in ("answer", "ask_again"):
        refused = desk.refused(ref, kind, reason="R7" if kind == "ask_again" else "", text=text)
        assert (refused.kind, refused.code, refused.field) == ("invalid", "unshown", "text")
    assert desk.refused(ref, "refuse", reason="R4", fact=text).field == "fact"
    assert desk.refused(ref, "refuse", reason="R4", note=text).field == "note"
    assert (desk.told(), desk.path(ref)) == ([], ["received"])


def test_letters_that_real_scripts_need_reach_who_asked(desk: Desk) -> None:
    words = "می\u200cخواهم \u200fنعم\u200e 👩\u200d🌾"
    ref = desk.receive("Des bancs ?")
    desk.decide(ref, "answer", text=words)
    assert desk.told() == [Answered(ref, words)]


TURNED = "Ouvrez \u202egpj.exe\u202c, dit \u2066Jean\u2069, می\u200cخواهم\u200f"


def test_letters_that_turn_the_reading_round_are_never_public(desk: Desk, house: House) -> None:
    first, second, contested, empty = (desk.receive(text) for text in (TURNED, TURNED, TURNED, "\u202e"))
    desk.decide(first, "accept")
    assert desk.row(first).public_text == "Ouvrez gpj.exe, dit Jean, می\u200cخواهم\u200f"
    desk.decide(second, "redact", reason="R4", text=TURNED.replace("Jean", "[…]"))
    assert desk.row(second).public_text == "Ouvrez gpj.exe, dit […], می\u200cخواهم\u200f"
    desk.decide(contested, "redact", reason="R4", text="Ouvrez gpj.exe, dit […], می\u200cخواهم\u200f")  # as the page may carry it
    assert desk.row(contested).public_text == desk.row(second).public_text
    assert desk.refused(empty, "accept").code == "unshown"
    with desk.database.read() as session:
        assert set("".join(session.scalars(sa.select(entry.c.text)))).isdisjoint("\u202e\u202c\u2066\u2069")
    row = desk.row(first)
    assert house.keys.open("contribution", row.id, row.sealed).decode() == TURNED


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
    desk.decide(first, "accept", delay=timedelta(seconds=10))
    assert desk.refused(second, "group", with_=first).code == "no_group"  # at once: the other waits for its effect
    desk.write(decisions.undo, first, LEA)
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
