"""The sender's twin: takes copies that are due, writes each once, reads it back; one bad one never holds the others."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from bot import targets
from bot.targets import Away, Broken, NotUs, Receipt, Refused, Situation, Slow, Target, TargetError, Unclear, Waits
from bot.telemetry import RELAYED, RELAYS, RELAYS_LATE, log
from outreach import leases, relays
from outreach.relays import BY_HAND, LEASE, Job, Opened, Settled

FLYING = 8  # copies at once to one platform: most allow a hundred calls a minute
DOUBTS = 3  # unclear ends in a row, after which a platform gets one copy at a time, and is asked who we are again
STEPS = 8  # doublings of a platform's own pause: four minutes at most, for one bad copy must not hold the others
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0


class Ledger(Protocol):
    """The database, as much as the relay needs of it."""

    async def write(self, verb: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the verb gives
        """One verb in its own transaction."""
        ...

    async def read(self, verb: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the verb gives
        """One verb beside the writer."""
        ...


@dataclass(frozen=True)
class Manners:
    """How patient the relay is, in seconds; tests hurry."""

    lease: float = 120.0
    poll: float = 2.0
    first_pause: float = FIRST_PAUSE
    longest_pause: float = LONGEST_PAUSE
    identity: float = 300.0  # until a platform that does not know us is asked again
    grace: float = 10.0


class Tenure:
    """One holding of the relay's lease."""

    def __init__(self, epoch: int, valid_until: float) -> None:
        self.epoch, self.valid_until = epoch, valid_until
        self.stopping = asyncio.Event()

    def may_write(self, seconds: float) -> bool:
        """Whether a call of so many seconds that begins now ends before another process can search for what it wrote."""
        return time.monotonic() + seconds < self.valid_until


class Relay:
    """Every copy that leaves this process. Any number of processes may run one: one of them holds the lease."""

    def __init__(self, ledger: Ledger, situation: Situation, holder: str, *, manners: Manners | None = None) -> None:
        """`holder` names this run of this process."""
        self._ledger, self._situation, self._holder = ledger, situation, holder
        self._manners = manners or Manners()
        self._stopping, self._ended = asyncio.Event(), asyncio.Event()
        self._ended.set()

    async def stop(self) -> None:
        """Take nothing more, let what is on its way get its answer, give the lease back."""
        self._stopping.set()
        await self._ended.wait()

    async def run(self) -> None:
        """Until stopped. Cancelled, it leaves a doubt that the next holder resolves, as a crash would."""
        self._ended.clear()
        try:
            while not self._stopping.is_set():
                await self._hold()
        finally:
            self._ended.set()

    async def _hold(self) -> None:
        try:
            asked_at = time.monotonic()
            epoch = await self._ledger.write(leases.hold, LEASE, self._holder, self._manners.lease)
            if epoch is None:
                await _sleep(self._stopping, self._manners.lease / 3)
            else:
                await self._serve(Tenure(epoch, asked_at + self._manners.lease))
        except Exception as error:  # noqa: BLE001 - whatever happened, copies go on
            log.error("relay_stumbled", error=type(error).__name__)
            await _sleep(self._stopping, self._manners.poll)

    async def _serve(self, tenure: Tenure) -> None:
        if found := await self._ledger.write(relays.recover, tenure.epoch, self._situation.now()):
            log.warning("relay_recovered", copies=found)
        lines: _Lines = {}
        try:
            while not self._stopping.is_set():
                if not await self._renew(tenure):
                    return
                await self._follow_targets(tenure, lines)
                await self._count()
                await _sleep(self._stopping, self._manners.poll)
        finally:
            tenure.stopping.set()
            if lines:
                await asyncio.wait([task for _one, task in lines.values()], timeout=self._manners.grace)
            for _one, task in lines.values():
                task.cancel()
            await asyncio.gather(*(task for _one, task in lines.values()), return_exceptions=True)
            await self._ledger.write(leases.release, LEASE, self._holder)

    async def _renew(self, tenure: Tenure) -> bool:
        if time.monotonic() < tenure.valid_until - self._manners.lease * 2 / 3:
            return True
        asked_at = time.monotonic()
        if await self._ledger.write(leases.hold, LEASE, self._holder, self._manners.lease) != tenure.epoch:
            tenure.valid_until = 0
            return False
        tenure.valid_until = asked_at + self._manners.lease
        return True

    async def _follow_targets(self, tenure: Tenure, lines: "_Lines") -> None:
        """One line for each platform as it is now; one that was changed starts anew."""
        found: list[Opened] = await self._ledger.read(relays.opened)
        wanted = {one.id: one for one in found if one.kind not in BY_HAND}
        for id_, (one, task) in list(lines.items()):
            if wanted.get(id_) != one or task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                del lines[id_]
        for id_, one in wanted.items():
            if id_ not in lines:
                line = Line(one, self._ledger, self._situation, self._holder, self._manners, tenure)
                lines[id_] = one, asyncio.create_task(line.run(), name=f"relay {one.name}")

    async def _count(self) -> None:
        RELAYS.clear()
        for count in await self._ledger.read(relays.tally):
            RELAYS.labels(count.target, count.wants, count.state, count.fidelity).set(count.number)
        RELAYS_LATE.set(await self._ledger.read(relays.late, self._situation.now()))


class Line:
    """One platform: proves who we are there, then carries what is due until something goes wrong, and proves it again."""

    def __init__(self, opened: Opened, ledger: Ledger, situation: Situation, holder: str, manners: Manners, tenure: Tenure) -> None:  # noqa: PLR0917 - made in one place
        self._opened, self._ledger, self._situation, self._holder = opened, ledger, situation, holder
        self._manners, self._tenure = manners, tenure
        self._failures = self._doubts = 0

    async def run(self) -> None:
        """Until the tenure ends."""
        while not self._tenure.stopping.is_set():
            pause = await self._attempt()
            await _sleep(self._tenure.stopping, pause)

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
        if trouble is None:
            return 0
        self._failures += 1
        if not isinstance(trouble, Slow):
            await self._trouble(trouble)
        return max(trouble.after if isinstance(trouble, Slow) else 0.0, backoff(min(self._failures, STEPS), self._manners))

    async def _trouble(self, error: TargetError) -> None:
        log.warning("relay_target_in_trouble", target=self._opened.name, kind=type(error).__name__)
        await self._ledger.write(relays.troubled, self._opened.id, error.why)

    async def _work(self, target: Target) -> TargetError | None:
        """Carry what is due; gives the trouble that concerns the whole platform, None when the tenure ends."""
        flying: _Flying = set()
        trouble: TargetError | None = None
        try:
            while flying or not (trouble or self._tenure.stopping.is_set()):
                if not (trouble or self._tenure.stopping.is_set()):
                    flying |= await self._claim(target, len(flying))
                if not flying:
                    await _sleep(self._tenure.stopping, self._manners.poll)
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
                self._failures = self._doubts = 0
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


class Copying:
    """One try of one copy, and what is known of it at each moment."""

    def __init__(self, target: Target, job: Job, may_write: Callable[[], bool]) -> None:
        self._target, self._job, self._may_write = target, job, may_write
        self.receipt = Receipt(job.external, job.address) if job.external else None
        self.was_written = False
        self.is_known_gone = False  # what stood there was taken down in this try

    async def carry(self) -> Settled:
        """Search where a copy may stand, write if none does, read it back. Raises TargetError."""
        target, job = self._target, self._job
        if self.receipt is None and (job.doubt or job.wants == "withdraw"):
            self.receipt = await target.find(job)
        if self.receipt is not None and (job.wants == "withdraw" or job.stale):
            await self._take_down(self.receipt)
        if job.wants == "withdraw":
            return Settled(job.id, job.version, "gone", external="")
        if self.receipt is None:
            self._prove_that_we_may()
            self.was_written = True
            self.receipt = await target.create(job)
        text = await target.read(job, self.receipt)
        if text is None:
            self.receipt, self.is_known_gone = None, True
            raise Unclear("what was written is not there")
        return Settled(job.id, job.version, "there", text=text, external=self.receipt.external, address=self.receipt.address)

    def _prove_that_we_may(self) -> None:
        if not self._may_write():
            raise Away("the lease is over")

    async def _take_down(self, receipt: Receipt) -> None:
        self._prove_that_we_may()
        self.was_written = True
        await self._target.withdraw(self._job, receipt)
        if await self._target.read(self._job, receipt) is not None:
            raise Unclear("acknowledged, and it still stands there")
        self.receipt, self.is_known_gone, self.was_written = None, True, False


_End: TypeAlias = tuple[Settled, TargetError | None]
_Flying: TypeAlias = set["asyncio.Task[_End]"]
_Lines: TypeAlias = dict[int, tuple[Opened, "asyncio.Task[None]"]]


def backoff(tries: int, manners: Manners) -> float:
    """Seconds to wait after so many failures: doubled each time, up to an hour, with jitter so that not all come back at once."""
    pause = min(manners.longest_pause, manners.first_pause * 2.0 ** min(tries - 1, 20))
    return pause * (1 + random.random() / 4)  # noqa: S311 - spreads work, protects nothing


async def _sleep(ended: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return
