"""A city's SMS: its settings, a citizen's number, and a word that may stand in no log."""

from datetime import datetime

import msgspec

from bot import settings
from bot.settings import Settings
from conversations.messages import Outbound

PHONE, OURS = "+33639980001", "38100"
SECRET = "a-secret-of-ours-0123456789abcdef"
PASSWORD = "a-password-of-ours"
MARK = "zélébureau"  # stands in each text, and nowhere in a log


def configured(url: str, port: int = 8080, **more: str) -> Settings:
    given = {"KANNEL_URL": url, "KANNEL_USERNAME": "outreach", "KANNEL_PASSWORD": PASSWORD, "KANNEL_SENDER": OURS, "KANNEL_SECRET": SECRET}
    given |= {"PORT": str(port), "CITY": "Ville de Nantes"} | more
    return settings.read({f"ALLERVERS_{name}": value for name, value in given.items()})


def say(number: int, text: str, to: str = PHONE) -> Outbound:
    return Outbound(number, "sms", "kannel", to, text)


def dated(outbound: Outbound, until: datetime) -> Outbound:
    return msgspec.structs.replace(outbound, until=until)
