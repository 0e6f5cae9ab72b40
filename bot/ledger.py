"""The async façade of the database: one writer thread with three queues in order of urgency, and readers beside it."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.telemetry import BATCH, FAILED, RECEIVED, WAITING, log
from conversations.messages import Inbound
from outreach import outbox, trouble
from outreach.db import Database
from outreach.inbox import Received, receive

T = TypeVar("T")
P = ParamSpec("P")

BATCH_SIZE = 64  # beyond it a batch gains little and the first in it wait longer
WAITING_LIMIT = 4096
REPEATS = 4
READERS = 4
A_CROWD, A_CROWD_WAITS = 16, 0.008  # messages, seconds: while so many write at once, a fuller batch costs each of them less


class Urgency(IntEnum):
    """Whose turn it is: a person who writes, a person of the team or a message to send, or work in bulk."""

    INBOUND = 0
    DESK = 1
    BULK = 2


class Overloaded(Exception):
    """Too much waits already, or the database is away: nothing was taken, the caller may come again in `after` seconds."""

    after = 5


@dataclass(slots=True)
class _Unit:
    verb: Callable[[Any], Any]
    future: "asyncio.Future[Any]"


@dataclass(slots=True)
class _Arrival:
    inbound: Inbound
    future: "asyncio.Future[Received]"


class Ledger:
    """Every write of this process goes through here; a batch of messages is one transaction."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database = database
        self._now = now
        self._arrivals: deque[_Arrival] = deque()
        self._units: tuple[deque[_Unit], deque[_Unit], deque[_Unit]] = (deque(), deque(), deque())
        self._work = threading.Condition()
        self._stopping = self._gathering = False
        self._thread: threading.Thread | None = None
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queued = False
        self.after_queuing: list[Callable[[], None]] = []  # rung on the loop when a commit has left something to send
        self.alive_at: datetime | None = None

    async def start(self) -> None:
        """Open the writer."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write_forever, name="writer", daemon=True)
        self._thread.start()
        WAITING.set_function(lambda: self.waiting)

    async def stop(self) -> None:
        """Finish what was taken, then close."""
        with self._work:
            self._stopping = True
            self._work.notify()
        if self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._readers.shutdown(wait=True)

    @property
    def waiting(self) -> int:
        """How many messages and units stand in the queues."""
        return len(self._arrivals) + sum(len(queue) for queue in self._units)

    async def receive(self, inbound: Inbound) -> Received:
        """Take one message; returns after the commit. Raises Overloaded: answer 503."""
        future: asyncio.Future[Received] = self._running().create_future()
        self._put(self._arrivals, _Arrival(inbound, future))
        return await future

    async def write(self, verb: "Callable[Concatenate[Any, P], T]", /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one verb of the office in a transaction of its own, after the messages that wait. Raises what it raises, or Overloaded."""
        return await self._submit(Urgency.DESK, verb, args, kwargs)

    async def write_bulk(self, verb: "Callable[Concatenate[Any, P], T]", /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for a slice of bulk work: only when nobody else waits, and now and then all the same."""
        return await self._submit(Urgency.BULK, verb, args, kwargs)

    async def read(self, verb: "Callable[Concatenate[Any, P], T]", /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one verb beside the writer; what it writes is thrown away. Raises Overloaded when the database is away."""

        def look() -> T:
            try:
                with self.database.read() as session:
                    return verb(session, *args, **kwargs)
            except Exception as error:
                if trouble.kind(error) in {"again", "down"}:
                    raise Overloaded from error
                raise

        return await self._running().run_in_executor(self._readers, look)

    async def fold(self) -> None:
        """Fold SQLite's write-ahead log into the file: what was erased must not live on in it."""
        await self._running().run_in_executor(self._readers, self.database.fold)

    async def study(self) -> None:
        """Let SQLite look at how the rows of its large tables lie."""
        await self._running().run_in_executor(self._readers, self.database.study)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("the ledger is not open")
        return self._loop

    async def _submit(self, urgency: Urgency, verb: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        future: asyncio.Future[T] = self._running().create_future()
        self._put(self._units[urgency], _Unit(lambda session: verb(session, *args, **kwargs), future))
        return await future

    def _put(self, queue: "deque[Any]", item: "_Unit | _Arrival") -> None:
        if len(queue) >= WAITING_LIMIT or self._stopping:
            raise Overloaded
        with self._work:
            queue.append(item)
            if not self._gathering or self._is_full():
                self._work.notify()

    # The writer thread. Nothing may end it: whoever waits for an answer gets one.

    def _write_forever(self) -> None:
        turn, crowd = 0, False
        while True:
            with self._work:
                while not (self.waiting or self._stopping):
                    self._work.wait(1)
                if crowd and not self._is_full():
                    self._gathering = True
                    self._work.wait(A_CROWD_WAITS)
                    self._gathering = False
                if self._stopping and not self.waiting:
                    return
                batch = self._next_batch()
                unit = self._next_unit(turn)
                crowd = len(batch) >= A_CROWD
            turn += 1
            self.alive_at = self._now()
            if batch:
                self._answer(self._take(batch))
            if unit is not None:
                self._answer([self._do(unit)])

    def _is_full(self) -> bool:
        return len(self._arrivals) >= BATCH_SIZE or any(self._units) or self._stopping

    def _next_batch(self) -> list[_Arrival]:
        """Up to a batch, at most one message of an address: a person's second message waits for the first one's turn."""
        batch: list[_Arrival] = []
        held: list[_Arrival] = []
        seen: set[tuple[str, str]] = set()
        while self._arrivals and len(batch) < BATCH_SIZE and len(held) < BATCH_SIZE:
            arrival = self._arrivals.popleft()
            who = (arrival.inbound.network, arrival.inbound.address)
            (held if who in seen else batch).append(arrival)
            seen.add(who)
        self._arrivals.extendleft(reversed(held))
        return batch

    def _next_unit(self, turn: int) -> _Unit | None:
        _, desk, bulk = self._units
        if bulk and ((not desk and not self._arrivals) or turn % 20 == 0):
            return bulk.popleft()
        return desk.popleft() if desk else None

    def _take(self, batch: list[_Arrival]) -> list[tuple["asyncio.Future[Any]", Any]]:
        BATCH.observe(len(batch))
        inbounds = [arrival.inbound for arrival in batch]
        try:
            received = self._again(lambda session: receive(session, inbounds, self._now()))
        except Exception as error:  # noqa: BLE001 - the writer survives anything and tells its callers
            if trouble.kind(error) not in {"again", "down"} and len(batch) > 1:
                return [answer for arrival in batch for answer in self._take([arrival])]
            return [(arrival.future, self._excuse(error)) for arrival in batch]
        FAILED.inc(sum(one.failed for one in received))
        for one, inbound in zip(received, inbounds, strict=True):
            RECEIVED.labels(inbound.channel).inc(one.fresh)
        return [(arrival.future, one) for arrival, one in zip(batch, received, strict=True)]

    def _do(self, unit: _Unit) -> tuple["asyncio.Future[Any]", Any]:
        try:
            return unit.future, self._again(unit.verb)
        except Exception as error:  # noqa: BLE001 - the writer survives anything and tells its callers
            return unit.future, self._excuse(error)

    def _again(self, verb: "Callable[[Any], T]") -> T:
        """One transaction; a deadlock or a lost connection repeats it whole."""
        for attempt in range(REPEATS):
            try:
                with self.database.write() as session:
                    done = verb(session)
            except Exception as error:
                if trouble.kind(error) != "again" or attempt == REPEATS - 1:
                    raise
            else:
                self._queued = self._queued or outbox.has_put(session)
                return done
        raise AssertionError("unreachable")

    @staticmethod
    def _excuse(error: Exception) -> Exception:
        if trouble.kind(error) in {"again", "down"}:
            log.error("database_away", error=type(error).__name__)
            away = Overloaded()
            away.__cause__ = error
            return away
        return error

    def _answer(self, answers: list[tuple["asyncio.Future[Any]", Any]]) -> None:
        rings, self._queued = self.after_queuing if self._queued else [], False

        def tell() -> None:
            for future, result in answers:
                if future.done():  # the caller went away
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
            for ring in rings:
                ring()

        try:
            self._running().call_soon_threadsafe(tell)
        except RuntimeError:  # the loop was closed while we wrote: the commit stands
            return
