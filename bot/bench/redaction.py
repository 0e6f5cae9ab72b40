"""How much of what is personal is suggested to the moderators, and how much of what is suggested is personal (MOD-54)."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, get_args

from bot.bench.corpus import contributions, names
from bot.bench.planting import Planted, Planter
from outreach.contributions.redaction import Found, Kind, suggestions

KINDS: tuple[Kind, ...] = get_args(Kind)
PLANTED = 300
"""Texts with something planted, of each kind; and twice as many with what only looks so."""
SEED = 54
_WHOLE = 0.9  # of its letters: a point left behind is none of it

# Every suggestion in the 6,978 untouched texts but half of the links was read by eye (28 November 2026): how many there were,
# how many are what they are called, how many lead to somebody who holds no public office, and is no author, page or firm.
READ: dict[str, tuple[int, int, int]] = {
    "person": (78, 73, 35),
    "handle": (78, 76, 75),
    "link": (158, 156, 0),
    "email": (2, 1, 1),
    "address": (1, 0, 0),
}


def measure(data: Path, planted: int = PLANTED) -> dict[str, Any]:
    """The figures, by kind and in all. Raises corpus.NotThere."""
    texts, planter, dice = contributions(data), Planter(names(data), SEED), Random(SEED)  # noqa: S311 - a sample
    kinds: list[Kind | None] = [kind for kind in KINDS for _ in range(planted)] + [None] * (2 * planted)
    sought, found, false, wrong = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for kind in kinds:
        one = planter.plant(dice.choice(texts), kind)
        given = suggestions(one.text)
        if kind:
            sought[kind] += 1
            found[kind] += _is_whole(one, given)
        false.update(other.kind for other in given if _is_false(one, other))
        wrong[kind or ""] += any(other.kind != kind and _meets(other, one.place) for other in given) if kind else 0
    on_untouched = [suggestions(text) for text in texts]
    untouched = Counter[str](other.kind for some in on_untouched for other in some)
    right = {kind: _of(untouched, kind, 1) for kind in KINDS}
    private = {kind: _of(untouched, kind, 2) for kind in KINDS}
    per_kind = {
        kind: {
            "planted": sought[kind],
            "found": found[kind],
            "recall": _share(found[kind], sought[kind]),
            "false_on_planted": false[kind],
            "on_untouched": untouched[kind],
            "right_on_untouched": round(right[kind], 1),
            "precision": _share(found[kind] + right[kind], found[kind] + right[kind] + false[kind] + untouched[kind] - right[kind]),
            "called_otherwise": wrong[kind],
        }
        for kind in KINDS
    }
    all_found, all_right, all_private = sum(found.values()), sum(right.values()), sum(private.values())
    all_given = all_found + sum(false.values()) + sum(untouched.values())
    return {
        "name": "redaction",
        "untouched_texts": len(texts),
        "planted_texts": len(kinds),
        "recall": _share(all_found, sum(sought.values())),
        "precision": _share(all_found + all_right, all_given),
        "precision_on_planted": _share(all_found, all_found + sum(false.values())),
        "precision_on_untouched": _share(all_right, sum(untouched.values())),
        "private_on_untouched": _share(all_private, sum(untouched.values())),
        "texts_with_a_suggestion_untouched": _share(sum(map(bool, on_untouched)), len(texts)),
        "kinds": per_kind,
    }


def _is_whole(one: Planted, given: tuple[Found, ...]) -> bool:
    """Whether what was planted would be hidden, whatever it is called."""
    start, end = one.place
    hidden = sum(max(0, min(end, other.end) - max(start, other.start)) for other in given)
    return hidden >= _WHOLE * (end - start)


def _is_false(one: Planted, other: Found) -> bool:
    """Whether a suggestion stands in the planted sentence, not on what was planted; the text around is counted where it is untouched."""
    return _meets(other, one.sentence) and not (one.kind and _meets(other, one.place))


def _meets(other: Found, place: tuple[int, int]) -> bool:
    return other.start < place[1] and other.end > place[0]


def _of(untouched: Counter[str], kind: Kind, column: int) -> float:
    """How many of the suggestions are right, by the share of those that were read; of a kind that was not there, none."""
    read = READ.get(kind)
    return untouched[kind] * read[column] / read[0] if read else 0.0


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 1.0
