"""The shape of the file that somebody gets who asks for everything that is held: published as a JSON schema (GDPR 20)."""

from datetime import datetime

import msgspec

from outreach.exchanges import Said


class Agreed(msgspec.Struct, frozen=True):
    """A consent, with the words that were shown, their language, and where that was."""

    purpose: str
    words: str
    language: str
    source: str
    given_at: datetime
    withdrawn_at: datetime | None


class Decided(msgspec.Struct, frozen=True):
    """What was decided about a contribution: `reason` is a rule of the charter, `why` the same in words, `fact` what exactly.

    `text`: what was written to you. Who decided is not told: a decision is the city's.
    """

    kind: str
    reason: str
    why: str
    fact: str
    text: str
    at: datetime


class Contested(msgspec.Struct, frozen=True):
    """An appeal: `state` is "waiting", "upheld", "reversed", or "dropped" when the text was taken back; `why` is the answer's reason."""

    state: str
    opened_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    reason: str
    why: str


class View(msgspec.Struct, frozen=True):
    """A contribution. `consent`: the sentence that your yes answered; `public_text`: what is, or will be, read by everybody."""

    number: str
    process: str
    asked: str
    text: str
    public_text: str
    language: str
    state: str
    publish: bool
    consent: str
    age_group: str
    was_easy: str
    theme: str
    entry: str
    received_at: datetime
    published_at: datetime | None
    decisions: tuple[Decided, ...]
    appeal: Contested | None


class Place(msgspec.Struct, frozen=True):
    """A place at a workshop, or in its line."""

    workshop: str
    starts_at: datetime
    state: str
    seats: int
    mode: str
    code: str
    needs: tuple[str, ...]


class Asked(msgspec.Struct, frozen=True):
    """What you asked a person of the team for: `kind` is "call_back", "question" or "correction"; `state` "open" or "done"."""

    kind: str
    text: str
    process: str
    state: str
    asked_at: datetime


class Seen(msgspec.Struct, frozen=True):
    """Your address was shown in clear to one person of the team: when, what for, and the roles they had.

    Kept for a year. Not who: the law gives you the reason and the day, not the name of an agent (CJEU C-579/21).
    """

    at: datetime
    purpose: str
    roles: tuple[str, ...]


class Used(msgspec.Struct, frozen=True):
    """A right that you used and that is still tied to you: a copy of everything, or an objection."""

    kind: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    outcome: str


class Export(msgspec.Struct, frozen=True):
    """The whole file. Texts are there as long as they are kept: messages thirty days."""

    city: str
    made_at: datetime
    network: str
    address: str
    language: str
    pseudonym: str
    known_since: datetime
    stopped: bool
    paused_until: datetime | None
    objected_at: datetime | None
    consents: tuple[Agreed, ...]
    views: tuple[View, ...]
    places: tuple[Place, ...]
    requests: tuple[Asked, ...]
    rights: tuple[Used, ...]
    seen: tuple[Seen, ...]
    messages: tuple[Said, ...]
