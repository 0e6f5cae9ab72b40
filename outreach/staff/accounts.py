"""Accounts of the people who work: invitations, passwords, roles, second factor."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.house import house
from outreach.references import new_id
from outreach.staff.passwords import StaffTrouble, fingerprint, hash_password, new_secret
from outreach.staff.roles import ROLES
from outreach.tables import grant, invitation, signin, staff

INVITED_FOR = timedelta(days=3)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_LONGEST_EMAIL = 254
LONGEST_ORGANISATION = 120


class Account(msgspec.Struct, frozen=True):
    """One account, as an administrator sees it."""

    id: int
    email: str
    roles: frozenset[str]
    second_factor: bool
    ready: bool  # a password was chosen
    locked_until: datetime | None
    created_at: datetime
    disabled_at: datetime | None
    organisation: str = ""


class Enrolment(msgspec.Struct, frozen=True):
    """A second factor about to be enrolled: the secret to type, the address to show as a QR code."""

    secret: str
    uri: str


class Factor(msgspec.Struct, frozen=True):
    """A second factor as it is sealed: `used` is the last time step that opened a session, good once."""

    secret: str
    used: int


def normal(email: str) -> str:
    """An e-mail address as accounts are found by it, without letters that nobody sees."""
    return "".join(letter for letter in email if letter.isprintable()).strip().casefold()


def add(session: Session, now: datetime, email: str, roles: Iterable[str], actor: str = "command", *, organisation: str = "") -> str:
    """Make an account, or give an existing one these roles and a new link; returns the token of the link, good once, for three days.

    `organisation`: the association that works with this account; "" leaves what is there. Raises StaffTrouble for an address, a role
    or a name that is none.
    """
    organisation = " ".join(organisation.split())
    if len(organisation) > LONGEST_ORGANISATION or not organisation.isprintable():
        raise StaffTrouble("organisation", f"write the name of the association, at most {LONGEST_ORGANISATION} letters")
    email, wanted = normal(email), frozenset(roles)
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise StaffTrouble("email", "write an e-mail address such as prenom.nom@ville.fr")
    _known_roles(wanted)
    staff_id = session.scalar(sa.select(staff.c.id).where(staff.c.email == email))
    action = "staff.invited"
    if staff_id is None:
        staff_id, action = new_id(now), "staff.added"
        session.execute(sa.insert(staff).values(id=staff_id, email=email, created_at=now))
    if organisation:
        session.execute(sa.update(staff).where(staff.c.id == staff_id).values(organisation=organisation))
    _grant(session, staff_id, wanted)
    audit.write(session, [audit.line(actor, action, audit.person("staff", staff_id), roles=sorted(wanted))], now)
    return _invite(session, now, staff_id)


def invite(session: Session, now: datetime, staff_id: int, actor: str) -> str:
    """A new one-time link to choose a password; earlier links stop working."""
    audit.write(session, [audit.line(actor, "staff.invited", audit.person("staff", staff_id))], now)
    return _invite(session, now, staff_id)


def _invite(session: Session, now: datetime, staff_id: int) -> str:
    token = new_secret()
    session.execute(sa.delete(invitation).where(invitation.c.staff_id == staff_id))
    session.execute(sa.insert(invitation).values(fingerprint=fingerprint(token), staff_id=staff_id, expires_at=now + INVITED_FOR))
    return token


def invited(session: Session, now: datetime, token: str) -> str | None:
    """The e-mail address that a link was made for; None when it was used, or is too old."""
    query = sa.select(staff.c.email).join(invitation, invitation.c.staff_id == staff.c.id)
    return session.scalar(
        query.where(invitation.c.fingerprint == fingerprint(token), invitation.c.expires_at > now, staff.c.disabled_at.is_(None))
    )


def set_password(session: Session, now: datetime, token: str, password: str) -> None:
    """Choose a password by a one-time link; every open session of the account ends. Raises StaffTrouble."""
    query = sa.select(invitation.c.staff_id).join(staff, staff.c.id == invitation.c.staff_id)
    staff_id = session.scalar(
        query.where(
            invitation.c.fingerprint == fingerprint(token), invitation.c.expires_at > now, staff.c.disabled_at.is_(None)
        ).with_for_update()
    )
    if staff_id is None:
        raise StaffTrouble("token", "this link was used already, or is too old: ask an administrator for a new one")
    hashed = hash_password(password)
    session.execute(sa.delete(invitation).where(invitation.c.staff_id == staff_id))
    session.execute(sa.delete(signin).where(signin.c.staff_id == staff_id))
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(password=hashed, failures=0, locked_until=None))
    audit.write(session, [audit.line(f"staff:{staff_id}", "staff.password", audit.person("staff", staff_id))], now)


def set_roles(session: Session, now: datetime, staff_id: int, roles: Iterable[str], actor: str) -> None:
    """Replace the roles of an account. Raises StaffTrouble for an unknown role, or when nobody would administer any more."""
    wanted = frozenset(roles)
    _known_roles(wanted)
    if "admin" not in wanted:
        _refuse_last_administrator(session, staff_id)
    _grant(session, staff_id, wanted)
    audit.write(session, [audit.line(actor, "staff.roles", audit.person("staff", staff_id), roles=sorted(wanted))], now)


def disable(session: Session, now: datetime, staff_id: int, actor: str) -> None:
    """Close an account: no session, no link. Raises StaffTrouble for the last administrator."""
    _refuse_last_administrator(session, staff_id)
    for table in (signin, invitation):
        session.execute(sa.delete(table).where(table.c.staff_id == staff_id))
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(disabled_at=now, password=""))
    audit.write(session, [audit.line(actor, "staff.disabled", audit.person("staff", staff_id))], now)


def listing(session: Session) -> tuple[Account, ...]:
    """Every account, by e-mail address."""
    roles: dict[int, set[str]] = {}
    for row in session.execute(sa.select(grant)):
        roles.setdefault(row.staff_id, set()).add(row.role)
    return tuple(
        Account(
            row.id,
            row.email,
            frozenset(roles.get(row.id, ())),
            row.totp is not None,
            bool(row.password),
            row.locked_until,
            row.created_at,
            row.disabled_at,
            row.organisation,
        )
        for row in session.execute(sa.select(staff).order_by(staff.c.email))
    )


def new_factor(email: str, city: str) -> Enrolment:
    """A fresh secret for an authenticator, stored nowhere until `enrol` saw a code of it."""
    import pyotp

    secret = pyotp.random_base32()
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=city))


def enrol(session: Session, now: datetime, staff_id: int, secret: str, code: str) -> None:
    """From now on this account signs in with a code too. Raises StaffTrouble when the code is not of this secret."""
    step = code_step(secret, code, now)
    if step is None:
        raise StaffTrouble("code", "this code does not fit: check the hour of your phone, then write the newest one")
    keep_factor(session, staff_id, Factor(secret, step))
    audit.write(session, [audit.line(f"staff:{staff_id}", "staff.factor", audit.person("staff", staff_id))], now)


def drop_factor(session: Session, now: datetime, staff_id: int, actor: str) -> None:
    """The phone is lost: the account signs in by password alone until another is enrolled."""
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(totp=None))
    session.execute(sa.delete(signin).where(signin.c.staff_id == staff_id))
    audit.write(session, [audit.line(actor, "staff.factor_dropped", audit.person("staff", staff_id))], now)


def keep_factor(session: Session, staff_id: int, factor: Factor) -> None:
    """Seal a second factor."""
    sealed = house(session).keys.seal("staff", staff_id, msgspec.json.encode(factor))
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(totp=sealed))


def open_factor(session: Session, staff_id: int, sealed: bytes) -> Factor:
    """A second factor as it was sealed."""
    return msgspec.json.decode(house(session).keys.open("staff", staff_id, sealed), type=Factor)


def code_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step (30 s) of which this is the code, one step of a wrong clock allowed (RFC 6238); None when it is none."""
    import pyotp

    digits = "".join(code.split())
    if not re.fullmatch(r"[0-9]{6}", digits) or not re.fullmatch(r"[A-Z2-7]{16,64}", secret):
        return None
    totp = pyotp.TOTP(secret)
    present = totp.timecode(now)
    return next((step for step in (present, present - 1, present + 1) if pyotp.utils.strings_equal(totp.generate_otp(step), digits)), None)


def _known_roles(roles: Iterable[str]) -> None:
    wanted = set(roles)
    if not wanted or (unknown := wanted - ROLES.keys()):
        raise StaffTrouble("roles", f"unknown role {', '.join(sorted(unknown))}" if wanted else "choose at least one role")


def _grant(session: Session, staff_id: int, roles: frozenset[str]) -> None:
    session.execute(sa.delete(grant).where(grant.c.staff_id == staff_id))
    session.execute(sa.insert(grant), [{"staff_id": staff_id, "role": role} for role in sorted(roles)])


def _refuse_last_administrator(session: Session, staff_id: int) -> None:
    query = sa.select(staff.c.id).join(grant, grant.c.staff_id == staff.c.id).where(grant.c.role == "admin", staff.c.disabled_at.is_(None))
    if set(session.scalars(query)) == {staff_id}:
        raise StaffTrouble("roles", "nobody would administer any more: give another account the role admin first")


def roles_of(session: Session, actor: str) -> tuple[str, ...]:
    """The roles that somebody of the audit has now, "staff:7"; none for a program."""
    kind, _colon, number = actor.partition(":")
    if kind != "staff" or not number.isdecimal():
        return ()
    return tuple(session.scalars(sa.select(grant.c.role).where(grant.c.staff_id == int(number)).order_by(grant.c.role)))
