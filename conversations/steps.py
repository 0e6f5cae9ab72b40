"""Where a conversation stands, and what a turn of it gives."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from conversations.effects import Effect
from conversations.messages import Say


class Asked(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A question that was put to the person. A bare digit belongs to one of these, or to none."""

    id: str  # names it in a button's callback data
    kind: str  # "contribute:publish", "subscribe:receipt"…: the flow and its question that take the answer
    about: str  # a reference, a slug
    choices: tuple[tuple[str, str], ...]  # (digit, key)
    at: datetime
    until: datetime  # afterwards a digit no longer reaches it
    closed: datetime | None = None
    answered: bool = False  # closed by its own answer: a digit that follows can't have been meant for it
    words: str = ""  # what was shown, kept where a yes is a consent; never a person's words


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """The memory of one conversation; sealed at rest. Flow and step are names, so that an upgrade can miss them."""

    flow: str = ""
    step: str = ""
    memory: Mapping[str, Any] = msgspec.field(default_factory=dict)  # the flow's own, JSON
    language: str = ""
    asked: tuple[Asked, ...] = ()
    misses: int = 0  # misunderstandings in a row
    last: datetime | None = None  # when the person last wrote
    minute: tuple[int, int] = (0, 0)  # (which minute, messages in it): the guard against loops
    notice: str = ""  # the version of the notice this person has seen
    hushed: int = 0  # the minute in which the guard last said "see you tomorrow"


class Turn(msgspec.Struct, frozen=True):
    """What one exchange leaves behind."""

    state: State
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()


class Later(msgspec.Struct, frozen=True):
    """Not now: the person is in the middle of something."""

    until: datetime
