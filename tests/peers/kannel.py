"""Debian's Kannel, both boxes, as our own configuration sets them up; its fake operator is the telephones."""

import asyncio
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bot.channels.kannel import configuration
from bot.channels.kannel_conf import Ports
from bot.settings import Settings
from tests.peers import debian, free_ports
from tests.peers.handsets import Handsets

PATIENCE = 20.0


class Gateway:
    """A running Kannel. Its `phones` port is where `Handsets` connect."""

    def __init__(self, work: Path, ports: Ports, phones: int, boxes: tuple[str, str]) -> None:
        self.work, self.ports, self._phones_port = work, ports, phones
        self._programs = dict(zip(("bearerbox", "smsbox"), boxes, strict=True))
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def phones(self) -> Handsets:
        """Every telephone of the city; use it in `async with`."""
        return Handsets(self._phones_port)

    def start(self, box: str) -> None:
        """Start `bearerbox` or `smsbox` and wait for its ports."""
        out = (self.work / "log" / f"{box}.out").open("ab")
        # -v 4 as Debian's own start script has it: without it every line goes to standard error
        command = [self._programs[box], "-v", "4", str(self.work / "kannel.conf")]
        self._running[box] = subprocess.Popen(
            command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True, cwd=self.work
        )
        out.close()
        for port in (self.ports.admin, self.ports.smsbox) if box == "bearerbox" else (self.ports.sendsms,):
            self._wait(port, box)

    def _wait(self, port: int, box: str) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                if _is_open(port):
                    return
                assert self._running[box].poll() is None, (self.work / "log" / f"{box}.out").read_text(errors="replace")
                assert time.monotonic() < end, f"nothing answers on port {port}"
                time.sleep(0.05)

    def kill(self, box: str) -> None:
        """kill -9, with the processes that it left in its group: smsbox starts itself anew when bearerbox dies."""
        process = self._running.pop(box, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        """End both boxes. They would not always end by themselves: with messages waiting, SIGTERM takes for ever."""
        for box in ("smsbox", "bearerbox"):
            self.kill(box)

    def status(self) -> str:
        """The status page."""
        key = next(
            line.split('"')[1] for line in (self.work / "kannel.conf").read_text().splitlines() if line.startswith("status-password")
        )
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports.admin}/status.txt?password={key}", timeout=5) as answer:
            return str(answer.read().decode())

    async def connected(self) -> None:
        """Return when the operator's link is up, which follows the telephones' connection."""
        end = time.monotonic() + PATIENCE
        while "online" not in await asyncio.to_thread(self.status):
            assert time.monotonic() < end, "the operator's link did not come up"
            await asyncio.sleep(0.05)

    def logged(self) -> str:
        """All that both boxes wrote: log files and output."""
        return "".join(path.read_text(errors="replace") for path in sorted((self.work / "log").iterdir()))


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def kannel_peer(settings: Settings, *, edit: tuple[tuple[str, str], ...] = (), operator: str = "") -> Iterator[Gateway]:
    """Both boxes, running with `configuration(settings)`; what they send goes to settings.host and settings.port.

    `settings.kannel_url` must name a free port of loopback. `edit`: (old, new) pieces of the configuration.
    `operator`: the group of another link than the fake one.
    """
    boxes = debian("bearerbox", "kannel", "kannel-extras"), debian("smsbox", "kannel", "kannel-extras")
    admin, smsbox, phones = free_ports(3)
    sendsms = urlsplit(settings.kannel_url).port
    assert sendsms is not None
    ports = Ports(admin, smsbox, sendsms)
    with TemporaryDirectory(prefix="allervers-kannel-") as folder:
        work = Path(folder)
        for name in ("log", "spool/store", "spool/dlr"):
            (work / name).mkdir(parents=True)
        # the fake driver listens everywhere whatever its `host` says; connect-allow-ip guards it
        fake = f"group = smsc\nsmsc = fake\nsmsc-id = FAKE\nhost = 127.0.0.1\nport = {phones}\nconnect-allow-ip = 127.0.0.1\n"
        text = configuration(settings, operator=operator or fake, logs=work / "log", spool=work / "spool", ports=ports)
        for old, new in edit:
            assert old in text
            text = text.replace(old, new)
        (work / "kannel.conf").write_text(text)
        gateway = Gateway(work, ports, phones, boxes)
        try:
            gateway.start("bearerbox")
            gateway.start("smsbox")
            yield gateway
        finally:
            gateway.close()
