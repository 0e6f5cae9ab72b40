"""The public pages of a large record stay small and quick: `allervers bench pages`, its figures held to what issue and README say."""

import os

import pytest

from bot import bench
from bot.bench import pages

pytestmark = [pytest.mark.proof, pytest.mark.one_engine]
FULL = bool(os.environ.get("FULL"))
MOST_MS = 50


@pytest.mark.timeout(900)
def test_every_public_page_is_small_and_quick_with_a_large_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CONTRIBUTIONS", 100_000 if FULL else 20_000)
    found = bench.run("pages", pairs=3)
    print(found)
    slow = [one for one in found["pages"] if one["p50_ms"] >= MOST_MS]
    large = [one for one in found["pages"] if one["bytes"] >= pages.LARGEST]
    assert (slow, large) == ([], [])
