"""Processes as a conversation needs them, open or past their questions, read again only when one changed or the day turned."""

from datetime import date, datetime
from typing import TypeAlias
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import facts
from outreach import entrypoints
from outreach.agenda import OWING
from outreach.documents import ProcessDocument, Question, Workshop, decode
from outreach.house import house
from outreach.tables import avis, process

READING = frozenset({"lecture", "reading"})
"""Kinds of phase in which the citizens' group reads what came."""

_Key: TypeAlias = tuple[date, int, int, datetime | None]
_Programme: TypeAlias = tuple[tuple[facts.Process, ...], tuple[facts.Process, ...]]
_cache: WeakKeyDictionary[sa.Pool, tuple[_Key, _Programme]] = WeakKeyDictionary()

_PAST = ("avis_handed_over", "instruction", "arbitration", "response_published", "follow_up")
"""States of a process that takes no words any more and is not ended: its posters still hang."""


_LOOK = sa.select(
    sa.func.count(),
    sa.func.coalesce(sa.func.sum(process.c.version), 0),
    sa.func.max(process.c.changed_at, type_=process.c.changed_at.type),
).where(process.c.opened_at.is_not(None))


def open_facts(session: Session, now: datetime) -> tuple[facts.Process, ...]:
    """The open processes, the first opened first, each with the question of the day. One tiny query when nothing changed."""
    return _programme(session, now)[0]


def past_facts(session: Session, now: datetime) -> tuple[facts.Process, ...]:
    """Those whose avis was handed over and that are not ended, without question and workshops, each with the day its question closed."""
    return _programme(session, now)[1]


def _programme(session: Session, now: datetime) -> _Programme:
    zone = house(session).timezone
    today = now.astimezone(zone).date()
    count, versions, changed = session.execute(_LOOK).one()
    key = (today, count, int(versions), changed)
    pool = session.get_bind().engine.pool
    known = _cache.get(pool)
    if known is None or known[0] != key:
        known = _cache[pool] = (key, _read(session, today, zone))
    return known[1]


def _read(session: Session, today: date, zone: ZoneInfo) -> _Programme:
    query = sa.select(process.c.id, process.c.state, process.c.document, avis.c.handed_on).outerjoin(avis)
    rows = session.execute(query.where(process.c.state.in_(("open", *_PAST))).order_by(process.c.opened_at, process.c.id)).all()
    entries = entrypoints.of_processes(session, [row.id for row in rows])
    told = [(row, as_facts(decode(row.document), today, zone, entries.get(row.id, ()))) for row in rows]
    return (
        tuple(one for row, one in told if row.state == "open"),
        tuple(_past(one, row.handed_on or today, owing=row.state in OWING) for row, one in told if row.state != "open"),
    )


def _past(one: facts.Process, handed_on: date, *, owing: bool) -> facts.Process:
    closed_on = min(one.closed_on or handed_on, handed_on)
    promised = one.answer_promised_on if owing else None
    return msgspec.structs.replace(one, question=None, opens_on=None, closed_on=closed_on, answer_promised_on=promised, workshops=())


def as_facts(document: ProcessDocument, today: date, zone: ZoneInfo, entries: tuple[facts.Entry, ...] = ()) -> facts.Process:
    """A document as a turn knows it on that day; workshops that are over or cancelled are left out."""
    mandate = document.mandate
    question = next((facts.Question(one.id, one.text, one.sms_text) for one in document.questions if is_open(one, today)), None)
    later = [one.opens for one in document.questions if one.opens and one.opens > today]
    return facts.Process(
        slug=document.slug,
        title=document.title,
        sms_name=document.sms_name,
        summary=document.summary,
        question=question,
        opens_on=None if question else min(later, default=None),
        closed_on=None if question or later else max((one.closes for one in document.questions if one.closes), default=None),
        can_change=mandate.can_change,
        cannot_change=mandate.cannot_change,
        use=mandate.use,
        decided_by=mandate.decided_by,
        answer_promised_on=mandate.answer_promised_on,
        read_on=next((phase.starts for phase in document.phases if phase.kind in READING), None),
        workshops=tuple(
            as_workshop(document.slug, one, zone)
            for one in sorted(document.workshops, key=lambda workshop: workshop.starts_at)
            if one.status in {"scheduled", "full"} and one.ends_at.astimezone(zone).date() >= today
        ),
        entries=entries,
        pilot=document.pilot.people if document.pilot else 0,
        optional=document.optional_question,
    )


def as_workshop(slug: str, one: Workshop, zone: ZoneInfo) -> facts.Workshop:
    """A workshop as a conversation speaks of it."""
    return facts.Workshop(
        one.id,
        one.title,
        one.starts_at.astimezone(zone),
        one.place,
        one.sms_name,
        one.place_sms,
        key=f"{slug}/{one.id}",
        access=one.access,
        remote=one.remote is not None,
    )


def is_open(question: Question, today: date) -> bool:
    """Whether a question may be answered on that day; without dates it always may."""
    return (question.opens or today) <= today <= (question.closes or today)
