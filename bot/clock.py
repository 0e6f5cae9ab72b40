"""The list of what happens when; the only one who knows the time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.ledger import Ledger, Overloaded
from bot.telemetry import log
from outreach import agenda, inbox, notary, outbox, privacy
from outreach.contributions import decisions


class Clock:
    """The time, in UTC; a demonstration may move it forward."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The instant, aware."""
        return datetime.now(UTC) + self.offset

    def advance(self, much: timedelta) -> None:
        """Only the simulator may."""
        self.offset += much


@dataclass(frozen=True)
class Beat:
    """One errand of the metronome."""

    name: str
    trigger: IntervalTrigger | CronTrigger
    job: Callable[[], Awaitable[object]]


class Metronome:
    """APScheduler in memory: it only beats; every due time lives in the database."""

    def __init__(self, ledger: Ledger, clock: Clock, holder: str) -> None:
        self._ledger, self._clock, self._holder = ledger, clock, holder
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self.beats = (
            Beat("what is due: silences, decisions, notices, the chain", IntervalTrigger(seconds=1), self.sweep),
            Beat("replies and notices whose hour has passed", IntervalTrigger(seconds=60), self._expire),
            Beat("what was erased leaves the write-ahead log too", IntervalTrigger(minutes=10), ledger.fold),
            Beat("what has been kept long enough", CronTrigger(hour=3, minute=30, timezone=UTC), self._purge),
        )

    def start(self) -> None:
        """Begin to beat; a beat that is still going on is not started twice."""
        for beat in self.beats:
            self._scheduler.add_job(self._kept(beat), beat.trigger, name=beat.name, max_instances=1, coalesce=True, misfire_grace_time=None)
        self._scheduler.start()

    def stop(self) -> None:
        """Beat no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def sweep(self) -> None:
        """Everything due now, until nothing is: each errand is idempotent, so two processes may beat at once."""
        while True:
            now = self._clock.now()
            due = await self._ledger.read(agenda.due, now)
            done = 0
            if due.decisions:
                done += await self._ledger.write(decisions.apply_due, now)
            if due.silences:
                done += await self._ledger.write(inbox.sweep, now)
            if due.notices:
                done += await self._ledger.write(inbox.say_first, now)
            if due.chain:
                done += await self._ledger.write(notary.chain, now, self._holder)
            if not done:
                return

    async def advance(self, much: timedelta) -> None:
        """Move a demonstration's clock, stopping at each instant at which something is due."""
        goal = self._clock.now() + much
        while (following := await self._ledger.read(agenda.next_at)) is not None and following < goal:
            if (step := following - self._clock.now()) > timedelta():
                self._clock.advance(step)
            before = following
            await self.sweep()
            if (after := await self._ledger.read(agenda.next_at)) is not None and after <= before:
                break  # what is due can't be done at this instant: it will be seen at the goal
        if (rest := goal - self._clock.now()) > timedelta():
            self._clock.advance(rest)
        await self.sweep()

    async def _expire(self) -> None:
        await self._ledger.write(outbox.expire, self._clock.now())

    async def _purge(self) -> None:
        more = True
        while more:
            report = await self._ledger.write_bulk(privacy.purge, self._clock.now())
            log.info("purged", **report.counts)
            more = report.more
        await self._ledger.fold()

    @staticmethod
    def _kept(beat: Beat) -> Callable[[], Awaitable[None]]:
        async def job() -> None:
            try:
                await beat.job()
            except Overloaded:
                log.warning("beat_missed", beat=beat.name)
            except Exception:  # noqa: BLE001 - the next beat comes all the same
                log.exception("beat_failed", beat=beat.name)

        return job
