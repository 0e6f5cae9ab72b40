"""Put, open, close a process; versions of its mandate; the table of its states."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.facts import Entry
from outreach import audit, entrypoints, rooms
from outreach.documents import Mandate, ProcessDocument, decode, encode, everything_missing
from outreach.house import house
from outreach.processes import pilots
from outreach.references import new_id, new_token
from outreach.tables import contribution, entry_point, journal, leaf, mandate, point, process, response

_LINE = (
    "requested",
    "framing",
    "mandate_validated",
    "open",
    "avis_handed_over",
    "instruction",
    "arbitration",
    "response_published",
    "follow_up",
    "closed",
)
MOVES: dict[str, frozenset[str]] = {
    **{before: frozenset({after, "closed"}) for before, after in pairwise(_LINE)},
    "mandate_validated": frozenset({"open", "framing", "closed"}),  # a validation may be taken back while nothing is open
    "closed": frozenset(),
}
"""Which state may follow which (DESIGN 4); what was abandoned closes early."""


class Refused(Exception):
    """What was asked of a process can't be done now: `code` for programs, a sentence, and all that is missing, a field each."""

    def __init__(self, code: str, message: str, missing: Sequence[str] = ()) -> None:
        """Keep all three."""
        self.code, self.missing = code, tuple(missing)
        super().__init__(message)


class Put(msgspec.Struct, frozen=True):
    """What putting a document did. `version` counts the changes of the process."""

    slug: str
    created: bool
    changed: bool
    version: int


def put(session: Session, now: datetime, document: ProcessDocument, actor: str) -> Put:
    """Take a new process in, or a new text of one. Raises Refused when an opened one would lose what it promised."""
    row = _locked(session, document.slug)
    _refuse_taken_keywords(session, document)
    if row is None:
        return _create(session, now, document, actor)
    before = decode(row.document)
    if before == document:
        return Put(row.slug, created=False, changed=False, version=row.version)
    _refuse_broken_promises(session, now, row, before, document)
    state = _framed(document) if row.opened_at is None else row.state
    if state != row.state:
        asked = row.state == "requested" and state == "mandate_validated"  # who brings all of it frames and validates at once
        _may("framing" if asked else row.state, state)
        _note(session, now, row.id, state)
    promised = document.mandate.answer_promised_on
    values = {"document": encode(document), "version": row.version + 1, "state": state, "changed_at": now, "promised_on": promised}
    session.execute(sa.update(process).where(process.c.id == row.id).values(values))
    lines = [audit.line(actor, "process.changed", row.subject, version=row.version + 1, before=row.state, after=state)]
    if before.mandate != document.mandate:
        _record_mandate(session, now, row.id, document.mandate)
        lines.append(audit.line(actor, "process.mandate", row.subject, version=document.mandate.version))
        if row.opened_at is not None:
            _commit_mandate(session, now, row.subject, document.mandate)
    if row.opened_at is not None and before.pilot and not document.pilot:
        lines.append(audit.line(actor, "process.pilot_ended", row.subject, count=len(pilots.taking_part(session, row.id))))
        _note(session, now, row.id, "pilot_ended")
    entrypoints.sync(session, row.id, _entries(document), now)
    rooms.sync(session, row.id, document.workshops, now)
    audit.write(session, lines, now)
    return Put(row.slug, created=False, changed=True, version=row.version + 1)


def open_(session: Session, now: datetime, slug: str, actor: str, missing: Sequence[str] = ()) -> None:
    """Let citizens in. Raises Refused("missing") naming all that LOOP-02 and GDPR-01 still ask, besides what the caller misses."""
    row = _found(session, slug)
    if row.state == "open":
        return
    document = decode(row.document)
    city = house(session).city
    asked = (
        (city.controller, "ALLERVERS_CONTROLLER: the controller"),
        (city.dpo, "ALLERVERS_DPO: how to reach the data protection officer"),
        (city.legal_basis, "ALLERVERS_LEGAL_BASIS: the legal basis, with the date of the decision"),
    )
    lacking = [*missing, *(sentence for given, sentence in asked if not given), *everything_missing(document)]
    if lacking:
        raise Refused("missing", "it can't open yet; missing: " + "; ".join(lacking), lacking)
    _may(row.state, "open")
    _move(session, now, row, "open", actor, opened_at=now)
    _commit_mandate(session, now, row.subject, document.mandate)


def close(session: Session, now: datetime, slug: str, actor: str) -> None:
    """End a process for good: no new contribution, everything stays readable. Closing twice is closing once.

    Raises Refused("unanswered") while a point of its avis has no published response, and Refused("unpublished") while words that
    were accepted have no place in the record (records.md 4).
    """
    row = _found(session, slug)
    if row.state == "closed":
        return
    _may(row.state, "closed")
    mute = sa.or_(response.c.point_id.is_(None), response.c.published_at.is_(None))
    points = sa.select(point.c.number).outerjoin(response).where(point.c.process_id == row.id, point.c.number != "", mute)
    if unanswered := list(session.scalars(points.order_by(point.c.place))):
        raise Refused("unanswered", f"it can't be closed: these points have no answer: {', '.join(unanswered)}")
    placeless = (contribution.c.process_id == row.id, contribution.c.state.in_(("accepted", "redacted", "grouped")))
    if waiting := session.scalar(sa.select(sa.func.count()).select_from(contribution).where(*placeless)):
        raise Refused("unpublished", f"it can't be closed: accepted contributions that have no place in the record yet: {waiting}")
    _move(session, now, row, "closed", actor, closed_at=now)


def end_pilot(session: Session, now: datetime, slug: str, actor: str) -> Put:
    """The test is over: the same process is for everybody from now on. Raises Refused("pilot") for one that is no test."""
    document = decode(_found(session, slug).document)
    if document.pilot is None:
        raise Refused("pilot", "pilot: this process is no test, or not any more")
    return put(session, now, msgspec.structs.replace(document, pilot=None), actor)


def advance(session: Session, now: datetime, slug: str, after: str, actor: str) -> None:
    """Bring a process along its line to a later state, each step a move of its own; nothing when it is there, or further.

    Raises Refused("state") for one that is closed or not yet open: those have verbs of their own.
    """
    row = _found(session, slug)
    if row.state == "closed" or row.opened_at is None:
        raise Refused("state", f"a process that is {row.state} can't become {after}")
    for before, then in pairwise(_LINE[_LINE.index(row.state) : _LINE.index(after) + 1]):
        _may(before, then)
        _move(session, now, _found(session, slug), then, actor)


def ask_for(session: Session, now: datetime, document: ProcessDocument, actor: str) -> Put:
    """A department asks for a process: what it wrote waits to be framed. Raises Refused("taken") when that slug exists."""
    if _locked(session, document.slug) is not None:
        raise Refused("taken", f"a project is named {document.slug} already: choose another name")
    return _create(session, now, document, actor, "requested")


def _create(session: Session, now: datetime, document: ProcessDocument, actor: str, state: str = "") -> Put:
    process_id, subject, state = new_id(now), new_token(), state or _framed(document)
    session.execute(
        sa.insert(process).values(
            id=process_id,
            slug=document.slug,
            subject=subject,
            state=state,
            document=encode(document),
            version=1,
            created_at=now,
            changed_at=now,
            promised_on=document.mandate.answer_promised_on,
        )
    )
    _note(session, now, process_id, state)
    _record_mandate(session, now, process_id, document.mandate)
    entrypoints.sync(session, process_id, _entries(document), now)
    rooms.sync(session, process_id, document.workshops, now)
    audit.write(session, [audit.line(actor, "process.created", subject, version=1, after=state)], now)
    return Put(document.slug, created=True, changed=True, version=1)


def _framed(document: ProcessDocument) -> str:
    validated = document.mandate.validated
    return "mandate_validated" if validated.by and validated.on and validated.act else "framing"


def _entries(document: ProcessDocument) -> list[Entry]:
    return [Entry(one.id, "", one.keyword, one.language, one.place, one.lent) for one in document.entry_points]


def _locked(session: Session, slug: str) -> "sa.Row[Any] | None":
    return session.execute(sa.select(process).where(process.c.slug == slug).with_for_update()).one_or_none()


def _found(session: Session, slug: str) -> "sa.Row[Any]":
    row = _locked(session, slug) if slug.isprintable() else None
    if row is None:
        raise Refused("unknown", f"there is no process {slug}")
    return row


def _may(before: str, after: str) -> None:
    if after not in MOVES[before]:
        raise Refused("state", f"a process that is {before} can't become {after}")


def _move(session: Session, now: datetime, row: "sa.Row[Any]", after: str, actor: str, **values: datetime) -> None:
    session.execute(sa.update(process).where(process.c.id == row.id).values(state=after, version=row.version + 1, changed_at=now, **values))
    audit.write(session, [audit.line(actor, "process.moved", row.subject, before=row.state, after=after, version=row.version + 1)], now)
    _note(session, now, row.id, after)


def _note(session: Session, now: datetime, process_id: int, state: str) -> None:
    """The line of the public journal that a move leaves behind."""
    session.execute(sa.insert(journal).values(id=new_id(now), process_id=process_id, at=now, kind=state, about="", text=""))


def _refuse_taken_keywords(session: Session, document: ProcessDocument) -> None:
    words = {entry.keyword for entry in document.entry_points if entry.keyword}
    query = (
        sa.select(entry_point.c.keyword, process.c.slug).join(process).where(entry_point.c.keyword.in_(words), process.c.state != "closed")
    )
    for word, slug in session.execute(query.where(process.c.slug != document.slug).order_by(entry_point.c.keyword)):
        raise Refused("keyword_taken", f"the keyword {word} already leads to {slug}: choose another word")


def _refuse_broken_promises(session: Session, now: datetime, row: "sa.Row[Any]", before: ProcessDocument, after: ProcessDocument) -> None:
    if row.state == "closed":
        raise Refused("closed", f"{row.slug} is closed: its document stays as it is")
    old, new = before.mandate, after.mandate
    if new.version < old.version:
        raise Refused("mandate_version", f"mandate.version is {old.version} already: a version can't go back")
    if row.opened_at is None:
        return
    if new != old and new.version == old.version:
        raise Refused(
            "mandate_version", f"the mandate of an opened process changes with a new version: write mandate.version: {old.version + 1}"
        )
    today = now.astimezone(house(session).timezone).date()
    if new.answer_promised_on != old.answer_promised_on and (new.answer_promised_on is None or (old.answer_promised_on or today) < today):
        raise Refused("promised_date", "mandate.answer_promised_on: a promised date may move before it passes, never after, and never away")
    if after.pilot and not before.pilot:
        raise Refused("pilot", "pilot: an opened process is for everybody, it can't become a test again")
    if after.pilot and after.pilot.people < (people := len(pilots.taking_part(session, row.id))):
        raise Refused("pilot", f"pilot.people: {people} people take part already")
    if lost := everything_missing(after):
        raise Refused("missing", "an opened process can't lose: " + "; ".join(lost), lost)
    kept = {question.id for question in after.questions}
    used = session.scalars(sa.select(contribution.c.question).where(contribution.c.process_id == row.id).distinct())
    if orphans := sorted(set(used) - kept):
        raise Refused("question_in_use", f"questions that people answered can't be left out: {', '.join(orphans)}")
    if left := rooms.in_use(session, row.id, [one.id for one in after.workshops]):
        raise Refused("workshop_in_use", f"workshops that people signed up for can be cancelled, not left out: {', '.join(left)}")


def _record_mandate(session: Session, now: datetime, process_id: int, text: Mandate) -> None:
    """Keep this version; before the opening a version may still be written over."""
    document = _canonical(text)
    where = (mandate.c.process_id == process_id, mandate.c.version == text.version)
    if session.execute(sa.update(mandate).where(*where).values(document=document, recorded_at=now)).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(sa.insert(mandate).values(process_id=process_id, version=text.version, document=document, recorded_at=now))


def _commit_mandate(session: Session, now: datetime, subject: str, text: Mandate) -> None:
    """A mandate is public: its leaf holds the plain SHA-256 of the recorded JSON, which anybody can compute."""
    commitment = hashlib.sha256(_canonical(text).encode()).digest()
    session.execute(sa.insert(leaf).values(id=new_id(now), kind="mandate", subject=subject, commitment=commitment, at=now))


def _canonical(text: Mandate) -> str:
    return msgspec.json.encode(text, order="deterministic").decode()
