import pytest

from bot.languages import read
from conversations.reasons import PARTS, REASONS, Reason, reasons_for
from conversations.segments import count, is_gsm7
from conversations.text import Text, render

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


def test_the_seven_parts_of_a_refusal_have_names() -> None:
    assert len(PARTS) == len(set(PARTS)) == 7
