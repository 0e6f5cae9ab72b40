"""The second look: somebody who did not type a sheet compares it with the paper; only then it stands in the moderators' queue."""

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, contributions, processes, signups
from outreach.house import house
from outreach.paper import sheets
from outreach.paper.sheets import Alike, PaperRefused, Sheet
from outreach.staff import Within
from outreach.tables import contribution, paper

CAP = 1000


class Waiting(msgspec.Struct, frozen=True):
    """What waits for a second look by this account: how many (at most CAP), the first of them, and what says nearly the same."""

    count: int
    sheet: Sheet | None = None
    alike: tuple[Alike, ...] = ()


def how_many(session: Session, actor: str, within: Within = None) -> int:
    """How many sheets wait for a second look by this account, at most CAP."""
    ids = sa.select(contribution.c.id).join(paper).where(*_open_to(actor, within)).limit(CAP)
    return session.scalar(sa.select(sa.func.count()).select_from(ids.subquery())) or 0


def _open_to(actor: str, within: Within) -> tuple[sa.ColumnElement[bool], ...]:
    here = processes.inside(contribution.c.process_id, within)
    return (contribution.c.state == "draft", paper.c.checked_at.is_(None), paper.c.entered_by != actor, *here)


def waiting(session: Session, actor: str, after: str = "", within: Within = None) -> Waiting:
    """The oldest sheet that somebody else typed and nobody looked at; `after`: the one behind this reference, to leave it for later."""
    count = how_many(session, actor, within)
    behind = sa.select(contribution.c.id).where(contribution.c.ref == after).scalar_subquery()
    query = sheets.every().where(*_open_to(actor, within)).order_by(contribution.c.received_at, contribution.c.id).limit(1)
    row = session.execute(query.where(contribution.c.id > behind)).one_or_none() if after else None
    row = row or session.execute(query).one_or_none()
    if row is None:
        return Waiting(count)
    (sheet,) = sheets.shown(session, [row])
    sheet = msgspec.structs.replace(sheet, phone=_phone(session, row))
    return Waiting(count, sheet, sheets.alike(session, row.process_id, sheet.text, but=row.id))


def _phone(session: Session, row: Any) -> str:  # noqa: ANN401 - a row with id and phone
    return house(session).keys.open("paper", row.id, row.phone).decode() if row.phone else ""


class Left(msgspec.Struct, frozen=True):
    """The number that stands on the paper (E.164), and the channel that asks its owner."""

    number: str
    channel: str


def check(  # noqa: PLR0917 - what stands on the paper
    session: Session, now: datetime, ref: str, actor: str, text: str, left: Left | None = None
) -> None:
    """It stands on the paper as it stands here, with `text` in the place of what was mistyped: into the queue.

    The owner of the number that was `left` is asked whether news shall come there; until a yes nothing ties it to the sheet.
    Raises PaperRefused: for who typed it ("four_eyes"), and when another was quicker ("done").
    """
    row = _open(session, ref, actor)
    text = sheets.clean(text)
    if not text or len(text) > sheets.LONGEST_TEXT:
        raise PaperRefused(("text", "too_long" if text else "missing"))
    mended = text != sheets.text_of(session, row)
    sealed = house(session).keys.seal("contribution", row.id, text.encode())
    after = "received" if row.publish else "read_only"
    contributions.move(session, [row], after, now, actor, sealed=sealed, read_by=sheets.read_by(session, now))
    session.execute(sa.update(paper).where(paper.c.contribution_id == row.id).values(checked_by=actor, checked_at=now, phone=None))
    if left:
        signups.ask_of_paper(session, now, signups.Sheet(row.id, ref, left.number, left.channel, row.language))
    audit.write(session, [audit.line(actor, "paper.checked", row.subject, kind="mended" if mended else "same")], now)


def discard(session: Session, now: datetime, ref: str, actor: str) -> None:
    """Typed twice, or no sheet at all: gone, as every draft that is erased. Raises PaperRefused as `check` does."""
    erase_draft(session, now, _open(session, ref, actor), actor)


def erase_draft(session: Session, now: datetime, row: Any, actor: str) -> None:  # noqa: ANN401 - a row with id and subject
    """A sheet that nobody looked at twice leaves no trace but its audit line."""
    session.execute(sa.delete(contribution).where(contribution.c.id == row.id))
    audit.write(session, [audit.line(actor, "paper.discarded", row.subject)], now)


def _open(session: Session, ref: str, actor: str) -> Any:  # noqa: ANN401 - a row
    row = session.execute(sheets.every().where(contribution.c.ref == ref).with_for_update()).one_or_none()
    if row is None or row.state != "draft":
        raise PaperRefused(("ref", "done"))
    if row.entered_by == actor:
        raise PaperRefused(("ref", "four_eyes"))
    return row


def follow(session: Session, now: datetime, address_id: int) -> str:
    """The owner of the number said yes: the sheets it was left on are this address's. The first one's reference, "" for none."""
    ids = signups.agreed_sheets(session, address_id, now)
    free = (contribution.c.id.in_(ids), contribution.c.address_id.is_(None), contribution.c.state != "withdrawn")
    rows = session.execute(
        sa.select(contribution.c.id, contribution.c.ref, contribution.c.subject).where(*free).order_by(contribution.c.id).with_for_update()
    ).all()
    session.execute(sa.update(contribution).where(contribution.c.id.in_([row.id for row in rows])).values(address_id=address_id))
    audit.write(session, [audit.line("citizen", "paper.tied", row.subject) for row in rows], now)
    return rows[0].ref if rows else ""
