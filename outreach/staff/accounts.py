"""Accounts of the people who work: invitations, passwords, roles and where they are for, what else is known of a colleague."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.references import new_id
from outreach.staff import grants
from outreach.staff.grants import Grant, Within
from outreach.staff.passwords import StaffTrouble, fingerprint, hash_password, new_secret
from outreach.tables import grant, invitation, signin, staff

INVITED_FOR = timedelta(days=3)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")
_LONGEST_EMAIL = 254
LONGEST_LABEL, LONGEST_NAME = 120, 80


class Profile(msgspec.Struct, frozen=True):
    """What stands on an account besides its rights.

    `name`: as they sign what is public; `department`: a label of the city's own; `language`: of our e-mails, "" for the city's;
    `reads`: the languages that an interpreter translates; `on_call`: woken by a threat or a channel that is down.
    """

    name: str = ""
    organisation: str = ""
    department: str = ""
    language: str = ""
    reads: tuple[str, ...] = ()
    on_call: bool = False


class Account(msgspec.Struct, frozen=True):
    """One account, as an administrator sees it."""

    id: int
    email: str
    grants: tuple[Grant, ...]
    second_factor: bool
    ready: bool  # a password was chosen
    locked_until: datetime | None
    created_at: datetime
    disabled_at: datetime | None
    profile: Profile

    @property
    def roles(self) -> frozenset[str]:
        """Its roles, wherever they are for."""
        return frozenset(one.role for one in self.grants)

    @property
    def organisation(self) -> str:
        """The association that works with it."""
        return self.profile.organisation

    @property
    def actor(self) -> str:
        """What audit lines call it."""
        return f"staff:{self.id}"

    @property
    def called(self) -> str:
        """A name for colleagues: their own, or what stands before the @."""
        return self.profile.name or self.email.partition("@")[0]

    def may(self, right: str, slug: str = "") -> bool:
        """Whether it is open and has that right, for the process of that slug or, without one, anywhere."""
        return self.disabled_at is None and grants.may(self.grants, right, slug)

    def within(self, right: str) -> Within:
        """For which processes it has that right; None is the whole city."""
        return grants.within(self.grants, right)


def normal(email: str) -> str:
    """An e-mail address as accounts are found by it, without letters that nobody sees."""
    return "".join(letter for letter in email if letter.isprintable()).strip().casefold()


def add(
    session: Session, now: datetime, email: str, roles: Iterable[str | Grant], actor: str = "command", *, organisation: str = ""
) -> str:
    """Make an account, or give an existing one these roles and a new link; returns the token of the link, good once, for three days.

    A role by its name is for the whole city, a Grant for its processes. `organisation`: the association that works with this account;
    "" leaves what is there. A closed account opens again. Raises StaffTrouble for an address, a role or a name that is none.
    """
    organisation = _label("organisation", organisation)
    email = normal(email)
    if len(email) > _LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise StaffTrouble("email", "write an e-mail address such as prenom.nom@ville.fr")
    wanted = grants.check(session, roles)
    staff_id = session.scalar(sa.select(staff.c.id).where(staff.c.email == email))
    action = "staff.invited"
    if staff_id is None:
        staff_id, action = new_id(now), "staff.added"
        session.execute(sa.insert(staff).values(id=staff_id, email=email, created_at=now))
    elif "admin" not in {one.role for one in wanted}:
        grants.refuse_last_administrator(session, staff_id)
    more = {"organisation": organisation} if organisation else {}
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(disabled_at=None, **more))
    grants.write(session, staff_id, wanted)
    audit.write(session, [_granted(actor, action, staff_id, wanted)], now)
    return _invite(session, now, staff_id)


def _granted(actor: str, action: str, staff_id: int, given: Iterable[Grant]) -> audit.Line:
    """The line that tells what was given: roles, and how many of them are for some processes only."""
    given = tuple(given)
    count = sum(bool(one.processes) for one in given)
    return audit.line(
        actor, action, audit.person("staff", staff_id), roles=[one.role for one in given], **({"part": count} if count else {})
    )


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


def set_roles(session: Session, now: datetime, staff_id: int, roles: Iterable[str | Grant], actor: str) -> None:
    """Replace the roles of an account. Raises StaffTrouble for an unknown role, or when nobody would administer any more."""
    wanted = grants.check(session, roles)
    if "admin" not in {one.role for one in wanted}:
        grants.refuse_last_administrator(session, staff_id)
    grants.write(session, staff_id, wanted)
    audit.write(session, [_granted(actor, "staff.roles", staff_id, wanted)], now)


def describe(session: Session, now: datetime, staff_id: int, profile: Profile, actor: str) -> None:
    """Write down what else stands on an account. Raises StaffTrouble naming the field."""
    reads = tuple(dict.fromkeys(profile.reads))
    if any(not _LANGUAGE.fullmatch(one) for one in (*reads, *([profile.language] if profile.language else []))):
        raise StaffTrouble("reads", "write codes of languages such as ar or tr")
    values: dict[str, Any] = {
        "name": _label("name", profile.name, LONGEST_NAME),
        "organisation": _label("organisation", profile.organisation),
        "department": _label("department", profile.department),
        "language": profile.language,
        "reads": _label("reads", " ".join(reads)),
        "on_call": profile.on_call,
    }
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(values))
    audit.write(session, [audit.line(actor, "staff.described", audit.person("staff", staff_id))], now)


def _label(field: str, words: str, most: int = LONGEST_LABEL) -> str:
    words = " ".join(words.split())
    if len(words) <= most and words.isprintable():
        return words
    if field == "organisation":
        raise StaffTrouble(field, f"write the name of the association, at most {most} letters")
    raise StaffTrouble(field, f"write at most {most} letters here")


def disable(session: Session, now: datetime, staff_id: int, actor: str) -> None:
    """Close an account: no session, no link. Raises StaffTrouble for the last administrator."""
    grants.refuse_last_administrator(session, staff_id)
    for table in (signin, invitation):
        session.execute(sa.delete(table).where(table.c.staff_id == staff_id))
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(disabled_at=now, password="", on_call=False))
    audit.write(session, [audit.line(actor, "staff.disabled", audit.person("staff", staff_id))], now)


def listing(session: Session) -> tuple[Account, ...]:
    """Every account, by e-mail address."""
    return _accounts(session, sa.true())


def get(session: Session, staff_id: int) -> Account | None:
    """One account."""
    return next(iter(_accounts(session, staff.c.id == staff_id)), None)


def _accounts(session: Session, where: sa.ColumnElement[bool]) -> tuple[Account, ...]:
    rows = session.execute(sa.select(staff).where(where).order_by(staff.c.email)).all()
    given: Mapping[int, tuple[Grant, ...]] = grants.read(session, [row.id for row in rows])
    return tuple(
        Account(
            id=row.id,
            email=row.email,
            grants=given.get(row.id, ()),
            second_factor=row.totp is not None,
            ready=bool(row.password),
            locked_until=row.locked_until,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            profile=Profile(row.name, row.organisation, row.department, row.language, tuple(row.reads.split()), row.on_call),
        )
        for row in rows
    )


def roles_of(session: Session, actor: str) -> tuple[str, ...]:
    """The roles that somebody of the audit has now, "staff:7"; none for a program."""
    kind, _colon, number = actor.partition(":")
    if kind != "staff" or not number.isdecimal():
        return ()
    return tuple(session.scalars(sa.select(grant.c.role).where(grant.c.staff_id == int(number)).order_by(grant.c.role)))
