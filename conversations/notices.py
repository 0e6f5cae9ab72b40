"""What the city says first about a person's own matter."""

from datetime import date, datetime
from typing import Literal, TypeAlias, Union

import msgspec

from conversations.facts import Workshop

CampaignKind: TypeAlias = Literal["workshop", "views", "panel", "news"]
"""Announce a workshop, collect views on a question, look for volunteers, give news."""


class Published(msgspec.Struct, frozen=True, tag=True):
    """Messages 10 and 10b: the record holds it. `reason` is set when words were hidden."""

    ref: str
    read_on: date | None = None
    promised_on: date | None = None
    reason: str = ""
    fact: str = ""
    appeal_until: date | None = None
    card: str = ""  # edited in silence, where the network can; the same in every notice


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Message 11, with the seven parts of MOD-04."""

    ref: str
    received_on: date
    quote: str
    reason: str
    fact: str
    appeal_until: date
    card: str = ""


class Answered(msgspec.Struct, frozen=True, tag=True):
    """It was a question to the city: here is the answer."""

    ref: str
    text: str
    card: str = ""


class Replied(msgspec.Struct, frozen=True, tag=True):
    """What a person of the team writes to somebody who asked for one."""

    text: str


class RightAnswered(msgspec.Struct, frozen=True, tag=True):
    """What was decided about an objection (GDPR 12(4)): the one other thing that is told after STOP."""

    text: str


class CounterCode(msgspec.Struct, frozen=True, tag=True):
    """Six digits that the person reads out to the agent in front of them, to be handed a copy of everything (GDPR-41)."""

    code: str
    until: datetime


class AskedAgain(msgspec.Struct, frozen=True, tag=True):
    """A moderator could not read it: once, what was meant."""

    ref: str
    quote: str
    text: str = ""
    card: str = ""


class Judged(msgspec.Struct, frozen=True, tag=True):
    """An appeal was decided by another person."""

    ref: str
    upheld: bool
    reason: str = ""
    card: str = ""
    public: bool = False  # the view is published: the words hidden in it were contested


class HandedOver(msgspec.Struct, frozen=True, tag=True):
    """The avis was handed over and takes this contribution up: told on its card alone, without a sound."""

    ref: str
    point: str
    promised_on: date | None = None
    card: str = ""


class Responded(msgspec.Struct, frozen=True, tag=True):
    """Messages 12 and 12b: the elected officials answered. `point` is "" when the avis did not take the contribution up.

    `late`: it became public after the avis was handed over, so that the group could not read it. `reason` and `done` are what
    staff wrote, by language: at most 42 and 34 letters.
    """

    ref: str
    point: str
    decision: str = ""  # kept, partly, not_kept
    reason: dict[str, str] = {}
    done: dict[str, str] = {}
    card: str = ""
    others: int = 0  # more contributions of this person in the same process
    late: bool = False


class Concluded(msgspec.Struct, frozen=True, tag=True):
    """The answer, for somebody whose words are in no record and who asked for it: how many points were kept (LOOP-07)."""

    ref: str
    process: dict[str, str]
    kept: int
    partly: int
    not_kept: int
    card: str = ""


class Delayed(msgspec.Struct, frozen=True, tag=True):
    """Message x14: the promised answer comes later. `late`: the day has passed; `until` None: nobody knows yet."""

    ref: str
    process: dict[str, str]
    promised_on: date
    reason: dict[str, str] = {}
    until: date | None = None
    late: bool = False
    card: str = ""


class CarriedOut(msgspec.Struct, frozen=True, tag=True):
    """What was promised for a point is done; for who asked to know."""

    ref: str
    point: str
    done: dict[str, str]
    card: str = ""


class Postponed(msgspec.Struct, frozen=True, tag=True):
    """What was promised for a point comes later; for who asked to know."""

    ref: str
    point: str
    done: dict[str, str]
    until: date
    reason: dict[str, str]
    card: str = ""


class Invited(msgspec.Struct, frozen=True, tag=True):
    """Somebody typed this number into the sign-up page: the one question whether that was wanted (double opt-in)."""

    process: str
    language: str = ""  # that of the page, for who never wrote


class Announced(msgspec.Struct, frozen=True, tag=True):
    """What a campaign says: words of staff that a second person approved; `{place}` and the like are filled for each reader."""

    campaign: str
    kind: CampaignKind
    texts: dict[str, str]  # by language, the city's own is always there
    sms: dict[str, str] = {}  # shorter ones, where staff wrote them
    process: str = ""
    title: dict[str, str] = {}
    sms_name: str = ""
    workshop: Workshop | None = None
    until: datetime | None = None  # how long an answer is taken
    is_test: bool = False  # goes to who wrote it, and is marked as such


class LeftOnPaper(msgspec.Struct, frozen=True, tag=True):
    """This number stands on a sheet of paper: the one question whether its owner wants to be told what becomes of the view (LINK-10)."""

    ref: str
    language: str = ""  # that of the sheet, for who never wrote


class Reminder(msgspec.Struct, frozen=True, tag=True):
    """Message 9, five days and one day before: "2" frees the place."""

    workshop: Workshop
    code: str
    mode: Literal["room", "remote"] = "room"


class Offer(msgspec.Struct, frozen=True, tag=True):
    """Message 8b: a place became free. `held`: until that hour for this person alone; else the first answer has it."""

    workshop: Workshop
    seats: int
    until: datetime
    held: bool = True


class Moved(msgspec.Struct, frozen=True, tag=True):
    """The hour or the place changed (LINK-12); the place in the room, or in the line, stays."""

    workshop: Workshop
    code: str = ""  # "" for who comes from home, or waits
    waits: bool = False


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    """It does not take place: the one thing that is told after STOP too (journeys 7)."""

    workshop: Workshop


class RemoteLink(msgspec.Struct, frozen=True, tag=True):
    """How to come from home, an hour before (LINK-06)."""

    workshop: Workshop
    url: str
    phone: str = ""  # who has no internet calls


class MinutesReady(msgspec.Struct, frozen=True, tag=True):
    """What was said, to who came (LINK-11); until that hour they may put it right."""

    workshop: Workshop
    short: str  # at most 90 letters
    text: str
    until: datetime


AboutWorkshop: TypeAlias = Reminder | Offer | Moved | Cancelled | RemoteLink | MinutesReady
AboutContribution: TypeAlias = (
    Published | Refused | Answered | AskedAgain | Judged | HandedOver | Responded | Concluded | Delayed | CarriedOut | Postponed
)
Notice: TypeAlias = Union[
    Published,
    Refused,
    Answered,
    AskedAgain,
    Judged,
    HandedOver,
    Responded,
    Concluded,
    Delayed,
    CarriedOut,
    Postponed,
    Invited,
    LeftOnPaper,
    Replied,
    RightAnswered,
    Announced,
    CounterCode,
    Reminder,
    Offer,
    Moved,
    Cancelled,
    RemoteLink,
    MinutesReady,
]
ASKING = (AskedAgain, Responded, Invited, LeftOnPaper, Announced, Reminder, Offer, MinutesReady)
"""What asks something waits for an idle person."""
