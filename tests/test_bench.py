"""The bench compares what it says it compares, and its figures are of messages that stand in the records."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot import bench
from bot.bench import Contest, Run, addresses, floors, inbound, load, metropolis, pages
from bot.desk import DOORS

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


SMALL = metropolis.Size(500, 60, 100)


def test_the_pages_bench_opens_every_page_and_tells_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SIZE", SMALL)
    monkeypatch.setattr(pages, "ROUNDS", 1)
    found = bench.run("pages", pairs=1)
    assert list(found) == [*KEYS, "pages", "slow"]
    opened = {one["path"] for one in found["pages"]}
    doors = {addresses.form_of(door.path) for door in DOORS if door.method == "GET"}
    assert {door for door in doors if "{" not in door and "." not in door} <= opened
    assert len([one for one in opened if "?" not in one]) == len(
        [door for door in doors if "." not in door] + [one for one in addresses.PUBLIC if "?" not in one] + [*addresses.OTHERS, pages.NEXT]
    )
    assert all(one["p50_ms"] > 0 and one["most_ms"] >= one["p50_ms"] for one in found["pages"])
    assert all(one["bytes"] < 100_000 for one in found["pages"] if not one["path"].startswith("/desk"))
    assert "500 contributions" in found["machine"]
    assert 0 < found["ratio"] < 1


def test_a_page_that_is_too_large_fails_the_bench() -> None:
    walk = pages.Walk.__new__(pages.Walk)
    walk._bytes, walk._reading = {"/charte": 100_001}, "48210736"
    with pytest.raises(bench.Unfaithful, match="100000 are allowed"):
        walk.verify()
    walk._bytes, walk._reading = {"/desk": 100_001}, ""
    with pytest.raises(bench.Unfaithful, match="no next item"):
        walk.verify()


def test_a_placeholder_that_nobody_fills_is_told_with_its_address() -> None:
    assert addresses.fill("/desk/x/{id}/y?z={id}", {"": {"id": "1"}, "/desk/x/": {"id": "2"}}) == "/desk/x/2/y?z=2"
    with pytest.raises(addresses.NotKnown, match=r"\{kind\} in /desk/calendrier/\{kind\}: say in bot.bench.landmarks"):
        addresses.fill("/desk/calendrier/{kind}", {"": {"id": "1"}})


def test_a_filter_of_a_page_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "FILTERS", {"/desk/nulle-part": ("a=1",)})
    with pytest.raises(addresses.NotKnown, match="/desk/nulle-part"):
        list(addresses.desk({}))
