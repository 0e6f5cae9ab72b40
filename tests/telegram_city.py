"""A bot of a city, and what may not stand in any log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot import settings
from bot.channels.telegram import Telegram
from conversations.messages import Outbound
from tests.conftest import Clock
from tests.peers.telegram import TOKEN, Peer

SECRET = "a-secret-of-the-webhook-0123456789"
WORDS = "Il manque des bancs et de l'ombre place du Marché"
UNSPEAKABLE = (TOKEN.partition(":")[2], SECRET, "4400", "Prénom", "Nomdefamille", "pseudo_", WORDS, "bancs", "leak")
"""The token, chats' ids, names and texts of these tests."""


@asynccontextmanager
async def opened(peer: Peer, clock: Clock, **more: str) -> AsyncIterator[Telegram]:
    given = {"TELEGRAM_TOKEN": peer.token, "TELEGRAM_API_URL": peer.url, "TELEGRAM_SECRET": SECRET, "CITY": "Ville de Nantes"} | more
    channel = Telegram(settings.read({f"ALLERVERS_{name}": value for name, value in given.items()}), clock)
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()


def say(chat: int, text: str = WORDS, **more: Any) -> Outbound:
    return Outbound(1, "telegram", "telegram", str(chat), text, **more)


BUTTONS = (
    ("q1:yes", "Oui, j'ai 15 ans ou plus", 0),
    ("q1:no", "Non, seulement le lire", 1),
    ("q1:erase", "Effacer", 1),
)
