"""E-mail out: what waits in the database goes to the city's relay by SMTP, and what came of each is written down."""

import asyncio
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from bot.ledger import Ledger
from bot.settings import Settings
from bot.telemetry import log
from outreach import mail
from outreach.mail import Leaving
from outreach.mail.outbox import Fate

if TYPE_CHECKING:
    from aiosmtplib import SMTP

TIMEOUT = 20.0  # seconds for each step of the talk
_LASTING = 500
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class Relay(NamedTuple):
    """Where e-mail goes, from `smtp://user:password@host:587/?from=dialogue@ville.fr`."""

    host: str
    port: int
    user: str
    password: str
    tls: bool  # from the first byte (smtps)
    sender: str

    @property
    def start_tls(self) -> bool | None:
        """Whether the talk must be encrypted before a password goes through it; None: if the relay offers it."""
        if self.tls:
            return False
        return True if self.user and self.host not in _LOCAL else None


def relay(settings: Settings) -> Relay:
    """The relay of the settings. Without `from=` the sender is the user, if that is an address, else dialogue@ the public host."""
    parts = urlsplit(settings.smtp_url)
    user, tls = unquote(parts.username or ""), parts.scheme == "smtps"
    given = parse_qs(parts.query).get("from", [""])[0]
    sender = given or (user if "@" in user else f"dialogue@{urlsplit(settings.public_url).hostname}")
    return Relay(parts.hostname or "", parts.port or (465 if tls else 587), user, unquote(parts.password or ""), tls, sender)


def message(leaving: Leaving, sender: str, name: str, at: datetime) -> EmailMessage:
    """The e-mail as it travels: plain text; the same Message-ID for the same row, so that a repetition is known as one."""
    made = EmailMessage(policy=CRLF)
    local, _at, domain = sender.partition("@")
    made["From"] = Address(name, local, domain)
    made["To"] = Address(addr_spec=leaving.to)
    made["Subject"] = leaving.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{leaving.id}.allervers@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(leaving.text, cte="quoted-printable")
    return made


def _client(where: Relay, timeout: float = TIMEOUT) -> "SMTP":
    from aiosmtplib import SMTP

    return SMTP(
        hostname=where.host,
        port=where.port,
        username=where.user or None,
        password=where.password or None,
        use_tls=where.tls,
        start_tls=where.start_tls,
        timeout=timeout,
    )


async def greet(settings: Settings, timeout: float) -> str:  # noqa: ASYNC109 - the talk's own
    """Connect, encrypt and sign in as for an e-mail, and send none; what went wrong in a word, "" when all is well."""
    from aiosmtplib.errors import SMTPException

    try:
        async with _client(relay(settings), timeout):
            return ""
    except (SMTPException, OSError, TimeoutError) as error:
        return type(error).__name__


class Postman:
    """Takes what is due, a few at a time, over one connection."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        """Nothing is connected yet."""
        self._ledger, self._relay, self._name = ledger, relay(settings), settings.city

    async def deliver(self, now: datetime) -> int:
        """Send everything that is due; how many were tried."""
        tried = 0
        while leaving := await self._ledger.write(mail.take, now):
            tried += len(leaving)
            fates = await self._send(leaving, now)
            for one in leaving:
                await self._ledger.write(mail.settle, now, one.id, fates.get(one.id, "again"))
        return tried

    async def _send(self, leaving: tuple[Leaving, ...], now: datetime) -> dict[int, Fate]:
        """What came of each; one that is missing was not tried, because the relay could not be reached."""
        from aiosmtplib.errors import SMTPException

        fates: dict[int, Fate] = {}
        client = _client(self._relay)
        try:
            async with client:
                for one in leaving:
                    fates[one.id] = await self._one(client, one, now)
        except (SMTPException, OSError, TimeoutError) as error:
            log.warning("mail_relay", error=type(error).__name__)
        return fates

    async def _one(self, client: "SMTP", one: Leaving, now: datetime) -> Fate:
        """Before the words were handed over a failure is sure; after that a cut leaves a doubt, and a doubt is not sent again."""
        from aiosmtplib.errors import SMTPException, SMTPResponseException

        handed = False
        try:
            await client.mail(self._relay.sender)
            await client.rcpt(one.to)
            handed = True
            await client.data(message(one, self._relay.sender, self._name, now).as_bytes())
        except SMTPResponseException as refused:
            log.warning("mail_refused", kind=one.kind, code=refused.code)
            if client.is_connected:
                await asyncio.shield(client.rset())
            return "failed" if refused.code >= _LASTING else "again"
        except (SMTPException, OSError, TimeoutError) as error:
            log.warning("mail_cut", kind=one.kind, error=type(error).__name__)
            return "unknown" if handed else "again"
        return "sent"
