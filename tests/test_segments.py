import json
import math
import random
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from conversations.segments import count, is_gsm7, soften
from tests.peers import SHARED, missing

# channels.md B4: smsutil, Twilio's calculator and split-sms agree on the parts of all of these
CASES = [
    ("", "GSM-7", 1),
    ("a" * 160, "GSM-7", 1),
    ("a" * 161, "GSM-7", 2),
    ("a" * 306, "GSM-7", 2),
    ("a" * 307, "GSM-7", 3),
    ("a" * 158 + "€", "GSM-7", 1),
    ("a" * 159 + "€", "GSM-7", 2),
    ("a" * 152 + "€" + "b" * 152, "GSM-7", 3),
    ("ê" * 70, "UCS-2", 1),
    ("ê" * 71, "UCS-2", 2),
    ("ê" * 134, "UCS-2", 2),
    ("ê" * 135, "UCS-2", 3),
    ("ê" * 68 + "😀", "UCS-2", 1),
    ("ê" * 66 + "😀" + "ê" * 66, "UCS-2", 3),
    ("é" + "a" * 159, "GSM-7", 1),
    ("Ç" * 160, "GSM-7", 1),
    ("ç" * 70, "UCS-2", 1),
    ("L’école", "UCS-2", 1),
    ("Réunion\u00a0: 18h", "UCS-2", 1),
    ("Bonjour…", "UCS-2", 1),
    ("«oui»", "UCS-2", 1),
    ("a\nb", "GSM-7", 1),
    ("a\tb", "UCS-2", 1),
    ("a`", "UCS-2", 1),
    ("a\fb", "GSM-7", 1),
    ("a\x1bb", "UCS-2", 1),
]
LETTERS = "aZ09 éèàùÉÇñ@£$§\n\r€[]{}~^|\\êçœ’«»…\u00a0\u202fÀا١м最😀🧀"
TEXTS = st.one_of(st.text(alphabet=LETTERS, max_size=330), st.text(alphabet=LETTERS[:30], max_size=700))


@pytest.mark.parametrize(("text", "encoding", "parts"), CASES)
def test_the_26_cases_of_the_peers(text: str, encoding: str, parts: int) -> None:
    found = count(text)
    assert (found.encoding, found.parts) == (encoding, parts)


def test_units_are_septets_or_utf_16_units() -> None:
    assert count("a\fb").units == 4
    assert count("€uro").units == 5
    assert count("ê😀").units == 3


def test_every_letter_that_forces_the_dearer_alphabet_is_named_once() -> None:
    assert count("Arrêter, être « prêt » ?").culprits == ("ê", "«", "»")
    assert count("Écrivez-le ici, 5 €").culprits == ()


@given(TEXTS)
def test_never_fewer_parts_than_the_letters_need_and_never_one_too_many(text: str) -> None:
    found = count(text)
    one, part = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    assert found.encoding == ("GSM-7" if not found.culprits else "UCS-2")
    assert found.parts == 1 if found.units <= one else math.ceil(found.units / part) <= found.parts <= math.ceil(found.units / (part - 1))


@given(TEXTS)
def test_smsutil_counts_the_same_parts(text: str) -> None:
    split = smsutil.split(text)
    found = count(text)
    assert found.parts == max(1, len(split.parts))
    if text:  # smsutil calls the empty text UCS-2; nothing is ever sent
        assert (found.encoding == "GSM-7") == smsutil.is_valid_gsm(text)


@given(TEXTS)
def test_softening_never_costs_more_and_is_done_once(text: str) -> None:
    soft = soften(text)
    assert count(soft).units <= 3 * max(1, count(text).units)  # "…" is three dots
    assert soften(soft) == soft
    if is_gsm7(text):
        assert soft == text


@pytest.mark.parametrize(
    ("typed", "soft"),
    [
        ("L’école «\u00a0ouverte\u00a0» — d’accord…", "L'école \"ouverte\" - d'accord..."),
        ("1\u202f200\u00a0€, un œil, ŒUVRE", "1 200 €, un oeil, OEUVRE"),
        ("re\u0301union", "réunion"),
        ("fête, ça, être, À bientôt, août", "fête, ça, être, À bientôt, août"),
        ("« oui »\tet non", '"oui" et non'),
        ("سوق «الحي»", 'سوق "الحي"'),
    ],
)
def test_only_typography_is_softened_never_an_accent(typed: str, soft: str) -> None:
    assert soften(typed) == soft


@pytest.fixture(scope="module")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], list[tuple[str, int]]]:
    """Twilio's calculator, npm sms-segments-calculator 1.3.0."""
    if not (shutil.which("node") and shutil.which("npm")):
        missing("node and npm are missing: sudo apt-get install nodejs npm")
    folder = tmp_path_factory.mktemp("twilio")
    made = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "sms-segments-calculator@1.3.0"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )
    if made.returncode:
        missing("npm could not install sms-segments-calculator@1.3.0: is the registry in reach?")
    script = """
        const { SegmentedMessage } = require('sms-segments-calculator')
        const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))
        console.log(JSON.stringify(texts.map(text => new SegmentedMessage(text)).map(one => [one.encodingName, one.segmentsCount])))
    """

    def calculate(texts: list[str]) -> list[tuple[str, int]]:
        done = subprocess.run(
            ["node", "-e", script], cwd=folder, input=json.dumps(texts), check=True, capture_output=True, text=True, timeout=60
        )
        return [(encoding, parts) for encoding, parts in json.loads(done.stdout)]

    return calculate


@pytest.mark.peer
def test_twilio_counts_the_same(twilio: Callable[[list[str]], list[tuple[str, int]]]) -> None:
    dice = random.Random(38)
    texts = [text for text, _encoding, _parts in CASES]
    # Twilio never cuts a grapheme, even between two whole letters: CR LF is one to it, so CR stays out
    letters = LETTERS.replace("\r", "")
    texts += ["".join(dice.choices(letters[: dice.choice((18, 30, len(letters)))], k=dice.randrange(700))) for _ in range(1500)]
    assert [(found.encoding, max(1, found.parts)) for found in map(count, texts)] == [
        (encoding, max(1, parts)) for encoding, parts in twilio(texts)
    ]


def _load(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SHARED / "data" / path).read_text(encoding="utf-8"))
    return loaded


if SHARED.is_dir():

    @pytest.mark.parametrize("vector", _load("gsm/sms_segment_vectors.json")["smshelper@0.1.0 test/test.js (MIT)"])
    def test_smshelper_vectors(vector: dict[str, Any]) -> None:
        found = count(vector["text"])
        expected = vector["expected"]
        match vector["fn"]:
            case "detectEncoding":
                assert found.encoding == ("UCS-2" if expected == "UTF16" else "GSM-7")
            case "count":
                assert found.units == expected
            case "parts":
                assert found.parts == expected
            case other:
                pytest.fail(f"a kind of vector that nobody reads: {other}")

    @pytest.mark.parametrize("vector", _load("gsm/sms_segment_vectors.json")["TwilioDevEd/message-segment-calculator tests (MIT)"])
    def test_twilio_vectors(vector: dict[str, Any]) -> None:
        found = count(vector["body"])
        assert (found.encoding, found.parts) == (vector["encoding"], vector["segments"])

    @pytest.mark.parametrize(
        "vector", _load("gsm/sms_segment_vectors.json")["gsm7@1.3.1 encode (ISC)"], ids=lambda vector: str(vector["hex"])[:12]
    )
    def test_gsm7_vectors_have_as_many_septets_as_were_packed(vector: dict[str, Any]) -> None:
        assert len(vector["hex"]) // 2 == math.ceil(count(vector["text"]).units * 7 / 8)

    def test_the_alphabet_is_the_published_one() -> None:
        table = _load("gsm/gsm0338.json")
        basic = {letter for letter, _name in table["BASIC_CHARACTER_SET"].values()} - {"\x1b"}
        assert all(count(letter).units == 1 and is_gsm7(letter) for letter in basic)
        extended = {letter for letter, _name in table["BASIC_CHARACTER_SET_EXTENSION"].values()}
        assert all(count(letter).units == 2 and is_gsm7(letter) for letter in extended)

    def test_gocommon_vectors() -> None:
        vectors = _load("keywords/peer_gocommon_gsm7.json")
        for one in vectors["segments"]:
            assert count(soften(str(one["Text"]))).parts == one["Segments"], one
        for one in vectors["valid"]:
            assert is_gsm7(str(one["str"])) == one["valid"], one
        for one in vectors["substitutions"]:
            assert soften(str(one["str"])) == one["exp"], one

    def test_harmless_typography_spares_some_real_answers_the_dearer_alphabet() -> None:
        lines = (SHARED / "data/contributions/fr_chatbot_elf.jsonl").read_text(encoding="utf-8").splitlines()
        texts = [json.loads(line)["text"] for line in lines]
        before = sum(not is_gsm7(text) for text in texts) / len(texts)
        after = sum(not is_gsm7(soften(text)) for text in texts) / len(texts)
        print(f"outside GSM-7: {before:.1%} as typed, {after:.1%} softened, of {len(texts)} real answers")
        assert after < before - 0.05
