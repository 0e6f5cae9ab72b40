"""Each author learns what became of their words: their point, in their language, once, never after STOP; ten thousand as one."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.effects import Withdraw
from conversations.facts import Answer, Entry
from conversations.messages import Inbound, Words
from conversations.notices import CarriedOut, Concluded, Delayed, HandedOver, Notice, Postponed, Responded
from outreach import agenda, answers, contacts, entrypoints, inbox, loop
from outreach.contributions import own, withdrawal
from outreach.db import Database
from outreach.record import story
from outreach.references import new_id, new_ref, new_token
from outreach.tables import address, contact, contribution, move, notice, telling
from outreach.tables import outbox as messages
from tests.avising import LEFT_OUT, Square
from tests.conftest import Clock
from tests.contributing import LEA, SLUG
from tests.unsealed import unsealed


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


def answered(square: Square, *cited: str, decision: str = "partly") -> None:
    square.hands_over([("7", "Des arbres", "Planter", "", ", ".join(cited)), ("8", "", "Asseoir", "", "")])
    square.decides(1, decision)
    square.decides(2, "not_kept")
    square.clock.advance(days=1)
    square.publishes()


REASON = {"fr": "les rails limitent les racines", "en": "the rails limit the roots"}
DONE = {"fr": "24 arbres avant mars 2028", "en": "24 trees before March 2028"}


def test_each_author_hears_of_their_own_point_or_why_none_once(square: Square) -> None:
    lea, max_ = square.somebody(), square.somebody("telegram", "en")
    cited, other = square.says(lea), square.says(max_, "Un parking")
    answered(square, cited)
    assert dict(square.tells()) == {
        lea: Responded(cited, "7", "partly", REASON, DONE),
        max_: Responded(other, "", "", {"fr": LEFT_OUT}),
    }
    assert square.states(cited, other) == ["responded", "responded"]
    with square.database.read() as session:
        paths = {
            ref: list(session.scalars(sa.select(move.c.after).join(contribution).where(contribution.c.ref == ref).order_by(move.c.id)))
            for ref in (cited, other)
        }
    assert paths[cited][-3:] == ["published", "taken_up", "responded"]
    assert paths[other][-3:] == ["published", "not_taken_up", "responded"]
    assert square.tells() == []


def test_an_avis_that_takes_words_up_changes_their_card_and_rings_nowhere(square: Square) -> None:
    telegram, sms = square.somebody("telegram"), square.somebody()
    refs = [square.says(who) for who in (telegram, sms)]
    with square.database.write() as session:
        session.execute(sa.update(contribution).values(card="d1"))
        session.execute(sa.update(contribution).where(contribution.c.address_id == telegram).values(network="telegram"))
    square.tells()
    square.hands_over([("7", "", "Planter", "", ", ".join(refs))])
    assert square.tells() == [(telegram, HandedOver(refs[0], "7", date(2027, 6, 30), "d1"))]
    square.hands_over([("7", "", "Planter encore", "", ", ".join(refs))])
    assert square.tells() == []


def test_words_that_became_public_after_the_avis_was_written_hear_that_it_could_not_take_them_up(square: Square) -> None:
    early, late = square.somebody(), square.somebody()
    refs = [square.says(early)]
    square.hands_over([("7", "Des arbres", "Planter", "", "")], handed_on=square.clock.now().date())
    square.clock.advance(days=1)
    refs.append(square.says(late, "Trop tard"))
    square.decides(1)
    square.publishes()
    assert dict(square.tells()) == {early: Responded(refs[0], "", reason={"fr": LEFT_OUT}), late: Responded(refs[1], "", late=True)}
    (mine,) = square.read(own.of_addresses, [late])[late]
    assert mine.answer == Answer("", answered=True, late=True)


def test_the_public_story_says_taken_up_on_the_day_of_the_avis(square: Square) -> None:
    ref, handed_on = square.says(square.somebody()), square.clock.now().date()
    square.hands_over([("7", "Des arbres", "Planter", "", ref)], handed_on=handed_on)
    square.decides(1)
    square.clock.advance(days=60)
    square.publishes()
    square.tells()
    told = square.read(story.follow, ref)
    days = {one.state: one.at.date() for one in told.steps}
    assert (days["taken_up"], days["responded"]) == (handed_on, square.clock.now().date())
    assert [one.at for one in told.steps] == sorted(one.at for one in told.steps)


def test_the_word_of_a_poster_that_still_hangs_after_the_avis_is_answered_with_the_day(square: Square) -> None:
    ref = square.says(square.somebody())
    square.write(lambda session, now: entrypoints.sync(session, square.id, [Entry("tram", "", "PLACE", "fr")], now))

    def writes(who: str) -> str:
        words = Inbound("simulator", "test", f"m{who}", "sms", who, Words("PLACE", f"m{who}"), square.clock.now())
        square.write(lambda session, now: inbox.receive(session, [words], now))
        return [text for where, text in unsealed(square.database) if where == "outbox"][-1]

    assert "de quoi avez-vous besoin" in writes("+33639986601")
    square.hands_over([("7", "Des arbres", "Planter", "", ref)], handed_on=square.clock.now().date())
    assert f"la question sur place du Marché est close depuis le {square.clock.now():%d/%m}" in (told := writes("+33639986602"))
    assert "Les élus répondent à chaque point avant le" in told
    square.decides(1)
    square.publishes()
    assert "Les élus répondent" not in writes("+33639986603"), "the answer is there"


def test_an_aside_tells_its_own_reason(square: Square) -> None:
    who = square.somebody()
    ref = square.says(who)
    square.hands_over([("7", "", "Planter", "", ""), ("non repris", "le parking est hors sujet", "Lu.", "", ref)])
    square.decides(1)
    square.publishes()
    assert square.tells() == [(who, Responded(ref, "", "", {"fr": "le parking est hors sujet"}))]


def test_who_wrote_three_times_gets_one_message_about_what_was_taken_up(square: Square) -> None:
    who = square.somebody()
    refs = [square.says(who, f"Avis {number}") for number in ("un", "deux", "trois")]
    square.tells()
    answered(square, refs[1])
    ((told, said),) = square.tells(limit=1)
    assert (told, said) == (who, Responded(refs[1], "7", "partly", REASON, DONE, others=2))
    assert set(square.states(*refs)) == {"responded"}


def test_copies_hear_the_answer_of_the_text_that_speaks_for_them(square: Square) -> None:
    head, copier = square.says(square.somebody()), square.somebody()
    answered(square, head)
    late = square.says(copier, "Des bancs aussi")  # read after the avis, and joined to the first
    with square.database.write() as session:
        session.execute(sa.update(contribution).where(contribution.c.ref == late).values(grouped_with=head))
    assert dict(square.tells())[copier] == Responded(late, "7", "partly", REASON, DONE)
    assert square.read(answers.of_refs, [late])[late].number == "7"


def test_words_that_are_only_read_or_refused_hear_it_if_they_asked(square: Square) -> None:
    asked, silent, refused, both = (square.somebody() for _ in range(4))
    ref = square.says(asked, publish=False)
    square.says(silent, publish=False)
    contested = square.says(refused, "Votez pour moi", decided="refuse", reason="R11")
    square.says(both, publish=False)
    public = square.says(both, "Des arbres")
    for who in (asked, refused, both):
        square.agrees(who, "answer")
    square.tells()  # the refusals, the publications
    answered(square, public)
    name = {"fr": "place du Marché", "en": "Market square"}
    assert dict(square.tells()) == {
        asked: Concluded(ref, name, 0, 1, 1),
        refused: Concluded(contested, name, 0, 1, 1),
        both: Responded(public, "7", "partly", REASON, DONE),
    }
    assert square.states(ref, contested) == ["read_only", "refused"]


def test_nobody_hears_anything_after_stop_nor_what_was_taken_back(square: Square) -> None:
    stopped, gone, objects = square.somebody(), square.somebody(), square.somebody()
    refs = [square.says(who) for who in (stopped, gone, objects)]
    square.tells()
    answered(square, *refs)
    with square.database.write() as session:
        contacts.stop(session, stopped, square.clock.now())
        withdrawal.withdraw(session, gone, Withdraw(refs[1]), square.clock.now())
        session.execute(sa.update(address).where(address.c.id == objects).values(objected_at=square.clock.now()))
        while loop.tell(session, square.clock.now()):
            pass
        while inbox.say_first(session, square.clock.now()):
            pass
        assert session.scalars(sa.select(messages.c.address_id)).all() == []
        assert not agenda.due(session, square.clock.now()).answers
    assert square.states(*refs) == ["responded", "withdrawn", "published"]


def test_each_is_told_in_their_language_by_the_voice(square: Square) -> None:
    french, english = square.somebody(), square.somebody("telegram", "en")
    refs = [square.says(who) for who in (french, english)]
    square.tells()
    answered(square, *refs)
    while square.write(loop.tell):
        pass
    assert square.write(inbox.say_first) == 2
    told = [text for where, text in unsealed(square.database) if where == "outbox"]
    assert any("Décision: retenu en partie. 24 arbres avant mars 2028." in text for text in told), told
    assert any("Decision: kept in part. 24 trees before March 2028." in text for text in told), told


def test_a_killed_worker_goes_on_where_it_was(square: Square) -> None:
    people = [square.somebody() for _ in range(7)]
    refs = [square.says(who) for who in people]
    answered(square, *refs[:4])
    assert square.write(loop.tell, 3) == 3  # then the plug is pulled

    def cut(session: Session, now: datetime) -> None:
        loop.tell(session, now, 3)
        raise RuntimeError("power")

    with pytest.raises(RuntimeError, match="power"):
        square.write(cut)
    told = square.tells(limit=3)
    assert Counter(who for who, _notice in told) == Counter(people)


def test_suivi_tells_point_and_answer_on_demand(square: Square) -> None:
    who = square.somebody()
    ref = square.says(who)

    def mine() -> object:
        return square.read(own.of_addresses, [who])[who][0]

    assert (mine().answer, mine().pending) == (None, True)  # type: ignore[attr-defined]
    square.hands_over([("7", "Des arbres", "Planter", "", ref)])
    assert (mine().answer.point, mine().answer.answered) == ("7", False)  # type: ignore[attr-defined]
    square.decides(1)
    assert mine().answer.decision == ""  # type: ignore[attr-defined]
    square.publishes()
    square.tells()
    answer = mine().answer  # type: ignore[attr-defined]
    assert (answer.point, answer.answered, answer.decision, answer.reason, answer.done) == ("7", True, "partly", REASON, DONE)
    assert not mine().pending  # type: ignore[attr-defined]


def test_all_who_wait_hear_that_the_day_moves_each_time_once(square: Square) -> None:
    waits, reads, asked = square.somebody(), square.somebody(), square.somebody()
    first, ref = square.says(waits), square.says(waits, "Encore")
    square.says(reads, publish=False)
    other = square.says(asked, publish=False)
    square.agrees(asked, "answer")
    square.tells()
    square.write(loop.move_promise, SLUG, date(2027, 9, 1), {"fr": "études en cours"}, LEA)
    name = {"fr": "place du Marché", "en": "Market square"}

    def said(ref: str, promised: date, until: date, reason: str) -> Notice:
        return Delayed(ref, name, promised, {"fr": reason}, until)

    june, autumn, winter = date(2027, 6, 30), date(2027, 9, 1), date(2027, 12, 1)
    expected = {waits: said(ref, june, autumn, "études en cours"), asked: said(other, june, autumn, "études en cours")}
    assert dict(square.tells()) == expected
    square.clock.advance(days=3)
    square.write(loop.move_promise, SLUG, winter, {"fr": "un recours est en cours"}, LEA)
    assert dict(square.tells()) == {
        waits: said(ref, autumn, winter, "un recours est en cours"),
        asked: said(other, autumn, winter, "un recours est en cours"),
    }
    assert square.tells() == []
    assert first != ref


def test_a_day_that_passes_is_told_once_honestly(square: Square) -> None:
    who = square.somebody()
    ref = square.says(who)
    square.tells()
    square.clock.at = square.clock.at.replace(month=6, day=30)
    assert square.write(loop.tell_lateness) == 0
    square.clock.advance(days=1)
    with square.database.read() as session:
        assert agenda.due(session, square.clock.now()).late
    assert square.write(loop.tell_lateness) == 1
    assert square.write(loop.tell_lateness) == 0
    ((told, said),) = square.tells()
    assert (told, said) == (who, Delayed(ref, {"fr": "place du Marché", "en": "Market square"}, date(2027, 6, 30), late=True))
    (line,) = square.read(answers.book, SLUG, public=True).journal
    assert (line.kind, line.about) == ("late", "2027-06-30")
    square.clock.advance(hours=5)
    square.write(loop.move_promise, SLUG, date(2027, 10, 15), {"fr": "études en cours"}, LEA)
    ((_told, said),) = square.tells()
    assert isinstance(said, Delayed)
    assert (said.late, said.until, said.reason) == (True, date(2027, 10, 15), {"fr": "études en cours"})


def test_a_commitment_kept_or_put_off_is_told_to_who_asked(square: Square) -> None:
    asked, silent = square.somebody(), square.somebody()
    refs = [square.says(who) for who in (asked, silent)]
    answered(square, *refs)
    square.tells()
    square.agrees(asked, "follow_up")
    (one,) = square.read(answers.book, SLUG).points[0].commitments
    square.write(loop.settle, SLUG, one.id, LEA, until=date(2028, 10, 1), reasons={"fr": "le sol est encore gelé"})
    assert square.tells() == [(asked, Postponed(refs[0], "7", DONE, date(2028, 10, 1), {"fr": "le sol est encore gelé"}))]
    with pytest.raises(answers.Refused, match="what was done"):
        square.write(loop.settle, SLUG, one.id, LEA)
    square.write(loop.settle, SLUG, one.id, LEA, evidence="24 tilleuls sont plantés.")
    assert square.tells() == [(asked, CarriedOut(refs[0], "7", DONE))]
    assert square.states(*refs) == ["carried_out", "carried_out"]
    with pytest.raises(answers.Refused, match="settled already"):
        square.write(loop.settle, SLUG, one.id, LEA, evidence="Encore.")
    assert [(line.kind, line.about) for line in square.read(answers.book, SLUG, public=True).journal[:2]] == [
        ("commitment_done", "7"),
        ("commitment_moved", "7/2028-03-01/2028-10-01"),
    ]


def test_words_of_two_points_are_carried_out_with_the_last_of_them(square: Square) -> None:
    ref = square.says(square.somebody())
    square.hands_over([("7", "", "Planter", "", ref), ("8", "", "Asseoir", "", ref)])
    square.decides(1)
    square.decides(2)
    square.publishes()
    square.tells()
    for place, state in ((0, "responded"), (1, "carried_out")):
        (one,) = square.read(answers.book, SLUG).points[place].commitments
        square.write(loop.settle, SLUG, one.id, LEA, evidence="Fait.")
        square.tells()
        assert square.states(ref) == [state]


def test_ten_thousand_authors_take_a_few_statements_each_slice(square: Square) -> None:
    """Set-wise: the statements of a slice do not grow with the people in it."""
    many, now = 2000, square.clock.now()
    crowd(square, many)
    square.hands_over([("7", "", "Planter", "", "")])
    square.decides(1)
    square.publishes()
    counts: list[int] = []

    def count(*_: object) -> None:
        counts[-1] += 1

    sa.event.listen(square.database.engine, "before_cursor_execute", count)
    done = 0
    while True:
        counts.append(0)
        slice_ = square.write(loop.tell, 500)
        if not slice_:
            break
        done += slice_
    sa.event.remove(square.database.engine, "before_cursor_execute", count)
    assert done >= many
    assert max(counts) < 40, counts
    with square.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(notice)) == many
        assert session.scalar(sa.select(sa.func.count()).select_from(contribution).where(contribution.c.state == "responded")) == many
        assert session.scalar(sa.select(sa.func.count()).select_from(telling).where(telling.c.done_at.is_(None))) == 0
    assert now <= square.clock.now()


def crowd(square: Square, many: int) -> None:
    """People whose words are published, written row by row as the service would have left them."""
    now = square.clock.now()
    with square.database.write() as session:
        people = [new_id(now) for _ in range(many)]
        session.execute(
            sa.insert(contact),
            [{"id": one, "subject": new_token(), "pseudonym": "Loire-2F7K", "created_at": now, "seen_at": now} for one in people],
        )
        session.execute(
            sa.insert(address),
            [
                {"id": one, "contact_id": one, "network": "sms", "fingerprint": str(one).encode(), "sealed": b"", "channel": "simulator",
                 "language": "fr", "created_at": now}
                for one in people
            ],
        )  # fmt: skip
        refs = {new_ref() for _ in range(2 * many)}
        session.execute(
            sa.insert(contribution),
            [
                {"id": new_id(now), "ref": ref, "subject": new_token(), "process_id": square.id, "question": "besoins", "address_id": one,
                 "network": "sms", "language": "fr", "state": "published", "public_text": "Des bancs", "messages": 1, "publish": True,
                 "consent": "oui", "received_at": now, "read_by": now + timedelta(days=2), "changed_at": now, "published_at": now}
                for one, ref in zip(people, refs, strict=False)
            ],
        )  # fmt: skip
