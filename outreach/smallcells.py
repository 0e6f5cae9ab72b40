"""Hide small cells so that sums do not reveal them."""

from collections.abc import Sequence

import msgspec

INSIDE = 5
"""Inside the house a cell of fewer people is shown as "<5" (DIV-07)."""
IN_PUBLIC = 11
"""In open data (DIV-07, as in French tax data)."""


class Column(msgspec.Struct, frozen=True):
    """Counts that may be shown. A cell is a count, `small` (from 1 to k-1) or None: hidden because it would reveal a small one."""

    cells: tuple[int | str | None, ...]
    total: int | None


SMALL = "small"


def column(counts: Sequence[int], k: int = INSIDE) -> Column:
    """A column of counts of people and its total, so that whoever subtracts finds at least two values for each small cell.

    0 is nobody and stays. To the small cells the smallest others are added until the sum leaves room; when nothing is left to
    hide, the total is.
    """
    small = {at for at, count in enumerate(counts) if 0 < count < k}
    others = sorted((at for at, count in enumerate(counts) if count >= k), key=lambda at: counts[at])
    hidden = list[int]()
    shown_total = True
    while small and not _leaves_room(sum(counts[at] for at in (*small, *hidden)), len(small), len(hidden), k):
        if not others:
            shown_total = False
            break
        hidden.append(others.pop(0))
    cells = tuple(SMALL if at in small else None if at in hidden else count for at, count in enumerate(counts))
    return Column(cells, sum(counts) if shown_total else None)


def _leaves_room(known_sum: int, small: int, hidden: int, k: int) -> bool:
    """Whether a small cell may have two values at least, when the sum of the small and of the hidden ones is known."""
    least = known_sum - (small - 1) - hidden * k  # at most so much is left for one cell
    most = known_sum - (small - 1) * (k - 1) if not hidden else 1  # at least so much
    return min(least, k - 1) - max(most, 1) >= 1
