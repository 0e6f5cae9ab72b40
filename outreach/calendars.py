"""Workshops as calendar files: each keeps one name for life and a number that rises with each change (RFC 5545, LINK-05)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import File
from outreach.documents import Workshop
from outreach.house import house
from outreach.record import programme
from outreach.record.programme import Known
from outreach.tables import process, workshop

TYPE = "text/calendar"
_ROWS = sa.select(workshop, process.c.slug).join(process).order_by(workshop.c.starts_at, process.c.slug, workshop.c.name)


class Meeting(NamedTuple):
    """A workshop as calendars know it."""

    about: Known
    written: Workshop
    subject: str  # the part of its UID that is its own
    sequence: int  # RFC 5545 §3.8.7.4
    changed_at: datetime


def of_process(session: Session, slug: str, language: str) -> bytes:
    """The file of all workshops of a process, the first first."""
    return _written(session, _meetings(session, process.c.slug == slug), language)


def of_name(session: Session, name: str, language: str) -> bytes | None:
    """The file of the workshops with this id, of every process that was opened; None: there is none."""
    found = _meetings(session, sa.and_(workshop.c.name == name, process.c.opened_at.is_not(None)))
    return _written(session, found, language) if found else None


def files(session: Session, keys: Collection[str], language: str) -> dict[str, File]:
    """What a chat is given, by workshop ("slug/name"); one that is gone is left out."""
    wanted = [tuple(key.split("/", 1)) for key in keys if key.count("/") == 1]
    if not wanted:
        return {}
    which = sa.or_(*(sa.and_(process.c.slug == slug, workshop.c.name == name) for slug, name in wanted))
    return {
        f"{one.about.slug}/{one.written.id}": File(f"{one.written.id}.ics", TYPE, _written(session, [one], language).decode())
        for one in _meetings(session, which)
    }


def _written(session: Session, meetings: Sequence[Meeting], language: str) -> bytes:
    """The file, with the time zones it names; the same rows give the same bytes. One cancelled workshop alone is a CANCEL (RFC 5546)."""
    from icalendar import Calendar, Event  # imported late: a start need not wait for its time zones

    place = house(session)
    made = Calendar()
    made.add("prodid", "-//Aller-vers//FR")
    made.add("version", "2.0")
    if [one.written.status for one in meetings] == ["cancelled"]:
        made.add("method", "CANCEL")
    for one in meetings:
        event = Event()
        event.add("uid", f"{one.subject}@aller-vers")
        event.add("dtstamp", one.changed_at)
        event.add("sequence", one.sequence)
        event.add("summary", _words(one.written.title, language))
        event.add("description", _described(one, language))
        event.add("dtstart", one.written.starts_at.astimezone(place.timezone))
        event.add("dtend", one.written.ends_at.astimezone(place.timezone))
        event.add("location", one.written.place)
        event.add("status", "CANCELLED" if one.written.status == "cancelled" else "CONFIRMED")
        event.add("url", f"{place.city.url}/demarches/{one.about.slug}/ateliers")
        made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _meetings(session: Session, which: sa.ColumnElement[bool]) -> list[Meeting]:
    rows = session.execute(_ROWS.where(which)).all()
    known = programme.by_id(session, {row.process_id for row in rows})
    found = []
    for row in rows:
        about = known[row.process_id]
        if one := next((one for one in about.document.workshops if one.id == row.name), None):
            found.append(Meeting(about, one, row.subject, row.sequence, row.changed_at))
    return found


def _described(one: Meeting, language: str) -> str:
    return "\n".join([_words(one.about.document.title, language), *one.written.access])


def _words(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or text.get("fr") or next(iter(text.values()), "")
