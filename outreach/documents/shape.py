"""The shape of a process document: what a city writes before it asks anything (DESIGN 6)."""

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

Line: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
Paragraph: TypeAlias = Annotated[str, msgspec.Meta(max_length=4000)]
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LANGUAGE = r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$"
Identifier: TypeAlias = Annotated[str, msgspec.Meta(pattern=SLUG, max_length=40)]
Slug: TypeAlias = Annotated[str, msgspec.Meta(pattern=SLUG, max_length=80)]
Language: TypeAlias = Annotated[str, msgspec.Meta(pattern=LANGUAGE, max_length=16)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=100_000)]

Localised: TypeAlias = dict[Language, Line]
"""Words by language; "fr" is always there."""

LocalisedParagraph: TypeAlias = dict[Language, Paragraph]

OptionalQuestion: TypeAlias = Literal["age", "easy"]
"""What is asked once a view is sent, and may be left without an answer: an age bracket, or whether it was easy."""

WorkshopStatus: TypeAlias = Literal["scheduled", "full", "cancelled", "held"]


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    """Every part of a document is written by name."""


class Validated(_Written, frozen=True, kw_only=True):
    """Who validated the mandate, when, by which act."""

    by: Line = ""
    on: date | None = None
    act: Line = ""


class Mandate(_Written, frozen=True, kw_only=True):
    """What the city asks for and what it commits itself to (LOOP-02)."""

    version: Count = 1
    diagnosis: Paragraph = ""
    can_change: tuple[Line, ...] = ()
    cannot_change: tuple[Line, ...] = ()
    decided_by: Line = ""
    use: Line = ""  # how contributions are used
    answer_promised_on: date | None = None
    validated: Validated = Validated()


class Question(_Written, frozen=True, kw_only=True):
    """One question; `opens` and `closes` are days, both included."""

    id: Identifier
    text: Localised
    sms_text: Localised = {}
    opens: date | None = None
    closes: date | None = None


class Phase(_Written, frozen=True, kw_only=True):
    """A stretch of the calendar, last day included."""

    kind: Identifier
    title: Line
    starts: date
    ends: date


class Remote(_Written, frozen=True, kw_only=True):
    """A way to take part from home: a link, a number to call, or both."""

    url: Line = ""
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    capacity: Count | None = None


class Workshop(_Written, frozen=True, kw_only=True):
    """A meeting in a room; instants are aware."""

    id: Identifier
    title: Localised
    sms_name: Line = ""
    starts_at: datetime
    ends_at: datetime
    place: Line
    place_sms: Line = ""
    access: tuple[Line, ...] = ()
    capacity: Count | None = None
    remote: Remote | None = None
    status: WorkshopStatus = "scheduled"


class EntryPoint(_Written, frozen=True, kw_only=True):
    """A poster: where it hangs, the word to text, the language it speaks; or a phone that a mediator lends."""

    id: Slug
    place: Annotated[str, msgspec.Meta(max_length=120)] = ""
    keyword: Annotated[str, msgspec.Meta(max_length=24)] = ""
    language: Language = ""
    lent: bool = False  # a mediator's phone that goes from hand to hand


class Theme(_Written, frozen=True, kw_only=True):
    """What contributions are sorted by, for the book of contributions; moderators give it with a key."""

    id: Identifier
    title: Localised


class Attachment(_Written, frozen=True, kw_only=True):
    """A document of the process that stands elsewhere: where, since when, and the SHA-256 by which anybody knows that it is the same."""

    id: Identifier
    title: Localised
    url: Line
    sha256: Line
    published_on: date | None = None


class Pilot(_Written, frozen=True, kw_only=True):
    """A test: so many people may give their view, and are told that it is a test."""

    people: Annotated[int, msgspec.Meta(ge=2, le=1000)]


class ProcessDocument(_Written, frozen=True, kw_only=True):
    """A démarche as the city writes it, in YAML or through the API."""

    slug: Slug
    title: Localised
    sms_name: Line = ""
    summary: LocalisedParagraph = {}
    territory: Line = ""
    districts: tuple[Line, ...] = ()
    lead: Line = ""
    mandate: Mandate = Mandate()
    questions: tuple[Question, ...] = ()
    phases: tuple[Phase, ...] = ()
    workshops: tuple[Workshop, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    themes: tuple[Theme, ...] = ()
    documents: tuple[Attachment, ...] = ()
    pilot: Pilot | None = None
    optional_question: OptionalQuestion = "age"
