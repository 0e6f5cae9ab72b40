from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.languages import read
from conversations.engine import prompt
from conversations.facts import Facts
from conversations.messages import NETWORKS, Network, Say
from conversations.notices import Refused
from conversations.reasons import PARTS, REASONS, Reason, lacking, reasons_for
from conversations.scripts import show
from conversations.segments import count, is_gsm7
from conversations.steps import State, Turn
from conversations.text import Text, render
from tests.conftest import NANTES

EVERY = pytest.mark.parametrize("reason", REASONS.values(), ids=list(REASONS))
# MOD-03, column "second look"
SECOND_LOOK = {"R3", "R8", "R9", "R11"}


def test_the_codes_are_those_of_the_charter() -> None:
    assert list(REASONS) == [f"R{number}" for number in range(1, 13)]
    assert {code for code, reason in REASONS.items() if reason.second_look} == SECOND_LOOK


@EVERY
def test_only_the_allowed_decisions_are_offered(reason: Reason) -> None:
    assert reason.actions
    assert set(reason.actions) <= {"refuse", "redact", "group", "move", "answer", "ask_again"}
    assert len(set(reason.actions)) == len(reason.actions)


def test_what_mod_03_asks_of_some_codes() -> None:
    assert REASONS["R4"].actions[0] == "redact"
    assert "refuse" not in REASONS["R6"].actions  # a copy is never refused for that alone
    assert REASONS["R7"].actions[0] == "ask_again"
    assert all("seal" in REASONS[code].besides for code in ("R3", "R8"))
    assert "escalate" in REASONS["R8"].besides
    assert "delete" in REASONS["R12"].besides


def test_each_decision_with_a_reason_names_its_codes() -> None:
    assert reasons_for("redact") == ("R2", "R4", "R9", "R10")
    assert reasons_for("group") == ("R6",)
    assert reasons_for("accept") == ()
    assert len(reasons_for("refuse")) == 11


@EVERY
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_reason_says_its_rule_and_fits_an_sms(reason: Reason, language: str) -> None:
    def said(text: Text) -> str:
        return render(text, read(language))

    number = reason.code.removeprefix("R")
    sentence, redo = said(reason.sentence), said(reason.redo)
    assert sentence.endswith({"fr": f"(règle {number})", "en": f"(rule {number})"}[language])
    assert sentence[0].islower()  # it follows "Raison: "
    assert is_gsm7(sentence), count(sentence).culprits
    assert is_gsm7(redo), count(redo).culprits
    assert redo.endswith(".")
    assert said(reason.title)
    if language == "fr":
        assert len(sentence) <= 42
        assert len(redo) <= 42
        assert sentence != reason.sentence.msgid


def refused(reason: Reason, network: Network) -> Say:
    now = datetime(2027, 3, 15, 11, 0, tzinfo=ZoneInfo("Europe/Paris"))
    facts = Facts(now, network, NANTES, ("fr", "en"))
    told = Refused("48210736", date(2027, 3, 12), "Il manque des...", reason.code, "", date(2027, 9, 12))
    turn = prompt(State(language="fr", notice="1"), told, facts)
    assert isinstance(turn, Turn)
    (say,) = turn.says
    return say


@EVERY
@pytest.mark.parametrize("network", NETWORKS)
def test_a_refusal_has_its_seven_parts_whatever_the_reason(reason: Reason, network: Network) -> None:
    say = refused(reason, network)
    assert lacking(say.text.msgid) == ()
    for language in ("fr", "en"):
        shown = show(say, read(language), network)
        assert render(reason.sentence, read(language)) in shown.text
        assert render(reason.redo, read(language)) in shown.text
        for value in ("4821 0736", "12/03" if network == "sms" else "12 ", "12/09" if network == "sms" else "12 ", "Il manque des..."):
            assert value in shown.text
        if network == "sms":
            assert count(shown.text).parts <= 2, count(shown.text)


def test_a_part_that_is_forgotten_is_named() -> None:
    assert len(PARTS) == 7
    msgid = refused(REASONS["R4"], "sms").text.msgid
    for part, told_by in PARTS.items():
        assert lacking(msgid.replace(told_by, "")) == (part,)
