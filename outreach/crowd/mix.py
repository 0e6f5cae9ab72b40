"""What the crowd is made of: how many speak, when, and where each of their contributions stands by now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

APART = timedelta(minutes=1)
"""What lies between one contribution and the next: a million are twenty-three months."""
FEWEST = 400
"""Contributions that hold every state once."""
_FRESH = ("accepted", "redacted", "grouped", "appealed", "split", "reversed", "moved")
_FRESH_EACH = 12

GROUPED = 4
"""So many of a hundred say the same: the first speaks for them."""
_SETTLED = (
    *("published",) * 60,
    *("taken_up",) * 6,
    *("not_taken_up",) * 6,
    *("responded",) * 5,
    *("carried_out",) * 5,
    *("refused",) * 5,
    *("answered",) * 5,
    *("read_only",) * 4,
    *("withdrawn",) * 2,
    "upheld",
    "asked_again",
)
"""Of each hundred that wait no more."""

WAYS: dict[str, tuple[str, ...]] = {
    "received": ("draft", "received"),
    "read_only": ("draft", "read_only"),
    "accepted": ("draft", "received", "accepted"),
    "redacted": ("draft", "received", "redacted"),
    "grouped": ("draft", "received", "grouped"),
    "published": ("draft", "received", "accepted", "published"),
    "taken_up": ("draft", "received", "accepted", "published", "taken_up"),
    "not_taken_up": ("draft", "received", "accepted", "published", "not_taken_up"),
    "responded": ("draft", "received", "accepted", "published", "taken_up", "responded"),
    "carried_out": ("draft", "received", "accepted", "published", "taken_up", "responded", "carried_out"),
    "refused": ("draft", "received", "refused"),
    "appealed": ("draft", "received", "refused", "appealed"),
    "upheld": ("draft", "received", "refused", "appealed", "upheld"),
    "reversed": ("draft", "received", "refused", "appealed", "reversed"),
    "answered": ("draft", "received", "answered"),
    "asked_again": ("draft", "received", "asked_again"),
    "withdrawn": ("draft", "received", "withdrawn"),
    "moved": ("draft", "received", "moved"),
    "split": ("draft", "received", "split"),
}
"""The states that a contribution went through, by where it stands."""
PUBLIC = frozenset(state for state, way in WAYS.items() if "published" in way)
DECIDED: dict[str, str] = {
    "refused": "refuse", "appealed": "refuse", "upheld": "refuse", "reversed": "refuse", "redacted": "redact", "grouped": "group",
    "answered": "answer", "asked_again": "ask_again", "moved": "move", "split": "split", "accepted": "accept",
    **dict.fromkeys(PUBLIC, "accept"),
}  # fmt: skip
"""The decision that led there."""


class Plan(msgspec.Struct, frozen=True):
    """How many people gave how many contributions until `now`, of which the last so many wait for a moderator."""

    contributions: int
    people: int
    waiting: int
    now: datetime

    def at(self, number: int) -> datetime:
        """When the contribution of this number came in; the last one a moment ago."""
        return self.now - APART * (self.contributions - number)

    def state(self, number: int, of_process: int) -> str:
        """Where it stands; `of_process`: which of its process it is."""
        left = self.contributions - self.waiting - number
        if left <= 0:
            return "read_only" if number % 10 == 0 else "received"
        if left <= len(_FRESH) * _FRESH_EACH:
            return _FRESH[left % len(_FRESH)]
        return _SETTLED[of_process % len(_SETTLED)]

    def since(self, days: int) -> int:
        """The number of the first contribution of the last so many days."""
        return max(0, self.contributions - timedelta(days=days) // APART)


def steps(state: str) -> Sequence[tuple[str, str]]:
    """Each move on the way there."""
    return tuple(pairwise(WAYS[state]))
