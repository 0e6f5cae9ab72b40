"""Every telephone of Kannel's fake operator: the line protocol of its `smsc = fake`."""

import asyncio
import re
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote_from_bytes, unquote_to_bytes

_HEAD = re.compile(rb"(?P<sender>\S+) (?P<receiver>\S+) (?P<kind>text|data|ucs-2|udh) ")
_PAUSE = 0.05  # a text with line breaks comes out raw: what follows within it belongs to the message


@dataclass(frozen=True)
class Sms:
    """One part as it reaches a telephone."""

    sender: str
    receiver: str
    kind: str
    udh: bytes
    octets: bytes

    @property
    def text(self) -> str:
        # the parts of a long message don't say their coding; UTF-8 has no zero byte, UTF-16BE one in every plain letter
        wide = self.kind == "ucs-2" or b"\0" in self.octets
        return self.octets.decode("utf-16-be" if wide else "utf-8")


def parse(raw: bytes) -> Sms:
    head = _HEAD.match(raw)
    assert head is not None, raw
    kind, rest, udh = head["kind"].decode(), raw[head.end() :], b""
    if kind == "udh":
        quoted, inner, rest = rest.split(b" ", 2)
        udh, kind = unquote_to_bytes(quoted), inner.decode()
    octets = rest if kind == "text" else unquote_to_bytes(rest.replace(b"+", b" "))
    return Sms(head["sender"].decode(), head["receiver"].decode(), kind, udh, octets)


class Handsets:
    """`async with Handsets(port) as phones: await phones.text("+33639980001", "38100", "Bonjour"); sms = await phones.next()`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.arrived: asyncio.Queue[Sms] = asyncio.Queue()
        self._links: list[asyncio.StreamWriter] = []
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._links.append(writer)
        self._reading = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        for writer in self._links:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        held = b""
        while True:
            try:
                line = await asyncio.wait_for(reader.readline(), _PAUSE if held else None)
            except TimeoutError:
                line = None
            if held and (not line or _HEAD.match(line)):
                self.arrived.put_nowait(parse(held.removesuffix(b"\n")))
                held = b""
            if line == b"":
                return
            held += line or b""

    async def text(self, sender: str, receiver: str, text: str) -> None:
        """One line, as a telephone with the plain alphabet sends it."""
        assert "\n" not in text
        await self._send(sender, receiver, "text", text)

    async def wide(self, sender: str, receiver: str, text: str) -> None:
        """Any script and line breaks: UCS-2."""
        await self._send(sender, receiver, "ucs2", quote_from_bytes(text.encode("utf-16-be"), safe=""))

    async def octets(self, sender: str, receiver: str, octets: bytes) -> None:
        """8-bit data."""
        await self._send(sender, receiver, "data", quote_from_bytes(octets, safe=""))

    async def parts(self, sender: str, receiver: str, parts: list[str], *, reference: int = 42, order: list[int] | None = None) -> None:
        """One long message in numbered parts, in any order."""
        for number in order or range(1, len(parts) + 1):
            udh = "".join(f"%{byte:02X}" for byte in (5, 0, 3, reference, len(parts), number))
            await self._send(sender, receiver, "udh-data", udh, quote_from_bytes(parts[number - 1].encode(), safe=""))

    async def _send(self, *words: str) -> None:
        writer = self._links[-1]
        writer.write(" ".join(words).encode() + b"\n")
        await writer.drain()

    async def next(self, timeout: float = 10) -> Sms:  # noqa: ASYNC109 - a test's patience
        """The next message that reaches a telephone, its parts joined."""
        first = await asyncio.wait_for(self.arrived.get(), timeout)
        parts = [first]
        while first.udh[:2] == b"\x05\x00" and len(parts) < first.udh[4]:
            parts.append(await asyncio.wait_for(self.arrived.get(), timeout))
        parts.sort(key=lambda part: part.udh[5:6])
        return replace(first, udh=b"", octets=b"".join(part.octets for part in parts))
