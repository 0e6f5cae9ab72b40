"""The list of what happens when; the only one who knows the time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.ledger import Ledger, Overloaded
from bot.postman import Postman
from bot.telemetry import log
from outreach import (
    agenda,
    attendance,
    bulletin,
    campaigns,
    counting,
    inbox,
    loop,
    mail,
    notary,
    outbox,
    pauses,
    privacy,
    tallies,
    transparency,
    workshops,
)
from outreach.contributions import blind, decisions, triage
from outreach.record import log as record_log


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

    def __init__(
        self, ledger: Ledger, clock: Clock, holder: str, postman: Postman | None = None, troubles: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        """Without a postman no e-mail is written; `troubles` are the networks on which nothing leaves, as the sender knows them."""
        self._ledger, self._clock, self._holder, self._postman, self._troubles = ledger, clock, holder, postman, troubles
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self.beats = (
            Beat("whom a campaign is for, a slice at a time", IntervalTrigger(seconds=1), self._fill),
            Beat("figures of campaigns, before their messages are purged", CronTrigger(hour=3, minute=10, timezone=UTC), self._note),
            Beat(
                "what is due: silences, decisions, pauses, changes, offers, minutes, answers, notices, chain, tree, month, sample",
                IntervalTrigger(seconds=1),
                self.sweep,
            ),
            Beat("texts that came in, looked at for their place in the queue", IntervalTrigger(seconds=2), self._look),
            Beat("replies and notices whose hour has passed", IntervalTrigger(seconds=60), self._expire),
            Beat("SMS of which the operator never told what became", CronTrigger(minute=17, timezone=UTC), self._give_up_on_receipts),
            Beat("what was erased leaves the write-ahead log too", IntervalTrigger(minutes=10), ledger.fold),
            *([Beat("e-mail to the team: what is due, and what waits", IntervalTrigger(seconds=20), self.post)] if postman else []),
            Beat("counts of what is very many", IntervalTrigger(minutes=5), self._count),
            Beat("what large campaigns brought", IntervalTrigger(minutes=1), self._recount),
            Beat("how the rows of large tables lie", CronTrigger(hour=4, minute=30, timezone=UTC), ledger.study),
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
        broken: set[str] = set()
        while await self._round(broken):
            pass

    async def _round(self, broken: set[str]) -> int:
        """Each errand that has something to do, once; how much was done. One that breaks is `broken` and does not hold the others."""
        now = self._clock.now()
        due = await self._ledger.read(agenda.due, now)
        errands: tuple[tuple[bool, Callable[..., int], tuple[str, ...]], ...] = (
            (due.decisions, decisions.apply_due, ()),
            (due.silences, inbox.sweep, ()),
            (due.pauses, pauses.end_due, ()),
            (due.changes, workshops.tell_changes, ()),
            (due.offers, workshops.sweep_offers, ()),
            (due.minutes, attendance.publish_due, ()),
            (due.late, loop.tell_lateness, ()),
            (due.answers, loop.tell, ()),
            (due.notices, inbox.say_first, ()),
            (due.campaigns, campaigns.begin_due, ()),
            (due.campaigns, inbox.feed, ()),
            (due.campaigns, campaigns.finish, ()),
            (due.chain, notary.chain, (self._holder,)),
            (due.tree, record_log.grow, ()),
            (due.month, transparency.close_month, ()),
            (due.sample, blind.draw, ()),
        )
        done = 0
        for is_due, verb, more in errands:
            if is_due and verb.__name__ not in broken:
                try:
                    done += await self._ledger.write(verb, now, *more)
                except Overloaded:
                    raise
                except Exception:  # noqa: BLE001 - logged, and tried again at the next beat
                    log.exception("errand_failed", errand=verb.__name__)
                    broken.add(verb.__name__)
        return done

    async def advance(self, much: timedelta) -> None:
        """Move a demonstration's clock, stopping at each instant at which something is due."""
        goal = self._clock.now() + much
        await self._ledger.write(agenda.remember_advance, much)
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

    async def _fill(self) -> None:
        while (await self._ledger.read(agenda.due, self._clock.now())).filling:
            await self._ledger.write_bulk(campaigns.fill, self._clock.now())

    async def _note(self) -> None:
        while await self._ledger.write_bulk(campaigns.note, self._clock.now()):
            pass

    async def post(self) -> None:
        """Write down the e-mails that are due now, and send what waits."""
        now = self._clock.now()
        for network in self._troubles():
            await self._ledger.write(mail.channel_down, now, network)
        await self._ledger.write(mail.sweep, now)
        if self._postman is not None:
            await self._postman.deliver(now)

    async def _look(self) -> None:
        """Read a few texts, then write down what they hold: no message waits for that."""
        while await self._ledger.read(agenda.texts):
            looked = await self._ledger.read(triage.unread)
            if not await self._ledger.write_bulk(triage.keep, self._clock.now(), looked):
                break  # others did, or the texts changed meanwhile

    async def _expire(self) -> None:
        while await self._ledger.write_bulk(outbox.expire, self._clock.now()):
            pass

    async def _give_up_on_receipts(self) -> None:
        while await self._ledger.write_bulk(outbox.give_up_on_receipts, self._clock.now()):
            pass

    async def _count(self) -> None:
        """Count beside the writer, then keep what was counted."""
        for name, verb in counting.COUNTS.items():
            if (value := await self._ledger.read(verb, self._clock.now())) is not None:
                await self._ledger.write_bulk(tallies.keep, name, value)
        for slug in await self._ledger.read(bulletin.to_count, self._clock.now()):
            await self._ledger.write_bulk(bulletin.keep, self._clock.now(), await self._ledger.read(bulletin.count, [slug]))

    async def _recount(self) -> None:
        for subject in await self._ledger.read(campaigns.to_recount, self._clock.now()):
            counted = await self._ledger.read(campaigns.results, subject, self._clock.now())
            await self._ledger.write_bulk(campaigns.recount, self._clock.now(), subject, counted)

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
