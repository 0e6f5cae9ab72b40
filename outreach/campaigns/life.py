"""The life of a campaign: written, tried, approved by a second person, sent, paused, ended; the table of its states."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import Announced
from outreach import audit, outbox, processes
from outreach.campaigns import audience, brakes, content, preview, reserve
from outreach.campaigns.shape import Draft, Fault, Refused
from outreach.campaigns.views import LIVE, View, get, read
from outreach.house import house
from outreach.processes import ProcessView
from outreach.references import new_id, new_token
from outreach.staff import Within
from outreach.tables import campaign, pressure, solicitation, spending
from outreach.tables import outbox as messages

MOVES = MappingProxyType(
    {
        "draft": frozenset({"to_approve", "cancelled"}),
        "to_approve": frozenset({"draft", "scheduled", "cancelled"}),
        "scheduled": frozenset({"draft", "to_approve", "sending", "cancelled"}),
        "sending": frozenset({"paused", "done", "cancelled"}),
        "paused": frozenset({"sending", "cancelled", "done"}),
        "done": frozenset(),
        "cancelled": frozenset(),
    }
)
"""From each state, where it may go (DESIGN 4)."""
SMALL = 50
"""Audiences below that may go without a second person, which is written down (UX-05)."""


def create(session: Session, now: datetime, draft: Draft, actor: str, *, within: Within = None) -> View:
    """A new draft, to people of the projects `within`. Raises Refused: "unknown_process", "beyond", "faults"."""
    _writable(draft, now, within)
    view = processes.get(session, draft.process)
    if view is None:
        raise Refused("unknown_process")
    subject = new_token()
    session.execute(
        sa.insert(campaign).values(
            id=new_id(now),
            subject=subject,
            process_id=view.id,
            state="draft",
            document=_encode(draft),
            author=actor,
            created_at=now,
            changed_at=now,
        )
    )
    audit.write(session, [audit.line(actor, "campaign.created", subject, kind=draft.kind, after="draft")], now)
    return get(session, subject)


def change(session: Session, now: datetime, subject: str, draft: Draft, actor: str, *, within: Within = None) -> View:
    """New words, audience or hour. What was approved is not any more; one that runs must be paused first."""
    _writable(draft, now, within)
    row = _locked(session, subject)
    if row.state in {"sending", "done", "cancelled"}:
        raise Refused("state", state=row.state)
    view = processes.get(session, draft.process)
    if view is None:
        raise Refused("unknown_process")
    if row.started_at is not None and (draft.process, draft.kind, draft.audience) != _kept(row):
        raise Refused("begun")  # who was told already was told for this
    values: dict[str, Any] = {"document": _encode(draft), "author": actor, "process_id": view.id, "approved": None, "approvers": ""}
    _write(session, now, row, actor, "draft" if row.state != "paused" else "paused", **values)
    return get(session, subject)


def tried(session: Session, now: datetime, subject: str, actor: str) -> None:
    """It went to its author's own phone, or was shown byte for byte to the program that wrote it."""
    row, draft, view = _whole(session, subject)
    if row.state in {"done", "cancelled"}:
        raise Refused("state", state=row.state)
    session.execute(sa.update(campaign).where(campaign.c.id == row.id).values(tested=content.fingerprint(draft, view)))
    audit.write(session, [audit.line(actor, "campaign.tested", row.subject)], now)


def test_of(session: Session, subject: str) -> Announced:
    """What goes to its author's own phone."""
    row, draft, view = _whole(session, subject)
    return content.announced(draft, view, row.subject, house(session).timezone, ends_at=None, is_test=True)


def submit(session: Session, now: datetime, subject: str, actor: str, *, alone: bool = False, within: Within = None) -> View:
    """Ask for a second person. `alone`: go without one, which only a small audience may.

    Raises Refused: "beyond", "faults", "untested", "nobody", "budget", "not_small", "state".
    """
    row, draft, view = _whole(session, subject)
    audience.keep_within(draft, within)
    _may(row.state, "to_approve")
    _check(session, row, draft, view, now)
    seen = preview.look(session, draft, now, subject)
    reached = seen.reached
    if seen.faults:
        raise Refused("faults", seen.faults)
    if not reached:
        raise Refused("nobody")
    if seen.budget_left is not None and seen.euros > seen.budget_left:
        raise Refused("budget")
    if not alone:
        _write(session, now, row, actor, "to_approve", author=actor)
    elif reached >= SMALL:
        raise Refused("not_small")
    else:
        row = _write(session, now, row, actor, "to_approve", author=actor)
        audit.write(session, [audit.line(actor, "campaign.alone", subject, count=reached)], now)
        _schedule(session, now, row, draft, view, actor, (actor,))
    return get(session, subject)


def approve(session: Session, now: datetime, subject: str, actor: str, *, within: Within = None) -> View:
    """A second person has read it: it goes at its hour. In the months before an election two are needed (GDPR-71)."""
    row, draft, view = _whole(session, subject)
    audience.keep_within(draft, within)
    if row.state not in {"to_approve", "paused"} or (row.state == "paused" and row.approved is not None):
        raise Refused("state", state=row.state)
    if actor == row.author:
        raise Refused("own")
    _check(session, row, draft, view, now)
    given = tuple(dict.fromkeys((*row.approvers.split(), actor)))
    place = house(session)
    needed = 2 if reserve.holds(place.polling, now.astimezone(place.timezone).date()) else 1
    audit.write(session, [audit.line(actor, "campaign.approved", subject, count=len(given))], now)
    if len(given) < needed:
        session.execute(sa.update(campaign).where(campaign.c.id == row.id).values(approvers=" ".join(given)))
    elif row.state == "paused":
        ends_at = content.end_of(draft, view, row.starts_at)  # a workshop may have moved since
        values = {"approved": content.fingerprint(draft, view), "approvers": " ".join(given), "ends_at": ends_at}
        session.execute(sa.update(campaign).where(campaign.c.id == row.id).values(values))
    else:
        _schedule(session, now, row, draft, view, actor, given)
    return get(session, subject)


def _schedule(session: Session, now: datetime, row: Any, draft: Draft, view: ProcessView, actor: str, given: Sequence[str]) -> None:  # noqa: ANN401, PLR0917 - a row
    starts = content.hour_of(draft, now)
    values = {"starts_at": starts, "ends_at": content.end_of(draft, view, starts), "approvers": " ".join(given)}
    _write(session, now, row, actor, "scheduled", approved=content.fingerprint(draft, view), **values)


def begin_due(session: Session, now: datetime) -> int:
    """Start what is scheduled and whose hour has come; what changed since its approval goes back to be approved. How many moved."""
    due = sa.select(campaign).where(campaign.c.state == "scheduled", campaign.c.starts_at <= now).order_by(campaign.c.starts_at)
    rows = session.execute(due.with_for_update(skip_locked=True)).all()
    for row in rows:
        draft, view = read(session, row)
        if content.fingerprint(draft, view) != row.approved:
            _write(session, now, row, "clock", "to_approve", approved=None, approvers="", why="changed")
        else:
            _write(session, now, row, "clock", "sending", started_at=row.started_at or now, why="")
    return len(rows)


def pause(session: Session, now: datetime, subject: str, actor: str, why: str = "person") -> View:
    """Nothing more leaves: what waits in the outbox is taken back, and is said when it goes on. Nobody hears it twice.

    With "changed", what it quotes is no longer what was approved: it must be approved again.
    """
    row = _locked(session, subject)
    _may(row.state, "paused")
    _write(session, now, row, actor, "paused", why=why, **({"approved": None, "approvers": ""} if why == "changed" else {}))
    take_back(session, row.id, now)
    return get(session, subject)


def resume(session: Session, now: datetime, subject: str, actor: str, *, within: Within = None) -> View:
    """Go on where it stopped; what its brakes counted was looked at. Raises Refused("unapproved") when its words changed meanwhile."""
    row, draft, view = _whole(session, subject)
    audience.keep_within(draft, within)
    _may(row.state, "sending")
    if row.state != "paused":
        raise Refused("state", state=row.state)
    if row.approved != content.fingerprint(draft, view):
        raise Refused("unapproved")
    take_back(session, row.id, now)
    stops, failures = brakes.counted(session, row)
    _write(session, now, row, actor, "sending", why="", stops_seen=stops, failures_seen=failures)
    return get(session, subject)


def cancel(session: Session, now: datetime, subject: str, actor: str) -> View:
    """For good: what waits is taken back, who was told stays told."""
    row = _locked(session, subject)
    _may(row.state, "cancelled")
    _write(session, now, row, actor, "cancelled", ended_at=now)
    take_back(session, row.id, now)
    return get(session, subject)


def stop_everything(session: Session, now: datetime, actor: str) -> int:
    """The red button: every campaign that runs is paused, every one that is scheduled goes back to be approved. How many."""
    running = sa.select(campaign).where(campaign.c.state.in_(LIVE)).order_by(campaign.c.id).with_for_update()
    rows = session.execute(running).all()
    for row in rows:
        if row.state == "sending":
            _write(session, now, row, actor, "paused", why="everything")
            take_back(session, row.id, now)
        else:
            _write(session, now, row, actor, "to_approve", approved=None, approvers="", why="everything")
    audit.write(session, [audit.line(actor, "campaign.everything", "", count=len(rows))], now)
    return len(rows)


def finish(session: Session, now: datetime) -> int:
    """Campaigns of which nothing is left to send are done; past their end, what is left is skipped. How many ended."""
    ended = 0
    running = sa.select(campaign).where(campaign.c.state == "sending", campaign.c.filled_at.is_not(None)).with_for_update(skip_locked=True)
    for row in session.execute(running).all():
        planned = (solicitation.c.campaign_id == row.id, solicitation.c.state == "planned")
        if row.ends_at is not None and row.ends_at <= now:
            session.execute(sa.update(solicitation).where(*planned).values(state="skipped", why="too_late"))
        if session.execute(sa.select(solicitation.c.contact_id).where(*planned).limit(1)).first():
            continue
        waits = sa.select(messages.c.id).where(messages.c.campaign_id == row.id, messages.c.state.in_(("queued", "sending"))).limit(1)
        if not session.execute(waits).first():
            _write(session, now, row, "clock", "done", ended_at=now)
            ended += 1
    return ended


def take_back(session: Session, number: int, now: datetime) -> None:
    """What waits in the outbox waits in the campaign again, uncounted: it certainly did not leave."""
    back = outbox.take_back(session, number)
    if not back:
        return
    theirs = (solicitation.c.campaign_id == number, solicitation.c.address_id.in_(back))
    rows = session.execute(sa.select(solicitation.c.contact_id, solicitation.c.parts, solicitation.c.said_at).where(*theirs)).all()
    session.execute(sa.update(solicitation).where(*theirs).values(state="planned", parts=0, said_at=None, due_at=now))
    session.execute(
        sa.delete(pressure).where(pressure.c.campaign_id == number, pressure.c.contact_id.in_([row.contact_id for row in rows]))
    )
    zone = house(session).timezone
    for row in rows:
        if row.parts and row.said_at:
            month = f"{row.said_at.astimezone(zone):%Y-%m}"
            session.execute(sa.update(spending).where(spending.c.month == month).values(parts=spending.c.parts - row.parts))
    session.execute(sa.update(campaign).where(campaign.c.id == number).values(said=campaign.c.said - len(rows)))


def _writable(draft: Draft, now: datetime, within: Within) -> None:
    """A draft may have faults, but not for other people's projects, nor for an hour that no calendar has."""
    audience.keep_within(draft, within)
    if content.is_far(draft, now):
        raise Refused("faults", (Fault("at", "far"),))


def _check(session: Session, row: Any, draft: Draft, view: ProcessView, now: datetime) -> None:  # noqa: ANN401 - a row of the table
    found = content.faults(session, draft, view, now)
    if found := tuple(one for one in found if not (row.started_at and one.field == "at")):  # its hour came, as it should
        raise Refused("faults", found)
    if row.tested != content.fingerprint(draft, view):
        raise Refused("untested")


def _write(session: Session, now: datetime, row: Any, actor: str, state: str, **values: Any) -> Any:  # noqa: ANN401 - rows and columns
    """Move it, or change it where it is; the row as it is then."""
    if state != row.state:
        _may(row.state, state)
    session.execute(sa.update(campaign).where(campaign.c.id == row.id).values(state=state, changed_at=now, **values))
    action = "campaign.moved" if state != row.state else "campaign.changed"
    why = {"why": values["why"]} if values.get("why") else {}
    audit.write(session, [audit.line(actor, action, row.subject, before=row.state, after=state, **why)], now)
    return session.execute(sa.select(campaign).where(campaign.c.id == row.id)).one()


def _may(before: str, after: str) -> None:
    if after not in MOVES[before]:
        raise Refused("state", state=before)


def _locked(session: Session, subject: str) -> Any:  # noqa: ANN401 - a row of the table
    found = sa.select(campaign).where(campaign.c.subject == subject).with_for_update()
    row = session.execute(found).one_or_none() if subject.isprintable() else None
    if row is None:
        raise Refused("unknown")
    return row


def _whole(session: Session, subject: str) -> tuple[Any, Draft, ProcessView]:
    row = _locked(session, subject)
    return (row, *read(session, row))


def _kept(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row of the table
    draft = msgspec.json.decode(row.document, type=Draft)
    return draft.process, draft.kind, draft.audience


def _encode(draft: Draft) -> str:
    return msgspec.json.encode(draft, order="deterministic").decode()
