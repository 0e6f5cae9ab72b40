"""Each point goes to a service, comes back with a note, gets a decision and its reasons; what was promised may move, with a reason."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import segments
from outreach import audit, processes
from outreach.answers import wordings
from outreach.answers.avis import locked, short_fault
from outreach.answers.bounds import far, near, shown, today_of
from outreach.answers.shape import DECISIONS, FEASIBLE, SMS_DONE, SMS_REASON, Refused
from outreach.characters import UNSHOWN, can_be_shown
from outreach.references import new_id
from outreach.tables import avis, commitment, instruction, journal, point, response

_WORKING = ("avis_handed_over", "instruction", "arbitration")
_LONGEST = 4000
_LINE = 200
_SERVICE = 120


class Assigned(msgspec.Struct, frozen=True):
    """Which service studies a point, who there, until when."""

    service: str
    person: str
    due_on: date | None  # none is refused


class Note(msgspec.Struct, frozen=True):
    """What the service found: feasible or not, what it costs, when."""

    feasible: str  # one of FEASIBLE
    cost: str
    schedule: str
    note: str


class Position(msgspec.Struct, frozen=True):
    """What an elected official decided: reasons in full, and the short words that the SMS says (French; others are translated).

    `done` is what will be done, in at most 34 letters, "" for nothing; `due_on` until when: a commitment that is followed.
    """

    decision: str  # one of DECISIONS
    decided_by: str
    decided_on: date | None
    reasons: str
    sms_done: str
    sms_reason: str
    due_on: date | None = None
    others: dict[str, dict[str, str]] = {}  # by language: reasons, done, reason


def assign(session: Session, now: datetime, slug: str, place: int, to: Assigned, actor: str) -> None:  # noqa: PLR0917 - what, by whom
    """Give a point to a service; the process is under instruction from then on.

    Raises Refused ("unknown", "state", "missing", "long", "unshown", "day").
    """
    row, one = _point(session, slug, place)
    lacking = tuple(name for name, value in (("service", to.service.strip()), ("due_on", to.due_on)) if not value)
    if lacking:
        raise Refused("missing", f"missing: {', '.join(lacking)}", lacking)
    if too_long := tuple(name for name, value in (("service", to.service), ("person", to.person)) if len(value) > _SERVICE):
        raise Refused("long", f"too long: {', '.join(too_long)}", too_long)
    shown({"service": to.service, "person": to.person})
    near("due_on", to.due_on, today_of(session, now))
    values = {"service": to.service.strip(), "person": to.person.strip(), "due_on": to.due_on, "asked_at": now}
    _put(session, instruction, one.id, values)
    audit.write(session, [audit.line(actor, "point.assigned", row.subject, point=place, until=to.due_on)], now)
    processes.advance(session, now, slug, "instruction", actor)


def study(session: Session, now: datetime, slug: str, place: int, note: Note, actor: str) -> None:  # noqa: PLR0917 - what, by whom
    """Write a service's note on a point down. Raises Refused ("unknown", "state", "unassigned", "missing", "long", "unshown")."""
    row, one = _point(session, slug, place)
    if note.feasible not in FEASIBLE:
        raise Refused("missing", "missing: feasible", ("feasible",))
    limits = (("cost", note.cost, _LINE), ("schedule", note.schedule, _LINE), ("note", note.note, _LONGEST))
    if too_long := tuple(name for name, value, most in limits if len(value) > most):
        raise Refused("long", f"too long: {', '.join(too_long)}", too_long)
    shown({name: value for name, value, _most in limits})
    values = {**msgspec.structs.asdict(note), "noted_at": now}
    changed = session.execute(sa.update(instruction).where(instruction.c.point_id == one.id).values(values))
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        raise Refused("unassigned", "give the point to a service first")
    audit.write(session, [audit.line(actor, "point.studied", row.subject, point=place, kind=note.feasible)], now)


def decide(session: Session, now: datetime, slug: str, place: int, position: Position, actor: str) -> None:  # noqa: PLR0917 - what, by whom
    """Record a decision and its reasons; the process is under arbitration from then on. Nothing is public yet.

    Raises Refused ("unknown", "state", "missing", "long", "unshown", "day", "sms_done", "sms_reason", "due_on").
    """
    row, one = _point(session, slug, place)
    if trouble := next(troubles(position, today_of(session, now)), None):
        raise trouble
    values: dict[str, Any] = {
        "decision": position.decision,
        "decided_by": position.decided_by.strip(),
        "decided_on": position.decided_on,
        "reasons": position.reasons.strip(),
        "sms_done": segments.soften(position.sms_done.strip()),
        "sms_reason": segments.soften(position.sms_reason.strip()),
        "recorded_at": now,
    }
    _put(session, response, one.id, values)
    session.execute(sa.delete(commitment).where(commitment.c.point_id == one.id))
    if position.due_on is not None:
        text = position.sms_done.strip()
        session.execute(
            sa.insert(commitment).values(
                id=new_id(now), point_id=one.id, text=text, due_on=position.due_on, state="planned", evidence="", changed_at=now
            )
        )
    french = {"reasons": values["reasons"], "done": values["sms_done"], "reason": values["sms_reason"]}
    for language, texts in position.others.items():
        for name, text in texts.items():
            if text.strip() and french[name]:
                wordings.put(session, now, row.id, f"point.{one.number}.{name}", language, text.strip(), french[name], actor)
    audit.write(session, [audit.line(actor, "point.decided", row.subject, point=place, decision=position.decision)], now)
    processes.advance(session, now, slug, "arbitration", actor)


def troubles(position: Position, today: date) -> Iterator[Refused]:
    """Everything that keeps a decision from being recorded, each with its fields."""
    given = {"decision": position.decision in DECISIONS, "decided_by": position.decided_by.strip(), "decided_on": position.decided_on}
    lacking = tuple(name for name, value in {**given, "reasons": position.reasons.strip()}.items() if not value)
    if lacking:
        yield Refused("missing", f"missing: {', '.join(lacking)}", lacking)
    yield from _out_of_bounds(position, today)
    if trouble := short_fault(position.sms_reason, SMS_REASON):
        yield Refused("sms_reason", trouble, ("sms_reason",))
    for language, texts in position.others.items():
        for name, text in texts.items():
            if trouble := wordings.fault_in(language, text.strip(), {"done": SMS_DONE, "reason": SMS_REASON}.get(name, 0)):
                yield Refused(f"{name}.{language}", trouble, (f"{name}.{language}",))
    if position.decision == "not_kept":
        promised = {"sms_done": position.sms_done.strip(), "due_on": position.due_on}
        if which := tuple(name for name, value in promised.items() if value):
            yield Refused("due_on", "what is not kept promises nothing: leave the date and what will be done empty", which)
    elif (given["decision"] or position.sms_done.strip()) and (trouble := short_fault(position.sms_done, SMS_DONE)):
        yield Refused("sms_done", trouble, ("sms_done",))


def _out_of_bounds(position: Position, today: date) -> Iterator[Refused]:
    for name, text, most in (("decided_by", position.decided_by, _LINE), ("reasons", position.reasons, _LONGEST)):
        if len(text) > most:
            yield Refused("long", f"{len(text)} letters: at most {most}", (name,))
        if not can_be_shown(text):
            yield Refused("unshown", UNSHOWN, (name,))
    for name, day in (("decided_on", position.decided_on), ("due_on", position.due_on)):
        if day and (trouble := far(day, today)):
            yield Refused("day", trouble, (name,))


def note(session: Session, now: datetime, slug: str, text: str, actor: str) -> None:
    """A line of the public journal that a person writes. Raises Refused ("unknown", "missing", "long", "unshown")."""
    row = locked(session, slug)
    if not text.strip():
        raise Refused("missing", "missing: text", ("text",))
    if len(text) > _LONGEST:
        raise Refused("long", "too long: text", ("text",))
    shown({"text": text})
    record(session, now, row.id, "note", text=text.strip())
    audit.write(session, [audit.line(actor, "journal.written", row.subject)], now)


def record(session: Session, now: datetime, process_id: int, kind: str, *, about: str = "", text: str = "") -> int:
    """One line of the journal; its number."""
    id_ = new_id(now)
    session.execute(sa.insert(journal).values(id=id_, process_id=process_id, at=now, kind=kind, about=about, text=text))
    return id_


def _point(session: Session, slug: str, place: int) -> tuple[Any, Any]:
    row = locked(session, slug)
    one = session.execute(sa.select(point).where(point.c.process_id == row.id, point.c.place == place, point.c.number != "")).one_or_none()
    if one is None:
        raise Refused("unknown", f"{slug} has no point at place {place}")
    in_work(row.state)
    return row, one


def in_work(state: str) -> None:
    """Whether points are worked on in a process in that state. Raises Refused("state") where they are not."""
    if state not in _WORKING:
        raise Refused("state", f"in a process that is {state} the points are not worked on")


def _put(session: Session, table: sa.Table, point_id: int, values: dict[str, Any]) -> None:
    if session.execute(sa.update(table).where(table.c.point_id == point_id).values(values)).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(sa.insert(table).values(point_id=point_id, **values))


def answered(session: Session, process_id: int) -> bool:
    """Whether the response of a process is published."""
    return session.scalar(sa.select(avis.c.answered_at).where(avis.c.process_id == process_id)) is not None
