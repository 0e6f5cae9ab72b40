"""What a conversation may ask of the office: each is carried out under its locks, some have an outcome."""

from typing import Literal, TypeAlias, Union

import msgspec

Purpose: TypeAlias = Literal["workshops", "news", "follow_up", "answer"]
"""`workshops`: a message when there is a workshop (outreach, P2). `news`: what a project asks or tells between workshops.
`follow_up`: what becomes of a commitment.
`answer`: the final answer, for words that are in no record (LOOP-07)."""


class WakeAfter(msgspec.Struct, frozen=True):
    """Give me a `Silence(name)` after so many seconds; a later one of the same name replaces it."""

    name: str
    seconds: int
    decent: bool = False  # only at an hour when a notice may go


class LetSleep(msgspec.Struct, frozen=True):
    """No wake-up of that name any more."""

    name: str


class Began(msgspec.Struct, frozen=True):
    """Somebody came in by this way, a poster's link or its keyword: one more is counted, of nobody in particular. No outcome."""

    token: str


class Submit(msgspec.Struct, frozen=True):
    """A contribution, word for word. Outcome: Submitted, TooMany or PilotFull."""

    process: str
    question: str
    text: str
    messages: int
    publish: bool  # False: read and counted, never published
    consent: str  # the exact sentence that the yes answered, as it was shown
    sources: tuple[str, ...] = ()  # the provider's ids of its messages, for later edits
    entry: str = ""  # the entry point it came through
    lent: bool = False  # from a phone that goes from hand to hand: nothing ties it to that phone
    card: str = ""
    asked: str = ""  # the question as it was shown, for whoever reads "yes, the second one"


class Revise(msgspec.Struct, frozen=True):
    """The new text of a contribution, before a moderator opened it. Outcome: Revised or TooLate.

    One of its messages (`source`) was edited; or, with `ref`, a moderator asked again and this is the answer (asked_again → received).
    """

    source: str
    text: str
    ref: str = ""


class Discard(msgspec.Struct, frozen=True):
    """What came in and was not sent on goes at once, before its 30 days: under 15, or "3 erase" (GDPR-50). No outcome.

    `sources` are the provider's ids of the messages; none means every message of this address since its last contribution.
    """

    sources: tuple[str, ...] = ()


class AddProfile(msgspec.Struct, frozen=True):
    """One optional answer that belongs to a contribution, not to the phone."""

    ref: str
    field: Literal["age", "easy"]
    value: str


class Withdraw(msgspec.Struct, frozen=True):
    """Take one contribution back. Outcome: Forgotten or Unknown."""

    ref: str


class Forget(msgspec.Struct, frozen=True):
    """Erase everything of this address. Outcome: Forgotten."""

    published: Literal["keep", "withdraw"]


class GiveConsent(msgspec.Struct, frozen=True):
    """An opt-in, with the exact words that were shown (GDPR 7(1))."""

    purpose: Purpose
    wording: str
    source: str  # "receipt", "sign-up", "REPRENDRE"…


class WithdrawConsent(msgspec.Struct, frozen=True):
    """The end of one opt-in."""

    purpose: Purpose


class Stop(msgspec.Struct, frozen=True):
    """Nothing unasked any more on this network. Outcome: Stopped."""


class ComeBack(msgspec.Struct, frozen=True):
    """The end of a STOP, recorded as outreach consent with its words."""

    wording: str


class Pause(msgspec.Struct, frozen=True):
    """Nothing unasked for so many days, and no STOP: it ends by itself. Outcome: Paused."""

    days: int


class EndPause(msgspec.Struct, frozen=True):
    """Back before the pause is over. No outcome."""


class SetLanguage(msgspec.Struct, frozen=True):
    """The language of this contact from now on."""

    language: str


class Appeal(msgspec.Struct, frozen=True):
    """RECOURS: another person decides. `ref` "" means the last refusal of this address. Outcome: Appealed or NoAppeal."""

    ref: str = ""


class UseSlip(msgspec.Struct, frozen=True):
    """What the slip of a sheet of paper allows, by its number and secret code: follow it, erase it, contest its refusal.

    Outcome: OfSlip, Forgotten, Appealed or NoAppeal; else WrongCode or CodeLocked.
    """

    ref: str
    code: str
    wish: Literal["follow", "erase", "appeal"]


class FollowPaper(msgspec.Struct, frozen=True):
    """The yes of who left this number on a sheet of paper: from now on its news come here. Outcome: PaperFollowed."""


class AskPerson(msgspec.Struct, frozen=True):
    """A person of the team is wanted. Outcome: Noted."""

    kind: Literal["call_back", "question", "correction"]  # a correction of a workshop's minutes
    text: str = ""
    process: str = ""
    workshop: str = ""  # whose minutes are corrected


class SignUp(msgspec.Struct, frozen=True):
    """Places at a workshop, for oneself and who comes along. Outcome: Seated, Waiting or NoSeat."""

    workshop: str
    seats: int = 1
    mode: Literal["room", "remote"] = "room"
    instead_of: str = ""  # the waiting list that is left when a place is found here


class ChangeSeats(msgspec.Struct, frozen=True):
    """`3 PLACES`: how many come, all told. Outcome: Seated, Waiting, Kept or NoSeat."""

    workshop: str
    seats: int


class TakeSeat(msgspec.Struct, frozen=True):
    """Yes to a place that was offered. Outcome: Seated, SeatGone or NoSeat."""

    workshop: str


class LeaveSeat(msgspec.Struct, frozen=True):
    """ANNULER, "2 I leave my place", no to an offer: the place is free at once. Outcome: Left or NoSeat."""

    workshop: str


class AskServices(msgspec.Struct, frozen=True):
    """What somebody needs at a workshop, as services and never as disabilities (GDPR-22); () takes it back. No outcome."""

    workshop: str
    services: tuple[str, ...]
    consent: str  # the exact sentence that the yes answered


class AnswerCampaign(msgspec.Struct, frozen=True):
    """What somebody answered to a campaign: for its results, and for who calls the volunteers. No outcome."""

    campaign: str
    answer: Literal["yes", "no"]


class PairPhone(msgspec.Struct, frozen=True):
    """`TEST 482913`: this phone gets the tests of the campaigns of whoever was shown that code. Outcome: Paired."""

    code: str


class UseRight(msgspec.Struct, frozen=True):
    """A right that the register counts: a copy of everything ("access"), or an objection. Outcome: RightUsed."""

    kind: Literal["access", "objection"]


Effect: TypeAlias = Union[
    WakeAfter,
    LetSleep,
    Began,
    Submit,
    Revise,
    Discard,
    AddProfile,
    Withdraw,
    Forget,
    GiveConsent,
    WithdrawConsent,
    Stop,
    UseRight,
    ComeBack,
    Pause,
    EndPause,
    SetLanguage,
    Appeal,
    UseSlip,
    FollowPaper,
    AskPerson,
    SignUp,
    ChangeSeats,
    TakeSeat,
    LeaveSeat,
    AskServices,
    AnswerCampaign,
    PairPhone,
]
