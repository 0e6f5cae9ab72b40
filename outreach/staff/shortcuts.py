"""The single keys of the reading desk: the usual ones, or a person's own, never two actions with the same (MOD-51)."""

import unicodedata
from collections.abc import Mapping
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.staff.passwords import StaffTrouble
from outreach.tables import staff

_SIGNS: Final = "?!.,;:"
"""What a key may be besides a letter; digits are the themes' and the reasons'."""


class Shortcuts(msgspec.Struct, frozen=True):
    """The key of each action, in the order in which they are kept: a new action comes last."""

    publish: str = "d"
    redact: str = "r"
    suggestion: str = "h"
    refuse: str = "f"
    next: str = "j"
    before: str = "k"
    undo: str = "u"
    many: str = "z"
    help: str = "?"


def read(kept: str) -> Shortcuts:
    """The keys of an account as its row keeps them, one letter after the other; "" are the usual ones."""
    mine = Shortcuts(*kept[: len(Shortcuts.__struct_fields__)])
    keys = msgspec.structs.astuple(mine)
    return mine if len(set(keys)) == len(keys) else Shortcuts()


def set_shortcuts(session: Session, staff_id: int, wanted: Mapping[str, str]) -> None:
    """Give each action its key; one that is not named has its usual key. Raises StaffTrouble naming the action."""
    usual = msgspec.structs.asdict(Shortcuts())
    chosen = {action: _key(action, wanted.get(action, key)) for action, key in usual.items()}
    owners: dict[str, str] = {}
    for action, key in chosen.items():
        if key in owners:
            raise StaffTrouble(action, f"two actions have the key {key}: give each its own")
        owners[key] = action
    kept = "" if chosen == usual else "".join(chosen.values())
    session.execute(sa.update(staff).where(staff.c.id == staff_id).values(shortcuts=kept))


def _key(action: str, written: str) -> str:
    """A capital is pressed as its small letter."""
    key = unicodedata.normalize("NFC", written.strip()).lower()
    if len(key) == 1 and (key.isalpha() or key in _SIGNS):
        return key
    raise StaffTrouble(action, f"one letter for each action, or one of {' '.join(_SIGNS)}")
