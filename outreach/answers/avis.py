"""The avis and the synthesis come in from a spreadsheet: whole or not at all, again as often as needed until the response is published."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import segments
from conversations.notices import HandedOver
from outreach import audit, processes
from outreach.agenda import OWING
from outreach.answers import imprints
from outreach.answers.bounds import past, shown, today_of
from outreach.answers.shape import SMS_REASON, Refused
from outreach.answers.sheets import (
    ASIDE,
    AVIS,
    LONGEST_CELL,
    SYNTHESIS,
    Fault,
    Row,
    SheetTrouble,
    enough,
    fold,
    references,
    rows,
    unpacked,
)
from outreach.characters import UNSHOWN, can_be_shown
from outreach.documents import decode
from outreach.references import new_id, show_ref
from outreach.tables import avis, citation, entry, instruction, point, process, response, synthesis, telling

_NUMBER, _TITLE = 8, 200


class Handed(msgspec.Struct, frozen=True):
    """Who wrote the avis, to whom it was handed, when, and the short reason for what it did not take up (at most 42 letters)."""

    written_by: str
    handed_to: str
    handed_on: date
    left_out: str


class Taken(msgspec.Struct, frozen=True):
    """What an import did."""

    points: int
    asides: int
    cited: int


class Line(msgspec.Struct, frozen=True):
    """A line of the sheet that was read: a point, or an aside, which has no number."""

    line: int
    number: str
    title: str
    text: str
    minority: str
    refs: list[str]


def hand_over(  # noqa: PLR0917 - what, by whom
    session: Session, now: datetime, slug: str, raw: bytes, handed: Handed, actor: str
) -> Taken:
    """Take the avis in: one line a point; the process becomes `avis_handed_over`. Points keep what was decided about their number.

    Raises SheetTrouble with every fault (line, column, what to do), and Refused ("unknown", "state", "left_out", "day", "unshown").
    """
    return _take(session, now, locked(session, slug), lines_of(raw), handed, actor)


def take_in(  # noqa: PLR0917 - what, by whom
    session: Session, now: datetime, slug: str, looked_at: str, handed: Handed, actor: str
) -> Taken:
    """The same of a sheet that was looked at first (`foresee`): its lines as a form carried them."""
    return _take(session, now, locked(session, slug), unpacked(looked_at, AVIS), handed, actor)


def lines_of(raw: bytes) -> list[Row]:
    """The lines of the sheet of an avis."""
    return rows(raw, AVIS, needed=("number", "text"))


def take_over(  # noqa: PLR0917 - what, by whom
    session: Session, now: datetime, slug: str, lines: Sequence[dict[str, str]], handed: Handed, actor: str
) -> Taken:
    """The same from a program: each line with the cells of a sheet, by column; faults count the lines from 1."""
    found = [Row(at, {name: one.get(name, "").strip() for name in AVIS}) for at, one in enumerate(lines, 1)]
    return _take(session, now, locked(session, slug), found, handed, actor)


def checked(session: Session, now: datetime, row: "sa.Row[Any]", found: Sequence[Row], handed: Handed) -> tuple[list[Line], Sequence[Any]]:
    """The lines of an avis as they may come in, and the points that are there before. Raises what `hand_over` does."""
    if row.state not in OWING:
        raise Refused("state", f"a process that is {row.state} takes no avis in")
    if trouble := short_fault(handed.left_out, SMS_REASON):
        raise Refused("left_out", trouble)
    past("handed_on", handed.handed_on, today_of(session, now))
    shown({"written_by": handed.written_by, "handed_to": handed.handed_to})
    faults: list[Fault] = []
    read = _points(found, faults)
    if not any(one.number for one in read):
        faults.append(Fault(0, "", "no line holds a point"))
    _known(session, row.id, read, faults)
    before = session.execute(
        sa.select(point.c.id, point.c.number, instruction.c.noted_at, response.c.point_id)
        .outerjoin(instruction, instruction.c.point_id == point.c.id)
        .outerjoin(response, response.c.point_id == point.c.id)
        .where(point.c.process_id == row.id)
    ).all()
    numbers = {one.number for one in read}
    faults += [
        Fault(0, "", f"point {one.number} was studied or decided already: it can't be left out")
        for one in before
        if one.number and one.number not in numbers and (one.noted_at or one.point_id)
    ]
    if faults:
        raise SheetTrouble(faults)
    return read, before


def _take(  # noqa: PLR0917 - what, by whom
    session: Session, now: datetime, row: "sa.Row[Any]", found: Sequence[Row], handed: Handed, actor: str
) -> Taken:
    read, before = checked(session, now, row, found, handed)
    numbers = {one.number for one in read}
    kept = {one.number: one.id for one in before if one.number}
    gone = [one.id for one in before if one.number not in numbers or not one.number]
    session.execute(sa.delete(citation).where(citation.c.part_id.in_([one.id for one in before])))
    session.execute(sa.update(point).where(point.c.process_id == row.id).values(place=-1 - point.c.place))  # free their places
    session.execute(sa.delete(point).where(point.c.id.in_(gone)))
    cited = 0
    for place, one in enumerate(read, 1):
        values = {"place": place, "title": one.title, "text": one.text, "minority": one.minority}
        id_ = kept.get(one.number) if one.number else None
        if id_ is None:
            id_ = new_id(now)
            session.execute(sa.insert(point).values(id=id_, process_id=row.id, number=one.number, **values))
        else:
            session.execute(sa.update(point).where(point.c.id == id_).values(values))
        cited += cite(session, row.id, id_, one.refs)
    values = msgspec.structs.asdict(handed) | {"left_out": segments.soften(handed.left_out.strip())}
    if session.execute(sa.update(avis).where(avis.c.process_id == row.id).values(imported_at=now, **values)).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(sa.insert(avis).values(process_id=row.id, imported_at=now, **values))
    audit.write(session, [audit.line(actor, "avis.imported", row.subject, count=len(read), contributions=cited)], now)
    imprints.seal(session, now, row.slug)
    if told := news(row):
        processes.advance(session, now, row.slug, "avis_handed_over", actor)
        stored = {"kind": "handed_over", "notice": msgspec.json.encode(told).decode(), "made_at": now}
        session.execute(sa.insert(telling).values(id=new_id(now), process_id=row.id, **stored))
    points = sum(bool(one.number) for one in read)
    return Taken(points, len(read) - points, cited)


def news(row: "sa.Row[Any]") -> HandedOver | None:
    """What is told of an avis that comes in, about nobody's words yet; None where one is there already: it is told once."""
    return HandedOver("", "", decode(row.document).mandate.answer_promised_on) if row.state == "open" else None


def synthesise(session: Session, now: datetime, slug: str, raw: bytes, actor: str) -> int:
    """Take the synthesis in: one line a theme, each citing contributions. How many. Raises SheetTrouble, and Refused ("unknown")."""
    return _synthesise(session, now, locked(session, slug), rows(raw, SYNTHESIS, needed=("title", "text")), actor)


def put_together(session: Session, now: datetime, slug: str, lines: Sequence[dict[str, str]], actor: str) -> int:
    """The same from a program: each theme with the cells of a sheet, by column."""
    found = [Row(at, {name: one.get(name, "").strip() for name in SYNTHESIS}) for at, one in enumerate(lines, 1)]
    return _synthesise(session, now, locked(session, slug), found, actor)


def _synthesise(session: Session, now: datetime, row: "sa.Row[Any]", found: Sequence[Row], actor: str) -> int:
    faults: list[Fault] = []
    read = [Line(one.line, "", *_words(one, faults), "", _refs(one, faults)) for one in found]
    _known(session, row.id, read, faults)
    if faults or not read:
        raise SheetTrouble(faults or [Fault(0, "", "the file is empty")])
    mine = sa.select(synthesis.c.id).where(synthesis.c.process_id == row.id)
    session.execute(sa.delete(citation).where(citation.c.part_id.in_(mine)))
    session.execute(sa.delete(synthesis).where(synthesis.c.process_id == row.id))
    for place, one in enumerate(read, 1):
        id_ = new_id(now)
        session.execute(sa.insert(synthesis).values(id=id_, process_id=row.id, place=place, title=one.title, text=one.text))
        cite(session, row.id, id_, one.refs)
    audit.write(session, [audit.line(actor, "synthesis.imported", row.subject, count=len(read))], now)
    imprints.seal(session, now, row.slug)
    return len(read)


def locked(session: Session, slug: str) -> "sa.Row[Any]":
    """The process of a slug, held until the commit: two colleagues never write over each other. Raises Refused("unknown")."""
    return named(session, slug, sa.select(process).with_for_update())


def named(session: Session, slug: str, query: "sa.Select[Any]") -> "sa.Row[Any]":
    """The process of a slug, of those of a query. Raises Refused("unknown")."""
    row = session.execute(query.where(process.c.slug == slug)).one_or_none() if slug.isprintable() else None
    if row is None:
        raise Refused("unknown", f"there is no process {slug}")
    return row


def cite(session: Session, process_id: int, part_id: int, refs: Sequence[str]) -> int:
    """A part cites these contributions; those that are listed behind one of them, with the same text, are cited through it."""
    made = [{"part_id": part_id, "ref": ref, "process_id": process_id, "via": via} for ref, via in behind(session, refs).items()]
    if made:
        session.connection().execute(sa.insert(citation), made)
    return len(refs)


def behind(session: Session, refs: Sequence[str]) -> dict[str, str]:
    """Those contributions and their copies, each with the one that it is cited through, "" for none."""
    copies = session.execute(sa.select(entry.c.ref, entry.c.grouped_with).where(entry.c.grouped_with.in_(refs))).all()
    cited = dict.fromkeys(refs, "")
    return cited | {row.ref: row.grouped_with for row in copies if row.ref not in cited}


def short_fault(words: str, limit: int) -> str:
    """What is wrong with words that an SMS says, in French: empty, too long, or a letter that triples the price; "" for nothing."""
    plain = segments.soften(words.strip())
    cost = segments.count(plain)
    if not plain:
        return "missing: write it"
    if not can_be_shown(words):
        return UNSHOWN
    if cost.culprits:
        return f"{' '.join(cost.culprits)} would triple the price of each SMS: choose words without it"
    return f"{cost.units} letters: an SMS leaves room for {limit}" if cost.units > limit else ""


def _points(found: Iterable[Row], faults: list[Fault]) -> list[Line]:
    read: list[Line] = []
    lines: dict[str, int] = {}
    for one in found:
        number = one.cells["number"]
        aside = number.casefold() in ASIDE or fold(number) in ASIDE
        if not number:
            faults.append(Fault(one.line, "point", "missing: write the number of the point, or: non repris"))
        elif not aside and len(number) > _NUMBER:
            faults.append(Fault(one.line, "point", f"{len(number)} letters: at most {_NUMBER}, as in 7 or 7 bis"))
        elif not aside and number in lines:
            faults.append(Fault(one.line, "point", f"point {number} is on line {lines[number]} already: give it another number"))
        elif not can_be_shown(number):
            faults.append(Fault(one.line, "point", UNSHOWN))
        lines.setdefault(number, one.line)
        title, text = _words(one, faults, titled=aside)
        if aside and title and (trouble := short_fault(title, SMS_REASON)):
            faults.append(Fault(one.line, "titre", trouble))
        faults += _unfit(one.line, "position minoritaire", one.cells["minority"], LONGEST_CELL)
        shown = segments.soften(title) if aside else title
        read.append(Line(one.line, "" if aside else number, shown, text, one.cells["minority"], _refs(one, faults)))
    return read


def _words(one: Row, faults: list[Fault], *, titled: bool = False) -> tuple[str, str]:
    title, text = one.cells["title"], one.cells["text"]
    if not text:
        faults.append(Fault(one.line, "texte", "missing: write it"))
    if titled and not title:
        faults.append(Fault(one.line, "titre", "missing: write the reason in few words"))
    faults += (*_unfit(one.line, "titre", title, _TITLE), *_unfit(one.line, "texte", text, LONGEST_CELL))
    return title or text.split("\n", 1)[0][:80], text


def _unfit(line: int, column: str, words: str, most: int) -> Iterator[Fault]:
    if len(words) > most:
        yield Fault(line, column, f"{len(words)} letters: at most {most}")
    elif not can_be_shown(words):
        yield Fault(line, column, UNSHOWN)


def _refs(one: Row, faults: list[Fault]) -> list[str]:
    refs, wrong = references(one.cells["refs"])
    faults += [
        Fault(
            one.line,
            "avis cités",
            f"{word[:20]} is no number of a contribution: eight digits that belong together, as in 4821 0736; look at each again",
        )
        for word in wrong
    ]
    enough(faults)
    return refs


def _known(session: Session, process_id: int, read: Sequence[Line], faults: list[Fault]) -> None:
    """Only what the record of this process holds may be cited: everybody must be able to find it."""
    asked = {ref for one in read for ref in one.refs}
    held = {row.ref: row.process_id for row in session.execute(sa.select(entry.c.ref, entry.c.process_id).where(entry.c.ref.in_(asked)))}
    for one in read:
        for ref in one.refs:
            if ref not in held:
                faults.append(Fault(one.line, "avis cités", f"{show_ref(ref)} is not published: take it out, or publish it first"))
            elif held[ref] != process_id:
                faults.append(Fault(one.line, "avis cités", f"{show_ref(ref)} belongs to another project: take it out"))
        enough(faults)
