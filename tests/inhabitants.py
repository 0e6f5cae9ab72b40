"""Citizens who write over the real peers and remember every message that rang: one on Telegram, one with a keypad phone."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol, Self

from conversations.messages import Network
from tests.peers.handsets import Handsets, Sms
from tests.peers.telegram import Message, Peer

OURS = "38100"
PATIENCE = 30.0
ANSWERS: dict[str, tuple[str, str]] = {  # the digit of a keypad phone, the button's label
    "publish": ("1", "Oui, j'ai 15 ans ou plus"),
    "read_only": ("2", "Non, seulement le lire"),
    "erase": ("3", "Effacer"),
    "forget": ("1", "Tout effacer"),
    "keep": ("1", "Oui, le garder"),
    "take_down": ("2", "Non, le retirer aussi"),
}
KEYWORDS: dict[str, tuple[str, str]] = {
    "follow": ("SUIVI", "/suivi"),
    "appeal": ("RECOURS", "/recours"),
    "stop": ("STOP", "/stop"),
    "forget": ("OUBLI", "/effacer"),
    "help": ("AIDE", "/aide"),
    "data": ("DONNEES", "/donnees"),
    "info": ("INFO", "/projet"),
    "workshops": ("ATELIER", "/ateliers"),
    "leave": ("ANNULER", "/annuler"),
    "need": ("BESOIN", "/besoin"),
}


async def when(true: Callable[[], bool], told: str, seconds: float = PATIENCE) -> None:
    """Return once it is true; fail with `told` when that takes too long."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, told
        await asyncio.sleep(0.02)


class Inhabitant(Protocol):
    """Somebody, whatever the network."""

    network: Network
    address: str  # as the city knows it

    @property
    def rang(self) -> list[str]:
        """Every message that made a sound, in the order it came; the same text twice stands twice."""
        ...

    async def say(self, text: str) -> None:
        """Write freely."""
        ...

    async def ask(self, what: str) -> None:
        """A keyword."""
        ...

    async def answer(self, what: str) -> None:
        """Press the button, or its digit."""
        ...

    async def choose(self, digit: str, label: str) -> None:
        """A choice that is not in ANSWERS; the label is a pattern."""
        ...


class OnTelegram(Inhabitant):
    """One chat. What rings is what the Bot API was called with."""

    network: Network = "telegram"

    def __init__(self, peer: Peer, chat: int) -> None:
        self.address, self.citizen, self._peer = str(chat), peer.citizen(chat), peer
        self._called: dict[str, list[str]] = {"sendMessage": [], "editMessageText": []}
        self._read = 0
        self._seen: list[Message] = []

    def _texts(self, method: str) -> list[str]:
        calls = self._peer.shim.calls
        for call in calls[self._read :]:
            if call.method in self._called and str(call.parameters["chat_id"]) == self.address:
                self._called[call.method].append(call.parameters["text"])
        self._read = len(calls)
        return self._called[method]

    @property
    def rang(self) -> list[str]:
        return self._texts("sendMessage")

    @property
    def edits(self) -> list[str]:
        """What messages became, without a sound."""
        return self._texts("editMessageText")

    async def say(self, text: str) -> None:
        await self.citizen.text(text)

    async def ask(self, what: str) -> None:
        await self.citizen.text(KEYWORDS[what][1])

    async def answer(self, what: str) -> None:
        digit, label = ANSWERS[what]
        await self.choose(digit, re.escape(label))

    async def choose(self, digit: str, label: str) -> None:
        del digit
        end = time.monotonic() + PATIENCE
        while not (holding := [(one, shown) for one in self._seen for shown in one.buttons if re.fullmatch(label, shown)]):
            assert time.monotonic() < end, f"no button {label}"
            self._seen = await self.citizen.history()
            await asyncio.sleep(0.05)
        await self.citizen.press(*holding[-1])
        self._seen = []


def without_links(text: str) -> str:
    """As a telephone shows it that opens none."""
    return re.sub(r"\S*(?:://|www\.|t\.me/)\S*", "", text)


class Town:
    """All the keypad phones of a city: they put the parts of a long message together, and show no link (INC-03)."""

    def __init__(self, phones: Handsets) -> None:
        self.phones = phones
        self.rang: defaultdict[str, list[str]] = defaultdict(list)
        self.parts: defaultdict[str, list[int]] = defaultdict(list)
        self._parts: defaultdict[tuple[str, int, int], dict[int, Sms]] = defaultdict(dict)

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            sms = await self.phones.arrived.get()
            if sms.udh[:2] != b"\x05\x00":
                self._show(sms, 1)
                continue
            reference, total, number = sms.udh[3:6]
            parts = self._parts[sms.receiver, reference, total]
            parts[number] = sms
            if len(parts) == total:
                octets = b"".join(parts[place].octets for place in sorted(parts))
                self._show(Sms(sms.sender, sms.receiver, sms.kind, b"", octets), total)
                del self._parts[sms.receiver, reference, total]

    def _show(self, sms: Sms, parts: int) -> None:
        self.parts[sms.receiver].append(parts)
        self.rang[sms.receiver].append(without_links(sms.text))

    def phone(self, number: str) -> "BySms":
        """Somebody's."""
        return BySms(self, number)


class BySms(Inhabitant):
    """One keypad phone."""

    network: Network = "sms"

    def __init__(self, town: Town, number: str) -> None:
        self.address, self._town = number, town

    @property
    def rang(self) -> list[str]:
        return self._town.rang[self.address]

    async def say(self, text: str) -> None:
        await self._town.phones.wide(self.address, OURS, text)

    async def ask(self, what: str) -> None:
        await self.say(KEYWORDS[what][0])

    async def answer(self, what: str) -> None:
        await self.say(ANSWERS[what][0])

    async def choose(self, digit: str, label: str) -> None:
        del label
        await self.say(digit)

    @property
    def parts(self) -> list[int]:
        """How many parts each message had that rang."""
        return self._town.parts[self.address]


async def told(somebody: Inhabitant, pattern: str, since: int = 0, seconds: float = PATIENCE) -> str:
    """The first message after the `since`th that matches, once it is there."""

    def found() -> list[str]:
        return [text for text in somebody.rang[since:] if re.search(pattern, text, re.DOTALL)]

    try:
        await when(lambda: bool(found()), f"{pattern!r} was not said", seconds)
    except AssertionError as never:
        never.add_note(f"{somebody.network}: {somebody.rang}")
        raise
    return found()[0]
