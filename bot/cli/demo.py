"""demo: a parent that prepares an invented city, starts the service, and starts it again when it dies."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click

from bot.cli import fail

RESTART_AFTER = 1.0  # seconds: long enough to be seen


@click.command("demo")
@click.option("--once", is_flag=True, help="Show the whole line in the terminal, then end.")
@click.option("--port", default=8080, show_default=True)
@click.option(
    "--folder", default="var/demo", show_default=True, type=click.Path(file_okay=False, path_type=Path), help="Made anew each time."
)
def demo_command(*, once: bool, port: int, folder: Path) -> None:
    """An invented city on this machine, with phones to play with. No root, no network."""
    from bot import demonstration, telemetry
    from bot.app import NotReady

    telemetry.configure("warning")
    if folder.exists() and any(folder.iterdir()) and not (folder / demonstration.DATABASE).exists():
        fail(f"{folder} holds something else than a demonstration, which would be lost: choose another --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    show = click.echo
    show("Sorlac, a city on no map, is being built: four projects, two hundred texts to read on a Monday morning…")
    environment = demonstration.environment(folder, port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to end, it ends its child too, as for Ctrl-C
    try:
        accounts = asyncio.run(demonstration.build(environment))
    except NotReady as trouble:
        fail(str(trouble))
    child = _start(environment)
    try:
        for line in asyncio.run(demonstration.whole_line(environment, accounts)):
            show(line)
        if once:
            return
        show(f"\n  Open  http://127.0.0.1:{port}/simulator   (two phones, the desk, the public page; Ctrl-C ends)")
        show(f"  Desk  {accounts.email}  {accounts.password}\n")
        while True:
            child.wait()
            show("The service went down. It comes back…")
            time.sleep(RESTART_AFTER)
            child = _start(environment)
    except KeyboardInterrupt:
        show("\nTomorrow, with your own Telegram token: the same service. `allervers setup` asks what it needs.")
    except demonstration.Broken as trouble:
        fail(str(trouble))
    finally:
        _end(child)


def _start(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=os.environ | environment)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
