"""Secrets that are handed out once and kept as SHA-256; passwords as argon2id."""

import hashlib
from functools import cache
from secrets import token_urlsafe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256
"""Letters of a password: at least twelve (CNIL, 2022); an end, so that nobody makes us hash a book."""


class StaffTrouble(ValueError):
    """What was asked about an account can't be done; `field` names the box of the form, the message says what to do."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field."""
        self.field = field
        super().__init__(message)


def new_secret() -> str:
    """43 letters of A-Za-z0-9_-, 32 random bytes."""
    return token_urlsafe(32)


def fingerprint(secret: str) -> bytes:
    """What is stored instead of a random secret: no salt is needed where nothing can be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # imported late: a service without sign-ins starts without it

    # OWASP's second choice, about 25 ms: the writer waits for nobody longer than 50 ms
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def nobody() -> str:
    """The hash of a password that nobody has: an unknown account takes as long to refuse as a known one."""
    return _hasher().hash(new_secret())


def hash_password(password: str) -> str:
    """The argon2id hash. Raises StaffTrouble for a password too short, too long or too simple."""
    if len(password) < SHORTEST or len(set(password)) < SHORTEST // 2:
        raise StaffTrouble("password", f"at least {SHORTEST} letters, not the same ones over and over: a sentence is easy to keep in mind")
    if len(password) > LONGEST:
        raise StaffTrouble("password", f"at most {LONGEST} letters")
    return _hasher().hash(password)


def is_password(hashed: str, password: str) -> bool:
    """Whether this is the password of that hash; takes as long when there is no hash."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    if len(password) > LONGEST:
        return False
    try:
        return _hasher().verify(hashed or nobody(), password) and bool(hashed)
    except (Argon2Error, InvalidHashError, UnicodeError):
        return False
