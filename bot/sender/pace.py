"""Limits per network and address; retry_after; the slow start of a new holder."""

import asyncio
import time
from collections.abc import Awaitable, Callable

SHARE = 0.97
"""Of a limit: measured at the receiver, with other work on the loop, 97 % never passes it and 99 % does."""
BULK = 0.8
"""Of a limit, for campaigns: the rest stays free for people who wait for an answer."""
SLACK = 0.010
"""Seconds that a turn may come late without moving the schedule. Later ones are lost for good: no catching up.

In a second at the receiver stand at most (1 s + slack + the way's own jitter) * 97 % of the limit: 30 ms may go wrong, here are 10.
"""
_CROWD = 10_000  # addresses remembered before those that may be written to again are forgotten


class Pace:
    """One network's schedule. Turns are given in order of asking, each at its own instant."""

    def __init__(
        self,
        rate: float,
        *,
        gap: float = 0,
        burst: int = 1,
        rest: float = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Start empty. `rate`: messages a second that the provider allows.

        `gap`: seconds between two messages to one address; of replies, `burst` may go at once. `rest`: seconds of silence first, when
        another holder may just have sent.
        """
        self.interval = 1 / (rate * SHARE)
        self._gap, self._burst = gap / SHARE, burst
        self._clock, self._sleep = clock, sleep
        self._next = self._next_bulk = clock() + rest
        self._held_until = clock()
        self._closed = False
        self._order = asyncio.Lock()
        self._free_at: dict[object, float] = {}  # address: when its gap will have passed

    async def turn(self, *, bulk: bool = False, parts: int = 1) -> bool:
        """Wait for the next turn; False when the network is held or closed: then nothing may be sent.

        `parts`: an SMS in three parts takes three turns. `bulk`: a campaign's, at its own lower rate.
        """
        async with self._order:
            slot = max(self._clock(), self._next, self._next_bulk if bulk else 0)
            while (wait := slot - self._clock()) > 0 and self.may_go:
                await self._sleep(wait)
            if not self.may_go:
                return False
            base = max(slot, self._clock() - SLACK)
            self._next = base + parts * self.interval
            if bulk:
                self._next_bulk = base + parts * self.interval / BULK
            return True

    @property
    def may_go(self) -> bool:
        """Neither held nor closed."""
        return not self._closed and self._clock() >= self._held_until

    @property
    def held_for(self) -> float:
        """Seconds until the network is no longer held."""
        return max(0.0, self._held_until - self._clock())

    def hold(self, seconds: float) -> None:
        """The provider asks for a pause: no turn is given for so long, also to those who wait for one."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def close(self) -> None:
        """No turn is given any more."""
        self._closed = True

    def is_bulk_due(self, within: float) -> bool:
        """Whether the campaigns' own schedule has a turn in so many seconds."""
        return self._next_bulk - self._clock() <= within

    def wait_for(self, address: object, *, reply: bool) -> float:
        """Seconds until this address may get its next message."""
        ahead = (self._burst - 1) * self._gap if reply else 0
        return max(0.0, self._free_at.get(address, 0) - ahead - self._clock())

    def take(self, address: object) -> None:
        """A message to this address is about to leave."""
        if self._gap:
            now = self._clock()
            if len(self._free_at) >= _CROWD:
                self._free_at = {one: at for one, at in self._free_at.items() if at > now}
            self._free_at[address] = max(self._free_at.get(address, 0), now) + self._gap

    def left(self, address: object) -> None:
        """It has left only now: the gap to the next one counts from here."""
        if self._gap:
            self._free_at[address] = max(self._free_at.get(address, 0), self._clock() + self._gap)
