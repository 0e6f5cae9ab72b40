"""A text in the making: nobody can make it so long, or so odd, that the others wait."""

import time

import pytest

from bot.languages import catalogues
from conversations.flows.draft import MOST_LETTERS, Draft, held, warning
from conversations.play import Stage
from conversations.steps import State
from conversations.talk import Talk


def test_a_very_long_text_is_asked_about_before_more_is_taken() -> None:
    stage = Stage("telegram", "fr", catalogues(("fr", "en")))
    stage.hear("/start")
    for _ in range(MOST_LETTERS // 4000 + 3):
        stage.hear("a" * 4000)
        stage.hear("… 5 s")
    draft = held(Talk.of(stage.state, stage.facts()))
    assert draft is not None
    assert MOST_LETTERS - 4000 <= len(draft.text) <= MOST_LETTERS
    assert any("très long" in said for said in stage.said)
    assert any("La Ville peut le publier" in line for line in stage.hear("… 20 s"))
    assert isinstance(stage.state, State)


@pytest.mark.parametrize("odd", ["a" * 40_000, "0" * 40_000, "a." * 20_000, "+" * 40_000])
def test_looking_for_numbers_and_addresses_takes_no_longer_for_odd_words(odd: str) -> None:
    begun = time.perf_counter()
    warning(Draft(texts=[("", odd)]))
    assert time.perf_counter() - begun < 1  # quadratic, it took five to fifteen


def test_an_address_is_seen() -> None:
    assert warning(Draft(texts=[("", "écrivez à jeanne.exemple@courriel.example")])) is not None
    assert warning(Draft(texts=[("", "un banc @ la gare")])) is None
