"""Who is told, found by state and never by number: a slice at a time, so that nobody who writes waits for ten thousand authors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import AboutContribution, Responded
from outreach import answers, contributions, notices
from outreach.agenda import CITABLE, unanswered
from outreach.answers import Cited
from outreach.answers.shape import LeftOut
from outreach.contributions.aside import set_aside
from outreach.notices import Told
from outreach.tables import avis, citation, commitment, consent, contribution, point, telling

SLICE = 50  # people: a unit of the writer takes 50 ms at most
_WAIT = ("received", "accepted", "redacted", "grouped", "asked_again", "published", "appealed")
"""States of words whose author waits for the answer."""
_APART = ("read_only", "refused", "upheld")
"""States of words that are in no record: their authors are told if they asked (LOOP-07)."""
ASKED_ANSWER, ASKED_DONE = "answer", "follow_up"


def tell(session: Session, now: datetime, limit: int = SLICE) -> int:
    """One slice of what is to be told: authors of a published response first, then the others. How many people or words; 0: nothing."""
    return _respond(session, now, limit) or _next(session, now, limit)


def _respond(session: Session, now: datetime, limit: int) -> int:
    """Published words of an answered process become taken up (or not), then responded; each author hears of it once, at best of a point."""
    rows: Sequence[Any] = ()
    for process_id in session.scalars(sa.select(avis.c.process_id).where(avis.c.answered_at.is_not(None)).order_by(avis.c.answered_at)):
        rows = _unanswered(session, process_id, limit)
        if rows:
            break
    if not rows:
        return 0
    cited, behind = cited_by(session, rows)
    _speak_for(session, behind)
    reasons = answers.left_out(session, {row.process_id for row in rows})
    published = [row for row in rows if row.state == "published"]
    up = [row for row in published if row.ref in cited and cited[row.ref].number]
    contributions.move(session, up, "taken_up", now, "clock")
    contributions.move(session, [row for row in published if row not in up], "not_taken_up", now, "clock")
    taken = {row.id for row in up} | {row.id for row in rows if row.state == "taken_up"}
    for before in ("taken_up", "not_taken_up"):
        moved = [_At(row.id, row.subject, before) for row in rows if (row.id in taken) == (before == "taken_up")]
        contributions.move(session, moved, "responded", now, "clock")
    told = [Told(row.address_id, row.id, said) for row, said in responses(rows, cited, reasons)]
    notices.tell_all(session, told, now)
    return len(rows)


def responses(rows: Sequence[Any], cited: Mapping[str, Cited], reasons: Mapping[int, LeftOut]) -> list[tuple[Any, Responded]]:
    """What each author of these words hears, once, at best of a point: the row it is said about, and what is said."""

    def taken(row: Any) -> bool:  # noqa: ANN401 - a row of the table
        return row.state == "taken_up" or (row.state == "published" and row.ref in cited and bool(cited[row.ref].number))

    first: dict[tuple[int, int], Any] = {}
    theirs: Counter[tuple[int, int]] = Counter((row.address_id, row.process_id) for row in rows)
    for row in sorted(rows, key=lambda row: not taken(row)):
        if row.address_id is not None:
            first.setdefault((row.address_id, row.process_id), row)
    found = []
    for whose, row in first.items():
        what = cited.get(row.ref) or reasons[row.process_id].cited(row.published_at)
        found.append((row, Responded(row.ref, what.number, what.decision, what.reason, what.done, row.card, theirs[whose] - 1, what.late)))
    return found


def _unanswered(session: Session, process_id: int, limit: int) -> Sequence[Any]:
    """All the words of the next so many authors in a process, and words that have none any more; held until the commit."""
    mine = unanswered(sa.literal(process_id))
    of = contribution.c.address_id
    people = list(session.scalars(sa.select(of).where(*mine, of.is_not(None)).distinct().limit(limit)))
    nobodys = list(session.scalars(sa.select(contribution.c.id).where(*mine, of.is_(None)).limit(limit - len(people))))
    which = sa.or_(of.in_(people), contribution.c.id.in_(nobodys))
    return session.execute(sa.select(contribution).where(which, *mine).order_by(contribution.c.id).with_for_update(of=contribution)).all()


class _At(msgspec.Struct, frozen=True):
    """A contribution where it stands within this slice."""

    id: int
    subject: str
    state: str


def cited_by(session: Session, rows: Sequence[Any], *, foreseen: bool = False) -> tuple[dict[str, Cited], dict[str, str]]:
    """What became of each; words that were grouped after the avis are cited through those that speak for them: {reference: theirs}."""
    cited = answers.of_refs(session, [row.ref for row in rows], foreseen=foreseen)
    behind = {row.ref: row.grouped_with for row in rows if row.ref not in cited and row.grouped_with}
    heads = answers.of_refs(session, set(behind.values()), foreseen=foreseen)
    through = {ref: head for ref, head in behind.items() if head in heads}
    return cited | {ref: heads[head] for ref, head in through.items()}, through


def _speak_for(session: Session, through: Mapping[str, str]) -> None:
    """Keep that these are cited through others."""
    for ref, head in through.items():
        parts = session.execute(sa.select(citation).where(citation.c.ref == head, citation.c.via == "")).all()
        made = [{"part_id": one.part_id, "ref": ref, "process_id": one.process_id, "via": head} for one in parts]
        session.connection().execute(sa.insert(citation), made) if made else None


def _next(session: Session, now: datetime, limit: int) -> int:
    """The oldest thing that is still to be told: its next people; done when there are none left."""
    one = session.execute(
        sa.select(telling).where(telling.c.done_at.is_(None)).order_by(telling.c.id).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if one is None:
        return 0
    moved = _carry_out(session, now, one.point_id, limit) if one.kind == "carried_out" else 0
    if moved:
        return moved
    people = list(session.scalars(audience(one.kind, one.process_id, one.point_id, one.reached).limit(limit)))
    if not people:
        session.execute(sa.update(telling).where(telling.c.id == one.id).values(done_at=now))
        return 1
    notice_: AboutContribution = msgspec.json.decode(one.notice, type=AboutContribution)
    rows = session.execute(
        sa.select(contribution.c.id, contribution.c.ref, contribution.c.card, contribution.c.address_id).where(
            contribution.c.id.in_(people)
        )
    ).all()
    about = [(row, msgspec.structs.replace(notice_, ref=row.ref, card=row.card)) for row in rows]
    if one.kind == "handed_over":
        cited = answers.of_refs(session, [row.ref for row in rows])
        about = [(row, msgspec.structs.replace(said, point=cited[row.ref].number)) for row, said in about]
    told = [Told(row.address_id, row.id, said) for row, said in about]
    notices.tell_all(session, told, now, occasion=_occasion(one.id))
    reached = max(row.address_id for row in rows)
    session.execute(sa.update(telling).where(telling.c.id == one.id).values(reached=reached))
    return len(told)


def _occasion(number: int) -> str:
    return f"tell.{number:x}"


def audience(kind: str, process_id: int, point_id: int | None = None, reached: int = 0) -> "sa.Select[int]":
    """The people who hear of something, after the address `reached`: of each, the contribution that it is told about."""
    mine = [contribution.c.process_id == process_id, contribution.c.address_id > reached, ~set_aside()]
    match kind:
        case "delayed":
            mine.append(sa.or_(contribution.c.state.in_(_WAIT), sa.and_(contribution.c.state.in_(_APART), _agreed(ASKED_ANSWER))))
        case "handed_over":  # a silent change of the card, where there is one
            cited = sa.select(citation.c.ref).join(point, point.c.id == citation.c.part_id)
            cited = cited.where(citation.c.process_id == process_id, point.c.number != "")
            mine += [*on_a_card(), contribution.c.ref.in_(cited)]
        case "concluded":
            other = contribution.alias()
            said = sa.exists().where(
                other.c.process_id == process_id,
                other.c.address_id == contribution.c.address_id,
                other.c.state.in_((*CITABLE, "responded", "carried_out")),
            )
            mine += [contribution.c.state.in_(_APART), _agreed(ASKED_ANSWER), ~said]
        case _:
            of_point = sa.select(citation.c.ref).where(citation.c.part_id == point_id)
            mine += [
                contribution.c.state.in_(("responded", "carried_out")),
                contribution.c.ref.in_(of_point),
                _agreed(ASKED_DONE),
            ]
    newest, whose = sa.func.max(contribution.c.id), contribution.c.address_id
    return sa.select(newest).where(*mine).group_by(whose).order_by(whose)


def on_a_card() -> tuple[sa.ColumnElement[bool], ...]:
    """Of words in the record: they have a card, which may change in silence."""
    return contribution.c.state == "published", contribution.c.card != "", contribution.c.network == "telegram"


def _agreed(purpose: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        consent.c.address_id == contribution.c.address_id, consent.c.purpose == purpose, consent.c.withdrawn_at.is_(None)
    )


def _carry_out(session: Session, now: datetime, point_id: int, limit: int) -> int:
    """Words of a point whose commitments are all kept are carried out, unless another point that takes them up still owes something."""
    owed = (
        sa.select(citation.c.ref)
        .join(point, point.c.id == citation.c.part_id)
        .join(commitment, commitment.c.point_id == point.c.id)
        .where(
            commitment.c.state == "planned",
            point.c.process_id == sa.select(point.c.process_id).where(point.c.id == point_id).scalar_subquery(),
        )
    )
    mine = sa.select(citation.c.ref).where(citation.c.part_id == point_id)
    rows = session.execute(
        sa.select(contribution)
        .where(contribution.c.ref.in_(mine), contribution.c.ref.not_in(owed), contribution.c.state == "responded")
        .order_by(contribution.c.id)
        .limit(limit)
        .with_for_update()
    ).all()
    contributions.move(session, rows, "carried_out", now, "clock")
    return len(rows)
