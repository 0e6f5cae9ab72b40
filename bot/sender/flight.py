"""One message from its mark to the provider's answer, and what the answer teaches about the network."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from bot.channels import Moved, Rejected
from bot.sender import answers
from bot.sender.answers import Answer
from bot.sender.pace import Pace
from bot.sender.routes import Routes
from bot.sender.words import complain
from bot.telemetry import STOPPED, log
from conversations.messages import Network, Outbound
from conversations.segments import count
from outreach.outbox import Claimed, Settled

DOUBTS = 3  # unclear outcomes in a row, after which a channel sends one at a time
FAILURES = 3  # tries in a row that found nobody, after which the network pauses
MOVES = 2  # an address that keeps changing is not followed for ever


@dataclass
class Tenure:
    """One holding of a network's lease: what it may do, and for how long it knows that it may."""

    epoch: int
    pace: Pace
    valid_until: float  # by the monotonic clock
    fatal: str = ""  # why the provider wants nothing from us
    doubts: dict[str, int] = field(default_factory=dict)  # channel: unclear outcomes in a row
    abroad: dict[str, int] = field(default_factory=dict)  # channel: handed over, not answered yet
    failures: int = 0

    @property
    def holds(self) -> bool:
        """Whether the network is ours at this instant."""
        return not self.fatal and time.monotonic() < self.valid_until

    def trusts(self, channel: str) -> bool:
        """A channel that left us in doubt several times gets one message at a time, until an answer is clear again."""
        return self.doubts.get(channel, 0) < DOUBTS or not self.abroad.get(channel)


class Flight:
    """Carries the marked messages of one tenure."""

    def __init__(self, network: Network, tenure: Tenure, routes: Routes, longest: float, wake: Callable[[], None]) -> None:
        self._network, self._tenure, self._routes, self._longest, self._wake = network, tenure, routes, longest, wake
        self._tasks: set[asyncio.Task[None]] = set()
        self.before_socket = 0  # marked, and not handed over yet

    def __len__(self) -> int:
        """How many are on their way."""
        return len(self._tasks)

    def begin(self, outbound: Outbound, claimed: Claimed, tell: Callable[[Settled], None]) -> None:
        """Send a marked message as soon as the pace allows; `tell` gets what became of it, whatever happens."""
        self.before_socket += 1
        task = asyncio.create_task(self._carry(outbound, claimed, tell))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def land(self, grace: float) -> None:
        """Let those on their way get their answer, for so many seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _carry(self, outbound: Outbound, claimed: Claimed, tell: Callable[[Settled], None]) -> None:
        result = self._not_sent(outbound)
        is_waiting = True
        try:
            may_leave = await self._turn(outbound, claimed)
            is_waiting = False
            self.before_socket -= 1
            if may_leave:
                result = Settled(outbound.id, "unknown", epoch=self._tenure.epoch)  # what is true if we are cut off from here on
                result = await self._hand_over(outbound, claimed)
        finally:
            self.before_socket -= is_waiting
            tell(result)
            self._wake()

    def _not_sent(self, outbound: Outbound) -> Settled:
        return Settled(outbound.id, "retry", tried=False, epoch=self._tenure.epoch)

    async def _turn(self, outbound: Outbound, claimed: Claimed) -> bool:
        """Wait for the pace; False when the message must go back unsent."""
        parts = count(outbound.text).parts if self._network == "sms" else 1
        is_given = await self._tenure.pace.turn(bulk=claimed.urgency == "campaign", parts=max(1, parts))
        return is_given and self._tenure.holds and self._tenure.trusts(outbound.channel)

    async def _hand_over(self, outbound: Outbound, claimed: Claimed) -> Settled:
        moved = ""
        for _ in range(MOVES):
            answer = await self._send(outbound, claimed)
            if isinstance(answer, Answer):
                return msgspec.structs.replace(answer.settled, moved=moved)
            moved = answer.address
            outbound = msgspec.structs.replace(outbound, address=moved)
            if not await self._turn(outbound, claimed):
                return msgspec.structs.replace(self._not_sent(outbound), moved=moved)
        return answers.read(Rejected("the address keeps moving"), outbound.id, self._tenure.epoch, claimed.attempts).settled

    async def _send(self, outbound: Outbound, claimed: Claimed) -> Answer | Moved:
        name, abroad = outbound.channel, self._tenure.abroad
        abroad[name] = abroad.get(name, 0) + 1
        self._tenure.pace.left(claimed.address_id)
        self._wake()
        try:
            async with asyncio.timeout(self._longest):
                external = await self._routes.channel(name, self._network).send(outbound)
        except Moved as moved:
            return moved
        except Exception as error:  # noqa: BLE001 - a channel may raise anything; each has its meaning
            answer = answers.read(error, outbound.id, self._tenure.epoch, claimed.attempts)
            if answer.is_our_fault:
                complain("message_refused" if answer.is_clear else "send_raised", self._network, error)
        else:
            answer = Answer(Settled(outbound.id, "wired", external=external[:128], epoch=self._tenure.epoch))
        finally:
            abroad[name] -= 1
        self._learn(answer, name)
        return answer

    def _learn(self, answer: Answer, channel: str) -> None:
        tenure = self._tenure
        tenure.failures = tenure.failures + 1 if answer.is_down else 0
        if not answer.is_clear:
            tenure.doubts[channel] = tenure.doubts.get(channel, 0) + 1
        elif not answer.is_down:
            tenure.doubts[channel] = 0
        if answer.hold:
            tenure.pace.hold(answer.hold)
            log.warning("network_held", network=self._network, seconds=round(answer.hold, 1))
        if tenure.failures >= FAILURES:
            tenure.pace.hold(answers.backoff(tenure.failures - FAILURES))
        if answer.fatal and not tenure.fatal:
            tenure.fatal = answer.fatal
            STOPPED.labels(self._network).set(1)
            log.critical("network_stopped", network=self._network, channel=channel, why=answer.fatal)
