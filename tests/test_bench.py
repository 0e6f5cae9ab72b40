"""The bench compares what it says it compares, and its figures are of messages that stand in the records."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot import bench
from bot.bench import Contest, Run, floors, inbound, load, pages

KEYS = ["name", "runs", "median", "floor", "ratio", "p50_ms", "p99_ms", "machine"]


def test_the_ratio_is_the_median_of_each_pair_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = iter([Run(1.0), Run(50.0, (1.0, 2.0)), Run(30.0, (3.0,)), Run(90.0, (4.0,))])
    floor = iter([Run(1.0), Run(100.0), Run(120.0), Run(300.0)])
    closed: list[str] = []

    @contextmanager
    def contest() -> Iterator[Contest]:
        yield Contest(lambda: next(ours), lambda: next(floor), lambda: closed.append("verified"), "a note")
        closed.append("closed")

    monkeypatch.setattr(inbound, "contest", contest)
    found = bench.run("inbound", pairs=3)
    assert list(found) == KEYS
    assert (found["runs"], found["median"], found["floor"], found["ratio"]) == ([50, 30, 90], 50, 120, 0.3)
    assert (found["p50_ms"], found["p99_ms"]) == (3.0, 4.0)
    assert found["machine"].endswith("a note")
    assert closed == ["verified", "closed"]


def test_a_bench_that_is_not_there_says_which_are() -> None:
    with pytest.raises(ValueError, match="inbound"):
        bench.run("nothing")


@contextmanager
def empty_server() -> Iterator[int]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=floors.serve_nothing, args=(theirs,), daemon=True)
    process.start()
    yield ours.recv()
    ours.send("end")
    process.join(20)
    assert process.exitcode == 0


def test_the_load_sends_each_request_once_and_times_each() -> None:
    with empty_server() as port:
        run = load.drive(port, [[load.post("/x", b"{}")] * 3 for _ in range(100)])
        assert len(run.times) == 300
        assert run.rate > 0
        with pytest.raises(load.Refused):
            load.drive(port, [[b"PUT /x HTTP/1.1\r\nHost: a\r\n\r\n"]])


def test_the_inbound_bench_counts_only_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "PEOPLE", 24)
    found: dict[str, Any] = bench.run("inbound", pairs=1)
    assert list(found) == KEYS
    assert 0 < found["ratio"] < 1
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_the_inbound_bench_fails_when_a_message_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "PEOPLE", 8)
    with inbound.contest() as contest:
        contest.ours()
        monkeypatch.setattr(inbound, "PEOPLE", 9)
        with pytest.raises(bench.Unfaithful, match="36"):
            contest.verify()
        monkeypatch.setattr(inbound, "PEOPLE", 8)


def test_the_pages_bench_opens_every_page_and_tells_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CONTRIBUTIONS", 300)
    monkeypatch.setattr(pages, "ROUNDS", 1)
    found = bench.run("pages", pairs=1)
    assert list(found) == [*KEYS, "pages"]
    assert len(found["pages"]) == len(pages.PAGES)
    assert all(0 < one["bytes"] < 100_000 and one["p50_ms"] > 0 for one in found["pages"])
    assert "300 contributions" in found["machine"]
    assert 0 < found["ratio"] < 1


def test_a_page_that_is_too_large_or_not_there_fails_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CONTRIBUTIONS", 60)
    monkeypatch.setattr(pages, "ROUNDS", 1)
    monkeypatch.setattr(pages, "LARGEST", 1_000)
    with pytest.raises(bench.Unfaithful, match="1000 are allowed"):
        bench.run("pages", pairs=1)
    monkeypatch.setattr(pages, "PAGES", ("/nowhere",))
    with pytest.raises(bench.Unfaithful, match="404"):
        bench.run("pages", pairs=1)
