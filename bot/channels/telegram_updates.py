"""What a Telegram update says, in our words: names, user names, photos and whatever else is personal stay behind."""

import re
from datetime import datetime
from typing import Any

import msgspec

from conversations.messages import Arrival, Blocked, Edit, Inbound, InGroup, Press, Start, Unblocked, Words

KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The kinds of update we ask Telegram for."""

ATTACHMENTS = (
    *("animation", "audio", "paid_media", "document", "photo", "sticker", "story", "video", "video_note", "voice", "checklist"),
    *("contact", "dice", "game", "poll", "venue", "location", "rich_message"),
)
"""What a person can send beside text. The order matters: an animation comes with a document, a venue with a location."""

_PRESENT = frozenset({"member", "administrator", "creator", "restricted"})
_START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<token>[A-Za-z0-9_-]{1,64}))?\s*")
_COMMAND = re.compile(r"(/\w+)@\w+")


class _Chat(msgspec.Struct):
    id: int
    type: str = "private"


class _Sticker(msgspec.Struct):
    emoji: str | None = None


class _Named(msgspec.Struct):
    message_id: int


class _Button(msgspec.Struct):
    button_text: str = ""


class _From(msgspec.Struct):
    id: int
    is_bot: bool = False


class _Message(msgspec.Struct):
    message_id: int
    chat: _Chat
    sender: _From | None = msgspec.field(default=None, name="from")
    text: str | None = None
    caption: str | None = None
    reply_to_message: _Named | None = None
    web_app_data: _Button | None = None
    sticker: _Sticker | None = None
    left_chat_member: Any = None
    migrate_to_chat_id: Any = None
    # only whether they are there
    animation: Any = None
    audio: Any = None
    paid_media: Any = None
    document: Any = None
    photo: Any = None
    story: Any = None
    video: Any = None
    video_note: Any = None
    voice: Any = None
    checklist: Any = None
    contact: Any = None
    dice: Any = None
    game: Any = None
    poll: Any = None
    venue: Any = None
    location: Any = None
    rich_message: Any = None


class _Where(msgspec.Struct):
    chat: _Chat


class _Query(msgspec.Struct):
    id: str
    sender: _From = msgspec.field(name="from")
    message: _Where | None = None
    data: str | None = None


class _Status(msgspec.Struct):
    status: str


class _Membership(msgspec.Struct):
    chat: _Chat
    new_chat_member: _Status


class Update(msgspec.Struct):
    """One update, as much of it as we read."""

    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Query | None = None
    my_chat_member: _Membership | None = None


class _Numbered(msgspec.Struct):
    update_id: int


_DECODER = msgspec.json.Decoder(Update)


class Unreadable(Exception):
    """Not an update that we understand; `update_id` is its number, if at least that can be read."""

    def __init__(self, why: str, update_id: int | None) -> None:
        """`why` names fields and types, never what was in them."""
        super().__init__(why)
        self.update_id = update_id


def decode(body: bytes) -> Update:
    """An update as it comes to the webhook. Raises Unreadable."""
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(_why(error), None) from None


def convert(update: object) -> Update:
    """An update of a list that was fetched. Raises Unreadable."""
    try:
        return msgspec.convert(update, Update)
    except msgspec.ValidationError as error:
        try:
            number = msgspec.convert(update, _Numbered).update_id
        except msgspec.ValidationError:
            number = None
        raise Unreadable(_why(error), number) from None


def read(update: Update, account: str, at: datetime) -> Inbound | None:
    """What the update says and where it comes from; nothing when it is none of our business."""
    if update.message is not None:
        found = _message(update.message)
    elif update.edited_message is not None:
        found = _edited(update.edited_message)
    elif update.callback_query is not None:
        found = _pressed(update.callback_query)
    elif update.my_chat_member is not None:
        found = _membership(update.my_chat_member)
    else:
        found = None
    if found is None:
        return None
    chat, what = found
    return Inbound("telegram", account, str(update.update_id), "telegram", str(chat), what, at)


def _message(message: _Message) -> tuple[int, Arrival] | None:
    chat = message.chat
    if chat.type != "private":
        # we are on our way out of it, or of what it was before it grew
        return None if message.left_chat_member or message.migrate_to_chat_id else (chat.id, InGroup())
    if message.sender is not None and message.sender.is_bot:
        return None  # two robots would never end
    attachment = next((kind for kind in ATTACHMENTS if getattr(message, kind) is not None), "")
    text = message.text if message.text is not None else message.caption
    if text is None and message.sticker is not None:
        text = message.sticker.emoji  # a thumb is an answer
    if text is None and message.web_app_data is not None:
        text = message.web_app_data.button_text
    if not text and not attachment:
        return None
    return chat.id, _words(message, text or "", attachment)


def _words(message: _Message, text: str, attachment: str) -> Words | Start:
    text = text.replace("\0", "")
    if not attachment and (start := _START.fullmatch(text)):
        return Start(start["token"] or "")
    return Words(
        _COMMAND.sub(r"\1", text, count=1) if text.startswith("/") else text,
        message=str(message.message_id),
        attachment=attachment,
        replies_to=str(message.reply_to_message.message_id) if message.reply_to_message else "",
    )


def _edited(message: _Message) -> tuple[int, Arrival] | None:
    text = message.text or message.caption  # a place that moves on the map is an edit, too
    if message.chat.type != "private" or not text:
        return None
    return message.chat.id, Edit(str(message.message_id), text.replace("\0", ""))


def _pressed(query: _Query) -> tuple[int, Arrival] | None:
    if query.message is not None and query.message.chat.type != "private":
        return query.message.chat.id, InGroup()
    if query.data is None:
        return None
    question, colon, choice = query.data.partition(":")
    # a message that is too old, or one that we did not write, is not told: in private the chat is the person
    chat = query.message.chat.id if query.message is not None else query.sender.id
    return chat, Press(question, choice) if colon else Press("", question)


def _membership(membership: _Membership) -> tuple[int, Arrival] | None:
    chat, status = membership.chat, membership.new_chat_member.status
    if chat.type != "private":
        return (chat.id, InGroup()) if status in _PRESENT else None
    if status == "kicked":
        return chat.id, Blocked()
    return (chat.id, Unblocked()) if status == "member" else None


def _why(error: Exception) -> str:
    # msgspec names types and the way to the field, never a value
    return str(error) if isinstance(error, msgspec.ValidationError) else "not JSON"
