"""What a campaign says: its notice for the voice, what is wrong with its words, and the hash that an approval is bound to."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from conversations.flows.campaigns import PLACEHOLDERS
from conversations.notices import Announced, CampaignKind
from outreach import processes
from outreach.campaigns import reserve
from outreach.campaigns.shape import Draft, Fault
from outreach.characters import can_be_shown
from outreach.documents import Workshop
from outreach.house import House, house
from outreach.processes import ProcessView
from outreach.processes.spoken import as_workshop

PURPOSES: dict[CampaignKind, str] = {"workshop": "workshops", "panel": "workshops", "views": "news", "news": "news"}
"""The opt-in that each kind asks for: who agreed to be told of workshops did not agree to be told of everything else."""
_SAY_TEST = frozenset({"fr", "en"})
"""Languages in which a test is called one."""
ASKS: frozenset[CampaignKind] = frozenset({"workshop", "views", "panel"})
LIVES = timedelta(days=7)
"""So long after its start a campaign goes on looking for decent hours; a workshop's ends two hours before it begins."""
BEFORE_WORKSHOP = timedelta(hours=2)
A_YEAR = timedelta(days=366)
"""Nobody plans a campaign for a later hour: it is a slip of the keys."""
A_DAY = 24
"""Hours that an answer must have to reach us: many read the evening's message in the morning."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:fr|eu|com|org|net|gouv|paris|bzh)\b(?:/\S*)?", re.IGNORECASE)
_OF_A_WORKSHOP = frozenset(PLACEHOLDERS) - {"city", "project"}


def announced(
    draft: Draft, view: ProcessView, subject: str, zone: ZoneInfo, *, ends_at: datetime | None, is_test: bool = False
) -> Announced:
    """The notice that the voice says to each reader."""
    room = workshop_of(draft, view)
    return Announced(
        campaign=subject,
        kind=draft.kind,
        texts=draft.texts,
        sms=draft.sms_texts,
        process=view.slug,
        title=view.document.title,
        sms_name=view.document.sms_name,
        workshop=as_workshop(view.slug, room, zone) if room else None,
        until=ends_at,
        is_test=is_test,
    )


def workshop_of(draft: Draft, view: ProcessView) -> Workshop | None:
    """The workshop that a campaign is about."""
    return next((one for one in view.document.workshops if one.id == draft.workshop), None) if draft.workshop else None


def end_of(draft: Draft, view: ProcessView, starts_at: datetime) -> datetime:
    """When it is no news any more."""
    room = workshop_of(draft, view)
    return room.starts_at - BEFORE_WORKSHOP if room else starts_at + LIVES


def hour_of(draft: Draft, now: datetime) -> datetime:
    """When it may begin: at once, or at the hour that staff chose, as far as there is a calendar for it."""
    return min(max(now, draft.at or now), now + A_YEAR)


def is_far(draft: Draft, now: datetime) -> bool:
    """Whether its hour is more than a year from now."""
    return draft.at is not None and abs(draft.at - now) > A_YEAR


def fingerprint(draft: Draft, view: ProcessView) -> bytes:
    """SHA-256 of everything an approval is for (DESIGN 4): content, audience, hours, and what is quoted of process and workshop."""
    room = workshop_of(draft, view)
    quoted = (view.document.title, view.document.sms_name, msgspec.to_builtins(room) if room else None)
    whole = msgspec.json.encode((msgspec.to_builtins(draft), quoted), order="deterministic")
    return hashlib.sha256(whole).digest()


def faults(session: Session, draft: Draft, view: ProcessView | None, now: datetime) -> tuple[Fault, ...]:
    """Everything that keeps it from being approved, with the place of each."""
    place = house(session)
    if view is None:
        return (Fault("process", "unknown", draft.process),)
    today = now.astimezone(place.timezone).date()
    matter = (*_of_the_matter(draft, view, now), *_of_the_words(draft, place), *_of_a_test(draft, view))
    return (*matter, *_of_the_way(draft, place, today), *_of_whom(session, draft))


def _of_the_matter(draft: Draft, view: ProcessView, now: datetime) -> Iterator[Fault]:
    if draft.kind in ASKS and view.state != "open":
        yield Fault("process", "not_open", view.slug)
    room = workshop_of(draft, view)
    if draft.kind == "workshop" and not draft.workshop:
        yield Fault("workshop", "missing")
    elif draft.workshop and room is None:
        yield Fault("workshop", "unknown", draft.workshop)
    elif room and (room.status not in {"scheduled", "full"} or room.starts_at - BEFORE_WORKSHOP <= hour_of(draft, now)):
        yield Fault("workshop", "over", draft.workshop)
    if draft.at and draft.at < now - timedelta(minutes=5):
        yield Fault("at", "past")
    elif is_far(draft, now):
        yield Fault("at", "far")


def _of_the_words(draft: Draft, place: House) -> Iterator[Fault]:
    offered = draft.audience.languages or place.languages
    for language in dict.fromkeys((place.languages[0], *offered)):
        if language not in draft.texts and (language == place.languages[0] or (language in place.languages and not draft.in_french)):
            yield Fault("texts", "language_missing", language)
    known = set(PLACEHOLDERS) if draft.workshop else set(PLACEHOLDERS) - _OF_A_WORKSHOP
    for field, texts in (("texts", draft.texts), ("sms_texts", draft.sms_texts)):
        for language, words in texts.items():
            if not words.strip():
                yield Fault(field, "empty", language)
            elif not can_be_shown(words):
                yield Fault(field, "unshown", language)
            for name in _PLACEHOLDER.findall(words):
                if name not in known:
                    yield Fault(field, "needs_workshop" if name in _OF_A_WORKSHOP else "placeholder", name)
            if set(_PLACEHOLDER.sub("", words)) & set("{}"):
                yield Fault(field, "brace", language)


def _of_a_test(draft: Draft, view: ProcessView) -> Iterator[Fault]:
    """Whoever is written to about a test reads that it is one."""
    if view.document.pilot:
        for field, texts in (("texts", draft.texts), ("sms_texts", draft.sms_texts)):
            for language in sorted(_SAY_TEST & set(texts)):
                if "test" not in texts[language].casefold():
                    yield Fault(field, "says_test", language)


def too_many_for_a_test(view: ProcessView, people: int) -> tuple[Fault, ...]:
    """A campaign never reaches more people than a test has room for."""
    pilot = view.document.pilot
    return (Fault("audience", "pilot", f"{pilot.people}"),) if pilot and people > pilot.people else ()


def _of_the_way(draft: Draft, place: House, today: date) -> Iterator[Fault]:
    if not draft.networks:
        yield Fault("networks", "missing")
    if "sms" in draft.networks:
        if draft.kind in ASKS and not place.sms.hears:
            yield Fault("networks", "deaf_sender")
        if draft.kind in ASKS and 0 < place.sms.answer_hours < A_DAY:
            yield Fault("networks", "short_answers", str(place.sms.answer_hours))
        if not place.sms.links and any(_LINK.search(words) for words in {**draft.texts, **draft.sms_texts}.values()):
            yield Fault("texts", "link")
    if draft.kind == "news" and reserve.holds(place.polling, today):
        yield Fault("kind", "reserve")


def _of_whom(session: Session, draft: Draft) -> Iterator[Fault]:
    known = {one for view in processes.listing(session, public=False) for one in view.document.districts}
    for district in (one for one in draft.audience.districts if one not in known):
        yield Fault("audience.districts", "unknown", district)
    if draft.audience.process and processes.get(session, draft.audience.process) is None:
        yield Fault("audience.process", "unknown", draft.audience.process)
