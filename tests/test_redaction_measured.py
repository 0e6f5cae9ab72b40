"""What is suggested in real contributions: enough of what is personal, not much else (MOD-54). Skipped without ../shared/data."""

import pytest
from click.testing import CliRunner

from bot import bench
from bot.bench import corpus, redaction
from bot.bench.planting import Planter
from bot.cli import allervers

needs_data = pytest.mark.skipif(not corpus.BESIDE.is_dir(), reason="no ../shared/data")

NAMES = corpus.Names(("Nadia", "Karim"), ("BENALI", "LE GUEN"))


@needs_data
def test_most_of_what_is_personal_is_suggested_and_little_else() -> None:
    found = redaction.measure(corpus.BESIDE, planted=60)
    assert found["recall"] >= 0.95, found
    assert found["precision"] >= 0.80, found
    assert found["precision_on_untouched"] >= 0.80, found
    for kind, figures in found["kinds"].items():
        assert figures["recall"] >= (0.85 if kind == "person" else 0.95), (kind, figures)
    read = {kind: count for kind, (count, _right, _private) in redaction.READ.items()}
    for kind, figures in found["kinds"].items():
        assert figures["on_untouched"] <= 1.2 * read.get(kind, 0) + 5, f"{kind}: read the new suggestions by eye, then write what they are"


def test_the_same_seed_plants_the_same_and_what_was_planted_stands_where_it_is_said_to() -> None:
    first, second = Planter(NAMES, 3), Planter(NAMES, 3)
    for kind in (*redaction.KINDS, None):
        for _ in range(20):
            one = first.plant("Des arbres. De l'ombre !\nMerci", kind)
            assert one == second.plant("Des arbres. De l'ombre !\nMerci", kind)
            start, end = one.place
            assert one.sentence[0] <= start <= end <= one.sentence[1]
            assert (start < end) == (kind is not None)
            assert one.text[start:end].strip() == one.text[start:end]


def test_without_the_data_the_bench_says_what_is_missing() -> None:
    with pytest.raises(corpus.NotThere, match="not part of the project"):
        bench.run("redaction", data=corpus.BESIDE / "nowhere")
    told = CliRunner().invoke(allervers, ["bench", "redaction", "--json", "--data", "/nowhere"])
    assert (told.exit_code, told.stdout) == (1, "")
