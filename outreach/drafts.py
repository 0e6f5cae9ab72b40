"""A project's draft read and commented by somebody without an account: a link for one reader, that ends, and can be taken back."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, processes
from outreach.house import house
from outreach.processes import ProcessView
from outreach.references import new_id, read_id
from outreach.staff import fingerprint, new_secret
from outreach.tables import draft_link, process, remark

LIVES = timedelta(days=14)
LONGEST_LABEL, LONGEST = 80, 3000
MOST = 50
"""Remarks by one link: a reader writes a handful."""


class Link(msgspec.Struct, frozen=True):
    """A link that was given to somebody; `open_`: it still leads somewhere."""

    id: str
    label: str
    made_at: datetime
    until: datetime
    revoked_at: datetime | None


class Remark(msgspec.Struct, frozen=True):
    """What a reader wrote, about which version of the document."""

    label: str
    version: int
    text: str
    at: datetime


class Draft(msgspec.Struct, frozen=True):
    """What a reader sees: the project, whom the link is for, and what they wrote so far."""

    view: ProcessView
    label: str
    until: datetime
    remarks: tuple[Remark, ...]


class DraftRefused(ValueError):
    """A link or a remark that can't be; `code` is "label", "text" or "full"."""

    def __init__(self, code: str) -> None:
        """Keep the code."""
        self.code = code
        super().__init__(code)


class NoLink(Exception):
    """The link never was, has ended or was taken back."""


def invite(session: Session, now: datetime, slug: str, label: str, actor: str) -> str:
    """A link for one reader (`label`: who), for two weeks; its token is told here once. Raises DraftRefused, NoLink for no such process."""
    label = " ".join(label.split())
    if not 0 < len(label) <= LONGEST_LABEL or not label.isprintable():
        raise DraftRefused("label")
    view = processes.get(session, slug)
    if view is None:
        raise NoLink("there is no such process")
    token = new_secret()
    values = {
        "id": new_id(now),
        "process_id": view.id,
        "fingerprint": fingerprint(token),
        "label": label,
        "made_by": actor,
        "made_at": now,
        "until": now + LIVES,
    }
    session.execute(sa.insert(draft_link).values(values))
    audit.write(session, [audit.line(actor, "draft.shared", view.subject, version=view.version)], now)
    return token


def revoke(session: Session, now: datetime, slug: str, link_id: str, actor: str) -> None:
    """Take a link back: it leads nowhere from now on; what was written by it stays. One of another process is left alone."""
    view = processes.get(session, slug)
    if view is None:
        return
    mine = (draft_link.c.id == read_id(link_id), draft_link.c.process_id == view.id, draft_link.c.revoked_at.is_(None))
    if session.connection().execute(sa.update(draft_link).where(*mine).values(revoked_at=now)).rowcount:
        audit.write(session, [audit.line(actor, "draft.revoked", view.subject)], now)


def links(session: Session, slug: str) -> tuple[Link, ...]:
    """The links of a process, the newest first."""
    query = sa.select(draft_link).join(process).where(process.c.slug == slug).order_by(draft_link.c.id.desc())
    return tuple(Link(str(row.id), row.label, row.made_at, row.until, row.revoked_at) for row in session.execute(query))


def remarks(session: Session, slug: str) -> tuple[Remark, ...]:
    """What readers wrote about a process, the latest first."""
    query = sa.select(remark, draft_link.c.label).select_from(remark).join(draft_link).join(process).where(process.c.slug == slug)
    return _shown(session, query.order_by(remark.c.id.desc()))


def read(session: Session, now: datetime, token: str) -> Draft:
    """The draft that a link leads to. Raises NoLink."""
    row = session.execute(_alive(now, token)).one_or_none()
    view = processes.by_id(session, row.process_id) if row else None
    if row is None or view is None:
        raise NoLink("this link has ended")
    mine = sa.select(remark, draft_link.c.label).select_from(remark).join(draft_link).where(draft_link.c.id == row.id)
    return Draft(view, row.label, row.until, _shown(session, mine.order_by(remark.c.id)))


def write(session: Session, now: datetime, token: str, text: str) -> None:
    """Keep a remark, sealed. Raises NoLink, DraftRefused."""
    text = text.strip()
    row = session.execute(_alive(now, token).with_for_update(of=draft_link)).one_or_none()
    if row is None:
        raise NoLink("this link has ended")
    if not 0 < len(text) <= LONGEST:
        raise DraftRefused("text")
    if (session.scalar(sa.select(sa.func.count()).select_from(remark).where(remark.c.link_id == row.id)) or 0) >= MOST:
        raise DraftRefused("full")
    id_ = new_id(now)
    sealed = house(session).keys.seal("remark", id_, text.encode())
    session.execute(sa.insert(remark).values(id=id_, link_id=row.id, version=row.version, sealed=sealed, at=now))
    audit.write(session, [audit.line("citizen", "draft.remarked", row.subject, version=row.version)], now)


def _alive(now: datetime, token: str) -> "sa.Select[tuple[int, str, datetime, int, int, str]]":
    columns = (draft_link.c.id, draft_link.c.label, draft_link.c.until, draft_link.c.process_id, process.c.version, process.c.subject)
    which = (draft_link.c.fingerprint == fingerprint(token), draft_link.c.until > now, draft_link.c.revoked_at.is_(None))
    return sa.select(*columns).join_from(draft_link, process).where(*which)


def _shown(session: Session, query: "sa.Select[tuple[object, ...]]") -> tuple[Remark, ...]:
    keys = house(session).keys
    return tuple(Remark(row.label, row.version, keys.open("remark", row.id, row.sealed).decode(), row.at) for row in session.execute(query))
