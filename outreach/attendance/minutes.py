"""The minutes of a workshop: written by people, told to who came, open to corrections for 72 hours, then public (LINK-11)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import facts
from conversations.notices import MinutesReady
from outreach import audit, notices
from outreach.house import house
from outreach.notices import Planned
from outreach.processes.spoken import as_workshop
from outreach.record import programme
from outreach.tables import minutes, process, registration, workshop
from outreach.workshops import register
from outreach.workshops.register import Register

CORRECTIONS = timedelta(hours=72)
"""How long who came may say that something is wrong."""
TEXT, SHORT = 1500, 90
"""The longest minutes, in letters: what a Telegram message shows without scrolling for ever, and what an SMS has room for."""
OCCASION = "minutes"


class Minutes(msgspec.Struct, frozen=True):
    """What was said; `published_at` is None while corrections are taken."""

    text: str
    short: str
    loaded_at: datetime
    corrections_until: datetime
    published_at: datetime | None = None


class MinutesRefused(Exception):
    """`code`: "unknown" workshop, "early" (it is not over), "published" (what is public stays), "length" of the `field`."""

    def __init__(self, code: str, field: str = "") -> None:
        self.code, self.field = code, field
        super().__init__(code)


def get(session: Session, workshop_id: int) -> Minutes | None:
    """The minutes of a workshop, if they are there."""
    row = session.execute(sa.select(minutes).where(minutes.c.workshop_id == workshop_id)).one_or_none()
    return Minutes(row.text, row.short, row.loaded_at, row.corrections_until, row.published_at) if row else None


def public(session: Session, slug: str) -> dict[str, str]:
    """The published minutes of a process's workshops, by the workshop's id in the document."""
    query = sa.select(workshop.c.name, minutes.c.text).join(workshop, workshop.c.id == minutes.c.workshop_id).join(process)
    return {row.name: row.text for row in session.execute(query.where(process.c.slug == slug, minutes.c.published_at.is_not(None)))}


def are_public(session: Session, key: str) -> bool:
    """Whether the minutes of a workshop, by its key "slug/name", are out: what is public stays."""
    slug, _slash, name = key.partition("/")
    query = sa.select(minutes.c.published_at).join(workshop, workshop.c.id == minutes.c.workshop_id).join(process)
    return session.scalar(query.where(process.c.slug == slug, workshop.c.name == name)) is not None


def load(session: Session, now: datetime, workshop_id: int, actor: str, *, text: str, short: str) -> Minutes:
    """Put the minutes in: who came is told at the next decent hour, once; or correct them, until they are public.

    The 72 hours count from the first time. Raises MinutesRefused.
    """
    one = next(iter(register.open_ids(session, [workshop_id]).values()), None)
    if one is None:
        raise MinutesRefused("unknown")
    if one.ends_at > now or one.status == "cancelled":
        raise MinutesRefused("early")
    for field, words, most in (("text", text, TEXT), ("short", short, SHORT)):
        if not 0 < len(words) <= most:
            raise MinutesRefused("length", field)
    known = get(session, workshop_id)
    if known and known.published_at:
        raise MinutesRefused("published")
    if known:
        session.execute(sa.update(minutes).where(minutes.c.workshop_id == workshop_id).values(text=text, short=short, by=actor))
    else:
        values = {"workshop_id": workshop_id, "text": text, "short": short, "by": actor, "loaded_at": now}
        session.execute(sa.insert(minutes).values(values | {"corrections_until": now + CORRECTIONS}))
    audit.write(session, [audit.line(actor, "minutes.changed" if known else "minutes.loaded", one.subject)], now)
    tell(session, one, now)
    found = get(session, workshop_id)
    assert found  # noqa: S101 - it was just written
    return found


def tell(session: Session, one: Register, now: datetime) -> int:
    """Have the minutes told to everybody who came and was not told yet: a phone may bring its marks later than they. How many.

    Who was not told yet hears them as they read now; whose tick was taken back meanwhile is not told.
    """
    found = get(session, one.id)
    if found is None or found.corrections_until <= now:
        return 0
    until = found.corrections_until.astimezone(house(session).timezone)
    said = MinutesReady(one.spoken, found.short, found.text, until)
    came = [entry for entry in one.entries.values() if entry.state == "attended"]
    notices.unplan(session, [entry.id for entry in one.entries.values()], (OCCASION,))
    return notices.plan(session, [Planned(entry.address_id, entry.id, OCCASION, said, now, until) for entry in came], now)


def publish_due(session: Session, now: datetime, limit: int = 20) -> int:
    """Make public the minutes whose 72 hours have passed; how many."""
    query = (
        sa.select(minutes.c.workshop_id, workshop.c.subject)
        .join(workshop, workshop.c.id == minutes.c.workshop_id)
        .where(minutes.c.published_at.is_(None), minutes.c.corrections_until <= now)
        .order_by(minutes.c.workshop_id)
        .limit(limit)
        .with_for_update(of=minutes, skip_locked=True)
    )
    rows = session.execute(query).all()
    session.execute(sa.update(minutes).where(minutes.c.workshop_id.in_([row.workshop_id for row in rows])).values(published_at=now))
    audit.write(session, [audit.line("clock", "minutes.published", row.subject) for row in rows], now)
    return len(rows)


def of_addresses(session: Session, address_ids: Collection[int]) -> dict[int, tuple[facts.Minutes, ...]]:
    """The minutes of the workshops that each address signed up for, whether they came or not; an address without any is left out."""
    query = (
        sa.select(registration.c.address_id, registration.c.state, workshop.c.name, workshop.c.process_id, workshop.c.starts_at, minutes)
        .select_from(registration)
        .join(minutes, minutes.c.workshop_id == registration.c.workshop_id)
        .join(workshop, workshop.c.id == registration.c.workshop_id)
        .where(registration.c.address_id.in_(address_ids))
        .order_by(workshop.c.starts_at, registration.c.id)
    )
    rows: Sequence[sa.Row[tuple[object, ...]]] = session.execute(query).all() if address_ids else []
    known, zone = programme.by_id(session, {row.process_id for row in rows}), house(session).timezone
    found: dict[int, list[facts.Minutes]] = {}
    for row in rows:
        about = known[row.process_id]
        written = next((one for one in about.document.workshops if one.id == row.name), None)
        if written is not None:
            spoken, until = as_workshop(about.slug, written, zone), row.corrections_until.astimezone(zone)
            found.setdefault(row.address_id, []).append(facts.Minutes(spoken, row.short, row.text, until, came=row.state == "attended"))
    return {address_id: tuple(those) for address_id, those in found.items()}
