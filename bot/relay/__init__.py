"""The sender's twin: one process holds the relay's lease, and each platform has its own line."""

import asyncio
import time
from typing import NamedTuple, TypeAlias

from bot.relay.line import Line
from bot.relay.words import Ledger, Manners, Tenure, rest
from bot.targets import Situation
from bot.telemetry import RELAYS, RELAYS_LATE, log
from outreach import leases, relays
from outreach.relays import BY_HAND, LEASE, Opened

__all__ = ["Manners", "Relay"]


class _Held(NamedTuple):
    """A platform as it was when its line began."""

    opened: Opened
    line: Line
    task: "asyncio.Task[None]"


_Lines: TypeAlias = dict[int, _Held]


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
                await rest(self._stopping, self._manners.lease / 3)
            else:
                await self._serve(Tenure(epoch, asked_at + self._manners.lease))
        except Exception as error:  # noqa: BLE001 - whatever happened, copies go on
            log.error("relay_stumbled", error=type(error).__name__)
            await rest(self._stopping, self._manners.poll)

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
                await rest(self._stopping, self._manners.poll)
        finally:
            await self._end(tenure, lines)
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
        gone = {id_: held for id_, held in lines.items() if wanted.get(id_) != held.opened or held.task.done()}
        await self._end(tenure, gone)
        for id_ in gone:
            del lines[id_]
        for id_, one in wanted.items():
            if id_ not in lines:
                line = Line(one, self._ledger, self._situation, self._holder, self._manners, tenure)
                lines[id_] = _Held(one, line, asyncio.create_task(line.run(), name=f"relay {one.name}"))

    async def _end(self, tenure: Tenure, lines: "_Lines") -> None:
        """Let what is on its way get its answer; what got none in time is in doubt, even if its platform is never taken up again."""
        for held in lines.values():
            held.line.stop()
        if lines:
            _done, late = await asyncio.wait([held.task for held in lines.values()], timeout=self._manners.grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*(held.task for held in lines.values()), return_exceptions=True)
        for id_ in lines:
            await self._ledger.write(relays.recover, tenure.epoch, self._situation.now(), id_)

    async def _count(self) -> None:
        RELAYS.clear()
        for count in await self._ledger.read(relays.tally):
            RELAYS.labels(count.target, count.wants, count.state, count.fidelity).set(count.number)
        RELAYS_LATE.set(await self._ledger.read(relays.late, self._situation.now()))
