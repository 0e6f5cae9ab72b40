"""Measure what the service does beside a floor in the same run: rates drift by a third from minute to minute, ratios less."""

import os
import platform
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from bot.bench import corpus

_BENCHES = {"inbound": "bot.bench.inbound", "fanout": "bot.bench.fanout", "pages": "bot.bench.pages"}
_MEASURES = {
    "send": "bot.bench.send",
    "redaction": "bot.bench.redaction",
    "triage": "bot.bench.triage",
    "copies": "bot.bench.copies",
}
NAMES = (*_BENCHES, *_MEASURES)


class Unfaithful(Exception):
    """What was measured is not what was done: the figures are worth nothing."""


class Run(msgspec.Struct, frozen=True):
    """One measured run: how much a second, and how long each took, in milliseconds."""

    rate: float
    times: tuple[float, ...] = ()


class Contest(msgspec.Struct, frozen=True):
    """What is measured and what it is measured against; each call is one run."""

    ours: Callable[[], Run]
    floor: Callable[[], Run]
    verify: Callable[[], None]  # afterwards: that what was counted was done; raises Unfaithful
    note: str = ""  # what else a reader of the figures should know of this machine
    more: Callable[[], dict[str, Any]] = dict  # figures besides, afterwards


def run(name: str, pairs: int = 5, data: Path | None = None) -> dict[str, Any]:
    """Run a bench: alternating pairs of ours and the floor, after one of each to warm up; or measure how well `data` is read.

    `median` and `floor` are a second, `ratio` is the median of each pair's own. Raises ValueError for a name
    without a bench, corpus.NotThere.
    """
    if name in _MEASURES:
        found: dict[str, Any] = import_module(_MEASURES[name]).measure(data or corpus.BESIDE)
        return found
    if name not in _BENCHES:
        raise ValueError(f"there is no bench called {name}: {', '.join(NAMES)}")
    open_contest: Callable[[], AbstractContextManager[Contest]] = import_module(_BENCHES[name]).contest
    with open_contest() as contest:
        contest.floor()
        contest.ours()
        measured = list(_pairs(contest, pairs))
        contest.verify()
        more = contest.more()
    times = sorted(time for ours, _ in measured for time in ours.times)
    return {
        "name": name,
        "runs": [round(ours.rate) for ours, _ in measured],
        "median": round(median(ours.rate for ours, _ in measured)),
        "floor": round(median(floor.rate for _, floor in measured)),
        "ratio": round(median(ours.rate / floor.rate for ours, floor in measured), 3),
        "p50_ms": round(_quantile(times, 0.5), 2),
        "p99_ms": round(_quantile(times, 0.99), 2),
        "machine": machine(contest.note),
        **more,
    }


def _pairs(contest: Contest, pairs: int) -> Iterator[tuple[Run, Run]]:
    for number in range(pairs):
        if number % 2:  # whoever comes second finds a warmer machine: each does it in turn
            floor = contest.floor()
            yield contest.ours(), floor
        else:
            ours = contest.ours()
            yield ours, contest.floor()


def _quantile(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0


def machine(note: str = "") -> str:
    """Where the figures come from."""
    parts = [f"{os.cpu_count()} cores", f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", note]
    return ", ".join(part for part in parts if part)
