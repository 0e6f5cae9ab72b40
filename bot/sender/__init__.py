"""Outbox to channel to settle: one line per network, each with its lease, its pace and its order."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from bot.channels import Channel, Clock
from bot.sender.line import Line
from bot.sender.routes import Routes
from bot.sender.words import Ledger, Manners

__all__ = ["Manners", "Sender"]


class Rates(Protocol):
    """Messages a second that each network's provider allows: fields of the settings."""

    @property
    def telegram_rate(self) -> float: ...

    @property
    def kannel_rate(self) -> float: ...


class Sender:
    """Everything that leaves this process. Any number of processes may run one: each network has one holder."""

    def __init__(
        self, ledger: Ledger, clock: Clock, channels: Mapping[str, Channel], rates: Rates, holder: str, *, manners: Manners | None = None
    ) -> None:
        """`holder` names this run of this process, another one after each start."""
        routes = Routes(channels)
        limits = {"telegram": rates.telegram_rate, "sms": rates.kannel_rate}
        made = manners or Manners()
        self._lines = [
            Line(network, ledger, clock, routes, rate=limits[network], holder=holder, manners=made) for network in routes.networks
        ]
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Send until stopped. Cancelled, it leaves what is on its way to the next holder, as a crash would."""
        self._tasks = [asyncio.create_task(line.run(), name=f"send {line.network}") for line in self._lines]
        try:
            await asyncio.gather(*self._tasks)
        finally:
            for task in self._tasks:
                task.cancel()

    def ring(self) -> None:
        """Something was committed that may be due: look at once. Call it on the loop."""
        for line in self._lines:
            line.ring()

    async def stop(self) -> None:
        """Take nothing more, let what is on its way get its answer, give the leases back."""
        for line in self._lines:
            line.stop()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def troubles(self) -> dict[str, str]:
        """Networks that stopped for good, and why, in words for the operator."""
        return {line.network: line.fatal for line in self._lines if line.fatal}
