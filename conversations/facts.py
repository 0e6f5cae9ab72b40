"""What a turn may know of the world: the city, its open processes, what came of this person's words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from conversations.messages import Network
from conversations.text import Catalogue


class City(msgspec.Struct, frozen=True):
    """Who speaks."""

    name: str
    sms_name: str = ""  # letters of GSM 03.38 only, at most 15
    controller: str = ""
    dpo: str = ""
    legal_basis: str = ""
    phone: str = ""  # where a person answers
    sms_number: str = ""  # ours, for those who leave Telegram
    telegram: str = ""  # the bot's name, for links
    url: str = ""  # the public site: official handles, full notice


class Entry(msgspec.Struct, frozen=True):
    """A way in: a poster's link or keyword."""

    id: str
    token: str
    keyword: str = ""
    language: str = ""
    place: str = ""
    lent: bool = False  # a mediator's phone that goes from hand to hand: no poster hangs there (journeys 3.4)


class Question(msgspec.Struct, frozen=True):
    """One question of a process, by language ("fr" is always there)."""

    id: str
    text: dict[str, str]
    sms_text: dict[str, str]


class Workshop(msgspec.Struct, frozen=True):
    """A meeting in a room, perhaps from home too."""

    id: str
    title: dict[str, str]
    starts_at: datetime
    place: str
    sms_name: str = ""
    place_sms: str = ""
    key: str = ""  # "place-du-marche/atelier-1": what effects and questions call it
    access: tuple[str, ...] = ()
    remote: bool = False


class Seat(msgspec.Struct, frozen=True):
    """What this address holds, or waits for, at a workshop to come."""

    workshop: Workshop
    state: str  # confirmed, waiting, offered
    seats: int = 1
    mode: Literal["room", "remote"] = "room"
    code: str = ""  # what the door asks; "" while it waits
    rank: int = 0  # in the waiting list; 0 when it holds


class Minutes(msgspec.Struct, frozen=True):
    """What was said at a workshop that this address signed up for, and until when who came may put it right."""

    workshop: Workshop
    short: str  # at most 90 letters, that an SMS has room for
    text: str
    until: datetime
    came: bool = False


class Process(msgspec.Struct, frozen=True):
    """An open process, as much as a conversation needs."""

    slug: str
    title: dict[str, str]
    sms_name: str
    summary: dict[str, str]
    question: Question | None  # the one open now
    opens_on: date | None = None  # none is: the next one then
    closed_on: date | None = None  # none is, and none will be: the last one's day
    can_change: tuple[str, ...] = ()
    cannot_change: tuple[str, ...] = ()
    use: str = ""  # how contributions are used, in a sentence
    decided_by: str = ""
    answer_promised_on: date | None = None
    read_on: date | None = None  # when the citizens' group reads
    workshops: tuple[Workshop, ...] = ()
    entries: tuple[Entry, ...] = ()
    pilot: int = 0  # a test with so many people; 0: for everybody
    full: bool = False  # a test that has all its people
    optional: Literal["age", "easy"] = "age"  # what is asked once a view is sent, and may be left without an answer


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one contribution: the point of the avis that takes it up ("" for none), and the answer once it is `answered`."""

    point: str
    answered: bool = False
    decision: str = ""  # kept, partly, not_kept
    reason: dict[str, str] = {}  # by language, at most 42 letters
    done: dict[str, str] = {}  # by language, at most 34 letters
    late: bool = False  # public only after the citizens' opinion was handed over: they could not read it


class Contribution(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one contribution of this address."""

    ref: str
    state: str
    quote: str  # its first words
    text: str  # its public text once published, else ""
    process: str  # the process's short name
    received_on: date
    read_by: date
    promised_on: date | None = None
    reason: str = ""  # "R4"
    fact: str = ""
    appeal_until: date | None = None
    published_on: date | None = None
    answer: Answer | None = None
    slug: str = ""  # the process's own name
    pending: bool = False  # the elected officials promised an answer that is not there yet


class Facts(msgspec.Struct, frozen=True):
    """Everything a turn may look at besides its own state."""

    now: datetime  # aware, in the city's own time
    network: Network
    city: City
    languages: tuple[str, ...]  # offered ones, the first is the city's own
    processes: tuple[Process, ...] = ()
    contributions: tuple[Contribution, ...] = ()  # of this address, the newest first
    seats: tuple[Seat, ...] = ()  # of this address, the next workshop first
    minutes: tuple[Minutes, ...] = ()  # of the workshops that this address signed up for
    stopped: bool = False
    paused_until: date | None = None  # the person asked for a pause that is not over
    consents: frozenset[str] = frozenset()
    new: bool = False  # this address was never heard before
    catalogues: Mapping[str, Catalogue] = msgspec.field(
        default_factory=dict
    )  # by language: a consent keeps the exact words shown (GDPR-03)
    closed: frozenset[date] = frozenset()  # days to come on which nobody of the team reads, besides Saturdays and Sundays
    past: tuple[Process, ...] = ()  # take no words any more, and are not ended: their posters still hang

    @property
    def places(self) -> tuple[Seat, ...]:
        """The seats that are this person's, without those that they wait for."""
        return tuple(seat for seat in self.seats if seat.state == "confirmed")
