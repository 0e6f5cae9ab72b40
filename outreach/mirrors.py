"""Processes and workshops that live on another platform: ours follow theirs; what only we know of them stays ours."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from conversations import segments
from outreach import documents, processes
from outreach.documents import DocumentTrouble, Phase, ProcessDocument, Workshop
from outreach.documents.rules import SMS_NAME, SMS_PLACE
from outreach.house import house

THEIRS = "m-"
"""What the identifier of a workshop begins with that another platform keeps."""
_LONGEST = {"title": 200, "summary": 4000, "place": 200, "slug": 80, "kind": 40}


class TheirPhase(msgspec.Struct, frozen=True):
    """A step of a process on the platform, last day included."""

    kind: str
    title: str
    starts: date
    ends: date


class TheirProcess(msgspec.Struct, frozen=True):
    """A process as the platform has it; words in plain text, by language."""

    id: str
    slug: str
    title: dict[str, str]
    summary: dict[str, str]
    phases: tuple[TheirPhase, ...] = ()


class TheirWorkshop(msgspec.Struct, frozen=True):
    """A meeting as the platform has it; instants are aware. `room`: seats in all, None where nobody counts."""

    id: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    place: str
    access: tuple[str, ...] = ()
    cancelled: bool = False


class Followed(msgspec.Struct, frozen=True):
    """What following did: our slugs that changed, and a sentence for each process that could not follow."""

    changed: tuple[str, ...]
    troubles: tuple[str, ...]


def follow(
    session: Session, now: datetime, theirs: Sequence[tuple[TheirProcess, Sequence[TheirWorkshop]]], *, slug: str = "", actor: str = "clock"
) -> Followed:
    """Take title, summary, calendar and meetings from there; mandate, questions, entry points, themes and short names stay ours.

    A process that we did not know comes in unopened: its mandate is for the city to write. A meeting that is gone there is cancelled
    here, since people may have signed up. `slug`: ours for a single process, else theirs is ours.
    """
    changed, troubles, zone = [], [], house(session).timezone
    for process, workshops in theirs:
        ours = slug or _slug(process.slug)
        known = processes.get(session, ours)
        before = known.document if known else ProcessDocument(slug=ours, title=process.title)
        document = _merged(before, process, workshops, zone)
        try:
            checked = documents.parse(documents.encode(document).encode(), yaml=False, zone=zone)
            put = processes.put(session, now, checked, actor)
        except DocumentTrouble as trouble:
            troubles.append(f"{ours}: {trouble.faults[0].field}: {trouble.faults[0].message}")
        except processes.Refused as refused:
            troubles.append(f"{ours}: {refused}")
        else:
            changed += [ours] if put.changed else []
    return Followed(tuple(changed), tuple(troubles))


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _plain(words).lower()).strip("-")[: _LONGEST["slug"]].strip("-")


def _merged(ours: ProcessDocument, theirs: TheirProcess, workshops: Sequence[TheirWorkshop], zone: ZoneInfo) -> ProcessDocument:
    title = _cut(theirs.title, "title") or ours.title
    known = {one.id: one for one in ours.workshops}
    met = {THEIRS + one.id: one for one in workshops}
    kept = [one for one in ours.workshops if not one.id.startswith(THEIRS)]
    gone = [msgspec.structs.replace(one, status="cancelled") for one in ours.workshops if one.id.startswith(THEIRS) and one.id not in met]
    fresh = [_workshop(id_, one, known.get(id_), zone) for id_, one in met.items()]
    phases = tuple(
        Phase(kind=_slug(one.kind)[: _LONGEST["kind"]], title=one.title[: _LONGEST["title"]], starts=one.starts, ends=one.ends)
        for one in theirs.phases
    )
    return msgspec.structs.replace(
        ours,
        title=title,
        sms_name=ours.sms_name or short(title.get("fr", ""), SMS_NAME),
        summary=_cut(theirs.summary, "summary") or ours.summary,
        phases=tuple(sorted(phases, key=lambda one: one.starts)) or ours.phases,
        workshops=tuple(sorted([*kept, *fresh, *gone], key=lambda one: one.starts_at)),
    )


def _cut(words: dict[str, str], kind: str) -> dict[str, str]:
    return {language: text[: _LONGEST[kind]] for language, text in words.items() if text}


def _workshop(id_: str, theirs: TheirWorkshop, known: Workshop | None, zone: ZoneInfo) -> Workshop:
    place = theirs.place[: _LONGEST["place"]] or "lieu à préciser"
    same_place = known is not None and known.place == place
    ends_at = theirs.ends_at if theirs.ends_at > theirs.starts_at else theirs.starts_at + timedelta(hours=2)
    return Workshop(
        id=id_,
        title=_cut(theirs.title, "title"),
        sms_name=known.sms_name if known else f"atelier du {theirs.starts_at.astimezone(zone):%d/%m}",
        starts_at=theirs.starts_at,
        ends_at=ends_at,
        place=place,
        place_sms=known.place_sms if known and same_place else short(place, SMS_PLACE),
        access=tuple(one[:200] for one in theirs.access),
        capacity=known.capacity if known else None,
        remote=known.remote if known else None,
        status="cancelled" if theirs.cancelled else "scheduled",
    )


def short(words: str, limit: int) -> str:
    """Whole words that an SMS has room for, letters that would triple its price in their plain form: staff may write a better one."""
    line = segments.soften(words.split(",", maxsplit=1)[0].strip())
    line = "".join(letter if segments.is_gsm7(letter) else _plain(letter) for letter in line)
    while segments.count(line).units > limit and " " in line:
        line = line.rpartition(" ")[0].rstrip(" ,;:-")
    return line if segments.count(line).units <= limit else line[:limit]


def _plain(words: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", words) if not unicodedata.combining(letter))
