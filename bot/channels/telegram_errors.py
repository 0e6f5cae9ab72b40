"""What a refusal or a silence of Telegram means for a message."""

import re
from collections.abc import Iterable
from datetime import timedelta

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels import Fatal, Moved, Rejected, SendError, Stopped, Throttled, Unreachable
from bot.channels.telegram_http import MaybeSent

ASK_FOR_A_TOKEN = "Telegram refuses the token: ask @BotFather for a new one and put it in ALLERVERS_TELEGRAM_TOKEN"  # noqa: S105 - advice

_GONE_CHATS = ("chat not found", "peer_id_invalid", "user not found")
_LONG_NUMBER = re.compile(r"\d{5,}")


def send_error(error: TelegramError) -> SendError:  # noqa: PLR0911 - a table, a line for each of Telegram's answers
    """The kind that the sender knows. BadRequest and MaybeSent are kinds of NetworkError: it comes last."""
    why = plain(error)
    match error:
        case RetryAfter():
            return Throttled(pause(error), why="flood control")
        case Forbidden():
            return Stopped(why)
        case ChatMigrated():
            return Moved(str(error.new_chat_id))
        case InvalidToken():
            return Fatal(ASK_FOR_A_TOKEN)
        case BadRequest():
            return Stopped(why) if says(error, _GONE_CHATS) else Rejected(why)
        case MaybeSent():
            return Unreachable(sent="maybe", why=why)
        case NetworkError():
            return Unreachable(why=why)
        case _:
            return Unreachable(why=why)


def says(error: TelegramError, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases, in small letters, stands in Telegram's words."""
    return any(phrase in error.message.lower() for phrase in phrases)


def pause(error: TelegramError) -> float | None:
    """Seconds that Telegram asks us to wait; a timedelta, or a number as older versions of the library have it."""
    if not isinstance(error, RetryAfter):
        return None
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def plain(error: TelegramError) -> str:
    """Telegram's own words, short and without anything that could be a chat's id."""
    return _LONG_NUMBER.sub("…", error.message)[:120]
