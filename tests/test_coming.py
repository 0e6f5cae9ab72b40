"""How many people a sentence says that come to a workshop."""

import pytest

from conversations.keywords import coming


@pytest.mark.parametrize(
    ("said", "many", "key"),
    [
        ("on vient à 2", 2, "yes:2"),
        ("je viens avec mon mari", 2, "yes:2"),
        ("on sera neuf", 9, "yes:9"),
        ("on vient à 12", 12, ""),
        ("12 PLACES", 12, ""),
        ("nous sommes une quinzaine", 15, ""),
        ("we are 12 people", 12, ""),
        ("12", 0, ""),
        ("douze", 0, ""),
        ("12 bancs", 0, ""),
        ("il faut 12 places de parking", 0, ""),
    ],
)
def test_how_many_come(said: str, many: int, key: str) -> None:
    assert (coming.how_many(said), coming.comes(said)) == (many, key)
