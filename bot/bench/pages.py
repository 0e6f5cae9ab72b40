"""Pages of a city with a million contributions: how long the server takes for each, the desk's and everybody's, and how large they are.

One page at a time on one connection, so that a time is the server's own and not that of a queue.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from statistics import median
from typing import Any

from bot.bench import Contest, Run, Unfaithful, addresses, floors, metropolis
from bot.bench.founding import Key
from bot.bench.metropolis import Size
from bot.bench.servers import server
from bot.bench.visitor import Visitor

SIZE = Size(int(os.environ.get("ALLERVERS_BENCH_CONTRIBUTIONS", "1000000")), 100_000, 20_000)
ROUNDS = 5  # of every page, in one run
LARGEST = 100_000  # bytes of a public page
MEDIAN_MS, MOST_MS, NEXT_MS = 50, 200, 300
"""What every page may take, half of the time and at most; and the next item of the queue, from the click to its text."""
NEXT = "/desk/contributions/suivante"
_QUEUE, _DOOR = "/desk/contributions", "/desk/connexion"


@contextlib.contextmanager
def contest() -> Iterator[Contest]:
    """The service and an empty handler, each in a process of its own, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="allervers-bench-") as folder, contextlib.ExitStack() as stack:
        nothing = stack.enter_context(server(floors.serve_nothing))
        service = stack.enter_context(server(metropolis.serve, folder, SIZE))
        nothing_port, (port, key, known) = nothing.recv(), service.recv()
        walk = Walk(port, key, [*addresses.public(known), *addresses.desk(known)])
        idle = Idle(nothing_port, walk.addresses)
        for one in (walk, idle):
            stack.callback(one.close)
        note = f"{SIZE.contributions} contributions, {SIZE.people} contacts"
        yield Contest(walk.run, idle.run, walk.verify, note, walk.told)


class Idle:
    """The same addresses, asked of a handler that does nothing."""

    def __init__(self, port: int, asked: list[str]) -> None:
        self.addresses = asked
        self._visitor = Visitor(port)

    def run(self) -> Run:
        """Each address, `ROUNDS` times."""
        times = [self._visitor.get(address).ms for _ in range(ROUNDS) for address in self.addresses]
        return Run(len(times) / (sum(times) / 1000), tuple(times))

    def close(self) -> None:
        """Hang up."""
        self._visitor.close()


class Walk:
    """Somebody of the team who opens every page again and again, and reads on in the queue."""

    def __init__(self, port: int, key: Key, asked: list[str]) -> None:
        self.addresses = asked
        self._visitor = Visitor(port)
        self._times: dict[str, list[float]] = {address: [] for address in (*asked, NEXT)}
        self._first: dict[str, float] = {}
        self._bytes: dict[str, int] = {}
        self._reading = ""
        self._enter(key)

    def _enter(self, key: Key) -> None:
        import pyotp

        fields = {"email": key.email, "password": key.password, "code": pyotp.TOTP(key.secret).now()}
        answer = self._visitor.post(_DOOR, fields, form_on=_DOOR)
        if not answer.location:
            raise Unfaithful("the desk lets nobody in")

    def run(self) -> Run:
        """Each page, `ROUNDS` times, and the next item as often."""
        times = []
        for _ in range(ROUNDS):
            for address in self.addresses:
                answer = self._visitor.get(address)
                times.append(answer.ms)
                self._note(address, answer.ms, answer.body)
            self._note(NEXT, *self._next())
        return Run(len(times) / (sum(times) / 1000), tuple(times))

    def _note(self, address: str, ms: float, body: bytes) -> None:
        if address in self._first:
            self._times[address].append(ms)
        self._first.setdefault(address, ms)
        self._bytes[address] = max(self._bytes.get(address, 0), len(body))

    def _next(self) -> tuple[float, bytes]:
        """From the click to the text of the next item that waits, and its page."""
        claimed = self._visitor.post(NEXT, {"skip": self._reading}, form_on=_QUEUE)
        shown = self._visitor.get(claimed.location)
        self._reading = claimed.location.removeprefix(f"{_QUEUE}/")[:8]
        return claimed.ms + shown.ms, shown.body

    def close(self) -> None:
        """Hang up."""
        self._visitor.close()

    def verify(self) -> None:
        """No public page is larger than a phone on a slow network can take, and there was always a next item. Raises Unfaithful."""
        for address, size in self._bytes.items():
            if size > LARGEST and not address.startswith("/desk"):
                raise Unfaithful(f"{address} has {size} bytes, {LARGEST} are allowed")
        if not self._reading.isdecimal():
            raise Unfaithful("the queue had no next item")

    def told(self) -> dict[str, Any]:
        """Each page by itself, the slowest first, and which are slower than they may be.

        Its very first opening, which reads its templates, is told apart and not counted.
        """
        rows = [
            {
                "path": address,
                "bytes": self._bytes[address],
                "p50_ms": round(median(times), 1),
                "p95_ms": round(sorted(times)[int(len(times) * 0.95)], 1),
                "most_ms": round(max(times), 1),
                "first_ms": round(self._first[address], 1),
            }
            for address, times in self._times.items()
        ]
        rows.sort(key=lambda row: -float(str(row["p50_ms"])))
        return {"pages": rows, "slow": [row["path"] for row in rows if _is_slow(row)]}


def _is_slow(row: dict[str, Any]) -> bool:
    if row["path"] == NEXT:
        return bool(row["most_ms"] >= NEXT_MS)
    return bool(row["p50_ms"] >= MEDIAN_MS or row["most_ms"] >= MOST_MS)
