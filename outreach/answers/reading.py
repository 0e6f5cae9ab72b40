"""The avis, its points and what became of them, as the desk works on them, as the public reads them, and for one contribution."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.answers.shape import Avis, Book, Cited, Commitment, Happening, Instruction, LeftOut, Point, Response, Theme
from outreach.house import house
from outreach.tables import avis, citation, commitment, instruction, journal, point, process, response, synthesis, wording

_JOURNAL = 200


def book(session: Session, slug: str, *, public: bool = False, most: int = 0) -> Book | None:
    """All of a process: `public` leaves out what the services wrote and what is not published yet. None: no such process.

    `most`: how many references of each point and theme are read; all of them when 0. Their counts are whole in any case.
    """
    if not slug.isprintable():
        return None
    about = session.execute(sa.select(process.c.id, process.c.state).where(process.c.slug == slug)).one_or_none()
    if about is None:
        return None
    said = translations(session, [about.id])[about.id]
    handed = session.execute(sa.select(avis).where(avis.c.process_id == about.id)).one_or_none()
    cites = _Cites(session, about.id, most)
    points = _points(session, about.id, said, cites, public=public)
    themes = session.execute(sa.select(synthesis).where(synthesis.c.process_id == about.id).order_by(synthesis.c.place)).all()
    lines = session.execute(
        sa.select(journal).where(journal.c.process_id == about.id).order_by(journal.c.at.desc(), journal.c.id.desc()).limit(_JOURNAL)
    ).all()
    return Book(
        slug=slug,
        state=about.state,
        avis=Avis(handed.written_by, handed.handed_to, handed.handed_on, words(said, "left_out", handed.left_out), handed.answered_at)
        if handed
        else None,
        points=tuple(one for one in points if one.number),
        asides=tuple(one for one in points if not one.number),
        themes=tuple(
            Theme(
                words(said, f"theme.{one.place}.title", one.title),
                words(said, f"theme.{one.place}.text", one.text),
                tuple(cites.refs[one.id]),
                cites.cited[one.id],
            )
            for one in themes
        ),
        journal=tuple(Happening(one.at, one.kind, one.about, words(said, f"journal.{one.id}", one.text), str(one.id)) for one in lines),
    )


def words(said: Mapping[tuple[str, str], dict[str, str]], name: str, french: str) -> dict[str, str]:
    """French and the translations that are of this French; a translation of another one is out of date and is not shown."""
    return {"fr": french, **said.get((name, french), {})} if french else {}


def translations(session: Session, process_ids: Collection[int]) -> dict[int, dict[tuple[str, str], dict[str, str]]]:
    """Of each process: by name and the French it translates, the text in each language."""
    found: dict[int, dict[tuple[str, str], dict[str, str]]] = {id_: {} for id_ in process_ids}
    for row in session.execute(sa.select(wording).where(wording.c.process_id.in_(process_ids), wording.c.text != "")):
        found[row.process_id].setdefault((row.name, row.french), {})[row.language] = row.text
    return found


class _Cites:
    """Of each part: the references that it cites (at most so many), how many it cites, and how many stand behind it with their copies."""

    def __init__(self, session: Session, process_id: int, most: int) -> None:
        self.refs: dict[int, list[str]] = defaultdict(list)
        self.cited: dict[int, int] = defaultdict(int)
        self.voices: dict[int, int] = defaultdict(int)
        mine = citation.c.process_id == process_id
        itself = sa.func.sum(sa.case((citation.c.via == "", 1), else_=0))
        counts = sa.select(citation.c.part_id, sa.func.count(), itself).where(mine).group_by(citation.c.part_id)
        for part_id, voices, cited in session.execute(counts):
            self.voices[part_id], self.cited[part_id] = voices, int(cited)
        every = sa.select(citation.c.ref).where(mine, citation.c.via == "").order_by(citation.c.ref)
        for part_id in self.cited:
            query = every.where(citation.c.part_id == part_id)
            self.refs[part_id] = list(session.scalars(query.limit(most) if most else query))


def _points(
    session: Session, process_id: int, said: Mapping[tuple[str, str], dict[str, str]], cites: _Cites, *, public: bool
) -> list[Point]:
    rows = session.execute(sa.select(point).where(point.c.process_id == process_id).order_by(point.c.place)).all()
    ids = [row.id for row in rows]
    studied = (
        {} if public else {row.point_id: row for row in session.execute(sa.select(instruction).where(instruction.c.point_id.in_(ids)))}
    )
    decided = {row.point_id: row for row in session.execute(sa.select(response).where(response.c.point_id.in_(ids)))}
    promised: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(sa.select(commitment).where(commitment.c.point_id.in_(ids)).order_by(commitment.c.due_on, commitment.c.id)):
        promised[row.point_id].append(row)
    found = []
    for row in rows:
        at = f"point.{row.number or f'@{row.place}'}"
        answer = decided.get(row.id)
        hidden = public and (answer is None or answer.published_at is None)
        found.append(
            Point(
                id=str(row.id),
                place=row.place,
                number=row.number,
                title=words(said, f"{at}.title", row.title),
                text=words(said, f"{at}.text", row.text),
                minority=row.minority,
                refs=tuple(cites.refs[row.id]),
                cited=cites.cited[row.id],
                voices=cites.voices[row.id],
                instruction=_instruction(studied.get(row.id)),
                response=None if hidden or answer is None else _response(answer, at, said),
                commitments=() if hidden else tuple(_commitment(one, at, said) for one in promised[row.id]),
            )
        )
    return found


def _instruction(row: Any) -> Instruction | None:  # noqa: ANN401 - a row of the table
    if row is None:
        return None
    return Instruction(row.service, row.person, row.due_on, row.feasible, row.cost, row.schedule, row.note, row.noted_at)


def _response(row: Any, at: str, said: Mapping[tuple[str, str], dict[str, str]]) -> Response:  # noqa: ANN401 - a row of the table
    return Response(
        row.decision,
        row.decided_by,
        row.decided_on,
        words(said, f"{at}.reasons", row.reasons),
        words(said, f"{at}.done", row.sms_done),
        words(said, f"{at}.reason", row.sms_reason),
        row.published_at,
    )


def _commitment(row: Any, at: str, said: Mapping[tuple[str, str], dict[str, str]]) -> Commitment:  # noqa: ANN401 - a row of the table
    return Commitment(str(row.id), words(said, f"{at}.done", row.text), row.due_on, row.state, row.evidence)


def of_refs(session: Session, refs: Collection[str], *, foreseen: bool = False) -> dict[str, Cited]:
    """For each contribution, by its reference, what became of it: of several points that cite it, the first; else why none does.

    What neither a point nor an aside cites is in no answer here until the response is published. `foreseen`: as if it were.
    """
    if not refs:
        return {}
    rows = session.execute(
        sa.select(
            citation.c.ref, point.c.number, point.c.place, point.c.title, point.c.process_id, response.c.decision, response.c.sms_done,
            response.c.sms_reason, response.c.published_at, point.c.id, avis.c.answered_at,
        )
        .join(point, point.c.id == citation.c.part_id)
        .join(avis, avis.c.process_id == point.c.process_id)
        .outerjoin(response, response.c.point_id == point.c.id)
        .where(citation.c.ref.in_(refs))
        .order_by(sa.case((point.c.number == "", 1), else_=0), point.c.place)
    ).all()  # fmt: skip
    if not rows:
        return {}
    said = translations(session, {row.process_id for row in rows})
    undone = set(
        session.scalars(
            sa.select(commitment.c.point_id).where(commitment.c.point_id.in_([row.id for row in rows]), commitment.c.state == "planned")
        )
    )
    kept = set(session.scalars(sa.select(commitment.c.point_id).where(commitment.c.point_id.in_([row.id for row in rows]))))
    found: dict[str, Cited] = {}
    for row in rows:
        if row.ref not in found:
            found[row.ref] = _cited(row, said[row.process_id], carried_out=row.id in kept - undone, foreseen=foreseen)
    return found


def _cited(  # the row of a query
    row: Any,  # noqa: ANN401
    said: Mapping[tuple[str, str], dict[str, str]],
    *,
    carried_out: bool,
    foreseen: bool,
) -> Cited:
    at = f"point.{row.number or f'@{row.place}'}"
    title = words(said, f"{at}.title", row.title)
    if not row.number:
        return Cited("", {}, foreseen or row.answered_at is not None, reason=title)
    if row.decision is None if foreseen else row.published_at is None:
        return Cited(row.number, title, answered=False)
    reason, done = words(said, f"{at}.reason", row.sms_reason), words(said, f"{at}.done", row.sms_done)
    return Cited(row.number, title, True, row.decision, reason, done, carried_out)


def left_out(session: Session, process_ids: Collection[int], *, foreseen: bool = False) -> dict[int, LeftOut]:
    """What is said of words that no point takes up, of each process whose response is published. `foreseen`: or soon will be."""
    if not process_ids:
        return {}
    public = sa.true() if foreseen else avis.c.answered_at.is_not(None)
    rows = session.execute(
        sa.select(avis.c.process_id, avis.c.left_out, avis.c.handed_on).where(avis.c.process_id.in_(process_ids), public)
    ).all()
    said = translations(session, [row.process_id for row in rows])
    zone = house(session).timezone
    return {
        row.process_id: LeftOut(
            words(said[row.process_id], "left_out", row.left_out),
            datetime.combine(row.handed_on + timedelta(days=1), time(), zone),
        )
        for row in rows
    }


def public_data(session: Session, slug: str) -> dict[str, Any]:
    """The avis, its points with their published answers, the synthesis and the journal, as open data; nothing for no such process."""
    whole = book(session, slug, public=True)
    if whole is None:
        return {}
    zone = house(session).timezone
    return {
        "avis": {
            "written_by": whole.avis.written_by,
            "handed_to": whole.avis.handed_to,
            "handed_on": whole.avis.handed_on,
            "answered_on": whole.avis.answered_at.astimezone(zone).date() if whole.avis.answered_at else None,
            "left_out": whole.avis.left_out,
            "points": [_data(one) for one in whole.points],
            "not_taken_up": [{"reason": one.title, "text": one.text, "contributions": one.refs} for one in whole.asides],
        }
        if whole.avis
        else None,
        "synthesis": [{"title": one.title, "text": one.text, "contributions": one.refs} for one in whole.themes],
        "journal": [
            {"on": one.at.astimezone(zone).date(), "kind": one.kind, "about": one.about, "text": one.text}
            for one in reversed(whole.journal)
        ],
    }


def _data(one: Point) -> dict[str, Any]:
    answer = one.answer
    return {
        "number": one.number,
        "title": one.title,
        "text": one.text,
        "minority": one.minority,
        "contributions": one.refs,
        "voices": one.voices,
        "response": {
            "decision": answer.decision,
            "reasons": answer.reasons,
            "short": {"done": answer.sms_done, "reason": answer.sms_reason},
            "decided_by": answer.decided_by,
            "decided_on": answer.decided_on,
        }
        if answer
        else None,
        "commitments": [{"text": c.text, "due_on": c.due_on, "state": c.state, "evidence": c.evidence} for c in one.commitments],
    }
