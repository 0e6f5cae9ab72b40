"""What an address holds, or waits for, as a conversation may know it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import facts
from outreach.house import house
from outreach.processes.spoken import as_workshop
from outreach.record import programme
from outreach.tables import registration, workshop

_LIVE = ("confirmed", "waiting", "offered")
_OWN = (
    sa.select(registration, workshop.c.name, workshop.c.process_id, workshop.c.starts_at)
    .join(workshop, workshop.c.id == registration.c.workshop_id)
    .where(registration.c.address_id.in_(sa.bindparam("addresses", expanding=True)), registration.c.state.in_(_LIVE))
    .where(workshop.c.status.in_(("scheduled", "full")), workshop.c.ends_at > sa.bindparam("now", type_=workshop.c.ends_at.type))
    .order_by(workshop.c.starts_at, registration.c.id)
)


def of_addresses(session: Session, address_ids: Sequence[int], now: datetime) -> dict[int, tuple[facts.Seat, ...]]:
    """The seats of each address at workshops that are not over, the next first; an address without any is left out."""
    rows = session.execute(_OWN, {"addresses": list(address_ids), "now": now}).all() if address_ids else []
    if not rows:
        return {}
    known, zone = programme.by_id(session, {row.process_id for row in rows}), house(session).timezone
    ranks = _ranks(session, {row.workshop_id for row in rows if row.state != "confirmed"})
    found: dict[int, list[facts.Seat]] = {}
    for row in rows:
        about = known[row.process_id]
        written = next((one for one in about.document.workshops if one.id == row.name), None)
        if written is not None:
            seat = facts.Seat(
                as_workshop(about.slug, written, zone),
                row.state,
                row.seats,
                row.mode,
                row.code if row.state == "confirmed" else "",
                ranks.get(row.id, 0),
            )
            found.setdefault(row.address_id, []).append(seat)
    return {address_id: tuple(seats) for address_id, seats in found.items()}


def _ranks(session: Session, workshop_ids: set[int]) -> dict[int, int]:
    """The place in its line of each registration that waits."""
    if not workshop_ids:
        return {}
    line = sa.func.row_number().over(
        partition_by=(registration.c.workshop_id, registration.c.mode), order_by=(registration.c.waits_since, registration.c.id)
    )
    query = sa.select(registration.c.id, line).where(
        registration.c.workshop_id.in_(workshop_ids), registration.c.state.in_(("waiting", "offered")), registration.c.holds.is_(False)
    )
    return {row[0]: row[1] for row in session.execute(query)}
