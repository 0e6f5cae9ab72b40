"""One conversation while a batch holds it: what is known, what its turn says and asks."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from conversations.effects import Effect
from conversations.facts import Facts
from conversations.messages import Say
from conversations.steps import State, Turn
from outreach.inbox.sql import Known

state_as_json = msgspec.json.Encoder().encode
state_from_json = msgspec.json.Decoder(State).decode


@dataclass(slots=True)
class Talk:
    """Nothing of it is written before the end of the batch, save what its effects do."""

    known: Known
    state: State
    facts: Facts
    channel: str  # the door by which its answers leave
    heard_at: datetime
    says: list[Say] = field(default_factory=list)
    effects: deque[Effect] = field(default_factory=deque)
    wakes: dict[str, datetime | None] = field(default_factory=dict)  # by name; None: let it sleep
    began: list[str] = field(default_factory=list)  # tokens of the ways in that it came by just now
    where: str = ""  # the address itself, when the batch knows it
    gone: bool = False  # forgotten: nothing of it may be written any more
    failed: bool = False  # its turn broke
    urgent_until: datetime | None = None  # what it says first goes at any hour, until then (LINK-12)
    once: bool = False  # what it says first is better lost than said twice
    after_stop: bool = False  # and is said to who said STOP, too
    campaign: int | None = None  # what it says first is a campaign's, goes by its hours and asks for its consent
    purpose: str = ""
    ends_at: datetime | None = None
    keep: bool = True  # its state is written at the end

    def absorb(self, turn: Turn) -> None:
        """Take over what an exchange leaves behind."""
        self.state = turn.state
        self.says += turn.says
        self.effects += turn.effects
