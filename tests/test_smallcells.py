"""What is hidden can't be worked out again from what is shown (DIV-07)."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.smallcells import IN_PUBLIC, INSIDE, SMALL, Column, column


@pytest.mark.parametrize(("counts", "cells", "total"), [
    ([12, 7, 30], (12, 7, 30), 49),
    ([12, 0, 30], (12, 0, 30), 42),
    ([4, 12, 30], (SMALL, None, 30), 46),
    ([2, 3, 30], (SMALL, SMALL, 30), 35),
    ([1, 1, 30, 6], (SMALL, SMALL, 30, None), 38),
    ([4], (SMALL,), None),
    ([1, 1], (SMALL, SMALL), None),
    ([], (), 0),
])  # fmt: skip
def test_a_small_cell_takes_another_along(counts: list[int], cells: tuple[int | str | None, ...], total: int | None) -> None:
    found = column(counts)
    assert found.total == total
    assert [cell == SMALL for cell in found.cells] == [cell == SMALL for cell in cells]
    assert sum(cell is None for cell in found.cells) >= sum(cell is None for cell in cells)


def solutions(shown: Column, k: int, most: int) -> list[set[int]]:
    """What somebody who knows the rule and does the sums finds possible for each cell."""
    unknown = [range(1, k) if cell == SMALL else range(k, most + 1) for cell in shown.cells if not isinstance(cell, int)]
    rest = None if shown.total is None else shown.total - sum(cell for cell in shown.cells if isinstance(cell, int))
    possible: list[set[int]] = [set() for _ in unknown]
    for guess in product(*unknown):
        if rest is None or sum(guess) == rest:
            for place, value in enumerate(guess):
                possible[place].add(value)
    return possible


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=1, max_size=5))
def test_whoever_does_the_sums_knows_no_small_cell(counts: list[int]) -> None:
    shown = column(counts)
    possible = solutions(shown, INSIDE, 16)
    small = [found for cell, found in zip((c for c in shown.cells if not isinstance(c, int)), possible, strict=True) if cell == SMALL]
    assert all(len(found) >= 2 for found in small), (counts, shown)
    assert [cell for cell in shown.cells if isinstance(cell, int)] == [
        count for count, cell in zip(counts, shown.cells, strict=True) if isinstance(cell, int)
    ]


def test_in_public_the_bar_is_higher() -> None:
    assert column([10, 12, 40], IN_PUBLIC).cells[0] == SMALL
