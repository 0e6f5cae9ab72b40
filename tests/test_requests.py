"""From a department's request to a mandate: eight questions, the framing, who agreed and when."""

from datetime import date

import pytest

from outreach import processes
from outreach.db import Database
from outreach.documents import Validated
from outreach.processes import Request
from tests.avising import Square
from tests.conftest import Clock
from tests.contributing import LEA

ASKED = Request(
    "Cour de l'école Pergaud",
    "Direction de l'éducation",
    dict.fromkeys(processes.QUESTIONS, "les familles") | {"can_change": "arbres\njeux, bancs", "cannot_change": "le portail"},
    date(2027, 9, 1),
)


@pytest.fixture
def square(database: Database, clock: Clock) -> Square:
    return Square(database, clock)


def test_a_department_asks_the_team_frames_and_the_mandate_is_agreed(square: Square) -> None:
    made = square.write(processes.request, ASKED, "staff:5")
    view = square.read(processes.get, made.slug)
    assert (view.slug, view.state, view.document.lead) == ("cour-de-l-ecole-pergaud", "requested", "Direction de l'éducation")
    assert (view.document.mandate.can_change, view.document.mandate.answer_promised_on) == (("arbres", "jeux", "bancs"), date(2027, 9, 1))
    assert square.read(processes.requested, made.slug).answers["need"] == "les familles"
    square.write(processes.validate, made.slug, Validated(by="le conseil", on=date(2027, 4, 1), act="délibération 12"), LEA)
    assert square.read(processes.get, made.slug).state == "mandate_validated"
    with pytest.raises(processes.Refused, match="missing"):
        square.write(processes.open, made.slug, LEA)


def test_a_request_with_a_question_unanswered_names_it(square: Square) -> None:
    with pytest.raises(processes.Refused) as caught:
        square.write(processes.request, Request("Cour", "Éducation", {"need": "de l'ombre"}), "staff:5")
    assert set(caught.value.missing) == set(processes.QUESTIONS) - {"need"}
    square.write(processes.request, ASKED, "staff:5")
    with pytest.raises(processes.Refused) as caught:
        square.write(processes.request, ASKED, "staff:5")
    assert caught.value.code == "taken"
