"""The service and its floor, each in a process of its own, as a bench starts them."""

import contextlib
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from socket import socket
from typing import Any

SECRET = "bench-secret"  # noqa: S105 - of a service that lives for a minute on this machine


@contextlib.contextmanager
def server(target: Any, *args: Any) -> Iterator[Connection]:  # noqa: ANN401 - what Process takes
    """A process that runs `target` with one end of a pipe; gives the other end, and ends it with the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs, *args), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        with contextlib.suppress(OSError):
            ours.send("end")
        process.join(20)
        process.kill()


def environment(folder: Path) -> dict[str, str]:
    """The settings of a service that a bench starts, on a port that nobody has."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "ALLERVERS_DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "ALLERVERS_KEY_FILE": f"{folder}/key.json",
        "ALLERVERS_PORT": str(port),
        "ALLERVERS_CITY": "Ville de Nantes",
        "ALLERVERS_CONTROLLER": "Ville de Nantes",
        "ALLERVERS_DPO": "dpo@ville.example",
        "ALLERVERS_LEGAL_BASIS": "délibération du 8 octobre 2021",
        "ALLERVERS_PHONE": "02 61 91 00 00",
        "ALLERVERS_TELEGRAM_TOKEN": "1:" + "a" * 35,
        "ALLERVERS_TELEGRAM_MODE": "webhook",
        "ALLERVERS_TELEGRAM_SECRET": SECRET,
        "ALLERVERS_TELEGRAM_API_URL": "http://127.0.0.1:9",  # nobody answers there, nothing leaves
        "ALLERVERS_PUBLIC_URL": "https://dialogue.ville.example",
        "ALLERVERS_LOG": "error",
    }
