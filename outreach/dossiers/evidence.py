"""What is known of a text that the law must know of: the text, its steps, its decisions, its audit lines; never whose it is."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.contributions import items
from outreach.house import house
from outreach.privacy.retention import link_until
from outreach.record import programme
from outreach.tables import audit, contribution, decision, move


class Step(msgspec.Struct, frozen=True):
    """A state that it came into, and when."""

    state: str
    at: datetime


class Ruling(msgspec.Struct, frozen=True):
    """A decision in effect; `by` is an account's number, not a name."""

    kind: str
    reason: str
    fact: str
    by: str
    made_at: datetime
    effective_at: datetime


class Line(msgspec.Struct, frozen=True):
    """An audit line as it is chained."""

    place: int | None
    at: datetime
    actor: str
    action: str
    detail: str
    chained: str


class Evidence(msgspec.Struct, frozen=True):
    """All of it; times are the city's. `known_until`: how long the address is kept that it came from; None where none is."""

    ref: str
    text: str
    process: str
    slug: str
    asked: str
    network: str
    language: str
    messages: int
    publish: bool
    received_at: datetime
    published_at: datetime | None
    state: str
    known_until: datetime | None
    steps: tuple[Step, ...]
    rulings: tuple[Ruling, ...]
    lines: tuple[Line, ...]

    @property
    def refusal(self) -> Ruling:
        """The last refusal: what calls for the dossier."""
        return [one for one in self.rulings if one.kind == "refuse"][-1]

    @property
    def public_until(self) -> datetime | None:
        """When it was taken away, if it was public."""
        return next((one.at for one in reversed(self.steps) if one.state == "refused"), None) if self.published_at else None


def gather(session: Session, row: Any) -> Evidence:  # noqa: ANN401 - a row of the table
    """Everything about a contribution whose text is still there."""
    zone = house(session).timezone
    about = programme.by_id(session, (row.process_id,))[row.process_id]

    def local(at: datetime) -> datetime:
        return at.astimezone(zone)

    moves = session.execute(sa.select(move.c.after, move.c.at).where(move.c.contribution_id == row.id).order_by(move.c.id))
    made = (decision.c.contribution_id == row.id, decision.c.state == "applied")
    rulings = session.execute(sa.select(decision).where(*made).order_by(decision.c.effective_at, decision.c.id))
    lines = session.execute(sa.select(audit).where(audit.c.subject == row.subject).order_by(audit.c.id))
    return Evidence(
        ref=row.ref,
        text=items.original(session, row),
        process=about.name,
        slug=about.slug,
        asked=row.asked_text,
        network=row.network,
        language=row.language,
        messages=row.messages,
        publish=row.publish,
        received_at=local(row.received_at),
        published_at=local(row.published_at) if row.published_at else None,
        state=row.state,
        known_until=local(link_until(row.state, row.changed_at, row.received_at)) if row.address_id else None,
        steps=tuple(Step(one.after, local(one.at)) for one in moves),
        rulings=tuple(Ruling(one.kind, one.reason, one.fact, one.actor, local(one.made_at), local(one.effective_at)) for one in rulings),
        lines=tuple(
            Line(one.place, local(one.at), one.actor, one.action, one.detail, one.chained.hex() if one.chained else "") for one in lines
        ),
    )


def one(session: Session, ref: str, *, lock: bool = False) -> Any:  # noqa: ANN401 - a row of the table
    """The contribution's row; None for a reference that is none."""
    query = sa.select(contribution).where(contribution.c.ref == ref)
    return session.execute(query.with_for_update() if lock else query).one_or_none()
