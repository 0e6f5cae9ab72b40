"""What a person sends and what the city says: the words that every room shares."""

from datetime import datetime
from typing import Literal, TypeAlias, Union

import msgspec

from conversations.text import Text

Network: TypeAlias = Literal["telegram", "sms"]
NETWORKS: tuple[Network, ...] = ("telegram", "sms")


class Words(msgspec.Struct, frozen=True, tag=True):
    """A message: its text (a photo's caption too), whole."""

    text: str
    message: str = ""  # the provider's id of this message in this chat, by which a later edit names it
    attachment: str = ""  # "photo", "voice", "sticker", "location"…: what came along and was not kept
    replies_to: str = ""  # the provider's id of the message it answers


class Edit(msgspec.Struct, frozen=True, tag=True):
    """The new text of a message sent earlier."""

    message: str
    text: str


class Press(msgspec.Struct, frozen=True, tag=True):
    """A button: which question it belongs to, and which of its choices."""

    question: str
    choice: str


class Start(msgspec.Struct, frozen=True, tag=True):
    """The first button of a chat, with the opaque token of a poster's link ("" when there is none)."""

    token: str = ""


class Silence(msgspec.Struct, frozen=True, tag=True):
    """A wake-up that the conversation asked for came due: nobody wrote meanwhile, or it does not matter."""

    name: str


class Blocked(msgspec.Struct, frozen=True, tag=True):
    """The person closed the door to us on this network."""


class Unblocked(msgspec.Struct, frozen=True, tag=True):
    """The person opened it again."""


class InGroup(msgspec.Struct, frozen=True, tag=True):
    """Somebody added the bot to a group; the address is the group's."""


Input: TypeAlias = Union[Words, Edit, Press, Start, Silence]
Arrival: TypeAlias = Union[Words, Edit, Press, Start, Blocked, Unblocked, InGroup]


class Inbound(msgspec.Struct, frozen=True):
    """One thing that arrived at a door. (channel, account, key) is what makes it the same thing twice."""

    channel: str  # "telegram", "kannel", "simulator"
    account: str  # ours: the bot's id, our number
    key: str  # the provider's id
    network: Network
    address: str  # E.164, or the chat's id: never in a log, an exception or an audit line
    what: Arrival
    at: datetime  # when we received it, aware


class Receipt(msgspec.Struct, frozen=True):
    """What became of an outbound, told by the provider."""

    channel: str
    outbound: int  # our id of it
    state: Literal["wired", "delivered", "failed"]
    why: str = ""


DATA = "data"
"""What `Say.attach` names, besides the key of a workshop: everything that is held about the person."""


CODE = "code:"
"""What begins the name of another: the code of a seat, as a picture that a scanner reads."""


class Choice(msgspec.Struct, frozen=True):
    """One answer to a question: the digit on a phone, the label on a button."""

    key: str  # "yes", "no", "erase", "p:place-du-marche": what the flow compares with
    label: Text
    digit: str = ""  # "1" is always yes, "2" always no; "" means its place in the list
    row: int = 0  # buttons of one row share it
    hidden: bool = False  # understood, but not offered: a "no" to what is optional
    plain: bool = False  # a button beside a question and no answer to it: its key is a keyword, and it works when the question is closed


class Say(msgspec.Struct, frozen=True):
    """One sentence of a turn, not yet in a language."""

    text: Text
    choices: tuple[Choice, ...] = ()
    question: str = ""  # the id of the question that the choices answer; "" for plain buttons
    card: str = ""  # the card that this message is, or replaces
    how: Literal["send", "card", "quiet"] = "send"
    """`send`: a new message. `card`: replace the card where the network can, else send. `quiet`: replace it or nothing."""
    urgency: Literal["reply", "notice", "campaign"] = "reply"
    attach: str = ""  # a workshop's key: its calendar goes along; DATA: the person's own data; CODE and digits. The text is the caption
    after: Text | None = None  # what an SMS ends with, after its choices


class File(msgspec.Struct, frozen=True):
    """A file that goes with a message, on networks that carry files: text, or the bytes of a picture."""

    name: str  # "atelier.ics"
    type: str  # "text/calendar"
    content: str
    picture: bytes = b""


class Outbound(msgspec.Struct, frozen=True):
    """A message ready for a channel: in a language, with an address."""

    id: int
    network: Network
    channel: str
    address: str
    text: str
    buttons: tuple[tuple[str, str, int], ...] = ()  # (callback data, label, row); by SMS the digits are in the text
    replaces: str = ""  # the provider's id of the message to edit
    silent: bool = False
    does: Literal["say", "leave"] = "say"  # `leave`: say it, then leave the group
    file: File | None = None  # the text is its caption
    until: datetime | None = None  # a gateway that still holds it then must drop it: too late, or the night begins
