"""What a target is: another platform that holds copies of the record; the ways a call can fail; which kinds there are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

import msgspec

from outreach.mirrors import TheirProcess, TheirWorkshop
from outreach.relays import Job, Opened


class Receipt(msgspec.Struct, frozen=True):
    """Where a copy stands: the platform's own number, and its page there if it has one."""

    external: str
    address: str = ""


class Target(Protocol):
    """One platform. A method either did what it says or raises a TargetError."""

    async def open(self) -> None:
        """Get ready; does not wait for the network."""
        ...

    async def close(self) -> None:
        """Give back what `open` took, and sign out."""
        ...

    async def whoami(self) -> str:
        """Sign in if that is the way, then prove it: whom the platform takes us for. Raises NotUs for nobody, or for another."""
        ...

    async def list_processes(self) -> Sequence[TheirProcess]:
        """The processes that can be read there; none where a platform gives programs no list."""
        ...

    async def list_workshops(self, process: TheirProcess) -> Sequence[TheirWorkshop]:
        """The meetings of a process."""
        ...

    async def find(self, job: Job) -> Receipt | None:
        """Search the platform for our public number; writes nothing."""
        ...

    async def create(self, job: Job) -> Receipt:
        """Write a copy, once."""
        ...

    async def read(self, job: Job, receipt: Receipt) -> str | None:
        """The citizen's words as they stand there now; None when nothing does."""
        ...

    async def withdraw(self, job: Job, receipt: Receipt) -> None:
        """Take a copy down; returns when the platform acknowledged it."""
        ...


class TargetError(Exception):
    """Why a call did not do what it says. Its words may be shown to staff; they hold no secret."""

    def __init__(self, why: str = "", receipt: Receipt | None = None) -> None:
        """`receipt`: what stands there all the same."""
        super().__init__(why)
        self.why, self.receipt = why, receipt


class Away(TargetError):
    """Nobody was there: surely nothing happened."""


class Broken(TargetError):
    """The platform answered that it could not, or not in words of its own, to a call that changes nothing."""


class Unclear(TargetError):
    """It may have happened: search before writing again."""


class Slow(TargetError):
    """Too fast: wait `after` seconds; surely nothing happened."""

    def __init__(self, after: float, why: str = "too many requests") -> None:
        super().__init__(why)
        self.after = after


class Refused(TargetError):
    """The platform will never take this one as it is: a person must read why."""


class NotUs(TargetError):
    """The platform does not know us, or takes us for somebody else: nothing more is written until a person mends it."""


class Waits(TargetError):
    """It was taken; that it stands there will be told by the platform itself. Ask again in `after` seconds if it was not."""

    def __init__(self, after: float, why: str, receipt: Receipt) -> None:
        super().__init__(why, receipt)
        self.after = after


NO_WITHDRAWAL = "this platform gives programs no way to take a text down: ask its administrators, then mark it here"

_KINDS = {
    "kinto": "bot.targets.kinto:Kinto",
    "webhooks": "bot.targets.webhooks:Webhooks",
    "decidim": "bot.targets.decidim:Decidim",
    "openstad": "bot.targets.openstad:OpenStad",
    "adhocracy": "bot.targets.adhocracy:Adhocracy",
}
"""Kinds that a program may write to; a library is imported only for one that is used."""


class Situation(msgspec.Struct, frozen=True):
    """What a target may know of the world around it."""

    now: Callable[[], datetime]
    public_url: str = ""
    proxy: str = ""
    seconds: float = 20.0  # for a whole call


def make(opened: Opened, situation: Situation) -> Target:
    """The target of a row. Raises NotUs when an option is missing that it can't do without."""
    module, _, name = _KINDS[opened.kind].partition(":")
    made: Any = getattr(import_module(module), name)
    target: Target = made(opened, situation)
    return target


def need(options: Mapping[str, str], name: str) -> str:
    """An option that a target can't do without. Raises NotUs naming it."""
    value = options.get(name, "")
    if not value:
        raise NotUs(f"the option {name} is missing")
    return value


def number(options: Mapping[str, str], name: str, usual: int) -> int:
    """An option that is a whole number. Raises NotUs naming it."""
    value = options.get(name, "")
    if value and not (value.isascii() and value.isdecimal()):
        raise NotUs(f"the option {name} is a whole number")
    return int(value) if value else usual
