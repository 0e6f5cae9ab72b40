"""Sign in, stay signed in for twelve hours, sign out, end a session that was forgotten elsewhere."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.staff import accounts, factors, grants, shortcuts
from outreach.staff.grants import Grant, Within
from outreach.staff.passwords import fingerprint, is_password, new_secret
from outreach.staff.shortcuts import Shortcuts
from outreach.tables import grant, signin, staff

SESSION = timedelta(hours=12)
WARNED = timedelta(minutes=15)
"""So long before its end every page says that the session ends."""
FREE_TRIES = 5
LOCKED_AT_FIRST, LOCKED_AT_MOST = timedelta(minutes=1), timedelta(hours=1)


class SignedIn(msgspec.Struct, frozen=True):
    """A session: the cookie is told here once, and kept nowhere."""

    cookie: str
    csrf: str
    staff_id: int
    expires_at: datetime


class SignInRefused(msgspec.Struct, frozen=True):
    """No session, and why.

    `refused`: address or password; `locked`: too many tries, `until` when; `code`: the second factor is wanted; `unknown`: proven
    elsewhere, and without an account here. A value, not an exception: the failed try must be committed to be counted.
    """

    why: Literal["refused", "locked", "code", "unknown"]
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
    grants: tuple[Grant, ...] = ()
    name: str = ""
    reads: tuple[str, ...] = ()  # languages that an interpreter translates
    shortcuts: Shortcuts = Shortcuts()  # the keys of the reading desk

    @property
    def actor(self) -> str:
        """What audit lines call them."""
        return f"staff:{self.id}"

    @property
    def warned_at(self) -> datetime:
        """From when on pages say that the session ends."""
        return self.expires_at - WARNED

    def may(self, right: str, slug: str = "") -> bool:
        """Whether they have that right, for the process of that slug or, without one, anywhere."""
        return grants.may(self.grants, right, slug)

    def within(self, right: str) -> Within:
        """For which processes they have that right; None is the whole city."""
        return grants.within(self.grants, right)


class Open(msgspec.Struct, frozen=True):
    """A session that is open: its `id` names it in a form and opens nothing."""

    id: str
    created_at: datetime
    expires_at: datetime


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
        factor = factors.open_factor(session, row.id, row.totp)
        step = factors.code_step(factor.secret, code, now)
        if step is not None and step > factor.used:
            factors.keep(session, row.id, msgspec.structs.replace(factor, used=step))
        elif not factors.use_code(session, now, row.id, code):
            # asking for the code is no failure; guessing one is
            return _failed(session, now, row, "code") if code.strip() else SignInRefused("code")
    session.execute(sa.update(staff).where(staff.c.id == row.id).values(failures=0, locked_until=None))
    return _opened(session, now, row.id, "password")


def sign_in_elsewhere(session: Session, now: datetime, email: str) -> SignedIn | SignInRefused:
    """Open a session for whom the city's identity provider has proven, by a verified e-mail address; it makes no account."""
    known = (staff.c.email == accounts.normal(email), staff.c.disabled_at.is_(None))
    staff_id = session.scalar(sa.select(staff.c.id).where(*known))
    return SignInRefused("unknown") if staff_id is None else _opened(session, now, staff_id, "provider")


def _opened(session: Session, now: datetime, staff_id: int, by: str) -> SignedIn:
    made = SignedIn(new_secret(), new_secret(), staff_id, now + SESSION)
    values = {
        "fingerprint": fingerprint(made.cookie),
        "staff_id": staff_id,
        "csrf": made.csrf,
        "created_at": now,
        "expires_at": made.expires_at,
    }
    session.execute(sa.insert(signin).values(values))
    audit.write(session, [audit.line(f"staff:{staff_id}", "staff.signed_in", audit.person("staff", staff_id), by=by)], now)
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
        sa.select(
            staff.c.id, staff.c.email, staff.c.organisation, staff.c.name, staff.c.reads,
            staff.c.shortcuts, signin.c.csrf, signin.c.expires_at, grant.c.role, grant.c.scope,
        )
        .join_from(signin, staff, signin.c.staff_id == staff.c.id)
        .outerjoin(grant, grant.c.staff_id == staff.c.id)
        .where(signin.c.fingerprint == fingerprint(cookie), signin.c.expires_at > now, staff.c.disabled_at.is_(None))
    )  # fmt: skip
    rows = session.execute(query).all()
    if not rows:
        return None
    first = rows[0]
    given = tuple(grants.unpack(row.role, row.scope) for row in rows if row.role)
    return Person(
        id=first.id,
        email=first.email,
        roles=frozenset(one.role for one in given),
        csrf=first.csrf,
        expires_at=first.expires_at,
        organisation=first.organisation,
        grants=given,
        name=first.name,
        reads=tuple(first.reads.split()),
        shortcuts=shortcuts.read(first.shortcuts),
    )


def sign_out(session: Session, now: datetime, cookie: str) -> None:
    """End a session; one that ended already stays ended."""
    staff_id = session.scalar(sa.select(signin.c.staff_id).where(signin.c.fingerprint == fingerprint(cookie)))
    if staff_id is not None:
        session.execute(sa.delete(signin).where(signin.c.fingerprint == fingerprint(cookie)))
        audit.write(session, [audit.line(f"staff:{staff_id}", "staff.signed_out", audit.person("staff", staff_id))], now)


def open_sessions(session: Session, now: datetime, staff_id: int) -> tuple[Open, ...]:
    """The sessions of an account that have not ended, the latest first."""
    query = sa.select(signin).where(signin.c.staff_id == staff_id, signin.c.expires_at > now).order_by(signin.c.created_at.desc())
    return tuple(Open(row.fingerprint.hex(), row.created_at, row.expires_at) for row in session.execute(query))


def session_id(cookie: str) -> str:
    """The `id` of the session that this cookie opens."""
    return fingerprint(cookie).hex()


def end_sessions(session: Session, now: datetime, staff_id: int, actor: str, only: str = "") -> int:
    """End the sessions of an account, or the one of this id; how many ended. One that is another account's stays."""
    where = [signin.c.staff_id == staff_id]
    if only:
        where.append(signin.c.fingerprint == (bytes.fromhex(only) if re.fullmatch(r"([0-9a-f]{2}){32}", only) else b""))
    ended = int(session.connection().execute(sa.delete(signin).where(*where)).rowcount)
    if ended:
        audit.write(session, [audit.line(actor, "staff.sessions_ended", audit.person("staff", staff_id), count=ended)], now)
    return ended
