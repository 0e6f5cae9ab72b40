"""Every transcript happens exactly as it is written; every flow, step, question, outcome and notice has one.

`ALLERVERS_UPDATE_TRANSCRIPTS=1 pytest tests/test_transcripts.py` writes them anew; the review then shows a diff of dialogues.
The office is pretended here: what it really answers, `test_inbox` and its neighbours try.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import catalogues
from conversations import effects, engine, keywords, messages, outcomes, play
from conversations.facts import Facts
from conversations.notices import Notice
from conversations.play import Stage
from conversations.steps import State, Turn
from conversations.talk import FLOWS, KEYWORDS, NOTICES, OUTCOMES, SILENCES

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))
LANGUAGES = catalogues(("fr", "en"))
NETWORKS: tuple[messages.Network, ...] = messages.NETWORKS


@cache
def _played(path: Path) -> tuple[str, Stage]:
    return play.replay(path.read_text(), LANGUAGES)


def _everything_met() -> set[str]:
    return set().union(*(_played(path)[1].met for path in FILES))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_transcript_happens_as_it_is_written(path: Path) -> None:
    happened, _stage = _played(path)
    if os.environ.get("ALLERVERS_UPDATE_TRANSCRIPTS"):
        path.write_text(happened)
    assert happened == path.read_text()


def test_there_are_transcripts_enough() -> None:
    assert len(FILES) >= 45
    heads = [path.read_text() for path in FILES]
    for network in NETWORKS:
        for language in ("fr", "en"):
            assert sum(f"channel: {network}\nlanguage: {language}\n" in head for head in heads) >= 8, (network, language)


def test_every_flow_has_a_transcript_and_every_step_was_visited() -> None:
    named = {path.name.split(".")[0] for path in FILES}
    assert set(FLOWS) == named
    met = _everything_met()
    missing = {f"step {flow.name}:{step}" for flow in FLOWS.values() for step in flow.steps} - met
    for flow in FLOWS.values():
        missing |= {f"{what} {flow.name}:{name}" for name in flow.questions for what in ("asked", "answered")} - met
    missing |= {f"silence {name}" for name in SILENCES} - met
    missing |= {f"outcome {shape.__name__}" for shape in get_args(outcomes.Outcome)} - met
    missing |= {f"notice {shape.__name__}" for shape in get_args(Notice)} - met
    missing |= {f"effect {shape.__name__}" for shape in get_args(effects.Effect)} - met - {"effect LetSleep"}
    assert not missing


def test_every_outcome_and_every_notice_is_taken_up() -> None:
    assert set(OUTCOMES) == set(get_args(outcomes.Outcome))
    assert set(NOTICES) == set(get_args(Notice))


def test_every_keyword_is_heard_in_some_transcript() -> None:
    heard = {
        found.name
        for path in FILES
        for line in path.read_text().splitlines()
        if line.startswith("> ") and (found := keywords.find(line.removeprefix("> ")))
    }
    by_button = {"NOTICE", "PARTAGER", "DEVELOPPEUR"}
    assert set(KEYWORDS) - heard <= by_button


def _moments() -> Iterator[tuple[str, Stage]]:
    """Every state that a transcript goes through, once each kind."""
    seen = set()
    for path in FILES:
        head, body = play.split(path.read_text())
        stage = play.opened(head, LANGUAGES)
        for line, answers in play.scenes(body):
            stage.hear(line, answers)
            kind = (
                stage.network,
                stage.state.language,
                stage.state.flow,
                stage.state.step,
                tuple(asked.kind for asked in stage.state.asked),
            )
            if kind not in seen:
                seen.add(kind)
                yield path.stem, stage


@cache
def moments() -> tuple[tuple[str, State, Facts], ...]:
    return tuple((name, stage.state, stage.facts()) for name, stage in _moments())


def _say(state: State, text: str, facts: Facts) -> Turn:
    return engine.turn(state, messages.Words(text, "m999"), facts)


@pytest.mark.parametrize("word", ["STOP", "/stop", "arrêt!", "Désabonner", "توقف"])
def test_stop_works_in_every_state(word: str) -> None:
    for name, state, facts in moments():
        before = msgspec.structs.replace(state, minute=(0, 0))
        turn = _say(before, word, facts)
        assert any(isinstance(effect, effects.Stop) for effect in turn.effects), name
        told = engine.resume(msgspec.structs.replace(turn.state, memory={**turn.state.memory, "stopped": False}), outcomes.Stopped(), facts)
        assert len(told.says) == 1, name
        assert turn.state.memory.get("draft", {}).get("texts") == state.memory.get("draft", {}).get("texts"), name


@pytest.mark.parametrize(
    "word", ["/privacy", "/forget", "/mydata", "/language", "/help", "/developer_info", "/effacer", "/ateliers", "/suivi", "/langue"]
)
def test_each_command_is_answered_in_every_state(word: str) -> None:
    for name, state, facts in moments():
        turn = _say(msgspec.structs.replace(state, minute=(0, 0)), word, facts)
        assert 1 <= len(turn.says) <= 4, (name, word)  # the full notice in three, after word of a changed one


@pytest.mark.parametrize("word", ["OUBLI", "DONNEES", "RECOURS", "STOP"])
def test_the_guard_never_blocks_a_right(word: str) -> None:
    for name, state, facts in moments():
        minute = int(facts.now.timestamp()) // 60
        turn = _say(msgspec.structs.replace(state, minute=(minute, 99), hushed=minute), word, facts)
        assert turn.says or turn.effects, (name, word)


def test_text_beyond_the_guard_is_still_gathered() -> None:
    stage = Stage("sms", "fr", LANGUAGES)
    stage.hear("> PLACE")
    for number in range(25):
        stage.now -= play.BETWEEN
        stage.hear(f"> morceau {number}")
    stage.hear("… 60 s")
    stage.hear("> 1")
    assert "\\n".join(f"morceau {number}" for number in range(25)) in stage.transcript()


odd = st.one_of(
    st.builds(messages.Words, st.text(max_size=60), st.text(max_size=4), st.sampled_from(["", "photo", "sticker", "voice", "🙂"])),
    st.builds(
        messages.Words,
        st.sampled_from(["1", "2", "3", "7", "oui", "non", "A", "B", "STPO", "PLACE", "effacer", "👍", "48210736", "OUBLI 48210736"]),
        st.just("m1"),
    ),
    st.builds(messages.Press, st.sampled_from(["", "gone", "x" * 60]), st.text(max_size=12)),
    st.builds(messages.Edit, st.sampled_from(["m1", "m2", ""]), st.text(max_size=20)),
    st.builds(messages.Start, st.text(max_size=70)),
    st.builds(messages.Silence, st.sampled_from(["gathered", "nudge", "erase", "of before an upgrade"])),
)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 9999), st.lists(odd, max_size=4))
def test_no_input_in_no_state_breaks_a_turn(place: int, said: list[messages.Input]) -> None:
    _name, state, facts = moments()[place % len(moments())]
    for one in said:
        turn = engine.turn(state, one, facts)
        sealed = msgspec.json.encode(turn.state)
        state = msgspec.json.decode(sealed, type=State)  # as the office keeps it
        assert msgspec.json.encode(state) == sealed


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 9999), st.text(max_size=8), st.dictionaries(st.sampled_from(["draft", "opt_in", "came_from"]), st.none() | st.text()))
def test_a_state_that_an_upgrade_left_behind_leads_on(place: int, step: str, memory: dict[str, object]) -> None:
    _name, _state, facts = moments()[place % len(moments())]
    turn = engine.turn(State("survey", step, memory), messages.Words("il manque des bancs", "m1"), facts)
    assert "changed in the meantime" in turn.says[0].text.msgid


def test_a_callback_fits_telegram() -> None:
    for path in FILES:
        stage = _played(path)[1]
        for _text, buttons in stage.shown:
            for data, label, _row in buttons:
                assert len(data.encode()) <= 64, label


def _telegram_welcome(language: str) -> str:
    stage = Stage("telegram", language, LANGUAGES, languages=(language,))
    stage.hear("> /start tok-place-du-marche")
    return stage.said[0]


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        ("fr", ["robot", "des agents lisent", "aide à choisir", "rien n'est obligatoire", "gardons votre identifiant", "/effacer"]),
        ("en", ["robot", "staff read", "helps to choose", "nothing is compulsory", "keep your Telegram identifier", "/forget"]),
    ],
)
def test_the_first_telegram_message_holds_the_six_facts(language: str, facts: list[str]) -> None:
    said = _telegram_welcome(language)
    assert len(said) <= 500
    assert "?" in " ".join(re.split(r"(?<=[.?!])\s", said)[:2])  # GDPR-10 in journeys' form: the question first
    assert [fact for fact in facts if fact not in said] == []
    assert "09 37 00 00 00" in said  # GDPR-14: a way that is not Telegram
    assert "https://dialogue.ville.example" in said  # TG-07: the page with the official numbers
    assert re.search("ni adresse|no address", said, re.IGNORECASE)  # GDPR-23


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        ("> PLACE", ["robot", "des agents lisent", "aide à choisir", "Rien d'obligatoire", "garde votre numéro", "OUBLI", "DONNEES"]),
        ("> PLACE des bancs", ["robot", "des agents lisent", "aide à choisir", "rien d'obligatoire", "garde votre numéro", "DONNEES"]),
    ],
)
def test_the_first_sms_holds_the_facts(line: str, facts: list[str]) -> None:
    stage = Stage("sms", "fr", LANGUAGES)
    stage.hear(line)
    stage.hear("… 60 s")
    assert [fact for fact in facts if fact not in stage.said[0]] == []


def test_the_full_notice_is_three_messages_with_all_of_gdpr_13() -> None:
    stage = Stage("telegram", "fr", LANGUAGES)
    stage.hear("> /privacy")
    assert len(stage.said) <= 3
    whole = "\n".join(stage.said)
    who, how_long = "Responsable|Délégué|But 1|But 2|Facultatif|hébergeur", "EEE|Durées|Effacer|opposer|cnil.fr|automatique"
    for part in [*who.split("|"), "Telegram est un autre responsable", "chiffrés de bout en bout", *how_long.split("|")]:
        assert part in whole
    assert max(map(len, stage.said)) <= 4096


def test_nobody_is_ever_asked_for_a_date_of_birth() -> None:
    for path in FILES:
        said = " ".join(_played(path)[1].said).casefold()
        assert not re.search(r"naissance|né le|née le|birth|born|carte d'identité|passport|justificatif", said), path.stem


def test_one_emoji_at_most_and_never_as_a_bullet() -> None:
    for path in FILES:
        for said in _played(path)[1].said:
            assert not re.search("[\U0001f300-\U0001faff☀-➿]", said.replace("👍", "", 1)), path.stem


def test_a_quote_never_passes_forty_letters_by_sms() -> None:
    for path in FILES:
        stage = _played(path)[1]
        if stage.network == "sms":
            for said in stage.said:
                assert (
                    all(len(quote) <= 40 for quote in re.findall(r'"([^"]*)"', said)) or "Texte publié" in said or "Public text" in said
                ), path.stem
