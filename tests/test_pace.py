"""Limits: in no second more than the provider allows, at the sender's wire and at a receiver's; counted, not timed."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from random import Random

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sender.pace import BULK, SHARE, Pace

JITTER = 0.02  # seconds: what a way to a receiver may add without the limit being passed


class Time:
    """A clock that moves only when somebody sleeps, each time a little too long."""

    def __init__(self, late: Callable[[], float] = lambda: 0.0) -> None:
        self.now, self._late = 1000.0, late
        self.meanwhile: Callable[[], None] = lambda: None

    def tell(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + self._late()
        self.meanwhile()
        await asyncio.sleep(0)


def pace(clock: Time, rate: float, **more: float) -> Pace:
    return Pace(rate, clock=clock.tell, sleep=clock.sleep, **more)  # type: ignore[arg-type]


def most_in(times: Sequence[float], length: float) -> int:
    """The most instants that any stretch of this length holds."""
    times, first, most = sorted(times), 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= length:
            first += 1
        most = max(most, last - first + 1)
    return most


async def fire(paced: Pace, clock: Time, count: int, work: Callable[[], float] = lambda: 0.0, **kind: bool) -> list[float]:
    times = []
    for _ in range(count):
        assert await paced.turn(**kind)
        times.append(clock.now)
        clock.now += work()
    return times


@pytest.mark.parametrize("rate", [0.5, 1, 7, 30, 250, 1000])
async def test_a_steady_sender_reaches_97_percent_and_no_more(rate: float) -> None:
    clock = Time()
    times = await fire(pace(clock, rate), clock, int(rate * 10) + 20)
    assert most_in(times, 1 + JITTER) <= max(1, rate)
    assert len([at for at in times if at < 1010]) == pytest.approx(rate * SHARE * 10, abs=1)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([1, 5, 30, 100, 1000]), st.randoms(use_true_random=False), st.sampled_from([0.0, 0.002, 0.02, 0.7]))
def test_never_over_however_late_the_loop_is_and_whatever_else_it_does(rate: int, chance: Random, late: float) -> None:
    draw = chance.random
    clock = Time(lambda: late * draw() ** 4)

    def stall() -> float:
        return 0.6 * draw() if draw() < 0.02 else 0.0005 * draw()

    times = asyncio.run(fire(pace(clock, rate), clock, 4 * rate + 5, stall))
    assert most_in(times, 1 + JITTER) <= rate


async def test_what_was_missed_is_not_caught_up() -> None:
    clock = Time()
    paced = pace(clock, 30)
    await fire(paced, clock, 30)
    clock.now += 10  # nothing to send for ten seconds
    times = await fire(paced, clock, 60)
    assert most_in(times, 1 + JITTER) <= 30
    assert times[29] - times[0] >= 0.97


async def test_a_holder_that_follows_another_rests_first() -> None:
    clock = Time()
    earlier = await fire(pace(clock, 30), clock, 45)
    later = await fire(pace(clock, 30, rest=1), clock, 45)
    assert later[0] >= earlier[-1] + 1
    assert most_in([*earlier, *later], 1 + JITTER) <= 30


async def test_campaigns_leave_a_fifth_of_the_limit_to_people_who_wait() -> None:
    clock = Time()
    times = await fire(pace(clock, 30), clock, 240, bulk=True)
    assert most_in(times, 1) <= 30 * BULK
    assert len([at for at in times if at < 1010]) == pytest.approx(30 * SHARE * BULK * 10, abs=1)


async def test_campaigns_and_replies_together_stay_under_the_limit() -> None:
    clock = Time()
    paced = pace(clock, 30)
    times = []
    for number in range(300):
        assert await paced.turn(bulk=number % 3 == 0)
        times.append(clock.now)
    assert most_in(times, 1 + JITTER) <= 30


async def test_an_sms_in_three_parts_takes_three_turns() -> None:
    clock = Time()
    paced = pace(clock, 10)
    start = clock.now
    for _ in range(10):
        await paced.turn(parts=3)
    assert await paced.turn()
    assert clock.now - start == pytest.approx(30 / (10 * SHARE))


async def test_a_hold_gives_no_turn_to_anybody_and_then_goes_on_at_the_same_pace() -> None:
    clock = Time()
    paced = pace(clock, 30)
    await fire(paced, clock, 5)
    paced.hold(2)
    held_at = clock.now
    assert not await paced.turn()
    assert not paced.may_go
    assert paced.held_for == pytest.approx(2)
    paced.hold(0.5)  # a shorter one does not end it
    clock.now += 2
    times = await fire(paced, clock, 60)
    assert times[0] >= held_at + 2
    assert most_in(times, 1 + JITTER) <= 30


async def test_who_waits_for_a_turn_when_the_hold_comes_gets_none() -> None:
    clock = Time()
    paced = pace(clock, 1)
    await paced.turn()
    clock.meanwhile = lambda: paced.hold(5)
    assert not await paced.turn()


async def test_a_closed_pace_gives_no_turn() -> None:
    paced = pace(Time(), 30)
    paced.close()
    assert not await paced.turn()


async def test_a_chat_gets_a_few_replies_at_once_and_then_one_a_second() -> None:
    clock = Time()
    paced = pace(clock, 30, gap=1, burst=3)
    times = []
    for _ in range(12):
        clock.now += paced.wait_for("chat", reply=True)
        paced.take("chat")
        paced.left("chat")
        times.append(clock.now)
    assert times[:3] == [1000.0] * 3
    assert most_in(times[2:], 1) == 1
    assert paced.wait_for("another", reply=True) == 0


async def test_a_notice_to_a_chat_never_comes_within_a_second_of_another_message() -> None:
    clock = Time()
    paced = pace(clock, 30, gap=1, burst=3)
    paced.take("chat")
    clock.now += 0.4
    paced.left("chat")
    assert paced.wait_for("chat", reply=False) >= 1


async def test_addresses_that_may_be_written_to_again_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sender.pace._CROWD", 100)
    clock = Time()
    paced = pace(clock, 30, gap=1)
    for number in range(1000):
        paced.take(number)
        clock.now += 0.05
    assert len(paced._free_at) <= 100


class Receiver:
    """Counts what arrives, in a thread and a loop of its own, so that the sender's stalls are not the receiver's."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.url = ""
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.create_task(self._serve())
        self._loop.run_forever()
        self._loop.close()

    async def _serve(self) -> None:
        application = web.Application()
        application.router.add_post("/", self._take)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        self._ready.set()

    async def _take(self, _request: web.Request) -> web.Response:
        self.times.append(time.monotonic())
        return web.Response()

    async def _close(self) -> None:
        await self._runner.cleanup()
        self._loop.stop()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Receiver"]:
        self._thread.start()
        await asyncio.to_thread(self._ready.wait)
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._close(), self._loop)
            await asyncio.to_thread(self._thread.join)


@pytest.mark.parametrize("rate", [30, 300])
async def test_a_receiver_never_counts_more_than_the_limit_in_a_second(rate: int) -> None:
    """With other work on the sender's loop, over real sockets."""
    paced = Pace(rate)
    async with Receiver().open() as receiver, aiohttp.ClientSession() as client:

        async def send() -> None:
            if await paced.turn():
                async with client.post(receiver.url):
                    pass

        async def work() -> None:
            while True:
                sum(range(20_000))
                await asyncio.sleep(0.001)

        working = asyncio.create_task(work())
        try:
            async with client.post(receiver.url):  # a warm connection, as in service
                pass
            await asyncio.sleep(1)
            await asyncio.gather(*(send() for _ in range(int(3 * rate))))
        finally:
            working.cancel()
    assert len(receiver.times) == 3 * rate + 1
    assert most_in(receiver.times, 1) <= rate
