"""Tokens: programs that do the same work as people. Two tokens are two people."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.references import new_id
from outreach.staff import grants
from outreach.staff.grants import Grant, Within
from outreach.staff.passwords import StaffTrouble, fingerprint, new_secret
from outreach.staff.roles import ROLES
from outreach.tables import token

LONGEST_NAME = 80


class Holder(msgspec.Struct, frozen=True):
    """A program, known by its token. Two tokens are two people."""

    id: int
    name: str
    role: str
    processes: tuple[str, ...] = ()  # none: the whole city

    @property
    def actor(self) -> str:
        """What audit lines call it."""
        return f"token:{self.id}"

    def may(self, right: str, slug: str = "") -> bool:
        """Whether it has that right, for the process of that slug or, without one, anywhere."""
        return grants.may((Grant(self.role, self.processes),), right, slug)

    def within(self, right: str) -> Within:
        """For which processes it has that right; None is the whole city."""
        return grants.within((Grant(self.role, self.processes),), right)


class TokenView(msgspec.Struct, frozen=True):
    """A token as it is listed, without its secret."""

    id: int
    name: str
    role: str
    processes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


def make_token(session: Session, now: datetime, name: str, role: str, actor: str = "command", *, processes: Iterable[str] = ()) -> str:
    """A token for a program: told here once, kept as SHA-256. Raises StaffTrouble for a name that is taken or a role that is none."""
    name = name.strip()
    if role not in ROLES:
        raise StaffTrouble("role", f"unknown role {role}: one of {', '.join(ROLES)}")
    (given,) = grants.check(session, (Grant(role, tuple(processes)),))
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise StaffTrouble("name", "write a name of at most 80 letters")
    if session.scalar(sa.select(sa.exists().where(token.c.name == name))):
        raise StaffTrouble("name", f"a token named {name} exists already: choose another name")
    secret, token_id = f"av_{new_secret()}", new_id(now)
    session.execute(
        sa.insert(token).values(
            id=token_id, name=name, role=role, scope=grants.pack(given.processes), fingerprint=fingerprint(secret), created_at=now
        )
    )
    audit.write(session, [audit.line(actor, "token.made", audit.person("token", token_id), role=role)], now)
    return secret


def token_holder(session: Session, secret: str) -> Holder | None:
    """Whose token this is; None when it was revoked or never was."""
    query = sa.select(token.c.id, token.c.name, token.c.role, token.c.scope).where(
        token.c.fingerprint == fingerprint(secret), token.c.revoked_at.is_(None)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Holder(row.id, row.name, row.role, tuple(row.scope.split()))


def revoke_token(session: Session, now: datetime, token_id: int, actor: str) -> None:
    """A token that opens nothing any more; its name stays in the list."""
    done = session.execute(sa.update(token).where(token.c.id == token_id, token.c.revoked_at.is_(None)).values(revoked_at=now))
    if done.rowcount:  # type: ignore[attr-defined]
        audit.write(session, [audit.line(actor, "token.revoked", audit.person("token", token_id))], now)


def tokens(session: Session) -> tuple[TokenView, ...]:
    """Every token, by name."""
    return tuple(
        TokenView(row.id, row.name, row.role, tuple(row.scope.split()), row.created_at, row.revoked_at)
        for row in session.execute(sa.select(token).order_by(token.c.name))
    )
