"""The loop board: which step of each process waits on whom, since when, until when, from the mandate to the last commitment."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import answers
from outreach.agenda import OWING
from outreach.documents import ProcessDocument, decode
from outreach.house import house
from outreach.loop.piles import Pile, piles
from outreach.processes import is_open
from outreach.processes.spoken import READING
from outreach.relays.words import LATE
from outreach.staff import Within
from outreach.tables import avis, journal, point, process, response, synthesis, telling

Kind = Literal[
    "framing", "mandate", "opening", "voices", "reading", "appeals", "record", "synthesis", "avis", "point", "study", "position", "answer",
    "publish", "telling", "unclear", "withdrawal", "commitment", "closing",
]  # fmt: skip
_SYNTHESIS = frozenset({"synthese", "synthesis"})
_AT_ONCE = timedelta(hours=1)
"""What is accepted enters the record within seconds: what has not after so long waits for somebody."""
_NEVER = date.max


class Step(msgspec.Struct, frozen=True):
    """One line: what waits, on whom, since when, until when. `who`: their name, where the city wrote one; the kind says the rest.

    `place` and `number` of a point, `what` its title; `count` how many texts, messages, copies or people are meant.
    """

    kind: Kind
    who: str = ""
    since: date | None = None
    by: date | None = None
    late: int = 0  # days
    number: str = ""
    place: int = 0
    what: str = ""
    count: int = 0


class Project(msgspec.Struct, frozen=True):
    """A process and its steps that wait: what is late first, then by day."""

    slug: str
    title: dict[str, str]
    state: str
    steps: tuple[Step, ...]

    @property
    def late(self) -> int:
        """Days of its latest step."""
        return max((one.late for one in self.steps), default=0)


def board(session: Session, now: datetime, within: Within = None) -> tuple[Project, ...]:
    """Every process where something waits, the latest first; `within`: only those of these slugs."""
    here = process.c.slug.in_(within) if within is not None else sa.true()
    rows = session.execute(sa.select(process).where(here).order_by(process.c.slug)).all()
    found = _Waits(session, now, rows)
    made = [Project(row.slug, dict(found.documents[row.id].title), row.state, found.steps(row)) for row in rows]
    return tuple(sorted((one for one in made if one.steps), key=lambda one: (-one.late, min(s.by or _NEVER for s in one.steps), one.slug)))


class _Waits:
    """What waits in some processes, read in a few queries whatever their number."""

    def __init__(self, session: Session, now: datetime, rows: Collection[Any]) -> None:
        self.session, self.now, self.zone = session, now, house(session).timezone
        self.today = now.astimezone(self.zone).date()
        self.documents: dict[int, ProcessDocument] = {row.id: decode(row.document) for row in rows}
        self.ids = [row.id for row in rows]
        slugs = {row.slug: row.id for row in rows}
        self.found: dict[int, list[Step]] = defaultdict(list)
        entered = sa.select(journal.c.process_id, journal.c.kind, sa.func.max(journal.c.at)).where(journal.c.process_id.in_(self.ids))
        self.entered = {(id_, kind): at for id_, kind, at in session.execute(entered.group_by(journal.c.process_id, journal.c.kind))}
        handed = sa.select(avis.c.process_id, avis.c.answered_at).where(avis.c.process_id.in_(self.ids))
        self.avis = {row.process_id: row.answered_at for row in session.execute(handed)}
        themes = sa.select(synthesis.c.process_id).where(synthesis.c.process_id.in_(self.ids)).distinct()
        self.synthesised = set(session.scalars(themes))
        self._piled()
        open_points = (
            sa.select(point.c.process_id).outerjoin(response, response.c.point_id == point.c.id).where(response.c.point_id.is_(None))
        )
        self.undecided = set(session.scalars(open_points.where(point.c.number != "", point.c.process_id.in_(self.ids)).distinct()))
        for debt in answers.debts(session, now):
            if (id_ := slugs.get(debt.slug)) is not None:
                self._owed(id_, debt)

    def steps(self, row: Any) -> tuple[Step, ...]:  # noqa: ANN401 - a row of the table
        """All of one process."""
        steps = [*self._of_state(row), *self.found[row.id]]
        return tuple(sorted(steps, key=lambda one: (-one.late, one.by or _NEVER, one.place)))

    def _day(self, at: datetime | None) -> date | None:
        return at.astimezone(self.zone).date() if at else None

    def _late(self, by: date | None) -> int:
        return max(0, (self.today - by).days) if by else 0

    def _of_state(self, row: Any) -> Iterable[Step]:  # noqa: ANN401 - a row of the table
        """What the process itself waits for."""
        document, since = self.documents[row.id], self._day(self.entered.get((row.id, row.state), row.changed_at))
        if row.state in {"requested", "framing", "mandate_validated"}:
            kind: Kind = {"requested": "framing", "framing": "mandate", "mandate_validated": "opening"}[row.state]  # type: ignore[assignment]
            by = min((one.opens for one in document.questions if one.opens), default=None)
            yield Step(kind, document.mandate.decided_by if kind == "mandate" else document.lead, since, by, self._late(by))
        asks = [one for one in document.questions if is_open(one, self.today)]
        if row.state == "open" and asks:
            closes = max((one.closes for one in asks if one.closes), default=None)
            yield Step("voices", since=self._day(row.opened_at), by=closes)
        if row.state in OWING and not asks:
            ended = max((one.closes for one in document.questions if one.closes), default=None)
            if row.id not in self.synthesised:
                by = max((one.ends for one in document.phases if one.kind in _SYNTHESIS), default=None)
                yield Step("synthesis", document.lead, ended, by, self._late(by))
            if row.id not in self.avis:
                by = max((one.ends for one in document.phases if one.kind in READING), default=None)
                yield Step("avis", since=ended, by=by, late=self._late(by))
        if row.state in {"response_published", "follow_up"} and not any(one.kind == "commitment" for one in self.found[row.id]):
            yield Step("closing", document.lead, since)

    def _piled(self) -> None:
        """What lies in piles, and authors to whom a telling has only begun to be made."""
        told = set()
        for one in piles(self.session):
            if one.process_id in self.documents and (one.kind != "record" or one.since <= self.now - _AT_ONCE):
                self.found[one.process_id].append(self._pile(one))
                told |= {one.process_id} if one.kind == "telling" else set()
        begun = sa.select(telling.c.process_id, sa.func.min(telling.c.made_at)).where(telling.c.done_at.is_(None))
        begun = begun.where(telling.c.kind != "handed_over", telling.c.process_id.in_(set(self.ids) - told))
        for id_, since in self.session.execute(begun.group_by(telling.c.process_id)):
            self.found[id_].append(Step("telling", since=self._day(since)))

    def _pile(self, one: Pile) -> Step:
        by, late = self._day(one.by), 0
        if one.kind == "withdrawal":
            by = self._day(one.since + LATE)
            late = self._late(by) if one.since + LATE <= self.now else 0
        elif by:
            late = self._late(by)
        return Step(one.kind, one.who, self._day(one.since), by, late, count=one.count)

    def _owed(self, id_: int, debt: answers.Debt) -> None:
        """The same debts that the list by day shows; a promised answer that only waits to be published says so."""
        kind: Kind = debt.kind
        who = debt.by
        if debt.kind == "answer":
            ready = id_ in self.avis and id_ not in self.undecided
            kind, who = ("publish" if ready else "answer"), (self.documents[id_].lead if ready else self.documents[id_].mandate.decided_by)
        elif debt.kind == "position":
            who = self.documents[id_].mandate.decided_by
        elif debt.kind == "point":
            who = self.documents[id_].lead
        since = self._day(debt.since)
        step = Step(kind, who, since, debt.due_on, debt.overdue, debt.number, debt.place, debt.what, debt.people)
        self.found[id_].append(step)
