"""A process in test: how many people take part, which tests have all their people, who is let in, one at a time."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.tables import contribution, process

_PRESENT = contribution.c.pseudonym != ""
"""Whoever took their words back, and a sheet of paper, takes nobody's place. On a lent phone each person has a pseudonym of their own."""


def taking_part(session: Session, process_id: int) -> frozenset[str]:
    """The pseudonyms of the people whose views a process holds."""
    query = sa.select(contribution.c.pseudonym).where(contribution.c.process_id == process_id, _PRESENT)
    return frozenset(session.scalars(query.distinct()))


def full(session: Session, sizes: Mapping[str, int]) -> frozenset[str]:
    """Of the tests of these sizes, by slug, those that have all their people."""
    query = (
        sa.select(process.c.slug, sa.func.count(sa.distinct(contribution.c.pseudonym)))
        .join(contribution, contribution.c.process_id == process.c.id)
        .where(process.c.slug.in_(sizes), _PRESENT)
        .group_by(process.c.slug)
    )
    return frozenset(slug for slug, people in session.execute(query) if people >= sizes[slug])


def hold(session: Session, ids: Collection[int]) -> None:
    """One transaction at a time lets people into these processes: what is counted afterwards is true until the commit."""
    if ids:  # not FOR UPDATE: a contribution that comes in elsewhere points at its process
        held = sa.select(process.c.id).where(process.c.id.in_(ids)).order_by(process.c.id)
        session.execute(held.with_for_update(key_share=True)).all()
