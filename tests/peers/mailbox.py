"""A mail relay on loopback: aiosmtpd, a real SMTP server, that keeps what it is given and refuses or hangs up where a test says so."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.peers import free_ports


class Mailbox:
    """What came; `answers` are what each DATA meets first: an SMTP answer, or "cut" to hang up once the words are in."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.answers: list[str] = []
        self.url = ""

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 kept"
        if answer in {"cut", "250 kept"}:
            content: Any = envelope.content
            found = message_from_bytes(content, policy=policy.default)
            assert isinstance(found, EmailMessage)
            self.got.append(found)
        if answer == "cut":
            transport: Any = server.transport
            transport.abort()
            await asyncio.sleep(0)
        return answer


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """The relay, running in a thread."""
    (port,) = free_ports(1)
    made = Mailbox()
    made.url = f"smtp://127.0.0.1:{port}/?from=dialogue@ville.example"
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()
