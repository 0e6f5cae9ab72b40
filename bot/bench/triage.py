"""How often a flag of the triage is raised on real contributions, and how often for nothing (MOD-55): it orders, it never decides."""

from collections import Counter
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.bench.corpus import contributions
from outreach.contributions.triage import FLAGS, read

# Every flag in the 6,978 real texts was read by eye (28 November 2026), "personal" by what `bench redaction` says of it: how many were
# raised, and how many of them somebody would want to see early. A flag that is not here was not raised once.
READ: dict[str, tuple[int, int]] = {"insult": (5, 5), "spam": (5, 0), "personal": (252, 246)}


def measure(data: Path) -> dict[str, Any]:
    """The figures, by flag. Raises corpus.NotThere."""
    texts = contributions(data)
    read("une première fois")  # what is loaded once is not counted
    began = perf_counter()
    readings = [read(text) for text in texts]
    spent = perf_counter() - began
    raised = Counter(flag for reading in readings for flag in reading.flags)
    known = [reading.language for reading in readings if reading.language]
    return {
        "name": "triage",
        "texts": len(texts),
        "ms_a_text": round(spent * 1000 / len(texts), 2),
        "flags": {flag: _flag(flag, raised[flag], len(texts)) for flag in FLAGS},
        "language_told": round(len(known) / len(texts), 4),
        "language_right": round(known.count("fr") / len(known), 4),  # all of them are French but for a handful
    }


def _flag(flag: str, raised: int, texts: int) -> dict[str, float]:
    before, right = READ.get(flag, (0, 0))
    share_wrong = (before - right) / before if before else 1.0  # what nobody has read counts as false
    return {"raised": raised, "false": round(raised * share_wrong), "false_rate": round(raised * share_wrong / texts, 5)}
