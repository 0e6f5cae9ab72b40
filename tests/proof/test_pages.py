"""Pages of a large city stay quick, the public ones small: `allervers bench pages`, its figures held to what the issues and README say."""

import os

import pytest

from bot import bench
from bot.bench import metropolis, pages

pytestmark = [pytest.mark.proof, pytest.mark.one_engine]
FULL = bool(os.environ.get("FULL"))
SIZE = metropolis.Size(1_000_000, 100_000, 20_000) if FULL else metropolis.Size(20_000, 5_000, 2_000)


@pytest.mark.timeout(2400)
def test_every_page_is_quick_in_a_large_city_and_the_public_ones_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SIZE", SIZE)
    found = bench.run("pages", pairs=3)
    print(found)
    assert found["slow"] == []
