"""One line a move: who did what, when, to which subject; never a text, an address or an identifier of a contact."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import many, notary
from outreach.notary import Verdict
from outreach.references import new_id
from outreach.tables import audit

__all__ = ["DETAIL", "Line", "Page", "Verdict", "View", "line", "person", "search", "verify", "write"]

DETAIL = frozenset(
    {
        "act",
        "after",
        "before",
        "by",
        "campaign",
        "channel",
        "code",
        "contributions",
        "count",
        "date",
        "decision",
        "effective",
        "failed",
        "field",
        "kept",
        "kind",
        "language",
        "messages",
        "missing",
        "network",
        "outcome",
        "part",
        "phase",
        "place",
        "point",
        "published",
        "purpose",
        "purged",
        "reason",
        "removed",
        "role",
        "roles",
        "second_look",
        "sha256",
        "source",
        "state",
        "total",
        "until",
        "version",
        "was",
        "why",
        "withdrawn",
    }
)
"""What a detail may tell; a key that is not here is refused, so that no text slips in by a new name."""

_INSERT = sa.insert(audit)
_LINES = sa.select(audit.c.id, audit.c.at, audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail, audit.c.place)
_ACTOR = re.compile(r"citizen|clock|command|provider|(staff|token):[a-z0-9]{1,30}")
_ACTION = re.compile(r"[a-z_]{1,24}(\.[a-z_]{1,24})?")
_SUBJECT = re.compile(r"(?![0-9]+$)[A-Za-z0-9_-]{0,22}")
_CODE = re.compile(r"(?!.*[0-9]{5})[A-Za-z][A-Za-z0-9_.:-]{0,39}|")  # a word of ours; five digits in a row would be somebody's number
_DIGEST = re.compile(r"[0-9a-f]{64}")  # of a file that the city keeps: nobody guesses it back
_MOST = 10_000_000
_LAST_ID = 1 << 63


class Line(msgspec.Struct, frozen=True):
    """One line, not yet written; `detail` is JSON."""

    actor: str
    action: str
    subject: str
    detail: str


class View(msgspec.Struct, frozen=True):
    """One line as it is shown; `place` is None until the notary came by."""

    id: str
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    place: int | None


class Page(msgspec.Struct, frozen=True):
    """Lines, the newest first; `next` is the cursor of the page after, None on the last."""

    items: tuple[View, ...]
    next: str | None


def line(actor: str, action: str, subject: str, **detail: object) -> Line:
    """One line. `actor`: "staff:<id>", "token:<id>", "citizen", "clock", "command" or "provider"; `action`: "contribution.accepted".

    `subject` is a random token (or `person(...)` for staff). A detail is a code, a count, a date, a truth, or a list of codes;
    the digest of a file as `sha256` alone.
    Raises ValueError, without repeating the value, for anything that could be a text or a person.
    """
    for name, pattern, value in (("actor", _ACTOR, actor), ("action", _ACTION, action), ("subject", _SUBJECT, subject)):
        if not pattern.fullmatch(value):
            raise ValueError(f"an audit line can't hold this {name}")
    for key, told in detail.items():
        if key not in DETAIL or not (_is_digest(told) if key == "sha256" else _tells_nothing(told)):
            raise ValueError(f"an audit line can't hold this detail: {key if key.isidentifier() else '?'}")
    return Line(actor, action, subject, msgspec.json.encode(detail, order="deterministic").decode())


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _tells_nothing(value: object) -> bool:
    match value:
        case bool() | date() | None:
            return True
        case int():
            return 0 <= value < _MOST
        case str():
            return _CODE.fullmatch(value) is not None
        case tuple() | list() | frozenset():
            return all(isinstance(one, str) and _CODE.fullmatch(one) for one in value)
    return False


def person(kind: str, number: int) -> str:
    """The subject of a line about an account or a token of the office: "staff-1f…"."""
    return f"{kind}-{number:x}"


def write(session: Session, lines: Sequence[Line], now: datetime) -> None:
    """Write lines with the change they tell of; the notary gives them their place afterwards."""
    found = [
        {"id": new_id(now), "at": now, "actor": one.actor, "action": one.action, "subject": one.subject, "detail": one.detail}
        for one in lines
    ]
    many.write(session, _INSERT, found)


def search(
    session: Session,
    *,
    actor: str = "",
    action: str = "",
    subject: str = "",
    before: datetime | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page:
    """Lines, the newest first. `action` may be the beginning of one ("contribution."). Raises ValueError for a cursor that isn't ours."""
    if not (actor + action + subject).isprintable():
        return Page((), None)  # PostgreSQL refuses to even look for such letters
    which: list[sa.ColumnElement[bool]] = [audit.c.subject == subject] if subject else []
    if before:
        which.append(audit.c.at < before)
    if cursor:
        which.append(audit.c.id < _read(cursor))
    rows = _newest(session, actor, action, which, limit + 1, alone=bool(subject))
    items = tuple(
        View(str(row.id), row.at, row.actor, row.action, row.subject, msgspec.json.decode(row.detail), row.place) for row in rows[:limit]
    )
    return Page(items, _base36(rows[limit - 1].id) if len(rows) > limit else None)


def _newest(
    session: Session, actor: str, action: str, which: Sequence[sa.ColumnElement[bool]], limit: int, *, alone: bool
) -> Sequence[Any]:
    """The newest lines. One subject has few: they are read; else action by action, each from its own end of an index, then merged."""
    mine = [*which, *([audit.c.actor == actor] if actor else [])]
    if alone or not (actor or action):
        if action:
            mine.append(audit.c.action.startswith(action, autoescape=True))
        return session.execute(_LINES.where(*mine).order_by(audit.c.id.desc()).limit(limit)).all()
    ids: list[int] = []
    for one in _actions(session, actor, action):
        ids += session.scalars(sa.select(audit.c.id).where(*mine, audit.c.action == one).order_by(audit.c.id.desc()).limit(limit))
    return session.execute(_LINES.where(audit.c.id.in_(sorted(ids)[-limit:])).order_by(audit.c.id.desc())).all()


def _actions(session: Session, actor: str, beginning: str) -> Iterator[str]:
    """The actions that lines tell of, of this actor if any, one step through an index for each."""
    those = sa.select(sa.func.min(audit.c.action)).where(*([audit.c.actor == actor] if actor else []))
    found = session.scalar(those.where(audit.c.action >= beginning))
    while found is not None and found.startswith(beginning):
        yield found
        found = session.scalar(those.where(audit.c.action > found))


def _read(cursor: str) -> int:
    number = int(cursor, 36)
    if not 0 < number < _LAST_ID:
        raise ValueError("not a cursor of ours")
    return number


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def verify(session: Session) -> Verdict:
    """Follow the chains of audit lines and of the record; names the first broken link."""
    return notary.verify(session)
