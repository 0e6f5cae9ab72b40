"""Contributions come in: a batch at once, within the limits of MOD-70; they are revised, completed, withdrawn by who wrote them."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from conversations.effects import AddProfile, Revise, Submit
from conversations.outcomes import PilotFull, Revised, Submitted, TooLate, TooMany
from outreach import audit, contributions, references
from outreach.contributions.days import working_days_after
from outreach.contributions.own import MOST
from outreach.contributions.withdrawal import withdraw
from outreach.house import house
from outreach.processes import pilots
from outreach.record import programme
from outreach.record.programme import Known
from outreach.tables import contribution

__all__ = ["Submission", "UnknownProcess", "add_profile", "insert", "revise", "submit", "withdraw"]

A_DAY = 5
A_PROCESS = 20
"""MOD-70: per person and process. These limits never hold a keyword back."""
READ_WITHIN = 2  # working days (MOD-02)
LENT_A_DAY = 100
"""From a phone that goes from hand to hand (journeys 3.4): so many people a day at one place."""
AGAIN_WITHIN = timedelta(hours=1)

_OPTIONAL = {
    "age": re.compile(r"[a-z0-9+-]{0,8}"),  # "under30", "30-59", "60+": a bracket, never a date of birth (GDPR-52)
    "easy": re.compile(r"yes|no"),
}


class UnknownProcess(Exception):
    """No process has this name: a fault of ours, never a citizen's."""


class Submission(msgspec.Struct, frozen=True):
    """One `Submit` and where it comes from; `pseudonym` is what staff will see instead of the person."""

    address_id: int
    effect: Submit
    network: str
    language: str
    pseudonym: str


def submit(session: Session, submissions: Sequence[Submission], now: datetime) -> list[Submitted | TooMany | PilotFull]:
    """Put contributions into the queue, word for word; outcomes come in the order of the submissions.

    One INSERT for all; a reference that is taken is drawn again. Raises UnknownProcess.
    """
    every = _held(session, {one.effect.process for one in submissions})
    tests = _Tests(session, every.values())
    before, latest = _already(session, {one.address_id for one in submissions}, now)
    read_by = working_days_after(now, READ_WITHIN, house(session))
    taken: list[tuple[dict[str, Any], Known, bool] | TooMany | PilotFull] = []
    for one in submissions:
        about = every.get(one.effect.process)
        if about is None:
            raise UnknownProcess("a contribution names a process that does not exist")
        if one.effect.lent:
            here = sum(row[0]["entry"] == one.effect.entry for row in taken if isinstance(row, tuple))
            if here + _of_place(session, one, about, now) >= LENT_A_DAY:
                taken.append(TooMany())
                continue
            row = _row(session, one, about, now, read_by)
            taken.append((row, about, False) if tests.let_in(about, row["pseudonym"]) else PilotFull(about.slug))
            continue
        person, today = (one.address_id, about.id), (one.address_id, about.id, "today")
        if before[person] >= A_PROCESS or before[today] >= A_DAY:
            taken.append(TooMany())
            continue
        if not tests.let_in(about, one.pseudonym):
            taken.append(PilotFull(about.slug))
            continue
        before.update((person, today))
        again = one.address_id in latest and now - latest[one.address_id] < AGAIN_WITHIN
        latest[one.address_id] = now
        taken.append((_row(session, one, about, now, read_by), about, again))
    rows = [one[0] for one in taken if isinstance(one, tuple)]
    insert(session, rows)
    contributions.enter(session, rows, "draft", now, "citizen")
    return [_outcome(*one) if isinstance(one, tuple) else one for one in taken]


def _held(session: Session, slugs: Collection[str]) -> dict[str, Known]:
    """The processes by slug; those in test are locked, and read again as they are then."""
    every = programme.by_slug(session, slugs)
    if tests := [one.id for one in every.values() if one.document.pilot]:
        pilots.hold(session, tests)
        every = programme.by_slug(session, slugs)
    return every


class _Tests:
    """The processes in test among these, whose locks are held: who takes part, and who still may."""

    def __init__(self, session: Session, among: Iterable[Known]) -> None:
        self._most = {one.id: one.document.pilot.people for one in among if one.document.pilot}
        self._people = {id_: set(pilots.taking_part(session, id_)) for id_ in self._most}

    def let_in(self, about: Known, pseudonym: str) -> bool:
        """Whether this person takes part already, or there is room for one more."""
        if about.id not in self._most or pseudonym in self._people[about.id]:
            return True
        if len(self._people[about.id]) >= self._most[about.id]:
            return False
        self._people[about.id].add(pseudonym)
        return True


def _outcome(row: dict[str, Any], about: Known, again: bool) -> Submitted:  # noqa: FBT001 - the third of a triple
    return Submitted(row["ref"], row["publish"], row["read_by"].date(), about.promised_on, again)


def _already(session: Session, address_ids: set[int], now: datetime) -> tuple[Counter[tuple[Any, ...]], dict[int, datetime]]:
    """How many contributions each (address, process) has, in all and today; when each address last gave one."""
    zone = house(session).timezone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    counts: Counter[tuple[Any, ...]] = Counter()
    latest: dict[int, datetime] = {}
    for row in session.execute(_COUNTS, {"addresses": list(address_ids), "midnight": midnight}):
        counts[row.address_id, row.process_id] = row.all
        counts[row.address_id, row.process_id, "today"] = row.today
        latest[row.address_id] = max(row.latest, latest.get(row.address_id, row.latest))
    return counts, latest


def _of_place(session: Session, one: Submission, about: Known, now: datetime) -> int:
    """How many contributions a lent phone brought today."""
    zone = house(session).timezone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    which = (contribution.c.process_id == about.id, contribution.c.entry == one.effect.entry, contribution.c.received_at >= midnight)
    return session.scalar(sa.select(sa.func.count()).select_from(contribution).where(*which)) or 0


_COUNTS = (
    sa.select(
        contribution.c.address_id,
        contribution.c.process_id,
        sa.func.count().label("all"),
        sa.func.count()
        .filter(contribution.c.received_at >= sa.bindparam("midnight", type_=contribution.c.received_at.type))
        .label("today"),
        sa.func.max(contribution.c.received_at).label("latest"),
    )
    .where(contribution.c.address_id.in_(sa.bindparam("addresses", expanding=True)))
    .group_by(contribution.c.address_id, contribution.c.process_id)
)


def _row(session: Session, one: Submission, about: Known, now: datetime, read_by: datetime) -> dict[str, Any]:
    id_, effect = references.new_id(now), one.effect
    return {
        "id": id_,
        "ref": references.new_ref(),
        "subject": references.new_token(),
        "process_id": about.id,
        "question": effect.question,
        "address_id": None if effect.lent else one.address_id,
        "pseudonym": references.new_pseudonym() if effect.lent else one.pseudonym,
        "network": one.network,
        "language": one.language,
        "state": "received" if effect.publish else "read_only",
        "sealed": house(session).keys.seal("contribution", id_, effect.text.encode()),
        "asked_text": effect.asked or about.question(effect.question, one.language, short=one.network != "telegram"),
        "messages": effect.messages,
        "publish": effect.publish,
        "consent": effect.consent,
        "entry": effect.entry,
        "card": "" if effect.lent else effect.card,
        "sources": "[]" if effect.lent else msgspec.json.encode(effect.sources).decode(),
        "received_at": now,
        "read_by": read_by,
        "changed_at": now,
    }


_INSERT = {
    name: into(contribution).on_conflict_do_nothing(index_elements=["ref"]).returning(contribution.c.id)
    for name, into in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


def insert(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert rows of the table at once; where a reference is taken, another is drawn and stands in the row."""
    statement = _INSERT[session.get_bind().dialect.name]
    while rows:
        done = set(session.execute(statement, rows).scalars())
        rows = [row for row in rows if row["id"] not in done]
        for row in rows:
            row["ref"] = references.new_ref()


def revise(session: Session, address_id: int, effect: Revise, now: datetime) -> Revised | TooLate:
    """Replace the text of a contribution that nobody has opened, by the provider's id of the message that was edited.

    With `effect.ref` it is the answer to a moderator's question: the contribution comes back to the queue with the new text.
    An edit of one of several messages replaces that line of them.
    """
    query = sa.select(contribution).where(contribution.c.address_id == address_id)
    if effect.ref:
        query = query.where(contribution.c.ref == effect.ref, contribution.c.state == "asked_again")
    else:
        query = query.where(contribution.c.state.in_(("received", "read_only")), contribution.c.opened_at.is_(None))
    keys = house(session).keys
    for row in session.execute(query.order_by(contribution.c.id.desc()).limit(MOST).with_for_update()).all():
        sources: list[str] = msgspec.json.decode(row.sources)
        if effect.ref:
            again = {"flags": None, "opened_at": None, "read_by": working_days_after(now, READ_WITHIN, house(session))}
            sealed = keys.seal("contribution", row.id, effect.text.encode())
            contributions.move(session, [row], "received", now, "citizen", sealed=sealed, **again)
            return Revised(row.ref)
        if effect.source in sources:
            text = _edited(keys.open("contribution", row.id, row.sealed).decode(), sources, effect)
            if text is None:
                return TooLate(row.ref)
            sealed = keys.seal("contribution", row.id, text.encode())
            session.execute(sa.update(contribution).where(contribution.c.id == row.id).values(sealed=sealed, flags=None, changed_at=now))
            audit.write(session, [audit.line("citizen", "contribution.revised", row.subject)], now)
            return Revised(row.ref)
    return TooLate(_of_source(session, address_id, effect.source))


def _of_source(session: Session, address_id: int, source: str) -> str:
    """Which of their latest contributions a message is part of; "" for none."""
    latest = sa.select(contribution.c.ref, contribution.c.sources).where(contribution.c.address_id == address_id)
    rows = session.execute(latest.order_by(contribution.c.id.desc()).limit(MOST)).all() if source else []
    return next((row.ref for row in rows if source in msgspec.json.decode(row.sources)), "")


def _edited(text: str, sources: list[str], effect: Revise) -> str | None:
    """The text with one message replaced; None when its place can't be told."""
    if len(sources) == 1:
        return effect.text
    lines = text.split("\n")
    if len(lines) != len(sources):
        return None
    lines[sources.index(effect.source)] = effect.text
    return "\n".join(lines)


def add_profile(session: Session, address_id: int, effect: AddProfile, now: datetime) -> bool:
    """Write one optional answer to the contribution it belongs to; what is no bracket, no yes and no no is dropped."""
    if not _OPTIONAL[effect.field].fullmatch(effect.value):
        return False
    changed = session.connection().execute(
        sa.update(contribution)
        .where(contribution.c.ref == effect.ref, contribution.c.address_id == address_id)
        .values({effect.field: effect.value, "changed_at": now})
    )
    return bool(changed.rowcount)
