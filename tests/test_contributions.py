"""Contributions come in, whole and counted, and leave without a trace when their author wishes."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from conversations.effects import AddProfile, AskPerson, Forget, Revise, Withdraw
from conversations.outcomes import Forgotten, Noted, Revised, Submitted, TooLate, TooMany, Unknown
from outreach import contributions, documents, references, tickets
from outreach.contributions import MOVES, STATES, NotAllowed, intake
from outreach.contributions.days import is_working, months_after, working_days_after
from outreach.db import Database
from outreach.house import House
from outreach.tables import audit, contribution, process, ticket
from outreach.tables import move as moves
from tests.conftest import Clock
from tests.contributing import CONSENT, SLUG, document, given, open_process, person, submission


def row_of(database: Database, ref: str) -> sa.Row[tuple[object, ...]]:
    with database.read() as session:
        return session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one()


def test_the_table_of_moves_is_that_of_the_design() -> None:
    told = """
        draft received | draft read_only
        received accepted | received redacted | received refused | received grouped | received answered | received moved | received split
        received asked_again
        accepted published | redacted published | grouped published
        moved received | split received | asked_again received
        refused appealed | appealed upheld | appealed reversed | reversed accepted | reversed redacted
        published refused
        published taken_up | published not_taken_up | taken_up responded | not_taken_up responded | responded carried_out
    """
    pairs = {tuple(pair.split()) for line in told.strip().splitlines() for pair in line.split("|")}
    pairs |= {(before, "withdrawn") for before in STATES if before not in {"draft", "withdrawn"}}
    assert {(before, after) for before, those in MOVES.items() for after in those} == pairs


def test_every_state_fits_its_column_and_is_reached() -> None:
    assert all(len(state) <= 12 for state in STATES)
    assert {after for those in MOVES.values() for after in those} | {"draft"} == set(STATES)


def test_a_move_that_is_not_in_the_table_changes_nothing(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        ref = given(session, clock.now(), person(session, clock.now()))
    row = row_of(database, ref)
    with pytest.raises(NotAllowed, match="from received to published"), database.write() as session:
        contributions.move(session, [row], "published", clock.now(), "staff:1")
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(moves)) == 1
    assert row_of(database, ref).state == "received"


def test_a_contribution_that_moved_meanwhile_does_not_move_twice(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        ref = given(session, clock.now(), person(session, clock.now()))
    stale = row_of(database, ref)
    with database.write() as session:
        contributions.move(session, [stale], "accepted", clock.now(), "staff:1")
    with pytest.raises(NotAllowed, match="no longer received"), database.write() as session:
        contributions.move(session, [stale], "refused", clock.now(), "staff:2")
    assert row_of(database, ref).state == "accepted"


def test_each_move_is_a_row_and_an_audit_line(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        ref = given(session, clock.now(), person(session, clock.now()))
    row = row_of(database, ref)
    with database.write() as session:
        contributions.move(session, [row], "accepted", clock.now(), "staff:1")
    with database.read() as session:
        told = session.execute(sa.select(moves.c.before, moves.c.after).order_by(moves.c.id)).all()
        lines = session.execute(sa.select(audit.c.actor, audit.c.action, audit.c.subject).order_by(audit.c.id)).all()
    assert [tuple(one) for one in told] == [("draft", "received"), ("received", "accepted")]
    assert [tuple(one) for one in lines] == [
        ("citizen", "contribution.received", row.subject),
        ("staff:1", "contribution.accepted", row.subject),
    ]


def test_a_contribution_stands_in_the_queue_word_for_word(database: Database, clock: Clock, house: House) -> None:
    text = "  Place des bancs…\nوظل للأطفال 🌳 pas juste « les bancs » "
    with database.write() as session:
        open_process(session, clock.now())
        one = submission(person(session, clock.now()), text, network="telegram", sources=("17", "18"), card="d1")
        (outcome,) = intake.submit(session, [one], clock.now())
    assert isinstance(outcome, Submitted)
    row = row_of(database, outcome.ref)
    assert house.keys.open("contribution", row.id, row.sealed).decode() == text
    assert text.encode() not in row.sealed
    assert (row.state, row.publish, row.consent, row.card, row.messages) == ("received", True, CONSENT, "d1", 2)
    assert row.asked_text == "De quoi avez-vous besoin pour y rester, sur la place du Marché ?"
    assert outcome == Submitted(outcome.ref, publish=True, read_by=date(2027, 3, 17), promised_on=date(2027, 6, 30))


def test_the_question_is_kept_as_it_was_sent_by_sms_and_in_the_language(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        by_sms, in_english, in_turkish = intake.submit(
            session,
            [submission(who), submission(who, language="en", network="telegram"), submission(who, language="tr", network="telegram")],
            clock.now(),
        )
    asked = [row_of(database, one.ref).asked_text for one in (by_sms, in_english, in_turkish) if isinstance(one, Submitted)]
    assert asked == [
        "de quoi avez-vous besoin pour y rester ?",
        "What do you need to stay there?",
        "De quoi avez-vous besoin pour y rester, sur la place du Marché ?",
    ]


def test_refusing_publication_costs_nothing(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        ref = given(session, clock.now(), person(session, clock.now()), publish=False)
    row = row_of(database, ref)
    assert (row.state, row.publish) == ("read_only", False)
    with pytest.raises(NotAllowed), database.write() as session:
        contributions.move(session, [row], "accepted", clock.now(), "staff:1")


def test_a_sixth_of_the_day_is_too_many_and_tomorrow_it_is_not(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        open_process(session, clock.now(), "plan-velo")
        who, other = person(session, clock.now()), person(session, clock.now(), "+33612345679")
        outcomes = intake.submit(session, [submission(who, f"avis {n}") for n in range(6)] + [submission(other)], clock.now())
        assert [type(one) for one in outcomes] == [Submitted] * 5 + [TooMany, Submitted]
        assert isinstance(intake.submit(session, [submission(who)], clock.now())[0], TooMany)
        assert isinstance(intake.submit(session, [submission(who, slug="plan-velo")], clock.now())[0], Submitted)
        clock.at = datetime(2027, 3, 15, 22, 59, tzinfo=UTC)  # 23:59 in Nantes
        assert isinstance(intake.submit(session, [submission(who)], clock.now())[0], TooMany)
        clock.advance(minutes=2)
        assert isinstance(intake.submit(session, [submission(who)], clock.now())[0], Submitted)


def test_a_twenty_first_of_a_process_is_too_many(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        for _day in range(4):
            assert all(isinstance(one, Submitted) for one in intake.submit(session, [submission(who)] * 5, clock.now()))
            clock.advance(days=1)
        assert isinstance(intake.submit(session, [submission(who)], clock.now())[0], TooMany)


def test_a_second_one_within_the_hour_is_told(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        told = []
        for minutes in (0, 59, 61):
            clock.advance(minutes=minutes)
            (outcome,) = intake.submit(session, [submission(who)], clock.now())
            assert isinstance(outcome, Submitted)
            told.append(outcome.again_within_hour)
    assert told == [False, True, False]


def test_a_reference_that_is_taken_is_drawn_again(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = iter(["10000009", "10000009", "10000009", "20000001", "10000009", "20000001", "30000003"])
    monkeypatch.setattr(references, "new_ref", lambda: next(draws))
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        outcomes = intake.submit(session, [submission(who, text) for text in ("un", "deux", "trois")], clock.now())
    refs = [one.ref for one in outcomes if isinstance(one, Submitted)]
    assert sorted(refs) == ["10000009", "20000001", "30000003"]
    with database.read() as session:
        mine = contributions.of_addresses(session, [who])[who]
    assert {one.ref: one.quote for one in mine} == dict(zip(refs, ("un", "deux", "trois"), strict=True))


def test_an_unknown_process_is_a_fault_of_ours(database: Database, clock: Clock) -> None:
    with pytest.raises(intake.UnknownProcess), database.write() as session:
        intake.submit(session, [submission(person(session, clock.now()), slug="nulle-part")], clock.now())


def test_what_became_of_ones_words_the_newest_first(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who, other, nobody = (person(session, clock.now(), where) for where in ("+33612345678", "+33612345679", "+33612345670"))
        for n in range(25):
            given(session, clock.now(), who, f"Avis numéro {n}, il manque des bancs et de l'ombre pour attendre")
            clock.advance(days=1) if n % 5 == 4 else clock.advance(hours=2)
            if n % 20 == 19:
                open_process(session, clock.now(), "plan-velo")
                session.execute(
                    sa.update(contribution).values(
                        process_id=sa.select(process.c.id).where(process.c.slug == "plan-velo").scalar_subquery()
                    )
                )
        given(session, clock.now(), other, "Des arbres", publish=False)
    with database.read() as session:
        found = contributions.of_addresses(session, [who, other, nobody])
    assert set(found) == {who, other}
    assert len(found[who]) == 20
    assert [one.quote for one in found[who]][:2] == ["Avis numéro 24, il manque des...", "Avis numéro 23, il manque des..."]
    (of_other,) = found[other]
    assert (of_other.state, of_other.quote, of_other.text, of_other.process) == ("read_only", "Des arbres", "", "place du Marché")
    assert of_other.promised_on == date(2027, 6, 30)


def test_looking_at_a_batch_of_people_takes_as_many_queries_as_looking_at_one(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        people = [person(session, clock.now(), f"+3361234{n:04d}") for n in range(30)]
        intake.submit(session, [submission(who) for who in people for _ in range(3)], clock.now())
    asked: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with database.read() as session:
        contributions.of_addresses(session, people)
    assert len([one for one in asked if one.startswith("SELECT")]) <= 2


def test_an_edit_replaces_the_text_until_a_moderator_opened_it(database: Database, clock: Clock, house: House) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who, other = person(session, clock.now()), person(session, clock.now(), "+33612345679")
        (outcome,) = intake.submit(session, [submission(who, "des bans\net de l'ombre", sources=("17", "18"))], clock.now())
        assert isinstance(outcome, Submitted)
        assert intake.revise(session, who, Revise("17", "des bancs"), clock.now()) == Revised(outcome.ref)
        assert intake.revise(session, who, Revise("99", "rien"), clock.now()) == TooLate()
        assert intake.revise(session, other, Revise("17", "rien"), clock.now()) == TooLate()
        session.execute(sa.update(contribution).values(opened_at=clock.now()))
        assert intake.revise(session, who, Revise("17", "rien"), clock.now()) == TooLate(outcome.ref)
    row = row_of(database, outcome.ref)
    assert house.keys.open("contribution", row.id, row.sealed).decode() == "des bancs\net de l'ombre"


def test_a_profile_belongs_to_a_contribution_of_ones_own(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who, other = person(session, clock.now()), person(session, clock.now(), "+33612345679")
        ref = given(session, clock.now(), who)
        assert not intake.add_profile(session, other, AddProfile(ref, "age", "60+"), clock.now())
        assert not intake.add_profile(session, who, AddProfile(ref, "age", "né le 12"), clock.now())
        assert intake.add_profile(session, who, AddProfile(ref, "age", "30-59"), clock.now())
    assert row_of(database, ref).age == "30-59"


def test_taking_back_leaves_no_word_and_no_link(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who, other = person(session, clock.now()), person(session, clock.now(), "+33612345679")
        first, second, theirs = given(session, clock.now(), who), given(session, clock.now(), who), given(session, clock.now(), other)
        assert intake.withdraw(session, who, Withdraw(theirs), clock.now()) == Unknown()
        assert intake.withdraw(session, who, Withdraw(first), clock.now()) == Forgotten(1)
        assert intake.withdraw(session, who, Withdraw(first), clock.now()) == Unknown()
        assert intake.withdraw(session, who, Forget("withdraw"), clock.now()) == Forgotten(1)
        assert intake.withdraw(session, who, Forget("withdraw"), clock.now()) == Forgotten(0)
    for ref in (first, second):
        row = row_of(database, ref)
        assert (row.state, row.sealed, row.address_id, row.pseudonym, row.public_text) == ("withdrawn", None, None, "", None)
    assert row_of(database, theirs).state == "received"


def test_working_days_jump_over_weekends_and_holidays(house: House) -> None:
    zone = house.timezone
    friday_evening = datetime(2027, 5, 14, 20, tzinfo=UTC)
    assert working_days_after(friday_evening, 2, house).date() == date(2027, 5, 19)  # 17 May 2027 is Whit Monday
    assert working_days_after(datetime(2027, 3, 15, 23, 30, tzinfo=UTC), 1, house).date() == date(2027, 3, 17)  # 16 March already in Nantes
    assert not is_working(date(2027, 7, 14), zone)
    assert is_working(date(2027, 7, 15), zone)
    assert months_after(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_after(date(2027, 12, 1), 6) == date(2028, 6, 1)


def test_a_person_is_wanted_once(database: Database, clock: Clock) -> None:
    with database.write() as session:
        open_process(session, clock.now())
        who = person(session, clock.now())
        assert tickets.open_(session, who, AskPerson("call_back"), clock.now()) == Noted("call_back")
        tickets.open_(session, who, AskPerson("call_back"), clock.now())
        for text in ("demain matin svp", "finalement pas besoin"):
            tickets.open_(session, who, AskPerson("call_back", text), clock.now())
        for text in ("À quelle heure ferme la mairie ?", "Et le samedi ?"):
            assert tickets.open_(session, who, AskPerson("question", text, SLUG), clock.advance(minutes=1)) == Noted("question")
    with database.read() as session:
        page = tickets.listing(session, limit=2)
        rest = tickets.listing(session, cursor=page.next, limit=2)
        sealed = session.scalars(sa.select(ticket.c.sealed)).all()
    assert [(one.kind, one.text, one.process) for one in (*page.items, *rest.items)] == [
        ("call_back", "demain matin svp\nfinalement pas besoin", ""),
        ("question", "À quelle heure ferme la mairie ?", SLUG),
        ("question", "Et le samedi ?", SLUG),
    ]
    assert rest.next is None
    assert all("612345678" not in repr(one) for one in page.items)
    assert not any(b"mairie" in one for one in sealed)


def test_the_number_of_a_call_back_is_shown_for_that_task_alone_and_written_down(database: Database, clock: Clock) -> None:
    with database.write() as session:
        who = person(session, clock.now())
        tickets.open_(session, who, AskPerson("question", "Bonjour"), clock.now())
        tickets.open_(session, who, AskPerson("call_back"), clock.now())
        asked = {one.kind: one.id for one in tickets.listing(session).items}
        with pytest.raises(tickets.NoTicket):
            tickets.reveal(session, clock.now(), asked["question"], "staff:1")
        assert tickets.reveal(session, clock.now(), asked["call_back"], "staff:1") == "+33612345678"
        tickets.close(session, clock.now(), asked["call_back"], "staff:1")
        with pytest.raises(tickets.NoTicket):
            tickets.reveal(session, clock.now(), asked["call_back"], "staff:1")
        with pytest.raises(tickets.NoTicket):
            tickets.close(session, clock.now(), "x", "staff:1")
    with database.read() as session:
        lines = session.execute(sa.select(audit.c.actor, audit.c.action).order_by(audit.c.id)).all()
    assert [tuple(one) for one in lines] == [("staff:1", "contact.revealed"), ("staff:1", "ticket.done")]


def test_a_document_of_an_older_version_is_not_remembered(database: Database, clock: Clock) -> None:
    with database.write() as session:
        id_ = open_process(session, clock.now())
        who = person(session, clock.now())
        given(session, clock.now(), who)
        assert contributions.of_addresses(session, [who])[who][0].process == "place du Marché"
        renamed = documents.encode(document().__class__(slug=SLUG, title={"fr": "Autre"}, sms_name="autre place"))
        session.execute(sa.update(process).where(process.c.id == id_).values(document=renamed, version=2))
        assert contributions.of_addresses(session, [who])[who][0].process == "autre place"
