"""Who hears of an avis when it comes in, and in which words, before it does: it only reads."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.answers import Foreseen
from outreach.contributions.aside import set_aside
from outreach.house import house
from outreach.loop.foreseeing import AT_ONCE, FATE, Message, message, why_not
from outreach.loop.telling import on_a_card
from outreach.tables import address, contribution, process


class Handing(msgspec.Struct, frozen=True):
    """A message for each language, the same for all but its numbers; and why somebody is not told now: see `Messages`."""

    items: tuple[Message, ...]
    silent: dict[str, int]


def handing(session: Session, now: datetime, slug: str, foreseen: Foreseen) -> Handing:
    """What the cards of those whose words a point takes up will say; nothing where an avis is there already."""
    if foreseen.news is None:
        return Handing((), {})
    place, silent, people = house(session), Counter[str](), Counter[str]()
    first: dict[str, Any] = {}
    for row in _hearing(session, slug, [ref for ref, number in foreseen.cited.items() if number]):
        why = why_not(row, now)
        if why:
            silent[why] += 1
        if why in {"", "paused"}:
            language = row.spoken if row.spoken in place.languages else place.languages[0]
            first.setdefault(language, row)
            people[language] += 1
    items = []
    for language, row in first.items():
        told = msgspec.structs.replace(foreseen.news, ref=row.ref, point=foreseen.cited[row.ref], card=row.card)
        items.append(msgspec.structs.replace(message(place, told, "telegram", language, now), people=people[language]))
    return Handing(tuple(sorted(items, key=lambda one: (-one.people, one.language))), dict(sorted(silent.items())))


def _hearing(session: Session, slug: str, refs: Sequence[str]) -> list[Any]:
    """Of each person the newest of these words that have a card, as when it is told for good."""
    of_process = sa.select(process.c.id).where(process.c.slug == slug).scalar_subquery()
    columns = (*(contribution.c[name] for name in ("id", "ref", "card", "address_id")), *FATE)
    newest: dict[int, Any] = {}
    for start in range(0, len(refs), AT_ONCE):
        which = (contribution.c.process_id == of_process, contribution.c.ref.in_(refs[start : start + AT_ONCE]))
        mine = sa.select(contribution.c.id).where(*which, *on_a_card(), ~set_aside()).subquery()
        query = sa.select(*columns).select_from(contribution).join(mine, mine.c.id == contribution.c.id)
        for row in session.execute(query.join(address, address.c.id == contribution.c.address_id)):
            known = newest.get(row.address_id)
            newest[row.address_id] = row if known is None or row.id > known.id else known
    return sorted(newest.values(), key=lambda row: row.id)
