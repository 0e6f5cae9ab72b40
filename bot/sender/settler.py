"""Results on their way back to the outbox: in batches, none lost while the database is away."""

import asyncio
from collections.abc import Callable, Collection

from bot.channels import Clock
from bot.ledger import Overloaded
from bot.sender.words import Ledger, complain
from bot.telemetry import SETTLED
from outreach import outbox
from outreach.outbox import Settled

AT_ONCE = 200
PATIENCE = 4  # tries of a lone result that the database refuses for what it is
PAUSE = 0.5  # seconds between tries
TOGETHER, SOON = 16, 0.02  # results, seconds: what arrives so closely is written in one commit; as few are in doubt after a kill


class Settler:
    """The results of one network. It outlives a lease: what was sent is written down before anybody else looks."""

    def __init__(self, network: str, ledger: Ledger, clock: Clock, *, rate: float) -> None:
        """`rate`: messages a second that may leave."""
        self._network, self._ledger, self._clock = network, ledger, clock
        self._gathering = min(SOON, TOGETHER / rate)
        self._results: list[Settled] = []
        self._writing = asyncio.Lock()
        self._told = asyncio.Event()
        self.after_settling: Callable[[Collection[int], bool], None] = lambda _ids, _behind: None
        """Called with what was written, and whether something may have waited behind it."""

    def tell(self, *results: Settled) -> None:
        """Take results; they are written soon."""
        self._results += results
        self._told.set()

    async def run(self) -> None:
        """Write what is told, until cancelled."""
        while True:
            await self._told.wait()
            await asyncio.sleep(self._gathering)
            self._told.clear()
            await self.write()

    async def write(self, tries: int | None = None) -> bool:
        """Write down everything that was told. True when it is done; without `tries` that may take as long as the database is away."""
        async with self._writing:
            size, failures = AT_ONCE, 0
            while self._results and failures != tries:
                batch = self._results[:size]
                try:
                    behind = await self._ledger.write(outbox.settle, batch, self._clock.now())
                except Exception as error:  # noqa: BLE001 - one result must not be lost with another
                    failures += 1
                    complain("not_settled", self._network, error)
                    if len(batch) == 1 and failures > PATIENCE and not isinstance(error, Overloaded):
                        self._take(batch, behind=True)  # its row stays `sending`, and the next holder finds it
                    size = max(1, size // 4)
                    await asyncio.sleep(PAUSE)
                else:
                    failures = 0
                    self._take(batch, behind=behind)
            return not self._results

    def _take(self, batch: list[Settled], *, behind: bool) -> None:
        del self._results[: len(batch)]
        for one in batch:
            SETTLED.labels(self._network, one.state).inc()
        self.after_settling([one.id for one in batch], behind)
