"""The slip that a person keeps: a public number and a secret code of four digits, kept as HMAC only; five wrong ones lock it."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, Union

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import outcomes
from conversations.facts import Contribution
from conversations.outcomes import Appealed, CodeLocked, Forgotten, NoAppeal, OfSlip, WrongCode
from outreach import audit, rights
from outreach.contributions import appeals, items, own, withdrawal
from outreach.crypto import Keys
from outreach.house import house
from outreach.paper.checking import erase_draft
from outreach.paper.sheets import PaperRefused
from outreach.references import new_id, new_token
from outreach.tables import contribution, decision, paper, wrong_code

DIGITS = 4
FREE_TRIES, LOCKED = 5, timedelta(hours=1)
"""Wrong codes in a row that a slip bears; each further one locks it for an hour again, until the right one comes."""
A_DAY, A_DAY_AT_THE_DESK = 10, 30
"""Wrong codes of one asker, an address or an account, within a day: no more than that are looked at, whatever the slips."""
_DAY = timedelta(days=1)
LENT = "citizen"
"""Who entered what a lent phone brought, and looked at it: its author."""

Wish = Literal["follow", "erase", "appeal"]
Answer: TypeAlias = Union[OfSlip, Forgotten, Appealed, NoAppeal, WrongCode, CodeLocked]


class Drawn(msgspec.Struct, frozen=True):
    """A slip to print. The code is told here, once, and kept nowhere."""

    ref: str
    code: str


def draw(session: Session, now: datetime, ref: str, actor: str, *, anew: bool = False) -> Drawn | None:
    """The code of a sheet, the first time it is asked for; None when it was shown before, unless `anew`: the old one stops working.

    Raises PaperRefused ("unknown") for what is no sheet.
    """
    row = session.execute(_slips().where(contribution.c.ref == ref).with_for_update()).one_or_none()
    if row is None or row.state == "withdrawn":
        raise PaperRefused(("ref", "unknown"))
    if row.secret is not None and not anew:
        return None
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    values = {"secret": _hidden(house(session).keys, row.id, code), "tries": 0, "locked_until": None}
    session.execute(sa.update(paper).where(paper.c.contribution_id == row.id).values(values))
    audit.write(session, [audit.line(actor, "paper.slip", row.subject, kind="anew" if row.secret is not None else "first")], now)
    return Drawn(ref, code)


def lend(session: Session, now: datetime, ref: str, place: str) -> Drawn:
    """The slip of what came by a lent phone: number and code, as for a sheet of paper, told once. Raises PaperRefused ("unknown")."""
    id_ = session.scalar(sa.select(contribution.c.id).where(contribution.c.ref == ref))
    if id_ is None:
        raise PaperRefused(("ref", "unknown"))
    who = {"collected_by": place, "place": place, "collected_on": now.astimezone(house(session).timezone).date(), "form": new_token()}
    looked = {"entered_by": LENT, "entered_at": now, "checked_by": LENT, "checked_at": now}
    session.execute(sa.insert(paper).values(contribution_id=id_, **who, **looked))
    drawn = draw(session, now, ref, LENT)
    assert drawn is not None  # noqa: S101 - the row was made just now
    return drawn


def _hidden(keys: Keys, id_: int, code: str) -> bytes:
    return keys.find("slip", f"{id_}:{code}")


def _slips() -> "sa.Select[Any]":
    return sa.select(
        contribution.c.id, contribution.c.ref, contribution.c.subject, contribution.c.state, contribution.c.address_id,
        paper.c.secret, paper.c.tries, paper.c.locked_until,
    ).join(paper, paper.c.contribution_id == contribution.c.id)  # fmt: skip


def use(session: Session, now: datetime, asker: str, actor: str, ref: str, code: str, wish: Wish) -> Answer:  # noqa: PLR0917 - what, by whom
    """Follow, erase or contest a sheet with its number and its code; `asker` is whose guesses are counted together.

    A wrong code is a value, not an exception: it must be committed to be counted. An unknown number is told as a wrong code.
    """
    keys, place = house(session).keys, house(session)
    who = keys.find("asker", asker)
    row = session.execute(_slips().where(contribution.c.ref == ref).with_for_update()).one_or_none()
    guesses = sa.select(wrong_code.c.at).where(wrong_code.c.asker == who, wrong_code.c.at > now - _DAY).order_by(wrong_code.c.at)
    earlier = session.scalars(guesses).all()
    most = A_DAY if actor == "citizen" else A_DAY_AT_THE_DESK
    if len(earlier) >= most:
        return CodeLocked(ref, (earlier[-most] + _DAY).astimezone(place.timezone))
    if row is not None and row.locked_until is not None and row.locked_until > now:
        return CodeLocked(ref, row.locked_until.astimezone(place.timezone))
    right = row is not None and row.secret is not None and hmac.compare_digest(bytes(row.secret), _hidden(keys, row.id, code))
    if row is None or not right:
        return _wrong(session, now, who, actor, ref, row)
    session.execute(sa.update(paper).where(paper.c.contribution_id == row.id).values(tries=0, locked_until=None))
    return _granted(session, now, actor, row, wish)


def _wrong(session: Session, now: datetime, who: bytes, actor: str, ref: str, row: Any) -> WrongCode | CodeLocked:  # noqa: ANN401, PLR0917 - a row
    session.execute(sa.insert(wrong_code).values(id=new_id(now), asker=who, at=now))
    if row is None or row.secret is None:
        return WrongCode(ref)
    tries = row.tries + 1
    until = now + LOCKED if tries >= FREE_TRIES else None
    session.execute(sa.update(paper).where(paper.c.contribution_id == row.id).values(tries=tries, locked_until=until))
    audit.write(session, [audit.line(actor, "paper.locked" if until else "paper.wrong", row.subject, count=tries)], now)
    return CodeLocked(ref, until.astimezone(house(session).timezone)) if until else WrongCode(ref)


def _granted(session: Session, now: datetime, actor: str, row: Any, wish: Wish) -> Answer:  # noqa: ANN401 - a row
    if wish == "appeal":
        return appeals.open_of(session, now, row.id)
    if wish == "erase":
        if row.state == "withdrawn":
            return Forgotten(1)
        if row.state == "draft":
            erase_draft(session, now, row, actor)
        else:
            withdrawal.erase(session, [row], now, actor)
        rights.note(session, "erasure", "paper", now, "erased_one", actor)
        return Forgotten(1)
    if actor != "citizen":
        audit.write(session, [audit.line(actor, "paper.followed", row.subject, state=row.state)], now)
    return told(session, row.id)


def told(session: Session, contribution_id: int) -> OfSlip:
    """What became of a sheet, and what was answered to it: all that its author may know."""
    found: Contribution = own.of_contribution(session, contribution_id)
    answered = sa.select(decision).where(
        decision.c.contribution_id == contribution_id, decision.c.kind == "answer", decision.c.state == "applied"
    )
    made = session.execute(answered.order_by(decision.c.id.desc()).limit(1)).one_or_none()
    answer = items.details(session, made).text if made is not None and found.state == "answered" else ""
    return outcomes.OfSlip(found, answer)
