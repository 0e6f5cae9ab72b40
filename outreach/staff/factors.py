"""The second factor: codes of an authenticator, and ten codes on paper for the day when the phone is lost."""

import re
from datetime import datetime
from secrets import choice

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.house import house
from outreach.staff.passwords import StaffTrouble, fingerprint
from outreach.tables import recovery, signin, staff

CODES = 10
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that looks like another
_LENGTH = 16  # 78 bits: nothing to guess in what is stored
_GROUP = 4


class Enrolment(msgspec.Struct, frozen=True):
    """A second factor about to be enrolled: the secret to type, the address to show as a QR code."""

    secret: str
    uri: str


class Factor(msgspec.Struct, frozen=True):
    """A second factor as it is sealed: `used` is the last time step that opened a session, good once."""

    secret: str
    used: int


def new_factor(email: str, city: str) -> Enrolment:
    """A fresh secret for an authenticator, stored nowhere until `enrol` saw a code of it."""
    import pyotp

    secret = pyotp.random_base32()
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=city))


def enrol(session: Session, now: datetime, staff_id: int, secret: str, code: str) -> tuple[str, ...]:
    """From now on this account signs in with a code too; its recovery codes, told here once.

    Raises StaffTrouble when the code is not of this secret.
    """
    step = code_step(secret, code, now)
    if step is None:
        raise StaffTrouble("code", "this code does not fit: check the hour of your phone, then write the newest one")
    keep(session, staff_id, Factor(secret, step))
    audit.write(session, [audit.line(f"staff:{staff_id}", "staff.factor", audit.person("staff", staff_id))], now)
    return new_codes(session, now, staff_id)


def drop_factor(session: Session, now: datetime, staff_id: int, actor: str) -> None:
    """The phone is lost: the account signs in by password alone until another is enrolled."""
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(totp=None))
    for table in (signin, recovery):
        session.execute(sa.delete(table).where(table.c.staff_id == staff_id))
    audit.write(session, [audit.line(actor, "staff.factor_dropped", audit.person("staff", staff_id))], now)


def new_codes(session: Session, now: datetime, staff_id: int) -> tuple[str, ...]:
    """Ten codes that each take the place of the phone once, told here and kept as SHA-256; earlier ones stop working.

    Raises StaffTrouble for an account without a second factor.
    """
    if session.scalar(sa.select(staff.c.totp).where(staff.c.id == staff_id)) is None:
        raise StaffTrouble("code", "enrol a phone first: these codes take its place")
    plain = ["".join(choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(CODES)]
    session.execute(sa.delete(recovery).where(recovery.c.staff_id == staff_id))
    session.execute(sa.insert(recovery), [{"fingerprint": fingerprint(one), "staff_id": staff_id, "made_at": now} for one in plain])
    audit.write(session, [audit.line(f"staff:{staff_id}", "staff.codes", audit.person("staff", staff_id), count=CODES)], now)
    return tuple("-".join(one[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for one in plain)


def codes_left(session: Session, staff_id: int) -> int:
    """How many recovery codes an account has not used."""
    return session.scalar(sa.select(sa.func.count()).select_from(recovery).where(recovery.c.staff_id == staff_id)) or 0


def use_code(session: Session, now: datetime, staff_id: int, code: str) -> bool:
    """Whether this is a recovery code of the account, which works no more from now on."""
    plain = re.sub(r"[\s-]", "", code).upper()
    if len(plain) != _LENGTH:
        return False
    mine = (recovery.c.fingerprint == fingerprint(plain), recovery.c.staff_id == staff_id)
    if not session.connection().execute(sa.delete(recovery).where(*mine)).rowcount:
        return False
    audit.write(session, [audit.line(f"staff:{staff_id}", "staff.recovered", audit.person("staff", staff_id))], now)
    return True


def keep(session: Session, staff_id: int, factor: Factor) -> None:
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
