"""Which roles somebody has, and where: the whole city, or processes by name."""

from collections.abc import Collection, Iterable, Mapping

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.staff.passwords import StaffTrouble
from outreach.staff.roles import RIGHTS, ROLES
from outreach.tables import grant, process, staff

CITY_ROLES = frozenset({"admin", "dpo"})
"""Roles that make no sense for a part of the city."""

Within = frozenset[str] | None
"""Slugs of processes; None is the whole city."""


class Grant(msgspec.Struct, frozen=True, order=True):
    """One role for the processes of these slugs, in their order; none is the whole city."""

    role: str
    processes: tuple[str, ...] = ()


def of(role: str, processes: Iterable[str] = ()) -> Grant:
    """A role for these processes. Raises StaffTrouble for an unknown role, or one that is for the whole city alone."""
    slugs = tuple(sorted({slug.strip() for slug in processes if slug.strip()}))
    if role not in ROLES:
        raise StaffTrouble("roles", f"unknown role {role}")
    if slugs and role in CITY_ROLES:
        raise StaffTrouble("roles", f"the role {role} is for the whole city")
    return Grant(role, slugs)


def within(grants: Iterable[Grant], right: str) -> Within:
    """Where one of them gives this right: slugs, empty for nowhere, or None for the whole city. Raises KeyError for no right of ours."""
    if right not in RIGHTS:
        raise KeyError(right)
    slugs: set[str] = set()
    for one in grants:
        if right in ROLES.get(one.role, ()):
            if not one.processes:
                return None
            slugs.update(one.processes)
    return frozenset(slugs)


def may(grants: Iterable[Grant], right: str, slug: str = "") -> bool:
    """Whether one of them gives this right, for the process of that slug or, without one, anywhere."""
    where = within(grants, right)
    return where is None or (slug in where if slug else bool(where))


def pack(processes: Iterable[str]) -> str:
    """Slugs as they are stored: no slug holds a blank."""
    return " ".join(processes)


def unpack(role: str, scope: str) -> Grant:
    """A stored role and its slugs."""
    return Grant(role, tuple(scope.split()))


def read(session: Session, staff_ids: Collection[int]) -> Mapping[int, tuple[Grant, ...]]:
    """What each account was given, by role."""
    found: dict[int, list[Grant]] = {}
    for row in session.execute(sa.select(grant).where(grant.c.staff_id.in_(staff_ids)).order_by(grant.c.role)):
        found.setdefault(row.staff_id, []).append(unpack(row.role, row.scope))
    return {staff_id: tuple(grants) for staff_id, grants in found.items()}


def check(session: Session, given: Iterable[str | Grant]) -> tuple[Grant, ...]:
    """What is about to be given, whole-city where only a role is named. Raises StaffTrouble for what does not exist."""
    wanted = {one.role: one for one in (of(one) if isinstance(one, str) else of(one.role, one.processes) for one in given)}
    if not wanted:
        raise StaffTrouble("roles", "choose at least one role")
    slugs = {slug for one in wanted.values() for slug in one.processes}
    unknown = slugs - set(session.scalars(sa.select(process.c.slug).where(process.c.slug.in_(slugs)))) if slugs else set()
    if unknown:
        raise StaffTrouble("process", f"there is no process {', '.join(sorted(unknown))}")
    return tuple(sorted(wanted.values()))


def write(session: Session, staff_id: int, grants: Iterable[Grant]) -> None:
    """Replace what an account was given."""
    session.execute(sa.delete(grant).where(grant.c.staff_id == staff_id))
    session.execute(sa.insert(grant), [{"staff_id": staff_id, "role": one.role, "scope": pack(one.processes)} for one in grants])


def refuse_last_administrator(session: Session, staff_id: int) -> None:
    """Raises StaffTrouble when without this account nobody would administer any more."""
    query = sa.select(staff.c.id).join(grant, grant.c.staff_id == staff.c.id).where(grant.c.role == "admin", staff.c.disabled_at.is_(None))
    if set(session.scalars(query)) == {staff_id}:
        raise StaffTrouble("roles", "nobody would administer any more: give another account the role admin first")
