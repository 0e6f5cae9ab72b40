"""One platform's line: proves who we are, follows its processes, carries what is due; one bad copy never holds the others."""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import TypeAlias

from bot import targets
from bot.relay.copying import Copying
from bot.relay.words import Ledger, Manners, Tenure, backoff, rest
from bot.targets import Away, Broken, NotUs, Refused, Situation, Slow, Target, TargetError, Unclear, Waits
from bot.telemetry import RELAYED, log
from outreach import mirrors, relays
from outreach.mirrors import Followed
from outreach.relays import Job, Opened, Settled

FLYING = 8  # copies at once to one platform: most allow a hundred calls a minute
DOUBTS = 3  # unclear ends in a row, after which a platform gets one copy at a time, and is asked who we are again
STEPS = 8  # doublings of a platform's own pause: four minutes at most, for one bad copy must not hold the others

_End: TypeAlias = tuple[Settled, TargetError | None]
_Flying: TypeAlias = set["asyncio.Task[_End]"]


class Line:
    """One platform: proves who we are there, then carries what is due until something goes wrong, and proves it again."""

    def __init__(self, opened: Opened, ledger: Ledger, situation: Situation, holder: str, manners: Manners, tenure: Tenure) -> None:  # noqa: PLR0917 - made in one place
        self._opened, self._ledger, self._situation, self._holder = opened, ledger, situation, holder
        self._manners, self._tenure = manners, tenure
        self._failures = self._doubts = self._strangers = 0
        self._mirrored_at = -math.inf  # by the monotonic clock
        self._ended = asyncio.Event()

    def stop(self) -> None:
        """Take nothing more; `run` ends when what is on its way has its answer."""
        self._ended.set()

    async def run(self) -> None:
        """Until stopped."""
        while not self._ended.is_set():
            pause = await self._attempt()
            await rest(self._ended, pause)

    async def _attempt(self) -> float:
        """One run from the sign-in to the first trouble; how long to wait after it."""
        try:
            target = targets.make(self._opened, self._situation)
            await target.open()
        except TargetError as error:
            await self._trouble(error)
            return self._manners.identity
        try:
            await self._ledger.write(relays.recover, self._tenure.epoch, self._situation.now(), self._opened.id)
            who = await target.whoami()
            await self._ledger.write(relays.proven, self._opened.id, who, self._situation.now())
            await self._mirror(target)
            trouble = await self._work(target)
        except NotUs as error:
            await self._trouble(error)
            return self._manners.identity
        except TargetError as error:
            trouble = error
        except Exception as error:  # noqa: BLE001 - a library's or the database's; the platform's line goes on
            log.error("relay_stumbled", target=self._opened.name, error=type(error).__name__)
            trouble = Broken(type(error).__name__)
        finally:
            await target.close()
        return await self._pause_after(trouble) if trouble else 0

    async def _pause_after(self, trouble: TargetError) -> float:
        self._failures += 1
        self._strangers = self._strangers + 1 if isinstance(trouble, NotUs) else 0
        if not isinstance(trouble, Slow):
            await self._trouble(trouble)
        if self._strangers > 1:  # a token that ran out is mended by signing in again; a second refusal is not
            return self._manners.identity
        return max(trouble.after if isinstance(trouble, Slow) else 0.0, backoff(min(self._failures, STEPS), self._manners))

    async def _trouble(self, error: TargetError) -> None:
        log.warning("relay_target_in_trouble", target=self._opened.name, kind=type(error).__name__)
        await self._ledger.write(relays.troubled, self._opened.id, error.why)

    async def _work(self, target: Target) -> TargetError | None:
        """Carry what is due; gives the trouble that concerns the whole platform, None when it was stopped."""
        flying: _Flying = set()
        trouble: TargetError | None = None
        try:
            while flying or not (trouble or self._ended.is_set() or self._is_mirror_due()):
                if not (trouble or self._ended.is_set() or self._is_mirror_due()):
                    flying |= await self._claim(target, len(flying))
                if not flying:
                    await rest(self._ended, self._manners.poll)
                    continue
                done, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                results = [task.result() for task in done]
                await self._ledger.write(relays.settle, self._tenure.epoch, [one for one, _error in results], self._situation.now())
                trouble = self._learn(results) or trouble
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)
        return trouble

    def _is_mirror_due(self) -> bool:
        return time.monotonic() - self._mirrored_at > self._manners.mirror

    async def _mirror(self, target: Target) -> None:
        """Now and then: ask for copies that nobody asked for; make their processes and meetings ours, and tell which can't follow."""
        if not self._is_mirror_due():
            return
        self._mirrored_at = time.monotonic()
        while await self._ledger.write(relays.catch_up, self._opened.id, self._situation.now()):
            pass
        wanted = self._opened.options.get("process", self._opened.process)
        found = [one for one in await target.list_processes() if not self._opened.process or wanted in {one.slug, one.id}]
        theirs = [(one, await target.list_workshops(one)) for one in found]
        if theirs:
            followed: Followed = await self._ledger.write(mirrors.follow, self._situation.now(), theirs, slug=self._opened.process)
            for trouble in followed.troubles:
                log.warning("mirror_refused", target=self._opened.name, why=trouble)
            await self._ledger.write(relays.mirrored, self._opened.id, "; ".join(followed.troubles))

    async def _claim(self, target: Target, already: int) -> "_Flying":
        """Take more when half of the room is free: a platform that left us in doubt has room for one."""
        room = 1 if self._doubts >= DOUBTS else FLYING
        if already > room // 2 or not self._tenure.may_write(self._situation.seconds):
            return set()
        now = self._situation.now()
        if not await self._ledger.read(relays.is_due, self._opened.id, now):
            return set()
        jobs = await self._ledger.write(relays.claim, self._opened.id, self._holder, self._tenure.epoch, now, limit=room - already)
        return {asyncio.create_task(self._carry(target, job)) for job in jobs}

    def _learn(self, results: "Sequence[_End]") -> TargetError | None:
        """Count, and say whether to stop: nobody there, too fast, not us, or one doubt after the other. What one copy met is its own."""
        whole: TargetError | None = None
        for settled, error in results:
            RELAYED.labels(self._opened.name, settled.outcome).inc()
            if isinstance(error, Unclear | Broken):
                self._doubts += 1
                whole = error if self._doubts >= DOUBTS else whole
            elif isinstance(error, Away | Slow | NotUs):
                whole = error
            else:
                self._failures = self._doubts = self._strangers = 0
        return whole

    async def _carry(self, target: Target, job: Job) -> "_End":
        """One copy, whatever happens."""
        copy = Copying(target, job, lambda: self._tenure.may_write(self._situation.seconds))
        try:
            return await copy.carry(), None
        except TargetError as error:
            return self._failed(copy, job, error), error
        except Exception as error:  # noqa: BLE001 - a fault of ours or of a library: nobody can tell what was written
            log.error("relay_raised", target=self._opened.name, error=type(error).__name__)
            return self._failed(copy, job, Unclear(type(error).__name__)), Unclear(type(error).__name__)

    def _failed(self, copy: "Copying", job: Job, error: TargetError) -> Settled:
        receipt = error.receipt or copy.receipt
        external = None if receipt is None and not copy.is_known_gone else (receipt.external if receipt else "")
        address = receipt.address if receipt else ""
        pause = backoff(job.failures + 1, self._manners)
        known = {"external": external, "address": address, "why": error.why}
        match error:
            case Waits():
                return Settled(job.id, job.version, "waits", after=error.after, **known)  # type: ignore[arg-type]
            case Refused():
                return Settled(job.id, job.version, "refused", **known)  # type: ignore[arg-type]
            case NotUs() if error.receipt is not None:  # written, and not in our name
                return Settled(job.id, job.version, "refused", **known)  # type: ignore[arg-type]
            case NotUs() | Away() | Slow():
                return Settled(job.id, job.version, "retry", after=self._manners.first_pause, tried=False, **known)  # type: ignore[arg-type]
            case Broken() if not copy.was_written:
                return Settled(job.id, job.version, "retry", after=pause, **known)  # type: ignore[arg-type]
        return Settled(job.id, job.version, "unclear", after=pause, **known)  # type: ignore[arg-type]
