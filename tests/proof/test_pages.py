"""Pages of a large city stay quick, the public ones small: `allervers bench pages`, its figures held to what the issues and README say."""

import os

import pytest

from bot import bench
from bot.bench import metropolis, pages

pytestmark = [pytest.mark.proof, pytest.mark.one_engine]
FULL = bool(os.environ.get("FULL"))
NOISY = 200
"""Milliseconds; alone on a machine it is 50 (README, `allervers bench pages`)."""
SIZE = metropolis.Size(1_000_000, 100_000, 20_000) if FULL else metropolis.Size(20_000, 5_000, 2_000)


@pytest.mark.timeout(2400)
def test_every_page_is_quick_in_a_large_city_and_the_public_ones_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SIZE", SIZE)
    found = bench.run("pages", pairs=3)
    print(found)
    if FULL:
        assert found["slow"] == []
    # elsewhere others use the machine too: what grows with the city shows all the same
    assert [page["path"] for page in found["pages"] if page["p50_ms"] > NOISY] == []
