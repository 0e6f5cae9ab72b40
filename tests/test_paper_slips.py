"""The slip of a sheet: its number and code tell, contest and take back; guesses are counted, whoever asks."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from conversations.outcomes import Appealed, CodeLocked, Forgotten, NoAppeal, OfSlip, WrongCode
from outreach import audit, paper, privacy, record, rights
from outreach.db import Database
from outreach.paper import Drawn, PaperRefused
from outreach.tables import contribution, wrong_code
from outreach.tables import paper as sheets
from tests.conftest import Clock
from tests.contributing import LEA, MAX, Desk
from tests.sheets import BENCHES, NORA, checked, entered, slip, use, wrong


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def test_a_code_is_shown_once_and_kept_as_a_fingerprint_alone(desk: Desk) -> None:
    ref = entered(desk)
    code = slip(desk, ref)
    assert len(code) == 4
    assert code.isdecimal()
    assert desk.write(paper.draw, ref, LEA) is None
    with desk.database.read() as session:
        secret = session.execute(sa.select(sheets.c.secret)).scalar_one()
    assert len(secret) == 32
    assert code.encode() not in bytes(secret)
    anew = desk.write(lambda session, now: paper.draw(session, now, ref, LEA, anew=True))
    assert isinstance(anew, Drawn)
    assert isinstance(use(desk, ref, anew.code), OfSlip)
    if anew.code != code:
        assert use(desk, ref, code) == WrongCode(ref)
    with pytest.raises(PaperRefused):
        desk.write(paper.draw, "12345678", LEA)


def test_the_slip_tells_the_way_of_a_sheet(desk: Desk) -> None:
    ref = entered(desk)
    code = slip(desk, ref)
    assert use(desk, ref, code).contribution.state == "draft"
    desk.write(paper.check, ref, MAX, BENCHES)
    assert use(desk, ref, code).contribution.state == "received"
    desk.decide(ref, "answer", text="La réponse est au conseil de juin.")
    told = use(desk, ref, code)
    assert (told.contribution.state, told.answer) == ("answered", "La réponse est au conseil de juin.")
    assert desk.told() == []  # nobody is written to: nobody can be


def test_the_slip_contests_a_refusal_once(desk: Desk) -> None:
    ref = checked(desk)
    code = slip(desk, ref)
    assert use(desk, ref, code, "appeal") == NoAppeal("nothing")
    desk.decide(ref, "refuse", reason="R4")
    told = use(desk, ref, code).contribution
    assert (told.state, told.reason) == ("refused", "R4")
    assert isinstance(use(desk, ref, code, "appeal"), Appealed)
    assert use(desk, ref, code, "appeal") == NoAppeal("already")
    desk.decide(ref, "reverse", MAX)
    assert use(desk, ref, code).contribution.text == BENCHES


@pytest.mark.parametrize("stage", ["draft", "received", "published"])
def test_the_slip_takes_a_sheet_back_at_any_time(desk: Desk, stage: str) -> None:
    ref = entered(desk) if stage == "draft" else checked(desk)
    code = slip(desk, ref)
    if stage == "published":
        desk.decide(ref, "accept")
    assert use(desk, ref, wrong(code), "erase") == WrongCode(ref)
    assert use(desk, ref, code, "erase") == Forgotten(1)
    with desk.database.read() as session:
        assert [(one.kind, one.network, one.outcome) for one in rights.listing(session)] == [("erasure", "paper", "erased_one")]
        row = session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one_or_none()
        found = record.find(session, ref)
    assert row is None if stage == "draft" else (row is not None and (row.state, row.sealed) == ("withdrawn", None))
    assert found is None or found.text is None


def test_five_wrong_codes_lock_a_slip_for_an_hour_whoever_asks(desk: Desk, clock: Clock) -> None:
    ref = checked(desk)
    code = slip(desk, ref)
    for place in range(4):
        assert use(desk, ref, wrong(code, place + 1), asker=f"sms:{place}") == WrongCode(ref)
    locked = use(desk, ref, wrong(code, 5), asker="sms:5")
    assert isinstance(locked, CodeLocked)
    assert locked.until == clock.now() + timedelta(hours=1)
    clock.advance(minutes=59)
    assert use(desk, ref, code) == locked  # the right one neither
    clock.advance(minutes=2)
    again = use(desk, ref, wrong(code))
    assert isinstance(again, CodeLocked)  # after five free ones each guess costs an hour
    clock.advance(hours=2)
    assert isinstance(use(desk, ref, code), OfSlip)
    assert use(desk, ref, wrong(code)) == WrongCode(ref)  # the count begins anew


def test_one_asker_guesses_at_ten_codes_a_day_over_all_slips(desk: Desk, clock: Clock) -> None:
    refs = [checked(desk, text=text, anyway=True) for text in ("des bancs", "une fontaine", "de l'ombre")]
    codes = {ref: slip(desk, ref) for ref in refs}
    for place in range(10):
        ref = refs[place % 3]
        assert use(desk, ref, wrong(codes[ref], place + 1)) == WrongCode(ref)
    held = use(desk, refs[0], codes[refs[0]])
    assert isinstance(held, CodeLocked)
    assert held.until == clock.now() + timedelta(days=1)
    assert isinstance(use(desk, refs[0], codes[refs[0]], asker="sms:+33600000002"), OfSlip)
    clock.advance(days=1, seconds=1)
    assert isinstance(use(desk, refs[0], codes[refs[0]]), OfSlip)
    desk.write(privacy.purge)
    assert desk.write(lambda session, _now: session.scalar(sa.select(sa.func.count()).select_from(wrong_code))) == 0


def test_an_account_at_the_desk_may_mistype_more_but_not_without_end(desk: Desk) -> None:
    ref = checked(desk)
    code = slip(desk, ref)
    for _ in range(30):
        assert use(desk, "12345678", "0000", asker=NORA, actor=NORA) == WrongCode("12345678")
    assert isinstance(use(desk, ref, code, asker=NORA, actor=NORA), CodeLocked)
    assert isinstance(use(desk, ref, code, asker=LEA, actor=LEA), OfSlip)


def test_unknown_numbers_and_numbers_from_a_phone_count_as_guesses(desk: Desk) -> None:
    chat = desk.receive()
    for place in range(10):
        ref = chat if place % 2 else "12345678"
        assert use(desk, ref, "0000") == WrongCode(ref)
    assert isinstance(use(desk, chat, "0000"), CodeLocked)


def test_each_step_is_an_audit_line_without_a_word_of_the_sheet(desk: Desk) -> None:
    ref = checked(desk)
    code = slip(desk, ref)
    use(desk, ref, wrong(code))
    use(desk, ref, code, asker=LEA, actor=LEA)
    with desk.database.read() as session:
        lines = audit.search(session, action="paper.").items
    assert [(line.actor, line.action) for line in reversed(lines)] == [
        (LEA, "paper.entered"),
        (MAX, "paper.checked"),
        (LEA, "paper.slip"),
        ("citizen", "paper.wrong"),
        (LEA, "paper.followed"),
    ]
    told = str(lines)
    assert not any(word in told for word in (ref, code, "Bellevue", "bancs", "quartier"))
