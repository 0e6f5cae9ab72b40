"""Gives audit lines and record leaves their place in a chain, one holder at a time, and finds what was tampered with."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outreach.crypto import KeyTrouble
from outreach.house import house
from outreach.tables import audit, leaf, setting
from outreach.tables.base import micros

SLICE = 1_000  # rows of one unit: nobody who writes waits longer than 50 ms
START = hashlib.sha256(b"aller-vers").digest()
CHAINS = {"audit": audit, "record": leaf}
_SPOKEN = {
    "audit": (audit.c.id, audit.c.at, audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail),
    "record": (leaf.c.id, leaf.c.at, leaf.c.kind, leaf.c.subject, leaf.c.commitment),
}


class ChainTrouble(Exception):
    """The chain's ends are missing or don't open: nothing is chained on top of a doubt. Run `allervers verify-log`."""


class Verdict(msgspec.Struct, frozen=True):
    """What a verification found: `broken_at` is the place of the first broken link of `chain`, and `why` says how."""

    ok: bool
    lines: int
    broken_at: int | None = None
    chain: str = ""
    why: str = ""


class _Ends(msgspec.Struct, frozen=True):
    """Both ends of a chain, sealed in `setting`: a chain alone can't tell that its last link was taken away."""

    floor: int  # the last place that was purged, 0 at first
    floor_hash: bytes
    head: int
    head_hash: bytes
    at: int  # of the last link, microseconds since 1970
    holder: str = ""  # who gave the last places


def canonical(row: Mapping[str, Any]) -> bytes:
    """One form of a row, whatever the database: JSON with sorted keys, no spaces, whole numbers as words (RFC 8785)."""
    return msgspec.json.encode({name: _plain(value) for name, value in row.items()}, order="deterministic")


def _plain(value: object) -> str:
    match value:
        case datetime():
            return str(micros(value.astimezone(UTC)))
        case bytes() | memoryview():
            return bytes(value).hex()
    return str(value)


def link(previous: bytes, row: Mapping[str, Any]) -> bytes:
    """The hash that a row gets after `previous` (32 bytes)."""
    return hashlib.sha256(previous + canonical(row)).digest()


def chain(session: Session, now: datetime, holder: str = "", limit: int = SLICE, names: Collection[str] = CHAINS) -> int:
    """Give up to `limit` waiting rows of each chain (or those of these names) their place; how many got one.

    One holder at a time: the row that keeps the chain's ends is locked; who finds it locked does nothing. `holder` is noted there.
    Raises ChainTrouble when the ends are gone or were changed.
    """
    return sum(_chain(session, now, name, holder, limit) for name in names)


def _chain(session: Session, now: datetime, name: str, holder: str, limit: int) -> int:
    table = CHAINS[name]
    ends = _take(session, name, now)
    if ends is None:
        return 0
    columns = _SPOKEN[name]
    rows = session.execute(sa.select(*columns).where(table.c.place.is_(None)).order_by(table.c.id).limit(limit)).mappings().all()
    if not rows:
        return 0
    place, previous, links = ends.head, ends.head_hash, []
    for row in rows:
        place, previous = place + 1, link(previous, dict(row))
        links.append({"row": row["id"], "its_place": place, "its_link": previous})
    session.connection().execute(
        sa.update(table).where(table.c.id == sa.bindparam("row")).values(place=sa.bindparam("its_place"), chained=sa.bindparam("its_link")),
        links,
    )
    _put(session, name, msgspec.structs.replace(ends, head=place, head_hash=previous, at=micros(now), holder=holder))
    return len(rows)


def links(session: Session, name: str, now: datetime) -> int | None:
    """How many rows of a chain have their place; locked until the commit, so that one holder at a time builds on them. None: another does.

    Raises ChainTrouble when the ends are gone or were changed.
    """
    ends = _take(session, name, now)
    return ends.head if ends else None


def forget_before(session: Session, before: datetime, now: datetime) -> int:
    """Purge the oldest audit lines made before an instant; the chain keeps the place and hash where it was cut."""
    ends = _take(session, "audit", now)
    if ends is None:
        return 0
    kept = session.scalar(sa.select(sa.func.min(audit.c.place)).where(audit.c.at >= before))
    last = min(ends.head, kept - 1 if kept is not None else ends.head)
    if last <= ends.floor:
        return 0
    cut = session.scalar(sa.select(audit.c.chained).where(audit.c.place == last))
    if cut is None:
        raise ChainTrouble(f"the audit line at place {last} is missing")
    gone = session.execute(sa.delete(audit).where(audit.c.place <= last))
    _put(session, "audit", msgspec.structs.replace(ends, floor=last, floor_hash=bytes(cut), at=micros(now)))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def verify(session: Session) -> Verdict:
    """Follow both chains from end to end; lines altered, removed, reordered or inserted break a link."""
    lines = 0
    for name in CHAINS:
        try:
            lines += _follow(session, name)
        except _Broken as broken:
            return Verdict(ok=False, lines=lines, broken_at=broken.place, chain=name, why=broken.why)
    return Verdict(ok=True, lines=lines)


class _Broken(Exception):
    def __init__(self, place: int, why: str) -> None:
        self.place, self.why = place, why


def _follow(session: Session, name: str) -> int:
    """How many links hold; raises _Broken at the first that doesn't."""
    table = CHAINS[name]
    first = session.scalar(sa.select(sa.func.min(table.c.place)))
    try:
        ends = _read(session, name)
    except (KeyTrouble, ValueError, msgspec.DecodeError):
        raise _Broken(first or 0, "the note of the chain's ends was changed") from None
    if ends is None:
        if first is not None:
            raise _Broken(first, "the note of the chain's ends is gone")
        return 0
    if first is not None and first <= ends.floor:
        raise _Broken(first, "inserted before the end of the purged part")
    place, previous = ends.floor, ends.floor_hash
    while rows := _slice_after(session, name, place):
        for row in rows:
            place, previous = _step(row, place, previous, ends.head)
    if (place, previous) != (ends.head, ends.head_hash):
        raise _Broken(place + 1, "removed at the end")
    return place - ends.floor


def _slice_after(session: Session, name: str, place: int) -> list[dict[str, Any]]:
    table = CHAINS[name]
    query = sa.select(*_SPOKEN[name], table.c.place, table.c.chained).where(table.c.place > place).order_by(table.c.place).limit(SLICE)
    return [dict(row) for row in session.execute(query).mappings()]


def _step(row: dict[str, Any], place: int, previous: bytes, head: int) -> tuple[int, bytes]:
    at, chained = row.pop("place"), row.pop("chained")
    if at > head:
        raise _Broken(at, "inserted after the last link")
    if at != place + 1:
        raise _Broken(place + 1, "removed")
    if chained is None or bytes(chained) != link(previous, row):
        raise _Broken(at, "altered, reordered or inserted")
    return at, bytes(chained)


def _name(name: str) -> str:
    return f"chain_{name}"


def _read(session: Session, name: str) -> _Ends | None:
    value = session.scalar(sa.select(setting.c.value).where(setting.c.name == _name(name)))
    if value is None:
        return None
    return msgspec.json.decode(house(session).keys.open("setting", _name(name), b64decode(value)), type=_Ends)


def _take(session: Session, name: str, now: datetime) -> _Ends | None:
    """Lock the chain's ends; None when another holder has them."""
    held = sa.select(setting.c.name).where(setting.c.name == _name(name)).with_for_update(skip_locked=True)
    if session.scalar(held) is None:
        if session.scalar(sa.select(sa.exists().where(setting.c.name == _name(name)))):
            return None
        if session.scalar(sa.select(sa.func.max(CHAINS[name].c.place))) is not None:
            raise ChainTrouble(f"the ends of the {name} chain are gone")
        _begin(session, name, now)
        if session.scalar(held) is None:
            return None
    try:
        return _read(session, name)
    except (KeyTrouble, ValueError, msgspec.DecodeError):
        raise ChainTrouble(f"the ends of the {name} chain don't open") from None


def _begin(session: Session, name: str, now: datetime) -> None:
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    value = _sealed(session, name, _Ends(0, START, 0, START, micros(now)))
    session.execute(insert(setting).values(name=_name(name), value=value).on_conflict_do_nothing())


def _put(session: Session, name: str, ends: _Ends) -> None:
    session.execute(sa.update(setting).where(setting.c.name == _name(name)).values(value=_sealed(session, name, ends)))


def _sealed(session: Session, name: str, ends: _Ends) -> str:
    return b64encode(house(session).keys.seal("setting", _name(name), msgspec.json.encode(ends))).decode()
