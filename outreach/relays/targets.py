"""Which platforms hold copies: put by an administrator, their secrets sealed; what they were last known to do."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, many
from outreach.house import house
from outreach.references import new_id
from outreach.relays.following import blank
from outreach.relays.words import KINDS
from outreach.tables import contribution, entry, process, relay, target

_NAME = re.compile(r"(?!.*[0-9]{5})[a-z](-?[a-z0-9])*")
_LONGEST_NAME, _LONGEST_URL = 31, 300
_SLICE = 1000  # rows of one unit of the writer
_INSERT = sa.insert(relay)


class TargetTrouble(Exception):
    """A platform that can't be put in so, or is not there; one sentence that shows no secret."""


class View(msgspec.Struct, frozen=True):
    """A platform as the desk shows it. `who`: whom it takes us for; `trouble`: why nothing is written there, "" when all is well."""

    id: int
    name: str
    kind: str
    process: str
    url: str
    state: str
    who: str
    trouble: str
    mirror: str
    seen_at: datetime | None


class Opened(msgspec.Struct, frozen=True):
    """A platform with its options, secrets among them. Its `repr` tells nothing."""

    id: int
    name: str
    kind: str
    process: str  # "" for all
    url: str
    options: dict[str, str]

    def __repr__(self) -> str:
        """Show no secret."""
        return f"<target {self.name}>"


def add(session: Session, now: datetime, name: str, kind: str, *, url: str, options: Mapping[str, str], slug: str = "", actor: str) -> int:
    """Put a platform in; what its process has published already is asked for too. Gives its number. Raises TargetTrouble."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise TargetTrouble(f"a name of at most {_LONGEST_NAME} letters a to z, digits and single dashes, as in dialogue-citoyen")
    if kind not in KINDS:
        raise TargetTrouble(f"a kind of {', '.join(KINDS)}")
    if not kind.startswith("file-"):
        _check_url(url)
    if session.scalar(sa.select(target.c.id).where(target.c.name == name)) is not None:
        raise TargetTrouble(f"there is a platform {name} already")
    process_id = session.scalar(sa.select(process.c.id).where(process.c.slug == slug)) if slug else None
    if slug and process_id is None:
        raise TargetTrouble(f"there is no process {slug}")
    id_ = new_id(now)
    sealed = house(session).keys.seal("target", id_, msgspec.json.encode(dict(options)))
    values = {"id": id_, "name": name, "kind": kind, "process_id": process_id, "url": url, "sealed": sealed, "state": "active"}
    session.execute(sa.insert(target).values(values | {"who": "", "trouble": "", "mirror": "", "created_at": now}))
    audit.write(session, [audit.line(actor, "target.added", "", channel=name, kind=kind)], now)
    catch_up(session, id_, now)
    return id_


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(url) > _LONGEST_URL:
        raise TargetTrouble("an address such as https://participer.ville.example")
    if parts.username or parts.password:
        raise TargetTrouble("no name and no password in the address: they are options, and are sealed")


def catch_up(session: Session, target_id: int, now: datetime) -> int:
    """Ask for a copy of what stands in the record and was never asked for there, a slice at a time; how many.

    What was published while a platform was being put in is found here too.
    """
    process_id = session.scalar(sa.select(target.c.process_id).where(target.c.id == target_id))
    asked = sa.exists().where(relay.c.target_id == target_id, relay.c.ref == entry.c.ref)
    query = sa.select(entry.c.ref, contribution.c.subject).join(contribution, contribution.c.ref == entry.c.ref)
    query = query.where(entry.c.withdrawn_at.is_(None), ~asked).order_by(entry.c.published_at, entry.c.ref).limit(_SLICE)
    if process_id is not None:
        query = query.where(entry.c.process_id == process_id)
    found = session.execute(query).all()
    many.write(session, _INSERT, [blank(target_id, row.ref, row.subject, now) for row in found])
    return len(found)


def known(session: Session) -> list[View]:
    """Every platform, by name."""
    shown = [name for name in View.__struct_fields__ if name != "process"]
    return [View(process=row.slug or "", **{name: getattr(row, name) for name in shown}) for row in _rows(session)]


def opened(session: Session, name: str = "") -> list[Opened]:
    """Platforms that may be written to (or that one, whatever its state), with their secrets."""
    keys = house(session).keys
    rows = [row for row in _rows(session) if row.name == name or (not name and row.state == "active")]
    return [Opened(row.id, row.name, row.kind, row.slug or "", row.url, _options(keys.open("target", row.id, row.sealed))) for row in rows]


def _options(text: bytes) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str])


def _rows(session: Session) -> Sequence[Any]:
    query = sa.select(target, process.c.slug).outerjoin(process, process.c.id == target.c.process_id)
    return session.execute(query.order_by(target.c.name)).all()


def change(session: Session, now: datetime, name: str, state: str, actor: str) -> None:
    """Pause a platform or take it up again; what waits for it waits. Raises TargetTrouble."""
    row = _found(session, name)
    if row.state != state:
        session.execute(sa.update(target).where(target.c.id == row.id).values(state=state, trouble=""))
        audit.write(session, [audit.line(actor, "target.changed", "", channel=name, before=row.state, after=state)], now)


def remove(session: Session, now: datetime, name: str, actor: str) -> None:
    """Forget a platform on which nothing of ours stands. Raises TargetTrouble while something does, or may."""
    row = _found(session, name)
    stands = sa.or_(relay.c.external != "", relay.c.doubt, sa.and_(relay.c.state == "confirmed", relay.c.wants == "publish"))
    if session.scalar(sa.select(sa.func.count()).select_from(relay).where(relay.c.target_id == row.id, stands)):
        raise TargetTrouble(f"texts stand on {name}: pause it, so that withdrawals can still be asked of it")
    session.execute(sa.delete(target).where(target.c.id == row.id))
    audit.write(session, [audit.line(actor, "target.removed", "", channel=name)], now)


def _found(session: Session, name: str) -> Any:  # noqa: ANN401 - a row of the table
    row = session.execute(sa.select(target).where(target.c.name == name).with_for_update()).one_or_none()
    if row is None:
        raise TargetTrouble(f"there is no platform {name}")
    return row


def proven(session: Session, id_: int, who: str, now: datetime) -> None:
    """The platform told whom it takes us for."""
    session.execute(sa.update(target).where(target.c.id == id_).values(who=who[:120], trouble="", seen_at=now))


def mirrored(session: Session, id_: int, why: str) -> None:
    """What of its processes and meetings could not become ours; "" when all did."""
    session.execute(sa.update(target).where(target.c.id == id_).values(mirror=why[:200]))


def troubled(session: Session, id_: int, why: str) -> None:
    """Why nothing is written there for now."""
    session.execute(sa.update(target).where(target.c.id == id_).values(trouble=why[:200]))
