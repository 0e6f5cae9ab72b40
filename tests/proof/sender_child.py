"""A service that only sends, to a door that writes each message's number into a file: to be killed."""

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.channels import Channel
from bot.sender import Sender
from conversations.messages import Outbound
from outreach.crypto import read_key_file
from outreach.db import Database
from outreach.house import House
from tests.conftest import NANTES
from tests.sender_city import QUICK, Door, Rates, Writer


class Wire(Door):
    """What is written here has left: the file outlives the process."""

    def __init__(self, path: str) -> None:
        super().__init__("kannel", "sms")
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def send(self, outbound: Outbound) -> str:
        os.write(self._file, f"{outbound.id}\n".encode())
        await asyncio.sleep(0.03)
        return f"K{outbound.id}"


class Since:
    """A clock that goes on from an instant."""

    def __init__(self, at: str) -> None:
        self._at, self._start = datetime.fromisoformat(at).astimezone(UTC), time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._start)


async def main(url: str, key_file: str, wire: str, holder: str, at: str) -> None:
    database = Database(url, House(keys=read_key_file(Path(key_file)), city=NANTES, languages=("fr",), catalogues={}))
    doors: dict[str, Channel] = {"kannel": Wire(wire)}
    await Sender(Writer(database), Since(at), doors, Rates(kannel_rate=60), holder, manners=QUICK).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
