"""What each decision does once it is in effect: moves, words to the author, never a publication without the record."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.notices import Answered, AskedAgain, Judged, Refused
from conversations.reasons import REASONS
from outreach import audit, notices, record, references, relays
from outreach.characters import unturned
from outreach.contributions import enter, intake, items, move
from outreach.contributions.days import months_after
from outreach.contributions.items import Details
from outreach.contributions.own import APPEAL_MONTHS, opening, reasons_of
from outreach.house import house
from outreach.record import programme
from outreach.tables import appeal, contribution

READ = -1
"""`urgent` of what was read and waits for nothing more."""


class CannotFollow(Exception):
    """What the decision points at is gone."""


class Case(msgspec.Struct, frozen=True):
    """A contribution and a decision about it, both as rows; what the decision keeps; the original, "" once erased."""

    row: Any
    made: Any
    details: Details
    original: str
    now: datetime


def apply(session: Session, row: Any, made: Any, details: Details, now: datetime) -> None:  # noqa: ANN401 - rows of the tables
    """Give effect to a decision. Raises NotAllowed, CannotFollow."""
    _VERDICTS[made.kind](session, Case(row, made, details, items.original(session, row), now))


def _move(session: Session, case: Case, after: str, **values: Any) -> None:  # noqa: ANN401 - columns
    move(session, [case.row], after, case.now, case.made.actor, **values)


def _quote(case: Case) -> str:
    return opening(case.original, case.row.network)


def _accept(session: Session, case: Case) -> None:
    if case.row.state == "read_only":
        session.execute(sa.update(contribution).where(contribution.c.id == case.row.id).values(urgent=READ))
        audit.write(session, [audit.line(case.made.actor, "contribution.read", case.row.subject)], case.now)
        return
    _move(session, case, "accepted", public_text=case.details.text)


def _redact(session: Session, case: Case) -> None:
    _move(session, case, "redacted", public_text=case.details.text)


def _refuse(session: Session, case: Case) -> None:
    zone = house(session).timezone
    deleted = {"sealed": None} if "delete" in REASONS[case.made.reason].besides else {}
    _move(session, case, "refused", **deleted)
    notice = Refused(
        ref=case.row.ref,
        received_on=case.row.received_at.astimezone(zone).date(),
        quote=_quote(case),
        reason=case.made.reason,
        fact=case.made.fact,
        appeal_until=months_after(case.made.effective_at.astimezone(zone).date(), APPEAL_MONTHS),
        card=case.row.card,
    )
    notices.tell(session, case.row.address_id, case.row.id, notice, case.now)


def _group(session: Session, case: Case) -> None:
    query = sa.select(contribution.c.public_text, contribution.c.ref).where(contribution.c.ref == case.details.with_)
    leader = session.execute(query).one_or_none()
    if leader is None or not leader.public_text:
        raise CannotFollow("the text that was to speak for it is gone")
    _move(session, case, "grouped", public_text=leader.public_text, grouped_with=leader.ref)


def _answer(session: Session, case: Case) -> None:
    _move(session, case, "answered")
    notices.tell(session, case.row.address_id, case.row.id, Answered(case.row.ref, case.details.text, case.row.card), case.now)


def _elsewhere(session: Session, case: Case) -> None:
    slug, _, question = case.details.with_.partition("/")
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        raise CannotFollow("the process it was to move to is gone")
    _move(session, case, "moved")
    there = session.execute(sa.select(contribution).where(contribution.c.id == case.row.id)).one()
    move(session, [there], "received", case.now, case.made.actor, process_id=about.id, question=question)


_OF_THE_WHOLE = (
    *("process_id", "question", "address_id", "pseudonym", "network", "language", "asked_text"),
    *("publish", "consent", "age", "entry", "received_at", "read_by"),
)


def _split(session: Session, case: Case) -> None:
    _move(session, case, "split")
    rows = []
    for part in case.details.parts:
        id_ = references.new_id(case.now)
        rows.append(
            {
                **{column: getattr(case.row, column) for column in _OF_THE_WHOLE},
                "id": id_,
                "ref": references.new_ref(),
                "subject": references.new_token(),
                "state": "received",
                "sealed": house(session).keys.seal("contribution", id_, part.encode()),
                "messages": 1,
                "changed_at": case.now,
            }
        )
    intake.insert(session, rows)
    enter(session, rows, "split", case.now, case.made.actor)


def _ask_again(session: Session, case: Case) -> None:
    _move(session, case, "asked_again")
    notice = AskedAgain(case.row.ref, _quote(case), case.details.text, case.row.card)
    notices.tell(session, case.row.address_id, case.row.id, notice, case.now)


def _uphold(session: Session, case: Case) -> None:
    if case.row.state == "appealed":
        _move(session, case, "upheld")
    _judge(session, case, upheld=True)


def _reverse(session: Session, case: Case) -> None:
    hidden = case.details.text != unturned(case.original)
    if case.row.state == "appealed":
        _move(session, case, "reversed")
        there = session.execute(sa.select(contribution).where(contribution.c.id == case.row.id)).one()
        move(session, [there], "redacted" if hidden else "accepted", case.now, case.made.actor, public_text=case.details.text)
    else:
        session.execute(sa.update(contribution).where(contribution.c.id == case.row.id).values(public_text=case.details.text))
        record.amend(session, case.row.ref, case.row.subject, case.details.text, case.now, redacted=hidden)
        relays.amend(session, case.row.ref, case.now)
    _judge(session, case, upheld=False)


def _judge(session: Session, case: Case, *, upheld: bool) -> None:
    outcome = "upheld" if upheld else "reversed"
    session.execute(sa.update(appeal).where(appeal.c.contribution_id == case.row.id).values(outcome=outcome))
    audit.write(session, [audit.line(case.made.actor, "appeal.decided", case.row.subject, outcome=outcome)], case.now)
    first = reasons_of(session, [case.row.id]).get(case.row.id)
    reason = case.made.reason or (first.reason if first and upheld else "")
    notice = Judged(case.row.ref, upheld, reason, case.row.card, public=case.row.state == "published")
    notices.tell(session, case.row.address_id, case.row.id, notice, case.now)


_VERDICTS: Mapping[str, Callable[[Session, Case], None]] = MappingProxyType(
    {
        "accept": _accept,
        "redact": _redact,
        "refuse": _refuse,
        "group": _group,
        "answer": _answer,
        "move": _elsewhere,
        "split": _split,
        "ask_again": _ask_again,
        "uphold": _uphold,
        "reverse": _reverse,
    }
)
