"""Copies find each other in the database: keyed marks meet, then the few texts that share one are opened and compared."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import many
from outreach.contributions.copies.likeness import alike, marks, normal
from outreach.house import house
from outreach.tables import contribution, likeness

COMPARED = 12
"""Texts that are opened for one new text, those that share the most marks."""
SAMPLES = 5
"""Of a group that are shown before one decision is taken for all (MOD-53)."""
_MARK_BYTES = 8
_INSERT = sa.insert(likeness)


class Copies(msgspec.Struct, frozen=True):
    """What waits beside a text and says the same: how many from how many people, the references, and a few of the texts."""

    waiting: int
    people: int
    refs: tuple[str, ...]
    samples: tuple[str, ...]


def marks_of(session: Session, text: str) -> tuple[int, ...]:
    """The marks of a text: without the key nobody can tell from them what it says."""
    keys = house(session).keys
    said = normal(text)
    return marks(said, lambda part: int.from_bytes(keys.find("likeness", part)[:_MARK_BYTES], signed=True)) if said else ()


def join(session: Session, contribution_id: int, mine: Sequence[int], text: str) -> str:
    """Keep the marks of a text, and put it with those that say the same: the group's name, "" when it stands alone."""
    about = session.execute(sa.select(contribution.c.ref, contribution.c.process_id).where(contribution.c.id == contribution_id)).one()
    session.execute(sa.delete(likeness).where(likeness.c.contribution_id == contribution_id))
    group = next(
        (row.copy_of or row.ref for row in _near(session, about.process_id, mine) if alike(normal(_text(session, row)), normal(text))), ""
    )
    many.write(session, _INSERT, [{"contribution_id": contribution_id, "mark": mark, "process_id": about.process_id} for mark in mine])
    session.execute(sa.update(contribution).where(contribution.c.id == contribution_id).values(copy_of=group))
    if group:
        session.execute(sa.update(contribution).where(contribution.c.ref == group, contribution.c.copy_of == "").values(copy_of=group))
    return group


def _near(session: Session, process_id: int, mine: Sequence[int]) -> Sequence[sa.Row[tuple[object, ...]]]:
    if not mine:
        return ()
    shared = (
        sa.select(likeness.c.contribution_id, sa.func.count().label("shared"))
        .where(likeness.c.process_id == process_id, likeness.c.mark.in_(mine))
        .group_by(likeness.c.contribution_id)
        .order_by(sa.desc("shared"), likeness.c.contribution_id)
        .limit(COMPARED)
        .subquery()
    )
    query = sa.select(contribution).join(shared, shared.c.contribution_id == contribution.c.id)
    return session.execute(query.order_by(shared.c.shared.desc(), contribution.c.id)).all()


def _text(session: Session, row: sa.Row[tuple[object, ...]]) -> str:
    return house(session).keys.open("contribution", row.id, row.sealed).decode() if row.sealed else row.public_text or ""


def beside(session: Session, ref: str) -> Copies | None:
    """What waits beside this contribution and says the same; None when nothing does."""
    group = session.scalar(sa.select(contribution.c.copy_of).where(contribution.c.ref == ref))
    if not group:
        return None
    same = (contribution.c.copy_of == group, contribution.c.state == "received", contribution.c.ref != ref)
    in_order = (contribution.c.received_at, contribution.c.id)
    query = sa.select(contribution.c.id, contribution.c.ref, contribution.c.address_id).where(*same).order_by(*in_order)
    rows = session.execute(query).all()
    if not rows:
        return None
    people = {row.address_id or -row.id for row in rows}
    shown = session.execute(sa.select(contribution).where(contribution.c.id.in_([row.id for row in rows[:SAMPLES]])).order_by(*in_order))
    return Copies(len(rows), len(people), tuple(row.ref for row in rows), tuple(_text(session, row) for row in shown))


def forget(session: Session, ids: Sequence[int]) -> None:
    """Nothing of these texts meets others any more."""
    session.execute(sa.delete(likeness).where(likeness.c.contribution_id.in_(ids)))
    session.execute(sa.update(contribution).where(contribution.c.id.in_(ids)).values(copy_of=""))
