"""The load: prepared requests over kept connections with asyncio's own streams, in a process apart from the servers."""

import asyncio
from collections.abc import Iterator, Sequence
from time import perf_counter

from bot.bench import Run

CONNECTIONS = 64
_OK = b"HTTP/1.1 200"


class Refused(Exception):
    """An answer that is not 200."""


def post(path: str, body: bytes, headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """A whole request."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers), "", ""]).encode() + body


def drive(port: int, work: Sequence[Sequence[bytes]]) -> Run:
    """Send everything: each item's requests one after the other on one connection, 64 items at a time. Raises Refused."""
    return asyncio.run(_drive(port, work))


async def _drive(port: int, work: Sequence[Sequence[bytes]]) -> Run:
    left = iter(work)
    times: list[float] = []
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    begun = perf_counter()
    try:
        async with asyncio.TaskGroup() as group:
            for reader, writer in streams:
                group.create_task(_work(reader, writer, left, times))
    except* Refused as refused:
        raise refused.exceptions[0] from None
    finally:
        for _, writer in streams:
            writer.transport.abort()
    return Run(sum(map(len, work)) / (perf_counter() - begun), tuple(times))


async def _work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: Iterator[Sequence[bytes]], times: list[float]) -> None:
    """One connection: a request, its answer (which has no body), the next request."""
    for requests in left:
        for request in requests:
            begun = perf_counter()
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(_OK):
                raise Refused(answer[:15].decode(errors="replace"))
            times.append((perf_counter() - begun) * 1000)
