"""A dossier for justice: asked for by two people, then sealed; only they fetch it, and each time is written down (MOD-36)."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.reasons import REASONS
from outreach import audit, processes
from outreach.contributions.own import reasons_of
from outreach.dossiers import archive, evidence
from outreach.house import house
from outreach.staff import Within
from outreach.tables import contribution, dossier

__all__ = ["CALLING", "Dossier", "NoDossier", "ask", "calls", "fetch", "of", "waiting"]

CALLING = frozenset(code for code, reason in REASONS.items() if "seal" in reason.besides)
"""Refused for such a reason, a text may be a crime or an offence."""
KEPT = timedelta(days=dossier.info["retention"]["days"])
_MOST = 20


class Dossier(msgspec.Struct, frozen=True):
    """How far it is: `asked_by` "" while nobody asked, `made_by` "" while the second person is missing.

    `reason`: "" once it is published after all. `erased`: no text is left.
    """

    ref: str
    reason: str
    erased: bool
    asked_by: str = ""
    asked_at: datetime | None = None
    made_by: str = ""
    made_at: datetime | None = None
    digest: str = ""
    kept_until: datetime | None = None


class NoDossier(Exception):
    """Nothing calls for one, its text is gone, or it is for other people."""


def calls(session: Session, ref: str) -> bool:
    """Whether a text was refused for a reason that justice may have to know of."""
    row = evidence.one(session, ref)
    return row is not None and _reason(session, row) is not None


def of(session: Session, ref: str) -> Dossier | None:
    """How far the dossier of this text is; None where nothing calls for one."""
    row = evidence.one(session, ref)
    reason = _reason(session, row) if row is not None else None
    made = _made(session, row.id) if row is not None else None
    if row is None or (reason is None and made is None):
        return None
    erased = row.sealed is None
    if made is None:
        return Dossier(ref, reason or "", erased)
    until = made.asked_at + KEPT
    return Dossier(ref, reason or "", erased, made.asked_by, made.asked_at, made.made_by or "", made.made_at, made.digest, until)


def ask(session: Session, now: datetime, ref: str, actor: str) -> bool:
    """Ask for it; with the second person it is made and sealed. True once it is.

    Asked again by the same person, or once it is made, nothing changes. Raises NoDossier.
    """
    row = evidence.one(session, ref, lock=True)
    if row is None or row.sealed is None or _reason(session, row) is None:
        raise NoDossier("nothing calls for a dossier, or its text is gone")
    asked = _made(session, row.id)
    if asked is None:
        values = {"contribution_id": row.id, "asked_by": actor, "asked_at": now, "digest": ""}
        session.execute(sa.insert(dossier).values(**values))
        audit.write(session, [audit.line(actor, "dossier.asked", row.subject)], now)
        return False
    if asked.made_by or asked.asked_by == actor:
        return bool(asked.made_by)
    _make(session, row, actor, now)
    return True


def _make(session: Session, row: Any, actor: str, now: datetime) -> None:  # noqa: ANN401 - a row of the table
    place = house(session)
    catalogue = place.catalogues.get("fr") or place.catalogues[place.languages[0]]
    packed = archive.pack(evidence.gather(session, row), place.city.name, catalogue, now.astimezone(place.timezone))
    digest = hashlib.sha256(packed).hexdigest()
    sealed = place.keys.seal("dossier", row.id, packed)
    values = {"made_by": actor, "made_at": now, "sealed": sealed, "digest": digest}
    session.execute(sa.update(dossier).where(dossier.c.contribution_id == row.id).values(**values))
    audit.write(session, [audit.line(actor, "dossier.made", row.subject, sha256=digest)], now)


def fetch(session: Session, now: datetime, ref: str, actor: str) -> bytes:
    """The archive, for one of the two who asked for it; written down each time. Raises NoDossier."""
    row = evidence.one(session, ref)
    made = _made(session, row.id) if row is not None else None
    if row is None or made is None or made.sealed is None or actor not in {made.asked_by, made.made_by}:
        raise NoDossier("there is none, or it is for other people")
    audit.write(session, [audit.line(actor, "dossier.fetched", row.subject, sha256=made.digest)], now)
    return house(session).keys.open("dossier", row.id, made.sealed)


def waiting(session: Session, actor: str, within: Within = None) -> tuple[str, ...]:
    """The references of those that a colleague asked for and that wait for a second person."""
    mine = (dossier.c.made_by.is_(None), dossier.c.asked_by != actor, contribution.c.sealed.is_not(None))
    query = sa.select(contribution.c.ref).join(dossier, dossier.c.contribution_id == contribution.c.id).where(*mine)
    here = processes.inside(contribution.c.process_id, within)
    return tuple(session.scalars(query.where(*here).order_by(dossier.c.asked_at).limit(_MOST)))


def _reason(session: Session, row: Any) -> str | None:  # noqa: ANN401 - a row of the table
    found = reasons_of(session, [row.id]).get(row.id)
    return found.reason if found is not None and found.kind == "refuse" and found.reason in CALLING else None


def _made(session: Session, contribution_id: int) -> Any:  # noqa: ANN401 - a row of the table
    return session.execute(sa.select(dossier).where(dossier.c.contribution_id == contribution_id)).one_or_none()
