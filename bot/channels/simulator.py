"""Phones in a page, through the very same code: a channel of each network that keeps what it sent in memory."""

import re
import secrets
from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime

import msgspec
from aiohttp import web

from bot.channels import Channel, Clock, Rejected
from bot.channels.numbers import normalise
from conversations.messages import NETWORKS, Arrival, File, Inbound, Network, Outbound, Press, Start, Words
from conversations.segments import count

KEPT = 200  # messages of a phone
_TOKEN = re.compile(r"[A-Za-z0-9_-]{0,64}")
_CHAT = re.compile(r"-?\d{1,20}")


class Choice(msgspec.Struct, frozen=True):
    """A button: what it says, and what `press` hands back."""

    label: str
    press: str
    row: int = 0


class Item(msgspec.Struct, frozen=True):
    """What a phone shows. An edit is an item of its own, whose `replaces` names the one it changes."""

    id: str  # rises, across restarts too
    text: str
    choices: tuple[Choice, ...]
    parts: int  # SMS; 1 on other networks
    encoding: str  # "GSM-7", "UCS-2"; "UTF-8" on other networks
    at: datetime
    replaces: str = ""
    silent: bool = False
    file: File | None = None


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    text: str | None = None
    press: str | None = None
    start: str | None = None


class Simulator(Channel):
    """Every phone of the demonstration."""

    name = "simulator"
    network: Network = "sms"
    account = "simulator"

    def __init__(self, clock: Clock) -> None:
        """Nobody has a phone yet."""
        self._clock = clock
        self._phones: defaultdict[tuple[Network, str], deque[Item]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._last = 0

    @property
    def networks(self) -> tuple[Network, ...]:
        """All."""
        return NETWORKS

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def read(self, request: web.Request) -> Sequence[Inbound]:
        """What was typed or pressed: POST …/{network}/{phone}/messages with {"text" | "press" | "start"}."""
        network, address = where(request)
        try:
            body = msgspec.json.decode(await request.read(), type=_Body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise web.HTTPBadRequest(text='write {"text": "…"}, {"press": "…"} or {"start": "…"}') from None
        what = self._arrival(network, address, body)
        return (Inbound(self.name, self.account, secrets.token_hex(12), network, address, what, self._clock.now()),)

    def _arrival(self, network: Network, address: str, body: _Body) -> Arrival:
        given = [value for value in (body.text, body.press, body.start) if value is not None]
        if len(given) != 1 or (network == "sms" and body.text is None):
            raise web.HTTPBadRequest(text='write one of {"text": "…"}, {"press": "…"} and {"start": "…"}; an SMS has only text')
        if body.press is not None:
            question, colon, choice = self._button(network, address, body.press).partition(":")
            return Press(question, choice) if colon else Press("", question)
        if body.start is not None:
            return Start(body.start if _TOKEN.fullmatch(body.start) else "")
        text = (body.text or "").replace("\0", "")
        if network == "telegram" and (found := re.fullmatch(r"/start(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", text)):
            return Start(found[1] or "")
        return Words(text, message=self._next_id())

    def _button(self, network: Network, address: str, press: str) -> str:
        """A button may be named by its data or by its label; the newest one counts."""
        for item in reversed(self._phones[network, address]):
            for choice in item.choices:
                if press in {choice.press, choice.label}:
                    return choice.press
        return press

    async def send(self, outbound: Outbound) -> str:
        """Show it on the phone; returns the item's id, or that of the card it changes."""
        if not outbound.text.strip():
            raise Rejected("an empty text")
        segments = count(outbound.text) if outbound.network == "sms" else None
        item = Item(
            id=self._next_id(),
            text=outbound.text,
            choices=tuple(Choice(label, data, row) for data, label, row in outbound.buttons),
            parts=segments.parts if segments else 1,
            encoding=segments.encoding if segments else "UTF-8",
            at=self._clock.now(),
            replaces=outbound.replaces,
            silent=outbound.silent,
            file=outbound.file,
        )
        self._phones[outbound.network, outbound.address].append(item)
        return outbound.replaces or item.id

    def messages(self, network: Network, phone: str, after: str = "") -> list[Item]:
        """What a phone was sent since the item `after`, oldest first."""
        return [item for item in self._phones.get((network, phone), ()) if item.id > after]

    def _next_id(self) -> str:
        self._last = max(self._last + 1, int(self._clock.now().timestamp() * 1_000_000))
        return f"{self._last:020d}"


def where(request: web.Request) -> tuple[Network, str]:
    """Network and address in the path `{network}/{phone}`. Raises web.HTTPNotFound, web.HTTPBadRequest."""
    network, phone = request.match_info["network"], request.match_info["phone"]
    if network not in NETWORKS:
        raise web.HTTPNotFound
    address = normalise(phone) if network == "sms" else phone if _CHAT.fullmatch(phone) else None
    if address is None:
        raise web.HTTPBadRequest(text="no telephone number" if network == "sms" else "no Telegram chat: write digits")
    return network, address
