"""Signaler: anybody may report a published text with a reason; it is hidden at once where three do for hatred or danger (MOD-34)."""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, processes, record, relays
from outreach.contributions import items, verdicts
from outreach.contributions.items import Details
from outreach.house import house
from outreach.references import new_id
from outreach.staff import Within
from outreach.tables import contribution, decision, report

REPORTABLE = ("R2", "R3", "R4", "R5", "R8", "R9", "R10")
GRAVE = frozenset({"R3", "R8"})
HIDES = 3
"""Reports of a grave reason hide a text until a person has looked."""
A_TEXT, AN_HOUR = 20, 60
"""Reports that wait about one text, and that come in an hour about all: beyond, nobody is helped by one more."""
HOUR = timedelta(hours=1)
LONGEST = 1000


class Words(msgspec.Struct, frozen=True):
    """What somebody wrote: why, and where an answer may go, "" for nowhere."""

    why: str = ""
    email: str = ""


class Reported(msgspec.Struct, frozen=True):
    """A text that was reported: how often for each reason, what people wrote; `hidden` until somebody decides.

    `proposed_by`: who wants it taken away for good; another person confirms it (MOD-32).
    """

    ref: str
    text: str
    language: str
    first_at: datetime
    reasons: tuple[tuple[str, int], ...]
    words: tuple[Words, ...]
    hidden: bool
    proposed_by: str


class CannotJudge(Exception):
    """Nothing is reported, or the second person is the first."""


def make(  # noqa: PLR0917 - what, by whom, when
    session: Session, now: datetime, ref: str, reason: str, words: Words, actor: str = "citizen"
) -> Literal["taken", "full", "nothing"]:
    """Take a report in. "nothing": no such text is public, or this is no reason; "full": too many at this moment."""
    row = session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one_or_none()
    entry = record.find(session, ref)
    if row is None or entry is None or entry.text is None or reason not in REPORTABLE:
        return "nothing"
    mine = sa.select(sa.func.count()).select_from(report).where(report.c.contribution_id == row.id, report.c.outcome == "")
    lately = sa.select(sa.func.count()).select_from(report).where(report.c.outcome == "", report.c.at > now - HOUR)
    if (session.scalar(mine) or 0) >= A_TEXT or (session.scalar(lately) or 0) >= AN_HOUR:
        return "full"
    id_ = new_id(now)
    kept = msgspec.structs.replace(words, why=words.why.strip()[:LONGEST], email=words.email.strip()[:254])
    sealed = house(session).keys.seal("report", id_, msgspec.json.encode(kept))
    session.execute(sa.insert(report).values(id=id_, contribution_id=row.id, reason=reason, sealed=sealed, at=now, outcome=""))
    audit.write(session, [audit.line(actor, "contribution.reported", row.subject, reason=reason)], now)
    grave = sa.select(sa.func.count()).select_from(report)
    grave = grave.where(report.c.contribution_id == row.id, report.c.outcome == "", report.c.reason.in_(GRAVE))
    if (session.scalar(grave) or 0) >= HIDES:
        _hide(session, now, row, "clock")
    return "taken"


def waiting(session: Session, within: Within = None) -> int:
    """How many texts are reported and wait for a person."""
    open_ones = sa.select(sa.func.count(sa.distinct(report.c.contribution_id))).join(contribution).where(report.c.outcome == "")
    return session.scalar(open_ones.where(*processes.inside(contribution.c.process_id, within))) or 0


def listing(session: Session, limit: int = 50, within: Within = None) -> tuple[Reported, ...]:
    """What was reported and waits, the oldest first; reports of one text are one."""
    first = sa.select(report.c.contribution_id, sa.func.min(report.c.at).label("first_at")).where(report.c.outcome == "")
    first = first.join(contribution).where(*processes.inside(contribution.c.process_id, within))
    groups = first.group_by(report.c.contribution_id).order_by("first_at").limit(limit).subquery()
    query = sa.select(contribution, groups.c.first_at).join(groups, groups.c.contribution_id == contribution.c.id)
    return tuple(_reported(session, row) for row in session.execute(query.order_by(groups.c.first_at, contribution.c.id)))


def _reported(session: Session, row: Any) -> Reported:  # noqa: ANN401 - a row of the table
    keys = house(session).keys
    those = session.execute(sa.select(report).where(report.c.contribution_id == row.id, report.c.outcome == "").order_by(report.c.id)).all()
    counts = {code: sum(one.reason == code for one in those) for code in REPORTABLE}
    return Reported(
        ref=row.ref,
        text=row.public_text or "",
        language=row.language,
        first_at=row.first_at,
        reasons=tuple((code, count) for code, count in counts.items() if count),
        words=tuple(msgspec.json.decode(keys.open("report", one.id, one.sealed), type=Words) for one in those),
        hidden=record.is_hidden(session, row.ref),
        proposed_by=next((one.actor for one in those if one.actor), ""),
    )


def judge(  # noqa: PLR0917 - what, by whom, when
    session: Session, now: datetime, ref: str, actor: str, outcome: str, reason: str = ""
) -> bool:
    """Keep a reported text ("kept"), or take it away ("hidden"): the first person hides it at once, another confirms within days (MOD-32).

    When it is taken away its author is told the reason and how to appeal, as for a refusal. True once it is decided for good.
    Raises CannotJudge.
    """
    row = session.execute(sa.select(contribution).where(contribution.c.ref == ref).with_for_update()).one_or_none()
    those = session.execute(sa.select(report).where(report.c.contribution_id == row.id, report.c.outcome == "")).all() if row else ()
    if (
        row is None
        or not those
        or outcome not in {"kept", "hidden"}
        or (outcome == "hidden" and (reason not in REPORTABLE or row.state != "published"))
    ):
        raise CannotJudge("nothing of this is reported, or it stands no more")
    proposed = next((one.actor for one in those if one.actor), None)
    open_ones = sa.update(report).where(report.c.contribution_id == row.id, report.c.outcome == "")
    if outcome == "hidden" and proposed is None:
        session.execute(open_ones.values(actor=actor, reason=reason))
        _hide(session, now, row, actor)
        return False
    if outcome == "hidden" and proposed == actor:
        raise CannotJudge("another person confirms it")
    session.execute(open_ones.values(outcome=outcome, actor=actor, decided_at=now))
    if outcome == "kept":
        record.show_again(session, ref, now)
        audit.write(session, [audit.line(actor, "report.kept", row.subject)], now)
    else:
        _take_away(session, now, row, proposed or actor, reason)
    return True


def _hide(session: Session, now: datetime, row: Any, actor: str) -> None:  # noqa: ANN401 - a row of the table
    record.hide(session, row.ref, now)
    audit.write(session, [audit.line(actor, "contribution.hidden", row.subject)], now)


def _take_away(session: Session, now: datetime, row: Any, first: str, reason: str) -> None:  # noqa: ANN401 - a row of the table
    id_ = new_id(now)
    sealed = house(session).keys.seal("decision", id_, msgspec.json.encode(Details()))
    values = {"actor": first, "kind": "refuse", "reason": reason, "fact": "", "made_at": now, "effective_at": now, "state": "applied"}
    session.execute(sa.insert(decision).values(id=id_, contribution_id=row.id, sealed=sealed, **values))
    made = session.execute(sa.select(decision).where(decision.c.id == id_)).one()
    verdicts.apply(session, row, made, items.details(session, made), now)
    relays.take_back(session, record.standing(session, row.ref), now, first)
