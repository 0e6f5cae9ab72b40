"""One try of one copy: searched where it may stand, written once, read back, taken down; and what is known of it at each moment."""

from collections.abc import Callable

from bot.targets import Away, Receipt, Target, Unclear
from outreach.relays import Job, Settled


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
