"""Whether this key file is the one that this database was sealed with."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.crypto import Keys, KeyTrouble
from outreach.tables import address, contribution, setting, staff

NAME = "key_fingerprint"
"""The setting that keeps the fingerprint of the key."""


def is_empty(session: Session) -> bool:
    """Nobody and nothing stands in it yet: a new key may be made."""
    return not any(session.scalar(sa.select(sa.exists().select_from(table))) for table in (address, contribution, staff))


def fingerprint(session: Session) -> str | None:
    """The fingerprint of the key that seals this database, None while it has none."""
    return session.scalar(sa.select(setting.c.value).where(setting.c.name == NAME))


def prove(session: Session, keys: Keys) -> None:
    """Bind an empty database to these keys, or check that they are its own. Raises KeyTrouble."""
    known = fingerprint(session)
    if known is None and is_empty(session):
        session.execute(setting.insert().values(name=NAME, value=keys.fingerprint))
    elif known != keys.fingerprint:
        raise KeyTrouble("this key file is not the one of this database: put the copy from your recovery sheet in its place")
