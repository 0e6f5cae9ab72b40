"""What a provider's answer means for a message, its address and its network: channels.md's tables, one place."""

import random
from dataclasses import dataclass

from bot.channels import Fatal, Rejected, SendError, Stopped, Throttled, Unreachable
from outreach.outbox import Settled

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a failed try is repeated: doubled each time, with jitter, until the message expires."""


@dataclass(frozen=True)
class Answer:
    """What to write down, and what it means beyond this message."""

    settled: Settled
    hold: float = 0  # seconds: the whole network waits
    is_clear: bool = True  # the provider said yes or no
    is_down: bool = False  # nobody was there
    fatal: str = ""  # why every further try is useless
    is_our_fault: bool = False  # for the list that people look at


def read(error: Exception, number: int, epoch: int, tries: int) -> Answer:
    """The meaning of a failed `send`. `tries`: how often this message failed before."""
    match error:
        case Throttled():
            pause = jittered(FIRST_PAUSE if error.after is None else error.after)
            return Answer(Settled(number, "retry", retry_after=pause, tried=False, epoch=epoch), hold=pause)
        case Unreachable(sent="no"):
            pause = backoff(tries) if error.after is None else jittered(error.after)
            return Answer(Settled(number, "retry", retry_after=pause, epoch=epoch), is_down=True)
        case Stopped() | Rejected():
            settled = Settled(number, "failed", why=_short(error), stop=isinstance(error, Stopped), epoch=epoch)
            return Answer(settled, is_our_fault=isinstance(error, Rejected))
        case Fatal():
            return Answer(Settled(number, "retry", tried=False, epoch=epoch), fatal=_short(error))
    # nobody can tell; when it is no word of the channel's, it is a fault of ours or of a library, and people must see it
    return Answer(Settled(number, "unknown", epoch=epoch), is_clear=False, is_our_fault=not isinstance(error, Unreachable))


def backoff(tries: int) -> float:
    """Seconds to wait after so many failures."""
    return jittered(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries, 10)))


def jittered(seconds: float) -> float:
    """A little later, never earlier, so that not everybody comes back at the same instant."""
    return seconds * (1 + random.random() / 4)  # noqa: S311 - spreads work, protects nothing


def _short(error: SendError) -> str:
    return error.why or type(error).__name__.lower()
