"""Which process a thing of the desk belongs to: what a right for some processes only reaches."""

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.staff import Within
from outreach.tables import campaign, contribution, process, sample, second_look, ticket, workshop

Thing = Literal["contribution", "workshop", "ticket", "campaign", "look", "sample"]
_HIGHEST = (1 << 63) - 1


def inside(column: sa.ColumnElement[Any], within: Within) -> tuple[sa.ColumnElement[bool], ...]:
    """What a query of rows with a process's number asks besides, so that only those of these slugs are found; nothing for the city."""
    return () if within is None else (column.in_(sa.select(process.c.id).where(process.c.slug.in_(within))),)


def process_of(session: Session, thing: Thing, key: str) -> str | None:
    """The slug of the process that it belongs to, "" for none of them; None when there is no such thing. `key`: a reference or a number."""
    if thing == "contribution":
        query = sa.select(process.c.slug).join(contribution, contribution.c.process_id == process.c.id).where(contribution.c.ref == key)
        return session.scalar(query)
    if thing == "campaign":
        query = sa.select(process.c.slug).join(campaign, campaign.c.process_id == process.c.id).where(campaign.c.subject == key)
        return session.scalar(query) if key.isprintable() else None
    number = int(key) if key.isdecimal() else 0
    if number > _HIGHEST:
        return None
    if thing == "workshop":
        return session.scalar(
            sa.select(process.c.slug).join(workshop, workshop.c.process_id == process.c.id).where(workshop.c.id == number)
        )
    if thing in {"look", "sample"}:
        table = second_look if thing == "look" else sample
        about = sa.select(process.c.slug).join(contribution, contribution.c.process_id == process.c.id)
        return session.scalar(about.join(table, table.c.contribution_id == contribution.c.id).where(table.c.id == number))
    row = session.execute(
        sa.select(ticket.c.id, process.c.slug).outerjoin(process, ticket.c.process_id == process.c.id).where(ticket.c.id == number)
    ).one_or_none()
    return None if row is None else row.slug or ""
