"""Several decisions with one key, taken back with one: a page of short texts, or all who say the same (MOD-53)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import processes
from outreach.contributions import copies, decisions, queue
from outreach.contributions.decisions import Decided, Decision, DecisionRefused
from outreach.contributions.queue import ClaimedByOther
from outreach.house import house
from outreach.staff import Within
from outreach.tables import contribution

UNDO_GROUP = timedelta(minutes=10)
"""A decision for many can be taken back for longer (MOD-53)."""
MANY = 10
"""From so many copies on."""
MOST = 100
"""Copies that are decided at once; the rest stay beside the next."""

FOR_ALL = {"accept": "group", "redact": "group", "refuse": "refuse"}
"""What becomes of the copies, by what is decided about the one that was read."""


class Together(msgspec.Struct, frozen=True):
    """What was decided with one key: the first of them, and those that somebody else had or that changed meanwhile."""

    decided: tuple[Decided, ...]
    left: tuple[str, ...]


def accept_all(
    session: Session, now: datetime, actor: str, refs: Sequence[str], left: Sequence[str] = (), *, within: Within = None
) -> Together:
    """Publish these texts as they are; `left`, those that were read and taken out, go back to the others.

    What is not `within` the processes that the person's rights reach is left too.
    """
    for ref in left:
        queue.release(session, ref, actor)
    known = sa.select(contribution.c.ref).where(contribution.c.ref.in_(refs), *processes.inside(contribution.c.process_id, within))
    inside = set(session.scalars(known))
    made = _all(session, now, actor, [(ref, Decision("accept")) for ref in refs if ref in inside], house(session).undo)
    return Together(made.decided, (*made.left, *(ref for ref in refs if ref not in inside)))


def decide(session: Session, now: datetime, ref: str, actor: str, wanted: Decision, *, for_copies: bool = False) -> Together:
    """Take a decision about a contribution; `for_copies`: and about all that wait and say the same. Each author is told.

    Raises what `decisions.decide` raises about the one that was read.
    """
    beside = copies.beside(session, ref) if for_copies else None
    refs = beside.refs[:MOST] if beside and wanted.kind in FOR_ALL else ()
    delay = UNDO_GROUP if len(refs) >= MANY else house(session).undo
    first = decisions.decide(session, now, ref, actor, wanted, delay)
    if not refs:
        return Together((first,), ())
    kind = FOR_ALL[wanted.kind]
    same = Decision("group", with_=ref) if kind == "group" else Decision(kind, reason=wanted.reason, fact=wanted.fact)
    rest = _all(session, now, actor, [(other, same) for other in refs], delay, first.bundle)
    return Together((first, *rest.decided), rest.left)


def _all(  # noqa: PLR0917 - what `decide` takes, many times
    session: Session, now: datetime, actor: str, wanted: Sequence[tuple[str, Decision]], delay: timedelta, bundle: int = 0
) -> Together:
    made: list[Decided] = []
    left: list[str] = []
    for ref, decision in wanted:
        try:
            with session.begin_nested():
                made.append(decisions.decide(session, now, ref, actor, decision, delay, bundle))
        except (DecisionRefused, ClaimedByOther):
            left.append(ref)
        else:
            bundle = bundle or made[0].bundle
    return Together(tuple(made), tuple(left))
