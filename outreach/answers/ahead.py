"""What an avis would make public if it came in now: the same checks as when it does, and nothing is written."""

from collections.abc import Mapping
from datetime import datetime
from itertools import islice

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import segments
from conversations.notices import HandedOver
from outreach import tallies
from outreach.agenda import CITABLE, unanswered
from outreach.answers.avis import Handed, Line, behind, checked, lines_of, named, news
from outreach.answers.shape import Avis, Point
from outreach.answers.sheets import packed
from outreach.tables import contribution, process

_READ = ("accepted", "redacted", "grouped", *CITABLE)
"""States of words that are or will be in the record: their authors hear what became of them."""
UNREAD = 100_000
"""More texts that nobody has read yet are not counted."""
_NAMED = 300
_UNREAD = ("received",)
_AT_ONCE = 5_000
"""References of one question to the database."""


class Foreseen(msgspec.Struct, frozen=True):
    """An avis before it comes in. `cited`: each contribution that it would take up, copies too, with the number of its point.

    `left` words are taken up by nothing; `named` are the oldest of them. `unread` ones wait for a moderator. `lines` are what `take_in`
    asks for. `news` is None where nobody is told: an avis is there already.
    """

    avis: Avis
    points: tuple[Point, ...]
    asides: tuple[Point, ...]
    cited: dict[str, str]
    left: int
    named: tuple[str, ...]
    unread: int
    news: HandedOver | None
    lines: str


def foresee(session: Session, now: datetime, slug: str, raw: bytes, handed: Handed) -> Foreseen:
    """Look at the sheet of an avis. Raises what `hand_over` does."""
    row, found = named(session, slug, sa.select(process)), lines_of(raw)
    read, _before = checked(session, now, row, found, handed)
    through = [behind(session, one.refs) for one in read]
    parts = [_part(place, one, refs) for place, (one, refs) in enumerate(zip(read, through, strict=True), 1)]
    cited: dict[str, str] = {}
    for one, refs in sorted(zip(read, through, strict=True), key=lambda part: not part[0].number):  # a point speaks before an aside
        cited = dict.fromkeys(refs, one.number) | cited
    left, oldest = _left(session, row.id, cited)
    return Foreseen(
        avis=Avis(handed.written_by, handed.handed_to, handed.handed_on, {"fr": segments.soften(handed.left_out.strip())}),
        points=tuple(one for one in parts if one.number),
        asides=tuple(one for one in parts if not one.number),
        cited=cited,
        left=left,
        named=oldest,
        unread=unread(session, row.id),
        news=news(row),
        lines=packed(found),
    )


def unread(session: Session, process_id: int) -> int:
    """How many texts of a process no moderator has read yet: who hands the avis over, or answers it, does so without them."""
    waiting = sa.select(contribution.c.id).where(contribution.c.process_id == process_id, contribution.c.state.in_(_UNREAD))
    return session.scalar(sa.select(sa.func.count()).select_from(waiting.limit(UNREAD).subquery())) or 0


def _part(place: int, one: Line, refs: Mapping[str, str]) -> Point:
    return Point(
        id="",
        place=place,
        number=one.number,
        title={"fr": one.title},
        text={"fr": one.text},
        minority=one.minority,
        refs=tuple(sorted(one.refs)),
        cited=len(one.refs),
        voices=len(refs),
    )


def _left(session: Session, process_id: int, cited: Mapping[str, str]) -> tuple[int, tuple[str, ...]]:
    """How many words no part takes up, and the oldest of them."""
    every, refs, taken = sa.select(contribution.c.ref).where(*unanswered(sa.literal(process_id), _READ)), list(cited), set[str]()
    for start in range(0, len(refs), _AT_ONCE):
        some = refs[start : start + _AT_ONCE]
        taken.update(session.scalars(every.where(sa.or_(contribution.c.ref.in_(some), contribution.c.grouped_with.in_(some)))))
    number = tallies.of_process(session, process_id, every, lambda one: one.published) - len(taken)
    oldest = session.scalars(every.order_by(contribution.c.received_at, contribution.c.id).limit(len(taken) + _NAMED))
    return max(number, 0), tuple(islice((ref for ref in oldest if ref not in taken), _NAMED))
