"""What the relay needs of the database, how patient it is, and for how long it knows that it may write."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

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
    mirror: float = 3600.0  # between two looks at their processes and meetings


class Tenure:
    """One holding of the relay's lease."""

    def __init__(self, epoch: int, valid_until: float) -> None:
        self.epoch, self.valid_until = epoch, valid_until

    def may_write(self, seconds: float) -> bool:
        """Whether a call of so many seconds that begins now ends before another process can search for what it wrote."""
        return time.monotonic() + seconds < self.valid_until


def backoff(tries: int, manners: Manners) -> float:
    """Seconds to wait after so many failures: doubled each time, up to an hour, with jitter so that not all come back at once."""
    pause = min(manners.longest_pause, manners.first_pause * 2.0 ** min(tries - 1, 20))
    return pause * (1 + random.random() / 4)  # noqa: S311 - spreads work, protects nothing


async def rest(ended: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until it is over."""
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return
