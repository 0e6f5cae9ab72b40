"""The loop board: which step of each process waits on whom, since when, until when, from the mandate to the last commitment."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import answers
from outreach.agenda import unanswered
from outreach.contributions.aside import set_aside
from outreach.documents import ProcessDocument, decode
from outreach.house import house
from outreach.processes import is_open
from outreach.processes.spoken import READING
from outreach.relays.words import LATE
from outreach.staff import Within
from outreach.tables import avis, contribution, entry, journal, notice, outbox, point, process, relay, response, synthesis, target, telling

Kind = Literal[
    "framing", "mandate", "opening", "voices", "reading", "appeals", "record", "synthesis", "avis", "point", "study", "position", "answer",
    "publish", "telling", "unclear", "withdrawal", "commitment", "closing",
]  # fmt: skip
_GATHERS = ("open", "avis_handed_over", "instruction", "arbitration")
_SYNTHESIS = frozenset({"synthese", "synthesis"})
_AT_ONCE = timedelta(hours=1)
"""What is accepted enters the record within seconds: what has not after so long waits for somebody."""
_NEWS = ("responded", "concluded", "delayed", "carriedout", "postponed")
"""Kinds of notices by which authors hear of an answer."""
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
        self._texts()
        self._news()
        self._withdrawals()
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
        if row.state in _GATHERS and not asks:
            ended = max((one.closes for one in document.questions if one.closes), default=None)
            if row.id not in self.synthesised:
                by = max((one.ends for one in document.phases if one.kind in _SYNTHESIS), default=None)
                yield Step("synthesis", document.lead, ended, by, self._late(by))
            if row.id not in self.avis:
                by = max((one.ends for one in document.phases if one.kind in READING), default=None)
                yield Step("avis", since=ended, by=by, late=self._late(by))
        if row.state in {"response_published", "follow_up"} and not any(one.kind == "commitment" for one in self.found[row.id]):
            yield Step("closing", document.lead, since)

    def _texts(self) -> None:
        """Texts that wait for their reader, for another one, or for their place in the record."""
        columns = (contribution.c.process_id, contribution.c.state, sa.func.count(), sa.func.min(contribution.c.received_at))
        query = sa.select(*columns, sa.func.min(contribution.c.changed_at), sa.func.min(contribution.c.read_by))
        waiting = ("received", "appealed", "accepted", "redacted", "grouped")
        query = query.where(contribution.c.process_id.in_(self.ids), contribution.c.state.in_(waiting), ~set_aside())
        stuck: dict[int, tuple[int, datetime]] = {}
        for id_, state, count, received, changed, read_by in self.session.execute(
            query.group_by(contribution.c.process_id, contribution.c.state)
        ):
            if state == "received":
                by = self._day(read_by)
                self.found[id_].append(Step("reading", since=self._day(received), by=by, late=self._late(by), count=count))
            elif state == "appealed":
                self.found[id_].append(Step("appeals", since=self._day(changed), count=count))
            else:
                before, since = stuck.get(id_, (0, changed))
                stuck[id_] = (before + count, min(since, changed))
        for id_, (count, since) in stuck.items():
            if since <= self.now - _AT_ONCE:
                self.found[id_].append(Step("record", since=self._day(since), count=count))

    def _news(self) -> None:
        """Authors who are not told yet, and messages to them of which nobody knows whether they arrived."""
        mine = contribution.c.process_id.in_(self.ids)
        ready = sa.select(notice.c.address_id, contribution.c.process_id, notice.c.since).join(contribution)
        ready = ready.where(mine, notice.c.state == "waiting", notice.c.kind.in_(_NEWS))
        still = sa.select(contribution.c.address_id, contribution.c.process_id, avis.c.answered_at.label("since"))
        still = still.join(avis, avis.c.process_id == contribution.c.process_id)
        still = still.where(mine, avis.c.answered_at.is_not(None), *unanswered(avis.c.process_id), contribution.c.address_id.is_not(None))
        wait = sa.union_all(ready, still).subquery()
        query = sa.select(wait.c.process_id, sa.func.count(sa.distinct(wait.c.address_id)), sa.func.min(wait.c.since))
        told: dict[int, tuple[int, datetime]] = {
            row[0]: (row[1], row[2]) for row in self.session.execute(query.group_by(wait.c.process_id))
        }
        begun = sa.select(telling.c.process_id, telling.c.made_at).where(telling.c.done_at.is_(None), telling.c.kind != "handed_over")
        for id_, since in self.session.execute(begun.where(telling.c.process_id.in_(self.ids))):
            told.setdefault(id_, (0, since))
        for id_, (count, since) in told.items():
            self.found[id_].append(Step("telling", since=self._day(since), count=count))
        lost = sa.select(outbox.c.address_id, outbox.c.created_at).where(
            sa.text("why = 'unclear'"), outbox.c.state == "unknown", outbox.c.urgency == "notice"
        )
        unclear = lost.subquery()
        authors = sa.select(contribution.c.process_id, contribution.c.address_id).where(mine).distinct().subquery()
        query = sa.select(authors.c.process_id, sa.func.count(), sa.func.min(unclear.c.created_at))
        query = query.join(unclear, unclear.c.address_id == authors.c.address_id).join(avis, avis.c.process_id == authors.c.process_id)
        for id_, count, since in self.session.execute(
            query.where(unclear.c.created_at >= avis.c.answered_at).group_by(authors.c.process_id)
        ):
            self.found[id_].append(Step("unclear", since=self._day(since), count=count))

    def _withdrawals(self) -> None:
        """Texts that their authors took back, and that another platform has not taken down yet."""
        query = sa.select(entry.c.process_id, target.c.name, sa.func.count(), sa.func.min(relay.c.since))
        query = query.select_from(relay).join(target, target.c.id == relay.c.target_id).join(entry, entry.c.ref == relay.c.ref)
        query = query.where(relay.c.wants == "withdraw", relay.c.state != "confirmed", entry.c.process_id.in_(self.ids))
        for id_, name, count, since in self.session.execute(query.group_by(entry.c.process_id, target.c.name)):
            by = self._day(since + LATE)
            late = self._late(by) if since + LATE <= self.now else 0
            self.found[id_].append(Step("withdrawal", name, self._day(since), by, late, count=count))

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
