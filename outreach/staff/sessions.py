"""Sign in, stay signed in for twelve hours, sign out; tokens of programs."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.references import new_id
from outreach.staff import accounts
from outreach.staff.passwords import StaffTrouble, fingerprint, is_password, new_secret
from outreach.staff.roles import ROLES, may
from outreach.tables import grant, signin, staff, token

SESSION = timedelta(hours=12)
FREE_TRIES = 5
LONGEST_NAME = 80
LOCKED_AT_FIRST, LOCKED_AT_MOST = timedelta(minutes=1), timedelta(hours=1)


class SignedIn(msgspec.Struct, frozen=True):
    """A session: the cookie is told here once, and kept nowhere."""

    cookie: str
    csrf: str
    staff_id: int
    expires_at: datetime


class SignInRefused(msgspec.Struct, frozen=True):
    """No session: `refused` (address or password), `locked` (too many tries, `until` when) or `code` (the second factor is wanted).

    A value, not an exception: the failed try must be committed to be counted.
    """

    why: Literal["refused", "locked", "code"]
    until: datetime | None = None


class Proof(msgspec.Struct, frozen=True):
    """What came of comparing a password, beside the writer; worth something for that very hash alone."""

    right: bool
    of: bytes


class Person(msgspec.Struct, frozen=True):
    """Who is signed in."""

    id: int
    email: str
    roles: frozenset[str]
    csrf: str
    expires_at: datetime
    organisation: str = ""  # an association: what it enters is collected in this name

    @property
    def actor(self) -> str:
        """What audit lines call them."""
        return f"staff:{self.id}"

    def may(self, right: str) -> bool:
        """Whether they have that right."""
        return may(self.roles, right)


class Holder(msgspec.Struct, frozen=True):
    """A program, known by its token. Two tokens are two people."""

    id: int
    name: str
    role: str

    @property
    def actor(self) -> str:
        """What audit lines call it."""
        return f"token:{self.id}"

    def may(self, right: str) -> bool:
        """Whether it has that right."""
        return may((self.role,), right)


class TokenView(msgspec.Struct, frozen=True):
    """A token as it is listed, without its secret."""

    id: int
    name: str
    role: str
    created_at: datetime
    revoked_at: datetime | None


def prove(session: Session, email: str, password: str) -> Proof:
    """Compare a password (about 25 ms of computing): call it in a reader, then `sign_in` with the proof in the writer."""
    hashed = session.scalar(sa.select(staff.c.password).where(staff.c.email == accounts.normal(email), staff.c.disabled_at.is_(None))) or ""
    return Proof(is_password(hashed, password), _of(hashed))


def _of(hashed: str) -> bytes:
    return hashlib.sha256(hashed.encode()).digest()


def sign_in(session: Session, now: datetime, email: str, password: str | Proof, code: str = "") -> SignedIn | SignInRefused:
    """Open a session. After five failed tries the account is locked, for longer each time, whoever tries."""
    query = sa.select(staff).where(staff.c.email == accounts.normal(email), staff.c.disabled_at.is_(None))
    row = session.execute(query.with_for_update()).one_or_none()
    if row is not None and row.locked_until is not None and row.locked_until > now:
        return SignInRefused("locked", row.locked_until)
    proof = (
        password
        if isinstance(password, Proof)
        else Proof(is_password(row.password if row else "", password), _of(row.password if row else ""))
    )
    if row is None:
        return SignInRefused("refused")
    if not (proof.right and row.password and hmac.compare_digest(proof.of, _of(row.password))):
        return _failed(session, now, row, "refused")
    if row.totp is not None:
        factor = accounts.open_factor(session, row.id, row.totp)
        step = accounts.code_step(factor.secret, code, now)
        if step is None or step <= factor.used:
            # asking for the code is no failure; guessing one is
            return _failed(session, now, row, "code") if code.strip() else SignInRefused("code")
        accounts.keep_factor(session, row.id, msgspec.structs.replace(factor, used=step))
    session.execute(sa.update(staff).where(staff.c.id == row.id).values(failures=0, locked_until=None))
    made = SignedIn(new_secret(), new_secret(), row.id, now + SESSION)
    values = {
        "fingerprint": fingerprint(made.cookie),
        "staff_id": row.id,
        "csrf": made.csrf,
        "created_at": now,
        "expires_at": made.expires_at,
    }
    session.execute(sa.insert(signin).values(values))
    audit.write(session, [audit.line(f"staff:{row.id}", "staff.signed_in", audit.person("staff", row.id))], now)
    return made


def _failed(session: Session, now: datetime, row: "sa.Row[Any]", why: Literal["refused", "code"]) -> SignInRefused:
    failures = row.failures + 1
    until = None
    if failures >= FREE_TRIES:
        until = now + min(LOCKED_AT_FIRST * 2 ** min(failures - FREE_TRIES, 10), LOCKED_AT_MOST)
    session.execute(sa.update(staff).where(staff.c.id == row.id).values(failures=failures, locked_until=until))
    action = "staff.locked" if until else "staff.refused"
    audit.write(session, [audit.line("command", action, audit.person("staff", row.id), why=why, count=failures)], now)
    return SignInRefused("locked", until) if until else SignInRefused(why)


def who(session: Session, now: datetime, cookie: str) -> Person | None:
    """Who has this cookie; None when the session ended, or the account was closed."""
    query = (
        sa.select(staff.c.id, staff.c.email, staff.c.organisation, signin.c.csrf, signin.c.expires_at, grant.c.role)
        .join_from(signin, staff, signin.c.staff_id == staff.c.id)
        .outerjoin(grant, grant.c.staff_id == staff.c.id)
        .where(signin.c.fingerprint == fingerprint(cookie), signin.c.expires_at > now, staff.c.disabled_at.is_(None))
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    first = rows[0]
    return Person(first.id, first.email, frozenset(row.role for row in rows if row.role), first.csrf, first.expires_at, first.organisation)


def sign_out(session: Session, now: datetime, cookie: str) -> None:
    """End a session; one that ended already stays ended."""
    staff_id = session.scalar(sa.select(signin.c.staff_id).where(signin.c.fingerprint == fingerprint(cookie)))
    if staff_id is not None:
        session.execute(sa.delete(signin).where(signin.c.fingerprint == fingerprint(cookie)))
        audit.write(session, [audit.line(f"staff:{staff_id}", "staff.signed_out", audit.person("staff", staff_id))], now)


def make_token(session: Session, now: datetime, name: str, role: str, actor: str = "command") -> str:
    """A token for a program: told here once, kept as SHA-256. Raises StaffTrouble for a name that is taken or a role that is none."""
    name = name.strip()
    if role not in ROLES:
        raise StaffTrouble("role", f"unknown role {role}: one of {', '.join(ROLES)}")
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise StaffTrouble("name", "write a name of at most 80 letters")
    if session.scalar(sa.select(sa.exists().where(token.c.name == name))):
        raise StaffTrouble("name", f"a token named {name} exists already: choose another name")
    secret, token_id = f"av_{new_secret()}", new_id(now)
    session.execute(sa.insert(token).values(id=token_id, name=name, role=role, fingerprint=fingerprint(secret), created_at=now))
    audit.write(session, [audit.line(actor, "token.made", audit.person("token", token_id), role=role)], now)
    return secret


def token_holder(session: Session, secret: str) -> Holder | None:
    """Whose token this is; None when it was revoked or never was."""
    query = sa.select(token.c.id, token.c.name, token.c.role).where(
        token.c.fingerprint == fingerprint(secret), token.c.revoked_at.is_(None)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Holder(row.id, row.name, row.role)


def revoke_token(session: Session, now: datetime, token_id: int, actor: str) -> None:
    """A token that opens nothing any more; its name stays in the list."""
    done = session.execute(sa.update(token).where(token.c.id == token_id, token.c.revoked_at.is_(None)).values(revoked_at=now))
    if done.rowcount:  # type: ignore[attr-defined]
        audit.write(session, [audit.line(actor, "token.revoked", audit.person("token", token_id))], now)


def tokens(session: Session) -> tuple[TokenView, ...]:
    """Every token, by name."""
    return tuple(
        TokenView(row.id, row.name, row.role, row.created_at, row.revoked_at)
        for row in session.execute(sa.select(token).order_by(token.c.name))
    )
