"""The avis comes in whole or not at all; each point to a service, back with a note, decided with reasons; nothing is published half."""

import io
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from outreach import answers, audit, loop, processes
from outreach.answers import Assigned, Fault, Note, SheetTrouble, sheets
from outreach.db import Database
from outreach.references import show_ref
from outreach.tables import contribution, entry, journal
from tests.avising import HANDED, LEFT_OUT, Square, position, refused, sheet
from tests.conftest import Clock
from tests.contributing import LEA, SLUG


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


def faults(square: Square, raw: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.hand_over, SLUG, raw, HANDED, LEA)
    return [(one.line, one.column, one.message) for one in caught.value.faults]


# --- the spreadsheet


def test_an_avis_comes_in_with_its_points_its_minority_and_what_it_cites(square: Square) -> None:
    one, two, three = (square.says(square.somebody(), f"Des bancs, {name}") for name in ("ici", "là", "partout"))
    taken = square.hands_over(
        [
            (
                "1",
                "Des arbres",
                "Planter des arbres\nle long du tram.",
                "Trois habitants préfèrent des auvents.",
                f"{show_ref(one)}, {two}",
            ),
            ("7 bis", "", "Poser des bancs.", "", f"no {two} et {two}"),
            ("non repris", "le parking est hors sujet", "Le groupe a lu ces avis.", "", three),
        ]
    )
    assert (taken.points, taken.asides, taken.cited) == (2, 1, 4)
    book = square.read(answers.book, SLUG)
    assert [(p.number, p.title["fr"], p.text["fr"], p.minority, p.refs) for p in book.points] == [
        ("1", "Des arbres", "Planter des arbres\nle long du tram.", "Trois habitants préfèrent des auvents.", tuple(sorted((one, two)))),
        ("7 bis", "Poser des bancs.", "Poser des bancs.", "", (two,)),
    ]
    assert [(p.title["fr"], p.refs) for p in book.asides] == [("le parking est hors sujet", (three,))]
    assert (book.avis.left_out, book.avis.written_by, square.state()) == ({"fr": LEFT_OUT}, "40 habitants", "avis_handed_over")


def test_a_workbook_is_read_as_excel_keeps_it(square: Square) -> None:
    ref = square.says(square.somebody())
    book = Workbook()
    page: Any = book.active
    for row in (("Numéro", "Texte", "Références"), (7.0, "=Planter", int(ref)), (None, None, None), ("8", "Asseoir", None)):
        page.append(row)
    page["B2"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    square.write(answers.hand_over, SLUG, out.getvalue(), HANDED, LEA)
    assert [(p.number, p.text["fr"], p.refs) for p in square.read(answers.book, SLUG).points] == [
        ("7", "=Planter", (ref,)),
        ("8", "Asseoir", ()),
    ]


def test_leading_zeros_that_excel_ate_come_back() -> None:
    from stdnum import damm

    for body in ("0482107", "0000107"):
        ref = body + damm.calc_check_digit(body)
        assert sheets.references(str(int(ref))) == ([ref], [])


def test_every_fault_is_told_with_its_line_and_nothing_came_in(square: Square) -> None:
    published, unread = square.says(square.somebody()), square.says(square.somebody(), publish=False)
    raw = sheet(
        [
            ("1", "", "Texte", "", f"{published} {unread}"),
            ("1", "", "Encore", "", "4821 0737"),
            ("", "", "Sans numéro", "", "voir les autres"),
            ("un numéro trop long", "", "", "", ""),
            ("non repris", "une raison bien trop longue pour tenir dans un SMS", "Lu.", "", ""),
            ("non repris", "le goût de la fête", "Lu.", "", ""),
        ]
    )
    assert faults(square, raw) == [
        (3, "point", "point 1 is on line 2 already: give it another number"),
        (
            3,
            "avis cités",
            "4821 0737 is no number of a contribution: eight digits that belong together, as in 4821 0736; look at each again",
        ),
        (4, "point", "missing: write the number of the point, or: non repris"),
        *(
            (
                4,
                "avis cités",
                f"{word} is no number of a contribution: eight digits that belong together, as in 4821 0736; look at each again",
            )
            for word in ("voir", "les", "autres")
        ),
        (5, "point", "19 letters: at most 8, as in 7 or 7 bis"),
        (5, "texte", "missing: write it"),
        (6, "titre", "50 letters: an SMS leaves room for 42"),
        (7, "titre", "û ê would triple the price of each SMS: choose words without it"),
        (2, "avis cités", f"{show_ref(unread)} is not published: take it out, or publish it first"),
    ]
    assert (square.read(answers.book, SLUG).avis, square.state()) == (None, "open")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04 not a workbook", "this is neither CSV nor Excel: save it again from the spreadsheet"),
        (b'Point;Texte\r\n1;"', "this is neither CSV nor Excel: save it again from the spreadsheet"),
        (b"Point;Texte\r\n", "no line holds a point"),
        (b"x" * (sheets.LARGEST + 1), f"the file is larger than {sheets.LARGEST} bytes: send it in two"),
    ],
)
def test_a_file_that_is_none_is_told_so(square: Square, raw: bytes, told: str) -> None:
    assert faults(square, raw) == [(0, "", told)]


def test_nothing_is_dropped_silently(square: Square) -> None:
    told = faults(square, b"Point,Texte,Couleur\n1,Planter,vert\n2,Asseoir,,et ceci\n")
    assert [(line, column) for line, column, _message in told] == [(1, "Couleur"), (2, ""), (3, "")]
    assert [message for _line, _column, message in faults(square, b"Titre\nDes arbres\n")] == [
        "no column for this: name one of them point",
        "no column for this: name one of them texte",
    ]


def test_another_process_s_words_cannot_be_cited(square: Square, database: Database, clock: Clock) -> None:
    from tests.contributing import Desk

    other = Desk(database, clock, "velo-gare")
    ref = other.receive()
    other.decide(ref, "accept")
    assert faults(square, sheet([("1", "", "Planter", "", ref)])) == [
        (2, "avis cités", f"{show_ref(ref)} belongs to another project: take it out")
    ]


def test_a_second_import_keeps_what_was_decided_and_refuses_to_lose_it(square: Square) -> None:
    square.hands_over([("1", "", "Planter", "", ""), ("2", "", "Asseoir", "", "")])
    square.assigns(2)
    square.decides(2)
    square.hands_over([("3", "", "Éclairer", "", ""), ("2", "", "Asseoir mieux", "", "")])
    book = square.read(answers.book, SLUG)
    assert [(p.place, p.number, p.text["fr"], p.response is not None) for p in book.points] == [
        (1, "3", "Éclairer", False),
        (2, "2", "Asseoir mieux", True),
    ]
    assert faults(square, sheet([("3", "", "Éclairer", "", "")])) == [
        (0, "", "point 2 was studied or decided already: it can't be left out")
    ]


def test_copies_are_cited_through_the_one_that_speaks_for_them(square: Square) -> None:
    head = square.says(square.somebody(), "Des bancs")
    second = square.says(square.somebody(), "Des bancs !")
    with square.database.write() as session:
        session.execute(sa.update(entry).where(entry.c.ref == second).values(grouped_with=head))
    square.hands_over([("1", "", "Asseoir", "", head)])
    (point,) = square.read(answers.book, SLUG).points
    assert (point.refs, point.voices) == ((head,), 2)
    assert square.read(answers.of_refs, [second])[second].number == "1"


# --- the work


def test_a_point_goes_to_a_service_comes_back_and_is_decided(square: Square) -> None:
    square.hands_over([("1", "", "Planter", "", "")])
    assert refused(square, answers.study, SLUG, 1, Note("yes", "", "", ""), LEA).code == "unassigned"
    square.assigns(1)
    assert square.state() == "instruction"
    square.write(answers.study, SLUG, 1, Note("conditions", "180 000 euros", "hiver 2027", "Les réseaux passent dessous."), LEA)
    square.decides(1)
    assert square.state() == "arbitration"
    (point,) = square.read(answers.book, SLUG).points
    assert (point.instruction.service, point.instruction.cost, point.instruction.feasible) == (
        "Espaces verts",
        "180 000 euros",
        "conditions",
    )
    assert point.response.sms_reason == {"fr": "les rails limitent les racines", "en": "the rails limit the roots"}
    assert point.answer is None
    (shown,) = square.read(answers.book, SLUG, public=True).points
    assert (shown.instruction, shown.response, shown.commitments) == (None, None, ())


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"decision": "perhaps"}, "missing"),
        ({"reasons": " "}, "missing"),
        ({"decided_by": ""}, "missing"),
        ({"sms_reason": ""}, "sms_reason"),
        ({"sms_reason": "x" * 43}, "sms_reason"),
        ({"sms_reason": "c'est prêt"}, "sms_reason"),
        ({"sms_done": ""}, "sms_done"),
        ({"sms_done": "x" * 35}, "sms_done"),
        ({"others": {"en": {"reason": "x" * 43}}}, "reason.en"),
        ({"decision": "not_kept", "sms_done": ""}, "due_on"),
        ({"reasons": "x" * 4001}, "long"),
    ],
)
def test_a_decision_is_taken_whole_and_fits_an_sms(square: Square, more: dict[str, Any], code: str) -> None:
    square.hands_over([("1", "", "Planter", "", "")])
    given = msgspec.structs.replace(position(), **more)
    assert refused(square, answers.decide, SLUG, 1, given, LEA).code == code
    assert square.read(answers.book, SLUG).points[0].response is None


def test_no_response_is_published_while_a_point_has_none(square: Square) -> None:
    square.hands_over([("1", "", "Planter", "", ""), ("2", "", "Asseoir", "", "")])
    assert refused(square, loop.publish, SLUG, LEA).code == "state"
    square.decides(1)
    assert refused(square, loop.publish, SLUG, LEA).which == ("2",)
    square.decides(2, "not_kept")
    square.publishes()
    assert square.state() == "follow_up"  # something was promised, and is followed
    assert refused(square, answers.decide, SLUG, 1, position(), LEA).code == "state"
    assert refused(square, answers.hand_over, SLUG, sheet([("1", "", "x", "", "")]), HANDED, LEA).code == "state"


def test_nothing_closes_while_a_point_has_no_answer_or_accepted_words_no_place(square: Square) -> None:
    ref = square.says(square.somebody())
    square.hands_over([("1", "", "Planter", "", ref)])
    with pytest.raises(processes.Refused, match="these points have no answer: 1"):
        square.write(processes.close, SLUG, LEA)
    square.decides(1)
    square.publishes()
    square.tells()
    with square.database.write() as session:
        session.execute(sa.update(contribution).values(state="accepted"))
    with pytest.raises(processes.Refused, match="have no place in the record yet: 1"):
        square.write(processes.close, SLUG, LEA)
    with square.database.write() as session:
        session.execute(sa.update(contribution).values(state="responded"))
    square.write(processes.close, SLUG, LEA)
    assert square.state() == "closed"


def test_each_step_is_an_audit_line_and_a_line_of_the_journal(square: Square) -> None:
    square.hands_over([("1", "", "Planter", "", "")])
    square.assigns(1)
    square.decides(1)
    square.publishes()
    with square.database.read() as session:
        kinds = list(session.scalars(sa.select(journal.c.kind).order_by(journal.c.id)))
        moved = [line.detail for line in audit.search(session, action="process.moved").items]
    assert kinds == ["avis_handed_over", "instruction", "arbitration", "response_published", "follow_up"]
    path = [line["after"] for line in reversed(moved)]
    assert path == kinds
    assert all(after in processes.MOVES[before] for before, after in pairwise(["open", *path]))


def test_what_a_point_is_worked_on_only_where_it_may(square: Square) -> None:
    assert refused(square, answers.assign, SLUG, 1, Assigned("x", "", date(2027, 6, 1)), LEA).code == "unknown"
    assert refused(square, answers.assign, "nowhere", 1, Assigned("x", "", date(2027, 6, 1)), LEA).code == "unknown"
    square.hands_over([("1", "", "Planter", "", "")])
    assert refused(square, answers.assign, SLUG, 1, Assigned(" ", "", date(2027, 6, 1)), LEA).which == ("service",)


# --- what is owed


def test_the_board_tells_what_is_owed_by_whom_overdue_first(square: Square) -> None:
    square.says(square.somebody())
    ref = square.says(square.somebody())
    (answer,) = square.write(answers.debts)
    assert (answer.kind, answer.due_on, answer.people, answer.overdue) == ("answer", date(2027, 6, 30), 2, 0)
    square.hands_over([("1", "Arbres", "Planter", "", ref), ("2", "", "Asseoir", "", ""), ("3", "", "Éclairer", "", "")])
    square.assigns(1)
    square.assigns(2)
    square.write(answers.study, SLUG, 2, Note("yes", "", "", ""), LEA)
    square.decides(3)
    square.clock.advance(days=23)
    owed = square.write(answers.debts)
    assert [(one.kind, one.number, one.by, one.people, one.overdue) for one in owed] == [
        ("study", "1", "Espaces verts, Mme Roux", 1, 9),
        ("answer", "", "", 2, 0),
        ("position", "2", "", 0, 0),
    ]
    for place in (1, 2):
        square.decides(place)
    square.publishes()
    assert [(one.kind, one.number, one.what, one.due_on) for one in square.write(answers.debts)] == [
        ("commitment", number, "24 arbres avant mars 2028", date(2028, 3, 1)) for number in ("1", "2", "3")
    ]


# --- words in other languages


def test_the_table_of_translations_goes_out_and_comes_back(square: Square) -> None:
    square.hands_over([("1", "Des arbres", "Planter", "", "")])
    square.decides(1, others={})
    table = square.read(answers.sheet, SLUG, ("fr", "en")).decode()
    assert "title;;Place du Marché;Market square" in table
    changed = table.replace("point.1.title;;Des arbres;", "point.1.title;;Des arbres;Trees").replace(
        "point.1.reason;42;les rails limitent les racines;", "point.1.reason;42;les rails limitent les racines;the rails limit the roots"
    )
    changed = changed.replace("question.nuit;;Et la nuit ?;", "question.nuit;;Et la nuit ?;And at night?")
    assert square.write(answers.bring_in, SLUG, changed.encode(), ("fr", "en"), "M. Lee", LEA) == 3
    (point,) = square.read(answers.book, SLUG).points
    assert (point.title["en"], point.response.sms_reason["en"]) == ("Trees", "the rails limit the roots")
    assert square.document().questions[1].text["en"] == "And at night?"
    assert square.write(answers.bring_in, SLUG, changed.encode(), ("fr", "en"), "M. Lee", LEA) == 0


def test_a_translation_of_another_french_is_not_shown_and_not_taken(square: Square) -> None:
    square.hands_over([("1", "Des arbres", "Planter", "", "")])
    table = square.read(answers.sheet, SLUG, ("fr", "en")).decode().replace("point.1.title;;Des arbres;", "point.1.title;;Des arbres;Trees")
    square.write(answers.bring_in, SLUG, table.encode(), ("fr", "en"), "M. Lee", LEA)
    square.hands_over([("1", "Des haies", "Planter", "", "")])
    assert square.read(answers.book, SLUG).points[0].title == {"fr": "Des haies"}
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.bring_in, SLUG, table.encode(), ("fr", "en"), "M. Lee", LEA)
    assert {one.message for one in caught.value.faults} == {"the French changed meanwhile: take the table out again"}


def test_a_translation_too_long_for_an_sms_is_told_with_its_line(square: Square) -> None:
    square.hands_over([("1", "Des arbres", "Planter", "", "")])
    raw = b"nom;fr;en\nleft_out;" + LEFT_OUT.encode() + b";" + b"x" * 43 + b"\nnowhere;x;y\n"
    with pytest.raises(SheetTrouble) as caught:
        square.write(answers.bring_in, SLUG, raw, ("fr", "en"), "", LEA)
    assert caught.value.faults == (
        Fault(2, "en", "43 letters: an SMS leaves room for 42"),
        Fault(3, "nom", "nowhere is no sentence of this project: take the table out again"),
    )


# --- what everybody may read meanwhile


def test_a_line_of_the_journal_may_be_written_by_a_person(square: Square) -> None:
    square.write(answers.note, SLUG, "Trente habitants ont visité la place.", LEA)
    assert refused(square, answers.note, SLUG, " ", LEA).code == "missing"
    (line,) = square.read(answers.book, SLUG, public=True).journal
    assert (line.kind, line.text) == ("note", {"fr": "Trente habitants ont visité la place."})


def test_a_promised_day_moves_before_it_passes_and_never_after(square: Square) -> None:
    until = date(2027, 10, 15)
    assert refused(square, loop.move_promise, SLUG, until, {"fr": ""}, LEA).code == "reason"
    assert refused(square, loop.move_promise, SLUG, square.clock.now().date(), {"fr": "études"}, LEA).code == "until"
    square.write(loop.move_promise, SLUG, until, {"fr": "études en cours", "en": "studies go on"}, LEA)
    assert (square.document().mandate.answer_promised_on, square.document().mandate.version) == (until, 2)
    (line,) = square.read(answers.book, SLUG, public=True).journal
    assert (line.kind, line.about, line.text) == (
        "promise_moved",
        "2027-06-30/2027-10-15",
        {"fr": "études en cours", "en": "studies go on"},
    )
    square.clock.advance(days=(until - square.clock.now().date()).days + 3)
    square.write(loop.move_promise, SLUG, until + timedelta(days=60), {"fr": "études en cours"}, LEA)
    assert square.document().mandate.answer_promised_on == until  # it passed: it stays, and the answer is late
